/** The provider over Node's cryptography, alone. */
export * from '../../../src/crypto/node/index.ts';
