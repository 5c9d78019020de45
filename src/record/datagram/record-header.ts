/**
 * The records of a datagram, RFC 6347 §4.1:
 *
 * struct {
 *     ContentType type;
 *     ProtocolVersion version;
 *     uint16 epoch;
 *     uint48 sequence_number;
 *     uint16 length;
 *     opaque fragment[DTLSPlaintext.length];
 * } DTLSPlaintext;
 *
 * A record that cannot be used does not keep the later ones from being read (D1): only lengths lead from one to the next.
 */
import type { Counter } from '../../base/counter.ts';

export const RECORD_HEADER = 13;

/** Steps through the records of one datagram; its fields are those of the current record. */
export class RecordCursor {
  readonly bytes: Uint8Array;
  type = 0;
  version = 0;
  epoch = 0;
  /** The 48-bit sequence number: a double holds it exactly. */
  seq = 0;
  /** Where the record and its fragment begin, and where both end. */
  start = 0;
  fragmentStart = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Goes on to the next record: false at the end, or when what is left is no record. */
  next(): boolean {
    const at = this.end;
    const b = this.bytes;
    if (b.length - at < RECORD_HEADER) return false;
    const end = at + RECORD_HEADER + ((b[at + 11]! << 8) | b[at + 12]!);
    if (end > b.length) return false;
    this.type = b[at]!;
    this.version = (b[at + 1]! << 8) | b[at + 2]!;
    this.epoch = (b[at + 3]! << 8) | b[at + 4]!;
    this.seq = ((b[at + 5]! << 8) | b[at + 6]!) * 2 ** 32 + u32(b, at + 7);
    this.start = at;
    this.fragmentStart = at + RECORD_HEADER;
    this.end = end;
    return true;
  }

  /** Whether bytes are left that are no record. */
  get truncated(): boolean {
    return this.end < this.bytes.length;
  }

  get fragment(): Uint8Array {
    return this.bytes.subarray(this.fragmentStart, this.end);
  }

  /** The whole record, as bytes of its own. */
  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** Epoch and sequence number as the protection wants them. */
  putNumber(counter: Counter): void {
    counter.hi = ((this.epoch << 16) | Math.floor(this.seq / 2 ** 32)) >>> 0;
    counter.lo = this.seq >>> 0;
  }
}

function u32(b: Uint8Array, at: number): number {
  return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}
