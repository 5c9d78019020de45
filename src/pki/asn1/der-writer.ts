/** DER, built from the inside out: each function returns the bytes of one element. For making certificates, not for records. */
import { ascii, concat, EMPTY, utf8 } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import { oidBytes } from './oid.ts';
import {
  BIT_STRING,
  BOOLEAN,
  contextConstructed,
  contextPrimitive,
  GENERALIZED_TIME,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  SET,
  UTC_TIME,
  UTF8_STRING,
} from './tags.ts';
import { timeDigits } from './time.ts';

/** Identifier, minimal length and content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  const head: number[] = [tag];
  if (length < 0x80) head.push(length);
  else {
    const digits: number[] = [];
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 0xff);
    head.push(0x80 | digits.length, ...digits);
  }
  return concat(Uint8Array.from(head), ...content);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(SEQUENCE, ...parts);
}

/** SET OF: the parts in ascending order of their encodings (X.690 §11.6). */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return element(SET, ...[...parts].sort(compareBytes));
}

/** `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type. */
export function context(n: number, ...content: readonly Uint8Array[]): Uint8Array {
  return element(contextConstructed(n), ...content);
}

/** `[n] IMPLICIT` of a primitive type. */
export function contextValue(n: number, content: Uint8Array): Uint8Array {
  return element(contextPrimitive(n), content);
}

export function boolean(value: boolean): Uint8Array {
  return element(BOOLEAN, Uint8Array.of(value ? 0xff : 0));
}

/** An INTEGER from a number, or from unsigned big-endian bytes. */
export function integer(value: number | Uint8Array): Uint8Array {
  return element(INTEGER, typeof value === 'number' ? unsigned(numberBytes(value)) : unsigned(value));
}

export function enumerated(value: number): Uint8Array {
  return element(0x0a, Uint8Array.of(value));
}

export function octetString(value: Uint8Array): Uint8Array {
  return element(OCTET_STRING, value);
}

export function bitString(value: Uint8Array): Uint8Array {
  return element(BIT_STRING, Uint8Array.of(0), value);
}

/** Content of a BIT STRING of named bits: bit i of `bits` is bit i of the list. */
export function namedBitsContent(bits: number): Uint8Array {
  if (bits === 0) return Uint8Array.of(0);
  const highest = 31 - Math.clz32(bits);
  const out = new Uint8Array(2 + (highest >> 3));
  for (let i = 0; i <= highest; i++) if ((bits & (1 << i)) !== 0) out[1 + (i >> 3)]! |= 0x80 >> (i & 7);
  out[0] = 7 - (highest & 7);
  return out;
}

export function namedBits(bits: number): Uint8Array {
  return element(BIT_STRING, namedBitsContent(bits));
}

export function nullValue(): Uint8Array {
  return element(NULL, EMPTY);
}

export function oid(text: string): Uint8Array {
  return element(OBJECT_IDENTIFIER, oidBytes(text));
}

export function utf8String(text: string): Uint8Array {
  return element(UTF8_STRING, utf8(text));
}

/** A Time: UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). */
export function time(milliseconds: number): Uint8Array {
  const digits = timeDigits(milliseconds);
  const year = Number(digits.slice(0, 4));
  if (year >= 1950 && year < 2050) return element(UTC_TIME, ascii(`${digits.slice(2)}Z`));
  return element(GENERALIZED_TIME, ascii(`${digits}Z`));
}

export function generalizedTime(milliseconds: number): Uint8Array {
  return element(GENERALIZED_TIME, ascii(`${timeDigits(milliseconds)}Z`));
}

/** `SEQUENCE { OBJECT IDENTIFIER, parameters }`. */
export function algorithm(text: string, parameters?: Uint8Array): Uint8Array {
  return parameters === undefined ? sequence(oid(text)) : sequence(oid(text), parameters);
}

/** Content of a non-negative INTEGER: no leading zeros except one before a set top bit. */
function unsigned(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  if (trimmed.length === 0) return Uint8Array.of(0);
  return trimmed[0]! >= 0x80 ? concat(Uint8Array.of(0), trimmed) : trimmed;
}

function numberBytes(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) misuse('invalid_argument', 'not a non-negative integer');
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.from(digits);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
