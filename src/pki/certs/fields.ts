/** The parts that certificates, requests and CRLs are written from: names, extensions. */
import { ascii, EMPTY } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { IA5_STRING, PRINTABLE_STRING } from '../asn1/tags.ts';
import type { GeneralName } from '../x509/general-name.ts';
import { ipAddressBytes } from '../x509/ip-address.ts';
import { attributeType, Name } from '../x509/name.ts';

/** One attribute of a name: short name (`CN`, `O`, …) or object identifier, and text. */
export type NamePart = readonly [type: string, value: string];

/**
 * A distinguished name: a parsed one, parts with the most significant first, or text such as `CN=example.com,O=Example` (RFC 4514 order,
 * most specific first; `\` escapes).
 */
export type NameInput = Name | string | readonly NamePart[];

/** A name in a certificate to be made: `dns`, `ip` and others; or text, an IP address or a DNS name. */
export type GeneralNameInput = GeneralName | string;

/** An extension to be added as it is. */
export interface ExtensionInput {
  readonly oid: string;
  readonly critical?: boolean | undefined;
  /** Content of `extnValue`, DER. */
  readonly value: Uint8Array;
}

/** DER of a Name. Throws `invalid_argument`. */
export function nameDer(input: NameInput): Uint8Array {
  if (input instanceof Name) return input.der;
  const parts = typeof input === 'string' ? parseName(input) : input;
  return der.sequence(...parts.map(([type, value]) => der.setOf(attribute(type, value))));
}

export function generalNameDer(input: GeneralNameInput): Uint8Array {
  if (typeof input === 'string') {
    const address = ipAddressBytes(input);
    return address === undefined ? der.contextValue(2, asciiValue(input)) : der.contextValue(7, address);
  }
  switch (input.kind) {
    case 'other':
      return der.context(0, der.oid(input.oid), der.context(0, input.value));
    case 'email':
      return der.contextValue(1, asciiValue(input.value));
    case 'dns':
      return der.contextValue(2, asciiValue(input.value));
    case 'directory':
      return der.context(4, input.value.der);
    case 'uri':
      return der.contextValue(6, asciiValue(input.value));
    case 'ip':
      return der.contextValue(7, input.value);
    case 'registered':
      return der.contextValue(8, der.oid(input.value).subarray(2));
    default:
      return input.value;
  }
}

export function extensionDer(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical
    ? der.sequence(der.oid(oid), der.boolean(true), der.octetString(value))
    : der.sequence(der.oid(oid), der.octetString(value));
}

/** `Extensions` of inputs, or nothing when there are none. */
export function extensionsDer(list: readonly ExtensionInput[]): Uint8Array {
  if (list.length === 0) return EMPTY;
  return der.sequence(...list.map((one) => extensionDer(one.oid, one.critical === true, one.value)));
}

function attribute(type: string, value: string): Uint8Array {
  const oid = /^\d+(\.\d+)+$/.test(type) ? type : attributeType(type);
  if (oid === undefined) misuse('invalid_argument', `unknown attribute of a name: ${type.slice(0, 40)}`);
  if (value.length === 0) misuse('invalid_argument', `empty ${type} in a name`);
  // RFC 5280 appendix A: country and serial number are PrintableString, domain components and addresses IA5String.
  if (oid === oids.COUNTRY || oid === oids.SERIAL_NUMBER)
    return der.sequence(der.oid(oid), der.element(PRINTABLE_STRING, asciiValue(value)));
  if (oid === oids.DOMAIN_COMPONENT || oid === oids.EMAIL_ADDRESS)
    return der.sequence(der.oid(oid), der.element(IA5_STRING, asciiValue(value)));
  return der.sequence(der.oid(oid), der.utf8String(value));
}

function parseName(text: string): NamePart[] {
  if (text.trim() === '') return [];
  const parts: NamePart[] = [];
  for (const piece of splitUnescaped(text)) {
    const at = piece.indexOf('=');
    if (at < 1) misuse('invalid_argument', `not TYPE=value in a name: ${piece.slice(0, 40)}`);
    const value = piece.slice(at + 1).replace(/\\(.)/g, '$1');
    parts.unshift([piece.slice(0, at).trim(), value]);
  }
  return parts;
}

function splitUnescaped(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '\\' && i + 1 < text.length) {
      piece += character + text[++i]!;
    } else if (character === ',') {
      pieces.push(piece.trim());
      piece = '';
    } else piece += character;
  }
  pieces.push(piece.trim());
  return pieces;
}

function asciiValue(text: string): Uint8Array {
  try {
    return ascii(text);
  } catch {
    return misuse('invalid_argument', `not ASCII: ${text.slice(0, 40)}`);
  }
}
