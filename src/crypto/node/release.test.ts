import assert from 'node:assert/strict';
import { test } from 'node:test';
import { release } from './release.ts';

/** As many as go at a time, where that is not one. */
const some = (length: number): Uint8Array[] => Array.from({ length: 4 }, () => new Uint8Array(length).fill(7));

test('memory that is given back is gone', () => {
  const all = some(16_384);
  const views = all.map((bytes) => bytes.subarray(100, 200));
  for (const bytes of all) release(bytes);
  assert.deepEqual(
    [...all, ...views].map((bytes) => bytes.length),
    new Array(8).fill(0),
  );
});

test('memory in which others lie stays', () => {
  const all = new Uint8Array(16_384).fill(7);
  for (let i = 0; i < 4; i++) release(all.subarray(0, 8192));
  assert.equal(all.length, 16_384);
  assert.equal(all[9000], 7);
});

test('little is left to the garbage collector', () => {
  const all = some(100);
  for (const bytes of all) release(bytes);
  assert.deepEqual(
    all.map((bytes) => bytes[99]),
    [7, 7, 7, 7],
  );
});

test('without ArrayBuffer.prototype.transfer, too, again and again, and nothing keeps the process alive', () => {
  const prototype = ArrayBuffer.prototype as { transfer?: unknown };
  const { transfer } = prototype;
  prototype.transfer = undefined;
  try {
    for (let i = 0; i < 100; i++) {
      const all = some(65_536);
      for (const bytes of all) release(bytes);
      assert.deepEqual(
        all.map((bytes) => bytes.length),
        [0, 0, 0, 0],
      );
    }
  } finally {
    if (transfer === undefined) delete prototype.transfer;
    else prototype.transfer = transfer;
  }
});
