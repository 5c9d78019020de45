/** The files of the repository that are written by hand, as paths from its root with `/`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

/** All files below `folders` whose name matches. */
export function filesBelow(folders: readonly string[], name: RegExp): string[] {
  const found: string[] = [];
  for (const folder of folders) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) found.push(...filesBelow([path], name));
      else if (name.test(entry.name)) found.push(path);
    }
  }
  return found.sort();
}
