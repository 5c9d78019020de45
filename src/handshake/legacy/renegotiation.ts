/**
 * Renegotiation, RFC 5746: another handshake on an established connection, protected by the keys of the one before and bound
 * to it. A context has it only where it is passed this value.
 *
 * Always true: a later handshake is a full one, in the same version, with the same extended_master_secret, never with less
 * encrypt_then_mac, for the same server_name and application protocol, and with the same peer (S12): who renegotiates cannot
 * become somebody else. What a peer brings about is counted (S14).
 */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, NO_RENEGOTIATION } from '../../base/alerts.ts';
import { concat, EMPTY, equal } from '../../base/bytes.ts';
import { fail, misuse } from '../../base/errors.ts';
import { DEFAULT_RENEGOTIATION_WINDOW_MS, DEFAULT_RENEGOTIATIONS } from '../../base/limits.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { HELLO_REQUEST } from '../../wire/handshake.ts';
import type { ClientOptions, Context } from '../context.ts';
import type { Danger } from '../dangers.ts';
import type {
  ConnectionRenegotiation,
  EstablishedHost,
  FinishedMessages,
  Negotiated,
  NextHandshake,
  PreviousHandshake,
  RenegotiateOptions,
  RenegotiationSupport,
} from '../established.ts';
import type { Side } from '../flow.ts';
import type { Handshake } from '../state.ts';
import type { ProtocolVersion } from '../version.ts';
import { epochOf } from './secrets.ts';

/** In `dangers`: renegotiate with peers that do not know RFC 5746, where neither side sees whether somebody else began. */
const LEGACY_DANGER: Danger = 'dangerouslyAllowLegacyRenegotiation';

/**
 * What a peer's wish for another handshake meets.
 *
 * `refuse`: it is told no, by a warning, and the connection goes on. `abort`: the connection ends. `ignore`: a client goes on
 * as if nothing had come; a server refuses, since its client waits. `ask`: a client tells its user, who may call
 * `renegotiate`; a server refuses. `allow`: it is done.
 */
export type RenegotiationPolicy = 'refuse' | 'abort' | 'ignore' | 'ask' | 'allow';

export interface RenegotiationOptions {
  /** How many the peer may bring about in `windowMs`: 3 in ten minutes by default. */
  readonly limit?: number;
  readonly windowMs?: number;
}

/** For the `renegotiation` of a context. What `Connection.renegotiate` starts is done whatever the policy says of the peer. */
export function renegotiation(policy: RenegotiationPolicy, options: RenegotiationOptions = {}): RenegotiationSupport {
  const rules: Rules = {
    policy,
    limit: options.limit ?? DEFAULT_RENEGOTIATIONS,
    windowMs: options.windowMs ?? DEFAULT_RENEGOTIATION_WINDOW_MS,
  };
  return Object.freeze({ attach: (hs: Handshake, isUnique: boolean) => new Attached(rules, hs, isUnique) });
}

type Rules = { readonly policy: RenegotiationPolicy } & Required<RenegotiationOptions>;

class Attached implements ConnectionRenegotiation {
  readonly #rules: Rules;
  readonly #context: Context;
  readonly #options: ClientOptions;
  readonly #version: ProtocolVersion;
  readonly #clientVersion: number;
  readonly #cookie: Uint8Array;
  readonly #epoch: number;
  readonly #isUnique: boolean;
  readonly #before: Previous | undefined;
  /** When those were that the peer brought about: wall clock, ms. */
  #wanted: readonly number[];
  /** The server has asked for the next ClientHello. */
  #asked: RenegotiateOptions | undefined;

  constructor(rules: Rules, hs: Handshake, isUnique: boolean) {
    const { serverName, checkName, trace } = hs.options;
    this.#rules = rules;
    this.#context = hs.context;
    // Without the session: it is not offered again, and must not be kept alive.
    this.#options = { ...(serverName === undefined ? {} : { serverName }), ...(checkName === undefined ? {} : { checkName }), trace };
    this.#version = hs.version;
    this.#clientVersion = hs.clientVersion;
    this.#cookie = hs.helloCookie.slice();
    this.#epoch = epochOf(hs);
    this.#isUnique = isUnique;
    this.#before = hs.previous instanceof Previous ? hs.previous : undefined;
    this.#wanted = this.#before?.wanted ?? [];
  }

  may(host: EstablishedHost): boolean {
    return this.#obstacle(host.negotiated) === undefined;
  }

  start(host: EstablishedHost, finished: FinishedMessages, options: RenegotiateOptions): void {
    const obstacle = this.#obstacle(host.negotiated);
    if (obstacle !== undefined) misuse('unsupported', `no renegotiation: ${obstacle}`);
    if (this.#context.side === 'client') {
      host.handshakeAgain(this.#next(host.negotiated, finished, {}));
      return;
    }
    this.#asked = options;
    host.carrier.message(HELLO_REQUEST, () => {});
    host.carrier.endFlight();
  }

  onRefusal(): void {
    this.#asked = undefined;
  }

  onRequest(host: EstablishedHost, finished: FinishedMessages, message: IncomingMessage): boolean {
    const isClient = this.#context.side === 'client';
    const asked = this.#asked;
    const { policy } = this.#rules;
    if (policy === 'abort' || host.isWriteClosed) fail(this.#alert, 'no_renegotiation');
    if (this.#obstacle(host.negotiated) !== undefined) return false;
    if (policy === 'allow' || asked !== undefined) {
      if (asked === undefined) this.#count();
      this.#asked = undefined;
      host.handshakeAgain(this.#next(host.negotiated, finished, asked ?? {}), isClient ? undefined : message);
      return true;
    }
    if (policy === 'ask' && isClient) host.renegotiationRequested();
    return isClient && policy !== 'refuse';
  }

  /** Why there is no renegotiation on this connection, whoever wants it. */
  #obstacle({ alpn, secureRenegotiation }: Negotiated): string | undefined {
    //= rfc5746#section-4.4
    //# It is RECOMMENDED that servers not permit legacy renegotiation.
    if (!secureRenegotiation && !this.#context.dangers.includes(LEGACY_DANGER)) return 'the peer does not know RFC 5746';
    //= rfc7627#section-5.4
    //# In particular,
    //# the client MUST disable renegotiation
    if (!this.#isUnique) return 'resumed without extended_master_secret';
    // RFC 9113 §9.2.1: HTTP/2 takes it for an error.
    return alpn === 'h2' ? 'HTTP/2' : undefined;
  }

  /** S14: one more that the peer wanted. */
  #count(): void {
    const { limit, windowMs } = this.#rules;
    const now = this.#context.now();
    const recent = this.#wanted.filter((time) => now - time < windowMs);
    if (recent.length >= limit) fail(this.#alert, 'too_many_renegotiations');
    this.#wanted = [...recent, now];
  }

  /** SSL 3.0 has no no_renegotiation, RFC 5746 §4.5. */
  get #alert(): number {
    return this.#version.strategy?.noRenegotiation === 'fatal' ? HANDSHAKE_FAILURE : NO_RENEGOTIATION;
  }

  #next(negotiated: Negotiated, finished: FinishedMessages, options: RenegotiateOptions): NextHandshake {
    const next = nextContext(this.#context, this.#version, negotiated.alpn, options);
    const before = this.#before;
    const previous = new Previous(negotiated, finished, {
      clientVersion: this.#clientVersion,
      cookie: this.#cookie,
      epoch: this.#epoch,
      count: before === undefined ? 0 : before.count + 1,
      wanted: this.#wanted,
      // RFC 7366 §3.1: also by way of a suite that has no use for it.
      encryptThenMac: negotiated.encryptThenMac || before?.encryptThenMac === true,
    });
    return { context: next, options: this.#options, previous };
  }
}

/** One version; name and application protocol as they are. Without a session in its options nothing is resumed. */
function nextContext(context: Context, version: ProtocolVersion, alpn: string, options: RenegotiateOptions): Context {
  //= rfc9846#section-4.2.2
  //# it MUST retain the previous protocol version
  //= rfc9846#section-4.2.2
  //# In particular, it MUST NOT negotiate TLS 1.3.
  //= rfc9846#section-4.2.3
  //# which receives a TLS 1.3 ServerHello during renegotiation MUST abort the handshake with a
  //# "protocol_version" alert
  const versions = [version];
  if (context.side === 'client') return Object.freeze({ ...context, versions, alpn: [] });
  return Object.freeze({
    ...context,
    versions,
    alpn: alpn === '' ? [] : [alpn],
    selectAlpn: undefined,
    selectContext: undefined,
    clientCertificate: options.clientCertificate ?? context.clientCertificate,
  });
}

interface Counts {
  readonly clientVersion: number;
  readonly cookie: Uint8Array;
  readonly epoch: number;
  readonly count: number;
  readonly wanted: readonly number[];
  readonly encryptThenMac: boolean;
}

class Previous implements PreviousHandshake {
  readonly isSecure: boolean;
  readonly alpn: string;
  readonly clientVersion: number;
  readonly cookie: Uint8Array;
  readonly epoch: number;
  readonly count: number;
  readonly wanted: readonly number[];
  readonly encryptThenMac: boolean;
  readonly #extendedMasterSecret: boolean;
  readonly #serverName: string;
  readonly #peerChain: readonly Uint8Array[];
  readonly #finished: FinishedMessages;

  constructor(negotiated: Negotiated, finished: FinishedMessages, counts: Counts) {
    this.isSecure = negotiated.secureRenegotiation;
    this.alpn = negotiated.alpn;
    this.clientVersion = counts.clientVersion;
    this.cookie = counts.cookie;
    this.epoch = counts.epoch;
    this.count = counts.count;
    this.wanted = counts.wanted;
    this.encryptThenMac = counts.encryptThenMac;
    this.#extendedMasterSecret = negotiated.extendedMasterSecret;
    this.#serverName = negotiated.serverName;
    this.#peerChain = negotiated.peerChain;
    this.#finished = finished;
  }

  binding(from: Side): Uint8Array {
    const { client, server } = this.#finished;
    // RFC 5746 §4.2: also where the server did not know the extension: one whose first handshake this is sees the attack by it.
    if (from === 'client') return client;
    return this.isSecure ? concat(client, server) : EMPTY;
  }

  checkHello(hs: Handshake): void {
    //= rfc5746#section-3.7
    //# When a ClientHello is received, the server MUST verify that it
    //# does not contain the TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.  If
    //# the SCSV is present, the server MUST abort the handshake.
    //= rfc5746#section-4.4
    //# When a ClientHello is received, the server MUST verify that it does not contain the
    //# TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.
    //= rfc5746#section-4.4
    //# If the SCSV is present, the server MUST abort the handshake.
    if (hs.renegotiationScsv) fail(HANDSHAKE_FAILURE, 'bad_renegotiation_info', 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV');
    //= rfc5746#section-3.7
    //# The server MUST verify that the "renegotiation_info" extension is
    //# present; if it is not, the server MUST abort the handshake.
    this.#checkFlag(hs);
    if (hs.serverName !== this.#serverName) fail(ILLEGAL_PARAMETER, 'renegotiation_mismatch', 'server_name');
  }

  checkAgreed(hs: Handshake): void {
    //= rfc5746#section-3.5
    //# When a ServerHello is received, the client MUST verify that the
    //# "renegotiation_info" extension is present; if it is not, the
    //# client MUST abort the handshake.
    this.#checkFlag(hs);
    if (hs.extendedMasterSecret !== this.#extendedMasterSecret) fail(HANDSHAKE_FAILURE, 'renegotiation_mismatch', 'extended_master_secret');
    //= rfc7366#section-3.1
    //# implementations MUST NOT renegotiate a
    //# downgrade from encrypt-then-MAC to MAC-then-encrypt.
    if (this.encryptThenMac && !hs.encryptThenMac && hs.legacy.suite.protection.cbc)
      fail(HANDSHAKE_FAILURE, 'renegotiation_mismatch', 'encrypt_then_mac');
  }

  /** S12: the certificates that it had shown; only a client of which none had been asked may show its first. */
  checkPeer(hs: Handshake): void {
    const before = this.#peerChain;
    if (hs.side === 'server' && before.length === 0) return;
    const same = before.length === hs.peerChain.length && before.every((der, index) => equal(der, hs.peerChain[index]!));
    if (!same) fail(ILLEGAL_PARAMETER, 'renegotiation_mismatch', 'another certificate');
  }

  #checkFlag(hs: Handshake): void {
    if (hs.secureRenegotiation !== this.isSecure) fail(HANDSHAKE_FAILURE, 'bad_renegotiation_info', 'missing');
  }
}
