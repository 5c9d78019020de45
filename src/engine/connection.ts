/**
 * The connection with everything that may come besides its handshake and data: heartbeats, other handshakes, new keys, the
 * exporter; and how one is made over a stream.
 */
import { misuse } from '../base/errors.ts';
import { clientFront } from '../handshake/front-client.ts';
import { serverFront } from '../handshake/front-server.ts';
import { frontFlow } from '../handshake/front.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../handshake/context.ts';
import type { NextHandshake, RenegotiateOptions } from '../handshake/established.ts';
import { FlowRunner } from '../handshake/flow.ts';
import type { HeartbeatHost, HeartbeatReport, HeartbeatRequest, Heartbeats } from '../handshake/features/heartbeat.ts';
import { Handshake } from '../handshake/state.ts';
import type { IncomingMessage } from '../record/carrier.ts';
import { StreamCarrier } from '../record/stream/carrier.ts';
import { HEARTBEAT } from '../wire/content.ts';
import { CoreConnection, type FrontFactory } from './core-connection.ts';

export type { CarrierFactory, FrontFactory } from './core-connection.ts';

/** A TLS client connection. The ClientHello is in the output at once. */
export function createClientConnection(context: ClientContext, options: ClientOptions = {}): Connection {
  return new Connection(context, options, (sink) => new StreamCarrier(sink), clientStreamFront);
}

/** A TLS server connection: waits for a ClientHello. */
export function createServerConnection(context: ServerContext, options: Pick<ClientOptions, 'trace' | 'holdTickets'> = {}): Connection {
  return new Connection(context, options, (sink) => new StreamCarrier(sink), serverStreamFront);
}

const clientStreamFront: FrontFactory = (context) => ({ flow: frontFlow(context.versions), handlers: clientFront });
const serverStreamFront: FrontFactory = (context) => ({ flow: frontFlow(context.versions), handlers: serverFront });

export class Connection extends CoreConnection implements HeartbeatHost {
  #heartbeats: Heartbeats | undefined;
  #endOnHeartbeatTimeout = false;
  /** The peer asked for a KeyUpdate: it goes before the next data. */
  #keyUpdateOwed = false;

  /** The transport ended: without close_notify that is a truncation, RFC 9846 §6.1. */
  receiveEnd(): void {
    if (this.error !== undefined || this.readClosed) return;
    const detail = this.runner === undefined ? undefined : 'in the handshake';
    //= rfc9846#section-6.1
    //# the TLS implementation MUST receive a "close_notify" alert before indicating end-of-data to the
    //# application layer
    this.fail('truncated', 'transport', undefined, detail);
  }

  /** Output that the caller has no more use for: its memory serves the next. Never required. */
  giveBack(output: Uint8Array): void {
    this.carrier.giveBack?.(output);
  }

  override get nextTimeout(): number {
    const next = super.nextTimeout;
    return this.#heartbeats === undefined || this.error !== undefined ? next : Math.min(next, this.#heartbeats.nextTimeout);
  }

  override tick(now: number): void {
    super.tick(now);
    if (this.#heartbeats === undefined || this.error !== undefined) return;
    this.#heartbeats.tick(this, now);
    this.run();
  }

  override send(data: Uint8Array): number {
    this.sendTickets();
    return super.send(data);
  }

  /** Whether tickets wait for the first data (`holdTickets`). */
  get holdsTickets(): boolean {
    return this.established?.sendTickets !== undefined;
  }

  /** Sends the tickets that wait for the first data. */
  sendTickets(): void {
    const { established } = this;
    if (established?.sendTickets === undefined) return;
    try {
      established.sendTickets();
      established.sendTickets = undefined;
      this.carrier.endFlight();
    } catch (cause) {
      this.die(cause);
    }
  }

  override close(): void {
    this.sendTickets();
    const renegotiating = this.#isRenegotiating;
    if (renegotiating) this.#leaveHandshake();
    super.close();
    // What the peer still says belongs to a handshake that is none any more.
    if (renegotiating) this.end();
  }

  //= rfc9846#appendix-F.5
  //# In order to allow applications to implement this kind of processing, TLS implementations MUST
  //# provide a way for the application to determine if the handshake has completed.
  /** Whether the handshake is still under way. */
  get handshaking(): boolean {
    return this.runner !== undefined && this.error === undefined;
  }

  /**
   * RFC 9846 §7.5, RFC 5705.
   * @throws TlsError `invalid_state` in a handshake.
   */
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): Uint8Array {
    if (this.established === undefined || this.runner !== undefined) notNow();
    return this.established.exportKeyingMaterial(label, context, length);
  }

  /**
   * Changes our write key (TLS 1.3), and asks the peer to change its own when `request`.
   * @throws TlsError `unsupported` in versions that cannot, `invalid_state` before the handshake is over.
   */
  updateKeys(request = false): void {
    if (this.established === undefined || this.isWriteClosed) notNow();
    if (this.established.updateKeys === undefined) misuse('unsupported', 'KeyUpdate');
    this.established.updateKeys(this, request);
    this.carrier.endFlight();
  }

  /**
   * Another handshake on this connection, under the protection of the keys in force (RFC 5746): a client begins it, a server
   * asks its client to. `renegotiated` tells that it is done; an alert `no_renegotiation`, that the peer refused.
   * @throws TlsError `unsupported` in TLS 1.3 and where it would be unsafe; `invalid_state` in a handshake and after `close`.
   */
  renegotiate(options: RenegotiateOptions = {}): void {
    if (this.established === undefined || this.runner !== undefined || this.isWriteClosed || this.readClosed) notNow();
    if (this.established.renegotiate === undefined) misuse('unsupported', 'renegotiation');
    this.established.renegotiate(this, options);
    this.run();
  }

  /** No further handshake on this connection, whatever its context says: requests of the peer are refused. */
  disableRenegotiation(): void {
    this.established?.disableRenegotiation?.();
  }

  /**
   * Asks the peer for a sign of life (RFC 6520); an event `heartbeat` tells what became of it.
   * @throws TlsError `unsupported` where it was not agreed on; `invalid_state` in a handshake, while another request is in flight,
   *   and after `close`; `message_too_large` when it does not fit into a record.
   */
  heartbeat(request: HeartbeatRequest = {}): void {
    if (this.established === undefined || this.runner !== undefined || this.isWriteClosed) notNow();
    if (this.#heartbeats === undefined) misuse('unsupported', 'heartbeats');
    this.#heartbeats.request(this, request);
  }

  /** RFC 5929 tls-unique material; undefined in TLS 1.3. */
  get finishedMessages(): { readonly client: Uint8Array; readonly server: Uint8Array } | undefined {
    return this.established?.finishedMessages;
  }

  // --- what the carrier tells ---

  override other(contentType: number, content: Uint8Array): void {
    if (this.readClosed) return;
    if (contentType !== HEARTBEAT) this.tell({ type: 'other', contentType, content });
    // RFC 6520 §3: during a handshake they are discarded.
    else if (this.runner === undefined && !this.isWriteClosed) this.#heartbeats?.receive(this, content);
  }

  // --- what the handshake tells ---

  keyUpdated(asked: boolean): void {
    // One answer serves all requests that came before it (S24).
    this.#keyUpdateOwed ||= asked;
    this.tell({ type: 'keyUpdate' });
  }

  handshakeAgain(next: NextHandshake, hello?: IncomingMessage): void {
    this.#heartbeats?.stop(this);
    this.hs = new Handshake(next.context, next.options, this.carrier, this, next.previous);
    this.runner = new FlowRunner(this.hs, this.front(next.context));
    if (hello !== undefined) this.runner.feed(hello);
  }

  heartbeatReport(report: HeartbeatReport): void {
    this.tell({ type: 'heartbeat', ...report });
    if (report.outcome === 'timeout' && report.datagramSize === undefined && this.#endOnHeartbeatTimeout)
      this.fail('timeout', 'transport', undefined, 'heartbeat');
  }

  renegotiationRequested(): void {
    this.tell({ type: 'renegotiationRequest' });
  }

  // --- the loop ---

  protected override complete(): void {
    const hs = this.hs!;
    super.complete();
    const support = hs.peerHeartbeatMode === 0 ? undefined : hs.context.heartbeat;
    this.#heartbeats = support?.attach(hs);
    this.#endOnHeartbeatTimeout = support?.endOnTimeout === true;
  }

  get #isRenegotiating(): boolean {
    return this.runner !== undefined && this.established !== undefined;
  }

  /** The peer says no to our ClientHello or HelloRequest, which needs no repetition any more. */
  protected override onRefusal(): void {
    if (this.established === undefined || this.hs?.hasVersion === true) return;
    this.established.onRefusal?.();
    this.#leaveHandshake();
  }

  /** Back to the keys and the state that were. */
  #leaveHandshake(): void {
    this.runner = undefined;
    this.hs = undefined;
    this.carrier.finished();
  }

  protected override keyLasts(): boolean {
    //= rfc9846#section-4.7.3
    //# then the receiver MUST send a KeyUpdate of its own with request_update set to
    //# "update_not_requested" prior to sending its next Application Data record
    if (!this.#keyUpdateOwed && this.carrier.sealedRecords < this.recordLimit) return true;
    //= rfc9846#section-5.5
    //# Implementations MUST either close the connection or do a key update as described in Section
    //# 4.7.3 prior to reaching these limits.
    //= rfc9846#section-5.3
    //# If a TLS implementation would need to wrap a sequence number, it MUST either rekey (Section
    //# 4.7.3) or terminate the connection.
    this.#keyUpdateOwed = false;
    const established = this.established!;
    if (established.updateKeys !== undefined) {
      this.updateKeys(false);
      return true;
    }
    // Before TLS 1.3 only another handshake makes new keys, and only a client can begin one.
    if (this.side !== 'client' || established.mayRenegotiate?.(this) !== true) return super.keyLasts();
    this.renegotiate();
    return false;
  }
}

function notNow(): never {
  misuse('invalid_state', 'not connected, or in the handshake');
}
