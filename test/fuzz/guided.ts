/** Fuzzing guided by coverage: the target is bundled into one file, which jazzer.js instruments and libFuzzer drives. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/bootstrap.mjs';
import { inputsOf, slug } from './corpus.ts';
import type { FuzzBudget, FuzzResult } from './run.ts';
import type { FuzzTarget } from './target.ts';

export const CACHE: string = join(ROOT, '.cache', 'fuzz');
const GIVEN = 'given-';
const JAZZER = join(ROOT, 'node_modules', '@jazzer.js', 'core', 'dist', 'cli.js');

/** The Node that runs jazzer.js, whose binary wants a newer C library than some systems have: FUZZ_NODE names another. */
const NODE = process.env['FUZZ_NODE'] ?? process.execPath;

/** Why jazzer.js does not run here; undefined: it does. */
export async function whyNotGuided(): Promise<string | undefined> {
  if (!existsSync(JAZZER)) return 'jazzer.js is not installed';
  const { status, output } = await runNode(['-e', 'require("@jazzer.js/core")']);
  return status === 0 ? undefined : (/Error: (?:\/\S+: )?(.*?)(?: \(required by.*)?$/m.exec(output)?.[1] ?? 'jazzer.js does not load');
}

/** The folder to which inputs that add coverage are added; made with the seeds and the committed corpus. */
export function workingCorpus(target: FuzzTarget): string {
  const folder = join(CACHE, 'corpus', slug(target));
  mkdirSync(folder, { recursive: true });
  inputsOf(target).forEach((input, i) => writeFileSync(join(folder, `${GIVEN}${i}`), input));
  return folder;
}

export async function guidedRun(target: FuzzTarget, budget: FuzzBudget): Promise<FuzzResult> {
  const bundle = await bundleOf(target);
  const corpus = workingCorpus(target);
  const artifacts = join(CACHE, 'failures', `${slug(target)}-`);
  mkdirSync(join(CACHE, 'failures'), { recursive: true });
  const before = new Set(failures(artifacts));
  const { status, output } = await runJazzer([
    bundle,
    corpus,
    '--sync',
    '--disableBugDetectors=.*',
    '--includes=.cache/fuzz/',
    '--',
    '-print_final_stats=1',
    `-max_len=${target.maxLength}`,
    `-artifact_prefix=${artifacts}`,
    `-timeout=${Math.ceil((10 * target.maxMs) / 1_000) + 5}`,
    ...(Number.isFinite(budget.seconds) ? [`-max_total_time=${Math.ceil(budget.seconds)}`] : []),
    ...(Number.isFinite(budget.executions) ? [`-runs=${budget.executions}`] : []),
    `-seed=${budget.seed}`,
  ]);
  const executions = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? lastNumber(output, /^#(\d+)\s/gm) ?? 0);
  const edges = lastNumber(output, /\bcov: (\d+)/g);
  if (status === 0) return { executions, edges, failure: undefined };
  const artifact = failures(artifacts).find((path) => !before.has(path));
  const input = artifact === undefined ? new Uint8Array(0) : readFileSync(artifact);
  return { executions, edges, failure: { input, text: output.split('\n').slice(-40).join('\n') } };
}

/** What runs on this machine have found to add coverage, smallest first. */
export function discovered(target: FuzzTarget): readonly Uint8Array[] {
  const folder = workingCorpus(target);
  return readdirSync(folder)
    .filter((name) => !name.startsWith(GIVEN))
    .map((name) => new Uint8Array(readFileSync(join(folder, name))))
    .sort((a, b) => a.length - b.length || Buffer.compare(a, b));
}

async function bundleOf(target: FuzzTarget): Promise<string> {
  const outfile = join(CACHE, `${slug(target)}.cjs`);
  await build({
    stdin: {
      contents: `
        import { bounded } from './test/fuzz/target.ts';
        import * as targets from './test/fuzz/targets/${target.file}';
        const run = bounded(Object.values(targets).find(({ name }) => name === ${JSON.stringify(target.name)}));
        export const fuzz = (data) => run(new Uint8Array(data.buffer, data.byteOffset, data.length));
      `,
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  return outfile;
}

function failures(prefix: string): string[] {
  const folder = join(CACHE, 'failures');
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => path.startsWith(prefix));
}

function lastNumber(text: string, pattern: RegExp): number | undefined {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? undefined : Number(last[1]);
}

interface Ended {
  readonly status: number;
  readonly output: string;
}

function runJazzer(args: readonly string[]): Promise<Ended> {
  return runNode([JAZZER, ...args]);
}

function runNode(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(NODE, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => resolve({ status: 127, output: error.message }));
    child.once('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
