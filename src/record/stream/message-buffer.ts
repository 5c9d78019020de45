/**
 * Handshake messages out of the contents of records: RFC 9846 §5.1 lets them be coalesced and split at will. What a
 * header claims is compared with the bound of its type before anything is stored for it.
 */
import { DECODE_ERROR, ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { MAX_CERTIFICATE_MESSAGE, MAX_FINISHED, MAX_HELLO, MAX_SMALL_MESSAGE } from '../../base/limits.ts';
import {
  CERTIFICATE,
  CLIENT_HELLO,
  COMPRESSED_CERTIFICATE,
  FINISHED,
  HELLO_REQUEST,
  NEW_SESSION_TICKET,
  SERVER_HELLO,
} from '../../wire/handshake.ts';
import type { IncomingMessage, RecordFault } from '../carrier.ts';

const HEADER_LENGTH = 4;

/** The most bytes that a message of this type may claim. */
export function messageLimit(type: number): number {
  switch (type) {
    case CERTIFICATE:
    case COMPRESSED_CERTIFICATE:
      return MAX_CERTIFICATE_MESSAGE;
    case CLIENT_HELLO:
    case SERVER_HELLO:
    case NEW_SESSION_TICKET:
      return MAX_HELLO + MAX_SMALL_MESSAGE;
    case FINISHED:
      return MAX_FINISHED;
    default:
      return MAX_SMALL_MESSAGE;
  }
}

export class MessageBuffer {
  #bytes: Uint8Array | undefined;
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** HelloRequest has no content, and may come at any time (RFC 5246 §7.4.1.1). */
  get startsWithHelloRequest(): boolean {
    return this.#bytes?.subarray(0, Math.min(this.#length, HEADER_LENGTH)).every((byte) => byte === HELLO_REQUEST) === true;
  }

  append(content: Uint8Array): void {
    const length = this.#length + content.length;
    if (this.#bytes === undefined || length > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes === undefined ? length : Math.max(length, 2 * this.#bytes.length));
      if (this.#bytes !== undefined) larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(content, this.#length);
    this.#length = length;
  }

  /** The next whole message, in bytes of its own; undefined when it is not whole; a fault when it claims too much. */
  next(): IncomingMessage | RecordFault | undefined {
    const bytes = this.#bytes;
    if (bytes === undefined || this.#length < HEADER_LENGTH) return undefined;
    const type = bytes[0]!;
    const length = (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
    if (length > messageLimit(type)) {
      return type === FINISHED
        ? { alert: DECODE_ERROR, code: 'decode_error', detail: 'Finished too long' }
        : { alert: ILLEGAL_PARAMETER, code: 'message_too_long', detail: `${length} bytes` };
    }
    const total = HEADER_LENGTH + length;
    if (this.#length < total) return undefined;
    // Memory with nothing else in it goes with the message.
    const raw = bytes.length === total ? bytes : bytes.slice(0, total);
    this.#length -= total;
    if (this.#length === 0) this.#bytes = undefined;
    else bytes.copyWithin(0, total, total + this.#length);
    return { type, raw, body: raw.subarray(HEADER_LENGTH) };
  }
}
