/** Base 64, RFC 4648 §4: strict, with padding, no white space, no stray bits. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
let values: Uint8Array | undefined;

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!;
    text += left > 1 ? ALPHABET[(word >> 6) & 63]! : '=';
    text += left > 2 ? ALPHABET[word & 63]! : '=';
  }
  return text;
}

/**
 * The bytes of `text` from `start` to `end`; line breaks, blanks and tabs are skipped. Undefined when anything else is not of the
 * alphabet, when the padding is wrong, or when unused bits are set.
 */
export function decodeBase64(text: string, start = 0, end: number = text.length): Uint8Array | undefined {
  const table = (values ??= makeTable());
  const out = new Uint8Array(Math.ceil(((end - start) * 3) / 4));
  let length = 0;
  let word = 0;
  let digits = 0;
  let padding = 0;
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x0a || unit === 0x0d || unit === 0x20 || unit === 0x09) continue;
    if (unit === 0x3d) {
      padding++;
      continue;
    }
    const value = unit < 128 ? table[unit]! : 255;
    if (value === 255 || padding > 0) return undefined;
    word = (word << 6) | value;
    if (++digits === 4) {
      out[length] = word >>> 16;
      out[length + 1] = word >>> 8;
      out[length + 2] = word;
      length += 3;
      word = 0;
      digits = 0;
    }
  }
  if (digits === 0) return padding === 0 ? out.subarray(0, length) : undefined;
  if (digits === 1 || padding !== 4 - digits) return undefined;
  if (digits === 2) {
    if ((word & 15) !== 0) return undefined;
    out[length++] = word >>> 4;
  } else {
    if ((word & 3) !== 0) return undefined;
    out[length++] = word >>> 10;
    out[length++] = word >>> 2;
  }
  return out.subarray(0, length);
}

function makeTable(): Uint8Array {
  const table = new Uint8Array(128).fill(255);
  for (let i = 0; i < 64; i++) table[ALPHABET.charCodeAt(i)] = i;
  return table;
}
