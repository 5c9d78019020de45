/** What a connection keeps when its handshake is over: exporter, post-handshake messages, key updates. */
import type { MaybePromise } from '../base/maybe-promise.ts';
import type { Side } from './flow.ts';
import type { Carrier, IncomingMessage } from '../record/carrier.ts';
import type { Session } from '../session/session.ts';
import type { ClientOptions, Context, ServerContext } from './context.ts';
import type { Handshake } from './state.ts';

/** What was negotiated, as far as the next handshake on the connection must fit to it. */
export interface Negotiated {
  readonly secureRenegotiation: boolean;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly serverName: string;
  readonly alpn: string;
  readonly peerChain: readonly Uint8Array[];
}

/** The handshake that another one on the same connection follows: what it has to fit to, RFC 5746 §3.1. */
export interface PreviousHandshake {
  /** The secure_renegotiation flag. */
  readonly isSecure: boolean;
  readonly alpn: string;
  /** legacy_version of the first ClientHello: servers want it again in RSA premaster secrets. */
  readonly clientVersion: number;
  /** DTLS: the cookie of the first handshake: OpenSSL asks for it again. */
  readonly cookie: Uint8Array;
  /** That of the keys which protect the connection until the next ChangeCipherSpec. */
  readonly epoch: number;
  /** Renegotiations before this one. */
  readonly count: number;
  /** renegotiated_connection in the hello of a side. */
  binding(from: Side): Uint8Array;
  /** Server: the ClientHello may follow that handshake. */
  checkHello(hs: Handshake): void;
  /** Both hellos are here. */
  checkAgreed(hs: Handshake): void;
  /** The peer has shown its certificates, or none. */
  checkPeer(hs: Handshake): void;
}

/** What another handshake on the connection is made with. */
export interface NextHandshake {
  readonly context: Context;
  readonly options: ClientOptions;
  readonly previous: PreviousHandshake;
}

/** verify_data of both sides. */
export interface FinishedMessages {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** Renegotiation, as a context may have it: `renegotiation()`. */
export interface RenegotiationSupport {
  /** For the connection that a handshake has made. `isUnique`: its verify_data stands for it alone (RFC 7627 §5.4). */
  attach(hs: Handshake, isUnique: boolean): ConnectionRenegotiation;
}

/** What decides on later handshakes of one connection. */
export interface ConnectionRenegotiation {
  /** Whether `start` would do it. */
  may(host: EstablishedHost): boolean;
  /** We want one. Throws `unsupported` where it must not be. */
  start(host: EstablishedHost, finished: FinishedMessages, options: RenegotiateOptions): void;
  /** The peer does not want one. */
  onRefusal(): void;
  /** The peer wants one: HelloRequest of a server, ClientHello of a client. False: it is to be told no. */
  onRequest(host: EstablishedHost, finished: FinishedMessages, message: IncomingMessage): boolean;
}

/** What a caller says of a renegotiation. */
export interface RenegotiateOptions {
  /** Server: whether to ask for the client's certificate from now on. */
  readonly clientCertificate?: ServerContext['clientCertificate'];
}

/** The connection, as post-handshake code sees it. */
export interface EstablishedHost {
  readonly side: Side;
  readonly carrier: Carrier;
  session(session: Session): void;
  /** Sends a warning alert. */
  warn(alert: number): void;
  /** The peer changed its key; `asked`: it wants us to change ours, before the next data that we send. */
  keyUpdated(asked: boolean): void;
  readonly negotiated: Negotiated;
  /** Nothing may be sent any more. */
  readonly isWriteClosed: boolean;
  /** Another handshake begins (RFC 5746): a server's with the ClientHello that came. */
  handshakeAgain(next: NextHandshake, hello?: IncomingMessage): void;
  /** The server wants to renegotiate; the user decides. */
  renegotiationRequested(): void;
}

export interface Established {
  /**
   * RFC 9846 §7.5, RFC 5705. `context` undefined and empty differ before TLS 1.3.
   */
  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array;
  /** A handshake message that came after the handshake. Throws through `fail` what is not allowed. */
  onMessage(host: EstablishedHost, message: IncomingMessage): MaybePromise<void>;
  /** Changes our write key, and asks the peer to do so when `request`. Absent where the version cannot. */
  updateKeys?(host: EstablishedHost, request: boolean): void;
  /** Whether `renegotiate` would do it. */
  mayRenegotiate?(host: EstablishedHost): boolean;
  /** Starts another handshake, or asks the client for it. Throws `unsupported` where it must not be. Absent in TLS 1.3. */
  renegotiate?(host: EstablishedHost, options: RenegotiateOptions): void;
  /** The peer refused it. */
  onRefusal?(): void;
  /** From now on as if the context had none. */
  disableRenegotiation?(): void;
  /** Application data came: counters of messages without data start again. */
  onData(): void;
  /** Server: sends the tickets that wait (`holdTickets`); undefined where none do. */
  sendTickets?: (() => void) | undefined;
  /** A fatal alert ended the connection: its session is not to be resumed (RFC 5246 §7.2.2). */
  forget?(): void;
  /** tls-unique (RFC 5929), in versions that define it. */
  readonly finishedMessages?: FinishedMessages | undefined;
}
