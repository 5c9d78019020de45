/**
 * npm run embedded:coverage              compares the user guide's items with the code and the tests, writes docs/embedded.md
 * npm run embedded:coverage -- --check   writes nothing: fails when the page is not what it would be
 *
 * An item counts when it is exported with the guide's number and has a docstring or, for numbers, a test, and when a test of
 * test/embedded names it. Where the guide itself is at hand, every item of the table must stand in it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as embedded from '../src/embedded/index.ts';
import { ROOT } from './bootstrap.mjs';
import {
  CODES,
  DIFFERENCES,
  FUNCTIONS,
  type GuideFunction,
  type GuideItem,
  NO_EFFECT,
  NOTIFICATIONS,
  OPTIONS,
  PLATFORM,
  SAMPLES,
  STRUCTURES,
} from './embedded-guide.ts';
import { filesBelow } from './source-files.ts';

const PAGE = 'docs/embedded.md';
const GUIDE = join(ROOT, '../shared/seeds');

interface Row {
  readonly name: string;
  readonly section: string;
  readonly doc: string;
  readonly test: string;
  readonly missing: string[];
}

const exported = embedded as unknown as Record<string, unknown>;
const sources = filesBelow(['src/embedded'], /\.ts$/).map((file) => readFileSync(join(ROOT, file), 'utf8'));
const all = sources.join('\n');
const tests = filesBelow(['test/embedded'], /\.test\.ts$/).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
const defaults = embedded.defaultConfig() as unknown as Record<string, unknown>;

/** Each test with what stands in it; helpers of a file belong to its first test. Who reads looks for what a function does before what it refuses. */
const ORDER = ['module', 'native-tcp', 'native-udp', 'sockets', 'options', 'samples', 'dtls-psk', 'bad-input'];
const titled = tests
  .map(({ file, text }) => ({ name: file.replace('test/embedded/', '').replace('.test.ts', ''), text }))
  .sort((x, y) => ORDER.indexOf(x.name) - ORDER.indexOf(y.name))
  .flatMap(({ name, text }) => {
    const starts = [...text.matchAll(/\btest\((['`])(.*?)\1,/g)];
    return starts.map((match, i) => ({
      title: `${name}: ${match[2]!.replace(/\$\{[^}]*\}/g, '…')}`,
      text: text.slice(i === 0 ? 0 : match.index, starts[i + 1]?.index),
    }));
  });

const tables: [string, string, Row[]][] = [
  ['Functions', 'functions', FUNCTIONS.map((item) => rowOf(item, () => [...isFunction(item), ...parameterProblems(item)]))],
  ['Return codes', 'codes', CODES.map((item) => rowOf(item, hasValue))],
  ['Notifications, states and flags', 'notifications', NOTIFICATIONS.map((item) => rowOf(item, hasValue))],
  ['Configuration options', 'options', OPTIONS.map((item) => rowOf(item, isOption))],
  [
    'Structures',
    'structures',
    STRUCTURES.map(([name, elements]) => rowOf({ name, section: '5.7' }, () => structureProblems(name, elements))),
  ],
  ['Platform functions and macros', 'platform functions', PLATFORM.map((item) => rowOf(item, isFunction))],
  ['Samples', 'samples', SAMPLES.map(sampleRow)],
];

let failures = 0;
for (const [, what, rows] of tables) {
  const good = rows.filter((row) => row.missing.length === 0).length;
  console.log(`${what}: ${good} of ${rows.length}`);
  for (const row of rows) for (const problem of row.missing) console.error(`✖ ${row.name}: ${problem}`);
  failures += rows.length - good;
}
for (const problem of guideProblems()) {
  console.error(`✖ ${problem}`);
  failures++;
}
const page = pageOf();
if (process.argv.includes('--check')) {
  if (!existsSync(join(ROOT, PAGE)) || readFileSync(join(ROOT, PAGE), 'utf8') !== page) {
    console.error(`✖ ${PAGE} is not what npm run embedded:coverage makes of the code`);
    failures++;
  }
} else writeFileSync(join(ROOT, PAGE), page);
process.exitCode = failures === 0 ? 0 : 1;

function rowOf(item: GuideItem, problems: (item: GuideItem) => string[]): Row {
  const missing = problems(item);
  const test = testOf(item.name);
  if (test === '') missing.push('no test names it');
  return { name: item.name, section: item.section, doc: docOf(item.name), test, missing };
}

function isFunction({ name }: GuideItem): string[] {
  if (typeof exported[name] !== 'function') return ['not exported'];
  return docOf(name) === '' ? ['no docstring'] : [];
}

/** As many parameters as the guide has; their names, in the code, are the guide's. */
function parameterProblems({ name, parameters }: GuideFunction): string[] {
  const list = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(all)?.[1] ?? '';
  const names = [...list.matchAll(/(\w+): /g)].map(([, one]) => one!.replace(/^_/, ''));
  const expected = parameters.map(([one]) => one);
  return names.join() === expected.join() ? [] : [`has the parameters ${names.join(', ')}, not ${expected.join(', ')}`];
}

function hasValue({ name, value }: GuideItem): string[] {
  const found = exported[name];
  if (typeof found !== 'number') return ['not exported'];
  return value === undefined || found === value ? [] : [`is ${found}, not ${value}`];
}

function isOption({ name, value }: GuideItem): string[] {
  if (!(name in defaults)) return ['no such option'];
  return value === undefined || defaults[name] === value ? [] : [`has the default ${String(defaults[name])}, not ${value}`];
}

function structureProblems(name: string, elements: readonly string[]): string[] {
  const body = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(all)?.[1];
  if (body === undefined) return ['not exported'];
  return elements.filter((element) => !new RegExp(`\\b${element}\\??:`).test(body)).map((element) => `has no ${element}`);
}

function sampleRow({ name, section }: GuideItem): Row {
  const file = join(ROOT, 'examples/embedded', `${name}.ts`);
  const missing = existsSync(file) ? [] : ['not there'];
  const test = testOf(name);
  if (test === '') missing.push('no test runs it');
  const doc = existsSync(file) ? (/^\/\*\* (.*) \*\//.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : '';
  return { name, section, doc, test, missing };
}

/** The first sentence of what stands above the definition. */
function docOf(name: string): string {
  const found =
    new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*?)\\*/\\s*(?:export (?:function|const|interface) |readonly )?${name}\\b`).exec(all)?.[1] ?? '';
  return found.replace(/\s*\n\s*\*\s?/g, ' ').trim();
}

/** A test that names it: in its title before in what it does. */
function testOf(name: string): string {
  const named = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
  return (titled.find(({ title }) => named.test(title)) ?? titled.find(({ text }) => named.test(text)))?.title ?? '';
}

function guideProblems(): string[] {
  if (!existsSync(GUIDE)) {
    console.log('the guide itself is not at hand: its table is taken as it is');
    return [];
  }
  const guide = readdirSync(GUIDE)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => readFileSync(join(GUIDE, file), 'utf8'))
    .join('\n');
  const problems: string[] = [];
  const names = [FUNCTIONS, CODES, NOTIFICATIONS, OPTIONS, PLATFORM].flat().map((item) => item.name);
  for (const name of [...names, ...STRUCTURES.flatMap(([one, elements]) => [one, ...elements])])
    if (!guide.includes(name)) problems.push(`the guide has no ${name}`);
  const known = new Set(FUNCTIONS.map((item) => item.name));
  // The prototype under the heading of each function names the same parameters.
  for (const { name, parameters } of FUNCTIONS) {
    const heading = guide.lastIndexOf(`\n${name}\n`);
    const prototype = /```\n([\s\S]*?)```/.exec(guide.slice(heading))?.[1] ?? '';
    const list = prototype.slice(prototype.indexOf('(') + 1, prototype.lastIndexOf(')')).trim();
    const names = list === '' || list === 'void' ? [] : list.split(',').map((one) => /(\w+)\s*$/.exec(one)?.[1]);
    if (names.join() !== parameters.map(([one]) => one).join()) problems.push(`the guide's ${name} has the parameters ${names.join(', ')}`);
  }
  // Every prototype of chapter 5 is in the table.
  for (const [, name] of guide.matchAll(/^t_(?:tls_ret|ip_ret|tls_conn_status) (\w+) ?\(/gm))
    if (!known.has(name!)) problems.push(`the table has no ${name}`);
  const options = new Set(OPTIONS.map((item) => item.name));
  const chapter = guide.slice(guide.indexOf('3.2 config_tls.h'), guide.indexOf('4 About TLS and DTLS\n'));
  for (const [, name] of chapter.matchAll(/^((?:TLS|DTLS|RSA)_[A-Z0-9_]+)$/gm))
    if (!options.has(name!)) problems.push(`the table has no ${name}`);
  return problems;
}

function pageOf(): string {
  const lines = [
    '# The embedded interface: reference',
    '',
    '`veritls/embedded` is the interface of the user guide, line by line: the same functions, options, codes and structures. This page is',
    'made by `npm run embedded:coverage` from the code, its docstrings and its tests; it fails when an item of the guide is missing.',
    '',
    '- Every function returns a code and never throws; `tls_last_error()` says why, for a person.',
    '- Out-parameters are `Ref` objects (`ref(0)`); handles are numbers that carry a generation: a stale one is `TLS_NOT_FOUND_ERR`.',
    '- Options are fields of `config_tls`; set them before `tls_init`. Cipher suites are values: `config_tls.g_tls_arr_cipher_suites`.',
    '- IP buffers come from a bounded pool (`IP_BUF_COUNT`); who has one gives it back or sends it.',
    '- `OAL_PREEMPTIVE` 1: the calls of the socket interfaces block their thread, sockets live in a worker. 0: they are polled.',
    '',
    'Who ports a program from C reads [embedded-porting.md](embedded-porting.md) first. A device that is a DTLS client with a pre-shared',
    'key takes `veritls/embedded/dtls-psk`: the same functions over fewer parts. `npm run footprint` measures both.',
    '',
    'Options without effect:',
    '',
    ...NO_EFFECT.map(([option, reason]) => `- \`${option}\`: ${reason}.`),
    '',
  ];
  for (const [title, what, rows] of tables) {
    const good = rows.filter((row) => row.missing.length === 0).length;
    lines.push(`## ${title}`, '', `${good} of ${rows.length} ${what}.`, '', '| name | guide | what | test |', '|---|---|---|---|');
    for (const row of rows) lines.push(`| \`${row.name}\` | ${row.section} | ${cell(row.doc)} | ${cell(row.test)} |`);
    lines.push('');
  }
  lines.push('## Where the guide differs from itself', '', ...DIFFERENCES.map((one) => `- ${one}`), '');
  return lines.join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
