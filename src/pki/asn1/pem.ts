/**
 * PEM, RFC 7468: `-----BEGIN label-----`, base 64, `-----END label-----`. Text around the blocks is ignored; a block that
 * does not end, whose labels differ or whose base 64 is not strict is refused.
 */
import { misuse } from '../../base/errors.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { malformed } from './der-error.ts';

/** One block of a PEM text. */
export interface PemBlock {
  /** What stands behind BEGIN, such as `CERTIFICATE`. */
  readonly label: string;
  readonly der: Uint8Array;
  /** Header lines of the old form (RFC 1421), such as `Proc-Type`; present on keys encrypted by old tools. */
  readonly headers: readonly string[];
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/** All blocks of `text`, in order; empty when there is none. Throws `bad_pem` with the block and the offset. */
export function readPem(text: string | Uint8Array): PemBlock[] {
  const all = typeof text === 'string' ? text : asText(text);
  const blocks: PemBlock[] = [];
  let at = 0;
  for (;;) {
    const begin = all.indexOf(BEGIN, at);
    if (begin < 0) return blocks;
    if (begin > 0 && all.charCodeAt(begin - 1) !== 0x0a && all.charCodeAt(begin - 1) !== 0x0d) {
      at = begin + 1;
      continue;
    }
    const labelEnd = all.indexOf(DASHES, begin + BEGIN.length);
    const label = labelEnd < 0 ? '' : all.slice(begin + BEGIN.length, labelEnd);
    if (labelEnd < 0 || label.length > 64 || label.includes('\n')) malformed('PEM label', begin, 'does not end', 'bad_pem');
    let bodyStart = labelEnd + DASHES.length;
    const finish = all.indexOf(`${END}${label}${DASHES}`, bodyStart);
    const nextEnd = all.indexOf(END, bodyStart);
    if (finish < 0 || nextEnd < finish) malformed(`PEM ${label}`, begin, nextEnd < 0 ? 'END missing' : 'END with another label', 'bad_pem');
    const headers: string[] = [];
    for (;;) {
      while (all.charCodeAt(bodyStart) === 0x0a || all.charCodeAt(bodyStart) === 0x0d) bodyStart++;
      let lineEnd = all.indexOf('\n', bodyStart);
      if (lineEnd < 0 || lineEnd > finish) lineEnd = finish;
      const line = all.slice(bodyStart, lineEnd);
      if (!line.includes(':') && !(headers.length > 0 && line.startsWith(' '))) break;
      headers.push(line.trimEnd());
      bodyStart = lineEnd;
    }
    const der = decodeBase64(all, bodyStart, finish);
    if (der === undefined || der.length === 0) malformed(`PEM ${label}`, bodyStart, 'not base 64', 'bad_pem');
    blocks.push({ label, der, headers });
    at = finish + END.length + label.length + DASHES.length;
  }
}

/** One block, with lines of 64 characters. */
export function writePem(label: string, der: Uint8Array): string {
  if (!/^[\x20-\x2c\x2e-\x7e]*$/.test(label)) misuse('invalid_argument', 'PEM label');
  const base64 = encodeBase64(der);
  let text = `${BEGIN}${label}${DASHES}\n`;
  for (let i = 0; i < base64.length; i += 64) text += `${base64.slice(i, i + 64)}\n`;
  return `${text}${END}${label}${DASHES}\n`;
}

/** Whether bytes look like PEM text rather than DER: DER of what PEM carries begins with 0x30. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes[0] !== 0x30;
}

function asText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}
