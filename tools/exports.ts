/** The subpath exports of package.json, one per file: what the package promises. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

/** One thing to import. */
export interface PackageExport {
  /** `.`, `./tls`, `./presets/modern`. */
  readonly subpath: string;
  /** Below dist/, without extension: `node/tls/index`. */
  readonly module: string;
}

interface Conditions {
  readonly types: string;
  readonly default: string;
}

/** All of them; a pattern stands for each source file that it matches, and for at least one. */
export function packageExports(): PackageExport[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, Conditions | string | null> };
  const found: PackageExport[] = [];
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string' || target === null) continue;
    const module = moduleOf(target.default);
    if (moduleOf(target.types) !== module) throw new Error(`${subpath}: types and default are not of the same module`);
    if (!subpath.includes('*')) {
      found.push({ subpath, module });
      continue;
    }
    const folder = dirname(module);
    const files = existsSync(join(ROOT, 'src', folder)) ? readdirSync(join(ROOT, 'src', folder)) : [];
    const names = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => name.slice(0, -3));
    if (names.length === 0) throw new Error(`${subpath}: src/${folder} has no module`);
    for (const name of names) {
      const one = subpath.replace('*', name);
      if (manifest.exports[one] !== null) found.push({ subpath: one, module: module.replace('*', name) });
    }
  }
  return found;
}

function moduleOf(file: string): string {
  return file.replace(/^\.\/dist\//, '').replace(/(\.d\.ts|\.js)$/, '');
}
