/**
 * Keys that are the same in every run: each follows from its kind and label. With EdDSA and PKCS #1 signatures, which draw no random
 * numbers, whole certificates are the same too. For tests only.
 */
import * as crypto from 'node:crypto';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';

export type KeyKind = 'p256' | 'p384' | 'p521' | 'rsa' | 'rsa1024' | 'rsa-pss' | 'ed25519' | 'ed448';

export function seededPrivateKey(kind: KeyKind, label: string): crypto.KeyObject {
  const seed = `${kind}/${label}`;
  switch (kind) {
    case 'p256':
      return ecKey(seed, 'P-256', 'prime256v1', 32);
    case 'p384':
      return ecKey(seed, 'P-384', 'secp384r1', 48);
    case 'p521':
      return ecKey(seed, 'P-521', 'secp521r1', 66);
    case 'ed25519':
      return pkcs8(der.algorithm(oids.ED25519), der.octetString(stream(seed, 32)));
    case 'ed448':
      return pkcs8(der.algorithm(oids.ED448), der.octetString(stream(seed, 57)));
    case 'rsa':
      return rsaKey(seed, 2048);
    case 'rsa1024':
      return rsaKey(seed, 1024);
    case 'rsa-pss':
      return pkcs8(der.algorithm(oids.RSASSA_PSS), new Uint8Array(rsaKey(seed, 2048).export({ format: 'der', type: 'pkcs1' })));
  }
}

/** `length` bytes that follow from the text. */
export function stream(seed: string, length: number): Uint8Array {
  return new Uint8Array(crypto.createHash('shake256', { outputLength: length }).update(seed).digest());
}

function ecKey(seed: string, crv: string, curve: string, length: number): crypto.KeyObject {
  const scalar = stream(seed, length);
  // Below the order of each of the curves.
  scalar[0] = length === 66 ? 0 : scalar[0]! & 0x7f;
  const ecdh = crypto.createECDH(curve);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const x = point.subarray(1, 1 + length).toString('base64url');
  const y = point.subarray(1 + length).toString('base64url');
  return crypto.createPrivateKey({ key: { kty: 'EC', crv, d: Buffer.from(scalar).toString('base64url'), x, y }, format: 'jwk' });
}

function pkcs8(algorithm: Uint8Array, key: Uint8Array): crypto.KeyObject {
  const bytes = der.sequence(der.integer(0), algorithm, der.octetString(key));
  return crypto.createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
}

function rsaKey(seed: string, bits: number): crypto.KeyObject {
  const e = 65_537n;
  const p = prime(`${seed}/p`, bits / 2, e);
  const q = prime(`${seed}/q`, bits / 2, e);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const text = (value: bigint): string => {
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
  };
  const key = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(key).map(([name, value]) => [name, text(value)] as const);
  return crypto.createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' });
}

/** The first prime at or behind a number that follows from the seed; its two highest bits are set. */
function prime(seed: string, bits: number, e: bigint): bigint {
  const bytes = stream(seed, bits / 8);
  bytes[0]! |= 0xc0;
  bytes[bytes.length - 1]! |= 1;
  for (let candidate = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); ; candidate += 2n)
    if (candidate % e !== 1n && crypto.checkPrimeSync(candidate)) return candidate;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
    if (b === 0n) break;
  }
  return ((x % modulus) + modulus) % modulus;
}
