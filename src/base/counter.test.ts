import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from './bytes.ts';
import { Counter } from './counter.ts';

test('counts through the carry, and is written big-endian', () => {
  const counter = new Counter();
  const out = new Uint8Array(10);
  counter.lo = 0xffff_fffe;
  const seen = [1, 2, 3].map(() => {
    counter.increment();
    counter.writeTo(out, 1);
    return toHex(out);
  });
  assert.deepEqual(seen, ['0000000000ffffffff00', '00000000010000000000', '00000000010000000100']);
  counter.reset();
  counter.writeTo(out, 1);
  assert.equal(toHex(out), '00'.repeat(10));
});
