/** A growing buffer with a cursor; lengths are reserved with `open` and filled in by `close`. */

export class Writer {
  buffer: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
  }

  u24(value: number): void {
    const at = this.reserve(3);
    this.buffer[at] = value >>> 16;
    this.buffer[at + 1] = value >>> 8;
    this.buffer[at + 2] = value;
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.buffer[at] = value >>> 24;
    this.buffer[at + 1] = value >>> 16;
    this.buffer[at + 2] = value >>> 8;
    this.buffer[at + 3] = value;
  }

  bytes(value: Uint8Array): void {
    const at = this.reserve(value.length);
    this.buffer.set(value, at);
  }

  zeros(count: number): void {
    const at = this.reserve(count);
    this.buffer.fill(0, at, at + count);
  }

  /** `value` behind a length of `width` bytes. */
  vector(width: 1 | 2 | 3, value: Uint8Array): void {
    const at = this.open(width);
    this.bytes(value);
    this.close(width, at);
  }

  /** 16-bit numbers behind a length of `width` bytes. */
  u16List(width: 1 | 2, values: readonly number[]): void {
    const at = this.open(width);
    for (const value of values) this.u16(value);
    this.close(width, at);
  }

  /** Reserves a length; hand the result to `close`. */
  open(width: 1 | 2 | 3): number {
    return this.reserve(width);
  }

  /** Fills in the length reserved at `at` with what was written since. Throws RangeError when it does not fit. */
  close(width: 1 | 2 | 3, at: number): void {
    const length = this.length - at - width;
    if (length >>> (8 * width) !== 0) throw new RangeError('vector too long');
    for (let i = width - 1, rest = length; i >= 0; i--, rest >>>= 8) this.buffer[at + i] = rest;
  }

  /** Makes room and moves the cursor; the caller fills `buffer` at the returned position. */
  reserve(count: number): number {
    const at = this.length;
    const length = at + count;
    if (length > this.buffer.length) this.#grow(length);
    this.length = length;
    return at;
  }

  /** What was written, as a view. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** What was written, as bytes of its own. */
  copy(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
