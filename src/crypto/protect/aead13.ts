/**
 * Record protection of TLS 1.3, RFC 9846 §5.2 to §5.4. The nonce is the IV xor the record number; the header is the additional
 * data; the content type is the last non-zero byte inside.
 */
import { EMPTY } from '../../base/bytes.ts';
import type { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { Aead, AeadName, CryptoProvider } from '../port.ts';
import { xorNonce } from './nonce.ts';
import type { DirectionKeys, Protection, ProtectionScheme, RecordView } from './protection.ts';

/**
 * A scheme for `ModernSuite`. A fragment longer than `overhead` + 2^14 bytes holds more than TLSInnerPlaintext may: the carrier
 * refuses it as record_overflow.
 */
export function aead13(name: string, cipher: AeadName, keyLength: number, tagLength: number, recordLimit: number): ProtectionScheme {
  return {
    name,
    keyLength,
    ivLength: 12,
    macKeyLength: 0,
    cbc: false,
    recordLimit,
    protect: (crypto, keys) => new Aead13(crypto, cipher, tagLength, keys),
  };
}

//= rfc9846#section-5.3
//= type=implication
//# An AEAD algorithm where N_MAX is less than 8 bytes MUST NOT be used with TLS.
/** One record is made at a time: all connections share the scratch space. */
const nonce = /* @__PURE__ */ new Uint8Array(12);
const header = /* @__PURE__ */ Uint8Array.of(23, 3, 3, 0, 0);

class Aead13 implements Protection {
  readonly outerType: number = 23;
  readonly overhead: number;
  readonly #aead: Aead;
  readonly #iv: Uint8Array;

  constructor(crypto: CryptoProvider, cipher: AeadName, tagLength: number, keys: DirectionKeys) {
    //= rfc9846#section-5.2
    //= type=implication
    //# An AEAD algorithm used in TLS 1.3 MUST NOT produce an expansion greater than 255 octets.
    this.overhead = tagLength + 1;
    this.#aead = crypto.aead(cipher, keys.key);
    this.#iv = keys.iv;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    const length = plain.length + this.overhead;
    header[3] = length >>> 8;
    header[4] = length;
    this.sealWith(out, type, seq, plain, header);
  }

  sealWith(out: Writer, type: number, seq: Counter, plain: Uint8Array, aad: Uint8Array): void {
    const at = out.reserve(plain.length + this.overhead);
    const buffer = out.buffer;
    const end = at + plain.length;
    buffer.set(plain, at);
    buffer[end] = type;
    xorNonce(nonce, this.#iv, seq);
    //= rfc9846#section-5.4
    //= type=implication
    //# Implementations MUST set the padding octets to all zeros before encrypting.
    this.#aead.seal(buffer, at, nonce, aad, buffer.subarray(at, end + 1));
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    const length = record.fragment.length;
    header[3] = length >>> 8;
    header[4] = length;
    return this.openWith(record, seq, header);
  }

  openWith(record: RecordView, seq: Counter, aad: Uint8Array): Uint8Array | undefined {
    xorNonce(nonce, this.#iv, seq);
    const inner = this.#aead.open(nonce, aad, record.fragment);
    if (inner === undefined) return undefined;
    let end = inner.length;
    //= rfc9846#section-5.4
    //# Implementations MUST limit their scanning to the cleartext returned from the AEAD decryption.
    while (end > 0 && inner[end - 1] === 0) end--;
    //= rfc9846#section-5.4
    //# If a receiving implementation does not find a non-zero octet in the cleartext, it MUST terminate the connection with an "unexpected_message" alert.
    if (end === 0) {
      record.type = 0;
      return EMPTY;
    }
    record.type = inner[end - 1]!;
    return inner.subarray(0, end - 1);
  }

  rest(): void {
    this.#aead.rest();
  }
}
