/** The runner as a program: where it comes from, which cases it has, and one run of it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const MODULE = 'boringssl.googlesource.com/boringssl.git';
/** Head of August 2026; where it cannot be had, the version that Go's own tests pin. */
const VERSIONS = ['v0.0.0-20260821155238-a0689af29e8e', 'v0.0.0-20250620172916-f51d8b099832'];

export interface Runner {
  readonly binary: string;
  readonly config: string;
  readonly baseline: string;
  /** The cases in question, a glob. */
  readonly cases: string;
  /** Arguments of this runner alone. */
  readonly extra: readonly string[];
  /** The shim translates its errors by the map in this file: for a runner that takes only one text an error. */
  readonly errorMap?: string;
}

export interface Results {
  readonly tests: Readonly<Record<string, { readonly actual: string }>>;
}

export interface RunOptions {
  readonly shim: string;
  readonly cache: string;
  readonly test: string;
  readonly workers: string;
}

/** The runner out of its module; undefined when that cannot be had. */
export function buildModule(cache: string): string | undefined {
  const source = obtain(cache);
  if (source === undefined) return undefined;
  const binary = join(cache, 'bogo.test');
  console.log('building the runner');
  execFileSync('go', ['test', '-c', '-o', binary, '.'], { cwd: join(source, 'ssl', 'test', 'runner'), stdio: 'inherit' });
  return binary;
}

/** The runner's module in Go's cache; undefined when Go or the module is missing. */
function obtain(cache: string): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('Go is not installed.');
    return undefined;
  }
  for (const version of VERSIONS) {
    const got = spawnSync('go', ['mod', 'download', '-json', `${MODULE}@${version}`], { encoding: 'utf8', cwd: cache });
    if (got.status === 0) return copyOf((JSON.parse(got.stdout) as { Dir: string }).Dir, cache);
  }
  console.log('Go cannot download the module of the runner.');
  return undefined;
}

/** Go's module cache is read-only; building wants to complete go.sum. */
function copyOf(directory: string, cache: string): string {
  const target = join(cache, 'source');
  execFileSync('cp', ['-r', '--no-preserve=mode', directory, target]);
  return target;
}

/** The shim in one file: a process starts for each case. */
export async function bundleShim(here: string, cache: string): Promise<string> {
  const outfile = join(cache, 'shim.mjs');
  await build({
    entryPoints: [join(here, 'shim.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'error',
  });
  chmodSync(outfile, 0o755);
  return outfile;
}

/** The names of all cases: the runner leaves the disabled ones out of its results, so that it is asked once with a shim that has nothing. */
export function listCases(runner: Runner, cache: string, test: string): string[] {
  const key = createHash('sha256').update(readFileSync(runner.binary)).update(test).digest('hex').slice(0, 16);
  const file = join(cache, `cases-${key}.json`);
  if (!existsSync(file)) {
    console.log('listing the cases');
    const nothing = join(cache, 'nothing.sh');
    writeFileSync(nothing, '#!/bin/sh\n[ "$1" = -is-handshaker-supported ] && echo No && exit 0\nexit 89\n');
    chmodSync(nothing, 0o755);
    const args = ['-shim-path', nothing, '-allow-unimplemented', '-pipe', '-json-output', file, '-test', test, ...runner.extra];
    const { status } = spawnSync(runner.binary, args, { cwd: cache, stdio: 'ignore' });
    if (status !== 0 || !existsSync(file)) throw new Error(`the runner does not list its cases: status ${status}`);
  }
  return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as Results).tests).sort();
}

/** The runner's results, and why cases were not implemented. */
export async function runCases(runner: Runner, options: RunOptions): Promise<{ results: Results; reasons: string[] }> {
  const { cache } = options;
  const output = join(cache, 'results.json');
  const reasons = join(cache, 'reasons.txt');
  for (const file of [output, reasons]) rmSync(file, { force: true });
  const args = ['-shim-path', options.shim, '-shim-config', runner.config, '-allow-unimplemented', '-pipe'];
  args.push('-num-workers', options.workers, '-json-output', output, '-test', options.test, ...runner.extra);
  const child = spawn(runner.binary, args, {
    cwd: cache,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SHIM_REASONS: reasons, ...(runner.errorMap === undefined ? {} : { SHIM_ERRORS: runner.errorMap }) },
  });
  let seen = 0;
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const before = Math.floor(seen / 500);
    seen += (text.match(/^(PASSED|FAILED|UNIMPLEMENTED) /gm) ?? []).length;
    if (Math.floor(seen / 500) > before) console.log(`${seen} cases run`);
  });
  await new Promise<void>((done) => child.once('close', () => done()));
  writeFileSync(join(cache, 'log.txt'), log);
  if (!existsSync(output)) throw new Error(`the runner wrote no results; see ${join(cache, 'log.txt')}`);
  return {
    results: JSON.parse(readFileSync(output, 'utf8')) as Results,
    reasons: existsSync(reasons) ? readFileSync(reasons, 'utf8').trim().split('\n') : [],
  };
}
