/**
 * The carrier of TLS: records over a byte stream. Reading is pulled: no record is opened before the message in front of
 * it has been dealt with, so a key change cannot come too late (S43). Nothing here throws on what a peer sends.
 */
import {
  BAD_RECORD_MAC,
  DECODE_ERROR,
  ILLEGAL_PARAMETER,
  PROTOCOL_VERSION,
  RECORD_OVERFLOW,
  UNEXPECTED_MESSAGE,
} from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { MAX_DUMMY_CCS, MAX_EMPTY_RECORDS, MAX_EXPANSION_LEGACY, MAX_PLAINTEXT } from '../../base/limits.ts';
import { Writer } from '../../base/writer.ts';
import type { Protection, RecordView } from '../../crypto/protect/protection.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from '../../wire/content.ts';
import { CCS_MESSAGE } from '../../wire/handshake.ts';
import { TLS10 } from '../../wire/version.ts';
import type { CarrierSink, CcsPolicy, IncomingMessage, RecordFault, TranscriptSink } from '../carrier.ts';
import type { RecordLayer } from '../record-layer.ts';
import { Deframer, HEADER_LENGTH } from './deframer.ts';
import { MessageBuffer } from './message-buffer.ts';

const CCS: IncomingMessage = /* @__PURE__ */ Object.freeze({ type: CCS_MESSAGE, body: EMPTY, raw: EMPTY });
const CCS_CONTENT: Uint8Array = /* @__PURE__ */ Uint8Array.of(1);
const MAJOR = 3;
/** GenericBlockCipher.padding, RFC 5246 §6.2.3.2. */
const MAX_PADDING = 255;
/** Memory of output that is kept for the next, until the connection rests: seven records, in what a Writer grows to for them. */
const MAX_SPARE = 139_264;

export class StreamCarrier implements RecordLayer {
  readonly #sink: CarrierSink;
  transcript: TranscriptSink | undefined;
  /** Why the connection has to end: set once. */
  fault: RecordFault | undefined;

  /** Heartbeat was negotiated (RFC 6520 §2): before, its records are as unexpected as any. */
  #heartbeats = false;
  readonly isReliable = true;

  // Reading
  readonly #deframer: Deframer;
  readonly #record: RecordView = { type: 0, version: 0, fragment: EMPTY };
  #messages: MessageBuffer | undefined;
  #read: Protection | undefined;
  readonly #readSeq = new Counter();
  #readVersion: number | undefined;
  #readLimit = MAX_PLAINTEXT;
  #firstRecord = true;
  #ccs: CcsPolicy = 'message';
  #ccsCount = 0;
  #emptyRecords = 0;
  /** Bytes of early data that may still be skipped; undefined: none is. */
  #skip: number | undefined;
  #acceptsData = false;

  // Writing
  #write: Protection | undefined;
  readonly #writeSeq = new Counter();
  #writeVersion = TLS10;
  #peerLimit = MAX_PLAINTEXT;
  #writeLimit = MAX_PLAINTEXT;
  #flight: Writer | undefined;
  #out: Writer | undefined;
  #splitFirst = false;
  #spare: Uint8Array | undefined;

  constructor(sink: CarrierSink) {
    this.#sink = sink;
    this.#deframer = new Deframer(MAX_PLAINTEXT + MAX_EXPANSION_LEGACY);
  }

  // --- what the handshake sees ---

  message(type: number, build: (w: Writer) => void): void {
    this.#flight ??= new Writer(1024);
    const w = this.#flight;
    const start = w.length;
    w.u8(type);
    const at = w.open(3);
    build(w);
    w.close(3, at);
    this.transcript?.add(w.buffer.slice(start, w.length));
  }

  changeCipherSpec(): void {
    this.#flushFlight();
    // In TLS 1.3 it is never protected (RFC 9846 §5); in a later handshake of older versions it is, as all that stands before it.
    this.#seal(CHANGE_CIPHER_SPEC, CCS_CONTENT, this.#write?.outerType === undefined ? this.#write : undefined);
  }

  endFlight(): void {
    //= rfc9846#section-5.1
    //# implementations MUST send these messages in alignment with a record boundary
    this.#flushFlight();
  }

  /** What is left of the peer's flight cannot be answered to: it would be data ahead of its time. */
  answered(): void {
    if (this.#messages !== undefined && !this.#messages.isEmpty)
      this.#refuse(UNEXPECTED_MESSAGE, 'excess_handshake_data', 'handshake bytes behind the end of a flight');
  }

  finished(): void {
    this.#flushFlight();
    this.#flight = undefined;
    //= rfc5246#section-6.2.1
    //# Recipients MUST receive and process interleaved application layer traffic during handshakes
    //# subsequent to the first one on a connection.
    this.#acceptsData = true;
    this.transcript = undefined;
    if (this.#ccs === 'ignore') this.#ccs = 'refuse';
  }

  setRead(_epoch: number, protection: Protection): void {
    //= rfc9846#section-5.1
    //# Handshake messages MUST NOT span key changes.
    if (this.#messages !== undefined && !this.#messages.isEmpty)
      //= rfc9846#section-5.1
      //# Implementations MUST verify that all messages immediately preceding a key change align with a
      //# record boundary; if not, then they MUST terminate the connection with an "unexpected_message"
      //# alert.
      this.#refuse(UNEXPECTED_MESSAGE, 'excess_handshake_data', 'handshake bytes before a key change');
    this.#read?.rest();
    this.#read = protection;
    this.#readSeq.reset();
  }

  setWrite(_epoch: number, protection: Protection): void {
    this.#flushFlight();
    this.#write?.rest();
    this.#write = protection;
    //= rfc9846#section-5.3
    //# the first record transmitted under a particular traffic key MUST use sequence number 0
    //= rfc5246#section-6.1
    //# The sequence number MUST be set to zero whenever a connection state is made the active state.
    //= rfc5246#section-6.1
    //# the first record transmitted under a particular connection state MUST use sequence number 0
    this.#writeSeq.reset();
  }

  setVersion(write: number, read: number | undefined): void {
    this.#writeVersion = write;
    this.#readVersion = read;
  }

  setChangeCipherSpec(policy: CcsPolicy): void {
    this.#ccs = policy;
  }

  setLimits(write: number, read: number): void {
    this.#peerLimit = write;
    this.#writeLimit = Math.min(this.#writeLimit, write);
    this.#readLimit = read;
  }

  /** CBC records of TLS 1.0 and SSL 3.0: the first byte goes alone (BEAST, S7). */
  setSplitRecords(split: boolean): void {
    this.#splitFirst = split;
  }

  allowHeartbeats(): void {
    this.#heartbeats = true;
  }

  skipEarlyData(bytes: number): void {
    this.#skip = bytes > 0 ? bytes : undefined;
  }

  next(wanted?: number): IncomingMessage | undefined {
    while (this.fault === undefined) {
      if (wanted === CCS_MESSAGE && !this.#awaitsCcs()) return undefined;
      const message = this.#messages?.next();
      if (message !== undefined) {
        if ('code' in message) {
          this.fault = message;
          return undefined;
        }
        return message;
      }
      const ready = this.#deframer.next(this.#record);
      if (ready === false) {
        if (this.#firstRecord) this.#checkFirstHeader();
        return undefined;
      }
      if (ready === 'overflow') {
        this.#refuseHeader();
        return undefined;
      }
      const pseudo = this.#take(this.#record);
      if (pseudo !== undefined) return pseudo;
    }
    return undefined;
  }

  // --- what the connection sees ---

  push(bytes: Uint8Array): void {
    this.#deframer.push(bytes);
  }

  /** The chunk given to `push` may be reused by its owner from now on. */
  keep(): void {
    this.#deframer.keep();
  }

  //= rfc9846#section-5
  //= type=implication
  //# Implementations MUST NOT send record types not defined in this document unless negotiated by some
  //# extension.
  //= rfc5246#section-6
  //= type=implication
  //# Implementations MUST NOT send record types not defined in this document unless negotiated by some
  //# extension.
  /** Sends content in as many records as it needs. */
  writeData(type: number, content: Uint8Array): void {
    // In a stream, nothing is nothing: no empty record goes out.
    //= rfc5246#section-6.2.1
    //# Implementations MUST NOT send zero-length fragments of Handshake, Alert, or ChangeCipherSpec
    //# content types.
    if (content.length === 0) return;
    const records = Math.ceil(content.length / this.#writeLimit) + 1;
    this.#out ??= this.#writer(content.length + records * (HEADER_LENGTH + (this.#write?.overhead ?? 0)));
    const split = this.#splitFirst && type === APPLICATION_DATA;
    for (let at = 0; at < content.length; ) {
      if (split && content.length - at > 1) this.#seal(type, content.subarray(at, ++at), this.#write);
      const end = Math.min(content.length, at + this.#writeLimit);
      this.#seal(type, at === 0 && end === content.length ? content : content.subarray(at, end), this.#write);
      at = end;
    }
  }

  alert(level: number, description: number): void {
    this.#flushFlight();
    this.#seal(ALERT, Uint8Array.of(level, description), this.#write);
  }

  /** All records sealed since the last call. The bytes are the caller's. */
  takeOutput(): Uint8Array | undefined {
    const out = this.#out;
    if (out === undefined || out.length === 0) return undefined;
    this.#out = undefined;
    return out.view();
  }

  /** Output that its taker has no more use for: the next records are written over it. A fresh 16 KB cost 2 µs. */
  giveBack(output: Uint8Array): void {
    if (output.buffer.byteLength <= MAX_SPARE) this.#spare = new Uint8Array(output.buffer);
  }

  get hasOutput(): boolean {
    return this.#out !== undefined && this.#out.length > 0;
  }

  get outputLength(): number {
    return this.#out === undefined ? 0 : this.#out.length;
  }

  get nextTimeout(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  /** Whether more has come than was taken: bytes of a record, or of a message. */
  get hasPartialInput(): boolean {
    return this.#deframer.buffered > 0 || (this.#messages !== undefined && !this.#messages.isEmpty);
  }

  /** Whether bytes of a handshake message stand behind the one that was taken: KeyUpdate must end its record (S24). */
  get hasPartialMessage(): boolean {
    return this.#messages !== undefined && !this.#messages.isEmpty;
  }

  limitWrites(size: number): void {
    this.#writeLimit = Math.min(size, this.#peerLimit);
  }

  get writeLimit(): number {
    return this.#writeLimit;
  }

  /** Records sealed under the current key, as far as 2^32 counts. */
  get sealedRecords(): number {
    return this.#writeSeq.hi > 0 ? Number.POSITIVE_INFINITY : this.#writeSeq.lo;
  }

  /** Drops what is held only for speed. */
  rest(): void {
    this.#read?.rest();
    this.#write?.rest();
    this.#record.fragment = EMPTY;
    this.#deframer.letGo();
    this.#spare = undefined;
    if (this.#messages?.isEmpty === true) this.#messages = undefined;
  }

  // --- reading ---

  /** Where only ChangeCipherSpec may come, what else has come may be under keys that we do not have: it is not read (S2). */
  #awaitsCcs(): boolean {
    if (this.#messages === undefined || this.#messages.isEmpty || this.#messages.startsWithHelloRequest) return true;
    this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_message', 'expected ChangeCipherSpec, got a handshake message');
    return false;
  }

  /** Opens a record and hands its content on. Gives ChangeCipherSpec back where it counts as a message. */
  #take(record: RecordView): IncomingMessage | undefined {
    if (!this.#checkHeader(record)) return undefined;
    if (record.type === CHANGE_CIPHER_SPEC && (this.#read === undefined || this.#ccs !== 'message')) return this.#takeCcs(record.fragment);
    const content = this.#open(record);
    if (content === undefined) return undefined;
    if (content.length > this.#readLimit) {
      //= rfc9846#section-5.1
      //# The length MUST NOT exceed 2<sup>14</sup> bytes.
      //= rfc9846#section-5.1
      //# An endpoint that receives a record that exceeds this length MUST terminate the connection with
      //# a "record_overflow" alert.
      //= rfc5246#section-6.2.1
      //# The length MUST NOT exceed 2^14.
      this.#refuse(RECORD_OVERFLOW, 'record_overflow', `${content.length} bytes`);
      return undefined;
    }
    if (content.length === 0 && !this.#allowEmpty(record.type)) return undefined;
    if (this.#messages !== undefined && !this.#messages.isEmpty && record.type !== HANDSHAKE) {
      //= rfc9846#section-5.1
      //# Handshake messages MUST NOT be interleaved with other record types.
      //= rfc9846#section-5.1
      //# That is, if a handshake message is split over two or more records, there MUST NOT be any other
      //# records between them.
      this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_record', 'a record between parts of a handshake message');
      return undefined;
    }
    return this.#dispatch(record.type, content);
  }

  #dispatch(type: number, content: Uint8Array): IncomingMessage | undefined {
    switch (type) {
      case APPLICATION_DATA:
        //= rfc9846#section-5.1
        //# Note that Application Data records MUST NOT be written to the wire unprotected (see Section
        //# 2 for details).
        if (!this.#acceptsData) this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_record', 'application data in the handshake');
        else if (content.length > 0) {
          this.#emptyRecords = 0;
          this.#sink.data(content);
        }
        return undefined;
      case HANDSHAKE:
        this.#messages ??= new MessageBuffer();
        this.#messages.append(content);
        return undefined;
      case ALERT:
        //= rfc9846#section-5.1
        //# Alert messages (Section 6) MUST NOT be fragmented across records, and multiple alert
        //# messages MUST NOT be coalesced into a single TLSPlaintext record.
        //= rfc9846#section-5.1
        //# In other words, a record with an Alert type MUST contain exactly one message.
        if (content.length !== 2) this.#refuse(DECODE_ERROR, 'bad_alert', `${content.length} bytes`);
        else this.#sink.alert(content[0]!, content[1]!);
        return undefined;
      case CHANGE_CIPHER_SPEC:
        return this.#takeCcs(content);
      default:
        if (type === HEARTBEAT && this.#heartbeats) this.#sink.other(type, content);
        //= rfc9846#section-5
        //# If a TLS implementation receives an unexpected record type, it MUST terminate the connection
        //# with an "unexpected_message" alert.
        //= rfc5246#section-6
        //# If a TLS implementation receives an unexpected record type, it MUST send an
        //# unexpected_message alert.
        else this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_record', `content type ${type}`);
        return undefined;
    }
  }

  #open(record: RecordView): Uint8Array | undefined {
    const read = this.#read;
    if (read === undefined) {
      this.#deframer.letGo();
      if (this.#skip !== undefined && record.type === APPLICATION_DATA && !this.hasPartialMessage) {
        this.#skipRecord(record, this.#skip);
        return undefined;
      }
      return record.fragment;
    }
    if (read.outerType !== undefined && record.type !== read.outerType) {
      // Before the peer has keys, its alerts come in the clear (RFC 9846 §6).
      if (record.type === ALERT && !this.#acceptsData && this.#readSeq.lo === 0) return record.fragment;
      this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_record', `unprotected content type ${record.type}`);
      return undefined;
    }
    // RFC 9846 §5.4: the whole TLSInnerPlaintext counts, padding too. Before, padding of up to 255 bytes does not.
    const padding = read.outerType === undefined ? MAX_PADDING : 0;
    if (record.fragment.length - read.overhead > this.#readLimit + padding) {
      //= rfc9846#section-5.2
      //# The length MUST NOT exceed 2<sup>14</sup> + 256 bytes.
      //= rfc9846#section-5.2
      //# An endpoint that receives a record that exceeds this length MUST terminate the connection with
      //# a "record_overflow" alert.
      //= rfc9846#section-5.2
      //# An endpoint that receives a record from its peer with TLSCiphertext.length larger than
      //# 2<sup>14</sup> + 256 octets MUST terminate the connection with a "record_overflow" alert.
      //= rfc9846#section-5.4
      //# The presence of padding does not change the overall record size limitations: the full encoded
      //# TLSInnerPlaintext MUST NOT exceed 2<sup>14</sup> + 1 octets.
      //= rfc6066#section-4
      //# MUST discard the message and send a "record_overflow" alert, without decrypting the message
      this.#refuse(RECORD_OVERFLOW, 'record_overflow', 'content and padding');
      return undefined;
    }
    const content = read.open(record, this.#readSeq);
    if (content === undefined) {
      if (this.#skip !== undefined) this.#skipRecord(record, this.#skip);
      //= rfc9846#section-5.2
      //# If the decryption fails, the receiver MUST terminate the connection with a "bad_record_mac"
      //# alert.
      //= rfc5246#section-6.2.3.3
      //# If the decryption fails, a fatal bad_record_mac alert MUST be generated.
      //= rfc5246#section-6.2.3.2
      //# MUST use the bad_record_mac alert to indicate padding errors
      //= rfc5246#section-7.2.2
      //# This alert also MUST be returned if an alert is sent because a TLSCiphertext decrypted in an
      //# invalid way
      //= rfc7366#section-3
      //# For TLS, a fatal bad_record_mac MUST be generated [2].
      else this.#refuse(BAD_RECORD_MAC, 'bad_record_mac');
      return undefined;
    }
    this.#skip = undefined;
    //= rfc5246#section-6.1
    //# These current states MUST be updated for each record processed.
    this.#readSeq.increment();
    // Suites without encryption give a view of what was pushed, and that is its owner's.
    return content.buffer === record.fragment.buffer ? content.slice() : content;
  }

  /** RFC 9846 §4.3.10: early data that was not accepted. */
  #skipRecord(record: RecordView, allowed: number): void {
    this.#skip = allowed - record.fragment.length;
    if (this.#skip < 0) this.#refuse(UNEXPECTED_MESSAGE, 'early_data_limit', 'too much early data to skip');
  }

  #takeCcs(content: Uint8Array): IncomingMessage | undefined {
    //= rfc9846#section-5
    //# An implementation which receives any other change_cipher_spec value or
    //# which receives a protected change_cipher_spec record MUST abort the
    //# handshake with an "unexpected_message" alert.
    if (content.length !== 1 || content[0] !== 1) {
      // RFC 5246 §7.1 has one value; that of another is out of its range.
      this.#refuse(this.#ccs === 'message' ? ILLEGAL_PARAMETER : UNEXPECTED_MESSAGE, 'bad_change_cipher_spec');
      return undefined;
    }
    if (this.#messages !== undefined && !this.#messages.isEmpty) {
      this.#refuse(UNEXPECTED_MESSAGE, 'excess_handshake_data', 'change_cipher_spec inside a message');
      return undefined;
    }
    if (this.#ccs === 'message') {
      // In a later handshake data may flow until here; behind it, not before Finished has shown whose the new keys are.
      this.#acceptsData = false;
      return CCS;
    }
    //= rfc9846#section-5
    //# If an implementation detects a change_cipher_spec record received before the first ClientHello
    //# message or after the peer's Finished message, it MUST be treated as an unexpected record type
    if (this.#ccs === 'refuse') this.#refuse(UNEXPECTED_MESSAGE, 'unexpected_record', 'change_cipher_spec after the handshake');
    else if (++this.#ccsCount > MAX_DUMMY_CCS) this.#refuse(UNEXPECTED_MESSAGE, 'too_many_ccs');
    //= rfc9846#section-5
    //# MUST simply drop it without further processing
    return undefined;
  }

  #allowEmpty(type: number): boolean {
    //= rfc9846#section-5.1
    //# Implementations MUST NOT send zero-length fragments of Handshake
    //# types, even if those fragments contain padding.
    //= rfc9846#section-5.4
    //# Implementations MUST NOT send Handshake and Alert records
    //# that have a zero-length TLSInnerPlaintext.content; if such a message
    //# is received, the receiving implementation MUST terminate the connection
    //# with an "unexpected_message" alert.
    const inner = this.#read?.outerType !== undefined;
    if (type === HANDSHAKE || (type === ALERT && inner) || type === CHANGE_CIPHER_SPEC || type === 0) {
      //= rfc9846#section-5.4
      //# Implementations MUST NOT send Handshake and Alert records that have a zero-length
      //# TLSInnerPlaintext.content; if such a message is received, the receiving implementation MUST
      //# terminate the connection with an "unexpected_message" alert.
      this.#refuse(UNEXPECTED_MESSAGE, 'bad_record', type === 0 ? 'a record without content type' : 'an empty record');
      return false;
    }
    if (++this.#emptyRecords <= MAX_EMPTY_RECORDS) return true;
    this.#refuse(UNEXPECTED_MESSAGE, 'too_many_empty_records');
    return false;
  }

  #checkHeader(record: RecordView): boolean {
    if (this.#firstRecord) {
      //= rfc9846#appendix-E.5
      //# Implementations MUST NOT negotiate TLS 1.3 or later using an SSL version 2.0 compatible
      //# CLIENT-HELLO.
      if (record.type < CHANGE_CIPHER_SPEC || record.type > HEARTBEAT || record.version >>> 8 !== MAJOR) {
        this.#refuseHeader();
        return false;
      }
      this.#firstRecord = false;
    }
    // Before the peer has keys it may not know the version yet: an alert about our ServerHello, say.
    //= rfc9846#section-5.1
    //# This field is deprecated and MUST be ignored for all purposes.
    //= rfc9846#appendix-E
    //# The value of TLSPlaintext.legacy_record_version MUST be ignored by all implementations.
    //= rfc9846#appendix-E.2
    //# Servers will receive various TLS 1.x versions in this field, but its value MUST always be
    //# ignored.
    //= rfc5246#appendix-E.1
    //# Thus, TLS servers compliant with this specification MUST accept any value {03,XX} as the record
    //# layer version number for ClientHello.
    const exact = this.#read !== undefined && this.#readVersion !== undefined;
    if (exact ? record.version !== this.#readVersion : record.version >>> 8 !== MAJOR) {
      this.#refuse(PROTOCOL_VERSION, 'wrong_record_version', `0x${record.version.toString(16)}`);
      return false;
    }
    return true;
  }

  /** What is no TLS at all is found out by its first bytes, not when a record of them would be whole. */
  #checkFirstHeader(): void {
    if (this.#deframer.peekHeader(this.#record)) this.#checkHeader(this.#record);
  }

  /** The header of the current record cannot be right: says what it looks like. */
  #refuseHeader(): void {
    const { type, version } = this.#record;
    if (!this.#firstRecord) {
      if (version >>> 8 === MAJOR) this.#refuse(RECORD_OVERFLOW, 'record_overflow');
      else this.#refuse(PROTOCOL_VERSION, 'wrong_record_version', `0x${version.toString(16)}`);
    } else if (isHttp(type, version)) this.#refuse(UNEXPECTED_MESSAGE, 'http_request', 'the peer speaks HTTP without TLS');
    else if (type >= CHANGE_CIPHER_SPEC && type <= HEARTBEAT && version >>> 8 === MAJOR) this.#refuse(RECORD_OVERFLOW, 'record_overflow');
    else this.#refuse(PROTOCOL_VERSION, 'wrong_record_version', 'the peer does not speak TLS');
  }

  #refuse(alert: number, code: ErrorCode, detail?: string): void {
    if (this.fault === undefined) this.fault = detail === undefined ? { alert, code } : { alert, code, detail };
  }

  // --- writing ---

  #flushFlight(): void {
    const flight = this.#flight;
    if (flight === undefined || flight.length === 0) return;
    const bytes = flight.view();
    for (let at = 0; at < bytes.length; at += this.#writeLimit) {
      this.#seal(HANDSHAKE, bytes.subarray(at, Math.min(bytes.length, at + this.#writeLimit)), this.#write);
    }
    flight.length = 0;
  }

  /** Over the memory that was given back, where that is enough. */
  #writer(capacity: number): Writer {
    const spare = this.#spare;
    if (spare === undefined || spare.length < capacity) return new Writer(capacity);
    this.#spare = undefined;
    const writer = new Writer(0);
    writer.buffer = spare;
    return writer;
  }

  #seal(type: number, content: Uint8Array, protection: Protection | undefined): void {
    const overhead = protection === undefined ? 0 : protection.overhead;
    this.#out ??= this.#writer(Math.max(256, content.length + overhead + HEADER_LENGTH));
    const w = this.#out;
    w.u8(protection?.outerType ?? type);
    //= rfc9846#appendix-E.5
    //# Implementations MUST NOT send any records with a version less than 0x0300.
    w.u16(this.#writeVersion);
    const at = w.open(2);
    if (protection === undefined) w.bytes(content);
    else {
      protection.seal(w, type, this.#writeSeq, content);
      this.#writeSeq.increment();
    }
    w.close(2, at);
  }
}

/** `GET `, `POST`, `HEAD`, `PUT `, `HTTP`, `CONN`: the first three letters. */
function isHttp(type: number, version: number): boolean {
  const start = String.fromCharCode(type, version >>> 8, version & 0xff);
  return ['GET', 'POS', 'HEA', 'PUT', 'HTT', 'CON', 'DEL', 'OPT'].includes(start);
}
