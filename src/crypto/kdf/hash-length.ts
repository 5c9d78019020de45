/** Output lengths in bytes. */
import type { HashName } from '../port.ts';

export function hashLength(name: HashName): number {
  switch (name) {
    case 'md5':
      return 16;
    case 'sha1':
      return 20;
    case 'sha224':
      return 28;
    case 'sha256':
      return 32;
    case 'sha384':
      return 48;
    case 'sha512':
      return 64;
  }
}
