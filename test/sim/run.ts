/**
 * npm run sim                        twenty seeds for each cell
 * npm run sim -- --seeds 1000        as many as said
 * npm run sim -- psk "loss 50"       the cells whose name contains all of these words
 *
 * Prints how long DTLS handshakes take over a bad network, and fails when one throws, storms or hangs, or when the
 * distribution falls behind what loss alone explains.
 */
import { parseArgs } from 'node:util';
import { type Cell, cells, nameOf, type Outcome, run } from './dtls-cells.ts';

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '20' }, from: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const seeds = Number(values.seeds);
const from = Number(values.from);

/**
 * Percent complete within 10, 30 and 60 s at a loss each way: for handshakes of three round trips in which each flight is one
 * datagram, with timeouts from 1 s. Short flights must reach it with the profile for lossy links.
 */
const EXPECTED: ReadonlyMap<number, readonly [number, number, number]> = new Map([
  [0.1, [99.8, 99.9, 100]],
  [0.3, [85, 96.5, 98.8]],
  [0.5, [34, 68, 81]],
]);

/** Share of handshakes that may end without success at 50 % loss each way. */
const MAX_GIVEN_UP = 0.002;

let failed = 0;
let passed = 0;
const started = process.cpuUsage();
console.log(
  `${'≤10 s'.padStart(6)} ${'≤30 s'.padStart(6)} ${'≤60 s'.padStart(6)} ${'median'.padStart(8)} ${'p90'.padStart(7)} ${'p99'.padStart(8)} datagrams  cell`,
);
for (const cell of cells()) {
  const name = nameOf(cell);
  if (!positionals.every((word) => name.includes(word))) continue;
  const outcomes: Outcome[] = [];
  let error: unknown;
  for (let seed = from; seed < from + seeds && error === undefined; seed++) {
    try {
      outcomes.push(run(cell, seed));
    } catch (cause) {
      error = cause;
    }
  }
  if (error !== undefined) {
    failed++;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
    continue;
  }
  const complaint = report(cell, name, outcomes);
  if (complaint === undefined) passed++;
  else {
    failed++;
    console.log(`FAILED ${name}: ${complaint}`);
  }
}
const used = process.cpuUsage(started);
console.log(`${((used.user + used.system) / 1e6).toFixed(0)} s of CPU`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Prints a line. What is wrong with the cell, if anything. */
function report(cell: Cell, name: string, outcomes: readonly Outcome[]): string | undefined {
  const times = outcomes.map(({ time }) => time ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const share = (seconds: number): number => (100 * times.filter((time) => time <= 1_000 * seconds).length) / times.length;
  const at = (part: number): string => ((times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0) / 1_000).toFixed(1);
  const mean = outcomes.reduce((sum, { datagrams }) => sum + datagrams, 0) / outcomes.length;
  const shares = [share(10), share(30), share(60)];
  console.log(
    [
      ...shares.map((each) => each.toFixed(1).padStart(6)),
      at(0.5).padStart(8),
      at(0.9).padStart(7),
      at(0.99).padStart(8),
      mean.toFixed(1).padStart(9),
      ` ${name}`,
    ].join(' '),
  );
  const gaveUp = outcomes.filter((outcome) => outcome.gaveUp).length;
  if (outcomes.some((outcome) => outcome.time === undefined && !outcome.gaveUp)) return 'a handshake never ended';
  // Half of all datagrams lost: sometimes the peer's last flight is gone before one repetition has come through.
  if (gaveUp > 0) console.log(`${' '.repeat(22)} ${gaveUp} of ${outcomes.length} gave up`);
  if (gaveUp > (cell.loss < 0.5 ? 0 : Math.max(2, MAX_GIVEN_UP * outcomes.length))) return `${gaveUp} gave up`;
  // What comes late comes up to 3 s late, once in each of six flights.
  if (cell.loss === 0 && times.at(-1)! > (cell.reorder > 0 ? 20_000 : 1_000)) return `slow without loss: ${at(1)} s`;
  const expected = EXPECTED.get(cell.loss);
  if (expected === undefined || cell.profile !== 'lossy' || cell.mtu < 1_200 || cell.mode === 'clientCertificate') return undefined;
  // Three standard deviations of so many runs.
  for (const [index, percent] of expected.entries()) {
    const p = percent / 100;
    const slack = 300 * Math.sqrt((p * (1 - p) + 0.002) / outcomes.length);
    if (shares[index]! < percent - slack) return `${shares[index]!.toFixed(1)} % instead of ${percent} %`;
  }
  return undefined;
}
