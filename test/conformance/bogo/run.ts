/**
 * npm run bogo: BoringSSL's test runner against our shim.
 *
 *   npm run bogo                       obtains the runner as a Go module, builds and runs it, compares with the baseline
 *   npm run bogo -- --runner FILE      uses a runner that is built already
 *   npm run bogo -- --test 'GLOB;…'    only these cases; nothing is compared
 *   npm run bogo -- --update           writes the baseline anew
 *
 * Exit status: 0 as good as the baseline, 1 worse, 3 the runner cannot be had here (no Go, or no such module).
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const MODULE = 'boringssl.googlesource.com/boringssl.git';
/** Head of August 2026; where it cannot be had, the version that Go's own tests pin. */
const VERSIONS = ['v0.0.0-20260821155238-a0689af29e8e', 'v0.0.0-20250620172916-f51d8b099832'];
const NOT_HERE = 3;

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const cache = join(root, '.cache', 'bogo');
const BASELINE = join(here, 'baseline.txt');
const CONFIG = join(here, 'config.json');

interface Results {
  readonly tests: Readonly<Record<string, { readonly actual: string; readonly expected?: string }>>;
}

const { values } = parseArgs({
  options: {
    runner: { type: 'string' },
    test: { type: 'string', default: '*' },
    update: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(2 * cpus().length) },
  },
});

await main();

async function main(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const binary = values.runner === undefined ? buildModule() : resolve(values.runner);
  if (binary === undefined) {
    console.log("BoringSSL's runner cannot be had here: skipped. With one that is built already: npm run bogo -- --runner FILE");
    process.exit(NOT_HERE);
  }
  const shim = await bundleShim();
  const results = await run(binary, shim);
  process.exit(report(results) ? 0 : 1);
}

/** The runner out of its module; undefined when that cannot be had. */
function buildModule(): string | undefined {
  const source = obtain();
  if (source === undefined) return undefined;
  const binary = join(cache, 'bogo.test');
  console.log('building the runner');
  execFileSync('go', ['test', '-c', '-o', binary, '.'], { cwd: join(source, 'ssl', 'test', 'runner'), stdio: 'inherit' });
  return binary;
}

/** The runner's module in Go's cache; undefined when Go or the module is missing. */
function obtain(): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('Go is not installed.');
    return undefined;
  }
  for (const version of VERSIONS) {
    const got = spawnSync('go', ['mod', 'download', '-json', `${MODULE}@${version}`], { encoding: 'utf8', cwd: cache });
    if (got.status === 0) return copyOf((JSON.parse(got.stdout) as { Dir: string }).Dir);
  }
  console.log('Go cannot download the module of the runner.');
  return undefined;
}

/** Go's module cache is read-only; building wants to complete go.sum. */
function copyOf(directory: string): string {
  const target = join(cache, 'source');
  execFileSync('cp', ['-r', '--no-preserve=mode', directory, target]);
  return target;
}

async function bundleShim(): Promise<string> {
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

async function run(binary: string, shim: string): Promise<Results> {
  const output = join(cache, 'results.json');
  const args = [
    '-shim-path',
    shim,
    '-shim-config',
    CONFIG,
    '-allow-unimplemented',
    '-pipe',
    '-num-workers',
    values.workers,
    '-json-output',
    output,
    '-test',
    values.test,
  ];
  const child = spawn(binary, args, { cwd: cache, stdio: ['ignore', 'pipe', 'inherit'] });
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
  return JSON.parse(readFileSync(output, 'utf8')) as Results;
}

interface Row {
  passed: number;
  unimplemented: number;
  disabled: number;
  failed: number;
}

/** Prints the table, and whether nothing is worse than the baseline. */
function report(results: Results): boolean {
  const disabled = Object.keys((JSON.parse(readFileSync(CONFIG, 'utf8')) as { DisabledTests: Record<string, string> }).DisabledTests).map(
    toPattern,
  );
  const rows = new Map<string, Row>();
  const passed: string[] = [];
  const failed: string[] = [];
  for (const [name, { actual }] of Object.entries(results.tests)) {
    const key = familyOf(name);
    const row = rows.get(key) ?? { passed: 0, unimplemented: 0, disabled: 0, failed: 0 };
    rows.set(key, row);
    if (actual === 'PASS') {
      row.passed++;
      passed.push(name);
    } else if (actual === 'SKIP') {
      if (disabled.some((pattern) => pattern.test(name))) row.disabled++;
      else row.unimplemented++;
    } else {
      row.failed++;
      failed.push(name);
    }
  }
  print(rows);
  for (const name of failed) console.log(`FAILED ${name}`);
  passed.sort();
  if (values.update) writeFileSync(BASELINE, `${passed.join('\n')}\n`);
  const lost = values.test === '*' ? missingFrom(new Set(passed)) : [];
  for (const name of lost) console.log(`passed before, not now: ${name}`);
  const total = [...rows.values()].reduce((sum, row) => sum + row.unimplemented + row.disabled, 0);
  console.log(`${passed.length} passed, ${failed.length} failed, ${total} skipped`);
  return failed.length === 0 && lost.length === 0;
}

function print(rows: ReadonlyMap<string, Row>): void {
  console.log(
    `${'protocol'.padEnd(16)}${'pass'.padStart(8)}${'unimplemented'.padStart(16)}${'disabled'.padStart(10)}${'fail'.padStart(6)}`,
  );
  for (const [key, row] of [...rows].sort(([a], [b]) => a.localeCompare(b)))
    console.log(
      `${key.padEnd(16)}${String(row.passed).padStart(8)}${String(row.unimplemented).padStart(16)}${String(row.disabled).padStart(10)}${String(row.failed).padStart(6)}`,
    );
}

function missingFrom(passed: ReadonlySet<string>): string[] {
  if (!existsSync(BASELINE)) return [];
  return readFileSync(BASELINE, 'utf8')
    .split('\n')
    .filter((name) => name !== '' && !passed.has(name));
}

function familyOf(name: string): string {
  const protocol = /DTLS/.test(name) ? 'DTLS' : /QUIC/.test(name) ? 'QUIC' : 'TLS';
  const version = /TLS(13|12|11|1)(?!\d)/.exec(name)?.[1];
  return version === undefined ? protocol : `${protocol} 1.${version === '1' ? '0' : version.slice(1)}`;
}

function toPattern(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}
