/**
 * Distinguished names, RFC 5280 §4.1.2.4, and their comparison, §7.1: strings are folded and their white space is compressed,
 * whatever string type carries them; other values are compared as bytes.
 */
import { equal, toHex } from '../../base/bytes.ts';
import { MAX_NAME_ATTRIBUTES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
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
import { SET } from '../asn1/tags.ts';
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

  /** One comparable text per relative distinguished name: equal texts are equal names under RFC 5280 §7.1. */
  get keys(): readonly string[] {
    return (this.#keys ??= this.rdns.map(rdnKey));
  }

  /** Whether both are the same name under RFC 5280 §7.1. */
  equals(other: Name): boolean {
    if (equal(this.der, other.der)) return true;
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
