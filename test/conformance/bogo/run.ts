/**
 * npm run bogo: BoringSSL's test runner against our shim.
 *
 *   npm run bogo                         obtains the runner as a Go module, builds and runs it, compares with the baseline
 *   npm run bogo -- --runner FILE        uses a runner that is built already
 *   npm run bogo -- --runner-2018 FILE   the last runner with SSL 3.0, lying where its certificates are (or --resources FOLDER)
 *   npm run bogo -- --test 'GLOB;…'      only these cases; nothing is compared
 *   npm run bogo -- --update             writes the baseline anew
 *
 * Exit status: 0 as good as the baseline, 1 worse, 3 the runner cannot be had here (no Go, or no such module).
 */
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compare, type Outcome, outcomeOf, printReasons, printTable, readDisabled } from './report.ts';
import { buildModule, bundleShim, listCases, type Runner, runCases } from './runner.ts';

const NOT_HERE = 3;
const here = dirname(fileURLToPath(import.meta.url));
const cache = join(resolve(here, '../../..'), '.cache', 'bogo');

const { values } = parseArgs({
  options: {
    runner: { type: 'string' },
    'runner-2018': { type: 'string' },
    resources: { type: 'string' },
    test: { type: 'string' },
    update: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(2 * cpus().length) },
  },
});

await main();

async function main(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const runner = chooseRunner();
  if (runner === undefined) {
    console.log("BoringSSL's runner cannot be had here: skipped. With one that is built already: npm run bogo -- --runner FILE");
    process.exit(NOT_HERE);
  }
  const started = Date.now();
  const shim = await bundleShim(here, cache);
  const test = values.test ?? runner.cases;
  const names = listCases(runner, cache, test);
  const { results, reasons } = await runCases(runner, { shim, cache, test, workers: values.workers });
  const disabled = readDisabled(runner.config);
  const outcomes = new Map<string, Outcome>(names.map((name) => [name, outcomeOf(name, results, disabled)]));
  printTable(outcomes);
  printReasons(reasons);
  const same = values.test === undefined ? compare(outcomes, runner.baseline, values.update) : compare(outcomes);
  console.log(`${((Date.now() - started) / 60_000).toFixed(1)} minutes`);
  const count = (one: Outcome) => [...outcomes.values()].filter((each) => each === one).length;
  console.log(`${count('pass')} passed, ${count('fail')} failed, ${count('unimplemented') + count('disabled')} skipped`);
  process.exit(same ? 0 : 1);
}

function chooseRunner(): Runner | undefined {
  const old = values['runner-2018'];
  if (old !== undefined) {
    return {
      binary: resolve(old),
      config: join(here, 'config-2018.json'),
      baseline: join(here, 'baseline-2018.txt'),
      errorMap: join(here, 'config-head.json'),
      // Its TLS 1.3 is a draft; what it knows of TLS 1.0 to 1.2 is in the newest runner too.
      cases: '*SSL3*',
      extra: ['-resource-dir', resolve(values.resources ?? dirname(old))],
    };
  }
  const binary = values.runner === undefined ? buildModule(cache) : resolve(values.runner);
  if (binary === undefined) return undefined;
  return { binary, config: join(here, 'config-head.json'), baseline: join(here, 'baseline-head.txt'), cases: '*', extra: [] };
}
