/** `npm run demo`: installs what is needed, then runs the demonstration. */
import { ensureInstalled, run, typescript } from './bootstrap.mjs';

await ensureInstalled();
process.exitCode = await run(process.execPath, typescript('src/cli/main.ts', 'demo', ...process.argv.slice(2)));
