/** A file may have many locks, and each says how much work its key is: all together have a bound too. */
import { TlsError } from '../../base/errors.ts';
import { MAX_PASSWORD_WORK } from '../../base/limits.ts';
import type { CryptoProvider } from '../../crypto/port.ts';

/** The provider, for one file: throws `unsupported` when more hashes have been asked for than `MAX_PASSWORD_WORK`. */
export function metered(crypto: CryptoProvider): CryptoProvider {
  let left = MAX_PASSWORD_WORK;
  const spend = (hashes: number): void => {
    left -= hashes;
    if (left < 0) throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'a file whose keys are too much work' });
  };
  const { pbkdf2, scrypt } = crypto;
  return {
    ...crypto,
    digest(name, data) {
      spend(1);
      return crypto.digest(name, data);
    },
    hmac(name, key, ...parts) {
      spend(1);
      return crypto.hmac(name, key, ...parts);
    },
    ...(pbkdf2 === undefined
      ? {}
      : {
          pbkdf2(hash, password, salt, iterations, length) {
            spend(iterations);
            return pbkdf2(hash, password, salt, iterations, length);
          },
        }),
    ...(scrypt === undefined
      ? {}
      : {
          scrypt(password, salt, cost, block, parallel, length) {
            spend((cost * block * parallel) / SCRYPT_BLOCKS);
            return scrypt(password, salt, cost, block, parallel, length);
          },
        }),
  };
}

/** Blocks of scrypt that cost about as much as a hash. */
const SCRYPT_BLOCKS = 4;
