/** Nonces from sequence numbers. */
import type { Counter } from '../../base/counter.ts';

/** RFC 9846 §5.3 and RFC 7905 §2: the IV xor the 64-bit record number, padded on the left. All are 12 bytes long. */
export function xorNonce(out: Uint8Array, iv: Uint8Array, seq: Counter): void {
  const { hi, lo } = seq;
  out[0] = iv[0]!;
  out[1] = iv[1]!;
  out[2] = iv[2]!;
  out[3] = iv[3]!;
  out[4] = iv[4]! ^ (hi >>> 24);
  out[5] = iv[5]! ^ (hi >>> 16);
  out[6] = iv[6]! ^ (hi >>> 8);
  out[7] = iv[7]! ^ hi;
  out[8] = iv[8]! ^ (lo >>> 24);
  out[9] = iv[9]! ^ (lo >>> 16);
  out[10] = iv[10]! ^ (lo >>> 8);
  out[11] = iv[11]! ^ lo;
}
