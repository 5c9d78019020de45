/**
 * The crypto port over what was registered: ciphers and hashes. Each goes to its driver; what TLS has no registration for (random
 * numbers, comparison) is the platform's.
 */
import type { Aead, BlockCipher, CryptoProvider, Hash, HashName } from '../crypto/port.ts';
import { TLS_ENCRYPTION_MODULE_ERR } from './constants.ts';
import { bulkOf, hashOf, isHash, type Registry } from './registry.ts';
import { CodeError } from './types.ts';

/** What no driver is registered for. */
export type Platform = Pick<CryptoProvider, 'random' | 'timingSafeEqual'>;

/** HMAC over a hash, where its driver has none. */
export type HmacOver = (start: () => Hash, name: HashName, key: Uint8Array, parts: readonly Uint8Array[]) => Uint8Array;

/** All that suites of pre-shared keys ask for; what needs a public key fails. */
export function symmetricProvider(registry: Registry, platform: Platform, hmacOver?: HmacOver): CryptoProvider {
  const bulk = (name: string, key: Uint8Array): Aead | BlockCipher => {
    const found = bulkOf(registry, name);
    return found?.driver.enc_bulk?.(found.alg_id, key) ?? absent(name);
  };
  const hash = (name: HashName): Hash => {
    const found = hashOf(registry, name);
    return found?.driver.enc_hash?.(found.alg_id) ?? absent(name);
  };
  const asymmetric = (): never => absent('a public key algorithm');
  return {
    name: 'eem',
    random: platform.random,
    timingSafeEqual: platform.timingSafeEqual,
    hash,
    digest(name, data) {
      const running = hash(name);
      running.update(data);
      return running.digest();
    },
    hmac(name, key, ...parts) {
      const found = hashOf(registry, name);
      return (
        found?.driver.enc_hmac?.(found.alg_id, key, parts) ?? hmacOver?.(() => hash(name), name, key, parts) ?? absent(`HMAC of ${name}`)
      );
    },
    aead: (name, key) => bulk(name, key) as Aead,
    cbc: (name, key) => bulk(name, key) as BlockCipher,
    startKeyShare: asymmetric,
    answerKeyShare: asymmetric,
    importPublicKey: asymmetric,
    importPrivateKey: asymmetric,
    verify: asymmetric,
    lacks(algorithm) {
      const found = isHash(algorithm) ? hashOf(registry, algorithm) : bulkOf(registry, algorithm);
      return found === undefined ? `${algorithm} is not registered` : undefined;
    },
  };
}

/** No driver has it. */
export function absent(algorithm: string): never {
  throw new CodeError(TLS_ENCRYPTION_MODULE_ERR, `no driver for ${algorithm}`);
}
