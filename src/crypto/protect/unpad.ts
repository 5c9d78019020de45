/**
 * Padding and MAC of a decrypted CBC record, taken apart without a branch or an index that depends on them (Lucky 13,
 * CVE-2013-0169; POODLE and its kin, CVE-2014-8730). What is secret here: the padding length, whether it is right, where the MAC
 * begins. What is not: the length of the record.
 */
import { maskIfEqual, maskIfLess, select } from '../../base/constant-time.ts';

export interface Unpadded {
  /** All ones when the padding is right, else 0. */
  good: number;
  /** Where the content ends and the MAC begins; with bad padding, as if there were only its length byte. */
  contentLength: number;
}

/** `bytes` holds content, MAC and padding, and is at least `macLength` + 1 long. */
export function unpad(bytes: Uint8Array, macLength: number, ssl3BlockLength: number): Unpadded {
  const length = bytes.length;
  const padding = bytes[length - 1]!;
  let good = ~maskIfLess(length, macLength + 1 + padding);
  if (ssl3BlockLength > 0) {
    // RFC 6101 §5.2.3.2: shorter than a block, with any content.
    good &= maskIfLess(padding, ssl3BlockLength);
  } else {
    //= rfc5246#section-6.2.3.2
    //# Each uint8 in the padding data
    //# vector MUST be filled with the padding length value.
    const span = Math.min(256, length);
    //= rfc5246#section-6.2.3.2
    //# Each uint8 in the padding data vector MUST be filled with the padding length value.
    //= rfc5246#section-6.2.3.2
    //# The receiver MUST check this padding
    for (let i = 1; i < span; i++) good &= ~maskIfLess(i, padding + 1) | maskIfEqual(bytes[length - 1 - i]!, padding);
  }
  return { good, contentLength: length - macLength - 1 - (padding & good) };
}

/** Copies the MAC that begins at the secret position `at`, reading all bytes where one could be. */
export function macAt(bytes: Uint8Array, at: number, macLength: number): Uint8Array {
  const first = Math.max(0, bytes.length - macLength - 256);
  const rotated = new Uint8Array(macLength);
  let rotation = 0;
  for (let i = first, j = 0; i < bytes.length; i++) {
    const inside = ~maskIfLess(i, at) & maskIfLess(i, at + macLength);
    rotated[j]! |= bytes[i]! & inside;
    rotation |= j & maskIfEqual(i, at);
    j++;
    if (j === macLength) j = 0;
  }
  const mac = new Uint8Array(macLength);
  for (let i = 0; i < macLength; i++) {
    for (let k = 0; k < macLength; k++) {
      const sum = k - rotation;
      const place = sum + (macLength & (sum >> 31));
      mac[i] = select(maskIfEqual(place, i), rotated[k]!, mac[i]!);
    }
  }
  return mac;
}
