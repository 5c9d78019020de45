/** GeneralName, RFC 5280 §4.2.1.6: typed, never one form taken for another. */
import { malformed } from '../asn1/der-error.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { oidText } from '../asn1/oid.ts';
import { contextConstructed } from '../asn1/tags.ts';
import { ipAddressText } from './ip-address.ts';
import { Name } from './name.ts';
import { asciiText } from './strings.ts';

export type GeneralName =
  | { readonly kind: 'other'; readonly oid: string /** The value, whole DER. */; readonly value: Uint8Array }
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'dns'; readonly value: string }
  | { readonly kind: 'uri'; readonly value: string }
  | { readonly kind: 'ip' /** 4 or 16 bytes; in a name constraint address and mask, 8 or 32. */; readonly value: Uint8Array }
  | { readonly kind: 'directory'; readonly value: Name }
  | { readonly kind: 'registered'; readonly value: string }
  | { readonly kind: 'x400' | 'edi'; readonly value: Uint8Array };

/** Reads one GeneralName. In a name constraint an iPAddress is an address with a mask. */
export function readGeneralName(reader: DerReader, field: string, constraint = false): GeneralName {
  const tag = reader.peek();
  const at = reader.position;
  switch (tag) {
    case 0xa0: {
      const other = reader.enter(tag, field);
      const oid = other.oid(field);
      const value = other.enter(contextConstructed(0), field);
      const der = value.raw(field);
      value.finish(field);
      other.finish(field);
      return { kind: 'other', oid, value: der };
    }
    case 0x81:
      return { kind: 'email', value: text(reader, tag, field) };
    case 0x82:
      return { kind: 'dns', value: text(reader, tag, field) };
    case 0x86:
      return { kind: 'uri', value: text(reader, tag, field) };
    case 0xa3:
      return { kind: 'x400', value: reader.rawOf(tag, field) };
    case 0xa5:
      return { kind: 'edi', value: readEdiPartyName(reader, field) };
    case 0xa4: {
      // CHOICE, hence explicitly tagged.
      const inner = reader.enter(tag, field);
      const name = new Name(inner.rawOf(0x30, field));
      inner.finish(field);
      void name.rdns;
      return { kind: 'directory', value: name };
    }
    case 0x87: {
      const value = reader.content(tag, field);
      const length = constraint ? value.length / 2 : value.length;
      if (length !== 4 && length !== 16) malformed(field, at, 'IP address of wrong length');
      return { kind: 'ip', value };
    }
    case 0x88:
      reader.expect(tag, field);
      return { kind: 'registered', value: oidText(reader.bytes, reader.contentStart, reader.contentEnd, field) };
    default:
      return malformed(field, at, tag < 0 ? 'missing' : 'unknown form of name');
  }
}

/** EDIPartyName, whole DER: an optional assigner and the party, both of a CHOICE and hence explicitly tagged. */
function readEdiPartyName(reader: DerReader, field: string): Uint8Array {
  const start = reader.position;
  const body = reader.enter(0xa5, field);
  const assigner = body.enterOptional(contextConstructed(0), field);
  for (const part of [assigner, body.enter(contextConstructed(1), field)]) {
    part?.raw(field);
    part?.finish(field);
  }
  body.finish(field);
  return reader.bytes.subarray(start, reader.position);
}

/** `GeneralNames`: at least one, to the end of `reader`. */
export function readGeneralNames(reader: DerReader, field: string): GeneralName[] {
  const names: GeneralName[] = [];
  do names.push(readGeneralName(reader, field));
  while (!reader.done);
  return names;
}

/** For people: `DNS:example.com`, `IP:192.0.2.1`. */
export function generalNameText(name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
      return `DNS:${printable(name.value)}`;
    case 'email':
      return `email:${printable(name.value)}`;
    case 'uri':
      return `URI:${printable(name.value)}`;
    case 'ip':
      return `IP:${ipAddressText(name.value)}`;
    case 'directory':
      return `DirName:${name.value.toString()}`;
    case 'registered':
      return `RID:${name.value}`;
    case 'other':
      return `otherName:${name.oid}`;
    default:
      return name.kind;
  }
}

function text(reader: DerReader, tag: number, field: string): string {
  reader.expect(tag, field);
  return asciiText(reader.bytes, reader.contentStart, reader.contentEnd, field);
}

function printable(value: string): string {
  return value.replace(/[\x00-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
