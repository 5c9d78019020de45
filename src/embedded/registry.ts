/** What was registered between `tls_init` and `tls_start`: each place of TLS, and the driver that fills it. */
import type { HashName } from '../crypto/port.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
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
  TLS_INIT_ERR,
} from './constants.ts';
import type { t_enc_driver } from './eem.ts';
import { CodeError } from './types.ts';

export interface Registration {
  readonly driver: t_enc_driver;
  readonly alg_id: number;
}

/** By index. */
export interface Registry {
  readonly bulk: Map<number, Registration>;
  readonly hash: Map<number, Registration>;
  readonly sign: Map<number, Registration>;
}

export const BULK_COUNT = 8;
export const HASH_COUNT = 5;
export const SIGN_COUNT = 4;

const HASH_INDEX: Readonly<Record<HashName, number>> = {
  md5: TLS_HASH_MD5,
  sha1: TLS_HASH_SHA1,
  sha224: -1,
  sha256: TLS_HASH_SHA256,
  sha384: TLS_HASH_SHA384,
  sha512: TLS_HASH_SHA512,
};

/** By the beginning of the cipher's name. */
const BULK_INDEX: readonly (readonly [string, number])[] = [
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

/** What fills the place of a cipher, by its name or by that of a protection with it. */
export function bulkOf(registry: Registry, name: string): Registration | undefined {
  const upper = name.toUpperCase().replaceAll('-', '_');
  return registry.bulk.get(BULK_INDEX.find(([start]) => upper.startsWith(start))?.[1] ?? -1);
}

export function hashOf(registry: Registry, name: HashName): Registration | undefined {
  return registry.hash.get(HASH_INDEX[name]);
}

/** Whether a name is that of a hash that TLS has a place for. */
export function isHash(name: string): name is HashName {
  return name in HASH_INDEX;
}

/** The ciphers of the suites must be there, and the hashes of their PRF where it counts. */
export function demandCiphers(suites: readonly CipherSuite[], registry: Registry, withPrf = true): void {
  for (const suite of suites) {
    const { name, protection } = suite;
    if (bulkOf(registry, protection.name) === undefined) missing(name, protection.name);
    const hash = suite.family === 'modern' ? suite.hash : suite.prfHash;
    if (withPrf && hashOf(registry, hash) === undefined) missing(name, hash);
  }
}

export function missing(suite: string, algorithm: string): never {
  throw new CodeError(TLS_INIT_ERR, `${suite}: ${algorithm} is not registered`);
}
