/** What a mapper sends and receives with: records of a stream, or datagrams, under the keys that it was last given. */
import { concat } from '../../src/base/bytes.ts';
import { Counter } from '../../src/base/counter.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import type { Protection, RecordView } from '../../src/crypto/protect/protection.ts';
import { WriteEpoch } from '../../src/record/datagram/epoch.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader } from '../../src/record/datagram/fragment.ts';
import { RecordCursor } from '../../src/record/datagram/record-header.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../src/wire/content.ts';

/** One thing that came. `raw`: as the transcript hashes it. */
export type Item =
  | { readonly kind: 'message'; readonly type: number; readonly body: Uint8Array; readonly raw: Uint8Array }
  | { readonly kind: 'ccs' }
  | { readonly kind: 'alert'; readonly level: number; readonly description: number }
  | { readonly kind: 'data' }
  /** It does not open under the keys at hand. */
  | { readonly kind: 'garbled' };

export interface Wire {
  readonly isDatagram: boolean;
  /** Sends a handshake message; gives it as the transcript hashes it. */
  message(type: number, body: Uint8Array): Uint8Array;
  content(type: number, content: Uint8Array): void;
  setWrite(protection: Protection): void;
  setRead(protection: Protection): void;
  /** Another handshake begins: messages are numbered anew. */
  restart(): void;
  /** What was sent since the last call. */
  take(): readonly Uint8Array[];
  /** What came, one by one: keys given between two count for the second. */
  receive(bytes: Uint8Array): Generator<Item>;
}

function item(type: number, content: Uint8Array): Item {
  switch (type) {
    case CHANGE_CIPHER_SPEC:
      return { kind: 'ccs' };
    case ALERT:
      return { kind: 'alert', level: content[0]!, description: content[1]! };
    case APPLICATION_DATA:
      return { kind: 'data' };
    default:
      return { kind: 'garbled' };
  }
}

export class StreamWire implements Wire {
  readonly isDatagram = false;
  readonly #version: number;
  #out: Uint8Array[] = [];
  #write: Protection | undefined;
  #read: Protection | undefined;
  readonly #writeNumber = new Counter();
  readonly #readNumber = new Counter();
  #messages: Uint8Array = new Uint8Array(0);

  constructor(version: number) {
    this.#version = version;
  }

  message(type: number, body: Uint8Array): Uint8Array {
    const w = new Writer(4 + body.length);
    w.u8(type);
    w.vector(3, body);
    const raw = w.copy();
    this.content(HANDSHAKE, raw);
    return raw;
  }

  content(type: number, content: Uint8Array): void {
    // The change_cipher_spec of TLS 1.3 is never protected.
    const protection = type === CHANGE_CIPHER_SPEC && this.#write?.outerType !== undefined ? undefined : this.#write;
    const w = new Writer();
    w.u8(protection?.outerType ?? type);
    w.u16(this.#version);
    const at = w.open(2);
    if (protection === undefined) w.bytes(content);
    else {
      protection.seal(w, type, this.#writeNumber, content);
      this.#writeNumber.increment();
    }
    w.close(2, at);
    this.#out.push(w.copy());
  }

  setWrite(protection: Protection): void {
    this.#write = protection;
    this.#writeNumber.reset();
  }

  setRead(protection: Protection): void {
    this.#read = protection;
    this.#readNumber.reset();
  }

  restart(): void {}

  take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out.length === 0 ? out : [concat(...out)];
  }

  *receive(bytes: Uint8Array): Generator<Item> {
    const r = new Reader(bytes);
    while (r.remaining > 0) {
      const record: RecordView = { type: r.u8(), version: r.u16(), fragment: r.vector(2) };
      const content = this.#open(record);
      if (content === undefined) yield { kind: 'garbled' };
      else if (record.type !== HANDSHAKE) yield item(record.type, content);
      else {
        this.#messages = concat(this.#messages, content);
        yield* this.#whole();
      }
    }
  }

  *#whole(): Generator<Item> {
    for (;;) {
      const bytes = this.#messages;
      const length = bytes.length < 4 ? Infinity : 4 + ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!);
      if (bytes.length < length) return;
      this.#messages = bytes.subarray(length);
      const raw = bytes.slice(0, length);
      yield { kind: 'message', type: raw[0]!, body: raw.subarray(4), raw };
    }
  }

  #open(record: RecordView): Uint8Array | undefined {
    const read = this.#read;
    const isClear = read === undefined || (read.outerType !== undefined && record.type !== read.outerType);
    if (isClear) return record.type === APPLICATION_DATA ? undefined : record.fragment;
    const content = read.open(record, this.#readNumber);
    if (content !== undefined) this.#readNumber.increment();
    return content;
  }
}

export class DatagramWire implements Wire {
  readonly isDatagram = true;
  readonly #version: number;
  #out: Uint8Array[] = [];
  #write = new WriteEpoch(0, undefined);
  #read: { readonly epoch: number; readonly protection: Protection | undefined } = { epoch: 0, protection: undefined };
  #sendSeq = 0;

  constructor(version: number) {
    this.#version = version;
  }

  message(type: number, body: Uint8Array): Uint8Array {
    const raw = new Uint8Array(MESSAGE_HEADER + body.length);
    putMessageHeader(raw, type, body.length, this.#sendSeq++);
    raw.set(body, MESSAGE_HEADER);
    this.content(HANDSHAKE, raw);
    return raw;
  }

  content(type: number, content: Uint8Array): void {
    const w = new Writer();
    this.#write.seal(w, type, this.#version, content);
    this.#out.push(w.copy());
  }

  setWrite(protection: Protection): void {
    this.#write = new WriteEpoch(this.#write.epoch + 1, protection);
  }

  setRead(protection: Protection): void {
    this.#read = { epoch: this.#read.epoch + 1, protection };
  }

  restart(): void {
    this.#sendSeq = 0;
  }

  take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  *receive(bytes: Uint8Array): Generator<Item> {
    const record = new RecordCursor(bytes);
    while (record.next()) {
      const content = this.#open(record);
      if (content === undefined) yield { kind: 'garbled' };
      else if (record.type !== HANDSHAKE) yield item(record.type, content);
      else {
        const fragment = new FragmentCursor(content);
        while (fragment.next()) {
          const body = content.slice(fragment.start, fragment.end);
          const raw = new Uint8Array(MESSAGE_HEADER + body.length);
          putMessageHeader(raw, fragment.type, fragment.length, fragment.seq);
          raw.set(body, MESSAGE_HEADER);
          yield { kind: 'message', type: fragment.type, body, raw };
        }
      }
    }
  }

  #open(record: RecordCursor): Uint8Array | undefined {
    if (record.epoch !== this.#read.epoch) return undefined;
    const { protection } = this.#read;
    if (protection === undefined) return record.fragment.slice();
    const view: RecordView = { type: record.type, version: record.version, fragment: record.fragment.slice() };
    const number = new Counter();
    record.putNumber(number);
    return protection.open(view, number);
  }
}
