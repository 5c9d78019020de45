/**
 * The crypto port over what was registered, whole: signatures and key exchanges beside ciphers and hashes. Hashes that are not
 * registered but that certificates and the seal of DTLS cookies need stay with the platform.
 */
import { nodeCrypto } from '../crypto/node/index.ts';
import type { CryptoProvider, HashName, PrivateKeyHandle, PublicKey, SignatureKeyType } from '../crypto/port.ts';
import { readKeyInfo } from '../pki/x509/spki.ts';
import type { TlsConfig } from './config.ts';
import { TLS_MEM_ERR, TLS_SIGN_DSS, TLS_SIGN_ECC, TLS_SIGN_EDH, TLS_SIGN_RSA } from './constants.ts';
import type { SignOperations } from './eem.ts';
import { hmacOver } from './hmac-over.ts';
import { hashOf, isHash, type Registry } from './registry.ts';
import { absent, symmetricProvider } from './symmetric.ts';
import { CodeError } from './types.ts';

export function eemProvider(registry: Registry, config: Readonly<TlsConfig>): CryptoProvider {
  const symmetric = symmetricProvider(registry, nodeCrypto, hmacOver);
  const hashed = (name: HashName): CryptoProvider => (hashOf(registry, name) === undefined ? nodeCrypto : symmetric);
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
    ...symmetric,
    hash: (name) => hashed(name).hash(name),
    digest: (name, data) => hashed(name).digest(name, data),
    hmac: (name, key, ...parts) => hashed(name).hmac(name, key, ...parts),
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
    verify(scheme, key, tbs, signature, saltLength) {
      const operations = sign(SIGN_OF_KEY[key.type] ?? TLS_SIGN_ECC);
      return operations === undefined ? false : operations.verify(scheme, key, tbs, signature, saltLength);
    },
    encryptRsa: (key, plain) => sign(TLS_SIGN_RSA)?.encryptRsa?.(key, plain) ?? absent('RSA'),
    lacks: (algorithm) =>
      (/^(aes|3des|camellia|aria|chacha)/.test(algorithm) || isHash(algorithm) ? symmetric.lacks(algorithm) : undefined) ??
      nodeCrypto.lacks(algorithm),
  };
}

/** One of our keys in the hands of the registered driver; undefined: it does not want it. */
export function driverKey(registry: Registry, type: SignatureKeyType, pkcs8: Uint8Array): PrivateKeyHandle | undefined {
  const found = registry.sign.get(SIGN_OF_KEY[type] ?? TLS_SIGN_ECC);
  return found?.driver.enc_sign?.(found.alg_id).importPrivateKey?.(pkcs8);
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
