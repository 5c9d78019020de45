/**
 * How often a message may be repeated where it changes nothing else: the counters of the black box, which the machine leaves out.
 * Each is read from outside, by sending the message until the connection ends.
 */
import type { Mealy } from './mealy.ts';
import type { LearnedSubject } from './subjects.ts';

export interface Bound {
  readonly symbol: string;
  /** The repetition that ended it. */
  readonly times: number;
  readonly answer: string;
  readonly states: readonly number[];
}

const MOST = 40;

/** Only over streams: among datagrams time would have to pass. */
export function bounds(subject: LearnedSubject, machine: Mealy): Bound[] {
  const found = new Map<string, { symbol: string; times: number; answer: string; states: number[] }>();
  machine.next.forEach((row, state) => {
    row.forEach((to, a) => {
      if (to !== state || machine.output[state]![a]!.includes('closed')) return;
      const symbol = machine.alphabet[a]!;
      const box = subject.start();
      for (const each of machine.access[state]!) box.step(each);
      for (let times = 1; times <= MOST; times++) {
        const answer = box.step(symbol);
        if (!answer.includes('closed')) continue;
        const key = `${symbol} ${times} ${answer}`;
        const bound = found.get(key) ?? { symbol, times, answer, states: [] };
        bound.states.push(state);
        found.set(key, bound);
        return;
      }
    });
  });
  return [...found.values()];
}
