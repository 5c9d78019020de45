/** One client connection with everything about it recorded: what `connect` reports, and what the demo checks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TlsError } from '../base/errors.ts';
import { createClientConnection } from '../engine/connection.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import type { ClientContext } from '../handshake/context.ts';
import type { Session } from '../session/session.ts';
import { dial, type Target } from './dial.ts';
import { CliError } from './errors.ts';
import { HandshakeLog, type HandshakeStep } from './handshake-log.ts';
import { startTls } from './starttls.ts';
import type { DriverEvent } from '../node/driver.ts';
import { TlsStream } from './tls-stream.ts';
import type { TrustWitness } from './trust.ts';

export interface ClientRequest {
  readonly target: Target;
  readonly context: ClientContext;
  /** The context's verifier. */
  readonly witness: TrustWitness;
  /** The name to ask for and to check; undefined: none. */
  readonly serverName: string | undefined;
  readonly session?: Session | undefined;
  readonly starttls?: string | undefined;
  readonly timeoutMs: number;
  readonly onStep?: ((step: HandshakeStep) => void) | undefined;
}

/** Milliseconds; undefined where the part did not take place. */
export interface Timings {
  readonly dns: number | undefined;
  readonly tcp: number | undefined;
  readonly starttls: number | undefined;
  readonly handshake: number | undefined;
}

/** A client connection from the first look-up to its end. */
export class ClientRun {
  readonly request: ClientRequest;
  readonly log: HandshakeLog;
  readonly timings: { dns: number | undefined; tcp: number | undefined; starttls: number | undefined; handshake: number | undefined };
  address: string | undefined;
  info: ConnectionInfo | undefined;
  error: unknown;
  readonly sessions: Session[] = [];
  /** The server's stapled OCSP response, DER. */
  ocspResponse: Uint8Array | undefined;
  /** Fulfilled when the peer has said goodbye or the connection is over. */
  readonly ended: Promise<void>;
  stream: TlsStream | undefined;
  #endNow: () => void = () => undefined;
  #wakeups: (() => void)[] = [];

  constructor(request: ClientRequest) {
    this.request = request;
    this.log = new HandshakeLog(() => performance.now(), request.onStep);
    this.timings = { dns: undefined, tcp: undefined, starttls: undefined, handshake: undefined };
    this.ended = new Promise((resolve) => {
      this.#endNow = resolve;
    });
  }

  /** Connects. The failure is in `error`; fulfilled with whether it worked. */
  async connect(): Promise<boolean> {
    const { target, context, timeoutMs, starttls } = this.request;
    try {
      const dialled = await dial(target, timeoutMs);
      this.timings.dns = dialled.dnsMs;
      this.timings.tcp = dialled.tcpMs;
      this.address = dialled.address;
      if (starttls !== undefined) {
        const started = performance.now();
        try {
          await startTls(dialled.socket, starttls, this.request.serverName ?? target.host, timeoutMs);
        } catch (error) {
          dialled.socket.destroy();
          throw error;
        }
        this.timings.starttls = performance.now() - started;
      }
      const started = performance.now();
      this.log.restart();
      const connection = createClientConnection(context, {
        ...(this.request.serverName === undefined ? {} : { serverName: this.request.serverName }),
        ...(this.request.session === undefined ? {} : { session: this.request.session }),
        trace: this.log.trace,
      });
      this.stream = new TlsStream(dialled.socket, connection, (event) => this.#onEvent(event));
      const done = await this.waitFor(() => this.info !== undefined || this.error !== undefined, timeoutMs);
      if (!done) {
        this.error = new CliError('timeout', `no end of the handshake within ${timeoutMs / 1000} s`);
        this.stream.destroy();
      }
      if (this.info !== undefined) this.timings.handshake = performance.now() - started;
    } catch (error) {
      this.error = error;
    }
    if (this.error !== undefined) this.#endNow();
    return this.info !== undefined && this.error === undefined;
  }

  /** Waits until `ready`, looked at after every event. False when the time is over. */
  async waitFor(ready: () => boolean, timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (!ready()) {
      const left = until - performance.now();
      if (left <= 0) return false;
      const timer = new AbortController();
      const event = new Promise<void>((resolve) => this.#wakeups.push(resolve));
      await Promise.race([event, sleep(left, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
    }
    return true;
  }

  /** Says goodbye, waits a little for the peer's goodbye, and hangs up. */
  async close(waitMs = 500): Promise<void> {
    const { stream } = this;
    if (stream === undefined) return;
    if (this.error === undefined && !stream.destroyed) {
      this.#closing = true;
      stream.end();
      stream.resume();
      await this.waitFor(() => this.#over, waitMs);
    }
    stream.destroy();
  }

  #over = false;
  #closing = false;

  #onEvent(event: DriverEvent): void {
    switch (event.type) {
      case 'handshake':
        this.info = event.info;
        break;
      case 'session':
        this.sessions.push(event.session);
        // Before TLS 1.3 a ticket is part of the handshake, and of its trace.
        if (this.info?.versionId === 0x0304) this.log.later('server', 'NewSessionTicket');
        break;
      case 'ocsp':
        this.ocspResponse = event.response;
        break;
      case 'alert':
        this.log.alert('server', event.description);
        break;
      case 'error':
        this.#failed(event.error);
        break;
      case 'end':
        this.#endNow();
        break;
      case 'closed':
        this.#over = true;
        this.#endNow();
        break;
      default:
        break;
    }
    const wakeups = this.#wakeups;
    this.#wakeups = [];
    for (const wake of wakeups) wake();
  }

  #failed(error: TlsError): void {
    this.#over = true;
    this.#endNow();
    // What goes wrong behind our own goodbye is no failure any more.
    if (this.#closing && error.origin === 'transport') return;
    this.error = error;
    if (error.alert === undefined) return;
    if (error.origin === 'peer') this.log.alert('server', error.alert);
    else if (error.origin === 'local') this.log.alert('client', error.alert);
  }
}
