import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Writer } from '../../base/writer.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader, writeFragment } from './fragment.ts';
import { type FragmentOutcome, Reassembly } from './reassembly.ts';

const TYPE = 11;

function message(length: number, seq: number, type = TYPE): Uint8Array {
  const raw = new Uint8Array(MESSAGE_HEADER + length);
  putMessageHeader(raw, type, length, seq);
  for (let i = 0; i < length; i++) raw[MESSAGE_HEADER + i] = i * 7 + seq;
  return raw;
}

function fragmentOf(raw: Uint8Array, offset: number, length: number): Uint8Array {
  const w = new Writer(64);
  writeFragment(w, raw, offset, length);
  return w.copy();
}

function add(reassembly: Reassembly, record: Uint8Array): FragmentOutcome {
  const cursor = new FragmentCursor(record);
  assert.ok(cursor.next());
  return reassembly.add(cursor);
}

test('D11: random partitions, overlaps, repetitions and orders give back the messages exactly', () => {
  const piece = fc.record({ which: fc.nat(2), at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(700) });
  fc.assert(
    fc.property(
      fc.array(fc.nat(2_500), { minLength: 3, maxLength: 3 }),
      fc.array(piece, { maxLength: 60 }),
      fc.nat(2 ** 31),
      (lengths, pieces, seed) => {
        const raws = lengths.map((length, seq) => message(length, seq));
        const reassembly = new Reassembly(0, 8_192, 65_536);
        const records = pieces.map(({ which, at, length }) => {
          const raw = raws[which]!;
          const size = raw.length - MESSAGE_HEADER;
          const offset = Math.floor(at * size);
          return fragmentOf(raw, offset, Math.min(length, size - offset));
        });
        // And one complete partition of each, so that all can be put together.
        for (const raw of raws) {
          const size = raw.length - MESSAGE_HEADER;
          const step = 1 + (seed % 900);
          if (size === 0) records.push(fragmentOf(raw, 0, 0));
          for (let at = 0; at < size; at += step) records.push(fragmentOf(raw, at, Math.min(step, size - at)));
        }
        shuffle(records, seed);
        const taken: Uint8Array[] = [];
        for (const record of records) {
          assert.ok(['taken', 'stale'].includes(add(reassembly, record)));
          for (let raw = reassembly.take(); raw !== undefined; raw = reassembly.take()) taken.push(raw);
        }
        assert.deepEqual(taken, raws);
        assert.equal(reassembly.held, 0);
      },
    ),
    { numRuns: 300 },
  );
});

test('D11: an empty message is complete with its empty fragment; an empty fragment of a longer one is nothing', () => {
  const reassembly = new Reassembly(0, 8_192, 65_536);
  assert.equal(add(reassembly, fragmentOf(message(10, 0), 4, 0)), 'taken');
  assert.equal(reassembly.take(), undefined);
  assert.equal(reassembly.held, 0);
  const other = new Reassembly(0, 8_192, 65_536);
  const done = message(0, 0, 14);
  assert.equal(add(other, fragmentOf(done, 0, 0)), 'taken');
  assert.deepEqual(other.take(), done);
});

test('D12: what the first fragment says of type and length holds', () => {
  const reassembly = new Reassembly(0, 8_192, 65_536);
  assert.equal(add(reassembly, fragmentOf(message(100, 0), 0, 10)), 'taken');
  assert.equal(add(reassembly, fragmentOf(message(101, 0), 10, 91)), 'mismatch');
  assert.equal(add(reassembly, fragmentOf(message(100, 0, 12), 10, 90)), 'mismatch');
  assert.equal(reassembly.take(), undefined);
  assert.equal(add(reassembly, fragmentOf(message(100, 0), 10, 90)), 'taken');
  assert.deepEqual(reassembly.take(), message(100, 0));
});

test('D12: a fragment that reaches beyond its message is no fragment', () => {
  const record = fragmentOf(message(100, 0), 50, 50);
  record[3] = 99;
  const cursor = new FragmentCursor(record);
  assert.equal(cursor.next(), false);
  assert.ok(cursor.malformed);
});

test('D13: 65 536 fragments of one byte cost less than 50 ms of CPU', () => {
  const raw = message(65_536, 0);
  const records: Uint8Array[] = [];
  // Even bytes first, then odd ones from the end: the worst order for lists of ranges.
  for (let i = 0; i < 65_536; i += 2) records.push(fragmentOf(raw, i, 1));
  for (let i = 65_535; i > 0; i -= 2) records.push(fragmentOf(raw, i, 1));
  const run = (): number => {
    const reassembly = new Reassembly(0, 65_536, 200_000);
    const before = process.cpuUsage();
    for (const record of records) add(reassembly, record);
    const used = process.cpuUsage(before);
    assert.deepEqual(reassembly.take(), raw);
    return (used.user + used.system) / 1_000;
  };
  // The best of a few runs: other work on the machine is not ours.
  const best = Math.min(run(), run(), run());
  assert.ok(best < 50, `${best} ms`);
});

test('D13: a claimed length of 2^24-1 allocates nothing, and one within the bound less than 4 KB', () => {
  const reassembly = new Reassembly(0, 65_536, 200_000);
  const claim = fragmentOf(message(1_000, 0), 0, 1);
  claim.set([0xff, 0xff, 0xff], 1);
  assert.equal(add(reassembly, claim), 'tooLong');
  assert.equal(reassembly.held, 0);
  claim.set([0x01, 0x00, 0x00], 1);
  assert.equal(add(reassembly, claim), 'taken');
  assert.ok(reassembly.held < 4_096, `${reassembly.held} bytes`);
});

test('D13, D32: sixteen messages ahead and no more; older ones are stale', () => {
  const reassembly = new Reassembly(5, 8_192, 65_536);
  assert.equal(add(reassembly, message(10, 4)), 'stale');
  assert.equal(add(reassembly, message(10, 20)), 'taken');
  assert.equal(add(reassembly, message(10, 21)), 'ahead');
  assert.equal(reassembly.take(), undefined);
  for (let seq = 5; seq < 20; seq++) assert.equal(add(reassembly, message(10, seq)), 'taken');
  for (let seq = 5; seq <= 20; seq++) assert.deepEqual(reassembly.take(), message(10, seq));
});

test('D13: memory is bounded for the association and for all that share a budget, and the next message has precedence', () => {
  const budget = { used: 0, limit: 20_000 };
  const one = new Reassembly(0, 8_192, 10_000, budget);
  const two = new Reassembly(0, 8_192, 10_000, budget);
  for (let seq = 1; seq < 16; seq++) add(one, message(2_000, seq));
  for (let seq = 1; seq < 16; seq++) add(two, message(2_000, seq));
  assert.ok(one.held <= 10_000 && two.held <= 10_000);
  assert.ok(budget.used <= budget.limit);
  assert.equal(budget.used, one.held + two.held);
  assert.equal(add(one, message(3_000, 0)), 'taken');
  assert.deepEqual(one.take(), message(3_000, 0));
  one.clear();
  two.clear();
  assert.equal(budget.used, 0);
});

function shuffle<T>(list: T[], seed: number): void {
  let state = seed >>> 0;
  for (let i = list.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}

test('D13: a whole message that fills the bound exactly is taken, one byte more is not, and what is let go is given back', () => {
  const size = MESSAGE_HEADER + 100;
  for (const [limit, room] of [
    [size, 'taken'],
    [size - 1, 'full'],
  ] as const) {
    const budget = { used: 7, limit: 7 + limit };
    assert.equal(add(new Reassembly(0, 8_192, limit), fragmentOf(message(100, 0), 0, 100)), room);
    const shared = new Reassembly(0, 8_192, 65_536, budget);
    assert.equal(add(shared, fragmentOf(message(100, 0), 0, 100)), room);
    assert.equal(budget.used, room === 'taken' ? 7 + size : 7);
    assert.equal(shared.held, room === 'taken' ? size : 0);
    shared.clear();
    assert.deepEqual([budget.used, shared.held, shared.take()], [7, 0, undefined]);
    assert.equal(add(shared, fragmentOf(message(100, 0), 0, 100)), room, 'as if nothing had been there');
  }
});

test('D13: the first piece of a message needs room for its header and page, and the next page for itself', () => {
  const first = new Reassembly(0, 8_192, MESSAGE_HEADER + 1_023);
  assert.equal(add(first, fragmentOf(message(2_000, 0), 0, 10)), 'full');
  assert.equal(first.held, 0);
  const page = MESSAGE_HEADER + 1_024 + 128;
  const second = new Reassembly(0, 8_192, page + 975);
  assert.equal(add(second, fragmentOf(message(2_000, 0), 0, 10)), 'taken');
  assert.equal(second.held, page);
  assert.equal(add(second, fragmentOf(message(2_000, 0), 1_900, 10)), 'full');
  assert.equal(second.held, page);
  const both = new Reassembly(0, 8_192, page + 976 + 122);
  assert.equal(add(both, fragmentOf(message(2_000, 0), 0, 10)), 'taken');
  assert.equal(add(both, fragmentOf(message(2_000, 0), 1_900, 10)), 'taken', 'the last page is as long as what is left of the message');
  assert.equal(both.held, page + 976 + 122);
});

test('D13: a short message in pieces stays within the bound when it is complete', () => {
  const raw = message(2, 0);
  const room = MESSAGE_HEADER + 2 + 1;
  const tight = new Reassembly(0, 8_192, room - 1);
  assert.equal(add(tight, fragmentOf(raw, 0, 1)), 'full', 'header, bytes and their bits');
  const enough = new Reassembly(0, 8_192, room);
  assert.equal(add(enough, fragmentOf(raw, 0, 1)), 'taken');
  assert.equal(add(enough, fragmentOf(raw, 1, 1)), 'taken');
  assert.equal(enough.held, raw.length);
  assert.deepEqual(enough.take(), raw);
  assert.equal(enough.held, 0);
});

test('D13: later messages make room for the next, those before it never do', () => {
  const whole = (seq: number) => fragmentOf(message(100, seq), 0, 100);
  const size = MESSAGE_HEADER + 100;
  const reassembly = new Reassembly(0, 8_192, 2 * size);
  assert.equal(add(reassembly, whole(1)), 'taken');
  assert.equal(add(reassembly, whole(4)), 'taken');
  assert.equal(add(reassembly, whole(5)), 'full', 'nothing behind it gives way');
  assert.equal(reassembly.held, 2 * size);
  assert.equal(add(reassembly, whole(0)), 'taken', 'number 4 gives way');
  assert.equal(reassembly.held, 2 * size);
  assert.deepEqual(reassembly.take(), message(100, 0));
  assert.deepEqual(reassembly.take(), message(100, 1));
  assert.equal(reassembly.take(), undefined);
  assert.equal(reassembly.held, 0);
});

test('D13: a piece of a message that is complete already is held by nothing', () => {
  const raw = message(100, 1);
  for (const pieces of [[fragmentOf(raw, 0, 100)], [fragmentOf(raw, 0, 50), fragmentOf(raw, 50, 50)]]) {
    const reassembly = new Reassembly(0, 8_192, 65_536);
    for (const piece of pieces) assert.equal(add(reassembly, piece), 'taken');
    assert.equal(reassembly.held, raw.length);
    assert.equal(add(reassembly, fragmentOf(raw, 10, 20)), 'taken');
    assert.equal(add(reassembly, fragmentOf(raw, 0, 100)), 'taken');
    assert.equal(reassembly.held, raw.length);
  }
});

test('D11: an empty piece of a longer message is not kept', () => {
  const reassembly = new Reassembly(0, 8_192, 65_536);
  assert.equal(add(reassembly, fragmentOf(message(50, 0), 0, 0)), 'taken');
  assert.equal(add(reassembly, fragmentOf(message(60, 0), 0, 60)), 'taken', 'it has fixed no length');
  assert.deepEqual(reassembly.take(), message(60, 0));
});
