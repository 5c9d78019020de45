/**
 * A bounded array of objects named by handles. A handle is index and generation: when its object is gone, it names nothing,
 * also when the place is taken again. Twenty bits of generation: a place would have to be used a million times over.
 */
import type { Handle } from './types.ts';

const INDEX_BITS = 12;
const MAX_SLOTS = 1 << INDEX_BITS;
const MAX_GENERATION = 0xfffff;

export class Slots<T, K extends string> {
  readonly #objects: (T | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  #size = 0;
  capacity: number;

  constructor(capacity: number) {
    this.capacity = Math.min(capacity, MAX_SLOTS);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.capacity;
  }

  /** The handle of the object; undefined when all places are taken. */
  add(object: T): Handle<K> | undefined {
    if (this.isFull) return undefined;
    const index = this.#free.shift() ?? this.#objects.length;
    const generation = ((this.#generations[index] ?? 0) % MAX_GENERATION) + 1;
    this.#generations[index] = generation;
    this.#objects[index] = object;
    this.#size++;
    return (generation * MAX_SLOTS + index) as Handle<K>;
  }

  get(handle: Handle<K> | null | undefined): T | undefined {
    const index = this.#indexOf(handle);
    return index < 0 ? undefined : this.#objects[index];
  }

  remove(handle: Handle<K>): T | undefined {
    const index = this.#indexOf(handle);
    if (index < 0) return undefined;
    const object = this.#objects[index];
    this.#objects[index] = undefined;
    this.#free.push(index);
    this.#size--;
    return object;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const object of this.#objects) if (object !== undefined) yield object;
  }

  #indexOf(handle: unknown): number {
    if (typeof handle !== 'number' || !Number.isInteger(handle) || handle <= 0) return -1;
    const index = handle % MAX_SLOTS;
    const isCurrent = this.#objects[index] !== undefined && this.#generations[index] === Math.floor(handle / MAX_SLOTS);
    return isCurrent ? index : -1;
  }
}
