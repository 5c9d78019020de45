/**
 * npm run verify              runs every step of .ci/run that this machine allows, and writes build/verify-report.md
 * npm run verify -- WORD …    only the steps whose title contains one of the words
 *
 * The list of steps is that of .ci/run; here is only the report: what was run, how it ended, what was skipped and why, and the
 * closing lines of each.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from './bootstrap.mjs';

const RESULTS = '.cache/ci/results.tsv';
const REPORT = 'build/verify-report.md';
/** Closing lines of a step that are shown. */
const SHOWN = 14;

interface Step {
  readonly outcome: string;
  readonly title: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly log: string;
  readonly command: string;
  readonly reason: string;
}

const words = process.argv.slice(2);
const started = new Date();
const status = await run('bash', ['.ci/run', '--verify', ...words.flatMap((word) => ['--only', word])]);
mkdirSync(join(ROOT, 'build'), { recursive: true });
writeFileSync(join(ROOT, REPORT), reportOf(readResults()));
console.log(`\n${REPORT} is the report.`);
process.exitCode = status;

function readResults(): Step[] {
  if (!existsSync(join(ROOT, RESULTS))) return [];
  return readFileSync(join(ROOT, RESULTS), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [outcome = '', title = '', seconds, passed, failed, skipped, log = '', command = '', reason = ''] = line.split('\t');
      return {
        outcome,
        title,
        seconds: Number(seconds),
        passed: Number(passed),
        failed: Number(failed),
        skipped: Number(skipped),
        log,
        command,
        reason,
      };
    });
}

function reportOf(steps: readonly Step[]): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const total = (what: 'passed' | 'failed' | 'skipped' | 'seconds'): number => steps.reduce((sum, step) => sum + step[what], 0);
  const left = steps.filter(({ outcome }) => outcome === 'skipped');
  const bad = steps.filter(({ outcome }) => outcome === 'FAILED');
  const lines = [
    `# Verification of veritls ${version}`,
    '',
    `${started.toISOString()}, ${tree()}`,
    '',
    `Node ${process.versions.node} (OpenSSL ${process.versions.openssl}), ${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB.`,
    '',
    `**${bad.length === 0 ? 'Nothing failed' : `${bad.length} steps failed`}**: ${steps.length} steps, of which ${left.length} were skipped, in ${Math.round(total('seconds') / 60)} minutes; ${total('passed')} tests and checks passed, ${total('failed')} failed, ${total('skipped')} skipped.`,
    ...(words.length === 0 ? [] : ['', `Only steps named ${words.join(' or ')} were run: this is no whole verification.`]),
    '',
    '| step | command | outcome | passed | failed | skipped | s |',
    '|---|---|---|---|---|---|---|',
    ...steps.map(
      (step) =>
        `| ${step.title} | ${step.command === '' ? '' : `\`${step.command}\``} | ${step.outcome} | ${step.passed} | ${step.failed} | ${step.skipped} | ${step.seconds} |`,
    ),
    '',
    '## Skipped, and why',
    '',
    ...(left.length === 0 ? ['Nothing.'] : left.map(({ title, reason }) => `- ${title}: ${reason}`)),
    '',
    '## What each said last',
    '',
  ];
  for (const { title, log, outcome } of steps) {
    if (log === '' || !existsSync(join(ROOT, log))) continue;
    const said = readFileSync(join(ROOT, log), 'utf8').trimEnd().split('\n');
    lines.push(`### ${title}: ${outcome}`, '', '```text', ...said.slice(outcome === 'FAILED' ? -6 * SHOWN : -SHOWN), '```', '');
  }
  return lines.join('\n');
}

/** The commit, and whether there is more than it holds. */
function tree(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  const commit = git('rev-parse', 'HEAD');
  if (commit === '') return 'no commit';
  const changes = git('status', '--porcelain')
    .split('\n')
    .filter((line) => line !== '').length;
  return `commit ${commit.slice(0, 12)}${changes === 0 ? '' : ` and ${changes} changed files`}`;
}
