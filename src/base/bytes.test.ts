import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ascii, concat, EMPTY, equal, fromHex, latin1, toHex, utf8 } from './bytes.ts';

test('concat joins in order and makes a new array', () => {
  const a = Uint8Array.of(1, 2);
  const all = concat(a, EMPTY, Uint8Array.of(3));
  a[0] = 9;
  assert.deepEqual(all, Uint8Array.of(1, 2, 3));
  assert.equal(concat().length, 0);
});

test('equal compares length and content', () => {
  assert.equal(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(equal(Uint8Array.of(1, 2), Uint8Array.of(1)), false);
  assert.equal(equal(EMPTY, new Uint8Array(0)), true);
});

test('hexadecimal there and back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(fromHex(toHex(bytes)), bytes)));
  assert.deepEqual(fromHex(' 0A\n0b '), Uint8Array.of(10, 11));
  for (const bad of ['1', '0g', '0x00', 'é0']) assert.throws(() => fromHex(bad), RangeError, bad);
});

test('utf8 is what the platform says it is, lone surrogates included', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.deepEqual(utf8(text), new TextEncoder().encode(text))));
  for (const text of ['\ud800', 'a\udfff', '\u{10ffff}', '\u07ff\u0800\uffff'])
    assert.deepEqual(utf8(text), new TextEncoder().encode(text));
});

test('ascii refuses what is not; latin1 keys every byte string apart', () => {
  assert.deepEqual(ascii('tls13 '), Uint8Array.of(0x74, 0x6c, 0x73, 0x31, 0x33, 0x20));
  assert.throws(() => ascii('ä'), RangeError);
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => assert.equal(latin1(a) === latin1(b), equal(a, b))));
});
