/**
 * Makes a fresh clone runnable: installs the development dependencies when they are not those of the lock file.
 * Plain JavaScript over Node alone, since it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const MINIMUM = [20, 19];
const TICK_MS = 5_000;

/** Installs what is missing, showing that it works; returns at once when all is there. */
export async function ensureInstalled() {
  refuseOldNode();
  if (isInstalled()) return;
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.error('Installing the development dependencies (npm ci); this happens once.');
  const ticking = setInterval(() => console.error(`  still installing, ${seconds()}`), TICK_MS);
  const status = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: process.platform === 'win32' });
  clearInterval(ticking);
  if (status !== 0 || !isInstalled()) {
    console.error('npm ci failed: see above.');
    process.exit(status === 0 ? 1 : status);
  }
  console.error(`Installed in ${seconds()}.`);
}

/** Runs a program in the repository's root with our own terminal, and gives its exit status. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env, ...options });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128));
  });
}

/** The arguments with which Node runs a TypeScript file. */
export function typescript(file, ...args) {
  return ['--import', 'tsx', file, ...args];
}

/** Whether every package that the lock file asks for is there in that version; those for other platforms may be missing. */
function isInstalled() {
  const installed = packages(join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  for (const [path, wanted] of Object.entries(packages(join(ROOT, 'package-lock.json')) ?? {})) {
    if (path === '' || wanted.optional || wanted.link) continue;
    if (installed[path]?.version !== wanted.version) return false;
  }
  return true;
}

function packages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  console.error(`Node ${MINIMUM.join('.')} or later is needed; this is ${process.versions.node}.`);
  process.exit(1);
}
