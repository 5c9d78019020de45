/** The learner on machines that are known: it must find exactly them, and see when an answer is not always the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../sim/random.ts';
import { equivalenceBy } from './equivalence.ts';
import { Learner } from './learner.ts';
import { canonical, difference, type Mealy, run } from './mealy.ts';
import { Nondeterministic, Oracle, type Subject } from './oracle.ts';

const ALPHABET = ['a', 'b', 'c'];

function boxOf(machine: Mealy): () => Subject {
  return () => {
    let state = 0;
    return {
      step(symbol) {
        const step = run(machine, [symbol], state);
        state = step.state;
        return step.outputs[0]!;
      },
    };
  };
}

function learn(machine: Mealy, depth = 1, randomWords = 500): { learned: Mealy; oracle: Oracle } {
  const oracle = new Oracle(boxOf(machine));
  const learner = new Learner(oracle, machine.alphabet);
  return { learned: learner.learn(equivalenceBy(oracle, { depth, randomWords, randomLength: 12, seed: 1, repetitions: 1 })), oracle };
}

function randomMachine(random: Random, states: number, outputs: number): Mealy {
  const table = <T>(cell: () => T): T[][] => Array.from({ length: states }, () => ALPHABET.map(cell));
  return {
    alphabet: ALPHABET,
    next: table(() => random.below(states)),
    output: table(() => String(random.below(outputs))),
    access: [],
  };
}

/** How many states can be told apart: by splitting classes until nothing changes (Moore). */
function minimalSize(machine: Mealy): number {
  const { next, output } = canonical(machine);
  let classes: string[] = output.map((row) => row.join());
  for (;;) {
    const finer = next.map((row, state) => `${classes[state]!}/${row.map((to) => classes[to]!).join(';')}`);
    const names = [...new Set(finer)];
    const renamed = finer.map((name) => String(names.indexOf(name)));
    if (new Set(classes).size === names.length) return names.length;
    classes = renamed;
  }
}

test('learner: random machines are learned as they are, with as few states as can be', () => {
  const random = new Random(3);
  for (let i = 0; i < 150; i++) {
    const machine = randomMachine(random, 1 + random.below(14), 2 + random.below(3));
    const { learned } = learn(machine);
    assert.equal(difference(machine, learned), undefined, `machine ${i}`);
    assert.equal(learned.next.length, minimalSize(machine), `machine ${i}: states`);
  }
});

test('learner: a lock that opens to one word of seven is found without luck, as each right letter answers', () => {
  const key = ['a', 'c', 'b', 'b', 'a', 'c', 'a'];
  const machine: Mealy = {
    alphabet: ALPHABET,
    next: [...key.map((right, at) => ALPHABET.map((letter) => (letter === right ? at + 1 : 0))), [7, 7, 7]],
    output: [...key.map((right) => ALPHABET.map((letter) => (letter === right ? 'click' : '-'))), ['open', 'open', 'open']],
    access: [],
  };
  const { learned } = learn(machine, 3, 0);
  assert.equal(difference(machine, learned), undefined);
});

test('learner: a difference deeper than the depth of the method is not found by it: random words may', () => {
  // Silent until the fifth a in a row.
  const machine: Mealy = {
    alphabet: ['a', 'b'],
    next: [0, 1, 2, 3, 4].map((state) => [Math.min(4, state + 1), 0]),
    output: [0, 1, 2, 3, 4].map((state) => [state === 4 ? 'found' : '-', '-']),
    access: [],
  };
  assert.equal(learn(machine, 1, 0).learned.next.length, 1);
  assert.equal(difference(machine, learn(machine, 4, 0).learned), undefined);
  assert.equal(difference(machine, learn(machine, 1, 5_000).learned), undefined);
});

test('oracle: each prefix runs once, and an answer that changes is an error', () => {
  let runs = 0;
  const oracle = new Oracle(() => {
    runs++;
    return { step: (symbol) => symbol };
  });
  oracle.query(['a', 'b']);
  oracle.query(['a']);
  assert.deepEqual(oracle.query(['a', 'b']), ['a', 'b']);
  assert.equal(runs, 1);
  let count = 0;
  const fickle = new Oracle(() => ({ step: () => String(count++) }));
  fickle.query(['a']);
  assert.throws(() => fickle.query(['a', 'a']), Nondeterministic);
});

test('mealy: a difference is the shortest; numbering does not count', () => {
  const one: Mealy = { alphabet: ['a'], next: [[1], [2], [2]], output: [['-'], ['-'], ['x']], access: [] };
  const other: Mealy = { alphabet: ['a'], next: [[1], [1]], output: [['-'], ['-']], access: [] };
  assert.deepEqual(difference(one, other), ['a', 'a', 'a']);
  const renumbered: Mealy = { alphabet: ['a'], next: [[2], [1], [1]], output: [['-'], ['x'], ['-']], access: [] };
  assert.deepEqual(canonical(one), canonical(renumbered));
});
