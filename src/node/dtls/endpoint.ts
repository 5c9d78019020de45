/** One socket and the sessions on it: drives the engine's endpoint over a transport, with one timer for all. */
import type { Association, PeerAddress } from '../../engine/association.ts';
import { Endpoint, type EndpointOptions, type EndpointStatistics } from '../../engine/endpoint.ts';
import type { ClientContext, ClientOptions } from '../../handshake/context.ts';
import type { DropReason } from '../../record/datagram/drops.ts';
import { codedError } from '../tls/errors.ts';
import { DTLSSession } from './session.ts';
import type { DatagramTransport, LocalAddress } from './transport.ts';

/** setTimeout takes no longer waits. */
const MAX_WAIT_MS = 2_147_483_647;
/** Datagrams under way in the transport beyond which no more are handed to it: the rest waits here. */
const MAX_IN_TRANSPORT = 1_024;

export interface DTLSEndpointStats extends EndpointStatistics {
  /** Sessions, those in their handshake included. */
  readonly sessions: number;
  /** Why datagrams and records were dropped. */
  readonly dropped: Partial<Record<DropReason, number>>;
}

export type SessionListener = (session: DTLSSession) => void;

export class DTLSEndpoint {
  /** Fulfilled when the endpoint is closed; rejected when it was closed by an error. */
  readonly closed: Promise<void>;
  /** Fulfilled when it can be reached. */
  readonly listening: Promise<LocalAddress | undefined>;
  /** Told of errors of the transport; without it they end the endpoint only. */
  onerror: ((error: Error) => void) | undefined;
  /** Told of clients whose handshake failed. */
  onfailure: ((peer: PeerAddress, error: Error) => void) | undefined;
  /** Told of flights that go out again in handshakes with clients, whose sessions are not known to anybody yet. */
  onretransmit: ((peer: PeerAddress, attempts: number) => void) | undefined;
  /** Refuses new sessions while true. */
  busy = false;
  readonly #engine: Endpoint;
  readonly #transport: DatagramTransport;
  readonly #onSession: SessionListener | undefined;
  /** The client's own: closes with its session. */
  readonly #single: boolean;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #draining = false;
  #inTransport = 0;
  #isReady = false;
  #isClosing = false;
  #isShut = false;
  #isClosed = false;
  #resolveClosed!: () => void;
  #rejectClosed!: (error: Error) => void;
  #resolveListening!: (address: LocalAddress | undefined) => void;
  #rejectListening!: (error: Error) => void;

  /** @internal */
  constructor(transport: DatagramTransport, options: EndpointOptions, onSession: SessionListener | undefined, single: boolean) {
    this.#engine = new Endpoint(options);
    this.#transport = transport;
    this.#onSession = onSession;
    this.#single = single;
    this.closed = new Promise((resolve, reject) => {
      this.#resolveClosed = resolve;
      this.#rejectClosed = reject;
    });
    this.listening = new Promise((resolve, reject) => {
      this.#resolveListening = resolve;
      this.#rejectListening = reject;
    });
    this.closed.catch(() => {});
    this.listening.catch(() => {});
    const drain = (): void => this.#drain();
    this.#engine.onWake = drain;
    transport.open({
      message: (datagram, peer) => this.#receive(datagram, peer),
      listening: () => this.#onListening(),
      error: (error) => this.#fail(error),
      closed: () => this.#finish(undefined),
    });
  }

  /** Where it is bound; undefined before that, and for transports that have no address. */
  get address(): LocalAddress | undefined {
    return this.#isReady && !this.#isClosed ? this.#transport.address?.() : undefined;
  }

  get stats(): DTLSEndpointStats {
    return { ...this.#engine.statistics, sessions: this.#engine.size, dropped: this.#engine.drops.toJSON() };
  }

  get destroyed(): boolean {
    return this.#isClosed;
  }

  /** The sessions whose handshake is over. */
  get sessions(): DTLSSession[] {
    const all: DTLSSession[] = [];
    for (const { owner } of this.#engine.associations()) if (owner instanceof DTLSSession && owner.protocol !== undefined) all.push(owner);
    return all;
  }

  /** Sends every session's close_notify, waits for their answers for a moment, then closes the socket. */
  close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#engine.close();
      this.#drain();
    }
    return this.closed.catch(() => {});
  }

  /** Closes the socket at once. */
  destroy(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosing = true;
    for (const association of [...this.#engine.associations()]) sessionOf(association)?._end(error);
    this.#shut();
    this.#finish(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  ref(): this {
    this.#transport.ref?.();
    return this;
  }

  unref(): this {
    this.#transport.unref?.();
    return this;
  }

  /** @internal A session as client. */
  _connect(peer: PeerAddress, context: ClientContext, options: ClientOptions): DTLSSession {
    if (this.#isClosing) throw codedError('ERR_INVALID_STATE', 'the endpoint is closed');
    const association = this.#engine.connect(peer, context, options);
    const session = new DTLSSession(this, association);
    association.owner = session;
    this.#drain();
    return session;
  }

  #onListening(): void {
    this.#isReady = true;
    this.#resolveListening(this.#transport.address?.());
    this.#drain();
  }

  #receive(datagram: Uint8Array, peer: PeerAddress): void {
    if (this.#isClosed) return;
    this.#engine.accepting = !this.busy && !this.#isClosing;
    this.#engine.receive(peer, datagram);
    this.#drain();
  }

  /** Takes everything that the engine has to say and to send. */
  #drain(): void {
    if (this.#draining || this.#isClosed) return;
    this.#draining = true;
    try {
      for (let next = this.#engine.poll(); next !== undefined; next = this.#engine.poll()) {
        let session = sessionOf(next.association);
        if (session === undefined) {
          session = new DTLSSession(this, next.association);
          next.association.owner = session;
        }
        if (next.event.type === 'handshake' && next.association.side === 'server' && session.protocol === undefined) {
          // The listener comes before its first event: that finds its callbacks set.
          session._open(next.event.info);
          this.#onSession?.(session);
        }
        session._event(next.event);
        if (next.event.type === 'retransmission' && next.association.side === 'server' && session.protocol === undefined)
          this.onretransmit?.(next.association.peer, next.event.attempts);
        if (next.event.type === 'error' && next.association.side === 'server' && session.protocol === undefined)
          this.onfailure?.(next.association.peer, next.event.error);
        if (this.#isClosed) return;
      }
      this.#send();
    } finally {
      this.#draining = false;
    }
    this.#arm();
    if ((this.#isClosing || this.#single) && this.#engine.size === 0 && this.#inTransport === 0) this.#shut();
  }

  #send(): void {
    while (this.#isReady && this.#inTransport < MAX_IN_TRANSPORT) {
      const out = this.#engine.takeOutput();
      if (out === undefined) return;
      this.#inTransport++;
      const { peer } = out;
      this.#transport.send(out.datagram, peer, (error) => {
        this.#inTransport--;
        if (error !== null && error !== undefined && (error as NodeJS.ErrnoException).code === 'EMSGSIZE') this.#engine.tooLarge(peer);
        // Other errors of one datagram are losses, which the protocol is made for.
        if (this.#inTransport === 0 || this.#inTransport === MAX_IN_TRANSPORT - 1 || error) this.#drain();
      });
    }
  }

  #arm(): void {
    const at = this.#engine.nextTimeout;
    if (at === this.#timerAt || this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(() => this.#tick(), wait);
    // The socket keeps the process alive, the timer alone does not.
    if (this.#engine.halfOpen === 0 && !this.#single) this.#timer.unref();
  }

  #tick(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (this.#isClosed) return;
    this.#engine.tick(performance.now());
    this.#drain();
  }

  #shut(): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.#isClosing = true;
    this.#transport.close();
  }

  #fail(error: Error): void {
    this.#rejectListening(error);
    this.onerror?.(error);
    this.destroy(error);
  }

  #finish(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const association of [...this.#engine.associations()]) sessionOf(association)?._end(error);
    if (error === undefined) this.#resolveClosed();
    else this.#rejectClosed(error);
    this.#rejectListening(error ?? codedError('ERR_INVALID_STATE', 'the endpoint was closed'));
  }
}

function sessionOf(association: Association): DTLSSession | undefined {
  return association.owner instanceof DTLSSession ? association.owner : undefined;
}
