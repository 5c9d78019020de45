/** What was fetched, until it is out of date: bounded in bytes, the least recently used goes first. */

interface Entry<T> {
  readonly value: T;
  readonly bytes: number;
  readonly until: number;
}

/** What an entry weighs beside its content. */
const OVERHEAD = 256;

export class ByteCache<T> {
  readonly #entries: Map<string, Entry<T>> = new Map();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, now: number): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (now >= entry.until) {
      this.#bytes -= entry.bytes;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** `until`: wall clock, ms. What is larger than the whole cache is not kept. */
  set(key: string, value: T, bytes: number, until: number): void {
    const weight = bytes + key.length + OVERHEAD;
    const old = this.#entries.get(key);
    if (old !== undefined) {
      this.#bytes -= old.bytes;
      this.#entries.delete(key);
    }
    if (weight > this.#maxBytes) return;
    this.#entries.set(key, { value, bytes: weight, until });
    this.#bytes += weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
