/**
 * Tells when files change. Their folders are watched, not the files: editors and rotation tools put a new file in the place of the old
 * one, orchestrators turn a link. File systems without events are looked at now and then. Keeps no process alive.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

export interface WatchOptions {
  /** How long after the last event the files are looked at: several often change together. Default 100 ms. */
  readonly settleMs?: number | undefined;
  /** How often they are looked at without an event. Default 30 s. */
  readonly pollMs?: number | undefined;
}

export interface FileWatch {
  /** Looks now; true when something had changed, and `onChange` was called. */
  check(): boolean;
  close(): void;
}

const DEFAULT_SETTLE_MS = 100;
const DEFAULT_POLL_MS = 30_000;

/** `paths`: files and folders. `onChange` is called when one of them is another than before. */
export function watchFiles(paths: readonly string[], onChange: () => void, options: WatchOptions = {}): FileWatch {
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let state = stateOf(paths);
  let closed = false;
  const check = (): boolean => {
    timer = undefined;
    if (closed) return false;
    const now = stateOf(paths);
    if (now === state) return false;
    state = now;
    onChange();
    return true;
  };
  const soon = (): void => {
    if (timer !== undefined) clearTimeout(timer);
    timer = setTimeout(check, options.settleMs ?? DEFAULT_SETTLE_MS);
    timer.unref();
  };
  for (const folder of new Set(paths.flatMap((path) => [dirname(path), path]))) {
    try {
      const watcher = watch(folder, { persistent: false }, soon);
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // Not there yet, or no events here: the poll below sees it.
    }
  }
  const poll = setInterval(check, options.pollMs ?? DEFAULT_POLL_MS);
  poll.unref();
  return {
    check,
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** What tells one state of the files from another; links are followed. */
function stateOf(paths: readonly string[]): string {
  return paths.map((path) => describe(path, true)).join('\n');
}

function describe(path: string, enter: boolean): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    const own = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    if (!enter || !statSync(path).isDirectory()) return own;
    return [
      own,
      ...readdirSync(path)
        .sort()
        .map((name) => `${name} ${describe(join(path, name), false)}`),
    ].join('\n');
  } catch {
    return '-';
  }
}
