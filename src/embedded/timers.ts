/** Who wants to be looked at every TLS_TIMER_PERIOD: one timer for all, and none when there is nobody. */

const wanting = new Set<(now: number) => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls `look` every `period` ms until the result is called. */
export function every(period: number, look: (now: number) => void): () => void {
  wanting.add(look);
  if (timer === undefined) {
    timer = setInterval(() => {
      const now = performance.now();
      for (const each of [...wanting]) each(now);
    }, period);
    timer.unref();
  }
  return () => {
    wanting.delete(look);
    if (wanting.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
