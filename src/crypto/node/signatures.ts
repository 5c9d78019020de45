/** Signature verification and RSA encryption over node:crypto. */
import * as crypto from 'node:crypto';
import { equal } from '../../base/bytes.ts';
import { MAX_RSA_BITS } from '../../base/limits.ts';
import type { PublicKey } from '../port.ts';
import { keyObject } from './keys.ts';
import { plain } from './plain.ts';
import { keyOptions, schemeUse } from './schemes.ts';

/**
 * The key's type must be the scheme's: rsa_pss_rsae_* goes with rsaEncryption keys only, rsa_pss_pss_* with id-RSASSA-PSS keys
 * only. An EC key of any curve goes with any ECDSA scheme: before TLS 1.3 the two bytes name a hash alone. That TLS 1.3 binds
 * the curve too is for its handshake to check.
 */
export function verify(scheme: number, key: PublicKey, tbs: Uint8Array, signature: Uint8Array, saltLength?: number): boolean {
  const use = schemeUse(scheme);
  if (use === undefined || use.keyType !== key.type) return false;
  if (key.type === 'rsa' || key.type === 'rsa-pss') {
    // RFC 8017 §8.1.2, step 1; OpenSSL takes a PSS signature without its leading zeros.
    if (key.bits > MAX_RSA_BITS || signature.length !== Math.ceil(key.bits / 8)) return false;
  }
  const object = keyObject(key);
  if (object === undefined) return false;
  try {
    return crypto.verify(use.digest, tbs, keyOptions(use, object, saltLength), signature);
  } catch {
    return false;
  }
}

/** RSASSA-PKCS1-v1_5 without a DigestInfo: SSL 3.0. */
export function verifyPrehashed(key: PublicKey, hashes: Uint8Array, signature: Uint8Array): boolean {
  const object = keyObject(key);
  if (object === undefined || key.type !== 'rsa' || key.bits > MAX_RSA_BITS || signature.length !== Math.ceil(key.bits / 8)) return false;
  try {
    const signed = crypto.publicDecrypt({ key: object, padding: crypto.constants.RSA_PKCS1_PADDING }, signature);
    return equal(signed, hashes);
  } catch {
    return false;
  }
}

/** RSAES-PKCS1-v1_5. */
export function encryptRsa(key: PublicKey, text: Uint8Array): Uint8Array {
  const object = keyObject(key);
  if (object === undefined) throw new RangeError('not a key of this provider');
  return plain(crypto.publicEncrypt({ key: object, padding: crypto.constants.RSA_PKCS1_PADDING }, text));
}
