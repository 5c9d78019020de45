/** docs/fuzzing.md: what has been run, written by the runs themselves. Its table is its own memory. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/bootstrap.mjs';
import { foundBy } from './corpus.ts';
import type { FuzzResult } from './run.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets/index.ts';

const FILE = join(ROOT, 'docs', 'fuzzing.md');

interface Row {
  /** By jazzer.js, and by mutation alone. */
  readonly guided: number;
  readonly plain: number;
  readonly edges: number;
  readonly date: string;
}

/** Executions of a target over all runs. */
export function executionsOf(target: FuzzTarget): number {
  const row = readRows().get(target.name);
  return row === undefined ? 0 : row.guided + row.plain;
}

/** Adds a run to what is known of its target. */
export function noteResult(target: FuzzTarget, result: FuzzResult): void {
  const rows = readRows();
  const known = rows.get(target.name);
  const isGuided = result.edges !== undefined;
  rows.set(target.name, {
    guided: (known?.guided ?? 0) + (isGuided ? result.executions : 0),
    plain: (known?.plain ?? 0) + (isGuided ? 0 : result.executions),
    edges: Math.max(known?.edges ?? 0, result.edges ?? 0),
    date: new Date().toISOString().slice(0, 10),
  });
  writeFileSync(FILE, page(rows));
}

function readRows(): Map<string, Row> {
  const rows = new Map<string, Row>();
  if (!existsSync(FILE)) return rows;
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, name = '', , guided = '', plain = '', edges = '', date = ''] = cells;
    if (!TARGETS.some((target) => target.name === name)) continue;
    rows.set(name, { guided: count(guided), plain: count(plain), edges: count(edges), date });
  }
  return rows;
}

function page(rows: ReadonlyMap<string, Row>): string {
  const lines = TARGETS.map((target) => {
    const row = rows.get(target.name);
    const cells = [
      target.name,
      target.holds,
      row === undefined ? '-' : grouped(row.guided),
      row === undefined ? '-' : grouped(row.plain),
      row === undefined ? '-' : grouped(row.edges),
      row?.date ?? '-',
      String(foundBy(target).length),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Fuzzing

Written by \`npm run fuzz\` from its own results: executions are added up over all runs, those guided by coverage (jazzer.js) apart from
those by seeded mutation alone; edges are the most that one guided run reached.
"Found" counts inputs that made the target fail; each is mended, stands beside the targets (\`test/fuzz\`), and is played by \`npm test\`.
Every input also has a bound of processor time and of bytes allocated, which count as failures when exceeded.

| target | what holds for every input | guided executions | others | edges | last run | found |
|---|---|---:|---:|---:|---|---:|
${lines.join('\n')}
`;
}

function count(cell: string): number {
  return Number(cell.replaceAll(' ', '')) || 0;
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}
