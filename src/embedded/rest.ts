/** Cipher objects are held for speed alone: connections on which nothing has happened for a while let go of them. */
import type { CoreConnection } from '../engine/core-connection.ts';

const REST_MS = 1_000;
const used = new Set<{ readonly engine: Pick<CoreConnection, 'rest'> | undefined }>();

/** A connection was used. */
export function restLater(link: { readonly engine: Pick<CoreConnection, 'rest'> | undefined }): void {
  if (used.size === 0) {
    const timer = setTimeout(() => {
      for (const each of used) each.engine?.rest();
      used.clear();
    }, REST_MS);
    timer.unref();
  }
  used.add(link);
}
