/**
 * What the handlers of one handshake share. Dropped when the handshake is over: what an established connection still
 * needs is in its `Established` record.
 */
import { INTERNAL_ERROR, UNEXPECTED_MESSAGE } from '../base/alerts.ts';
import { EMPTY } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { MAX_PASSED_HELLO_REQUESTS } from '../base/limits.ts';
import type { Writer } from '../base/writer.ts';
import type { CryptoProvider, PublicKey } from '../crypto/port.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import type { Carrier, IncomingMessage } from '../record/carrier.ts';
import type { Session } from '../session/session.ts';
import { X509 } from '../wire/certificate-type.ts';
import type { RawExtension } from '../wire/extensions.ts';
import { HELLO_REQUEST } from '../wire/handshake.ts';
import type { ClientContext, ClientOptions, Context, Credential, HandshakeHost, ServerContext } from './context.ts';
import type { Established, PreviousHandshake } from './established.ts';
import type { FlowState, Side, TraceEntry } from './flow.ts';
import type { LegacyState } from './legacy/state.ts';
import type { ModernState } from './modern/state.ts';
import type { PeerVerified } from './peer-auth.ts';
import { Transcript } from './transcript.ts';
import { bestOf, type ProtocolVersion } from './version.ts';

/** One for all: an empty list costs a connection 32 bytes. */
const NONE: readonly never[] = /* @__PURE__ */ Object.freeze([]);
/** What a peer takes that has not said otherwise. */
export const ONLY_X509: readonly number[] = [X509];

export class Handshake implements FlowState {
  readonly side: Side;
  context: Context;
  readonly options: ClientOptions;
  readonly host: HandshakeHost;
  readonly carrier: Carrier;
  readonly crypto: CryptoProvider;
  readonly transcript: Transcript;
  readonly trace: ((entry: TraceEntry) => void) | undefined;

  // Chosen by the hellos.
  #version: ProtocolVersion | undefined;
  #suite: CipherSuite | undefined;
  clientRandom: Uint8Array = EMPTY;
  serverRandom: Uint8Array = EMPTY;
  /** Client: what it sent as legacy_session_id. Server: what it received, or gives out. */
  sessionId: Uint8Array = EMPTY;
  /** Types of the extensions in the ClientHello. */
  offered: number[] = [];
  /** TLS_EMPTY_RENEGOTIATION_INFO_SCSV stood among the suites. */
  renegotiationScsv = false;
  /** legacy_version of the ClientHello: what RSA premaster secrets repeat. */
  clientVersion = 0;
  /** The ClientHello as it came: binders are computed over its beginning. */
  clientHelloRaw: Uint8Array = EMPTY;
  /** Server: the extensions of the first ClientHello, with which the second is compared. */
  firstExtensions: readonly RawExtension[] = [];
  /** The suites of the ClientHello. */
  peerSuites: readonly number[] = [];
  /** DTLS: the cookie of HelloVerifyRequest. */
  helloCookie: Uint8Array = EMPTY;
  /** The handshake before this one on the same connection (RFC 5746); undefined: this is the first. */
  readonly previous: PreviousHandshake | undefined;
  /** A first ClientHello was answered by HelloRetryRequest. */
  retried = false;
  serverName = '';
  /** Whether server_name is acknowledged. */
  serverNameUsed = false;
  peerGroups: readonly number[] | undefined;
  /** signature_algorithms of the peer; undefined: it sent none. */
  peerSchemes: readonly number[] | undefined;
  peerCertificateSchemes: readonly number[] | undefined;
  peerAlpn: readonly string[] = NONE;
  alpn = '';
  peerAuthorities: readonly Uint8Array[] = NONE;

  // Extensions in force.
  extendedMasterSecret = false;
  encryptThenMac = false;
  secureRenegotiation = false;
  statusRequested = false;
  /** status_request_v2 asks for responses of the whole chain. */
  statusesRequested = false;
  ticketSupported = false;
  /** The largest record content that the peer takes, when it said so. */
  peerRecordSizeLimit: number | undefined;
  maxFragmentLength: number | undefined;
  /** HeartbeatMode of the peer, RFC 6520 §2; 0: not agreed on. */
  peerHeartbeatMode = 0;
  /** RFC 5764: the SRTP protection profile; 0 for none. */
  srtpProfile = 0;
  /** Point formats of RFC 8422 that the peer listed; undefined: none listed. */
  peerPointFormats: Uint8Array | undefined;

  // Authentication.
  credential: Credential | undefined;
  /** Our signature scheme, and the peer's. */
  scheme = 0;
  peerScheme = 0;
  group = 0;
  peerChain: readonly Uint8Array[] = NONE;
  peerKey: PublicKey | undefined;
  /** Whether the chain led to a trust anchor. */
  peerTrusted = false;
  /** When the peer's certificate, or the session that stands for it, ends: wall clock, ms. */
  peerExpires: number = Number.POSITIVE_INFINITY;
  /** The certificate's keyUsage allows signatures, or is absent. */
  peerMaySign = false;
  peerOcsp: Uint8Array | undefined;
  /** OCSP responses by position in `peerChain`, when there are others than the leaf's. */
  peerOcsps: readonly (Uint8Array | undefined)[] = NONE;
  /** RFC 6962: SignedCertificateTimestampList beside the leaf. */
  peerTimestamps: Uint8Array | undefined;
  /** RFC 7250: what the peer proves itself with, what it takes of us (best first), and its key when it is a raw one. */
  peerCertificateType: number = X509;
  peerTakesTypes: readonly number[] = ONLY_X509;
  peerRawKey: Uint8Array | undefined;
  /** Only `peer-auth.ts` can make one: without it the handshake does not finish. */
  peerVerified: PeerVerified | undefined;
  clientCertificateRequested = false;
  /** The session that this handshake resumes. */
  resumed: Session | undefined;

  #helloRequests = 0;
  #legacy: LegacyState | undefined;
  #modern: ModernState | undefined;
  /** The change_cipher_spec of middlebox compatibility went out. */
  dummyCcsSent = false;
  /** Set by the pre_shared_key offer: fills in the binders of the finished ClientHello, which comes without its header. */
  patchHello: ((body: Writer) => void) | undefined;
  /** Server: takes the session of this handshake out of its store. */
  forget: (() => void) | undefined;
  /** Made by the last key change: what the connection keeps. */
  established: Established | undefined;

  constructor(context: Context, options: ClientOptions, carrier: Carrier, host: HandshakeHost, previous?: PreviousHandshake) {
    this.side = context.side;
    this.context = context;
    this.options = options;
    this.carrier = carrier;
    this.crypto = context.crypto;
    this.host = host;
    this.trace = options.trace;
    this.previous = previous;
    if (previous !== undefined) {
      this.alpn = previous.alpn;
      this.helloCookie = previous.cookie;
    }
    this.transcript = new Transcript(context.crypto);
    carrier.transcript = this.transcript;
  }

  get client(): ClientContext {
    return this.context.side === 'client' ? this.context : internal('client');
  }

  get server(): ServerContext {
    return this.context.side === 'server' ? this.context : internal('server');
  }

  get version(): ProtocolVersion {
    return this.#version ?? internal('version');
  }
  set version(version: ProtocolVersion) {
    this.#version = version;
  }
  get hasVersion(): boolean {
    return this.#version !== undefined;
  }

  get suite(): CipherSuite {
    return this.#suite ?? internal('suite');
  }
  set suite(suite: CipherSuite) {
    this.#suite = suite;
  }

  get legacy(): LegacyState {
    return this.#legacy ?? internal('legacy');
  }
  set legacy(state: LegacyState) {
    this.#legacy = state;
  }

  get modern(): ModernState {
    return this.#modern ?? internal('modern');
  }
  set modern(state: ModernState) {
    this.#modern = state;
  }
  get modernState(): ModernState | undefined {
    return this.#modern;
  }
  get isModern(): boolean {
    return this.#version?.family === 'modern';
  }

  classify(message: IncomingMessage): number {
    return this.context.messages?.classify(message) ?? message.type;
  }

  nameOf(type: number): string {
    return this.context.messages?.name(type) ?? `message ${type}`;
  }

  //= rfc5246#section-7.4.1.1
  //# This message MUST NOT be included in the message hashes that are
  //# maintained throughout the handshake and used in the Finished messages
  //# and the certificate verify message.
  ignores(type: number): boolean {
    if (type !== HELLO_REQUEST || this.side !== 'client' || this.isModern) return false;
    if (bestOf(this.context.versions, 'legacy') === undefined) return false;
    if (++this.#helloRequests > MAX_PASSED_HELLO_REQUESTS) fail(UNEXPECTED_MESSAGE, 'no_renegotiation', 'too many requests');
    return true;
  }
}

function internal(lacking: string): never {
  fail(INTERNAL_ERROR, 'internal_error', lacking);
}
