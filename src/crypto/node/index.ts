/** The provider over node:crypto. */
import type { CryptoProvider } from '../port.ts';
import { aead } from './aead.ts';
import { blockMask, cbc, chachaMask } from './block.ts';
import { startDh } from './dh.ts';
import { answerKeyShare, startKeyShare } from './groups.ts';
import { timingSafeEqual } from './compare.ts';
import { digest, hmac, pbkdf2, random, scrypt, startHash } from './hashes.ts';
import { importPublicKey } from './keys.ts';
import { lacks } from './lacks.ts';
import { importPrivateKey } from './private-keys.ts';
import { encryptRsa, verify, verifyPrehashed } from './signatures.ts';

export { privateKeyFromKeyObject, privateKeyFromPem } from './private-keys.ts';

export const nodeCrypto: CryptoProvider = {
  name: 'node',
  random,
  timingSafeEqual,
  hash: startHash,
  digest,
  hmac,
  pbkdf2,
  scrypt,
  aead,
  cbc,
  blockMask,
  chachaMask,
  startKeyShare,
  answerKeyShare,
  startDh,
  importPublicKey,
  importPrivateKey,
  verify,
  verifyPrehashed,
  encryptRsa,
  lacks,
};
