/**
 * npm run sim                        twenty seeds for each cell
 * npm run sim -- --seeds 1000        as many as said; --from 1000: other ones
 * npm run sim -- psk "loss 50"       the cells whose name contains all of these words
 * npm run sim -- --jobs 1            processes at work, as many as processors by default
 *
 * Prints how long DTLS handshakes take over a bad network, and fails when one throws, storms or hangs, or when the
 * distribution falls behind what loss alone explains.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Cell, cells, DELAY_MS, nameOf, type Outcome, run } from './dtls-cells.ts';
import { modelShares } from './loss-model.ts';

const { values, positionals } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    // Of several processes, which this is: `1/2`.
    part: { type: 'string' },
  },
  allowPositionals: true,
});
const seeds = Number(values.seeds);
const from = Number(values.from);
const jobs = Number(values.jobs);

/** Within which times completion is counted, s. */
const TIMES: readonly number[] = [10, 30, 60];

/** Percent complete within those times at a loss each way: what handshakes of short flights must reach with `lossyLink`. */
const EXPECTED: ReadonlyMap<number, readonly number[]> = new Map([
  [0.1, [99.8, 99.9, 100]],
  [0.3, [85, 96.5, 98.8]],
  [0.5, [34, 68, 81]],
]);

/** Share of handshakes that may end without success at 50 % loss each way. */
const MAX_GIVEN_UP = 0.002;

/** A cell fails when chance would give so few handshakes in time this seldom: hundreds of cells are looked at. */
const UNLIKELY = 1e-5;

/** What the model gives at a loss each way, once it was asked. */
const models = new Map<number, readonly number[]>();

const chosen = [...cells()].filter((cell) => positionals.every((word) => nameOf(cell).includes(word)));
if (values.part !== undefined || jobs <= 1) {
  const [part = 1, parts = 1] = values.part?.split('/').map(Number) ?? [];
  if (values.part === undefined) heading();
  const { passed, failed } = runAll(chosen.filter((_, index) => index % parts === part - 1));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
} else await share(Math.min(jobs, chosen.length));

function heading(): void {
  const columns = [...TIMES.map((time) => `≤${time} s`.padStart(6)), 'median'.padStart(8), 'p90'.padStart(7), 'p99'.padStart(8)];
  console.log(`${columns.join(' ')} datagrams  cell`);
}

/** Several processes, each with some of the cells. */
async function share(parts: number): Promise<void> {
  const started = performance.now();
  const sum = { passed: 0, failed: 0, done: 0 };
  heading();
  const tell = setInterval(() => {
    console.error(`… ${sum.done} of ${chosen.length} cells, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  }, 30_000);
  await Promise.all(Array.from({ length: parts }, (_, index) => child(`${index + 1}/${parts}`, sum)));
  clearInterval(tell);
  console.log(`${chosen.length} cells, ${seeds} seeds each: ${((performance.now() - started) / 1_000).toFixed(0)} s in ${parts} processes`);
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed > 0 || sum.passed !== chosen.length ? 1 : 0;
}

function child(part: string, sum: { passed: number; failed: number; done: number }): Promise<void> {
  const worker = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), '--part', part], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isComplete = false;
  return new Promise((resolve) => {
    createInterface({ input: worker.stdout }).on('line', (line) => {
      const totals = /^(\d+) passed, (\d+) failed$/.exec(line);
      if (totals === null) {
        if (/^ +\d.* MTU /.test(line)) sum.done++;
        console.log(line);
        return;
      }
      isComplete = true;
      sum.passed += Number(totals[1]);
      sum.failed += Number(totals[2]);
    });
    worker.once('close', (code, signal) => {
      if (!isComplete) {
        sum.failed++;
        console.log(`FAILED part ${part} ended by itself: ${signal ?? code}`);
      }
      resolve();
    });
  });
}

function runAll(mine: readonly Cell[]): { passed: number; failed: number } {
  let passed = 0;
  for (const cell of mine) {
    const name = nameOf(cell);
    const complaint = attempt(cell, name);
    if (complaint === undefined) passed++;
    else console.log(`FAILED ${name}: ${complaint}`);
  }
  return { passed, failed: mine.length - passed };
}

function attempt(cell: Cell, name: string): string | undefined {
  const outcomes: Outcome[] = [];
  try {
    for (let seed = from; seed < from + seeds; seed++) outcomes.push(run(cell, seed));
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
  return report(cell, name, outcomes);
}

/** Prints a line. What is wrong with the cell, if anything. */
function report(cell: Cell, name: string, outcomes: readonly Outcome[]): string | undefined {
  const times = outcomes.map(({ time }) => time ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const share = (seconds: number): number => (100 * times.filter((time) => time <= 1_000 * seconds).length) / times.length;
  const at = (part: number): string => ((times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0) / 1_000).toFixed(1);
  const mean = outcomes.reduce((sum, { datagrams }) => sum + datagrams, 0) / outcomes.length;
  const shares = TIMES.map(share);
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
  const expected = expectedShares(cell);
  if (expected === undefined) return undefined;
  for (const [index, percent] of expected.entries()) {
    const through = times.filter((time) => time <= 1_000 * TIMES[index]!).length;
    if (atMost(through, times.length, percent / 100) < UNLIKELY)
      return `${shares[index]!.toFixed(1)} % within ${TIMES[index]} s instead of ${percent.toFixed(1)} %`;
  }
  return undefined;
}

/** Probability of so few successes of `runs` that each succeed with probability `p`. */
function atMost(successes: number, runs: number, p: number): number {
  // What is said to be always so may fail once in a thousand.
  const odds = Math.log(Math.min(p, 0.999));
  const against = Math.log(1 - Math.min(p, 0.999));
  let ways = 0;
  let sum = 0;
  for (let k = 0; k <= successes; k++) {
    sum += Math.exp(ways + k * odds + (runs - k) * against);
    ways += Math.log((runs - k) / (k + 1));
  }
  return sum;
}

/** What loss alone explains. Where flights take several datagrams, or come late, it says nothing. */
function expectedShares({ profile, loss, mtu, mode, reorder }: Cell): readonly number[] | undefined {
  if (mtu < 1_200 || loss === 0) return undefined;
  if (profile === 'lossy') return EXPECTED.get(loss);
  if (mode !== 'psk' || reorder > 0) return undefined;
  let model = models.get(loss);
  if (model === undefined) {
    model = modelShares(
      { loss, rtt: 2 * DELAY_MS, retain: true },
      TIMES.map((time) => 1_000 * time),
    );
    models.set(loss, model);
  }
  return model;
}
