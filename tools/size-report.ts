/**
 * npm run size               bundles every entry of test/size/sizes.json and compares it with its ceilings
 * npm run size -- --modules  also the modules of each bundle, largest first
 * npm run size -- --set      moves the ceilings to 3 % above what was measured: a decision, for a commit of its own
 *
 * An entry is a small program in test/size/entries that imports what one kind of user would. Besides the ceilings in bytes
 * (minified, and minified and gzipped) it lists the modules that must not be in the bundle: what is not passed is not paid for.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

interface Entry {
  /** File of test/size/entries, without extension. */
  readonly name: string;
  readonly platform: 'node' | 'browser';
  /** Bytes. */
  minified: number;
  gzipped: number;
  /** Beginnings of module paths, and texts, that must not appear. */
  readonly absentModules: readonly string[];
  readonly absentTexts: readonly string[];
}

const CEILINGS = join(ROOT, 'test/size/sizes.json');

const { entries } = JSON.parse(readFileSync(CEILINGS, 'utf8')) as { entries: readonly Entry[] };
const sources = filesBelow(['src'], /\.ts$/);
const problems: string[] = [];
const setting = process.argv.includes('--set');

console.log(
  `${'bundle'.padEnd(28)}${'min'.padStart(9)}${'ceiling'.padStart(9)}${'gzip'.padStart(9)}${'ceiling'.padStart(9)}${'modules'.padStart(9)}`,
);
for (const entry of entries) await measure(entry);
if (setting) writeFileSync(CEILINGS, `${JSON.stringify({ entries }, undefined, 2)}\n`);
for (const problem of problems) console.error(`✖ ${problem}`);
console.log(
  `${entries.length - new Set(problems.map((problem) => problem.split(':')[0])).size} of ${entries.length} bundles as small as promised`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

async function measure(entry: Entry): Promise<void> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [`test/size/entries/${entry.name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: entry.platform,
    // A browser bundle that needs Node fails here.
    external: entry.platform === 'node' ? ['node:*'] : [],
    legalComments: 'none',
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]!;
  const gzipped = gzipSync(code.contents, { level: 9 }).length;
  const modules = Object.entries(Object.values(result.metafile.outputs)[0]!.inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);

  if (setting) {
    entry.minified = ceiling(code.contents.length);
    entry.gzipped = ceiling(gzipped);
  }
  const cells = [code.contents.length, entry.minified, gzipped, entry.gzipped, modules.length];
  console.log(entry.name.padEnd(28) + cells.map((cell) => String(cell).padStart(9)).join(''));
  if (process.argv.includes('--modules')) for (const { path, bytes } of modules) console.log(`${String(bytes).padStart(11)}  ${path}`);

  if (code.contents.length > entry.minified)
    problems.push(`${entry.name}: ${code.contents.length} bytes minified, ${entry.minified} allowed`);
  if (gzipped > entry.gzipped) problems.push(`${entry.name}: ${gzipped} bytes gzipped, ${entry.gzipped} allowed`);
  for (const prefix of entry.absentModules) {
    if (!sources.some((path) => path.startsWith(prefix)))
      problems.push(`${entry.name}: no file begins with ${prefix}, so its absence says nothing`);
    for (const { path, bytes } of modules) if (path.startsWith(prefix)) problems.push(`${entry.name}: contains ${path} (${bytes} bytes)`);
  }
  for (const text of entry.absentTexts) if (code.text.includes(text)) problems.push(`${entry.name}: contains the text ${text}`);
}

function ceiling(bytes: number): number {
  return Math.ceil((bytes * 1.03) / 100) * 100;
}
