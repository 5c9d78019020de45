/**
 * Distinguished names, RFC 5280 §4.1.2.4, and their comparison, §7.1: strings are folded and their white space is compressed,
 * whatever string type carries them; other values are compared as bytes.
 */
import { equal, toHex } from '../../base/bytes.ts';
import { MAX_NAME_ATTRIBUTES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { isOid } from '../asn1/oid.ts';
import {
  COMMON_NAME,
  COUNTRY,
  DOMAIN_COMPONENT,
  EMAIL_ADDRESS,
  GIVEN_NAME,
  LOCALITY,
  ORGANIZATION,
  ORGANIZATIONAL_UNIT,
  SERIAL_NUMBER,
  STATE,
  STREET,
  SURNAME,
  TITLE,
  USER_ID,
} from '../asn1/oids.ts';
import {
  BMP_STRING,
  IA5_STRING,
  NUMERIC_STRING,
  PRINTABLE_STRING,
  SEQUENCE,
  SET,
  TELETEX_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
} from '../asn1/tags.ts';
import { stringText } from './strings.ts';

/** One `AttributeTypeAndValue`. */
export interface NameAttribute {
  readonly oid: string;
  /** Identifier octet of the value: which string type it is. */
  readonly tag: number;
  /** The text, or `#` and hexadecimal DER when the value is no string. */
  readonly value: string;
}

/** A distinguished name over its DER. Parsed when first asked. */
export class Name {
  /** The SEQUENCE, whole. */
  readonly der: Uint8Array;
  #rdns: readonly (readonly NameAttribute[])[] | undefined;
  #keys: readonly string[] | undefined;
  #checked = false;

  constructor(der: Uint8Array) {
    this.der = der;
  }

  get isEmpty(): boolean {
    return this.der.length === 2;
  }

  /** The relative distinguished names, most significant first. Throws `bad_der`. */
  get rdns(): readonly (readonly NameAttribute[])[] {
    return (this.#rdns ??= readRdns(this.der));
  }

  /** Throws `bad_der` where `rdns` would, without reading names of the common shape out. */
  check(): void {
    if (this.#checked) return;
    if (this.#rdns === undefined && !isAsciiName(this.der)) void this.rdns;
    this.#checked = true;
  }

  /** One comparable text per relative distinguished name: equal texts are equal names under RFC 5280 §7.1. */
  get keys(): readonly string[] {
    return (this.#keys ??= this.rdns.map(rdnKey));
  }

  /** Whether both are the same name under RFC 5280 §7.1. */
  equals(other: Name): boolean {
    if (equal(this.der, other.der)) return true;
    const quick = sameAsciiName(this.der, other.der);
    if (quick !== undefined) return quick;
    const a = this.keys;
    const b = other.keys;
    return a.length === b.length && a.every((key, i) => key === b[i]);
  }

  /** Whether this name lies in the subtree of `base`: `base` is its beginning. */
  isWithin(base: Name): boolean {
    const a = this.keys;
    const b = base.keys;
    return b.length <= a.length && b.every((key, i) => key === a[i]);
  }

  /** All values of an attribute type, such as `COMMON_NAME`, in order. */
  values(oid: string): string[] {
    const found: string[] = [];
    for (const rdn of this.rdns) for (const attribute of rdn) if (attribute.oid === oid) found.push(attribute.value);
    return found;
  }

  /** RFC 4514 text: most specific first, special characters escaped. */
  toString(): string {
    return [...this.rdns]
      .reverse()
      .map((rdn) => rdn.map(attributeText).join('+'))
      .join(',');
  }
}

/** Short names of attribute types: RFC 4514 §3 and those that tools print. */
export function attributeName(oid: string): string {
  for (const [name, known] of ATTRIBUTE_NAMES) if (known === oid) return name;
  return oid;
}

/** The attribute type of a short name such as `CN`, whatever the case; undefined when unknown. */
export function attributeType(name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [known, oid] of ATTRIBUTE_NAMES) if (known.toLowerCase() === wanted) return oid;
  return undefined;
}

const ATTRIBUTE_NAMES: readonly (readonly [string, string])[] = [
  ['CN', COMMON_NAME],
  ['O', ORGANIZATION],
  ['OU', ORGANIZATIONAL_UNIT],
  ['C', COUNTRY],
  ['L', LOCALITY],
  ['ST', STATE],
  ['STREET', STREET],
  ['DC', DOMAIN_COMPONENT],
  ['UID', USER_ID],
  ['SN', SURNAME],
  ['GN', GIVEN_NAME],
  ['title', TITLE],
  ['serialNumber', SERIAL_NUMBER],
  ['emailAddress', EMAIL_ADDRESS],
];

/**
 * Compares two names of the common shape (one attribute per RDN, ASCII strings) without reading them out: 0.5 µs instead of 8.
 * Undefined when one has another shape.
 */
function sameAsciiName(a: Uint8Array, b: Uint8Array): boolean | undefined {
  const x = new DerReader(a);
  const y = new DerReader(b);
  x.position = contentOf(a);
  y.position = contentOf(b);
  if (x.position === 0 || y.position === 0) return undefined;
  while (!x.done && !y.done) {
    if (!enterAttribute(x) || !enterAttribute(y)) return undefined;
    // now at the attribute type
    if (x.header('attribute type') !== 0x06 || y.header('attribute type') !== 0x06) return undefined;
    if (!sameRange(a, x.contentStart, x.contentEnd, b, y.contentStart, y.contentEnd)) return false;
    const one = x.header('attribute value');
    const other = y.header('attribute value');
    if (!isAsciiCompatible(one) || !isAsciiCompatible(other)) return undefined;
    if (sameRange(a, x.contentStart, x.contentEnd, b, y.contentStart, y.contentEnd)) continue;
    const same = sameFolded(a, x.contentStart, x.contentEnd, b, y.contentStart, y.contentEnd);
    if (same !== true) return same;
  }
  return x.done && y.done;
}

/** Whether a name has the common shape: one attribute per RDN, ASCII strings, all of it well-formed. */
function isAsciiName(der: Uint8Array): boolean {
  const reader = new DerReader(der);
  reader.position = contentOf(der);
  if (reader.position === 0) return false;
  let count = 0;
  while (!reader.done) {
    if (++count > MAX_NAME_ATTRIBUTES || !enterAttribute(reader)) return false;
    const end = reader.contentEnd;
    if (reader.header('attribute type') !== 0x06) return false;
    // Longer ones may have an arc that is too large.
    if (reader.contentEnd - reader.contentStart > 7 || !isOid(der, reader.contentStart, reader.contentEnd)) return false;
    if (!isAsciiCompatible(reader.header('attribute value')) || reader.contentEnd !== end) return false;
    for (let i = reader.contentStart; i < end; i++) if (der[i]! > 0x7f) return false;
  }
  return true;
}

/** Where the content of the outer SEQUENCE begins, when that is the whole of `der` and its length is short; else 0. */
function contentOf(der: Uint8Array): number {
  if (der.length < 0x82) return der[1] === der.length - 2 ? 2 : 0;
  return der[1] === 0x81 && der[2] === der.length - 3 ? 3 : 0;
}

/** Steps into SET and SEQUENCE; false when the SET holds more than one attribute. */
function enterAttribute(reader: DerReader): boolean {
  if (reader.peek() !== SET) return false;
  reader.header('relative distinguished name');
  const end = reader.contentEnd;
  reader.position = reader.contentStart;
  if (reader.peek() !== SEQUENCE) return false;
  reader.header('name attribute');
  if (reader.contentEnd !== end) return false;
  reader.position = reader.contentStart;
  return true;
}

/** What RFC 5280 appendix A allows for the attributes that it defines, and IA5String, which others use. */
function isStringType(tag: number): boolean {
  return isAsciiCompatible(tag) || tag === TELETEX_STRING || tag === BMP_STRING || tag === UNIVERSAL_STRING || tag === NUMERIC_STRING;
}

function isAsciiCompatible(tag: number): boolean {
  return tag === UTF8_STRING || tag === PRINTABLE_STRING || tag === IA5_STRING;
}

function sameRange(a: Uint8Array, start: number, end: number, b: Uint8Array, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let i = start, k = otherStart; i < end; i++, k++) if (a[i] !== b[k]) return false;
  return true;
}

/** Case and runs of blanks do not matter. Undefined when a byte is no printable ASCII. */
function sameFolded(a: Uint8Array, start: number, end: number, b: Uint8Array, otherStart: number, otherEnd: number): boolean | undefined {
  for (let i = start; i < end; i++) if (a[i]! < 0x20 || a[i]! > 0x7e) return undefined;
  for (let k = otherStart; k < otherEnd; k++) if (b[k]! < 0x20 || b[k]! > 0x7e) return undefined;
  let i = skipBlanks(a, start, end);
  let k = skipBlanks(b, otherStart, otherEnd);
  while (i < end && k < otherEnd) {
    if (lower(a[i]!) !== lower(b[k]!)) return false;
    if (a[i] === 0x20) {
      i = skipBlanks(a, i, end);
      k = skipBlanks(b, k, otherEnd);
    } else {
      i++;
      k++;
    }
    // blanks at the end do not count
    if (i < end && a[i] === 0x20 && skipBlanks(a, i, end) === end) i = end;
    if (k < otherEnd && b[k] === 0x20 && skipBlanks(b, k, otherEnd) === otherEnd) k = otherEnd;
  }
  return i === end && k === otherEnd;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] === 0x20) i++;
  return i;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function readRdns(der: Uint8Array): NameAttribute[][] {
  const outer = new DerReader(der);
  const name = outer.sequence('name');
  outer.finish('name');
  const rdns: NameAttribute[][] = [];
  let count = 0;
  while (!name.done) {
    const set = name.enter(SET, 'relative distinguished name');
    const rdn: NameAttribute[] = [];
    do {
      if (++count > MAX_NAME_ATTRIBUTES) malformed('name', set.position, 'too many attributes');
      const pair = set.sequence('name attribute');
      const oid = pair.oid('attribute type');
      const start = pair.position;
      const tag = pair.header('attribute value');
      if (!isStringType(tag) && attributeName(oid) !== oid)
        malformed('attribute value', pair.contentStart, `tag of a ${attributeName(oid)}`);
      const text = stringText(tag, der, pair.contentStart, pair.contentEnd, 'attribute value');
      rdn.push({ oid, tag, value: text ?? `#${toHex(der.subarray(start, pair.position))}` });
      pair.finish('name attribute');
    } while (!set.done);
    rdns.push(rdn);
  }
  return rdns;
}

function rdnKey(rdn: readonly NameAttribute[]): string {
  const parts = rdn.map((attribute) => {
    const value = fold(attribute.value);
    return `${attribute.oid}=${value.length}:${value}`;
  });
  return parts.length === 1 ? parts[0]! : parts.sort().join('+');
}

/** RFC 5280 §7.1 by RFC 4518: compatibility form, case folded, white space trimmed and compressed. */
function fold(value: string): string {
  const simple = /^[\x20-\x7e]*$/.test(value) ? value : value.normalize('NFKC');
  return simple.toLowerCase().trim().replace(/\s+/g, ' ');
}

function attributeText(attribute: NameAttribute): string {
  const value = attribute.value
    .replace(/[\\,+"<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/[\x00-\x1f\x7f]/g, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${attributeName(attribute.oid)}=${value}`;
}
