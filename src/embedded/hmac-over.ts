/** HMAC over a hash alone: for drivers that have no HMAC of their own. */
import type { Hash, HashName } from '../crypto/port.ts';

/** RFC 2104. */
export function hmacOver(start: () => Hash, name: HashName, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const block = name === 'sha384' || name === 'sha512' ? 128 : 64;
  let short = key;
  if (key.length > block) {
    const hashed = start();
    hashed.update(key);
    short = hashed.digest();
  }
  const pad = (byte: number): Uint8Array => {
    const bytes = new Uint8Array(block).fill(byte);
    for (let i = 0; i < short.length; i++) bytes[i]! ^= short[i]!;
    return bytes;
  };
  const inner = start();
  inner.update(pad(0x36));
  for (const part of parts) inner.update(part);
  const outer = start();
  outer.update(pad(0x5c));
  outer.update(inner.digest());
  return outer.digest();
}
