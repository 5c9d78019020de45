import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equal } from './bytes.ts';
import { constantTimeEqual, maskIfEqual, maskIfLess, maskIfZero, select } from './constant-time.ts';

const u31 = fc.oneof(fc.constantFrom(0, 1, 2, 0x7fff_fffe, 0x7fff_ffff), fc.nat(0x7fff_ffff));

test('masks are all ones or nothing', () => {
  fc.assert(
    fc.property(u31, u31, (a, b) => {
      assert.equal(maskIfZero(a), a === 0 ? -1 : 0);
      assert.equal(maskIfEqual(a, b), a === b ? -1 : 0);
      assert.equal(maskIfLess(a, b), a < b ? -1 : 0);
      assert.equal(select(-1, a, b), a);
      assert.equal(select(0, a, b), b);
    }),
  );
  for (const value of [0, 1, 0x7fff_ffff]) assert.equal(maskIfEqual(value, value), -1);
});

test('constantTimeEqual agrees with equal', () => {
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => assert.equal(constantTimeEqual(a, b), equal(a, b))));
  for (let at = 0; at < 32; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const other = new Uint8Array(32);
      other[at] = 1 << bit;
      assert.equal(constantTimeEqual(new Uint8Array(32), other), false);
    }
  }
  assert.equal(constantTimeEqual(new Uint8Array(32), new Uint8Array(32)), true);
});
