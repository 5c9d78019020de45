import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../base/bytes.ts';
import { nodeCrypto } from '../node/index.ts';
import { macAt, unpad } from './unpad.ts';

/** The bytes, and the places that were read, in order. */
function watched(bytes: Uint8Array): { bytes: Uint8Array; read: number[] } {
  const read: number[] = [];
  const get = (target: Uint8Array, key: string | symbol): unknown => {
    if (typeof key === 'string' && /^-?\d+$/.test(key)) read.push(Number(key));
    return Reflect.get(target, key, target);
  };
  return { bytes: new Proxy(bytes, { get }), read };
}

test('Lucky 13: what is read, and in which order, depends on nothing but the length of the record', () => {
  const macLength = 20;
  for (const length of [21, 64, 276, 277, 400]) {
    const expected = {
      // The last byte, then all that could be padding.
      unpad: [length - 1, ...Array.from({ length: Math.min(256, length) - 1 }, (_, i) => length - 2 - i)],
      // SSL 3.0 says nothing of the bytes of the padding.
      unpadSsl3: [length - 1],
      // Every byte that could be one of the MAC, once.
      macAt: Array.from({ length: Math.min(length, macLength + 256) }, (_, i) => i + Math.max(0, length - macLength - 256)),
    };
    for (const padding of [0, 1, 15, 16, 255]) {
      const text = new Uint8Array(length).fill(padding);
      const tls = watched(text);
      const { contentLength } = unpad(tls.bytes, macLength, 0);
      assert.deepEqual(tls.read, expected.unpad, `unpad, ${length} bytes, padding ${padding}`);
      const ssl3 = watched(text);
      unpad(ssl3.bytes, macLength, 16);
      assert.deepEqual(ssl3.read, expected.unpadSsl3, `unpad of SSL 3.0, ${length} bytes, padding ${padding}`);
      const mac = watched(text);
      macAt(mac.bytes, contentLength, macLength);
      assert.deepEqual(mac.read, expected.macAt, `macAt, ${length} bytes, padding ${padding}`);
    }
  }
});

test('unpad of SSL 3.0: less than a block, and no more than there is', () => {
  for (const [length, padding, good] of [
    [40, 0, true],
    [40, 15, true],
    [40, 16, false],
    [36, 15, true],
    [35, 15, false],
    [21, 0, true],
    [21, 1, false],
  ] as const) {
    const text = nodeCrypto.random(length);
    text[length - 1] = padding;
    const expected = { good: good ? -1 : 0, contentLength: length - 21 - (good ? padding : 0) };
    assert.deepEqual(unpad(text, 20, 16), expected, `${length} bytes, padding ${padding}`);
  }
});

test('unpad and macAt agree with their plain counterparts', () => {
  for (let round = 0; round < 2000; round++) {
    const macLength = [16, 20, 32, 48][round % 4]!;
    const bytes = nodeCrypto.random(macLength + 1 + (round % 400));
    if (round % 3 !== 0) {
      const padding = Math.min(bytes.length - 1, nodeCrypto.random(1)[0]!);
      bytes.fill(padding, bytes.length - padding - 1);
    }
    const padding = bytes[bytes.length - 1]!;
    const fits = macLength + 1 + padding <= bytes.length;
    const right = fits && bytes.subarray(bytes.length - padding - 1).every((byte) => byte === padding);
    const { good, contentLength } = unpad(bytes, macLength, 0);
    assert.equal(good, right ? -1 : 0);
    assert.equal(contentLength, bytes.length - macLength - 1 - (right ? padding : 0));
    assert.equal(toHex(macAt(bytes, contentLength, macLength)), toHex(bytes.subarray(contentLength, contentLength + macLength)));
  }
});
