import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/bytes.ts';
import { nodeCrypto } from '../node/index.ts';
import { TLS_AES_128_CCM_8_SHA256, TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256 } from '../suites/modern.ts';
import { recordNumberMask } from './record-number.ts';

test('AES suites mask with one block of AES, ChaCha20 with its keystream', () => {
  // FIPS 197, Appendix B.
  const key = fromHex('2b7e151628aed2a6abf7158809cf4f3c');
  const sample = fromHex('3243f6a8885a308d313198a2e0370734');
  for (const suite of [TLS_AES_128_GCM_SHA256, TLS_AES_128_CCM_8_SHA256]) {
    const masker = recordNumberMask(nodeCrypto, suite.protection, key);
    assert.equal(toHex(masker.mask(sample)), '3925841d02dc09fbdc118597196a0b32');
    masker.rest();
    assert.equal(toHex(masker.mask(sample)), '3925841d02dc09fbdc118597196a0b32');
  }
  // RFC 8439 §2.4.2.
  const chacha = recordNumberMask(
    nodeCrypto,
    TLS_CHACHA20_POLY1305_SHA256.protection,
    Uint8Array.from({ length: 32 }, (_, i) => i),
  );
  assert.equal(toHex(chacha.mask(fromHex('01000000000000000000004a00000000'))), '224f51f3401bd9e12fde276fb8631ded');
  const { blockMask, chachaMask, ...without } = nodeCrypto;
  assert.ok(blockMask !== undefined && chachaMask !== undefined);
  assert.throws(() => recordNumberMask(without, TLS_AES_128_GCM_SHA256.protection, key), { code: 'unsupported' });
  assert.throws(() => recordNumberMask(without, TLS_CHACHA20_POLY1305_SHA256.protection, key), { code: 'unsupported' });
});

test('an idle connection lets the block cipher go, where the provider has something to let go', () => {
  const { protection } = TLS_AES_128_GCM_SHA256;
  let rested = 0;
  const mask = (sample: Uint8Array): Uint8Array => sample;
  recordNumberMask({ ...nodeCrypto, blockMask: () => ({ mask, rest: () => void rested++ }) }, protection, new Uint8Array(16)).rest();
  assert.equal(rested, 1);
  recordNumberMask({ ...nodeCrypto, blockMask: () => ({ mask }) }, protection, new Uint8Array(16)).rest();
});
