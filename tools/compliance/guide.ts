/** The items of the user guide of the embedded interface as requirements `UG-…`: where each is defined, and which test names it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { CODES, FUNCTIONS, type GuideItem, NOTIFICATIONS, OPTIONS, PLATFORM, SAMPLES, STRUCTURES } from '../embedded-guide.ts';
import { filesBelow } from '../source-files.ts';

export interface GuideTrace {
  readonly id: string;
  readonly section: string;
  readonly text: string;
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

const GROUPS: readonly (readonly [prefix: string, text: string, items: readonly GuideItem[]])[] = [
  ['UG-FUNCTION', 'The function', FUNCTIONS],
  ['UG-CODE', 'The return code', CODES],
  ['UG-NOTIFICATION', 'The notification, state or flag', NOTIFICATIONS],
  ['UG-OPTION', 'The option', OPTIONS],
  ['UG-STRUCTURE', 'The structure', STRUCTURES.map(([name]) => ({ name, section: '5.7' }))],
  ['UG-PLATFORM', 'The platform function', PLATFORM],
  ['UG-SAMPLE', 'The sample', SAMPLES],
];

/** Each item with the files that define it and the test files that name it. */
export function traceGuide(): GuideTrace[] {
  const code = read(filesBelow(['src/embedded'], /(?<!\.test)\.ts$/));
  const samples = filesBelow(['examples/embedded'], /\.ts$/);
  const tests = read(filesBelow(['test/embedded', 'src/embedded'], /\.test\.ts$/));
  return GROUPS.flatMap(([prefix, text, items]) =>
    items.map(({ name, section, value }) => {
      const named = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
      const defined = new RegExp(`(?:export (?:async )?(?:function|const|interface) |^\\s*(?:readonly )?)${name}(?:\\b(?!-))[^,\\n]*`, 'm');
      return {
        id: `${prefix}-${name}`,
        section,
        text: `${text} \`${name}\`${value === undefined ? '' : ` (${value})`}`,
        code: prefix === 'UG-SAMPLE' ? samples.filter((path) => path.endsWith(`/${name}.ts`)) : matching(code, defined),
        tests: matching(tests, named),
      };
    }),
  );
}

function read(paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

function matching(files: ReadonlyMap<string, string>, pattern: RegExp): string[] {
  return [...files].filter(([, text]) => pattern.test(text)).map(([path]) => path);
}
