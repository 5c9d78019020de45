/** The manager's own drivers, over node:crypto: the algorithms of guide 4.4, and a few that are younger than it. */
import { aead } from '../crypto/node/aead.ts';
import { cbc } from '../crypto/node/block.ts';
import { hmac, startHash } from '../crypto/node/hashes.ts';
import { nodeCrypto } from '../crypto/node/index.ts';
import type { AeadName, CbcName, HashName } from '../crypto/port.ts';
import {
  ENC_ALG_NULL,
  ENC_ALG_AES_128_CBC,
  ENC_ALG_AES_256_CBC,
  ENC_ALG_AES_128_GCM,
  ENC_ALG_AES_256_GCM,
  ENC_ALG_AES_128_CCM_8,
  ENC_ALG_3DES_EDE_CBC,
  ENC_ALG_CHACHA20_POLY1305,
  ENC_ALG_MD5,
  ENC_ALG_SHA1,
  ENC_ALG_SHA256,
  ENC_ALG_SHA384,
  ENC_ALG_SHA512,
  ENC_ALG_RSA,
  ENC_ALG_EDH,
  ENC_ALG_DSS,
  ENC_ALG_ECC,
} from './algorithms.ts';
import type { SignOperations, t_enc_driver } from './eem.ts';

/** Advanced Encryption Standard. */
export const enc_aes_driver: t_enc_driver = {
  enc_name: 'aes',
  enc_alg_ids: [ENC_ALG_AES_128_CBC, ENC_ALG_AES_256_CBC, ENC_ALG_AES_128_GCM, ENC_ALG_AES_256_GCM, ENC_ALG_AES_128_CCM_8],
  enc_bulk: (id, key) => (id <= ENC_ALG_AES_256_CBC ? cbc(CBC[id]!, key) : aead(AEAD[id]!, key)),
};
/** Triple DES. */
export const enc_3des_driver: t_enc_driver = {
  enc_name: '3des',
  enc_alg_ids: [ENC_ALG_3DES_EDE_CBC],
  enc_bulk: (_id, key) => cbc('3des-ede-cbc', key),
};
export const enc_chacha_driver: t_enc_driver = {
  enc_name: 'chacha20-poly1305',
  enc_alg_ids: [ENC_ALG_CHACHA20_POLY1305],
  enc_bulk: (_id, key) => aead('chacha20-poly1305', key),
};
/** Suites without encryption. */
export const enc_null_driver: t_enc_driver = { enc_name: 'null', enc_alg_ids: [ENC_ALG_NULL] };
/** MD5, SHA-1, SHA-256, SHA-384, SHA-512. */
export const enc_hash_driver: t_enc_driver = {
  enc_name: 'hash',
  enc_alg_ids: [ENC_ALG_MD5, ENC_ALG_SHA1, ENC_ALG_SHA256, ENC_ALG_SHA384, ENC_ALG_SHA512],
  enc_hash: (id) => startHash(HASHES[id]!),
  enc_hmac: (id, key, parts) => hmac(HASHES[id]!, key, ...parts),
};
/** RSA, EDH, DSS, and elliptic curves. */
export const enc_sign_driver: t_enc_driver = {
  enc_name: 'public key',
  enc_alg_ids: [ENC_ALG_RSA, ENC_ALG_EDH, ENC_ALG_DSS, ENC_ALG_ECC],
  enc_sign: (): SignOperations => nodeCrypto,
};

const CBC: Readonly<Record<number, CbcName>> = { [ENC_ALG_AES_128_CBC]: 'aes-128-cbc', [ENC_ALG_AES_256_CBC]: 'aes-256-cbc' };
const AEAD: Readonly<Record<number, AeadName>> = {
  [ENC_ALG_AES_128_GCM]: 'aes-128-gcm',
  [ENC_ALG_AES_256_GCM]: 'aes-256-gcm',
  [ENC_ALG_AES_128_CCM_8]: 'aes-128-ccm-8',
};
const HASHES: Readonly<Record<number, HashName>> = {
  [ENC_ALG_MD5]: 'md5',
  [ENC_ALG_SHA1]: 'sha1',
  [ENC_ALG_SHA256]: 'sha256',
  [ENC_ALG_SHA384]: 'sha384',
  [ENC_ALG_SHA512]: 'sha512',
};
