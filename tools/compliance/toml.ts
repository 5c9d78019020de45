/** The little of TOML that requirement and exception files use: arrays of tables with strings, of one line or literal over several. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

export interface Table {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** The tables `[[name]]` of a file. Throws on what it cannot read. */
export function readTables(path: string, name: string): Table[] {
  const tables: { line: number; values: Record<string, string> }[] = [];
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trim();
    const at = `${path}:${i + 1}`;
    if (line === '' || line.startsWith('#')) continue;
    if (line === `[[${name}]]`) {
      tables.push({ line: i + 1, values: {} });
      continue;
    }
    const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
    const table = tables.at(-1);
    if (key === undefined || value === undefined || table === undefined) throw new Error(`${at}: cannot read ${line}`);
    if (value.startsWith("'''")) {
      const parts = [value.slice(3)];
      while (!parts.at(-1)!.endsWith("'''")) {
        const next = lines[++i];
        if (next === undefined) throw new Error(`${at}: the string has no end`);
        parts.push(next);
      }
      table.values[key] = parts.join('\n').slice(0, -3).replace(/^\n/, '').trimEnd();
    } else table.values[key] = JSON.parse(value) as string;
  }
  return tables;
}
