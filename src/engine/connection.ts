/**
 * One connection, sans-I/O: bytes and time go in, bytes, events and the next timeout come out. Here is the one place
 * that catches what a handshake throws, and sends the alert.
 */
import {
  CLOSE_NOTIFY,
  FATAL,
  ILLEGAL_PARAMETER,
  INTERNAL_ERROR,
  NO_RENEGOTIATION,
  UNEXPECTED_MESSAGE,
  USER_CANCELED,
  WARNING,
} from '../base/alerts.ts';
import { plainView } from '../base/bytes.ts';
import { fail, misuse, TlsError } from '../base/errors.ts';
import { MAX_PLAINTEXT, MAX_QUEUED_OUTPUT, MAX_WARNINGS } from '../base/limits.ts';
import { isPromise, type MaybePromise } from '../base/maybe-promise.ts';
import { clientFront } from '../handshake/front-client.ts';
import { serverFront } from '../handshake/front-server.ts';
import { frontFlow } from '../handshake/front.ts';
import type { ClientContext, ClientOptions, Context, HandshakeHost, ServerContext } from '../handshake/context.ts';
import type { Established, EstablishedHost, Negotiated, NextHandshake, RenegotiateOptions } from '../handshake/established.ts';
import { type Binding, FlowRunner, type Side } from '../handshake/flow.ts';
import type { HeartbeatHost, HeartbeatReport, HeartbeatRequest, Heartbeats } from '../handshake/features/heartbeat.ts';
import { Handshake } from '../handshake/state.ts';
import type { CarrierSink, IncomingMessage } from '../record/carrier.ts';
import type { RecordLayer } from '../record/record-layer.ts';
import { StreamCarrier } from '../record/stream/carrier.ts';
import type { Session } from '../session/session.ts';
import { APPLICATION_DATA, HEARTBEAT } from '../wire/content.ts';
import type { ConnectionEvent } from './events.ts';
import { type ConnectionInfo, infoOf } from './info.ts';
import { WANTS_EVENT, WANTS_INPUT, WANTS_OUTPUT, WANTS_SEND, WANTS_WORK } from './wants.ts';

/** Makes the record layer over the connection's sink. */
export type CarrierFactory = (sink: CarrierSink) => RecordLayer;
/** The front flow with the handlers of a side. */
export type FrontFactory = (context: Context) => Binding<Handshake>;

/** A TLS client connection. The ClientHello is in the output at once. */
export function createClientConnection(context: ClientContext, options: ClientOptions = {}): Connection {
  return new Connection(context, options, (sink) => new StreamCarrier(sink), clientStreamFront);
}

/** A TLS server connection: waits for a ClientHello. */
export function createServerConnection(context: ServerContext, options: Pick<ClientOptions, 'trace'> = {}): Connection {
  return new Connection(context, options, (sink) => new StreamCarrier(sink), serverStreamFront);
}

const clientStreamFront: FrontFactory = (context) => ({ flow: frontFlow(context.versions), handlers: clientFront });
const serverStreamFront: FrontFactory = (context) => ({ flow: frontFlow(context.versions), handlers: serverFront });

export class Connection implements CarrierSink, HandshakeHost, EstablishedHost, HeartbeatHost {
  /** Called when an asynchronous operation has finished: take output and events again. */
  onWake: (() => void) | undefined;
  readonly side: Side;
  readonly carrier: RecordLayer;
  readonly #front: FrontFactory;
  #heartbeats: Heartbeats | undefined;
  #endOnHeartbeatTimeout = false;
  #hs: Handshake | undefined;
  #runner: FlowRunner<Handshake> | undefined;
  #established: Established | undefined;
  #info: ConnectionInfo | undefined;
  #trustError: TlsError | undefined;
  /** Undefined where there has been none since `rest`. */
  #events: ConnectionEvent[] | undefined;
  #nextEvent = 0;
  #waiting = false;
  #warnings = 0;
  /** The peer asked for a KeyUpdate: it goes before the next data. */
  #keyUpdateOwed = false;
  #recordLimit = Number.POSITIVE_INFINITY;
  /** The peer's close_notify came. */
  #readClosed = false;
  /** Ours went out. */
  #writeClosed = false;
  #error: TlsError | undefined;
  #ended = false;

  constructor(context: Context, options: ClientOptions, makeCarrier: CarrierFactory, front: FrontFactory) {
    this.side = context.side;
    this.carrier = makeCarrier(this);
    this.#front = front;
    this.#hs = new Handshake(context, options, this.carrier, this);
    this.#runner = new FlowRunner(this.#hs, front(context));
    //= rfc9846#section-4.2.2
    //# it is REQUIRED to send the ClientHello as its first TLS message
    if (this.side === 'client') this.#run();
  }

  /** Takes bytes from the peer. Never throws on what a peer sends: faults become an `error` event. */
  receive(bytes: Uint8Array): void {
    //= rfc9846#section-6
    //# MUST NOT allow any further data to be sent or received on the connection
    //= rfc9846#section-6.1
    //# Any data received after a closure alert has been received MUST be ignored.
    //= rfc9846#section-6.2
    //# Upon transmission or receipt of a fatal alert message, both parties MUST immediately close the
    //# connection.
    //= rfc9846#section-6.2
    //# MUST close the connection without sending or receiving any additional data
    if (this.#error !== undefined || this.#readClosed) return;
    this.carrier.push(plainView(bytes));
    this.#run();
    this.carrier.keep();
  }

  /** The transport ended: without close_notify that is a truncation, RFC 9846 §6.1. */
  receiveEnd(): void {
    if (this.#error !== undefined || this.#readClosed) return;
    const detail = this.#runner === undefined ? undefined : 'in the handshake';
    //= rfc9846#section-6.1
    //# the TLS implementation MUST receive a "close_notify" alert before indicating end-of-data to the
    //# application layer
    this.#die(new TlsError({ code: 'truncated', origin: 'transport', detail }));
  }

  /**
   * Sends application data. Returns how many bytes were accepted: all of them, unless output has piled up; none while the
   * connection renegotiates.
   * @throws TlsError of origin `api`, `invalid_state`, before the handshake is over and after `close`.
   */
  send(data: Uint8Array): number {
    //= rfc9846#section-2
    //# Application Data MUST NOT be sent prior to sending the Finished message
    //= rfc5246#section-7.3
    //# Application data MUST NOT be sent prior to the completion of the first handshake
    if (this.#established === undefined && this.#error === undefined) misuse('invalid_state', 'the handshake is not over');
    if (this.#writeClosed || this.#error !== undefined) misuse('closed', 'the connection is closed');
    // RFC 5246 would let data pass between the messages; many peers do not.
    if (this.#runner !== undefined) return 0;
    const room = MAX_QUEUED_OUTPUT - this.carrier.outputLength;
    if (room <= 0) return 0;
    const accepted = data.length <= room ? data : data.subarray(0, room);
    //= rfc9846#section-4.7.3
    //# then the receiver MUST send a KeyUpdate of its own with request_update set to
    //# "update_not_requested" prior to sending its next Application Data record
    //= rfc9846#section-5.5
    //# Implementations MUST either close the connection or do a key update as described in Section
    //# 4.7.3 prior to reaching these limits.
    //= rfc9846#section-5.3
    //# If a TLS implementation would need to wrap a sequence number, it MUST either rekey (Section
    //# 4.7.3) or terminate the connection.
    if ((this.#keyUpdateOwed || this.carrier.sealedRecords >= this.#recordLimit) && !this.#renewKey()) return 0;
    this.carrier.writeData(APPLICATION_DATA, accepted);
    return accepted.length;
  }

  /** Bytes for the peer: one or more records, or exactly one datagram. Undefined when there are none. */
  takeOutput(): Uint8Array | undefined {
    return this.carrier.takeOutput();
  }

  /** Output that the caller has no more use for: its memory serves the next. Never required. */
  giveBack(output: Uint8Array): void {
    this.carrier.giveBack?.(output);
  }

  /** The next event, in order. */
  poll(): ConnectionEvent | undefined {
    const events = this.#events;
    const event = events?.[this.#nextEvent];
    if (event === undefined) return undefined;
    this.#nextEvent++;
    if (this.#nextEvent === events!.length) {
      events!.length = 0;
      this.#nextEvent = 0;
    }
    return event;
  }

  /** Bit flags: what the connection can do or waits for. */
  get wants(): number {
    let flags = 0;
    if (this.carrier.hasOutput) flags |= WANTS_OUTPUT;
    if (this.#events !== undefined && this.#nextEvent < this.#events.length) flags |= WANTS_EVENT;
    if (this.#waiting) flags |= WANTS_WORK;
    if (this.#error === undefined) {
      if (!this.#readClosed && !this.#waiting) flags |= WANTS_INPUT;
      if (this.#runner === undefined && !this.#writeClosed) flags |= WANTS_SEND;
    }
    return flags;
  }

  /** When `tick` is due: ms on the caller's monotonic clock; Infinity: never. */
  get nextTimeout(): number {
    if (this.#error !== undefined) return Number.POSITIVE_INFINITY;
    const { nextTimeout } = this.carrier;
    return this.#heartbeats === undefined ? nextTimeout : Math.min(nextTimeout, this.#heartbeats.nextTimeout);
  }

  tick(now: number): void {
    if (this.#error !== undefined) return;
    this.carrier.tick(now);
    this.#heartbeats?.tick(this, now);
    this.#run();
  }

  /** Sends close_notify: nothing can be sent after it; what the peer still sends is received. */
  close(): void {
    if (this.#writeClosed || this.#error !== undefined) return;
    this.#writeClosed = true;
    const first = this.#runner !== undefined && !this.#isRenegotiating;
    //= rfc9846#section-6.1
    //# This alert MUST be sent with AlertLevel=warning.
    //= rfc9846#section-6.1
    //# This alert MUST be followed by a "close_notify".
    if (first) this.carrier.alert(WARNING, USER_CANCELED);
    const renegotiating = this.#isRenegotiating;
    this.#leaveRenegotiation();
    //= rfc9846#section-6.1
    //# Each party MUST send a "close_notify" alert before closing its write side of the connection,
    //# unless it has already sent some error alert.
    this.carrier.alert(WARNING, CLOSE_NOTIFY);
    // What the peer still says belongs to a handshake that is none any more.
    if (renegotiating) this.#end();
    if (first) this.#die(new TlsError({ code: 'aborted', origin: 'api', detail: 'closed in the handshake' }));
    else this.#endIfClosed();
  }

  /** Ends at once. With an error that has an alert, the peer is told. Nothing is left to do once both sides have closed. */
  abort(error?: TlsError): void {
    if (this.#ended) return;
    this.#die(error ?? new TlsError({ code: 'aborted', origin: 'api' }));
  }

  /** What was negotiated; undefined before the handshake is over. */
  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  /** The error that ended the connection. */
  get error(): TlsError | undefined {
    return this.#error;
  }

  //= rfc9846#appendix-F.5
  //# In order to allow applications to implement this kind of processing, TLS implementations MUST
  //# provide a way for the application to determine if the handshake has completed.
  /** Whether the handshake is still under way. */
  get handshaking(): boolean {
    return this.#runner !== undefined && this.#error === undefined;
  }

  /**
   * RFC 9846 §7.5, RFC 5705.
   * @throws TlsError `invalid_state` in a handshake.
   */
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): Uint8Array {
    if (this.#established === undefined || this.#runner !== undefined) misuse('invalid_state', 'the handshake is not over');
    return this.#established.exportKeyingMaterial(label, context, length);
  }

  /**
   * Changes our write key (TLS 1.3), and asks the peer to change its own when `request`.
   * @throws TlsError `unsupported` in versions that cannot, `invalid_state` before the handshake is over.
   */
  updateKeys(request = false): void {
    if (this.#established === undefined || this.#writeClosed) misuse('invalid_state', 'not connected');
    if (this.#established.updateKeys === undefined) misuse('unsupported', 'no KeyUpdate before TLS 1.3');
    this.#established.updateKeys(this, request);
    this.carrier.endFlight();
  }

  /**
   * Another handshake on this connection, under the protection of the keys in force (RFC 5746): a client begins it, a server
   * asks its client to. `renegotiated` tells that it is done; an alert `no_renegotiation`, that the peer refused.
   * @throws TlsError `unsupported` in TLS 1.3 and where it would be unsafe; `invalid_state` in a handshake and after `close`.
   */
  renegotiate(options: RenegotiateOptions = {}): void {
    if (this.#established === undefined || this.#runner !== undefined || this.#writeClosed || this.#readClosed)
      misuse('invalid_state', 'not connected, or in a handshake');
    if (this.#established.renegotiate === undefined) misuse('unsupported', 'no renegotiation in TLS 1.3');
    this.#established.renegotiate(this, options);
    this.#run();
  }

  /** No further handshake on this connection, whatever its context says: requests of the peer are refused. */
  disableRenegotiation(): void {
    this.#established?.disableRenegotiation?.();
  }

  /**
   * Asks the peer for a sign of life (RFC 6520); an event `heartbeat` tells what became of it.
   * @throws TlsError `unsupported` where it was not agreed on; `invalid_state` in a handshake, while another request is in flight,
   *   and after `close`; `message_too_large` when it does not fit into a record.
   */
  heartbeat(request: HeartbeatRequest = {}): void {
    if (this.#established === undefined || this.#runner !== undefined || this.#writeClosed)
      misuse('invalid_state', 'not connected, or in a handshake');
    if (this.#heartbeats === undefined) misuse('unsupported', 'heartbeats were not negotiated');
    this.#heartbeats.request(this, request);
  }

  /** Longest content of the records that we send from now on: 512 to 16384, and never more than the peer takes. */
  setMaxSendFragment(size: number): void {
    if (!Number.isInteger(size) || size < 512 || size > MAX_PLAINTEXT) misuse('invalid_argument', 'a fragment is 512 to 16384 bytes');
    this.carrier.limitWrites(size);
  }

  /** RFC 5929 tls-unique material; undefined in TLS 1.3. */
  get finishedMessages(): { readonly client: Uint8Array; readonly server: Uint8Array } | undefined {
    return this.#established?.finishedMessages;
  }

  /** Nothing is going on: drops cipher objects that are held only for speed. */
  rest(): void {
    if (this.#events?.length === 0) this.#events = undefined;
    this.carrier.rest();
  }

  // --- what the carrier tells ---

  //= rfc5246#section-7.2.1
  //# Any data received after a closure alert is ignored.
  data(content: Uint8Array): void {
    if (this.#readClosed) return;
    this.#warnings = 0;
    this.#established?.onData();
    this.#tell({ type: 'data', data: content });
  }

  alert(level: number, description: number): void {
    if (this.#readClosed) return;
    // RFC 9846 §6: an invalid enum is an illegal_parameter.
    if (level !== WARNING && level !== FATAL)
      this.#die(new TlsError({ code: 'bad_alert', origin: 'local', alert: ILLEGAL_PARAMETER, detail: `level ${level}` }));
    else if (description === CLOSE_NOTIFY) this.#onCloseNotify();
    else if (this.#isWarning(level, description)) this.#onWarning(description);
    //= rfc9846#section-6
    //# Unknown Alert types MUST be treated as error alerts.
    else this.#die(new TlsError({ code: 'alert_received', origin: 'peer', alert: description }));
  }

  other(contentType: number, content: Uint8Array): void {
    if (this.#readClosed) return;
    if (contentType === HEARTBEAT) {
      // RFC 6520 §3: during a handshake they are discarded.
      if (this.#runner === undefined && !this.#writeClosed) this.#heartbeats?.receive(this, content);
      return;
    }
    this.#tell({ type: 'other', contentType, content });
  }

  retransmission(attempts: number, exhausted: boolean): void {
    this.#tell({ type: 'retransmission', attempts, exhausted });
  }

  // --- what the handshake tells ---

  session(session: Session): void {
    this.#tell({ type: 'session', session });
  }

  ocspResponse(response: Uint8Array): void {
    this.#tell({ type: 'ocsp', response });
  }

  untrusted(error: TlsError): void {
    // V8 keeps what was on the stack alive, the whole handshake, until the text of the stack has been asked for.
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) String(cause.stack);
    this.#trustError = error;
  }

  keyUpdated(asked: boolean): void {
    // One answer serves all requests that came before it (S24).
    this.#keyUpdateOwed ||= asked;
    this.#tell({ type: 'keyUpdate' });
  }

  get negotiated(): Negotiated {
    return this.#info!;
  }

  get isWriteClosed(): boolean {
    return this.#writeClosed;
  }

  handshakeAgain(next: NextHandshake, hello?: IncomingMessage): void {
    this.#trustError = undefined;
    this.#heartbeats?.stop(this);
    this.#hs = new Handshake(next.context, next.options, this.carrier, this, next.previous);
    this.#runner = new FlowRunner(this.#hs, this.#front(next.context));
    if (hello !== undefined) this.#runner.feed(hello);
  }

  heartbeatReport(report: HeartbeatReport): void {
    this.#tell({ type: 'heartbeat', ...report });
    if (report.outcome === 'timeout' && report.datagramSize === undefined && this.#endOnHeartbeatTimeout)
      this.#die(new TlsError({ code: 'timeout', origin: 'transport', detail: 'heartbeat' }));
  }

  renegotiationRequested(): void {
    this.#tell({ type: 'renegotiationRequest' });
  }

  warn(description: number): void {
    this.carrier.alert(WARNING, description);
  }

  #tell(event: ConnectionEvent): void {
    this.#events ??= [];
    this.#events.push(event);
  }

  // --- the loop ---

  #run(): void {
    if (this.#waiting || this.#error !== undefined) return;
    try {
      for (;;) {
        const runner = this.#runner;
        const result = runner === undefined ? this.#afterHandshake() : runner.advance();
        if (typeof result === 'object') {
          this.#wait(result);
          return;
        }
        const { fault } = this.carrier;
        if (fault !== undefined) fail(fault.alert, fault.code, fault.detail);
        if (this.#error !== undefined) return;
        // What an alert ended leaves its input to what comes after it.
        if (this.#runner !== runner) continue;
        if (result === 'input') return;
        if (runner !== undefined) this.#complete();
      }
    } catch (error) {
      if (!this.#ended) this.#die(error);
    }
  }

  #afterHandshake(): 'input' | 'again' | PromiseLike<void> {
    const message = this.#readClosed ? undefined : this.carrier.next();
    if (message === undefined) return 'input';
    const result: MaybePromise<void> = this.#established!.onMessage(this, message);
    return isPromise(result) ? result : 'again';
  }

  #wait(operation: PromiseLike<void>): void {
    this.#waiting = true;
    const wake = () => {
      this.#waiting = false;
      this.#run();
      this.carrier.keep();
      this.onWake?.();
    };
    operation.then(wake, (error: unknown) => {
      this.#waiting = false;
      this.#die(error);
      this.onWake?.();
    });
  }

  #complete(): void {
    const hs = this.#hs!;
    this.#established = hs.established;
    if (this.#established === undefined) fail(INTERNAL_ERROR, 'internal_error', 'flow ended without keys');
    this.#recordLimit = hs.suite.protection.recordLimit;
    this.#info = infoOf(hs, this.#trustError);
    this.#attachHeartbeats(hs);
    this.#runner = undefined;
    this.#hs = undefined;
    this.#tell({ type: this.#info.renegotiations === 0 ? 'handshake' : 'renegotiated', info: this.#info });
  }

  #attachHeartbeats(hs: Handshake): void {
    const support = hs.peerHeartbeatMode === 0 ? undefined : hs.context.heartbeat;
    this.#heartbeats = support?.attach(hs);
    this.#endOnHeartbeatTimeout = support?.endOnTimeout === true;
  }

  get #isRenegotiating(): boolean {
    return this.#runner !== undefined && this.#established !== undefined;
  }

  /** The peer says no to our ClientHello or HelloRequest, which needs no repetition any more. */
  #onRefusal(): void {
    if (this.#established === undefined || this.#hs?.hasVersion === true) return;
    this.#established.onRefusal?.();
    if (this.#isRenegotiating) this.#leaveRenegotiation();
    else this.carrier.finished();
  }

  /** Back to the keys and the state that were. */
  #leaveRenegotiation(): void {
    if (!this.#isRenegotiating) return;
    this.#runner = undefined;
    this.#hs = undefined;
    this.carrier.finished();
  }

  /** False: nothing more may be sent under the key in force. */
  #renewKey(): boolean {
    this.#keyUpdateOwed = false;
    const established = this.#established!;
    if (established.updateKeys !== undefined) {
      this.updateKeys(false);
      return true;
    }
    // Before TLS 1.3 only another handshake makes new keys, and only a client can begin one.
    if (this.side === 'client' && established.mayRenegotiate?.(this) === true) this.renegotiate();
    else this.#die(new TlsError({ code: 'key_limit_reached', origin: 'local', alert: INTERNAL_ERROR }));
    return false;
  }

  // --- alerts and the end ---

  #onCloseNotify(): void {
    const renegotiating = this.#isRenegotiating;
    if (this.#runner !== undefined && !renegotiating) {
      this.#die(new TlsError({ code: 'alert_received', origin: 'peer', alert: CLOSE_NOTIFY, detail: 'in the handshake' }));
      return;
    }
    this.#readClosed = true;
    //= rfc5246#section-7.2.1
    //= type=exception
    //= reason=R72
    //# The other party MUST respond with a close_notify alert of its own
    this.#tell({ type: 'end' });
    if (renegotiating) this.close();
    this.#endIfClosed();
  }

  //= rfc9846#section-6
  //# All the alerts listed in Section 6.2 MUST be sent with
  //# AlertLevel=fatal and MUST be treated as error alerts when received
  //# regardless of the AlertLevel in the message.
  #isWarning(level: number, description: number): boolean {
    //= rfc5246#section-7.2.2
    //= type=implication
    //# It MUST NOT be sent by compliant implementations.
    if (description === USER_CANCELED) return true;
    const modern = this.#info === undefined ? this.#hs?.isModern === true : this.#info.versionId === 0x0304;
    return level === WARNING && !modern;
  }

  #onWarning(description: number): void {
    if (++this.#warnings > MAX_WARNINGS) {
      this.#die(new TlsError({ code: 'too_many_warnings', origin: 'local', alert: UNEXPECTED_MESSAGE }));
      return;
    }
    this.#tell({ type: 'alert', description });
    //= rfc5246#section-7.2.2
    //# At that point, the original requester
    //# can decide whether to proceed with the connection.
    if (description === NO_RENEGOTIATION) this.#onRefusal();
  }

  #die(cause: unknown): void {
    if (this.#error !== undefined) return;
    const error =
      cause instanceof TlsError ? cause : new TlsError({ code: 'callback_failed', origin: 'local', alert: INTERNAL_ERROR, cause });
    this.#error = error;
    const told = error.origin === 'peer' || error.origin === 'transport' || this.#writeClosed;
    //= rfc9846#section-6.2
    //# The phrases "terminate the connection with an X alert" and "abort the handshake with an X alert"
    //# mean that the implementation MUST send alert X if it sends any alert.
    //= rfc5246#section-7.2.2
    //# Whenever an implementation encounters a condition which is defined as a fatal alert, it MUST
    //# send the appropriate alert prior to closing the connection.
    //= rfc5246#section-7.2.2
    //# If the implementation chooses to send an alert but intends to close the connection immediately
    //# afterwards, it MUST send that alert at the fatal alert level.
    if (!told && error.alert !== undefined) this.carrier.alert(FATAL, error.alert);
    // One that merely stopped has not failed (RFC 4346 §7.2.1).
    if (error.alert !== undefined && error.origin !== 'transport') {
      //= rfc9846#section-6
      //# Servers and clients MUST forget the secret values and keys established in failed connections
      this.#established?.forget?.();
      this.#hs?.forget?.();
    }
    this.#runner = undefined;
    this.#hs = undefined;
    this.#established = undefined;
    this.#tell({ type: 'error', error });
    this.#end();
  }

  #endIfClosed(): void {
    if (this.#readClosed && this.#writeClosed) this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#readClosed = true;
    this.#writeClosed = true;
    this.#tell({ type: 'closed' });
  }
}
