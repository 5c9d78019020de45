/** An input as a script: numbers and byte strings for as long as there are any, zeros and nothing from then on. */
export class Script {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  below(n: number): number {
    return this.u8() % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** At most so many bytes; fewer where the script ends. */
  bytes(length: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += part.length;
    return part;
  }

  /** A string behind its length, in one byte or, from 255 on, in three. */
  string(): Uint8Array {
    const short = this.u8();
    return this.bytes(short === 255 ? this.u16() : short);
  }

  rest(): Uint8Array {
    return this.bytes(this.#bytes.length);
  }
}
