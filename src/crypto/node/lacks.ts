/** What this runtime's OpenSSL does not have. Asked once per algorithm. */
import * as crypto from 'node:crypto';
import { isFfdhe } from '../ffdhe.ts';
import type { AeadName, CbcName, GroupName, HashName, StreamName } from '../port.ts';
import { AEAD_CIPHERS } from './aead.ts';
import { CBC_CIPHERS } from './block.ts';
import { hasKem } from './kem.ts';

export type Algorithm = GroupName | AeadName | CbcName | StreamName | HashName;

export function lacks(algorithm: Algorithm): string | undefined {
  if (!known.has(algorithm)) known.set(algorithm, find(algorithm));
  return known.get(algorithm);
}

const known: Map<Algorithm, string | undefined> = /* @__PURE__ */ new Map();

function find(algorithm: Algorithm): string | undefined {
  if (algorithm in AEAD_CIPHERS) return withoutCipher(AEAD_CIPHERS[algorithm as AeadName]);
  if (algorithm in CBC_CIPHERS) return withoutCipher(CBC_CIPHERS[algorithm as CbcName]);
  if (algorithm === 'rc4-128') return 'node:crypto has no RC4: it is in the legacy provider of OpenSSL 3';
  if (algorithm.includes('MLKEM')) return hasKem() ? undefined : 'ML-KEM needs Node 24.7 or later';
  if (algorithm === 'x25519' || algorithm === 'x448') return attempt(() => crypto.generateKeyPairSync(algorithm as 'x25519'));
  if (algorithm.startsWith('secp') || algorithm.startsWith('brainpool')) {
    const name = algorithm === 'secp256r1' ? 'prime256v1' : algorithm;
    return crypto.getCurves().includes(name) ? undefined : `OpenSSL was built without ${name}`;
  }
  if (isFfdhe(algorithm as GroupName)) return undefined;
  return attempt(() => crypto.createHash(algorithm));
}

function withoutCipher(cipher: string | undefined): string | undefined {
  if (cipher === undefined) return 'OpenSSL has no Camellia-GCM';
  return crypto.getCipherInfo(cipher) === undefined ? `OpenSSL was built without ${cipher}` : undefined;
}

function attempt(use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    return `OpenSSL refuses it: ${error instanceof Error ? error.message : 'unknown reason'}`;
  }
}
