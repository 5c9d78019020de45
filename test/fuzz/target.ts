/** What is fuzzed: a function of bytes that must hold its property for every input, within a bound of time and of memory. */
import { getHeapStatistics } from 'node:v8';
import { TlsError } from '../../src/base/errors.ts';

export interface FuzzTarget {
  readonly name: string;
  /** The file of `targets` that it stands in: bundled alone, there is less to instrument. */
  readonly file: string;
  /** What holds for every input: one line for the table. */
  readonly holds: string;
  /** Throws when it does not hold. */
  run(input: Uint8Array): void;
  /** Valid inputs to begin with. */
  seeds(): readonly Uint8Array[];
  /** Longest input that is tried. */
  readonly maxLength: number;
  /** Bounds of one input: processor time in ms; bytes allocated, so many and so many more for each byte of input. */
  readonly maxMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerByte: number;
}

/** Bounds that fit parsers of small structures. */
export const SMALL = { maxLength: 4_096, maxMs: 50, maxBytes: 1 << 20, maxBytesPerByte: 512 } as const;

/** Refusing with a TlsError is right, with any other error is not; a failure inside the library is not either. */
export function refusing(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof TlsError) || error.code === 'internal_error' || error.code === 'callback_failed') throw error;
    return false;
  }
}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** How often a bound has to be exceeded by the same input: the machine has other things to do. */
const TRIES = 3;
const STACK = 30;

interface Cost {
  readonly ms: number;
  readonly bytes: number;
}

/** The target, watched: an input that takes more time or memory than its bound, each time, is a failure. */
export function bounded(target: FuzzTarget): (input: Uint8Array) => void {
  const run = (input: Uint8Array, clock: () => number): Cost => {
    const started = clock();
    const before = allocated();
    target.run(input);
    return { ms: clock() - started, bytes: allocated() - before };
  };
  return (input) => {
    // Most inputs are refused, and a stack trace is most of what that costs.
    Error.stackTraceLimit = 0;
    const limit = target.maxBytes + target.maxBytesPerByte * input.length;
    let took: Cost;
    try {
      took = run(input, wallTime);
    } catch (error) {
      Error.stackTraceLimit = STACK;
      target.run(input);
      throw new Error(`${target.name}: fails at times only`, { cause: error });
    }
    for (let tries = 1; took.ms > target.maxMs || took.bytes > limit; tries++) {
      if (tries === TRIES)
        throw new Error(`${target.name}: ${took.ms.toFixed(0)} ms, ${took.bytes} bytes for ${input.length} bytes of input`);
      // Whatever else the machine does meanwhile is not the target's.
      took = run(input, processorTime);
    }
  };
}

function wallTime(): number {
  return performance.now();
}

/** Slower to read: only where the wall clock has found something. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Bytes in use, on the heap and beside it. Collections make it smaller: what is measured is never too much. */
function allocated(): number {
  const { used_heap_size: heap, external_memory: external, malloced_memory: native } = getHeapStatistics();
  return heap + external + native;
}
