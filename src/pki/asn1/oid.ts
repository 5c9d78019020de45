/** Object identifiers: text with dots inside the library, bytes in DER. */
import { malformed } from './der-error.ts';
import { misuse } from '../../base/errors.ts';

/** The text of the content octets `start` to `end`. */
export function oidText(bytes: Uint8Array, start: number, end: number, field: string): string {
  if (start === end) malformed(field, start, 'empty OBJECT IDENTIFIER');
  const purpose = end - start === ID_KP.length + 1 ? bytes[end - 1]! : 0;
  if (purpose > 0 && purpose < 0x80 && beginsWithIdKp(bytes, start)) return `1.3.6.1.5.5.7.3.${purpose}`;
  if ((bytes[end - 1]! & 0x80) !== 0) malformed(field, end, 'truncated OBJECT IDENTIFIER');
  let text = '';
  let arc = 0;
  let first = true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (arc === 0 && byte === 0x80) malformed(field, i, 'arc not minimal');
    if (arc > 0x3fff_ffff_ffff) malformed(field, i, 'arc above 53 bits');
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    if (first) {
      const root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      text = `${root}.${arc - 40 * root}`;
      first = false;
    } else {
      text += `.${arc}`;
    }
    arc = 0;
  }
  return text;
}

/** `id-kp`, RFC 5280 §4.2.1.12: in almost every certificate, several times in most. */
const ID_KP: readonly number[] = [0x2b, 6, 1, 5, 5, 7, 3];

function beginsWithIdKp(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < ID_KP.length; i++) if (bytes[start + i] !== ID_KP[i]) return false;
  return true;
}

/** Whether the content octets `start` to `end` are an object identifier: whole, minimal arcs. */
export function isOid(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || bytes[end - 1]! >= 0x80) return false;
  for (let i = start; i < end; i++) if (bytes[i] === 0x80 && (i === start || bytes[i - 1]! < 0x80)) return false;
  return true;
}

/** Content octets of an OBJECT IDENTIFIER. Throws `invalid_argument` for what is none. */
export function oidBytes(text: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9]\d{0,14}))+$/.test(text)) misuse('invalid_argument', `not an object identifier: ${text.slice(0, 80)}`);
  const arcs = text.split('.').map(Number);
  const out: number[] = [];
  const first = arcs[0]! * 40 + arcs[1]!;
  if (arcs[0]! < 2 && arcs[1]! > 39) misuse('invalid_argument', `not an object identifier: ${text.slice(0, 80)}`);
  for (const arc of [first, ...arcs.slice(2)]) {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80);
    out.push(...digits);
  }
  return Uint8Array.from(out);
}
