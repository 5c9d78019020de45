/**
 * ML-KEM and its hybrids (draft-ietf-tls-mlkem, draft-ietf-tls-ecdhe-mlkem) over node:crypto, which has ML-KEM since 24.7.
 * A hybrid's share and secret are the two halves' one after the other; X25519MLKEM768 puts ML-KEM first, the NIST curves last.
 */
import * as crypto from 'node:crypto';
import { concat } from '../../base/bytes.ts';
import type { GroupName, PendingKeyShare } from '../port.ts';
import { startCurve } from './curves.ts';
import { fromBase64url, plain } from './plain.ts';

/** Not in the typings of Node 20. */
interface KemApi {
  readonly encapsulate?: (key: crypto.KeyObject) => { sharedKey: Uint8Array; ciphertext: Uint8Array };
  readonly decapsulate?: (key: crypto.KeyObject, ciphertext: Uint8Array) => Uint8Array;
}
const { encapsulate, decapsulate } = crypto as unknown as KemApi;

export function hasKem(): boolean {
  return encapsulate !== undefined && decapsulate !== undefined;
}

export function startKem(group: GroupName): PendingKeyShare {
  const { level, curve, curveFirst, curveLength } = layout(group);
  const { encapsulationKey, privateKey: made } = generate(level);
  const half = curve === undefined ? undefined : startCurve(curve);
  let own: crypto.KeyObject | undefined = made;
  return {
    share: half === undefined ? plain(encapsulationKey) : join(curveFirst, half.share, encapsulationKey),
    finish(peer) {
      const privateKey = own;
      own = undefined;
      if (privateKey === undefined || peer.length !== level.ciphertextLength + curveLength) return undefined;
      const ciphertext = curveFirst ? peer.subarray(curveLength) : peer.subarray(0, level.ciphertextLength);
      const classic = half?.finish(curveFirst ? peer.subarray(0, curveLength) : peer.subarray(level.ciphertextLength));
      if (half !== undefined && classic === undefined) return undefined;
      const secret = kemSecret(group, privateKey, ciphertext);
      return secret === undefined || classic === undefined ? secret : join(curveFirst, classic, secret);
    },
  };
}

export function answerKem(group: GroupName, peer: Uint8Array): { share: Uint8Array; secret: Uint8Array } | undefined {
  const { level, curve, curveFirst, curveLength } = layout(group);
  if (peer.length !== level.keyLength + curveLength) return undefined;
  const encapsulationKey = curveFirst ? peer.subarray(curveLength) : peer.subarray(0, level.keyLength);
  const half = curve === undefined ? undefined : startCurve(curve);
  const classic = half?.finish(curveFirst ? peer.subarray(0, curveLength) : peer.subarray(level.keyLength));
  if (half !== undefined && classic === undefined) return undefined;
  try {
    // FIPS 203 §7.2: the import runs the modulus check, so an encapsulation key out of range is refused here.
    const spki = concat(level.prefix, encapsulationKey);
    const key = crypto.createPublicKey({ key: Buffer.from(spki.buffer), format: 'der', type: 'spki' });
    const { sharedKey, ciphertext } = encapsulate!(key);
    if (half === undefined) return { share: plain(ciphertext), secret: plain(sharedKey) };
    return { share: join(curveFirst, half.share, ciphertext), secret: join(curveFirst, classic!, sharedKey) };
  } catch {
    return undefined;
  }
}

/** Exported for tests with keys of their own. */
export function kemSecret(group: GroupName, privateKey: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array | undefined {
  if (ciphertext.length !== layout(group).level.ciphertextLength) return undefined;
  try {
    return plain(decapsulate!(privateKey, ciphertext));
  } catch {
    return undefined;
  }
}

type KemType = 'ml-kem-768' | 'ml-kem-1024';
type Generate = (type: KemType, options: object) => { publicKey: unknown; privateKey: crypto.KeyObject };

/** As DER the public half takes 25 µs more than as a JWK, of which not every version with ML-KEM is capable. */
let inJwk = true;

function generate(level: Level): { encapsulationKey: Uint8Array; privateKey: crypto.KeyObject } {
  const generateKeyPair = crypto.generateKeyPairSync as unknown as Generate;
  if (inJwk) {
    try {
      const { publicKey, privateKey } = generateKeyPair(level.type, { publicKeyEncoding: { format: 'jwk' } });
      return { encapsulationKey: fromBase64url((publicKey as { pub: string }).pub), privateKey };
    } catch {
      inJwk = false;
    }
  }
  const { publicKey, privateKey } = generateKeyPair(level.type, { publicKeyEncoding: { format: 'der', type: 'spki' } });
  const spki = publicKey as Uint8Array;
  return { encapsulationKey: spki.subarray(spki.length - level.keyLength), privateKey };
}

interface Level {
  readonly type: KemType;
  readonly keyLength: number;
  readonly ciphertextLength: number;
  /** What stands before the raw key in a SubjectPublicKeyInfo. */
  readonly prefix: Uint8Array;
}
const MLKEM768: Level = {
  type: 'ml-kem-768',
  keyLength: 1184,
  ciphertextLength: 1088,
  prefix: Uint8Array.of(0x30, 0x82, 4, 0xb2, 0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 2, 3, 0x82, 4, 0xa1, 0),
};
const MLKEM1024: Level = {
  type: 'ml-kem-1024',
  keyLength: 1568,
  ciphertextLength: 1568,
  prefix: Uint8Array.of(0x30, 0x82, 6, 0x32, 0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 3, 3, 0x82, 6, 0x21, 0),
};

interface Layout {
  readonly level: Level;
  readonly curve: GroupName | undefined;
  readonly curveFirst: boolean;
  readonly curveLength: number;
}

function layout(group: GroupName): Layout {
  switch (group) {
    case 'X25519MLKEM768':
      return { level: MLKEM768, curve: 'x25519', curveFirst: false, curveLength: 32 };
    case 'SecP256r1MLKEM768':
      return { level: MLKEM768, curve: 'secp256r1', curveFirst: true, curveLength: 65 };
    case 'SecP384r1MLKEM1024':
      return { level: MLKEM1024, curve: 'secp384r1', curveFirst: true, curveLength: 97 };
    case 'MLKEM768':
      return { level: MLKEM768, curve: undefined, curveFirst: false, curveLength: 0 };
    default:
      throw new RangeError(`no key agreement ${group} in node:crypto`);
  }
}

function join(curveFirst: boolean, classic: Uint8Array, kem: Uint8Array): Uint8Array {
  return curveFirst ? concat(classic, kem) : concat(kem, classic);
}
