/** npm run examples: runs every program of examples/; each ends by itself, with 0 when it did what it says. */
import { ROOT, run, typescript } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

const LIMIT_MS = 60_000;

const examples = filesBelow(['examples'], /\.ts$/).filter((file) => file.split('/').length === 2);
let failed = 0;
for (const example of examples) {
  console.log(`\n# ${example}`);
  const status = await run(process.execPath, typescript(example), { cwd: ROOT, timeout: LIMIT_MS });
  console.log(`${status === 0 ? '✔' : '✖'} ${example}`);
  if (status !== 0) failed++;
}
console.log(`\n${examples.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && examples.length > 0 ? 0 : 1;
