/**
 * npm run lint            format and style (biome), rules that need types (eslint), the register of suppressions, links, lock file
 * npm run lint -- PATH …  only these files
 * npm run lint -- --fix   mends what can be mended without thinking
 */
import { inSequence } from './sequence.ts';

const args = process.argv.slice(2);
const paths = args.filter((argument) => !argument.startsWith('-'));
const fixing = args.includes('--fix');

process.exitCode = await inSequence([
  ['format and style', 'biome', ['check', '--error-on-warnings', '--max-diagnostics=60', ...(fixing ? ['--write'] : []), ...paths]],
  ['rules that need types', 'eslint', ['--max-warnings=0', ...(fixing ? ['--fix'] : []), ...(paths.length > 0 ? paths : ['.'])]],
  ['register of deviations', 'tools/register.ts', []],
  ['links in documents', 'tools/doc-links.ts', []],
  ['lock file', 'tools/lock-file.ts', []],
]);
