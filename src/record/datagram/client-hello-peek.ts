/**
 * Reads as much of a first ClientHello as a server needs that has no state for its sender, RFC 6347 §4.2.1. Nothing is
 * allocated but this one object, nothing throws: a flood costs as little as can be (D17, D22).
 *
 * A ClientHello in fragments is taken by its first one, when that holds all before the extensions: the cookie is there.
 */
import { CLIENT_HELLO } from '../../wire/handshake.ts';
import { HANDSHAKE } from '../../wire/content.ts';
import { MESSAGE_HEADER } from './fragment.ts';
import { RECORD_HEADER } from './record-header.ts';

export interface PeekedHello {
  /** Sequence number of the record. */
  readonly recordSeq: number;
  readonly messageSeq: number;
  /** Bytes of the whole message. */
  readonly length: number;
  readonly cookie: Uint8Array;
  /** client_version, random and session_id; cipher suites and compression methods: all that the cookie is bound to. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** `partial`: a first fragment that ends too early; `none`: no ClientHello of epoch 0. */
export function peekClientHello(datagram: Uint8Array): PeekedHello | 'partial' | 'none' {
  const b = datagram;
  if (b.length < RECORD_HEADER + MESSAGE_HEADER || b[0] !== HANDSHAKE || b[1] !== 0xfe) return 'none';
  if (b[3] !== 0 || b[4] !== 0) return 'none';
  const end = RECORD_HEADER + u16(b, 11);
  if (end > b.length) return 'none';
  let at = RECORD_HEADER;
  if (b[at] !== CLIENT_HELLO) return 'none';
  const length = u24(b, at + 1);
  const offset = u24(b, at + 6);
  const piece = u24(b, at + 9);
  const start = at + MESSAGE_HEADER;
  if (start + piece > end || piece > length) return 'none';
  if (offset !== 0) return offset + piece > length ? 'none' : 'partial';
  const stop = start + piece;
  const short = piece < length ? 'partial' : 'none';

  // client_version, random
  at = start + 34;
  if (at + 1 > stop) return short;
  if (b[start] !== 0xfe || b[at]! > 32) return 'none';
  const headEnd = at + 1 + b[at]!;
  if (headEnd + 1 > stop) return short;
  const cookieStart = headEnd + 1;
  const cookieEnd = cookieStart + b[headEnd]!;
  at = cookieEnd;
  if (at + 2 > stop) return short;
  const suites = u16(b, at);
  if (suites < 2 || suites % 2 !== 0) return 'none';
  at += 2 + suites;
  if (at + 1 > stop) return short;
  at += 1 + b[at]!;
  if (at > stop) return short;
  return {
    recordSeq: u16(b, 5) * 2 ** 32 + u16(b, 7) * 2 ** 16 + u16(b, 9),
    messageSeq: u16(b, RECORD_HEADER + 4),
    length,
    cookie: b.subarray(cookieStart, cookieEnd),
    head: b.subarray(start, headEnd),
    tail: b.subarray(cookieEnd, at),
  };
}

function u16(b: Uint8Array, at: number): number {
  return (b[at]! << 8) | b[at + 1]!;
}

function u24(b: Uint8Array, at: number): number {
  return (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!;
}
