/** One subject learned, judged, and what it cost. */
import { bounds, type Bound } from './bounds.ts';
import { differs, equivalenceBy } from './equivalence.ts';
import { Learner } from './learner.ts';
import { canonical, type Mealy } from './mealy.ts';
import { Oracle } from './oracle.ts';
import type { LearnedSubject } from './subjects.ts';
import { verdict } from './verdict.ts';

export interface Learned {
  readonly subject: LearnedSubject;
  readonly machine: Mealy;
  readonly problems: readonly string[];
  /** What may be repeated only so often. */
  readonly bounds: readonly Bound[];
  /** What it says before it is told anything. */
  readonly opening: string;
  readonly words: number;
  readonly messages: number;
}

export interface Effort {
  readonly depth: number;
  readonly randomWords: number;
  readonly seed: number;
}

/** The effort of `npm run learn`. */
export const EFFORT: Effort = { depth: 1, randomWords: 500, seed: 1 };

const DATA = 'ApplicationData';

export function learn(subject: LearnedSubject, effort: Effort = EFFORT): Learned {
  const oracle = new Oracle(() => subject.start());
  const learner = new Learner(oracle, subject.alphabet);
  const permitted = subject.permitted();
  // What the flow permits is asked first: the longest words that matter are known before the search begins.
  const known = permitted.map(({ word }) => [...word, ...(subject.alphabet.includes(DATA) ? [DATA] : [])]);
  const search = equivalenceBy(oracle, { ...effort, randomLength: 12, atMost: subject.atMost });
  const machine = canonical(
    learner.learn((hypothesis, from) => known.find((word) => differs(hypothesis, word, oracle)) ?? search(hypothesis, from)),
  );
  return {
    subject,
    machine,
    bounds: bounds(subject, machine),
    problems: subject.judge === undefined ? verdict(subject, machine, permitted) : subject.judge(machine),
    opening: subject.start().opening,
    words: oracle.words,
    messages: oracle.messages,
  };
}
