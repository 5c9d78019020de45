/** HKDF (RFC 5869) and HKDF-Expand-Label (RFC 9846 §7.1), over a provider's HMAC. */
import { ascii } from '../../base/bytes.ts';
import type { CryptoProvider, HashName } from '../port.ts';
import { hashLength } from './hash-length.ts';

/** What stands before every label: 'tls13 ' with its space, or 'dtls13' without one (RFC 9147 §5.9). */
export type LabelPrefix = 'tls13 ' | 'dtls13';

export function hkdfExtract(crypto: CryptoProvider, hash: HashName, salt: Uint8Array, keyMaterial: Uint8Array): Uint8Array {
  return crypto.hmac(hash, salt.length === 0 ? new Uint8Array(hashLength(hash)) : salt, keyMaterial);
}

export function hkdfExpand(crypto: CryptoProvider, hash: HashName, key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const size = hashLength(hash);
  if (length > 255 * size) throw new RangeError('HKDF output too long');
  if (length <= size) {
    const only = crypto.hmac(hash, key, info, COUNTER_ONE);
    return length === size ? only : only.subarray(0, length);
  }
  const out = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, i = 1; at < length; at += size, i++) {
    block = crypto.hmac(hash, key, block, info, Uint8Array.of(i));
    out.set(block.subarray(0, Math.min(size, length - at)), at);
  }
  return out;
}

/**
 * ```
 * struct {
 *     uint16 length = Length;
 *     opaque label<7..255> = "tls13 " + Label;
 *     opaque context<0..255> = Context;
 * } HkdfLabel;
 * ```
 */
export function hkdfExpandLabel(
  crypto: CryptoProvider,
  hash: HashName,
  prefix: LabelPrefix,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const full = ascii(prefix + label);
  if (full.length > 255 || context.length > 255) throw new RangeError('label or context too long');
  const info = new Uint8Array(4 + full.length + context.length);
  info[0] = length >>> 8;
  info[1] = length;
  info[2] = full.length;
  info.set(full, 3);
  info[3 + full.length] = context.length;
  info.set(context, 4 + full.length);
  return hkdfExpand(crypto, hash, secret, info, length);
}

const COUNTER_ONE: Uint8Array = /* @__PURE__ */ Uint8Array.of(1);
