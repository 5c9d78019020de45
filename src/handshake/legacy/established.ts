/** A connection of SSL 3.0 to (D)TLS 1.2 whose handshake is over: exporter, tls-unique, and how another handshake comes about. */
import { HANDSHAKE_FAILURE, INTERNAL_ERROR, NO_RENEGOTIATION, UNEXPECTED_MESSAGE } from '../../base/alerts.ts';
import { ascii, concat, EMPTY } from '../../base/bytes.ts';
import { fail, misuse } from '../../base/errors.ts';
import { MAX_RENEGOTIATION_REQUESTS } from '../../base/limits.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import { Reader } from '../../base/reader.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { CLIENT_HELLO, HELLO_REQUEST, messageName } from '../../wire/handshake.ts';
import type { Danger } from '../dangers.ts';
import type { ConnectionRenegotiation, Established, EstablishedHost, FinishedMessages, RenegotiateOptions } from '../established.ts';
import { applyRecordLimits } from '../record-limits.ts';
import type { Side } from '../flow.ts';
import type { PeerVerified } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';
import type { FinishedVerified } from './finished.ts';
import type { LegacyStrategy } from './strategy.ts';

const MASTER = 48;
const RANDOM = 32;
const VERIFY_DATA: number = MASTER + 2 * RANDOM;

/** RFC 5705 §4. Labels of the protocol itself: an exporter that took them would give away its keys. */
const RESERVED_LABELS: readonly string[] = [
  'client finished',
  'server finished',
  'master secret',
  'extended master secret',
  'key expansion',
];

/** In `dangers`: keying material is exported from a master secret that is not bound to its handshake. */
const EXPORTER_DANGER: Danger = 'dangerouslyExportWithoutExtendedMasterSecret';

/** The last step of the flow. */
export function complete(hs: Handshake): void {
  establish(hs, present(hs.peerVerified), present(hs.legacy.finished));
}

/** Both proofs are at hand: the connection may carry data. */
function establish(hs: Handshake, _peer: PeerVerified, _finished: FinishedVerified): void {
  if (hs.carrier.hasPartialMessage) fail(UNEXPECTED_MESSAGE, 'excess_handshake_data', 'behind Finished');
  hs.previous?.checkPeer(hs);
  applyRecordLimits(hs, 0);
  hs.established = new LegacyEstablished(hs);
  hs.legacy.master.fill(0);
}

export class LegacyEstablished implements Established {
  readonly #crypto: CryptoProvider;
  readonly #strategy: LegacyStrategy;
  readonly #prfHash: HashName;
  readonly #side: Side;
  /** Master secret, randoms and verify_data in one block. */
  readonly #block: Uint8Array;
  readonly #mayExport: boolean;
  readonly #isUnique: boolean;
  readonly #renegotiation: ConnectionRenegotiation | undefined;
  readonly #forget: (() => void) | undefined;
  /** Requests without data between them. */
  #requests = 0;

  constructor(hs: Handshake) {
    const { legacy } = hs;
    this.#crypto = hs.crypto;
    this.#strategy = legacy.strategy;
    this.#prfHash = legacy.suite.prfHash;
    this.#side = hs.side;
    this.#mayExport = hs.extendedMasterSecret || hs.context.dangers.includes(EXPORTER_DANGER);
    this.#isUnique = hs.extendedMasterSecret || hs.resumed === undefined;
    this.#forget = hs.forget;
    this.#block = concat(legacy.master, hs.clientRandom, hs.serverRandom, legacy.clientVerifyData, legacy.serverVerifyData);
    this.#renegotiation = hs.context.renegotiation?.attach(hs, this.#isUnique);
  }

  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array {
    if (!this.#strategy.exporter) misuse('unsupported', 'this version has no exporter');
    //= rfc7627#section-5.4
    //# Hence, the client or server MUST NOT
    //# export any key material based on the new master secret for any
    //# subsequent application-level authentication.  In particular, it MUST
    //# disable [RFC5705]
    if (!this.#mayExport) misuse('unsupported', 'no exporter without extended_master_secret');
    if (RESERVED_LABELS.includes(label)) misuse('invalid_argument', 'a label of the protocol itself');
    if (context !== undefined && context.length > 0xffff) misuse('invalid_argument', 'context too long');
    ascii(label);
    // RFC 5705 §4: no context and an empty one differ.
    const value = context === undefined ? EMPTY : concat(Uint8Array.of(context.length >>> 8, context.length), context);
    const seed = concat(this.#block.subarray(MASTER, VERIFY_DATA), value);
    return this.#strategy.prf(this.#crypto, this.#prfHash, this.#block.subarray(0, MASTER), label, seed, length);
  }

  onMessage(host: EstablishedHost, message: IncomingMessage): void {
    const renegotiation = this.#side === 'client' ? HELLO_REQUEST : CLIENT_HELLO;
    if (message.type !== renegotiation) fail(UNEXPECTED_MESSAGE, 'unexpected_message', `${messageName(message.type)} after the handshake`);
    if (message.type === HELLO_REQUEST) new Reader(message.body).finish();
    // S14: each request costs an answer.
    if (++this.#requests > MAX_RENEGOTIATION_REQUESTS) fail(UNEXPECTED_MESSAGE, 'no_renegotiation', 'too many requests');
    if (this.#renegotiation?.onRequest(host, this.#finished, message) === true) return;
    //= rfc5746#section-4.5
    //# SSLv3 clients that refuse renegotiation SHOULD use a fatal
    //# handshake_failure alert.
    if (this.#strategy.noRenegotiation === 'fatal') fail(HANDSHAKE_FAILURE, 'no_renegotiation');
    //= rfc5246#section-7.2.2
    //# Sent by the client in response to a hello request or by the server
    //# in response to a client hello after initial handshaking.  Either
    //# of these would normally lead to renegotiation; when that is not
    //# appropriate, the recipient should respond with this alert.
    //= rfc5746#section-4.2
    //# Clients that do so MUST respond to such requests with a "no_renegotiation" alert
    host.warn(NO_RENEGOTIATION);
  }

  mayRenegotiate(host: EstablishedHost): boolean {
    return this.#renegotiation?.may(host) === true;
  }

  renegotiate(host: EstablishedHost, options: RenegotiateOptions): void {
    if (this.#renegotiation === undefined) misuse('unsupported', 'the context has no renegotiation');
    this.#renegotiation.start(host, this.#finished, options);
  }

  onRefusal(): void {
    this.#renegotiation?.onRefusal();
  }

  //= rfc5246#section-7.2.2
  //# Servers and clients MUST forget any session-identifiers,
  //# keys, and secrets associated with a failed connection.
  forget(): void {
    this.#forget?.();
    this.#block.fill(0);
  }

  onData(): void {
    this.#requests = 0;
  }

  get finishedMessages(): FinishedMessages | undefined {
    //= rfc7627#section-5.4
    //# Hence, the client or server MUST NOT use the current handshake's
    //# "verify_data" for application-level authentication.
    if (!this.#isUnique) return undefined;
    return this.#finished;
  }

  get #finished(): FinishedMessages {
    const both = this.#block.subarray(VERIFY_DATA);
    return { client: both.slice(0, both.length / 2), server: both.slice(both.length / 2) };
  }
}

function present<T>(proof: T | undefined): T {
  if (proof === undefined) fail(INTERNAL_ERROR, 'internal_error', 'handshake without proof');
  return proof;
}
