/**
 * npm run compliance                  extracts the requirements, joins them with the citations, writes compliance/ and docs/compliance/
 * npm run compliance -- --check       writes nothing: fails when a file is not what it would be, or a binding MUST is not met
 * npm run compliance -- --coverage    also: the tests that cite a requirement execute the code that cites it
 * npm run compliance -- --html        also writes build/compliance.html, one page to search in
 * npm run compliance -- --open WORD   lists what is not met, in documents and sections that begin with WORD
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { type Annotation, readAnnotations } from './annotations.ts';
import { checkCoverage } from './coverage.ts';
import { ALIAS, DOCUMENTS } from './documents.ts';
import { readExceptions, unused } from './exceptions.ts';
import { traceGuide } from './guide.ts';
import { htmlOf } from './html.ts';
import { type DocumentTrace, guidePageOf, guideSummary, indexOf, pageOf, snapshotOf, stateOfItem, summaryTable } from './pages.ts';
import { extract, readCommitted, type Requirement, store } from './requirements.ts';
import { type Trace, cites, trace } from './trace.ts';

const args = process.argv.slice(2);
const checking = args.includes('--check');
const problems: string[] = [];

const { annotations, problems: unreadable } = readAnnotations();
problems.push(...unreadable);
const exceptions = readExceptions(problems);
const all = DOCUMENTS.map(
  (document): DocumentTrace => ({ document, traces: trace(requirementsOf(document.name), annotations, exceptions) }),
);
const done = all.map((one) => (one.document.name === ALIAS.of ? { ...one, traces: one.traces.map(throughAlias) } : one));
const guide = traceGuide();
problems.push(...unused(exceptions), ...strayTests());

for (const { document, traces } of done) {
  if (!document.binding) continue;
  for (const { requirement, state } of traces)
    if (requirement.level === 'MUST' && !isMet(state))
      problems.push(`${document.name} §${requirement.section}: ${state}: ${requirement.quote}`);
}
for (const { id, code, tests } of guide) if (stateOfItem(code, tests) !== 'tested') problems.push(`${id}: ${stateOfItem(code, tests)}`);

file('compliance/snapshot.txt', snapshotOf(done, guide));
file('docs/compliance/README.md', indexOf(done, guide));
file('docs/compliance/guide.md', guidePageOf(guide));
for (const one of done) file(`docs/compliance/${one.document.name}.md`, pageOf(one));
if (args.includes('--html')) write('build/compliance.html', htmlOf(done, guide));

const binding = done
  .filter(({ document }) => document.binding)
  .flatMap(({ traces }) => traces.filter(({ requirement }) => requirement.level === 'MUST'));
const failures = binding.filter(({ state }) => !isMet(state)).length;
const total = totalOf(binding);
if (!readFileSync(join(ROOT, 'README.md'), 'utf8').replace(/\s+/g, ' ').includes(total)) problems.push(`README.md does not say “${total}”`);

if (args.includes('--open')) listOpen(args[args.indexOf('--open') + 1] ?? '');
else {
  if (args.includes('--coverage')) {
    const { files, checked, problems: gaps } = await checkCoverage(done.flatMap(({ traces }) => traces));
    console.log(`${checked} cited places, ${files} test files under coverage, ${gaps.length} problems`);
    problems.unshift(...gaps);
  }
  console.log(summaryTable(done, false).join('\n'));
  console.log(`User guide: ${guideSummary(guide)}`);
  for (const problem of problems.slice(0, 100)) console.error(`✖ ${problem}`);
  console.log(`${annotations.length} citations`);
  console.log(total);
  console.log(`${binding.length - failures} passed, ${problems.length} failed`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function requirementsOf(name: string): Requirement[] {
  const fresh = extract(name);
  if (fresh === undefined) {
    const committed = readCommitted(name);
    if (committed.length === 0) problems.push(`compliance/requirements/${name}.toml is not there`);
    return committed;
  }
  if (!store(name, fresh, checking)) problems.push(`compliance/requirements/${name}.toml is not what npm run compliance makes of the text`);
  return fresh;
}

/** A sentence of the older document in the state of the same sentence of the newer one. */
function throughAlias(one: Trace): Trace {
  if (one.state !== 'open') return one;
  const { requirement } = one;
  const newer = all.find(({ document }) => document.name === ALIAS.is)!.traces;
  const same = newer.find((other) => other.requirement.words === requirement.words) ?? closest(newer, requirement.words);
  return same === undefined ? one : { ...same, requirement };
}

/** The requirement that shares most words, where that is nearly all of them. */
function closest(traces: readonly Trace[], words: string): Trace | undefined {
  const mine = new Set(words.toLowerCase().split(' '));
  let best: Trace | undefined;
  let most = 0.8;
  for (const one of traces) {
    const theirs = new Set(one.requirement.words.toLowerCase().split(' '));
    const shared = [...mine].filter((word) => theirs.has(word)).length;
    const share = shared / Math.max(mine.size, theirs.size);
    if (share > most) {
      most = share;
      best = one;
    }
  }
  return best;
}

/** The sentence of the README. */
function totalOf(traces: readonly Trace[]): string {
  const count = (state: Trace['state']): number => traces.filter((one) => one.state === state).length;
  const documents = new Set(traces.map(({ requirement }) => requirement.document)).size;
  return `${traces.length} MUST sentences of ${documents} RFCs: ${count('tested')} with code and test, ${count('implied')} by construction, ${count('exception')} with a reason`;
}

function isMet(state: Trace['state']): boolean {
  return state === 'tested' || state === 'implied' || state === 'exception';
}

/** A test or an exception that cites no requirement of a traced document cites nothing. */
function strayTests(): string[] {
  const requirements = all.flatMap(({ traces }) => traces.map(({ requirement }) => requirement));
  const traced = new Set(DOCUMENTS.map(({ name }) => name));
  const strays = (one: Annotation): boolean =>
    one.type === 'test' && traced.has(one.document) && !requirements.some((requirement) => cites(one, requirement));
  return annotations.filter(strays).map(({ path, line }) => `${path}:${line}: a test of words that are no requirement`);
}

function file(path: string, text: string): void {
  if (!checking) write(path, text);
  else if (!existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text)
    problems.push(`${path} is not what npm run compliance makes`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}

function listOpen(word: string): void {
  for (const { document, traces } of done)
    for (const [index, { requirement, state, code, tests }] of traces.entries()) {
      const name = `${document.name}§${requirement.section}`;
      if (!name.startsWith(word) || requirement.level !== 'MUST' || isMet(state)) continue;
      const places = [...code, ...tests].map(({ path, line }) => `${path}:${line}`).join(' ');
      console.log(`${name} #${index} [${state}] ${requirement.quote}${places === '' ? '' : `\n    ${places}`}`);
    }
}
