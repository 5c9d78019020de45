/**
 * npm run fresh [-- COMMAND …]   clones HEAD into an empty folder, with ../shared beside it when there is one, and runs the
 * two commands of the README there as a newcomer would: nothing installed, nothing built. Other commands may be named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

const asked = process.argv.slice(2);
const commands = asked.length > 0 ? asked : ['npm run demo', 'npm test'];
const folder = mkdtempSync(join(tmpdir(), 'veritls-fresh-'));
const clone = join(folder, 'veritls');
const results = [];

try {
  sh('git', ['clone', '--quiet', ROOT, clone], folder);
  const shared = join(ROOT, '..', 'shared');
  if (existsSync(shared)) symlinkSync(shared, join(folder, 'shared'));
  for (const command of commands) {
    console.log(`\n$ ${command}`);
    const started = Date.now();
    const status = sh('sh', ['-c', command], clone);
    results.push({ command, status, seconds: (Date.now() - started) / 1000 });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log('\nIn a fresh clone:');
for (const { command, status, seconds } of results) console.log(`  ${status === 0 ? '✔' : '✖'} ${command}  ${seconds.toFixed(1)} s`);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;

function sh(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status ?? 1;
}
