import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DECODE_ERROR } from './alerts.ts';
import { TlsError } from './errors.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

function refused(read: () => unknown): void {
  assert.throws(
    read,
    (error) => error instanceof TlsError && error.alert === DECODE_ERROR && error.code === 'decode_error' && error.origin === 'local',
  );
}

test('what a Writer writes, a Reader reads', () => {
  const vector = fc.uint8Array({ maxLength: 300 });
  const u16s = fc.array(fc.nat(0xffff), { maxLength: 50 });
  fc.assert(
    fc.property(fc.nat(0xff), fc.nat(0xffff), fc.nat(0xff_ffff), fc.nat(0xffff_ffff), vector, u16s, (a, b, c, d, bytes, list) => {
      const w = new Writer(1);
      w.u8(a);
      w.u16(b);
      w.u24(c);
      w.u32(d);
      w.vector(2, bytes);
      w.u16List(1, list);
      w.zeros(2);
      w.bytes(bytes);
      const r = new Reader(w.copy());
      assert.deepEqual([r.u8(), r.u16(), r.u24(), r.u32()], [a, b, c, d]);
      assert.deepEqual(r.vector(2).slice(), bytes);
      assert.deepEqual(r.u16List(1), list);
      assert.equal(r.u16(), 0);
      assert.deepEqual(r.rest().slice(), bytes);
      r.finish();
    }),
  );
});

test('no read goes past the end', () => {
  const reads: readonly (readonly [size: number, read: (r: Reader) => unknown])[] = [
    [1, (r) => r.u8()],
    [2, (r) => r.u16()],
    [3, (r) => r.u24()],
    [4, (r) => r.u32()],
    [5, (r) => r.take(5)],
  ];
  for (const [size, read] of reads) {
    for (let length = 0; length < size; length++) refused(() => read(new Reader(new Uint8Array(length))));
    read(new Reader(new Uint8Array(size)));
    // The end of a part is an end even where the bytes go on.
    refused(() => read(new Reader(new Uint8Array(20), 3, 3 + size - 1)));
  }
});

test('a vector longer than its bounds or than the bytes is refused', () => {
  const bytes = Uint8Array.of(0, 3, 1, 2, 3);
  assert.deepEqual(new Reader(bytes).vector(2, 3, 3).slice(), Uint8Array.of(1, 2, 3));
  refused(() => new Reader(bytes).vector(2, 4));
  refused(() => new Reader(bytes).vector(2, 0, 2));
  refused(() => new Reader(bytes.subarray(0, 4)).vector(2));
  refused(() => new Reader(Uint8Array.of(0xff, 0xff, 0xff)).sub(3));
});

test('a part ends where its length says; lists have whole items; nothing may be left', () => {
  const r = new Reader(Uint8Array.of(2, 1, 2, 9));
  const part = r.sub(1);
  assert.equal(part.u16(), 0x0102);
  part.finish();
  refused(() => part.u8());
  assert.equal(r.remaining, 1);
  refused(() => r.finish());
  refused(() => new Reader(Uint8Array.of(3, 0, 1, 0)).u16List(1));
  refused(() => new Reader(Uint8Array.of(2, 0, 1)).u16List(1, 4));
});

test('a vector too long for its length is an error of the writer', () => {
  const w = new Writer();
  assert.throws(() => w.vector(1, new Uint8Array(256)), RangeError);
  new Writer().vector(1, new Uint8Array(255));
});

test('views of a Writer are of what was written', () => {
  const w = new Writer(2);
  w.bytes(Uint8Array.of(1, 2, 3, 4, 5));
  assert.deepEqual(w.view().slice(), Uint8Array.of(1, 2, 3, 4, 5));
  const copy = w.copy();
  w.buffer[0] = 7;
  assert.equal(copy[0], 1);
});
