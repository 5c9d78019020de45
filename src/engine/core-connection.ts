/**
 * One connection, sans-I/O: bytes and time go in, bytes, events and the next timeout come out. Here is the one place
 * that catches what a handshake throws, and sends the alert. One handshake, data and the end are here; what may come besides
 * (heartbeats, other handshakes, new keys, the exporter) is `Connection`'s.
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
import { type ErrorCode, type ErrorOrigin, fail, misuse, TlsError } from '../base/errors.ts';
import { MAX_PLAINTEXT, MAX_QUEUED_OUTPUT, MAX_WARNINGS } from '../base/limits.ts';
import { isPromise, type MaybePromise } from '../base/maybe-promise.ts';
import type { ClientOptions, Context, HandshakeHost } from '../handshake/context.ts';
import type { Established, EstablishedHost, Negotiated, NextHandshake } from '../handshake/established.ts';
import { type Binding, FlowRunner, type Side } from '../handshake/flow.ts';
import { Handshake } from '../handshake/state.ts';
import type { CarrierSink, IncomingMessage } from '../record/carrier.ts';
import type { RecordLayer } from '../record/record-layer.ts';
import type { Session } from '../session/session.ts';
import { APPLICATION_DATA } from '../wire/content.ts';
import type { ConnectionEvent } from './events.ts';
import { type ConnectionInfo, infoOf } from './info.ts';
import { WANTS_EVENT, WANTS_INPUT, WANTS_OUTPUT, WANTS_SEND, WANTS_WORK } from './wants.ts';

/** Makes the record layer over the connection's sink. */
export type CarrierFactory = (sink: CarrierSink) => RecordLayer;
/** The front flow with the handlers of a side. */
export type FrontFactory = (context: Context) => Binding<Handshake>;

export abstract class CoreConnection implements CarrierSink, HandshakeHost, EstablishedHost {
  /** Called when an asynchronous operation has finished: take output and events again. */
  onWake: (() => void) | undefined;
  readonly side: Side;
  readonly carrier: RecordLayer;
  protected readonly front: FrontFactory;
  protected hs: Handshake | undefined;
  protected runner: FlowRunner<Handshake> | undefined;
  protected established: Established | undefined;
  #info: ConnectionInfo | undefined;
  #trustError: TlsError | undefined;
  /** Undefined where there is none. */
  #events: ConnectionEvent[] | undefined;
  #nextEvent = 0;
  #waiting = false;
  #warnings = 0;
  protected recordLimit: number = Number.POSITIVE_INFINITY;
  /** The peer's close_notify came. */
  protected readClosed = false;
  /** Ours went out. */
  #writeClosed = false;
  #error: TlsError | undefined;
  #ended = false;

  constructor(context: Context, options: ClientOptions, makeCarrier: CarrierFactory, front: FrontFactory) {
    this.side = context.side;
    this.carrier = makeCarrier(this);
    this.front = front;
    this.hs = new Handshake(context, options, this.carrier, this);
    this.runner = new FlowRunner(this.hs, front(context));
    //= rfc9846#section-4.2.2
    //# it is REQUIRED to send the ClientHello as its first TLS message
    if (this.side === 'client') this.run();
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
    if (this.#error !== undefined || this.readClosed) return;
    this.carrier.push(plainView(bytes));
    this.run();
    this.carrier.keep();
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
    if (this.established === undefined && this.#error === undefined) misuse('invalid_state', 'in the handshake');
    if (this.#writeClosed || this.#error !== undefined) misuse('closed', 'the connection is closed');
    // RFC 5246 would let data pass between the messages; many peers do not.
    if (this.runner !== undefined) return 0;
    const room = MAX_QUEUED_OUTPUT - this.carrier.outputLength;
    if (room <= 0) return 0;
    const accepted = data.length <= room ? data : data.subarray(0, room);
    if (!this.keyLasts()) return 0;
    this.carrier.writeData(APPLICATION_DATA, accepted);
    return accepted.length;
  }

  /** Bytes for the peer: one or more records, or exactly one datagram. Undefined when there are none. */
  takeOutput(): Uint8Array | undefined {
    return this.carrier.takeOutput();
  }

  /** The next event, in order. */
  poll(): ConnectionEvent | undefined {
    const events = this.#events;
    const event = events?.[this.#nextEvent];
    if (event === undefined) return undefined;
    this.#nextEvent++;
    if (this.#nextEvent === events!.length) {
      this.#events = undefined;
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
      if (!this.readClosed && !this.#waiting) flags |= WANTS_INPUT;
      if (this.runner === undefined && !this.#writeClosed) flags |= WANTS_SEND;
    }
    return flags;
  }

  /** When `tick` is due: ms on the caller's monotonic clock; Infinity: never. */
  get nextTimeout(): number {
    if (this.#error !== undefined) return Number.POSITIVE_INFINITY;
    return this.carrier.nextTimeout;
  }

  tick(now: number): void {
    if (this.#error !== undefined) return;
    this.carrier.tick(now);
    this.run();
  }

  /** Sends close_notify: nothing can be sent after it; what the peer still sends is received. */
  close(): void {
    if (this.#writeClosed || this.#error !== undefined) return;
    this.#writeClosed = true;
    const first = this.established === undefined;
    //= rfc9846#section-6.1
    //# This alert MUST be sent with AlertLevel=warning.
    //= rfc9846#section-6.1
    //# This alert MUST be followed by a "close_notify".
    if (first) this.carrier.alert(WARNING, USER_CANCELED);
    //= rfc9846#section-6.1
    //# Each party MUST send a "close_notify" alert before closing its write side of the connection,
    //# unless it has already sent some error alert.
    this.carrier.alert(WARNING, CLOSE_NOTIFY);
    if (first) this.fail('aborted', 'api', undefined, 'in the handshake');
    else this.#endIfClosed();
  }

  /** Ends at once. With an error that has an alert, the peer is told. Nothing is left to do once both sides have closed. */
  abort(error?: TlsError): void {
    if (this.#ended) return;
    this.die(error ?? new TlsError({ code: 'aborted', origin: 'api' }));
  }

  /** What was negotiated; undefined before the handshake is over. */
  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  /** The error that ended the connection. */
  get error(): TlsError | undefined {
    return this.#error;
  }

  /** Longest content of the records that we send from now on: 512 to 16384, and never more than the peer takes. */
  setMaxSendFragment(size: number): void {
    if (!Number.isInteger(size) || size < 512 || size > MAX_PLAINTEXT) misuse('invalid_argument', 'not 512 to 16384');
    this.carrier.limitWrites(size);
  }

  /** Nothing is going on: drops cipher objects that are held only for speed. */
  rest(): void {
    this.carrier.rest();
  }

  // --- what the carrier tells ---

  //= rfc5246#section-7.2.1
  //# Any data received after a closure alert is ignored.
  data(content: Uint8Array): void {
    if (this.readClosed) return;
    this.#warnings = 0;
    this.established?.onData();
    this.tell({ type: 'data', data: content });
  }

  alert(level: number, description: number): void {
    if (this.readClosed) return;
    // RFC 9846 §6: an invalid enum is an illegal_parameter.
    if (level !== WARNING && level !== FATAL) this.fail('bad_alert', 'local', ILLEGAL_PARAMETER, `level ${level}`);
    else if (description === CLOSE_NOTIFY) this.#onCloseNotify();
    else if (this.#isWarning(level, description)) this.#onWarning(description);
    //= rfc9846#section-6
    //# Unknown Alert types MUST be treated as error alerts.
    else this.fail('alert_received', 'peer', description);
  }

  /** Content of another type than the core protocol's: whoever agrees on one takes it. */
  other(_contentType: number, _content: Uint8Array): void {}

  retransmission(attempts: number, exhausted: boolean): void {
    this.tell({ type: 'retransmission', attempts, exhausted });
  }

  // --- what the handshake tells ---

  session(session: Session): void {
    this.tell({ type: 'session', session });
  }

  ocspResponse(response: Uint8Array): void {
    this.tell({ type: 'ocsp', response });
  }

  untrusted(error: TlsError): void {
    // V8 keeps what was on the stack alive, the whole handshake, until the text of the stack has been asked for.
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) String(cause.stack);
    this.#trustError = error;
  }

  get negotiated(): Negotiated {
    return this.#info!;
  }

  get isWriteClosed(): boolean {
    return this.#writeClosed;
  }

  // --- what comes after the first handshake, where there is such a thing ---

  abstract keyUpdated(asked: boolean): void;
  abstract handshakeAgain(next: NextHandshake, hello?: IncomingMessage): void;
  abstract renegotiationRequested(): void;
  /** The peer does not want another handshake. */
  protected onRefusal?(): void;

  warn(description: number): void {
    this.carrier.alert(WARNING, description);
  }

  protected tell(event: ConnectionEvent): void {
    this.#events ??= [];
    this.#events.push(event);
  }

  // --- the loop ---

  protected run(): void {
    if (this.#waiting || this.#error !== undefined) return;
    try {
      for (;;) {
        const runner = this.runner;
        const result = runner === undefined ? this.#afterHandshake() : runner.advance();
        if (typeof result === 'object') {
          this.#wait(result);
          return;
        }
        const { fault } = this.carrier;
        if (fault !== undefined) fail(fault.alert, fault.code, fault.detail);
        if (this.#error !== undefined) return;
        // What an alert ended leaves its input to what comes after it.
        if (this.runner !== runner) continue;
        if (result === 'input') return;
        if (runner !== undefined) this.complete();
      }
    } catch (error) {
      if (!this.#ended) this.die(error);
    }
  }

  #afterHandshake(): 'input' | 'again' | PromiseLike<void> {
    const message = this.readClosed ? undefined : this.carrier.next();
    if (message === undefined) return 'input';
    const result: MaybePromise<void> = this.established!.onMessage(this, message);
    return isPromise(result) ? result : 'again';
  }

  #wait(operation: PromiseLike<void>): void {
    this.#waiting = true;
    const wake = () => {
      this.#waiting = false;
      this.run();
      this.carrier.keep();
      this.onWake?.();
    };
    operation.then(wake, (error: unknown) => {
      this.#waiting = false;
      this.die(error);
      this.onWake?.();
    });
  }

  protected complete(): void {
    const hs = this.hs!;
    this.established = hs.established;
    if (this.established === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no keys');
    this.recordLimit = hs.suite.protection.recordLimit;
    this.#info = infoOf(hs, this.#trustError);
    this.#trustError = undefined;
    this.runner = undefined;
    this.hs = undefined;
    this.tell({ type: this.#info.renegotiations === 0 ? 'handshake' : 'renegotiated', info: this.#info });
  }

  /** Whether the key in force may protect more; if not, the connection is over or something else has been begun. */
  protected keyLasts(): boolean {
    if (this.carrier.sealedRecords < this.recordLimit) return true;
    this.fail('key_limit_reached', 'local', INTERNAL_ERROR);
    return false;
  }

  // --- alerts and the end ---

  #onCloseNotify(): void {
    if (this.established === undefined) {
      this.fail('alert_received', 'peer', CLOSE_NOTIFY, 'in the handshake');
      return;
    }
    this.readClosed = true;
    //= rfc5246#section-7.2.1
    //= type=exception
    //= reason=R72
    //# The other party MUST respond with a close_notify alert of its own
    this.tell({ type: 'end' });
    // In the middle of a later handshake.
    if (this.runner !== undefined) this.close();
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
    const modern = this.#info === undefined ? this.hs?.isModern === true : this.#info.versionId === 0x0304;
    return level === WARNING && !modern;
  }

  #onWarning(description: number): void {
    if (++this.#warnings > MAX_WARNINGS) {
      this.fail('too_many_warnings', 'local', UNEXPECTED_MESSAGE);
      return;
    }
    this.tell({ type: 'alert', description });
    //= rfc5246#section-7.2.2
    //# At that point, the original requester
    //# can decide whether to proceed with the connection.
    if (description === NO_RENEGOTIATION) this.onRefusal?.();
  }

  /** Ends with whatever was thrown. */
  protected die(cause: unknown): void {
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
      this.established?.forget?.();
      this.hs?.forget?.();
    }
    this.runner = undefined;
    this.hs = undefined;
    this.established = undefined;
    this.tell({ type: 'error', error });
    this.end();
  }

  #endIfClosed(): void {
    if (this.readClosed && this.#writeClosed) this.end();
  }

  /** Ends with an error. */
  protected fail(code: ErrorCode, origin: ErrorOrigin, alert?: number, detail?: string): void {
    this.die(new TlsError({ code, origin, alert, detail }));
  }

  protected end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.readClosed = true;
    this.#writeClosed = true;
    this.tell({ type: 'closed' });
  }
}
