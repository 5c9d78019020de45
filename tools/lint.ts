/**
 * npm run lint            format and style (biome), rules that need types (eslint), the register of suppressions, links, lock file
 * npm run lint -- PATH …  only these files
 */
import { inSequence } from './sequence.ts';

const paths = process.argv.slice(2);

process.exitCode = await inSequence([
  ['format and style', 'biome', ['check', '--error-on-warnings', '--max-diagnostics=60', ...paths]],
  ['rules that need types', 'eslint', ['--max-warnings=0', ...(paths.length > 0 ? paths : ['.'])]],
  ['register of deviations', 'tools/register.ts', []],
  ['links in documents', 'tools/doc-links.ts', []],
  ['lock file', 'tools/lock-file.ts', []],
]);
