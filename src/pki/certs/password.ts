/**
 * Password-based encryption of keys: PBES2 (RFC 8018) with PBKDF2 or scrypt and AES-CBC or 3DES; to read old files also PBES1 with
 * DES and PKCS #12's own scheme with 3DES. What they cost is bounded, as a file chooses it.
 */
import { concat, utf8 } from '../../base/bytes.ts';
import { constantTimeEqual } from '../../base/constant-time.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_PASSWORD_ITERATIONS, MAX_SCRYPT_BYTES, MAX_SCRYPT_PARALLEL } from '../../base/limits.ts';
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
  switch (oid) {
    case oids.PBES2: {
      const { key, iv, cbc } = readPbes2(crypto, algorithm, password);
      return unpad(crypto, cbc, key, iv, cipher);
    }
    case oids.PBE_SHA1_3DES:
    case oids.PBE_SHA1_2DES: {
      const { salt, iterations } = readSaltAndCount(algorithm);
      const key = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 1, oid === oids.PBE_SHA1_3DES ? 24 : 16);
      const iv = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 2, 8);
      return unpad(crypto, '3des-ede-cbc', concat(key, key.subarray(0, 24 - key.length)), iv, cipher);
    }
    case oids.PBE_MD5_DES:
    case oids.PBE_SHA1_DES: {
      const { salt, iterations } = readSaltAndCount(algorithm);
      const made = pbkdf1(crypto, oid === oids.PBE_MD5_DES ? 'md5' : 'sha1', utf8(password), salt, iterations);
      // Three times the same key: that is single DES.
      const key = made.subarray(0, 8);
      return unpad(crypto, '3des-ede-cbc', concat(key, key, key), made.subarray(8, 16), cipher);
    }
    case oids.PBE_SHA1_RC2_40:
    case oids.PBE_SHA1_RC2_128:
      return unsupported('encryption with RC2, which no provider has; OpenSSL writes the file anew with -certpbe PBE-SHA1-3DES');
    default:
      return unsupported(`key encryption ${oid}`);
  }
}

function unsupported(detail: string): never {
  throw new TlsError({ code: 'unsupported', origin: 'api', detail });
}

/** Parameters of PBES1 (RFC 8018 appendix A.3) and of PKCS #12's scheme. */
function readSaltAndCount(algorithm: DerReader): { salt: Uint8Array; iterations: number } {
  const field = 'encryption algorithm';
  const body = algorithm.sequence(field);
  const salt = body.octetString(field);
  const at = body.position;
  const iterations = body.smallInteger(field, MAX_PASSWORD_ITERATIONS);
  if (iterations === 0) malformed(field, at, 'no iterations');
  body.finish(field);
  return { salt, iterations };
}

/** RFC 8018 §5.1. */
function pbkdf1(crypto: CryptoProvider, hash: HashName, password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  let made = crypto.digest(hash, concat(password, salt));
  for (let i = 1; i < iterations; i++) made = crypto.digest(hash, made);
  return made;
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

/** Encrypts with PKCS #12's own scheme, SHA-1 and 3DES: for programs that know no PBES2. */
export function encryptWithPkcs12Scheme(
  crypto: CryptoProvider,
  plain: Uint8Array,
  password: string,
  iterations: number,
): { readonly algorithm: Uint8Array; readonly cipher: Uint8Array } {
  const salt = crypto.random(8);
  const key = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 1, 24);
  const iv = pkcs12Kdf(crypto, 'sha1', password, salt, iterations, 2, 8);
  const padding = 8 - (plain.length % 8);
  const cipher = crypto.cbc('3des-ede-cbc', key).encrypt(iv, concat(plain, new Uint8Array(padding).fill(padding)));
  return { algorithm: der.algorithm(oids.PBE_SHA1_3DES, der.sequence(der.octetString(salt), der.integer(iterations))), cipher };
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
  if (crypto.pbkdf2 !== undefined) return crypto.pbkdf2(hash, password, salt, iterations, length);
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
  const cipher = scheme.oid(field);
  const iv = scheme.octetString(field);
  const [cbc, keyLength, ivLength] = cipherOf(cipher);
  if (iv.length !== ivLength) malformed(field, scheme.position, 'IV of wrong length');
  return { key: deriveKey(crypto, kdf, utf8(password), keyLength), iv, cbc };
}

function deriveKey(crypto: CryptoProvider, kdf: DerReader, password: Uint8Array, length: number): Uint8Array {
  const field = 'PBES2 parameters';
  const oid = kdf.oid(field);
  if (oid === oids.SCRYPT) return deriveByScrypt(crypto, kdf.sequence(field), password, length);
  if (oid !== oids.PBKDF2) unsupported('key derivation other than PBKDF2 and scrypt');
  const parameters = kdf.sequence(field);
  const salt = parameters.content(OCTET_STRING, field);
  const iterations = parameters.smallInteger(field, MAX_PASSWORD_ITERATIONS);
  if (iterations === 0) malformed(field, parameters.position, 'no iterations');
  if (parameters.peek() === INTEGER) parameters.smallInteger(field, 64);
  let hash: HashName = 'sha1';
  if (parameters.peek() === SEQUENCE) hash = prfHash(parameters.sequence(field).oid(field));
  return pbkdf2(crypto, hash, password, salt, iterations, length);
}

/** RFC 7914 §7. */
function deriveByScrypt(crypto: CryptoProvider, parameters: DerReader, password: Uint8Array, length: number): Uint8Array {
  const field = 'scrypt parameters';
  const salt = parameters.octetString(field);
  const at = parameters.position;
  const cost = parameters.smallInteger(field);
  const block = parameters.smallInteger(field);
  const parallel = parameters.smallInteger(field, MAX_SCRYPT_PARALLEL);
  if (parameters.peek() === INTEGER) parameters.smallInteger(field, 64);
  parameters.finish(field);
  const isPower = cost > 1 && (cost & (cost - 1)) === 0;
  if (!isPower || block === 0 || parallel === 0 || 128 * cost * block > MAX_SCRYPT_BYTES) malformed(field, at, 'out of bounds');
  if (crypto.scrypt === undefined) unsupported('scrypt, which this provider has not');
  return crypto.scrypt(password, salt, cost, block, parallel, length);
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
      return unsupported(`pseudo-random function ${oid}`);
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
      return unsupported(`key encryption with ${oid}`);
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
