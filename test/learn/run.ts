/**
 * npm run learn                     learns the state machines of our connections and writes docs/state-machines
 * npm run learn -- --check          fails when a machine is not what its flow permits, or docs/state-machines says something else
 * npm run learn -- --depth 2 WORD…  the machines whose name contains one of the words, with as many states beyond the known; writes nothing
 * npm run learn -- --peer openssl   learns OpenSSL's server of TLS 1.2 over TCP, and what it does otherwise than ours
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../tools/bootstrap.mjs';
import { EFFORT, learn, type Learned } from './learn.ts';
import { lifecycle } from './lifecycle.ts';
import { learnOpenssl } from './openssl.ts';
import { pagesOf } from './pages.ts';
import { SUBJECTS } from './subjects.ts';

const FOLDER = join(ROOT, 'docs', 'state-machines');
/** Written by `--peer`, not by every run. */
const APART: readonly string[] = ['openssl.md'];

const { values, positionals } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    depth: { type: 'string', default: String(EFFORT.depth) },
    seed: { type: 'string', default: String(EFFORT.seed) },
    peer: { type: 'string' },
  },
  allowPositionals: true,
});

if (values.peer === 'openssl') process.exitCode = await learnOpenssl(join(FOLDER, 'openssl.md'));
else if (values.peer === undefined) process.exitCode = main();
else {
  console.error('the peers are: openssl');
  process.exitCode = 2;
}

function main(): number {
  const chosen = [...SUBJECTS, lifecycle].filter(
    ({ name }) => positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase())),
  );
  if (chosen.length === 0) {
    console.error('no machine matches');
    return 2;
  }
  const effort = { ...EFFORT, depth: Number(values.depth), seed: Number(values.seed) };
  const learned: Learned[] = [];
  let failed = 0;
  for (const subject of chosen) {
    const started = performance.now();
    const each = learn(subject, effort);
    learned.push(each);
    const { machine, words, messages, problems } = each;
    const took = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(
      `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${subject.name}: ${machine.next.length} states, ${words} words, ${messages} messages, ${took} s`,
    );
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length > 0) failed++;
  }
  const isWhole = positionals.length === 0 && effort.depth === EFFORT.depth && effort.seed === EFFORT.seed;
  if (isWhole && failed === 0) failed += values.check ? stalePages(pagesOf(learned)) : writePages(pagesOf(learned));
  console.log(`${learned.length} passed, ${failed} failed`.replace(/^\d+/, String(Math.max(0, learned.length - failed))));
  return failed > 0 ? 1 : 0;
}

function writePages(pages: ReadonlyMap<string, string>): number {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) if (!pages.has(name) && !APART.includes(name)) rmSync(join(FOLDER, name));
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
  console.log(`${pages.size} files in docs/state-machines`);
  return 0;
}

function stalePages(pages: ReadonlyMap<string, string>): number {
  let stale = 0;
  for (const [name, text] of pages) {
    let there = '';
    try {
      there = readFileSync(join(FOLDER, name), 'utf8');
    } catch {}
    if (there === text) continue;
    stale++;
    console.log(`docs/state-machines/${name} is not what was learned: npm run learn`);
  }
  return stale;
}
