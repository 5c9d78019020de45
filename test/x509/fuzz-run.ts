/**
 * npm run fuzz:x509 -- [--seeds N] [--from SEED]
 *
 * The damaged-input and differential tests with one seed after the other; each seed makes other damage and other chains. Everything follows
 * from the seed, so `FUZZ_SEED=SEED npm test -- x509/fuzz x509/differential` repeats what failed. Exit code 1 when a seed failed.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ROOT, typescript } from '../../tools/bootstrap.mjs';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10' }, from: { type: 'string', default: '2' } } });
const from = Number(values.from);
const count = Number(values.seeds);
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count)) throw new Error('--seeds and --from are numbers');

let failed = 0;
for (let seed = from; seed < from + count; seed++) {
  const env = { ...process.env, FUZZ_SEED: String(seed) };
  const outputs: string[] = [];
  for (const file of ['test/x509/fuzz.test.ts', 'test/x509/differential.test.ts']) {
    const result = spawnSync(process.execPath, typescript(file), { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (result.status !== 0) outputs.push(`${file}\n${result.stdout}${result.stderr}`);
  }
  console.log(`seed ${seed}: ${outputs.length === 0 ? 'no disagreement' : 'FAILED'}`);
  if (outputs.length > 0) failed++;
  for (const output of outputs) console.log(output);
}
console.log(`${count - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
