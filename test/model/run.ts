/**
 * npm run model-check                       every interleaving of at most two faults: what CI does
 * npm run model-check -- --depth 3 [WORD…]  of at most three; the scenarios whose name contains one of the words
 *
 * Plays handshakes of DTLS between two endpoints under a virtual clock, in every way in which the network may lose, double, reorder,
 * delay or (where records are protected) forge so many datagrams. Prints how many ways there are, and for the first that fails what happens in it.
 */
import { parseArgs } from 'node:util';
import { explore } from './explore.ts';
import { SCENARIOS } from './scenarios.ts';

const { values, positionals } = parseArgs({ options: { depth: { type: 'string', default: '2' } }, allowPositionals: true });
const depth = Number(values.depth);
const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`no scenario matches; there are: ${SCENARIOS.map(({ name }) => name).join('; ')}`);
  process.exit(2);
}

let failed = 0;
let runs = 0;
for (const scenario of chosen) {
  const started = performance.now();
  const explored = explore(scenario, depth);
  const took = ((performance.now() - started) / 1_000).toFixed(1);
  const { failure } = explored;
  runs += explored.runs;
  if (failure !== undefined) failed++;
  console.log(
    `${failure === undefined ? 'ok    ' : 'FAILED'} ${scenario.name}: ${explored.runs} interleavings of at most ${depth} faults ` +
      `(${explored.merged} came to a known state), ${explored.states} states, at most ${explored.datagrams} datagrams and ${explored.timeouts} timeouts, ${took} s`,
  );
  if (failure === undefined) continue;
  console.log(`  ${failure.problem}, with ${failure.plan.map(({ at, fault }) => `${fault} at arrival ${at}`).join(', ') || 'no fault'}:`);
  for (const line of failure.trace) console.log(`    ${line}`);
}
console.log(`${runs} interleavings`);
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
