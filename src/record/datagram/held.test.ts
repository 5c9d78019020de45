import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_HELD_BYTES, MAX_HELD_RECORDS } from '../../base/limits.ts';
import { APPLICATION_DATA, HANDSHAKE } from '../../wire/content.ts';
import { HeldRecords } from './held.ts';

function record(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = type;
  return bytes;
}

test('D7: 10 000 records of the next epoch are held to a few', () => {
  const held = new HeldRecords();
  let kept = 0;
  for (let i = 0; i < 10_000; i++) if (held.add(1, record(APPLICATION_DATA, 1_200))) kept++;
  assert.equal(kept, MAX_HELD_RECORDS);
  assert.ok(held.bytes <= MAX_HELD_BYTES);
});

test('D7: and to few bytes', () => {
  const held = new HeldRecords();
  for (let i = 0; i < 10; i++) held.add(1, record(HANDSHAKE, 5_000));
  assert.ok(held.bytes <= MAX_HELD_BYTES);
});

test('D7: Finished finds a place among application data', () => {
  const held = new HeldRecords();
  for (let i = 0; i < 20; i++) held.add(1, record(APPLICATION_DATA, 100 + i));
  assert.ok(held.add(1, record(HANDSHAKE, 61)));
  const types: number[] = [];
  for (let each = held.take(); each !== undefined; each = held.take()) types.push(each[0]!);
  assert.deepEqual(types, [23, 23, 23, 23, 23, 23, 23, 22]);
  assert.equal(held.bytes, 0);
  assert.ok(held.isEmpty);
});
