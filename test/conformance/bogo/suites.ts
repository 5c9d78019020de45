/** Every suite of the library. */
import * as cbc from '../../../src/crypto/suites/aes-cbc.ts';
import * as ccm from '../../../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../../../src/crypto/suites/aes-gcm.ts';
import * as chacha from '../../../src/crypto/suites/chacha20.ts';
import * as modern from '../../../src/crypto/suites/modern.ts';
import * as tripleDes from '../../../src/crypto/suites/triple-des.ts';
import type { CipherSuite } from '../../../src/crypto/suites/suite.ts';

/** BoringSSL's order: ChaCha20 and AES-GCM before CBC, ECDHE before RSA. */
export const ALL_SUITES: readonly CipherSuite[] = [modern, gcm, chacha, cbc, tripleDes, ccm]
  .flatMap((module) => Object.values(module) as readonly unknown[])
  .filter((value): value is CipherSuite => typeof value === 'object' && value !== null && 'protection' in value)
  .sort((a, b) => rank(a) - rank(b));

function rank(suite: CipherSuite): number {
  if (suite.family === 'modern') return 0;
  return suite.kx.name.startsWith('ECDHE') ? 1 : suite.kx.name.startsWith('DHE') ? 2 : 3;
}
