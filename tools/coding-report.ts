/**
 * npm run coding-report              the rules of the code, what enforces each, how often each is broken, and why where it is: docs/coding-report.md
 * npm run coding-report -- --check   writes nothing: fails when the page is not what it would be
 *
 * What the guidelines for C call a compliance report. Nothing in it is written by hand: rules come from the configurations as the
 * tools read them, violations from their machine-readable results, deviations from docs/register.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

const PAGE = 'docs/coding-report.md';
const FOLDERS = ['src', 'test', 'tools', 'bench', 'examples'];

interface Rule {
  readonly name: string;
  readonly scope: string;
  violations: number;
  /** Places that carry an entry of the register. */
  deviations: number;
}

interface Guideline {
  readonly title: string;
  readonly enforcedBy: string;
  readonly rules: readonly Rule[];
  readonly files: number;
}

const guidelines: readonly Guideline[] = [compiler(), eslint(), biome(), layers()];
const register = readRegister();
const page = pageOf();
const violations = guidelines.flatMap(({ rules }) => rules).reduce((sum, { violations: count }) => sum + count, 0);

for (const { title, rules, files } of guidelines) {
  console.log(
    `${title}: ${rules.length} rules, ${files} files, ${sumOf(rules, 'violations')} violations, ${sumOf(rules, 'deviations')} deviations`,
  );
}
let problems = violations;
if (!process.argv.includes('--check')) writeFileSync(join(ROOT, PAGE), page);
else if (!existsSync(join(ROOT, PAGE)) || readFileSync(join(ROOT, PAGE), 'utf8') !== page) {
  console.error(`✖ ${PAGE} is not what npm run coding-report makes`);
  problems++;
}
process.exitCode = problems === 0 ? 0 : 1;

/** Options of the compiler that refuse what the language would let pass; the engine besides against no platform's types. */
function compiler(): Guideline {
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.base.json'), 'utf8')) as {
    compilerOptions: Record<string, unknown>;
  };
  const rules = Object.entries(compilerOptions)
    .filter(([name, value]) => value === true && !/^(?:declaration|sourceMap|skipLibCheck|rewrite)/.test(name))
    .map(([name]): Rule => ({ name, scope: 'all', violations: 0, deviations: 0 }));
  rules.push({ name: 'no name of a platform (types: [])', scope: 'the engine', violations: 0, deviations: 0 });
  for (const [index, project] of ['tsconfig.json', 'tsconfig.engine.json'].entries()) {
    const { output } = tool('tsc', ['-p', project, '--noEmit', '--pretty', 'false']);
    const errors = output.split('\n').filter((line) => /: error TS\d+/.test(line)).length;
    rules[index === 0 ? 0 : rules.length - 1]!.violations += errors;
  }
  const expected = filesBelow(FOLDERS, /\.m?ts$/)
    .filter((path) => !path.startsWith('test/types/'))
    .reduce((sum, path) => sum + (readFileSync(join(ROOT, path), 'utf8').match(/^\s*\/\/ @ts-expect-error/gm)?.length ?? 0), 0);
  rules[0]!.deviations = expected;
  return {
    title: 'Types',
    enforcedBy: '`tsc` with `tsconfig.base.json` (`npm run types`)',
    rules,
    files: filesBelow(FOLDERS, /\.ts$/).length,
  };
}

/** What the engine must keep to, and everybody. */
function eslint(): Guideline {
  const engine = configOf('src/engine/connection.ts');
  const others = configOf('src/node/driver.ts');
  const rules = [...new Set([...engine, ...others])]
    .sort()
    .map((name): Rule => ({ name, scope: others.includes(name) ? 'all' : 'the engine', violations: 0, deviations: 0 }));
  const results = JSON.parse(tool('eslint', ['--format', 'json', '.']).output) as {
    messages: { ruleId: string | null }[];
    suppressedMessages: { ruleId: string | null }[];
  }[];
  const of = (id: string | null): Rule | undefined => rules.find(({ name }) => name === id) ?? rules[0];
  for (const { messages, suppressedMessages } of results) {
    for (const { ruleId } of messages) of(ruleId)!.violations++;
    for (const { ruleId } of suppressedMessages) of(ruleId)!.deviations++;
  }
  return { title: 'Rules that need types', enforcedBy: '`eslint` with `eslint.config.mjs` (`npm run lint`)', rules, files: results.length };
}

function configOf(path: string): string[] {
  const { rules } = JSON.parse(tool('eslint', ['--print-config', path]).output) as { rules: Record<string, readonly [number | string]> };
  return Object.entries(rules)
    .filter(([, [level]]) => level === 2 || level === 'error')
    .map(([name]) => name);
}

function biome(): Guideline {
  const listed = tool('biome', ['rage', '--linter']).output.split('Enabled rules:')[1] ?? '';
  const rules = listed
    .split('\n')
    .map((line) => line.trim())
    // Of markup and style sheets there are none.
    .filter((line) => /^\w+\/\w+$/.test(line) && !line.startsWith('a11y/'))
    .map((name): Rule => ({ name, scope: 'all', violations: 0, deviations: 0 }));
  const result = JSON.parse(tool('biome', ['check', '--reporter=json', '--max-diagnostics=none']).output) as {
    summary: { unchanged: number; changed: number };
    diagnostics: { category?: string | null }[];
  };
  for (const { category } of result.diagnostics) {
    const name = (category ?? '').replace(/^lint\//, '');
    (rules.find((rule) => rule.name === name) ?? rules[0]!).violations++;
  }
  for (const path of filesBelow(FOLDERS, /\.m?[jt]s$/)) {
    for (const [, name = ''] of readFileSync(join(ROOT, path), 'utf8').matchAll(/^\s*\/\/ biome-ignore lint\/([\w/]+)/gm)) {
      const rule = rules.find((one) => one.name === name);
      if (rule !== undefined) rule.deviations++;
    }
  }
  const files = result.summary.unchanged + result.summary.changed;
  return { title: 'Style and correctness', enforcedBy: '`biome` with `biome.json` (`npm run lint`); its formatter besides', rules, files };
}

function layers(): Guideline {
  const { summary } = JSON.parse(tool('depcruise', ['--config', '.dependency-cruiser.mjs', 'src', '--output-type', 'json']).output) as {
    summary: {
      totalCruised: number;
      violations: { rule: { name: string } }[];
      ruleSetUsed: { forbidden: { name: string }[] };
    };
  };
  const rules = summary.ruleSetUsed.forbidden.map(
    ({ name }): Rule => ({
      name,
      scope: 'src',
      violations: summary.violations.filter(({ rule }) => rule.name === name).length,
      deviations: 0,
    }),
  );
  return {
    title: 'Layers',
    enforcedBy: '`dependency-cruiser` with `.dependency-cruiser.mjs` (`npm run layers`)',
    rules,
    files: summary.totalCruised,
  };
}

function tool(name: string, args: readonly string[]): { readonly output: string } {
  const result = spawnSync(join(ROOT, 'node_modules/.bin', name), args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1' },
    shell: process.platform === 'win32',
  });
  if (result.error !== undefined) throw result.error;
  if (result.stdout === '' && result.status !== 0) throw new Error(`${name}: ${result.stderr}`);
  return { output: result.stdout };
}

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly where: string;
  readonly reason: string;
}

function readRegister(): Entry[] {
  return [...readFileSync(join(ROOT, 'docs/register.md'), 'utf8').matchAll(/^\| *(R\d+) *\|([^|]*)\|([^|]*)\|(.*)\|\s*$/gm)].map(
    ([, id = '', kind = '', where = '', reason = '']) => ({ id, kind: kind.trim(), where: where.trim(), reason: reason.trim() }),
  );
}

function sumOf(rules: readonly Rule[], what: 'violations' | 'deviations'): number {
  return rules.reduce((sum, rule) => sum + rule[what], 0);
}

function pageOf(): string {
  const lines = [
    '<!-- Made by npm run coding-report. -->',
    '# Coding report',
    '',
    'Which rules the code keeps to, what enforces each, how often each is broken, and where one is deliberately not followed. Rules are read',
    'from the configurations as the tools resolve them, violations from their results; a deviation is a place that carries the id of its',
    'entry in [the register](register.md), and nothing else may be suppressed (`npm run register`).',
    '',
    '| guideline | enforced by | rules | violations | deviations |',
    '|---|---|---|---|---|',
    ...guidelines.map(
      ({ title, enforcedBy, rules }) =>
        `| ${title} | ${enforcedBy} | ${rules.length} | ${sumOf(rules, 'violations')} | ${sumOf(rules, 'deviations')} |`,
    ),
    '',
    'Beside these: `npm run register` (suppressions), `npm run quotes` and `npm run compliance` (requirements), `npm run api` (public',
    'names), `npm run size` (what is bundled), `npm run check` (the package as a stranger finds it, and what nobody uses).',
    '',
    '## Deviations',
    '',
  ];
  if (register.length === 0) lines.push('None.', '');
  else
    lines.push(
      '| id | kind | where | reason |',
      '|---|---|---|---|',
      ...register.map((one) => `| ${one.id} | ${one.kind} | ${one.where} | ${one.reason} |`),
      '',
    );
  for (const { title, enforcedBy, rules } of guidelines) {
    lines.push(`## ${title}`, '', `Enforced by ${enforcedBy}.`, '', '| rule | holds for | violations | deviations |', '|---|---|---|---|');
    for (const rule of rules) lines.push(`| \`${rule.name}\` | ${rule.scope} | ${rule.violations} | ${rule.deviations} |`);
    lines.push('');
  }
  return lines.join('\n');
}
