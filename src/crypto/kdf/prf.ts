/**
 * The pseudorandom functions of SSL 3.0 to (D)TLS 1.2, all of one type, so that a version's strategy holds one as a value.
 * `hash` is the suite's, and only TLS 1.2 looks at it.
 */
import { ascii, concat } from '../../base/bytes.ts';
import type { CryptoProvider, HashName } from '../port.ts';
import { hashLength } from './hash-length.ts';

export type LegacyPrf = (
  crypto: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
) => Uint8Array;

/** RFC 5246 §5: `PRF(secret, label, seed) = P_<hash>(secret, label + seed)`. */
export const prfTls12: LegacyPrf = (crypto, hash, secret, label, seed, length) =>
  expand(crypto, hash, secret, concat(ascii(label), seed), length);

/** RFC 2246 §5: P_MD5 of one half of the secret xor P_SHA-1 of the other; the halves share the middle byte of an odd length. */
export const prfTls10: LegacyPrf = (crypto, _hash, secret, label, seed, length) => {
  const half = (secret.length + 1) >> 1;
  const input = concat(ascii(label), seed);
  const out = expand(crypto, 'md5', secret.subarray(0, half), input, length);
  const other = expand(crypto, 'sha1', secret.subarray(secret.length - half), input, length);
  for (let i = 0; i < length; i++) out[i]! ^= other[i]!;
  return out;
};

/**
 * RFC 6101 §6.1: `MD5(secret + SHA('A' + secret + seed)) + MD5(secret + SHA('BB' + secret + seed)) + …`. There is no label: the
 * order of the randoms in the seed tells master secret from key block.
 */
export const prfSsl3: LegacyPrf = (crypto, _hash, secret, _label, seed, length) => {
  const out = new Uint8Array(length);
  for (let at = 0, i = 1; at < length; at += 16, i++) {
    if (i > 26) throw new RangeError('SSL 3.0 key block too long');
    const salt = new Uint8Array(i).fill(0x40 + i);
    const block = crypto.digest('md5', concat(secret, crypto.digest('sha1', concat(salt, secret, seed))));
    out.set(block.subarray(0, Math.min(16, length - at)), at);
  }
  return out;
};

/** RFC 5246 §5: `P_hash`. */
function expand(crypto: CryptoProvider, hash: HashName, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const size = hashLength(hash);
  const out = new Uint8Array(length);
  let a = seed;
  for (let at = 0; at < length; at += size) {
    a = crypto.hmac(hash, secret, a);
    const block = crypto.hmac(hash, secret, a, seed);
    out.set(length - at < size ? block.subarray(0, length - at) : block, at);
  }
  return out;
}
