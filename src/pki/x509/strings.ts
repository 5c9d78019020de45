/** The character strings of ASN.1 as text. Strict: what is not a character of the type is `bad_der`. */
import { latin1 } from '../../base/bytes.ts';
import { malformed } from '../asn1/der-error.ts';
import {
  BMP_STRING,
  IA5_STRING,
  NUMERIC_STRING,
  PRINTABLE_STRING,
  TELETEX_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
  VISIBLE_STRING,
} from '../asn1/tags.ts';

/** Text of a string type's content; undefined for a tag that is no string type. */
export function stringText(tag: number, bytes: Uint8Array, start: number, end: number, field: string): string | undefined {
  switch (tag) {
    case PRINTABLE_STRING:
    case IA5_STRING:
    case VISIBLE_STRING:
    case NUMERIC_STRING:
      return asciiText(bytes, start, end, field);
    case UTF8_STRING:
      return utf8Text(bytes, start, end, field);
    case TELETEX_STRING:
      return latin1(bytes.subarray(start, end));
    case BMP_STRING:
      return wideText(bytes, start, end, 2, field);
    case UNIVERSAL_STRING:
      return wideText(bytes, start, end, 4, field);
    default:
      return undefined;
  }
}

export function asciiText(bytes: Uint8Array, start: number, end: number, field: string): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const unit = bytes[i]!;
    if (unit > 0x7f) malformed(field, i, 'not ASCII');
    text += String.fromCharCode(unit);
  }
  return text;
}

/** Shortest form only, no surrogates (RFC 3629 §3). */
export function utf8Text(bytes: Uint8Array, start: number, end: number, field: string): string {
  let text = '';
  let i = start;
  while (i < end) {
    const first = bytes[i]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const count = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || i + count >= end) malformed(field, i, 'not UTF-8');
    let point = first & (0x3f >> count);
    for (let k = 1; k <= count; k++) {
      const next = bytes[i + k]!;
      if ((next & 0xc0) !== 0x80) malformed(field, i, 'not UTF-8');
      point = (point << 6) | (next & 0x3f);
    }
    if (point < (count === 1 ? 0x80 : count === 2 ? 0x800 : 0x10000) || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      malformed(field, i, 'not UTF-8');
    text += String.fromCodePoint(point);
    i += count + 1;
  }
  return text;
}

function wideText(bytes: Uint8Array, start: number, end: number, width: 2 | 4, field: string): string {
  if ((end - start) % width !== 0) malformed(field, start, 'odd length');
  let text = '';
  for (let i = start; i < end; i += width) {
    let point = 0;
    for (let k = 0; k < width; k++) point = point * 256 + bytes[i + k]!;
    if (point > 0x10ffff) malformed(field, i, 'no such character');
    text += width === 2 ? String.fromCharCode(point) : String.fromCodePoint(point);
  }
  return text;
}
