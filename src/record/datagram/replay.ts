/**
 * The sliding window against replays, RFC 6347 §4.1.2.6. 32, 64 or 128 numbers; memory does not depend on what comes.
 *
 * Always true: a number that was accepted is never fresh again, and one that left the window on the left never was.
 * `accept` is called only for records that authenticated (D3).
 */

export type WindowSize = 32 | 64 | 128;

export class ReplayWindow {
  readonly size: WindowSize;
  /** The highest number accepted; -1 before the first. */
  top = -1;
  // Bit i of the four words, lowest first, stands for `top - i`.
  #w0 = 0;
  #w1 = 0;
  #w2 = 0;
  #w3 = 0;

  constructor(size: WindowSize) {
    this.size = size;
  }

  /** Whether a record with this number may still be new. */
  fresh(seq: number): boolean {
    const behind = this.top - seq;
    if (behind < 0) return true;
    if (behind >= this.size) return false;
    return (this.#word(behind >>> 5) & (1 << (behind & 31))) === 0;
  }

  accept(seq: number): void {
    const ahead = seq - this.top;
    if (ahead > 0) {
      this.#shift(Math.min(ahead, this.size));
      this.#w0 |= 1;
      this.top = seq;
    } else if (-ahead < this.size) this.#mark(-ahead >>> 5, 1 << (-ahead & 31));
  }

  #word(index: number): number {
    return index === 0 ? this.#w0 : index === 1 ? this.#w1 : index === 2 ? this.#w2 : this.#w3;
  }

  #mark(index: number, bit: number): void {
    if (index === 0) this.#w0 |= bit;
    else if (index === 1) this.#w1 |= bit;
    else if (index === 2) this.#w2 |= bit;
    else this.#w3 |= bit;
  }

  #shift(count: number): void {
    for (let words = count >>> 5; words > 0; words--) {
      this.#w3 = this.#w2;
      this.#w2 = this.#w1;
      this.#w1 = this.#w0;
      this.#w0 = 0;
    }
    const bits = count & 31;
    if (bits === 0) return;
    this.#w3 = (this.#w3 << bits) | (this.#w2 >>> (32 - bits));
    this.#w2 = (this.#w2 << bits) | (this.#w1 >>> (32 - bits));
    this.#w1 = (this.#w1 << bits) | (this.#w0 >>> (32 - bits));
    this.#w0 <<= bits;
  }
}
