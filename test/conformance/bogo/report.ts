/** What became of each case, as a table by protocol and version, and compared with the baseline. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Results } from './runner.ts';

export type Outcome = 'pass' | 'unimplemented' | 'disabled' | 'fail' | 'outside';

const COLUMNS: readonly Outcome[] = ['pass', 'unimplemented', 'disabled', 'fail', 'outside'];
/** So begins the reason of a disabled case that asks for something which this library does not set out to have. */
const OUTSIDE = 'Out of scope: ';

/** In the runner's words: UNIMPLEMENTED was the word of 2018. */
const OUTCOMES: Readonly<Record<string, Outcome>> = { PASS: 'pass', SKIP: 'unimplemented', UNIMPLEMENTED: 'unimplemented' };

export interface Disabled {
  readonly pattern: RegExp;
  readonly outside: boolean;
}

/** The disabled cases of a configuration of the runner. */
export function readDisabled(config: string): Disabled[] {
  const { DisabledTests } = JSON.parse(readFileSync(config, 'utf8')) as { DisabledTests: Record<string, string> };
  return Object.entries(DisabledTests).map(([glob, reason]) => ({ pattern: toPattern(glob), outside: reason.startsWith(OUTSIDE) }));
}

export function outcomeOf(name: string, { tests }: Results, disabled: readonly Disabled[]): Outcome {
  const result = tests[name];
  if (result !== undefined) return OUTCOMES[result.actual] ?? 'fail';
  const rules = disabled.filter(({ pattern }) => pattern.test(name));
  if (rules.length === 0) throw new Error(`${name} was not run, and nothing disables it`);
  return rules.some(({ outside }) => outside) ? 'outside' : 'disabled';
}

export function printTable(outcomes: ReadonlyMap<string, Outcome>): void {
  const rows = new Map<string, Map<Outcome, number>>();
  const add = (key: string, outcome: Outcome) => {
    const row = rows.get(key) ?? new Map<Outcome, number>();
    rows.set(key, row.set(outcome, (row.get(outcome) ?? 0) + 1));
  };
  for (const [name, outcome] of outcomes) {
    const [protocol, version] = familyOf(name);
    add(`${protocol} ${version}`, outcome);
    add(`${protocol}, all`, outcome);
  }
  console.log(`${'protocol'.padEnd(18)}${COLUMNS.map((name) => name.padStart(15)).join('')}`);
  for (const [key, row] of [...rows].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${key.padEnd(18)}${COLUMNS.map((name) => String(row.get(name) ?? 0).padStart(15)).join('')}`);
  console.log('outside: what this library does not set out to have; the other columns are in scope.');
}

/** The flags that the shim does not know, by the number of cases. */
export function printReasons(reasons: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  if (sorted.length > 0) console.log(`not implemented: ${sorted.map(([reason, count]) => `${reason} ${count}`).join(', ')}`);
}

/** Prints failures and, with a baseline, what passed before and does not now; whether there are none of both. */
export function compare(outcomes: ReadonlyMap<string, Outcome>, baseline?: string, update = false): boolean {
  const having = (wanted: Outcome) => [...outcomes].filter(([, outcome]) => outcome === wanted).map(([name]) => name);
  const failed = having('fail');
  for (const name of failed) console.log(`FAILED ${name}`);
  if (baseline === undefined) return failed.length === 0;
  const passed = having('pass');
  if (update) writeFileSync(baseline, `${passed.join('\n')}\n`);
  const before = existsSync(baseline) ? readFileSync(baseline, 'utf8').trim().split('\n') : [];
  const lost = before.filter((name) => !passed.includes(name));
  for (const name of lost) console.log(`passed before, not now: ${name}`);
  return failed.length === 0 && lost.length === 0;
}

function familyOf(name: string): readonly [protocol: string, version: string] {
  const protocol = /DTLS/.test(name) ? 'DTLS' : /QUIC/.test(name) ? 'QUIC' : 'TLS';
  if (/SSL3/.test(name)) return [protocol, '3.0 (SSL)'];
  const version = /TLS(13|12|11|1)(?!\d)/.exec(name)?.[1];
  return [protocol, version === undefined ? 'not named' : `1.${version === '1' ? '0' : version.slice(1)}`];
}

function toPattern(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}
