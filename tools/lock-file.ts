/**
 * The lock file works for everyone: it never names the place that one person's packages came from, and it has an entry for
 * every optional package of another platform, without which `npm ci` refuses the whole file.
 *
 * A registry that lacks a platform's package makes npm leave its entry out. `--fix` puts it back, from what its name says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FILE = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(FILE, 'utf8')) as { packages: Record<string, Locked> };
const fixing = process.argv.includes('--fix');
let problems = 0;

for (const [path, { resolved }] of Object.entries(lock.packages)) if (resolved !== undefined) complain(`${path} names where it came from`);

for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(path, name)) continue;
    if (fixing && /^\d/.test(version)) lock.packages[`node_modules/${name}`] = { version, dev: true, ...platformOf(name) };
    else complain(`${name} ${version}, an optional part of ${path}, is missing`);
  }
}

if (fixing) {
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`);
}
if (problems > 0) console.error('Mend it with: node tools/run.mjs tools/lock-file.ts --fix');
process.exitCode = problems === 0 ? 0 : 1;

function complain(problem: string): void {
  problems++;
  console.error(`package-lock.json: ${problem}`);
}

/** Whether a package finds another one: beside itself, or in any folder above. */
function isLocked(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}

/** `@scope/prefix-OS-CPU[-ABI]`, the form that all such packages use. */
function platformOf(name: string): { optional: true; os?: string[]; cpu: string[]; libc?: string[] } {
  const [, , os = '', cpu = '', abi = ''] = /(cli|binding)-([a-z0-9]+)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (os === '') throw new Error(`${name} does not say which platform it is for`);
  const libc = abi.startsWith('musl') ? 'musl' : abi.startsWith('gnu') ? 'glibc' : undefined;
  return { cpu: [cpu], optional: true, os: [os], ...(libc === undefined ? {} : { libc: [libc] }) };
}
