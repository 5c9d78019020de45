/**
 * npm run bench                 all of bench/*.ts, one after the other
 * npm run bench -- NAME [...]   those whose name contains NAME; what begins with `-` goes to the bench itself
 * npm run bench -- --quick      few turns: that they run, not what they say
 * npm run bench -- --check      exit status 1 when a goal is missed
 *
 * Closes with a table of the figures that have goals.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT, run, typescript } from './bootstrap.mjs';

const args = process.argv.slice(2);
const names = args.filter((argument) => !argument.startsWith('-'));
const options = args.filter((argument) => argument.startsWith('-'));
// A bench is a file of bench/ itself; what several share lies in folders below.
const all = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .sort();
const chosen = all.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
if (chosen.length === 0) {
  console.error(`No such bench. There are: ${all.map((file) => file.slice(0, -3)).join(', ') || 'none'}.`);
  process.exit(2);
}
await ensureInstalled();
const figures = join(ROOT, '.cache/bench/figures.jsonl');
mkdirSync(join(ROOT, '.cache/bench'), { recursive: true });
rmSync(figures, { force: true });
process.env.BENCH_FIGURES = figures;
for (const file of chosen) {
  console.log(`\n# ${file.slice(0, -3)}`);
  const start = performance.now();
  const status = await run(process.execPath, typescript(`bench/${file}`, ...options));
  if (status !== 0) process.exitCode = status;
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
}
const lines = existsSync(figures) ? readFileSync(figures, 'utf8').trim().split('\n') : [];
if (lines.length > 0) {
  console.log('\n# figure, reached, goal, budget');
  for (const line of lines) {
    const { name, figure, most, budget, isReached } = JSON.parse(line);
    console.log(
      `${name.padEnd(56)}${figure.padStart(14)}${String(most).padStart(8)}${String(budget ?? '').padStart(8)}  ${isReached ? 'reached' : 'MISSED'}`,
    );
  }
}
