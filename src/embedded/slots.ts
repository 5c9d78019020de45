/**
 * A bounded array of objects named by handles. A handle is index, kind and generation: when its object is gone, it names
 * nothing, also when the place is taken again, and it never names an object of another kind. Twenty bits of generation: a place
 * would have to be used a million times over.
 */
import type { Handle } from './types.ts';

const KINDS = ['encryption', 'connection', 'ticket', 'tcp-connection', 'tcp-port', 'udp'] as const;
const MAX_SLOTS = 4096;
const MAX_GENERATION = 0xfffff;

export class Slots<T, K extends (typeof KINDS)[number]> {
  readonly #kind: number;
  readonly #capacity: number;
  readonly #objects = new Map<Handle<K>, T>();
  readonly #generations: number[] = [];
  readonly #free: number[] = [];

  constructor(kind: K, capacity: number) {
    this.#kind = KINDS.indexOf(kind);
    this.#capacity = Math.min(capacity, MAX_SLOTS);
  }

  get size(): number {
    return this.#objects.size;
  }

  get isFull(): boolean {
    return this.#objects.size >= this.#capacity;
  }

  /** The handle of the object; undefined when all places are taken. */
  add(object: T): Handle<K> | undefined {
    if (this.isFull) return undefined;
    const index = this.#free.shift() ?? this.#generations.length;
    const generation = ((this.#generations[index] ?? 0) % MAX_GENERATION) + 1;
    this.#generations[index] = generation;
    const handle = ((generation * KINDS.length + this.#kind) * MAX_SLOTS + index) as Handle<K>;
    this.#objects.set(handle, object);
    return handle;
  }

  get(handle: Handle<K> | null | undefined): T | undefined {
    return this.#objects.get(handle!);
  }

  remove(handle: Handle<K>): T | undefined {
    const object = this.#objects.get(handle);
    if (object === undefined) return undefined;
    this.#objects.delete(handle);
    this.#free.push(handle % MAX_SLOTS);
    return object;
  }

  /** Handles and objects, the longest there first. */
  entries(): [Handle<K>, T][] {
    return [...this.#objects];
  }

  *[Symbol.iterator](): IterableIterator<T> {
    yield* this.#objects.values();
  }
}
