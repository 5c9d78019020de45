/** A queue whose taking does not move what stays. */

export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const items = this.#items;
    const item = items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head === items.length) {
      // A queue that was long once does not stay large.
      if (items.length > 1_024) this.#items = [];
      else items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1_024 && this.#head * 2 >= items.length) {
      items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}
