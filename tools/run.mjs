/**
 * node tools/run.mjs FILE.ts [arguments]   runs a TypeScript file of the repository
 * node tools/run.mjs NAME [arguments]      runs a program of node_modules/.bin
 *
 * Installs the development dependencies first when needed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT, run, typescript } from './bootstrap.mjs';

const [what, ...args] = process.argv.slice(2);
if (what === undefined) {
  console.error('usage: node tools/run.mjs FILE.ts|NAME [arguments]');
  process.exit(2);
}
const isFile = /\.m?ts$/.test(what);
if (isFile && !existsSync(join(ROOT, what))) {
  console.error(`${what} is not in this tree.`);
  process.exit(2);
}
await ensureInstalled();
process.exitCode = isFile
  ? await run(process.execPath, typescript(what, ...args))
  : await run(join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${what}.cmd` : what), args, {
      shell: process.platform === 'win32',
    });
