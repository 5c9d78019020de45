/** The lock file names versions and checksums, never the place that one person's packages came from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

const lines = readFileSync(join(ROOT, 'package-lock.json'), 'utf8').split('\n');
const places = lines.flatMap((line, index) => (/"resolved":/.test(line) ? [index + 1] : []));

for (const line of places) console.error(`package-lock.json:${line}: names where the package came from`);
if (places.length > 0) console.error('Remove node_modules/.package-lock.json and the lines, and run: npm install --package-lock-only');
process.exitCode = places.length === 0 ? 0 : 1;
