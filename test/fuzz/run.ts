/**
 * npm run fuzz                            every target for a minute each, guided by coverage; results go into docs/fuzzing.md
 * npm run fuzz -- --minutes N [TARGET…]   the targets whose name contains one of the words, N minutes each
 * npm run fuzz -- --total N [TARGET…]       until docs/fuzzing.md counts N executions of each
 * npm run fuzz -- --distil [TARGET…]      picks the committed corpora anew from all that has been found to add coverage
 * npm run fuzz:smoke                      three seconds each: what CI does
 * … --plain                               without coverage, by seeded mutation alone; so too where jazzer.js does not run
 *
 * An input that makes a target fail is printed in hexadecimal, kept in .cache/fuzz, and belongs into test/fuzz/found.
 */
import { parseArgs } from 'node:util';
import { distil } from './corpus.ts';
import { guidedRun, whyNotGuided } from './guided.ts';
import { plainRun } from './plain.ts';
import { executionsOf, noteResult } from './results.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets/index.ts';

/** What one run of a target came to. */
export interface FuzzResult {
  readonly executions: number;
  /** Edges of the code that were reached; undefined: not measured. */
  readonly edges: number | undefined;
  /** The input that failed, and how; undefined: none did. */
  readonly failure: { readonly input: Uint8Array; readonly text: string } | undefined;
}

export interface FuzzBudget {
  readonly seconds: number;
  readonly executions: number;
  readonly seed: number;
}

const SMOKE_SECONDS = 3;

const { values, positionals } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    total: { type: 'string' },
    seed: { type: 'string', default: '1' },
    plain: { type: 'boolean', default: false },
    distil: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const chosen = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.some((word) => matches(name, word)));
if (chosen.length === 0) {
  console.error(`no target matches; there are: ${TARGETS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
process.exitCode = values.distil ? distil(chosen) : await fuzz(chosen);

/** A whole name stands for its target alone: `TLS flights` is a part of another. */
function matches(name: string, word: string): boolean {
  return TARGETS.some((target) => target.name === word) ? name === word : name.toLowerCase().includes(word.toLowerCase());
}

async function fuzz(targets: readonly FuzzTarget[]): Promise<number> {
  const why = values.plain ? 'as asked' : await whyNotGuided();
  const guided = why === undefined;
  const seconds = values.smoke ? SMOKE_SECONDS : 60 * Number(values.minutes ?? (values.total === undefined ? 1 : Number.POSITIVE_INFINITY));
  console.log(guided ? 'Guided by coverage (jazzer.js).' : `Not guided by coverage (${why}): seeded mutation, seed ${values.seed}.`);
  let failed = 0;
  for (const target of targets) {
    const started = performance.now();
    const left = values.total === undefined ? Number.POSITIVE_INFINITY : Number(values.total) - executionsOf(target);
    if (left <= 0) continue;
    const budget: FuzzBudget = { seconds, executions: left, seed: Number(values.seed) + executionsOf(target) };
    const result = await (guided ? guidedRun(target, budget) : plainRun(target, budget));
    const took = (performance.now() - started) / 1_000;
    const edges = result.edges === undefined ? '' : `, ${result.edges} edges`;
    console.log(
      `${result.failure === undefined ? 'ok    ' : 'FAILED'} ${target.name}: ${result.executions} executions${edges}, ${took.toFixed(0)} s`,
    );
    if (result.failure !== undefined) {
      failed++;
      console.log(`${result.failure.text}\n  input: ${Buffer.from(result.failure.input).toString('hex')}`);
    }
    if (!values.smoke) noteResult(target, result);
  }
  console.log(`${targets.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}
