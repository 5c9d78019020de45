/** The two directions of one epoch, RFC 6347 §4.1: protection, sequence numbers, replay window. */
import { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { Protection, RecordView } from '../../crypto/protect/protection.ts';
import { RECORD_HEADER, type RecordCursor } from './record-header.ts';
import { ReplayWindow, type WindowSize } from './replay.ts';

/** The last sequence numbers of an epoch, kept for alerts: RFC 6347 §4.1 forbids that they wrap. */
const RESERVED = 16;

export class WriteEpoch {
  readonly epoch: number;
  readonly protection: Protection | undefined;
  /** Epoch and the number of the next record: never goes back, also not for repetitions (D4). */
  readonly seq: Counter = new Counter();

  constructor(epoch: number, protection: Protection | undefined, firstSeq = 0) {
    this.epoch = epoch;
    this.protection = protection;
    this.seq.hi = ((epoch << 16) | Math.floor(firstSeq / 2 ** 32)) >>> 0;
    this.seq.lo = firstSeq >>> 0;
  }

  /** Most bytes that a record is longer than its content. */
  get overhead(): number {
    return RECORD_HEADER + (this.protection === undefined ? 0 : this.protection.overhead);
  }

  /** Records sealed so far. */
  get sealed(): number {
    return (this.seq.hi & 0xffff) * 2 ** 32 + this.seq.lo;
  }

  /** Whether the numbers are used up, but for the last ones where `isAlert`. */
  isExhausted(isAlert: boolean): boolean {
    return this.sealed >= 2 ** 48 - (isAlert ? 1 : RESERVED);
  }

  /** Appends a record. */
  seal(out: Writer, type: number, version: number, content: Uint8Array): void {
    const seq = this.seq;
    const header = out.reserve(11);
    out.buffer[header] = this.protection?.outerType ?? type;
    out.buffer[header + 1] = version >>> 8;
    out.buffer[header + 2] = version;
    seq.writeTo(out.buffer, header + 3);
    const at = out.open(2);
    if (this.protection === undefined) out.bytes(content);
    else this.protection.seal(out, type, seq, content);
    out.close(2, at);
    seq.increment();
  }
}

export class ReadEpoch {
  readonly epoch: number;
  readonly protection: Protection | undefined;
  /** None without protection: anyone could move it (CVE-2016-2181). */
  readonly #window: ReplayWindow | undefined;
  /** Records that did not authenticate. */
  forgeries = 0;

  constructor(epoch: number, protection: Protection | undefined, size: WindowSize) {
    this.epoch = epoch;
    this.protection = protection;
    this.#window = protection === undefined ? undefined : new ReplayWindow(size);
  }

  isFresh(seq: number): boolean {
    return this.#window === undefined || this.#window.fresh(seq);
  }

  /** The content of the cursor's record, or undefined when it does not authenticate. `view` and `counter` are scratch. */
  open(record: RecordCursor, view: RecordView, counter: Counter): Uint8Array | undefined {
    view.type = record.type;
    view.version = record.version;
    view.fragment = record.fragment;
    if (this.protection === undefined) return view.fragment;
    record.putNumber(counter);
    const content = this.protection.open(view, counter);
    if (content === undefined) this.forgeries++;
    return content;
  }

  accept(seq: number): void {
    this.#window?.accept(seq);
  }
}
