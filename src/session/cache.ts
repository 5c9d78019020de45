/** A session store in memory: bounded, least recently used out first, `take` atomic because JavaScript is (S30). */
import { latin1 } from '../base/bytes.ts';
import type { SessionStore } from './store.ts';

interface Entry {
  readonly sealed: Uint8Array;
  readonly expires: number;
}

/**
 * `capacity`: most entries held, 20 000 by default. `now`: milliseconds on any clock that does not go back.
 */
export function createMemoryStore(now: () => number, capacity = 20_000): SessionStore {
  const sessions = new Map<string, Entry>();
  const seen = new Map<string, number>();

  function find(id: Uint8Array): [string, Entry | undefined] {
    const key = latin1(id);
    const entry = sessions.get(key);
    if (entry === undefined || entry.expires > now()) return [key, entry];
    sessions.delete(key);
    return [key, undefined];
  }

  return {
    get(id) {
      const [key, entry] = find(id);
      if (entry === undefined) return undefined;
      sessions.delete(key);
      sessions.set(key, entry);
      return entry.sealed;
    },
    put(id, sealed, ttlMs) {
      const key = latin1(id);
      sessions.delete(key);
      sessions.set(key, { sealed, expires: now() + ttlMs });
      dropOldest(sessions, capacity);
    },
    take(id) {
      const [key, entry] = find(id);
      sessions.delete(key);
      return entry?.sealed;
    },
    addOnce(id, ttlMs) {
      const key = latin1(id);
      const until = seen.get(key);
      if (until !== undefined && until > now()) return false;
      seen.delete(key);
      seen.set(key, now() + ttlMs);
      dropOldest(seen, capacity);
      return true;
    },
    delete(id) {
      sessions.delete(latin1(id));
    },
  };
}

function dropOldest(map: Map<string, unknown>, capacity: number): void {
  while (map.size > capacity) {
    const oldest = map.keys().next();
    if (oldest.done === true) return;
    map.delete(oldest.value);
  }
}
