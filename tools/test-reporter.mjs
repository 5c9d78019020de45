/**
 * A line per test file, then every failure in full, what was skipped and why, and last the counts in the form of Node's own
 * `spec` reporter.
 */
import { relative, resolve } from 'node:path';
import { inspect } from 'node:util';

const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

export default async function* report(source) {
  const files = new Map();
  const failures = [];
  const skips = new Map();
  const counts = [];
  let current;

  for await (const { type, data } of source) {
    // Some versions of Node give a path from the working directory, some an absolute one.
    const file = data?.file === undefined ? undefined : resolve(data.file);
    if (file !== undefined && type.startsWith('test:') && type !== 'test:enqueue' && type !== 'test:dequeue') {
      if (!files.has(file)) files.set(file, { tests: 0, failed: 0, skipped: 0, ms: 0, output: '' });
    }
    const state = files.get(file);
    switch (type) {
      case 'test:pass':
      case 'test:fail': {
        if (current !== undefined && current !== file) yield line(current, files.get(current));
        current = file;
        if (state === undefined) break;
        if (data.nesting === 0) state.ms += data.details?.duration_ms ?? 0;
        if (data.details?.type !== 'suite') state.tests++;
        if (data.skip !== undefined || data.todo !== undefined) {
          state.skipped++;
          const reason = [data.skip, data.todo].find((text) => typeof text === 'string' && text !== '') ?? 'no reason given';
          skips.set(reason, (skips.get(reason) ?? 0) + 1);
        }
        if (type === 'test:fail' && !isParentOnly(data)) {
          state.failed++;
          failures.push(data);
          yield `✖ ${title(data)}\n`;
        }
        break;
      }
      case 'test:stdout':
      case 'test:stderr':
        if (state !== undefined) state.output += data.message;
        break;
      case 'test:diagnostic':
        if (data.nesting === 0 && COUNTS.test(data.message)) counts.push(data.message);
        break;
    }
  }
  if (current !== undefined) yield line(current, files.get(current));

  for (const [file, state] of files) {
    if (state.failed > 0 && state.output !== '') yield `\nWhat ${relative(process.cwd(), file)} printed:\n${state.output}\n`;
  }
  if (failures.length > 0) yield '\nFailed:\n';
  for (const data of failures) yield failure(data);
  if (skips.size > 0) yield '\nSkipped:\n';
  for (const [reason, count] of skips) yield `  ${count} × ${reason}\n`;
  yield '\n';
  for (const count of counts) yield `ℹ ${count}\n`;
}

function line(file, state) {
  const mark = state.failed > 0 ? '✖' : '✔';
  const skipped = state.skipped > 0 ? `, ${state.skipped} skipped` : '';
  const failed = state.failed > 0 ? `, ${state.failed} failed` : '';
  return `${mark} ${relative(process.cwd(), file)}  ${state.tests}${failed}${skipped}  ${Math.round(state.ms)} ms\n`;
}

function failure(data) {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  const text = typeof cause === 'string' ? cause : cause?.stack ? stack(cause) : inspect(cause);
  return `\n✖ ${title(data)}\n  ${relative(process.cwd(), data.file ?? '')}\n${text.replace(/^/gm, '  ')}\n`;
}

/** A file that fails as a whole is named by its path. */
function title(data) {
  return data.file !== undefined && resolve(data.name) === resolve(data.file)
    ? `${relative(process.cwd(), data.file)} as a whole`
    : data.name;
}

/** Stack and, for assertions, what was compared. */
function stack(error) {
  const compared =
    error.code === 'ERR_ASSERTION' && !error.generatedMessage
      ? `\n${inspect({ actual: error.actual, expected: error.expected }, { depth: 6 })}`
      : '';
  return `${error.stack.replace(/\n\s+at .*node:(internal|async_hooks).*/g, '')}${compared}`;
}

/** A suite or parent fails because a test in it did: the test itself is told. */
function isParentOnly(data) {
  return data.details?.error?.failureType === 'subtestsFailed';
}
