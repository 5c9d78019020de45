/** Where the test vectors are: beside the repository, and not everywhere. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED = new URL('../../../shared/', import.meta.url);

/** The text of a shared file; undefined when it is not there, upon which the test skips. */
export function sharedText(path: string): string | undefined {
  const file = fileURLToPath(new URL(path, SHARED));
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The reason for a skip, or false. */
export function absent(path: string): string | false {
  return sharedText(path) === undefined ? `no ../shared/${path}` : false;
}
