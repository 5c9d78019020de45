/**
 * Cuts a byte stream into records, RFC 9846 §5.1. Records that lie whole in a chunk are views of it; only the one that
 * straddles two chunks is copied. Memory: at most one record.
 */
import type { RecordView } from '../../crypto/protect/protection.ts';

export const HEADER_LENGTH = 5;

export class Deframer {
  #input: Uint8Array | undefined;
  #at = 0;
  /** The record that straddles chunks: header first, then all of it. */
  #partial: Uint8Array | undefined;
  #filled = 0;
  #header: Uint8Array | undefined;
  /** The memory of the last such record: serves the next, unless what was in it was handed on. */
  #spare: Uint8Array | undefined;
  /** Longest fragment accepted; a longer one is reported before a byte of it is stored. */
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Takes the next chunk. The one before must have been used up, or saved by `keep`. */
  push(chunk: Uint8Array): void {
    if (this.#input !== undefined && this.#at < this.#input.length) {
      const rest = this.#input.subarray(this.#at);
      const joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      this.#input = joined;
    } else this.#input = chunk;
    this.#at = 0;
  }

  /** Bytes that have not been given out. */
  get buffered(): number {
    return (this.#input === undefined ? 0 : this.#input.length - this.#at) + (this.#partial === undefined ? 0 : this.#filled);
  }

  /** Fills in type and version of the record that has come in part; false: not even its header is whole. */
  peekHeader(record: RecordView): boolean {
    const header = this.#header;
    if (header === undefined || (this.#partial === undefined && this.#filled < HEADER_LENGTH)) return false;
    record.type = header[0]!;
    record.version = (header[1]! << 8) | header[2]!;
    return true;
  }

  /** Fills in `record`; false: not whole yet; `'overflow'`: longer than the limit. */
  next(record: RecordView): boolean | 'overflow' {
    if (this.#partial !== undefined || this.#header !== undefined) return this.#finishPartial(record);
    const input = this.#input;
    if (input === undefined) return false;
    const at = this.#at;
    const available = input.length - at;
    if (available < HEADER_LENGTH) return this.#savePartial(input, at, available);
    const length = (input[at + 3]! << 8) | input[at + 4]!;
    record.type = input[at]!;
    record.version = (input[at + 1]! << 8) | input[at + 2]!;
    //= rfc5246#section-6.2.3
    //# The length MUST NOT exceed 2^14 + 2048.
    if (length > this.limit) return 'overflow';
    if (available < HEADER_LENGTH + length) return this.#savePartial(input, at, available);
    record.fragment = input.subarray(at + HEADER_LENGTH, at + HEADER_LENGTH + length);
    this.#at = at + HEADER_LENGTH + length;
    return true;
  }

  /** The last record is in use, or nothing goes on: its memory is not written to again. */
  letGo(): void {
    this.#spare = undefined;
  }

  /** The caller's chunk is about to be reused: what is left of it is copied. */
  keep(): void {
    const input = this.#input;
    if (input === undefined) return;
    this.#input = this.#at < input.length ? input.slice(this.#at) : undefined;
    this.#at = 0;
  }

  #savePartial(input: Uint8Array, at: number, available: number): false {
    if (available === 0) {
      this.#input = undefined;
      this.#at = 0;
      return false;
    }
    const header = new Uint8Array(HEADER_LENGTH);
    const count = Math.min(available, HEADER_LENGTH);
    header.set(input.subarray(at, at + count));
    this.#header = header;
    this.#filled = count;
    this.#at = at + count;
    if (count === HEADER_LENGTH) this.#startBody();
    return false;
  }

  /** The header is whole: makes room for the body, which `limit` bounds, and takes what is there. */
  #startBody(): boolean {
    const header = this.#header!;
    const length = (header[3]! << 8) | header[4]!;
    if (length > this.limit) return false;
    const spare = this.#spare;
    if (spare === undefined || spare.length < length) this.#partial = new Uint8Array(length);
    else this.#partial = spare.length === length ? spare : spare.subarray(0, length);
    this.#spare = undefined;
    this.#filled = 0;
    this.#fill(this.#partial);
    return true;
  }

  #finishPartial(record: RecordView): boolean | 'overflow' {
    const header = this.#header!;
    if (this.#partial === undefined) {
      if (this.#filled < HEADER_LENGTH) this.#fill(header);
      if (this.#filled < HEADER_LENGTH) return false;
      record.type = header[0]!;
      record.version = (header[1]! << 8) | header[2]!;
      if (!this.#startBody()) return 'overflow';
    } else this.#fill(this.#partial);
    const body = this.#partial!;
    if (this.#filled < body.length) return false;
    record.type = header[0]!;
    record.version = (header[1]! << 8) | header[2]!;
    record.fragment = body;
    this.#partial = undefined;
    this.#spare = body;
    this.#header = undefined;
    this.#filled = 0;
    return true;
  }

  #fill(target: Uint8Array): void {
    const input = this.#input;
    if (input === undefined) return;
    const count = Math.min(target.length - this.#filled, input.length - this.#at);
    target.set(input.subarray(this.#at, this.#at + count), this.#filled);
    this.#filled += count;
    this.#at += count;
    if (this.#at === input.length) {
      this.#input = undefined;
      this.#at = 0;
    }
  }
}
