/**
 * A strict cursor over DER (X.690 §10): definite minimal lengths, minimal integers, one form of each boolean, bounded depth.
 * Byte strings are views of the input. Every failure is `bad_der` and names the field and the offset in the whole input.
 */
import { MAX_DER_DEPTH } from '../../base/limits.ts';
import { malformed } from './der-error.ts';
import { oidText } from './oid.ts';
import { BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME } from './tags.ts';
import { readGeneralizedTime, readUtcTime } from './time.ts';

export class DerReader {
  readonly bytes: Uint8Array;
  /** Where the next element begins. */
  position: number;
  end: number;
  readonly depth: number;
  /** Content of the element that `header` read last. */
  contentStart = 0;
  contentEnd = 0;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length, depth = 0) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.depth = depth;
  }

  get done(): boolean {
    return this.position === this.end;
  }

  /** The identifier octet of the next element; -1 at the end. */
  peek(): number {
    return this.position < this.end ? this.bytes[this.position]! : -1;
  }

  /** Reads one identifier and length, leaves `contentStart` and `contentEnd`, and moves behind the element. Returns the tag. */
  header(field: string): number {
    const { bytes, end } = this;
    let at = this.position;
    if (end - at < 2) malformed(field, at, at === end ? 'missing' : 'truncated');
    const tag = bytes[at]!;
    if ((tag & 0x1f) === 0x1f) malformed(field, at, 'tag number above 30');
    if (tag === 0) malformed(field, at, 'tag zero');
    let length = bytes[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0) malformed(field, this.position, 'indefinite length');
      if (count > 4) malformed(field, this.position, 'length above 32 bits');
      if (count > end - at) malformed(field, this.position, 'truncated length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at++]!;
      if (length < 0x80 || length < 256 ** (count - 1)) malformed(field, this.position, 'length not minimal');
    }
    if (length > end - at) malformed(field, this.position, 'length beyond the end');
    this.contentStart = at;
    this.contentEnd = at + length;
    this.position = at + length;
    return tag;
  }

  /** The next element, which must have this tag; the cursor is moved behind it. */
  expect(tag: number, field: string): void {
    const at = this.position;
    if (this.peek() !== tag) malformed(field, at, at === this.end ? 'missing' : `tag ${hex(this.peek())} instead of ${hex(tag)}`);
    this.header(field);
  }

  /** A reader over the content of the next element, which must be constructed and have this tag. */
  enter(tag: number, field: string): DerReader {
    this.expect(tag, field);
    if (this.depth >= MAX_DER_DEPTH) malformed(field, this.contentStart, 'nested too deep');
    return new DerReader(this.bytes, this.contentStart, this.contentEnd, this.depth + 1);
  }

  /**
   * Narrows this reader to the content of the next element, which must have this tag, and returns what `leave` needs: as `enter`, without
   * another reader. For structures whose depth is fixed by whoever reads them.
   */
  narrow(tag: number, field: string): number {
    this.expect(tag, field);
    const { end } = this;
    this.position = this.contentStart;
    this.end = this.contentEnd;
    return end;
  }

  /** Ends what `narrow` began: the element must have been read whole. */
  leave(end: number, field: string): void {
    this.finish(field);
    this.end = end;
  }

  sequence(field: string): DerReader {
    return this.enter(SEQUENCE, field);
  }

  /** As `enter`, or undefined when the next element has another tag. */
  enterOptional(tag: number, field: string): DerReader | undefined {
    return this.peek() === tag ? this.enter(tag, field) : undefined;
  }

  /** The content of the next element, which must have this tag. */
  content(tag: number, field: string): Uint8Array {
    this.expect(tag, field);
    return this.bytes.subarray(this.contentStart, this.contentEnd);
  }

  contentOptional(tag: number, field: string): Uint8Array | undefined {
    return this.peek() === tag ? this.content(tag, field) : undefined;
  }

  /** The next element whole: identifier, length and content. */
  raw(field: string): Uint8Array {
    const start = this.position;
    this.header(field);
    return this.bytes.subarray(start, this.position);
  }

  /** As `raw`, with the tag checked. */
  rawOf(tag: number, field: string): Uint8Array {
    const start = this.position;
    this.expect(tag, field);
    return this.bytes.subarray(start, this.position);
  }

  /** Two's complement, big-endian, minimal. */
  integer(field: string, tag: number = INTEGER): Uint8Array {
    this.expect(tag, field);
    this.#minimalInteger(field);
    return this.bytes.subarray(this.contentStart, this.contentEnd);
  }

  /** As `integer`, without a view of it. */
  checkInteger(field: string): void {
    this.expect(INTEGER, field);
    this.#minimalInteger(field);
  }

  /** A non-negative INTEGER of at most `max` (below 2^31). */
  smallInteger(field: string, max = 0x7fffffff, tag: number = INTEGER): number {
    this.expect(tag, field);
    this.#minimalInteger(field);
    const { bytes, contentStart: start, contentEnd: end } = this;
    if (bytes[start]! >= 0x80) malformed(field, start, 'negative');
    if (end - start > 5) malformed(field, start, 'too large');
    let value = 0;
    for (let i = start; i < end; i++) value = value * 256 + bytes[i]!;
    if (value > max) malformed(field, start, 'too large');
    return value;
  }

  boolean(field: string, tag: number = BOOLEAN): boolean {
    this.expect(tag, field);
    const value = this.bytes[this.contentStart];
    if (this.contentEnd - this.contentStart !== 1 || (value !== 0 && value !== 0xff))
      malformed(field, this.contentStart, 'not a DER boolean');
    return value === 0xff;
  }

  null(field: string): void {
    this.expect(NULL, field);
    if (this.contentStart !== this.contentEnd) malformed(field, this.contentStart, 'NULL with content');
  }

  /** An object identifier as text with dots. */
  oid(field: string, tag: number = OBJECT_IDENTIFIER): string {
    this.expect(tag, field);
    return oidText(this.bytes, this.contentStart, this.contentEnd, field);
  }

  octetString(field: string): Uint8Array {
    return this.content(OCTET_STRING, field);
  }

  /** A BIT STRING of whole bytes. */
  bitStringBytes(field: string, tag: number = BIT_STRING): Uint8Array {
    this.expect(tag, field);
    const { contentStart: start, contentEnd: end } = this;
    if (start === end || this.bytes[start] !== 0) malformed(field, start, 'not a BIT STRING of whole bytes');
    return this.bytes.subarray(start + 1, end);
  }

  /** As `bitStringBytes`, without a view of it: `contentStart` is where the count of unused bits stands. */
  checkBytes(field: string): void {
    this.expect(BIT_STRING, field);
    if (this.contentStart === this.contentEnd || this.bytes[this.contentStart] !== 0)
      malformed(field, this.contentStart, 'not a BIT STRING of whole bytes');
  }

  /** Moves behind a BIT STRING of any number of bits. */
  bitString(field: string, tag: number = BIT_STRING): void {
    this.expect(tag, field);
    this.#unusedBits(field);
  }

  /**
   * A BIT STRING of named bits (bit 0 first), as a number with bit i at 1 << i; at most 31 bits count. Trailing zero bits, which
   * X.690 §11.2.2 removes, are accepted: roots of the public stores have them.
   */
  namedBits(field: string, tag: number = BIT_STRING): number {
    this.expect(tag, field);
    const { bytes, contentStart: start, contentEnd: end } = this;
    this.#unusedBits(field);
    let bits = 0;
    for (let i = 0; i < 31; i++) {
      const byte = start + 1 + (i >> 3);
      if (byte < end && (bytes[byte]! & (0x80 >> (i & 7))) !== 0) bits |= 1 << i;
    }
    return bits;
  }

  /** A Time (RFC 5280 §4.1.2.5) in milliseconds since 1970. */
  time(field: string): number {
    const tag = this.peek();
    if (tag === UTC_TIME) {
      this.header(field);
      return readUtcTime(this.bytes, this.contentStart, this.contentEnd, field);
    }
    return this.generalizedTime(field);
  }

  generalizedTime(field: string): number {
    this.expect(GENERALIZED_TIME, field);
    return readGeneralizedTime(this.bytes, this.contentStart, this.contentEnd, field);
  }

  /** The structure ends here. */
  finish(field: string): void {
    if (this.position !== this.end) malformed(field, this.position, 'trailing bytes');
  }

  /** X.690 §11.2.1: the bits behind the last one are zero. */
  #unusedBits(field: string): void {
    const { bytes, contentStart: start, contentEnd: end } = this;
    const unused = bytes[start];
    if (start === end || unused === undefined || unused > 7 || (end - start === 1 && unused !== 0))
      malformed(field, start, 'bad BIT STRING');
    if (end - start > 1 && (bytes[end - 1]! & ((1 << unused) - 1)) !== 0) malformed(field, end - 1, 'unused bits set');
  }

  #minimalInteger(field: string): void {
    const { bytes, contentStart: start, contentEnd: end } = this;
    if (start === end) malformed(field, start, 'empty INTEGER');
    if (end - start > 1) {
      const first = bytes[start]!;
      const sign = bytes[start + 1]! & 0x80;
      if ((first === 0 && sign === 0) || (first === 0xff && sign !== 0)) malformed(field, start, 'INTEGER not minimal');
    }
  }
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
