/**
 * A cursor over received bytes. No read goes past the end: a short message is `decode_error`, as RFC 9846 §6.2 asks.
 * Byte strings are views of the input, never copies.
 */
import { DECODE_ERROR } from './alerts.ts';
import { EMPTY } from './bytes.ts';
import { fail } from './errors.ts';

export class Reader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.end - this.position;
  }

  u8(): number {
    return this.bytes[this.#take(1)]!;
  }

  u16(): number {
    const at = this.#take(2);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  u24(): number {
    const at = this.#take(3);
    return (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!;
  }

  u32(): number {
    const at = this.#take(4);
    const b = this.bytes;
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return length === 0 ? EMPTY : this.bytes.subarray(at, at + length);
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** `opaque x<min..max>` with a length of `width` bytes, as a view. */
  vector(width: 1 | 2 | 3, min = 0, max: number = Number.POSITIVE_INFINITY): Uint8Array {
    const length = this.#length(width, min, max);
    return this.take(length);
  }

  /** A length-prefixed part with a cursor of its own. */
  sub(width: 1 | 2 | 3, min = 0, max: number = Number.POSITIVE_INFINITY): Reader {
    const length = this.#length(width, min, max);
    const at = this.#take(length);
    return new Reader(this.bytes, at, at + length);
  }

  /** A list of 16-bit numbers, `uint16 x<min..max>`. */
  u16List(width: 1 | 2, min = 0): number[] {
    const part = this.sub(width, min);
    if (part.remaining % 2 !== 0) malformed('odd list length');
    const list: number[] = [];
    while (part.remaining > 0) list.push(part.u16());
    return list;
  }

  /** The structure ends here. */
  finish(): void {
    if (this.position !== this.end) malformed('trailing bytes');
  }

  #length(width: 1 | 2 | 3, min: number, max: number): number {
    const length = width === 1 ? this.u8() : width === 2 ? this.u16() : this.u24();
    if (length < min || length > max) malformed('length out of range');
    return length;
  }

  #take(length: number): number {
    const at = this.position;
    if (length > this.end - at) malformed('short');
    this.position = at + length;
    return at;
  }
}

function malformed(detail: string): never {
  //= rfc9846#section-6
  //# Peers which receive a message which cannot be parsed according to the syntax (e.g., have a length
  //# extending beyond the message boundary or contain an out-of-range length) MUST terminate the
  //# connection with a "decode_error" alert
  fail(DECODE_ERROR, 'decode_error', detail);
}
