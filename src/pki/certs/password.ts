/**
 * Password-based encryption of keys: PBES2 (RFC 8018) with PBKDF2 and AES-CBC or 3DES, and PKCS #12's own scheme with 3DES. Iterations
 * are bounded, as a file chooses them.
 */
import { concat, utf8 } from '../../base/bytes.ts';
import { constantTimeEqual } from '../../base/constant-time.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_PASSWORD_ITERATIONS } from '../../base/limits.ts';
import type { CbcName, CryptoProvider, HashName } from '../../crypto/port.ts';
import { malformed } from '../asn1/der-error.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { INTEGER, OCTET_STRING, SEQUENCE } from '../asn1/tags.ts';

/** Decrypts what an encryption AlgorithmIdentifier (at `reader`) and a password protect. Throws `bad_key` when that fails. */
export function decryptWithPassword(crypto: CryptoProvider, reader: DerReader, cipher: Uint8Array, password: string): Uint8Array {
  const field = 'encryption algorithm';
  const algorithm = reader.sequence(field);
  const oid = algorithm.oid(field);
  if (oid === oids.PBES2) {
    const { key, iv, cbc } = readPbes2(crypto, algorithm, password);
    return unpad(crypto, cbc, key, iv, cipher);
  }
  if (oid === oids.PBE_SHA1_3DES) {
    const body = algorithm.sequence(field);
    const salt = body.octetString(field);
    const iterations = body.smallInteger(field, MAX_PASSWORD_ITERATIONS);
    const key = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 1, 24);
    const iv = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 2, 8);
    return unpad(crypto, '3des-ede-cbc', key, iv, cipher);
  }
  throw new TlsError({ code: 'unsupported', origin: 'api', detail: `key encryption ${oid}` });
}

/** Encrypts with PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC. Returns the AlgorithmIdentifier and the ciphertext. */
export function encryptWithPassword(
  crypto: CryptoProvider,
  plain: Uint8Array,
  password: string,
  iterations: number,
): { readonly algorithm: Uint8Array; readonly cipher: Uint8Array } {
  const salt = crypto.random(16);
  const iv = crypto.random(16);
  const key = pbkdf2(crypto, 'sha256', utf8(password), salt, iterations, 32);
  const padding = 16 - (plain.length % 16);
  const cipher = crypto.cbc('aes-256-cbc', key).encrypt(iv, concat(plain, new Uint8Array(padding).fill(padding)));
  const kdf = der.algorithm(
    oids.PBKDF2,
    der.sequence(der.octetString(salt), der.integer(iterations), der.algorithm(oids.HMAC_SHA256, der.nullValue())),
  );
  return { algorithm: der.algorithm(oids.PBES2, der.sequence(kdf, der.algorithm(oids.AES256_CBC, der.octetString(iv)))), cipher };
}

/** PBKDF2, RFC 8018 §5.2. */
export function pbkdf2(
  crypto: CryptoProvider,
  hash: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  const out: Uint8Array[] = [];
  for (let block = 1, made = 0; made < length; block++) {
    let u = crypto.hmac(hash, password, salt, Uint8Array.of(block >>> 24, block >>> 16, block >>> 8, block));
    const t = u.slice();
    for (let i = 1; i < iterations; i++) {
      u = crypto.hmac(hash, password, u);
      for (let k = 0; k < t.length; k++) t[k]! ^= u[k]!;
    }
    out.push(t);
    made += t.length;
  }
  return concat(...out).subarray(0, length);
}

/** RFC 7292 appendix B.2. `purpose`: 1 key, 2 IV, 3 MAC. */
export function pkcs12Kdf(
  crypto: CryptoProvider,
  hash: HashName,
  password: string,
  salt: Uint8Array,
  iterations: number,
  purpose: number,
  length: number,
): Uint8Array {
  const v = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = new Uint8Array(v).fill(purpose);
  const input = concat(stretch(salt, v), stretch(bmp(password), v));
  const out: Uint8Array[] = [];
  for (let made = 0; made < length; ) {
    let a = crypto.digest(hash, concat(diversifier, input));
    for (let i = 1; i < iterations; i++) a = crypto.digest(hash, a);
    out.push(a);
    made += a.length;
    const b = stretch(a, v).subarray(0, v);
    for (let at = 0; at < input.length; at += v) {
      let carry = 1;
      for (let k = v - 1; k >= 0; k--) {
        carry += input[at + k]! + b[k]!;
        input[at + k] = carry;
        carry >>= 8;
      }
    }
  }
  return concat(...out).subarray(0, length);
}

function readPbes2(crypto: CryptoProvider, algorithm: DerReader, password: string): { key: Uint8Array; iv: Uint8Array; cbc: CbcName } {
  const field = 'PBES2 parameters';
  const body = algorithm.sequence(field);
  const kdf = body.sequence(field);
  const scheme = body.sequence(field);
  if (kdf.oid(field) !== oids.PBKDF2)
    throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'key derivation other than PBKDF2' });
  const parameters = kdf.sequence(field);
  const salt = parameters.content(OCTET_STRING, field);
  const iterations = parameters.smallInteger(field, MAX_PASSWORD_ITERATIONS);
  if (iterations === 0) malformed(field, parameters.position, 'no iterations');
  if (parameters.peek() === INTEGER) parameters.smallInteger(field, 64);
  let hash: HashName = 'sha1';
  if (parameters.peek() === SEQUENCE) hash = prfHash(parameters.sequence(field).oid(field));
  const cipher = scheme.oid(field);
  const iv = scheme.octetString(field);
  const [cbc, keyLength, ivLength] = cipherOf(cipher);
  if (iv.length !== ivLength) malformed(field, scheme.position, 'IV of wrong length');
  return { key: pbkdf2(crypto, hash, utf8(password), salt, iterations, keyLength), iv, cbc };
}

function prfHash(oid: string): HashName {
  switch (oid) {
    case oids.HMAC_SHA1:
      return 'sha1';
    case oids.HMAC_SHA224:
      return 'sha224';
    case oids.HMAC_SHA256:
      return 'sha256';
    case oids.HMAC_SHA384:
      return 'sha384';
    case oids.HMAC_SHA512:
      return 'sha512';
    default:
      throw new TlsError({ code: 'unsupported', origin: 'api', detail: `pseudo-random function ${oid}` });
  }
}

function cipherOf(oid: string): [CbcName, keyLength: number, ivLength: number] {
  switch (oid) {
    case oids.AES128_CBC:
      return ['aes-128-cbc', 16, 16];
    case oids.AES256_CBC:
      return ['aes-256-cbc', 32, 16];
    case oids.DES_EDE3_CBC:
      return ['3des-ede-cbc', 24, 8];
    default:
      throw new TlsError({ code: 'unsupported', origin: 'api', detail: `key encryption with ${oid}` });
  }
}

/** CBC decryption and PKCS #7 padding. A wrong password and a damaged file look the same. */
export function unpad(crypto: CryptoProvider, cbc: CbcName, key: Uint8Array, iv: Uint8Array, cipher: Uint8Array): Uint8Array {
  const block = iv.length;
  if (cipher.length === 0 || cipher.length % block !== 0) wrongPassword();
  const plain = crypto.cbc(cbc, key).decrypt(iv, cipher);
  const padding = plain[plain.length - 1]!;
  if (padding === 0 || padding > block) wrongPassword();
  const expected = new Uint8Array(padding).fill(padding);
  if (!constantTimeEqual(plain.subarray(plain.length - padding), expected)) wrongPassword();
  return plain.subarray(0, plain.length - padding);
}

export function wrongPassword(): never {
  throw new TlsError({ code: 'bad_key', origin: 'api', detail: 'wrong password, or damaged' });
}

/** UTF-16 big-endian with a terminator. */
function bmp(text: string): Uint8Array {
  const out = new Uint8Array(2 * text.length + 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out[2 * i] = unit >> 8;
    out[2 * i + 1] = unit & 0xff;
  }
  return out;
}

/** `bytes` repeated to a multiple of `v`. */
function stretch(bytes: Uint8Array, v: number): Uint8Array {
  const out = new Uint8Array(v * Math.ceil(bytes.length / v));
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length]!;
  return out;
}
