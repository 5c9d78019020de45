/**
 * npm run register: every place where a rule is not followed must stand in docs/register.md, and every entry there must
 * still be needed.
 *
 * A suppressed rule, an expected type error, a test that never runs and an RFC exception carry the id of their entry
 * (`R7`) in their own comment, so that the two cannot drift apart. Exempt: type tests, which expect errors by profession, and
 * layout kept by hand (`biome-ignore format`), which is no rule.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

const REGISTER = 'docs/register.md';

const DEVIATIONS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['lint', /(?:\/\/|\/\*)\s*(?:biome-ignore(?!(?:-\w+)? format)|eslint-disable)/],
  ['type', /(?:\/\/|\/\*)\s*@ts-(?:expect-error|ignore|nocheck)/],
  ['test', /\b(?:test|it|describe|suite)\.(?:skip|todo)\(|(?<!\?.*)\b(?:skip|todo): *(?:true|'|"|`)/],
  ['rfc', /^\s*\/\/= *type=exception/],
];

interface Entry {
  readonly kind: string;
  readonly where: string;
  used: boolean;
}

const problems: string[] = [];
const entries = readRegister();
let count = 0;

for (const path of filesBelow(['src', 'test', 'tools', 'bench', 'examples'], /\.m?ts$|\.mjs$/)) {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    for (const [kind, pattern] of DEVIATIONS) {
      if (!pattern.test(line) || (kind === 'type' && path.startsWith('test/types/'))) continue;
      count++;
      compare(kind, path, index + 1, kind === 'rfc' ? annotation(lines, index) : line);
    }
  }
}
for (const [id, entry] of entries) if (!entry.used) problems.push(`${REGISTER}: ${id} is no longer needed in ${entry.where}`);

for (const problem of problems) console.error(problem);
console.log(`${count} deviations, ${entries.size} entries, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function compare(kind: string, path: string, line: number, comment: string): void {
  const id = /\bR\d+\b/.exec(comment)?.[0];
  const entry = id === undefined ? undefined : entries.get(id);
  if (id === undefined) problems.push(`${path}:${line}: names no entry of ${REGISTER}`);
  else if (entry === undefined) problems.push(`${path}:${line}: ${id} is not in ${REGISTER}`);
  else if (entry.kind !== kind) problems.push(`${path}:${line}: ${id} is an entry for ${entry.kind}, this is ${kind}`);
  else if (entry.where !== path) problems.push(`${path}:${line}: ${id} is an entry for ${entry.where}`);
  else entry.used = true;
}

/** The lines of an RFC annotation around one of them. */
function annotation(lines: readonly string[], index: number): string {
  const marked = (at: number): boolean => /^\s*\/\/[=#]/.test(lines[at] ?? '');
  let from = index;
  let to = index;
  while (marked(from - 1)) from--;
  while (marked(to + 1)) to++;
  return lines.slice(from, to + 1).join('\n');
}

/** Rows `| R1 | kind | path | reason |`. */
function readRegister(): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const row of readFileSync(join(ROOT, REGISTER), 'utf8').split('\n')) {
    const match = /^\| *(R\d+) *\|([^|]*)\|([^|]*)\|(.*)\|\s*$/.exec(row);
    if (match === null) continue;
    const [, id = '', kind = '', where = '', reason = ''] = match;
    if (found.has(id)) problems.push(`${REGISTER}: ${id} stands twice`);
    if (!DEVIATIONS.some(([name]) => name === kind.trim())) problems.push(`${REGISTER}: ${id} has the unknown kind ${kind.trim()}`);
    if (reason.trim().length < 10) problems.push(`${REGISTER}: ${id} gives no reason`);
    found.set(id, { kind: kind.trim(), where: where.trim().replaceAll('`', ''), used: false });
  }
  return found;
}
