/**
 * Looks for a word to which a machine answers otherwise than the black box: the partial W-method (Fujiwara et al. 1991), which
 * finds every difference that a black box of at most `depth` states more can have, and random words beyond.
 */
import { Random } from '../sim/random.ts';
import type { Equivalence } from './learner.ts';
import { type Mealy, run, type Word } from './mealy.ts';
import type { Oracle } from './oracle.ts';

export interface EquivalenceOptions {
  /** States that the black box may have beyond those that are known. */
  readonly depth: number;
  readonly randomWords: number;
  /** Messages of a random word behind the access word of a random state. */
  readonly randomLength: number;
  readonly seed: number;
  /** How often in a row each message is tried in each state; 6 by default. */
  readonly repetitions?: number;
  /**
   * How often a message may stand in a word: some are counted by the black box (warnings, requests), and a bound that is
   * reached would be learned as one state for each number below it.
   */
  readonly atMost?: ReadonlyMap<string, number>;
}

export function equivalenceBy(oracle: Oracle, options: EquivalenceOptions): Equivalence {
  return (machine, learner) => {
    const discriminators = (state: number): readonly Word[] => learner.discriminators(state);
    for (const words of [
      wpWords(machine, options.depth, discriminators),
      repetitions(machine, options.repetitions ?? REPETITIONS, discriminators),
      randomWords(machine, options),
    ]) {
      for (const word of words) if (mayBe(word, options.atMost) && differs(machine, word, oracle)) return word;
    }
    return undefined;
  };
}

/** Whether the black box answers otherwise than the machine. */
export function differs(machine: Mealy, word: Word, oracle: Oracle): boolean {
  let state = 0;
  const outputs = oracle.query(word);
  return word.some((symbol, i) => {
    const a = machine.alphabet.indexOf(symbol);
    const wrong = machine.output[state]![a] !== outputs[i];
    state = machine.next[state]![a]!;
    return wrong;
  });
}

function mayBe(word: Word, atMost: ReadonlyMap<string, number> = new Map()): boolean {
  for (const [symbol, most] of atMost) if (word.filter((each) => each === symbol).length > most) return false;
  return true;
}

/** Each state, each continuation of up to `depth` + 1 messages, and what tells the state reached from every other. */
function* wpWords(machine: Mealy, depth: number, discriminators: (state: number) => readonly Word[]): Generator<Word> {
  const { alphabet, access } = machine;
  let middles: Word[] = [[]];
  for (let length = 0; length <= depth + 1; length++) {
    for (const word of access) for (const middle of middles) yield* told([...word, ...middle], machine, discriminators);
    middles = middles.flatMap((middle) => alphabet.map((symbol) => [...middle, symbol]));
  }
}

const REPETITIONS = 6;

/** Each state, each message a few times over: what counts, is found. */
function* repetitions(machine: Mealy, most: number, discriminators: (state: number) => readonly Word[]): Generator<Word> {
  for (const access of machine.access) {
    for (const symbol of machine.alphabet) {
      for (let times = 2; times <= most; times++)
        yield* told([...access, ...new Array<string>(times).fill(symbol)], machine, discriminators);
    }
  }
}

/** A word, and behind it each of those that tell the state that it leads to from every other. */
function* told(word: Word, machine: Mealy, discriminators: (state: number) => readonly Word[]): Generator<Word> {
  yield word;
  for (const suffix of discriminators(run(machine, word).state)) yield [...word, ...suffix];
}

function* randomWords(machine: Mealy, { randomWords: count, randomLength, seed, atMost = new Map() }: EquivalenceOptions): Generator<Word> {
  const random = new Random(seed);
  const { alphabet, access } = machine;
  for (let i = 0; i < count; i++) {
    const word = [...access[random.below(access.length)]!];
    for (let left = 1 + random.below(randomLength); left > 0; left--) {
      const symbol = alphabet[random.below(alphabet.length)]!;
      if (mayBe([...word, symbol], atMost)) word.push(symbol);
    }
    yield word;
  }
}
