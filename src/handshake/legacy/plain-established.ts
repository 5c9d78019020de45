/** A connection of SSL 3.0 to (D)TLS 1.2 whose handshake is over and that makes no other: what that refuses. */
import { HANDSHAKE_FAILURE, INTERNAL_ERROR, NO_RENEGOTIATION, UNEXPECTED_MESSAGE } from '../../base/alerts.ts';
import { fail, misuse } from '../../base/errors.ts';
import { MAX_RENEGOTIATION_REQUESTS } from '../../base/limits.ts';
import { Reader } from '../../base/reader.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { CLIENT_HELLO, HELLO_REQUEST } from '../../wire/handshake.ts';
import type { Established, EstablishedHost, FinishedMessages } from '../established.ts';
import type { Side } from '../flow.ts';
import type { PeerVerified } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';
import type { FinishedVerified } from './finished.ts';
import type { LegacyStrategy } from './strategy.ts';

/** The last step of a flow without renegotiation, exporter and record limits. */
export function completePlainly(hs: Handshake): void {
  establish(hs, provenPeer(hs), provenFinished(hs), () => new PlainEstablished(hs));
}

/** Both proofs are at hand: the connection may carry data. */
export function establish(hs: Handshake, _peer: PeerVerified, _finished: FinishedVerified, make: () => Established): void {
  if (hs.carrier.hasPartialMessage) fail(UNEXPECTED_MESSAGE, 'excess_handshake_data', 'behind Finished');
  hs.established = make();
  hs.legacy.master.fill(0);
}

export function provenPeer(hs: Handshake): PeerVerified {
  return hs.peerVerified ?? unproven();
}

export function provenFinished(hs: Handshake): FinishedVerified {
  return hs.legacy.finished ?? unproven();
}

function unproven(): never {
  fail(INTERNAL_ERROR, 'internal_error', 'no proof');
}

export class PlainEstablished implements Established {
  protected readonly strategy: LegacyStrategy;
  readonly #side: Side;
  readonly #forget: (() => void) | undefined;
  /** Requests without data between them. */
  #requests = 0;

  constructor(hs: Handshake) {
    this.strategy = hs.legacy.strategy;
    this.#side = hs.side;
    this.#forget = hs.forget;
  }

  exportKeyingMaterial(_label: string, _context: Uint8Array | undefined, _length: number): Uint8Array {
    misuse('unsupported', 'no exporter');
  }

  onMessage(host: EstablishedHost, message: IncomingMessage): void {
    const renegotiation = this.#side === 'client' ? HELLO_REQUEST : CLIENT_HELLO;
    if (message.type !== renegotiation) fail(UNEXPECTED_MESSAGE, 'unexpected_message', `${this.nameOf(message.type)} after the handshake`);
    if (message.type === HELLO_REQUEST) new Reader(message.body).finish();
    // S14: each request costs an answer.
    if (++this.#requests > MAX_RENEGOTIATION_REQUESTS) fail(UNEXPECTED_MESSAGE, 'no_renegotiation', 'too many requests');
    if (this.takesUp(host, message)) return;
    //= rfc5746#section-4.5
    //# SSLv3 clients that refuse renegotiation SHOULD use a fatal
    //# handshake_failure alert.
    if (this.strategy.noRenegotiation === 'fatal') fail(HANDSHAKE_FAILURE, 'no_renegotiation');
    //= rfc5246#section-7.2.2
    //# Sent by the client in response to a hello request or by the server
    //# in response to a client hello after initial handshaking.  Either
    //# of these would normally lead to renegotiation; when that is not
    //# appropriate, the recipient should respond with this alert.
    //= rfc5746#section-4.2
    //# Clients that do so MUST respond to such requests with a "no_renegotiation" alert
    host.warn(NO_RENEGOTIATION);
  }

  protected nameOf(type: number): string {
    return `message ${type}`;
  }

  /** Whether another handshake begins. */
  protected takesUp(_host: EstablishedHost, _message: IncomingMessage): boolean {
    return false;
  }

  //= rfc5246#section-7.2.2
  //# Servers and clients MUST forget any session-identifiers,
  //# keys, and secrets associated with a failed connection.
  forget(): void {
    this.#forget?.();
  }

  onData(): void {
    this.#requests = 0;
  }

  get finishedMessages(): FinishedMessages | undefined {
    return undefined;
  }
}
