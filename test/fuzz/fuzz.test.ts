/** The fuzz targets as tests: what inputs begin with, the committed corpora, what was found once, and a few seeded mutations. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { corpusOf, foundBy, inputsOf } from './corpus.ts';
import { plainRun } from './plain.ts';
import { bounded, check, type FuzzTarget, SMALL } from './target.ts';
import { TARGETS } from './targets/index.ts';

for (const target of TARGETS) {
  test(`fuzz: ${target.name}: all that is known, and mutations of it`, () => {
    const inputs = inputsOf(target);
    assert.ok(target.seeds().length > 0 && corpusOf(target).length > 0, 'begins with something');
    const result = plainRun(target, { seconds: 0, executions: inputs.length + 300, seed: 7 });
    assert.equal(result.failure?.text, undefined, Buffer.from(result.failure?.input ?? []).toString('hex'));
  });
  for (const { input, what } of foundBy(target)) test(`fuzz: ${target.name}: found once: ${what}`, () => target.run(input));
}

const trap: FuzzTarget = {
  ...SMALL,
  file: '',
  name: 'trap',
  holds: 'no byte is 7 behind a 3',
  run: (input) => input.forEach((byte, i) => check(byte !== 7 || input[i - 1] !== 3, 'a 7 behind a 3')),
  seeds: () => [Uint8Array.of(3, 4, 3, 5, 3, 6)],
};

test('fuzz: the plain driver finds what does not hold, by the same input each time', () => {
  const [first, second] = [1, 2].map(() => plainRun(trap, { seconds: 60, executions: 1_000_000, seed: 1 }));
  assert.match(first?.failure?.text ?? '', /a 7 behind a 3/);
  assert.deepEqual(first?.failure?.input, second?.failure?.input);
});

test('fuzz: too slow and too large are failures', () => {
  const slow = bounded({
    ...trap,
    maxMs: 5,
    run() {
      const until = performance.now() + 20;
      while (performance.now() < until);
    },
  });
  assert.throws(() => slow(new Uint8Array(1)), /ms/);
  let kept: unknown;
  const large = bounded({ ...trap, maxBytes: 1 << 20, maxBytesPerByte: 0, run: () => (kept = new Uint8Array(8 << 20)) });
  assert.throws(() => large(new Uint8Array(1)), /bytes/);
  assert.ok(kept !== undefined);
});
