/**
 * Handshake messages in pieces, RFC 6347 §4.2.2 and §4.2.3:
 *
 * struct {
 *     HandshakeType msg_type;
 *     uint24 length;
 *     uint16 message_seq;
 *     uint24 fragment_offset;
 *     uint24 fragment_length;
 *     select (HandshakeType) { … } body;
 * } Handshake;
 *
 * A message is kept whole, behind a header whose fragment is the message: that is also what the transcript hashes (D16).
 */
import type { Writer } from '../../base/writer.ts';

export const MESSAGE_HEADER = 12;

/** Steps through the fragments of one record; its fields are those of the current fragment. */
export class FragmentCursor {
  readonly bytes: Uint8Array;
  type = 0;
  length = 0;
  seq = 0;
  offset = 0;
  /** Where the piece of the body begins and ends in `bytes`. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Goes on to the next fragment: false at the end, or when what is left is no fragment. */
  next(): boolean {
    const at = this.end;
    const b = this.bytes;
    if (b.length - at < MESSAGE_HEADER) return false;
    const start = at + MESSAGE_HEADER;
    const length = u24(b, at + 1);
    const offset = u24(b, at + 6);
    const end = start + u24(b, at + 9);
    if (end > b.length || offset + (end - start) > length) return false;
    this.type = b[at]!;
    this.length = length;
    this.seq = (b[at + 4]! << 8) | b[at + 5]!;
    this.offset = offset;
    this.start = start;
    this.end = end;
    return true;
  }

  /** Whether bytes are left that are no fragment. */
  get malformed(): boolean {
    return this.end < this.bytes.length;
  }

  /** Whether the current fragment holds the end of its message. */
  get isLast(): boolean {
    return this.offset + (this.end - this.start) === this.length;
  }
}

/** Writes the header of a whole message into its first twelve bytes. */
export function putMessageHeader(raw: Uint8Array, type: number, length: number, seq: number): void {
  raw[0] = type;
  putU24(raw, 1, length);
  raw[4] = seq >>> 8;
  raw[5] = seq;
  putU24(raw, 6, 0);
  putU24(raw, 9, length);
}

/** Appends a fragment of the message `raw`. */
export function writeFragment(w: Writer, raw: Uint8Array, offset: number, length: number): void {
  const at = w.reserve(MESSAGE_HEADER + length);
  const out = w.buffer;
  for (let i = 0; i < 6; i++) out[at + i] = raw[i]!;
  putU24(out, at + 6, offset);
  putU24(out, at + 9, length);
  const from = MESSAGE_HEADER + offset;
  out.set(raw.subarray(from, from + length), at + MESSAGE_HEADER);
}

/**
 * How much of what is left of a message goes into a record with `room` for it; 0: none, a new datagram serves it better.
 * Fragments fill what is there: a sliver at the end of a datagram costs a record and gains nothing (D15).
 */
export function fragmentLength(left: number, room: number, isFresh: boolean): number {
  if (left <= room) return left;
  if (isFresh) return Math.max(room, LEAST_FRAGMENT);
  return room >= WORTHWHILE_FRAGMENT ? room : 0;
}

/** Goes into a datagram whatever its limit: with less, a handshake would not end. */
const LEAST_FRAGMENT = 16;
const WORTHWHILE_FRAGMENT = 64;

function u24(b: Uint8Array, at: number): number {
  return (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!;
}

function putU24(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 16;
  b[at + 1] = value >>> 8;
  b[at + 2] = value;
}
