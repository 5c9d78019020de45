/**
 * The crypto port over what was registered: each bulk, hash and signature algorithm goes to its driver. What TLS has no
 * registration for (random numbers, comparison, the seal of DTLS cookies) stays with the platform.
 */
import { nodeCrypto } from '../crypto/node/index.ts';
import type { Aead, AeadName, BlockCipher, CbcName, CryptoProvider, Hash, HashName, PublicKey } from '../crypto/port.ts';
import { readKeyInfo } from '../pki/x509/spki.ts';
import {
  TLS_BULK_3DES_EDE_CBC,
  TLS_BULK_AES_128_CBC,
  TLS_BULK_AES_128_CCM_8,
  TLS_BULK_AES_128_GCM,
  TLS_BULK_AES_256_CBC,
  TLS_BULK_AES_256_GCM,
  TLS_BULK_CHACHA20_POLY1305,
  TLS_BULK_NULL,
  TLS_HASH_MD5,
  TLS_HASH_SHA1,
  TLS_HASH_SHA256,
  TLS_HASH_SHA384,
  TLS_HASH_SHA512,
  TLS_MEM_ERR,
  TLS_SIGN_DSS,
  TLS_SIGN_ECC,
  TLS_SIGN_EDH,
  TLS_SIGN_RSA,
} from './constants.ts';
import type { TlsConfig } from './config.ts';
import type { SignOperations, t_enc_driver } from './eem.ts';
import { CodeError } from './types.ts';

export interface Registration {
  readonly driver: t_enc_driver;
  readonly alg_id: number;
}

/** What was registered, by index. */
export interface Registry {
  readonly bulk: Map<number, Registration>;
  readonly hash: Map<number, Registration>;
  readonly sign: Map<number, Registration>;
}

export const HASH_INDEX: Readonly<Record<HashName, number>> = {
  md5: TLS_HASH_MD5,
  sha1: TLS_HASH_SHA1,
  sha224: -1,
  sha256: TLS_HASH_SHA256,
  sha384: TLS_HASH_SHA384,
  sha512: TLS_HASH_SHA512,
};

/** By the beginning of the protection's name. */
const BULK_BY_SCHEME: readonly (readonly [string, number])[] = [
  ['NULL', TLS_BULK_NULL],
  ['3DES', TLS_BULK_3DES_EDE_CBC],
  ['TRIPLE', TLS_BULK_3DES_EDE_CBC],
  ['AES_128_CBC', TLS_BULK_AES_128_CBC],
  ['AES_256_CBC', TLS_BULK_AES_256_CBC],
  ['AES_128_GCM', TLS_BULK_AES_128_GCM],
  ['AES_256_GCM', TLS_BULK_AES_256_GCM],
  ['AES_128_CCM_8', TLS_BULK_AES_128_CCM_8],
  ['CHACHA20', TLS_BULK_CHACHA20_POLY1305],
];

export const BULK_COUNT = 8;
export const HASH_COUNT = 5;
export const SIGN_COUNT = 4;

/** The place of a suite's cipher; -1: TLS has none for it. */
export function bulkIndexOf(scheme: string): number {
  return BULK_BY_SCHEME.find(([beginning]) => scheme.startsWith(beginning))?.[1] ?? -1;
}

const BULK_BY_NAME: Readonly<Partial<Record<AeadName | CbcName, number>>> = {
  '3des-ede-cbc': TLS_BULK_3DES_EDE_CBC,
  'aes-128-cbc': TLS_BULK_AES_128_CBC,
  'aes-256-cbc': TLS_BULK_AES_256_CBC,
  'aes-128-gcm': TLS_BULK_AES_128_GCM,
  'aes-256-gcm': TLS_BULK_AES_256_GCM,
  'aes-128-ccm-8': TLS_BULK_AES_128_CCM_8,
  'chacha20-poly1305': TLS_BULK_CHACHA20_POLY1305,
};

export function eemProvider(registry: Registry, config: Readonly<TlsConfig>): CryptoProvider {
  const bulk = (name: AeadName | CbcName, key: Uint8Array): Aead | BlockCipher => {
    const found = registry.bulk.get(BULK_BY_NAME[name] ?? -1);
    if (found?.driver.enc_bulk === undefined) throw new Error(`no driver for ${name}`);
    return found.driver.enc_bulk(found.alg_id, key);
  };
  const hash = (name: HashName): Registration | undefined => registry.hash.get(HASH_INDEX[name]);
  const startHash = (name: HashName): Hash => {
    const found = hash(name);
    return found?.driver.enc_hash === undefined ? nodeCrypto.hash(name) : found.driver.enc_hash(found.alg_id);
  };
  const sign = (index: number): SignOperations | undefined => {
    const found = registry.sign.get(index);
    return found?.driver.enc_sign?.(found.alg_id);
  };
  const ofGroup = (name: string): SignOperations | undefined => sign(name.startsWith('ffdhe') ? TLS_SIGN_EDH : TLS_SIGN_ECC);
  const checkGroup = (name: string): void => {
    const bytes = name.startsWith('ffdhe') ? Number(name.slice(5)) / 8 : 0;
    if (bytes > config.TLS_PRE_MASTER_SECRET_SIZE) throw new CodeError(TLS_MEM_ERR, 'the secret exceeds TLS_PRE_MASTER_SECRET_SIZE');
  };

  return {
    name: 'eem',
    random: nodeCrypto.random,
    timingSafeEqual: nodeCrypto.timingSafeEqual,
    hash: startHash,
    digest(name, data) {
      const running = startHash(name);
      running.update(data);
      return running.digest();
    },
    hmac(name, key, ...parts) {
      const found = hash(name);
      if (found === undefined) return nodeCrypto.hmac(name, key, ...parts);
      if (found.driver.enc_hmac !== undefined) return found.driver.enc_hmac(found.alg_id, key, parts);
      return hmacOver(() => startHash(name), name === 'sha384' || name === 'sha512' ? 128 : 64, key, parts);
    },
    aead: (name, key) => bulk(name, key) as Aead,
    cbc: (name, key) => bulk(name, key) as BlockCipher,
    ...(nodeCrypto.blockMask === undefined ? {} : { blockMask: nodeCrypto.blockMask }),
    startKeyShare(group) {
      checkGroup(group);
      return (ofGroup(group)?.startKeyShare ?? nodeCrypto.startKeyShare)(group);
    },
    answerKeyShare(group, share) {
      checkGroup(group);
      return (ofGroup(group)?.answerKeyShare ?? nodeCrypto.answerKeyShare)(group, share);
    },
    startDh(parameters) {
      // The secret must fit into its buffer.
      if (parameters.prime.length > config.TLS_PRE_MASTER_SECRET_SIZE) return undefined;
      return (sign(TLS_SIGN_EDH)?.startDh ?? nodeCrypto.startDh)?.(parameters);
    },
    importPublicKey(spki) {
      const key = nodeCrypto.importPublicKey(spki);
      return key !== undefined && isRsaTooLong(key, config) ? undefined : key;
    },
    importPrivateKey: (pkcs8) => (sign(TLS_SIGN_RSA)?.importPrivateKey ?? nodeCrypto.importPrivateKey)(pkcs8),
    verify(scheme, key, tbs, signature) {
      const operations = sign(SIGN_OF_KEY[key.type] ?? TLS_SIGN_ECC);
      return operations === undefined ? false : operations.verify(scheme, key, tbs, signature);
    },
    encryptRsa(key, plain) {
      const encrypt = sign(TLS_SIGN_RSA)?.encryptRsa;
      if (encrypt === undefined) throw new Error('no driver for RSA');
      return encrypt(key, plain);
    },
    lacks(algorithm) {
      const index = BULK_BY_NAME[algorithm as AeadName];
      if (index !== undefined && !registry.bulk.has(index)) return `${algorithm} is not registered`;
      if (algorithm in HASH_INDEX && !registry.hash.has(HASH_INDEX[algorithm as HashName])) return `${algorithm} is not registered`;
      return nodeCrypto.lacks(algorithm);
    },
  };
}

const SIGN_OF_KEY: Readonly<Record<string, number>> = { rsa: TLS_SIGN_RSA, 'rsa-pss': TLS_SIGN_RSA, dsa: TLS_SIGN_DSS };

/** RSA_KEY_MODULO_LEN and RSA_KEY_EXP_LEN. */
export function isRsaTooLong(key: PublicKey, config: Readonly<TlsConfig>): boolean {
  if (key.type !== 'rsa' && key.type !== 'rsa-pss') return false;
  if (Math.ceil(key.bits / 8) > config.RSA_KEY_MODULO_LEN) return true;
  const exponent = rsaExponentLength(key.spki);
  return exponent > config.RSA_KEY_EXP_LEN;
}

/** The exponent is the last INTEGER of an RSAPublicKey, which is the end of the SubjectPublicKeyInfo. */
function rsaExponentLength(spki: Uint8Array): number {
  void readKeyInfo(spki);
  for (let length = 1; length <= 128 && spki.length - length - 2 >= 0; length++) {
    const at = spki.length - length - 2;
    if (spki[at] === 2 && spki[at + 1] === length) return spki[at + 2] === 0 && length > 1 ? length - 1 : length;
  }
  return 0;
}

/** RFC 2104. */
function hmacOver(start: () => Hash, block: number, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  let short = key;
  if (key.length > block) {
    const hashed = start();
    hashed.update(key);
    short = hashed.digest();
  }
  const pad = (byte: number): Uint8Array => {
    const bytes = new Uint8Array(block).fill(byte);
    for (let i = 0; i < short.length; i++) bytes[i]! ^= short[i]!;
    return bytes;
  };
  const inner = start();
  inner.update(pad(0x36));
  for (const part of parts) inner.update(part);
  const outer = start();
  outer.update(pad(0x5c));
  outer.update(inner.digest());
  return outer.digest();
}
