/** HKDF (RFC 5869) and HKDF-Expand-Label (RFC 9846 §7.1), over a provider's HMAC. */
import { writeAscii } from '../../base/bytes.ts';
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
  const full = prefix.length + label.length;
  if (full > 255 || context.length > 255) throw new RangeError('label or context too long');
  // One block of output is the rule: its counter stands behind the structure already.
  const size = 5 + full + context.length;
  const input = (views[size] ??= scratch.subarray(0, size));
  input[0] = length >>> 8;
  input[1] = length;
  input[2] = full;
  writeAscii(input, 3, prefix);
  writeAscii(input, 3 + prefix.length, label);
  input[3 + full] = context.length;
  input.set(context, 4 + full);
  if (length > hashLength(hash)) return hkdfExpand(crypto, hash, secret, input.slice(0, size - 1), length);
  input[size - 1] = 1;
  const block = crypto.hmac(hash, secret, input);
  return length === block.length ? block : block.slice(0, length);
}

/** A handshake makes 45 of them, one at a time and of the same few lengths: they share their space, which holds no secret. */
const scratch: Uint8Array = /* @__PURE__ */ new Uint8Array(5 + 2 * 255);
const views: (Uint8Array | undefined)[] = [];
