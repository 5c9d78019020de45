/** A binary heap of things that have a time: one for all timers of an endpoint. Adding, moving and removing cost O(log n). */

export interface Timed {
  /** When it is due, ms. */
  due: number;
  /** Where it stands in the heap; -1: it does not. The heap's own. */
  heapIndex: number;
}

export class TimerHeap<T extends Timed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the first item is due; Infinity when there is none. */
  get next(): number {
    return this.#items[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** The first item, when it is due. It stays where it is. */
  first(now: number): T | undefined {
    const item = this.#items[0];
    return item !== undefined && item.due <= now ? item : undefined;
  }

  /** Puts an item at its time; at Infinity it is not kept. */
  set(item: T, due: number): void {
    if (due === Number.POSITIVE_INFINITY) {
      this.remove(item);
      return;
    }
    const before = item.due;
    item.due = due;
    if (item.heapIndex < 0) {
      item.heapIndex = this.#items.length;
      this.#items.push(item);
      this.#up(item);
    } else if (due < before) this.#up(item);
    else if (due > before) this.#down(item);
  }

  remove(item: T): void {
    const index = item.heapIndex;
    item.due = Number.POSITIVE_INFINITY;
    if (index < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop()!;
    if (last === item) return;
    last.heapIndex = index;
    this.#items[index] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(item: T): void {
    const items = this.#items;
    let index = item.heapIndex;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      if (items[parent]!.due <= item.due) break;
      this.#place(items[parent]!, index);
      index = parent;
    }
    this.#place(item, index);
  }

  #down(item: T): void {
    const items = this.#items;
    let index = item.heapIndex;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.due < items[child]!.due) child++;
      if (items[child]!.due >= item.due) break;
      this.#place(items[child]!, index);
      index = child;
    }
    this.#place(item, index);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
