/** npm run build: src/ to dist/, one module per file, with declarations and without tests. What was there before goes. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { inSequence } from './sequence.ts';

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
process.exitCode = await inSequence([['dist/', 'tsc', ['-p', 'tsconfig.build.json']]]);

const command = join(ROOT, 'dist/cli/main.js');
if (existsSync(command)) chmodSync(command, 0o755);
