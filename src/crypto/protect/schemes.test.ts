/** What each protection says of itself: suites cut key blocks and carriers count records by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter } from '../../base/counter.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../node/index.ts';
import type { CryptoProvider } from '../port.ts';
import * as modern from '../suites/modern.ts';
import * as cbcSchemes from './cbc-schemes.ts';
import * as aeadSchemes from './legacy-schemes.ts';
import type { ProtectionScheme, RecordShape } from './protection.ts';

const GCM = 23_726_566;
const CCM = 2 ** 23;
const NONE = Number.POSITIVE_INFINITY;

/** Key, IV, MAC key, CBC, records. */
type Properties = readonly [number, number, number, boolean, number];

const EXPECTED: Readonly<Record<string, Properties>> = {
  TLS_AES_128_GCM_SHA256: [16, 12, 0, false, GCM],
  TLS_AES_256_GCM_SHA384: [32, 12, 0, false, GCM],
  TLS_CHACHA20_POLY1305_SHA256: [32, 12, 0, false, NONE],
  TLS_AES_128_CCM_SHA256: [16, 12, 0, false, CCM],
  TLS_AES_128_CCM_8_SHA256: [16, 12, 0, false, CCM],
  AES_128_GCM: [16, 4, 0, false, NONE],
  AES_256_GCM: [32, 4, 0, false, NONE],
  AES_128_CCM: [16, 4, 0, false, NONE],
  AES_256_CCM: [32, 4, 0, false, NONE],
  AES_128_CCM_8: [16, 4, 0, false, NONE],
  AES_256_CCM_8: [32, 4, 0, false, NONE],
  ARIA_128_GCM: [16, 4, 0, false, NONE],
  ARIA_256_GCM: [32, 4, 0, false, NONE],
  CAMELLIA_128_GCM: [16, 4, 0, false, NONE],
  CAMELLIA_256_GCM: [32, 4, 0, false, NONE],
  CHACHA20_POLY1305: [32, 12, 0, false, NONE],
  AES_128_CBC_SHA: [16, 16, 20, true, NONE],
  AES_256_CBC_SHA: [32, 16, 20, true, NONE],
  AES_128_CBC_SHA256: [16, 16, 32, true, NONE],
  AES_256_CBC_SHA256: [32, 16, 32, true, NONE],
  AES_256_CBC_SHA384: [32, 16, 48, true, NONE],
  // SWEET32: blocks of 64 bits.
  TRIPLE_DES_EDE_CBC_SHA: [24, 8, 20, true, 2 ** 20],
  CAMELLIA_128_CBC_SHA: [16, 16, 20, true, NONE],
  CAMELLIA_256_CBC_SHA: [32, 16, 20, true, NONE],
  CAMELLIA_128_CBC_SHA256: [16, 16, 32, true, NONE],
  CAMELLIA_256_CBC_SHA256: [32, 16, 32, true, NONE],
  CAMELLIA_256_CBC_SHA384: [32, 16, 48, true, NONE],
  NULL_MD5: [0, 0, 16, false, NONE],
  NULL_SHA: [0, 0, 20, false, NONE],
  NULL_SHA256: [0, 0, 32, false, NONE],
  NULL_SHA384: [0, 0, 48, false, NONE],
  RC4_128_MD5: [16, 0, 16, false, NONE],
  RC4_128_SHA: [16, 0, 20, false, NONE],
};

test('lengths of keys, and how many records one key protects', () => {
  const found: Record<string, Properties> = {};
  const add = (name: string, { keyLength, ivLength, macKeyLength, cbc, recordLimit }: ProtectionScheme): void => {
    found[name] = [keyLength, ivLength, macKeyLength, cbc, recordLimit];
  };
  for (const { name, protection } of Object.values(modern)) add(name, protection);
  for (const [name, scheme] of [...Object.entries(aeadSchemes), ...Object.entries(cbcSchemes)]) add(name, scheme);
  assert.deepEqual(found, EXPECTED);
});

test('an idle connection lets the cipher go', () => {
  let rested = 0;
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    aead: (name, key) => {
      const inner = nodeCrypto.aead(name, key);
      return {
        tagLength: inner.tagLength,
        seal: (...args) => inner.seal(...args),
        open: (...args) => inner.open(...args),
        rest: () => void rested++,
      };
    },
    cbc: (name, key) => {
      const inner = nodeCrypto.cbc(name, key);
      return {
        blockLength: inner.blockLength,
        encrypt: (...args) => inner.encrypt(...args),
        decrypt: (...args) => inner.decrypt(...args),
        rest: () => void rested++,
      };
    },
  };
  const shape: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };
  for (const [scheme, form] of [
    [modern.TLS_AES_128_GCM_SHA256.protection, shape],
    [aeadSchemes.AES_128_GCM, shape],
    [aeadSchemes.CHACHA20_POLY1305, shape],
    [cbcSchemes.AES_128_CBC_SHA, shape],
    [cbcSchemes.AES_128_CBC_SHA, { ...shape, encryptThenMac: true }],
  ] as const) {
    const keys = {
      key: nodeCrypto.random(scheme.keyLength),
      iv: nodeCrypto.random(scheme.ivLength),
      macKey: nodeCrypto.random(scheme.macKeyLength),
    };
    const protection = scheme.protect(crypto, keys, form, 'write');
    protection.seal(new Writer(), 23, new Counter(), Uint8Array.of(1));
    assert.equal(rested, 0, scheme.name);
    protection.rest();
    assert.equal(rested, 1, scheme.name);
    rested = 0;
  }
});
