/** Fuzzing without coverage, where jazzer.js does not run: seeded mutation of the inputs that are known. */
import { concat } from '../../src/base/bytes.ts';
import { Random } from '../sim/random.ts';
import { inputsOf } from './corpus.ts';
import type { FuzzBudget, FuzzResult } from './run.ts';
import { bounded, type FuzzTarget } from './target.ts';

const MAX_MUTATIONS = 6;
const INTERESTING: readonly number[] = [0, 1, 0x7f, 0x80, 0xff, 0x30, 0x16];
/** Executions between two looks at the clock. */
const ROUND = 64;

export function plainRun(target: FuzzTarget, budget: FuzzBudget): FuzzResult {
  const random = new Random(budget.seed);
  const inputs = inputsOf(target);
  const run = bounded(target);
  const until = performance.now() + 1_000 * budget.seconds;
  let executions = 0;
  for (; executions < budget.executions; executions++) {
    if (executions % ROUND === 0 && executions >= inputs.length && performance.now() >= until) break;
    const input = executions < inputs.length ? inputs[executions]! : mutated(inputs, random, target.maxLength);
    try {
      run(input);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { executions: executions + 1, edges: undefined, failure: { input, text } };
    }
  }
  return { executions, edges: undefined, failure: undefined };
}

function mutated(inputs: readonly Uint8Array[], random: Random, maxLength: number): Uint8Array {
  const any = (): Uint8Array => inputs[random.below(inputs.length)]!;
  let bytes: Uint8Array = any().slice();
  for (let left = 1 + random.below(MAX_MUTATIONS); left > 0; left--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(6)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1: {
        const other = any();
        const from = random.below(other.length + 1);
        bytes = concat(bytes.subarray(0, at), other.subarray(from, from + random.below(32)), bytes.subarray(at));
        break;
      }
      case 2:
        bytes = concat(bytes.subarray(0, at), bytes.subarray(at + random.below(8)));
        break;
      case 3:
        if (at < bytes.length) bytes[at] = INTERESTING[random.below(INTERESTING.length)]!;
        break;
      case 4:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      default:
        if (at < bytes.length) bytes[at] = random.below(256);
    }
  }
  return bytes.length > maxLength ? bytes.slice(0, maxLength) : bytes;
}
