/** Messages put together from fragments, against a model that is one line long: byte i of message n is a function of i and n. */
import { MAX_MESSAGES_AHEAD } from '../../../src/base/limits.ts';
import { Writer } from '../../../src/base/writer.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader, writeFragment } from '../../../src/record/datagram/fragment.ts';
import { Reassembly } from '../../../src/record/datagram/reassembly.ts';
import { Script } from '../input.ts';
import { check, type FuzzTarget, SMALL } from '../target.ts';

const MAX_MESSAGE = 4_096;
const MAX_HELD = 12_000;

export const reassembly: FuzzTarget = {
  ...SMALL,
  file: 'reassembly.ts',
  name: 'reassembly',
  holds: 'a message that is given out is the one that was cut, in its turn; what is held is counted and has a bound',
  maxLength: 1_024,
  maxBytes: 4 << 20,
  run(input) {
    const script = new Script(input);
    const budget = { used: 0, limit: MAX_HELD };
    const made = new Reassembly(0, MAX_MESSAGE, MAX_HELD, budget);
    const lengths = Array.from({ length: MAX_MESSAGES_AHEAD + 1 }, () => (script.u8() * script.u8()) % (MAX_MESSAGE + 1));
    while (!script.done) {
      const seq = made.next + script.below(MAX_MESSAGES_AHEAD + 2) - 1;
      if (seq < 0) continue;
      const length = lengths[seq % lengths.length]!;
      const offset = length === 0 ? 0 : script.u16() % (length + 1);
      const piece = Math.min(script.u16() % (MAX_MESSAGE + 1), length - offset);
      const before = made.next;
      const outcome = made.add(fragment(seq, length, offset, piece));
      check(outcome !== 'mismatch' && outcome !== 'tooLong', `consistent fragments: ${outcome}`);
      check((outcome === 'stale') === seq < before, 'stale');
      check(made.held <= MAX_HELD && made.held >= 0 && budget.used === made.held, `${made.held} bytes held, ${budget.used} counted`);
      for (let raw = made.take(); raw !== undefined; raw = made.take()) {
        const taken = made.next - 1;
        check(raw.length === MESSAGE_HEADER + lengths[taken % lengths.length]!, 'length');
        for (let i = MESSAGE_HEADER; i < raw.length; i++) check(raw[i] === byteOf(taken, i - MESSAGE_HEADER), `byte ${i}`);
      }
    }
    made.clear();
    check(budget.used === 0, 'cleared, and yet held');
  },
  seeds: () => [
    Uint8Array.of(...new Array<number>(34).fill(9), 1, 0, 0, 0, 40, 1, 0, 40, 0, 41),
    Uint8Array.of(...new Array<number>(34).fill(60), 1, 0, 0, 4, 0, 1, 4, 0, 12, 0, 2, 0, 0, 16, 0),
    Uint8Array.of(...new Array<number>(34).fill(1), 2, 0, 0, 0, 1, 1, 0, 0, 0, 1),
  ],
};

function byteOf(seq: number, index: number): number {
  return (7 * seq + index + (index >>> 8)) & 0xff;
}

const whole = new Uint8Array(MESSAGE_HEADER + MAX_MESSAGE);

function fragment(seq: number, length: number, offset: number, piece: number): FragmentCursor {
  putMessageHeader(whole, 1, length, seq);
  for (let i = offset; i < offset + piece; i++) whole[MESSAGE_HEADER + i] = byteOf(seq, i);
  const w = new Writer(MESSAGE_HEADER + piece);
  writeFragment(w, whole, offset, piece);
  const cursor = new FragmentCursor(w.view());
  check(cursor.next(), 'a fragment that was written reads');
  return cursor;
}
