/**
 * npm test                          every *.test.ts under src/ and test/
 * npm test -- reader handshake      those whose path contains one of the words
 * npm test -- --test-name-pattern=… options of Node's test runner
 *
 * Installs the development dependencies first when needed. The closing lines are the counts.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT, run } from './bootstrap.mjs';

const TIMEOUT_MS = 300_000;

const args = process.argv.slice(2);
const words = args.filter((argument) => !argument.startsWith('-'));
const options = args.filter((argument) => argument.startsWith('-'));

await ensureInstalled();
const files = ['src', 'test'].flatMap((folder) => testFiles(folder)).sort();
const chosen = words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)));
if (chosen.length === 0) {
  console.error(`No test file matches: ${words.join(' ')}`);
  process.exit(2);
}
console.log(`${chosen.length} test files on Node ${process.versions.node}`);
process.exitCode = await run(process.execPath, [
  '--import',
  'tsx',
  '--test',
  '--test-concurrency=2',
  `--test-timeout=${TIMEOUT_MS}`,
  ...(options.some((option) => option.startsWith('--test-reporter')) ? [] : ['--test-reporter=./tools/test-reporter.mjs']),
  ...options,
  ...chosen,
]);

/** Paths from the root, with `/` on every platform. Node 20 cannot expand patterns itself. */
function testFiles(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
