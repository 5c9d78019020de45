/**
 * The key schedule of RFC 9846 §7.1, one object a handshake. Its stages are separate types, so that a secret of a later
 * stage cannot be asked for before what it depends on went in.
 *
 *             0
 *             |
 *   PSK ->  HKDF-Extract = Early Secret
 *             |
 *       Derive-Secret(., "derived", "")
 *             |
 *  (EC)DHE -> HKDF-Extract = Handshake Secret
 *             |
 *       Derive-Secret(., "derived", "")
 *             |
 *   0 -> HKDF-Extract = Main Secret
 */
import { EMPTY } from '../../base/bytes.ts';
import {
  binderKey,
  deriveSecret,
  earlySecret,
  handshakeSecret,
  mainSecret,
  type Schedule13,
  trafficKeys as keyAndIv,
} from '../../crypto/kdf/key-schedule13.ts';
import type { LabelPrefix } from '../../crypto/kdf/hkdf.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import type { DirectionKeys, ProtectionScheme } from '../../crypto/protect/protection.ts';

export class KeySchedule {
  readonly lh: Schedule13;
  #secret: Uint8Array;
  clientHandshake: Uint8Array = EMPTY;
  serverHandshake: Uint8Array = EMPTY;
  clientApplication: Uint8Array = EMPTY;
  serverApplication: Uint8Array = EMPTY;
  exporter: Uint8Array = EMPTY;
  resumption: Uint8Array = EMPTY;

  /** Early Secret: of a PSK, or of zeros. */
  constructor(crypto: CryptoProvider, hash: HashName, prefix: LabelPrefix, psk: Uint8Array | undefined) {
    this.lh = { crypto, hash, prefix };
    this.#secret = earlySecret(this.lh, psk);
  }

  get hash(): HashName {
    return this.lh.hash;
  }

  /** The key of a binder, RFC 9846 §4.3.11.2: of an external PSK or of a session. */
  binderKey(kind: 'ext' | 'res'): Uint8Array {
    return binderKey(this.lh, this.#secret, kind);
  }

  /** (EC)DHE goes in; `hash` is of ClientHello...ServerHello. */
  enterHandshake(sharedSecret: Uint8Array, hash: Uint8Array): void {
    this.#secret = handshakeSecret(this.lh, this.#secret, sharedSecret);
    this.clientHandshake = deriveSecret(this.lh, this.#secret, 'c hs traffic', hash);
    this.serverHandshake = deriveSecret(this.lh, this.#secret, 's hs traffic', hash);
  }

  /** `hash` is of ClientHello...server Finished. */
  enterApplication(hash: Uint8Array): void {
    this.#secret = mainSecret(this.lh, this.#secret);
    this.clientApplication = deriveSecret(this.lh, this.#secret, 'c ap traffic', hash);
    this.serverApplication = deriveSecret(this.lh, this.#secret, 's ap traffic', hash);
    this.exporter = deriveSecret(this.lh, this.#secret, 'exp master', hash);
  }

  /** `hash` is of ClientHello...client Finished. */
  enterResumption(hash: Uint8Array): void {
    this.resumption = deriveSecret(this.lh, this.#secret, 'res master', hash);
    this.#secret = EMPTY;
  }
}

/** RFC 9846 §7.3. */
export function trafficKeys(lh: Schedule13, secret: Uint8Array, scheme: ProtectionScheme): DirectionKeys {
  const { key, iv } = keyAndIv(lh, secret, scheme.keyLength);
  return { key, iv, macKey: EMPTY };
}
