/** As much DER as keys need: elements read by position, sequences and integers written. Definite lengths only. */

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OBJECT_IDENTIFIER = 0x06;

/** One element: its content, and where it begins and the next one begins. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly start: number;
  readonly next: number;
}

/** The element at `at`; undefined when it is malformed or does not fit. */
export function element(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined) return undefined;
  let begin = at + 2;
  if (length > 0x7f) {
    const width = length & 0x7f;
    if (width === 0 || width > 3) return undefined;
    length = 0;
    for (let i = 0; i < width; i++) length = (length << 8) | (bytes[begin + i] ?? 0);
    begin += width;
  }
  if (begin + length > bytes.length) return undefined;
  return { tag, content: bytes.subarray(begin, begin + length), start: at, next: begin + length };
}

/** The element of that tag at `at`, or undefined. */
export function expect(tag: number, bytes: Uint8Array, at = 0): Element | undefined {
  const found = element(bytes, at);
  return found?.tag === tag ? found : undefined;
}

/** An element around the parts. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  const out = new Uint8Array(header.length + length);
  out.set(header);
  let at = header.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A non-negative INTEGER from its big-endian bytes. */
export function encodeInteger(value: Uint8Array): Uint8Array {
  const digits = stripZeros(value);
  return digits.length === 0 || digits[0]! > 0x7f ? encode(INTEGER, ZERO, digits) : encode(INTEGER, digits);
}

/** Without leading zeros. Not for secrets. */
export function stripZeros(value: Uint8Array): Uint8Array {
  let at = 0;
  while (at < value.length && value[at] === 0) at++;
  return value.subarray(at);
}

/** Left-padded with zeros to `length`. */
export function padTo(length: number, value: Uint8Array): Uint8Array {
  if (value.length === length) return value;
  const padded = new Uint8Array(length);
  padded.set(value, length - value.length);
  return padded;
}

const ZERO: Uint8Array = /* @__PURE__ */ new Uint8Array(1);
