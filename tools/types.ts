/**
 * npm run types: everything with Node's types, then the engine without any, so that it cannot name a platform, and
 * with explicit types on all that it exports; then the library as it is built.
 */
import { inSequence } from './sequence.ts';

process.exitCode = await inSequence([
  ['all files, with the types of Node', 'tsc', ['-p', 'tsconfig.json', '--noEmit']],
  ['the engine, with the types of no platform', 'tsc', ['-p', 'tsconfig.engine.json', '--noEmit']],
  ['the library, as it is built', 'tsc', ['-p', 'tsconfig.build.json', '--noEmit']],
]);
