/** A server that stands before another one, which is never listening: whoever listens to the first hears of the second. */
import type { EventEmitter } from 'node:events';

/** `inner` gets a listener for an event when `outer` gets its first, since servers behave by whether anybody listens. */
export function forwardEvents(outer: EventEmitter, inner: EventEmitter, names: readonly string[]): void {
  const forwarded = new Set<string | symbol>();
  outer.on('newListener', (name: string | symbol) => {
    if (typeof name !== 'string' || !names.includes(name) || forwarded.has(name)) return;
    forwarded.add(name);
    inner.on(name, (...args: unknown[]) => void outer.emit(name, ...args));
  });
  outer.on('removeListener', (name: string | symbol) => {
    if (!forwarded.has(name) || outer.listenerCount(name) > 0) return;
    forwarded.delete(name);
    inner.removeAllListeners(name);
  });
}
