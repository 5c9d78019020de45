import assert from 'node:assert/strict';
import { test } from 'node:test';
import { release } from './release.ts';

test('memory that is given back is gone at once', () => {
  const bytes = new Uint8Array(16_384).fill(7);
  const view = bytes.subarray(100, 200);
  release(bytes);
  assert.equal(bytes.length, 0);
  assert.equal(view.length, 0);
});

test('memory in which others lie stays', () => {
  const all = new Uint8Array(16_384).fill(7);
  release(all.subarray(0, 8192));
  assert.equal(all.length, 16_384);
  assert.equal(all[9000], 7);
});

test('little is left to the garbage collector', () => {
  const bytes = new Uint8Array(100).fill(7);
  release(bytes);
  assert.equal(bytes[99], 7);
});

test('without ArrayBuffer.prototype.transfer, too, again and again, and nothing keeps the process alive', () => {
  const prototype = ArrayBuffer.prototype as { transfer?: unknown };
  const { transfer } = prototype;
  prototype.transfer = undefined;
  try {
    for (let i = 0; i < 100; i++) {
      const bytes = new Uint8Array(65_536);
      release(bytes);
      assert.equal(bytes.length, 0);
    }
  } finally {
    if (transfer === undefined) delete prototype.transfer;
    else prototype.transfer = transfer;
  }
});
