/**
 * The carrier of DTLS 1.0 and 1.2: records in datagrams that may be lost, repeated, reordered and forged, RFC 6347 §4.
 *
 * Always true: what does not authenticate changes nothing but a counter; no datagram is answered but by a flight that is under
 * way, at a bounded rate; keys of an earlier epoch are never needed for reading, because the flow takes in ChangeCipherSpec
 * only when all messages before it are there (so a Finished that overtakes them is held, not lost). Nothing here throws on
 * what a peer sends. After the handshake the state of it is let go, once the last flight has been kept long enough.
 */
import { ILLEGAL_PARAMETER, INTERNAL_ERROR, USER_CANCELED } from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import { type ErrorCode, misuse } from '../../base/errors.ts';
import {
  FALLBACK_DATAGRAM,
  MAX_DATAGRAM,
  MAX_EXPANSION_LEGACY,
  MAX_PENDING_BYTES,
  MAX_PENDING_DATAGRAMS,
  MAX_PLAINTEXT,
  MAX_QUEUED_OUTPUT,
  MIN_DATAGRAM,
} from '../../base/limits.ts';
import { Writer } from '../../base/writer.ts';
import type { Protection, RecordView } from '../../crypto/protect/protection.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from '../../wire/content.ts';
import { CCS_MESSAGE, CLIENT_HELLO, HELLO_REQUEST, HELLO_VERIFY_REQUEST } from '../../wire/handshake.ts';
import { DTLS10 } from '../../wire/version.ts';
import type { CarrierSink, CcsPolicy, IncomingMessage, RecordFault, TranscriptSink } from '../carrier.ts';
import type { RecordLayer } from '../record-layer.ts';
import type { DatagramConfig } from './config.ts';
import {
  DROP_AHEAD,
  DROP_AUTHENTICATION,
  DROP_CCS,
  DROP_EARLY_DATA,
  DROP_EPOCH,
  DROP_FRAGMENT,
  DROP_FULL,
  DROP_MESSAGE_TOO_LONG,
  DROP_MISMATCH,
  DROP_REPLAY,
  DROP_STALE,
  DROP_TOO_LONG,
  DROP_TRUNCATED,
  DROP_TYPE,
  DROP_UNPROTECTED_ALERT,
  DROP_VERSION,
  type DropTally,
} from './drops.ts';
import { ReadEpoch, WriteEpoch } from './epoch.ts';
import { Flight, Packer } from './flight.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader } from './fragment.ts';
import { HeldRecords } from './held.ts';
import { Reassembly } from './reassembly.ts';
import { RECORD_HEADER, RecordCursor } from './record-header.ts';
import { Retransmission } from './retransmit.ts';

const CCS: IncomingMessage = /* @__PURE__ */ Object.freeze({ type: CCS_MESSAGE, body: EMPTY, raw: EMPTY });
const MAJOR = 0xfe;
const FATAL_LEVEL = 2;
const CLOSE = 0;

/** Where a server goes on that has kept nothing of the exchange of cookies, RFC 6347 §4.2.1. */
export interface DatagramStart {
  /** Sequence number of the record with the ClientHello that proved its address. */
  readonly recordSeq: number;
  /** message_seq of that ClientHello. */
  readonly messageSeq: number;
}

export interface DatagramSink extends CarrierSink {
  /** A flight went out again; `exhausted`: more often than the configuration thinks useful. */
  retransmission?(attempts: number, exhausted: boolean): void;
}

/** What is needed only while a handshake goes on or its last flight is kept. */
class Ongoing {
  reassembly: Reassembly;
  readonly flight = new Flight();
  readonly retransmission: Retransmission;
  /** Records of the next epoch. */
  readonly held = new HeldRecords();
  /** ChangeCipherSpec has come in the current epoch. */
  ccs = false;
  /** message_seq of our next message. */
  sendSeq: number;
  /** message_seq of the last message of the flight that our last one answers; seen again, it says that ours was lost. */
  answeredSeq = -1;
  /** The longest datagrams that have got through, where longer ones have not. */
  path: number = Number.POSITIVE_INFINITY;
  /** An alert that anyone may have sent: level and description. -1: none. */
  alert = -1;

  constructor(config: DatagramConfig<DropTally>, messageSeq: number) {
    this.reassembly = newReassembly(config, messageSeq);
    this.retransmission = new Retransmission(config);
    this.sendSeq = messageSeq;
  }
}

export class DatagramCarrier implements RecordLayer {
  readonly #config: DatagramConfig<DropTally>;
  readonly #sink: DatagramSink;
  transcript: TranscriptSink | undefined;
  /** Why the connection has to end: set once. */
  fault: RecordFault | undefined;

  // Reading
  #read: ReadEpoch;
  #readVersion: number | undefined;
  #readLimit = MAX_PLAINTEXT;
  #ccs: CcsPolicy = 'message';
  #cursor: RecordCursor | undefined;
  #pending: Uint8Array[] | undefined;
  /** Application data that came before the end of the handshake. */
  #early: HeldRecords | undefined;
  #acceptsData = false;

  // Writing
  #write: WriteEpoch;
  #writeVersion = DTLS10;
  /** Longest content that the peer takes, and that we send. */
  #peerLimit = MAX_PLAINTEXT;
  #writeLimit = MAX_PLAINTEXT;
  #maxDatagram: number;
  #out: Uint8Array[] | undefined;

  // The handshake
  #handshaking = true;
  #ongoing: Ongoing | undefined;
  /** Flights that went out again. */
  retransmissions = 0;

  constructor(config: DatagramConfig<DropTally>, sink: DatagramSink, start?: DatagramStart) {
    this.#config = config;
    this.#sink = sink;
    this.#maxDatagram = config.maxDatagram;
    this.#read = new ReadEpoch(0, undefined, config.replayWindow);
    //= rfc6347#section-4.2.1
    //# the server MUST use the record sequence number in the
    //# ClientHello as the record sequence number in the initial
    //# ServerHello.
    this.#write = new WriteEpoch(0, undefined, start?.recordSeq);
    this.#ongoing = new Ongoing(config, start?.messageSeq ?? 0);
  }

  // --- what the handshake sees ---

  message(type: number, build: (w: Writer) => void): void {
    const ongoing = this.#begin();
    const w = new Writer(type === CLIENT_HELLO ? 512 : 256);
    w.reserve(MESSAGE_HEADER);
    build(w);
    const raw = w.copy();
    putMessageHeader(raw, type, raw.length - MESSAGE_HEADER, ongoing.sendSeq++);
    ongoing.flight.add(this.#write, raw);
    this.transcript?.add(raw);
  }

  changeCipherSpec(): void {
    this.#begin().flight.add(this.#write, undefined);
  }

  endFlight(): void {
    const ongoing = this.#ongoing;
    if (ongoing === undefined || ongoing.flight.isEmpty) return;
    this.#transmit(ongoing);
    ongoing.answeredSeq = ongoing.reassembly.next - 1;
    // RFC 6347 §4.2.1: a HelloVerifyRequest is not repeated by a timer, only to one who asks again (D18).
    const once = ongoing.flight.firstType === HELLO_VERIFY_REQUEST;
    ongoing.retransmission.on(once ? 'sentOnce' : 'sent', this.#config.clock());
  }

  answered(): void {
    const ongoing = this.#ongoing;
    if (ongoing === undefined) return;
    if (ongoing.retransmission.resends >= 2) ongoing.path = FALLBACK_DATAGRAM;
    ongoing.retransmission.on('answered', this.#config.clock());
    ongoing.flight.clear();
    ongoing.alert = -1;
  }

  finished(): void {
    this.#acceptsData = true;
    this.#handshaking = false;
    this.transcript = undefined;
    const ongoing = this.#ongoing;
    if (ongoing === undefined) return;
    const now = this.#config.clock();
    if (ongoing.retransmission.state === 'building' && !ongoing.flight.isEmpty) {
      this.#transmit(ongoing);
      ongoing.retransmission.on('sentLast', now);
      ongoing.answeredSeq = ongoing.reassembly.next - 1;
    } else ongoing.retransmission.on('over', now);
    ongoing.reassembly.clear();
    ongoing.reassembly = newReassembly(this.#config, 0);
    ongoing.sendSeq = 0;
    if (ongoing.retransmission.state !== 'lingering') this.#ongoing = undefined;
  }

  setRead(epoch: number, protection: Protection): void {
    this.#read.protection?.rest();
    this.#read = new ReadEpoch(epoch, protection, this.#config.replayWindow);
    this.#acceptsData = false;
    const ongoing = this.#ongoing;
    if (ongoing === undefined) return;
    ongoing.ccs = false;
    // Messages must not span a change of keys: what came unasked before it is not a message of what follows (S43).
    ongoing.reassembly.clear();
  }

  setWrite(epoch: number, protection: Protection): void {
    this.#write = new WriteEpoch(epoch, protection);
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

  setSplitRecords(_split: boolean): void {}

  allowHeartbeats(): void {}

  skipEarlyData(_bytes: number): void {}

  next(wanted?: number): IncomingMessage | undefined {
    while (this.fault === undefined) {
      const ongoing = this.#ongoing;
      if (ongoing !== undefined) {
        if (wanted === CCS_MESSAGE && ongoing.ccs) {
          ongoing.ccs = false;
          return CCS;
        }
        const raw = ongoing.reassembly.take();
        if (raw !== undefined) return { type: raw[0]!, body: raw.subarray(MESSAGE_HEADER), raw };
      }
      if (!this.#advance()) return undefined;
    }
    return undefined;
  }

  // --- what the connection sees ---

  /** Takes in one datagram; `next` reads it. */
  push(datagram: Uint8Array): void {
    if (this.#cursor === undefined) {
      this.#cursor = new RecordCursor(datagram);
      return;
    }
    this.#pending ??= [];
    let bytes = datagram.length;
    for (const each of this.#pending) bytes += each.length;
    if (this.#pending.length >= MAX_PENDING_DATAGRAMS || bytes > MAX_PENDING_BYTES) this.#drop(DROP_FULL);
    else this.#pending.push(datagram.slice());
  }

  /** The datagram given to `push` may be reused by its owner from now on. */
  keep(): void {
    const cursor = this.#cursor;
    if (cursor !== undefined) this.#cursor = new RecordCursor(cursor.bytes.slice(cursor.end));
  }

  /** Sends content in one record and one datagram. Throws `message_too_large` beyond `writeLimit`. */
  writeData(type: number, content: Uint8Array): void {
    if (content.length > this.writeLimit) misuse('message_too_large', `${content.length} bytes, at most ${this.writeLimit} fit`);
    if (this.#write.isExhausted(false)) this.#refuse(INTERNAL_ERROR, 'key_limit_reached', 'no sequence numbers are left');
    else this.#seal(type, content);
  }

  get isReliable(): boolean {
    return false;
  }

  probeLimit(datagramSize: number): number {
    return Math.max(0, Math.min(this.#peerLimit, datagramSize - this.#write.overhead));
  }

  writeProbe(type: number, content: Uint8Array): void {
    if (!this.#write.isExhausted(false)) this.#seal(type, content);
  }

  /** A probe came back: the path takes datagrams of its size (RFC 6520 §5.1). */
  pathTakes(datagramSize: number): void {
    this.#maxDatagram = Math.max(this.#maxDatagram, Math.min(datagramSize, MAX_DATAGRAM));
    if (this.#ongoing !== undefined) this.#ongoing.path = Math.max(this.#ongoing.path, datagramSize);
  }

  alert(level: number, description: number): void {
    if (!this.#write.isExhausted(true)) this.#seal(ALERT, Uint8Array.of(level, description));
  }

  /** One datagram. Its bytes are the caller's. */
  takeOutput(): Uint8Array | undefined {
    const out = this.#out;
    if (out === undefined) return undefined;
    const datagram = out.shift();
    if (out.length === 0) this.#out = undefined;
    return datagram;
  }

  get hasOutput(): boolean {
    return this.#out !== undefined;
  }

  /** Full as soon as a datagram might have no room: a datagram is sent whole or not at all. */
  get outputLength(): number {
    let bytes = 0;
    for (const each of this.#out ?? []) bytes += each.length;
    return bytes + MAX_DATAGRAM > MAX_QUEUED_OUTPUT ? MAX_QUEUED_OUTPUT : bytes;
  }

  get hasPartialInput(): boolean {
    return false;
  }

  get hasPartialMessage(): boolean {
    return false;
  }

  limitWrites(size: number): void {
    this.#writeLimit = Math.min(size, this.#peerLimit);
  }

  /** The longest content that one record and one datagram hold. */
  get writeLimit(): number {
    return Math.max(0, Math.min(this.#writeLimit, this.#maxDatagram - this.#write.overhead));
  }

  /** Records sealed under the current key. */
  get sealedRecords(): number {
    return this.#write.sealed;
  }

  /** Whether state of the handshake is still held. */
  get isLingering(): boolean {
    return !this.#handshaking && this.#ongoing !== undefined;
  }

  /** When `tick` has something to do; Infinity when never. */
  get nextTimeout(): number {
    return this.#ongoing === undefined ? Number.POSITIVE_INFINITY : this.#ongoing.retransmission.deadline;
  }

  tick(now: number): void {
    const ongoing = this.#ongoing;
    if (ongoing === undefined || this.fault !== undefined) return;
    const due = ongoing.retransmission.due(now);
    if (due === 'timeout') this.#timeout(ongoing, now);
    else if (due === 'expired' && ongoing.retransmission.on('expired', now) && !this.#handshaking) this.#ongoing = undefined;
  }

  /** What is known of the path: the longest datagram that passes, from now on. */
  setMaxDatagram(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < MIN_DATAGRAM || bytes > MAX_DATAGRAM)
      misuse('invalid_argument', `a datagram of ${bytes} bytes`);
    this.#maxDatagram = bytes;
  }

  /** What is known of round trips: the first timeout, ms, of the flights of this handshake, the one under way among them. */
  setInitialTimeout(ms: number): void {
    if (!(ms >= 1 && ms <= 3_600_000)) misuse('invalid_argument', `a timeout of ${ms} ms`);
    this.#ongoing?.retransmission.setInitialTimeout(ms);
  }

  /** The network refused a datagram as too long (EMSGSIZE, ICMP): shorter ones from now on, RFC 6347 §4.1.1.1. */
  tooLarge(): void {
    const current = this.#maxDatagram;
    const next = current > 1_232 ? 1_232 : current > FALLBACK_DATAGRAM ? FALLBACK_DATAGRAM : Math.floor(current / 2);
    this.#maxDatagram = Math.max(MIN_DATAGRAM, next);
    const state = this.#ongoing?.retransmission.state;
    if (state === 'waiting' || state === 'lingering') this.#transmit(this.#ongoing!);
  }

  /** The connection is over: lets go of all but the output. */
  release(): void {
    this.#ongoing?.reassembly.clear();
    this.#ongoing = undefined;
    this.#cursor = undefined;
    this.#pending = undefined;
    this.#early = undefined;
    this.rest();
  }

  /** Drops what is held only for speed. */
  rest(): void {
    this.#read.protection?.rest();
    this.#write.protection?.rest();
  }

  // --- reading ---

  /** Deals with one record; false when there is none. */
  #advance(): boolean {
    const held = this.#nextHeld();
    if (held !== undefined) {
      const cursor = new RecordCursor(held);
      if (cursor.next()) this.#record(cursor);
      return true;
    }
    if (this.#acceptsData && this.#early !== undefined) {
      const early = this.#early.take();
      if (early !== undefined) {
        this.#sink.data(early.subarray(1));
        return true;
      }
      this.#early = undefined;
    }
    const cursor = this.#cursor;
    if (cursor === undefined) return false;
    if (cursor.next()) {
      this.#record(cursor);
      return true;
    }
    if (cursor.truncated) this.#drop(DROP_TRUNCATED);
    const datagram = this.#pending?.shift();
    if (this.#pending?.length === 0) this.#pending = undefined;
    this.#cursor = datagram === undefined ? undefined : new RecordCursor(datagram);
    return datagram !== undefined;
  }

  /** A record that was held for the epoch that is now current. */
  #nextHeld(): Uint8Array | undefined {
    const held = this.#ongoing?.held;
    if (held === undefined || held.isEmpty || held.epoch !== this.#read.epoch) return undefined;
    return held.take();
  }

  #record(record: RecordCursor): void {
    if (record.type < CHANGE_CIPHER_SPEC || record.type > HEARTBEAT) return this.#drop(DROP_TYPE);
    if (record.version >>> 8 !== MAJOR) return this.#drop(DROP_VERSION);
    const read = this.#read;
    if (record.epoch !== read.epoch) return this.#otherEpoch(record);
    const isKeyed = read.protection !== undefined;
    // Before there are keys every version may stand there: a ClientHello that is repeated still carries its first.
    if (isKeyed && this.#readVersion !== undefined && record.version !== this.#readVersion) return this.#drop(DROP_VERSION);
    if (record.end - record.fragmentStart > MAX_PLAINTEXT + MAX_EXPANSION_LEGACY) return this.#drop(DROP_TOO_LONG);
    if (!read.isFresh(record.seq)) return this.#drop(DROP_REPLAY);
    const content = read.open(record, VIEW, NUMBER);
    VIEW.fragment = EMPTY;
    if (content === undefined) {
      //= rfc7366#section-3
      //# the record MUST be discarded
      this.#drop(DROP_AUTHENTICATION);
      if (read.forgeries >= this.#config.integrityLimit) this.#refuse(INTERNAL_ERROR, 'key_limit_reached', 'too many forged records');
      return;
    }
    read.accept(record.seq);
    // RFC 8449 §4 lets DTLS discard what is longer than agreed.
    if (content.length > this.#readLimit) return this.#drop(DROP_TOO_LONG);
    // What is only a view of the datagram would not outlast it.
    const isView = isKeyed && record.type !== HANDSHAKE && content.buffer === record.bytes.buffer;
    this.#dispatch(record.type, isView ? content.slice() : content, isKeyed);
  }

  /** RFC 6347 §4.1: records of the next epoch may overtake the end of this one (D7); all others have no use. */
  #otherEpoch(record: RecordCursor): void {
    const ongoing = this.#ongoing;
    if (ongoing === undefined || !this.#handshaking || record.epoch !== this.#read.epoch + 1) return this.#drop(DROP_EPOCH);
    if (!ongoing.held.add(record.epoch, record.copy())) this.#drop(DROP_FULL);
  }

  #dispatch(type: number, content: Uint8Array, isKeyed: boolean): void {
    switch (type) {
      case HANDSHAKE:
        return this.#fragments(content, isKeyed);
      case APPLICATION_DATA:
        if (!isKeyed) return this.#drop(DROP_EARLY_DATA);
        if (!this.#acceptsData) return this.#holdEarly(content);
        if (this.#ongoing !== undefined) this.#ongoing.retransmission.confirmed = true;
        return this.#sink.data(content);
      case ALERT:
        if (content.length !== 2) this.#drop(DROP_TYPE);
        else if (isKeyed) this.#sink.alert(content[0]!, content[1]!);
        else this.#unprotectedAlert(content[0]!, content[1]!);
        return;
      case CHANGE_CIPHER_SPEC:
        // D31: it may come early or more than once; the flow takes it when it is due.
        if (this.#ongoing !== undefined && this.#handshaking && this.#ccs === 'message' && content.length === 1 && content[0] === 1)
          this.#ongoing.ccs = true;
        else this.#drop(DROP_CCS);
        return;
      default:
        if (isKeyed && this.#acceptsData) this.#sink.other(type, content);
        else this.#drop(DROP_TYPE);
    }
  }

  #fragments(content: Uint8Array, isKeyed: boolean): void {
    const fragment = new FragmentCursor(content);
    while (fragment.next()) this.#fragment(fragment, isKeyed);
    if (fragment.malformed) this.#drop(DROP_FRAGMENT);
  }

  #fragment(fragment: FragmentCursor, isKeyed: boolean): void {
    if (!this.#handshaking && !this.#mayBegin(fragment)) {
      this.#repeated(fragment);
      return this.#drop(DROP_STALE);
    }
    const ongoing = this.#ongoing;
    if (ongoing === undefined) return this.#drop(DROP_STALE);
    switch (ongoing.reassembly.add(fragment)) {
      case 'taken':
        return;
      case 'stale':
        this.#repeated(fragment);
        return this.#drop(DROP_STALE);
      case 'ahead':
        return this.#drop(DROP_AHEAD);
      case 'full':
        return this.#drop(DROP_FULL);
      case 'mismatch':
        if (isKeyed || this.#config.strictFragments) this.#refuse(ILLEGAL_PARAMETER, 'fragment_mismatch', `message ${fragment.seq}`);
        return this.#drop(DROP_MISMATCH);
      case 'tooLong':
        if (isKeyed) this.#refuse(ILLEGAL_PARAMETER, 'message_too_long', `${fragment.length} bytes`);
        return this.#drop(DROP_MESSAGE_TOO_LONG);
    }
  }

  /** After the handshake: whether the fragment is of a message that may begin another. Others are left over (D32). */
  #mayBegin(fragment: FragmentCursor): boolean {
    if (fragment.seq !== 0 || (fragment.type !== HELLO_REQUEST && fragment.type !== CLIENT_HELLO)) return false;
    this.#ongoing ??= new Ongoing(this.#config, 0);
    if (this.#ongoing.reassembly.next > 0) this.#ongoing.reassembly = newReassembly(this.#config, 0);
    return true;
  }

  /** D24, D25: the end of the flight that ours answers is seen again, so ours was lost. */
  #repeated(fragment: FragmentCursor): void {
    const ongoing = this.#ongoing;
    if (ongoing === undefined || fragment.seq !== ongoing.answeredSeq || !fragment.isLast) return;
    if (!ongoing.retransmission.on('repeated', this.#config.clock())) return;
    this.retransmissions++;
    this.#transmit(ongoing);
  }

  #holdEarly(content: Uint8Array): void {
    this.#early ??= new HeldRecords();
    const record = new Uint8Array(1 + content.length);
    record[0] = APPLICATION_DATA;
    record.set(content, 1);
    if (!this.#early.add(this.#read.epoch, record)) this.#drop(DROP_EARLY_DATA);
  }

  /** D34: anyone may have sent it. */
  #unprotectedAlert(level: number, description: number): void {
    const ongoing = this.#ongoing;
    const ends = level === FATAL_LEVEL || description === CLOSE;
    if (ongoing === undefined || !ends || this.#config.unprotectedAlerts === 'ignore') return this.#drop(DROP_UNPROTECTED_ALERT);
    if (this.#config.unprotectedAlerts === 'accept') this.#sink.alert(level, description);
    else ongoing.alert = (level << 8) | description;
  }

  // --- writing ---

  #begin(): Ongoing {
    this.#ongoing ??= new Ongoing(this.#config, 0);
    const ongoing = this.#ongoing;
    if (ongoing.retransmission.state === 'building') return ongoing;
    if (!ongoing.retransmission.on('begin', this.#config.clock())) throw new RangeError('the last flight has not been answered');
    ongoing.flight.clear();
    this.#handshaking = true;
    return ongoing;
  }

  #timeout(ongoing: Ongoing, now: number): void {
    const { retransmission } = ongoing;
    if (ongoing.alert >= 0) {
      // Nothing better has come: it was meant.
      const { alert } = ongoing;
      ongoing.alert = -1;
      retransmission.on('timeout', now);
      this.#sink.alert(alert >>> 8, alert & 0xff);
      return;
    }
    const exhausted = this.#handshaking && retransmission.attempts >= this.#config.maxRetransmissions;
    if (exhausted && this.#config.onExhausted === 'fail') {
      this.#refuse(USER_CANCELED, 'handshake_timeout', `${retransmission.attempts} retransmissions`);
      return;
    }
    if (!retransmission.on('timeout', now)) return;
    this.retransmissions++;
    this.#transmit(ongoing);
    this.#sink.retransmission?.(retransmission.attempts, exhausted);
  }

  #transmit(ongoing: Ongoing): void {
    // RFC 6347 §4.1.1.1: silence may mean that the datagrams are too long for the path (D28).
    const limit = Math.min(this.#maxDatagram, ongoing.retransmission.resends >= 2 ? FALLBACK_DATAGRAM : ongoing.path);
    this.#out ??= [];
    const packer = new Packer(limit, this.#writeVersion, this.#writeLimit, this.#out);
    if (!ongoing.flight.send(packer)) this.#refuse(INTERNAL_ERROR, 'key_limit_reached', 'no sequence numbers are left');
    if (this.#out.length === 0) this.#out = undefined;
  }

  #seal(type: number, content: Uint8Array): void {
    const w = new Writer(RECORD_HEADER + content.length + this.#write.overhead);
    this.#write.seal(w, type, this.#writeVersion, content);
    this.#out ??= [];
    this.#out.push(w.view());
  }

  #refuse(alert: number, code: ErrorCode, detail: string): void {
    this.fault ??= { alert, code, detail };
  }

  #drop(reason: number): void {
    this.#config.drops.count(reason);
  }
}

/** Scratch for reading: filled anew for each record, so that idle associations hold none. */
const VIEW: RecordView = { type: 0, version: 0, fragment: EMPTY };
const NUMBER: Counter = /* @__PURE__ */ new Counter();

function newReassembly(config: DatagramConfig<DropTally>, next: number): Reassembly {
  return new Reassembly(next, config.maxMessage, config.maxReassembly, config.reassemblyBudget);
}
