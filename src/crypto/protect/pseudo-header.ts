/**
 * What SSL 3.0 to (D)TLS 1.2 authenticate beside the content: `seq_num + type + version + length` (RFC 5246 §6.2.3.1 and
 * §6.2.3.3). In DTLS the number holds the epoch in its top 16 bits (RFC 6347 §4.1.2.1), so that one form serves both.
 */
import type { Counter } from '../../base/counter.ts';

export const PSEUDO_HEADER_LENGTH = 13;

/** One record is made at a time: all connections share it. */
const header = /* @__PURE__ */ new Uint8Array(PSEUDO_HEADER_LENGTH);

/** The result is overwritten by the next call. */
export function pseudoHeader(seq: Counter, type: number, version: number, length: number): Uint8Array {
  seq.writeTo(header, 0);
  header[8] = type;
  header[9] = version >>> 8;
  header[10] = version;
  header[11] = length >>> 8;
  header[12] = length;
  return header;
}
