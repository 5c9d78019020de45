/** Prints how many of the PKITS cases agree with the official expectation, and those that do not. Exit code 1 unless all do. */
import { available, loadCases, runCase } from './cases.ts';

if (!available) {
  console.log('PKITS: vectors are not here, nothing was run');
} else {
  const cases = loadCases();
  const verbose = process.argv.includes('--verbose');
  let agreed = 0;
  for (const test of cases) {
    const result = await runCase(test);
    if (result.agrees) agreed++;
    if (!result.agrees || verbose) console.log(`${result.agrees ? 'ok  ' : 'DIFF'} ${test.number} ${test.title}: ${result.why}`);
  }
  console.log(`PKITS: ${agreed} of ${cases.length} agree`);
  if (agreed !== cases.length) process.exitCode = 1;
}
