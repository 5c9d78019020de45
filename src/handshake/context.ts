/**
 * What a connection is made with: everything optional is a value here, nothing is registered elsewhere. A context is
 * checked once (engine/context.ts), frozen and shared by all of its connections.
 */
import type { TlsError } from '../base/errors.ts';
import type { MaybePromise } from '../base/maybe-promise.ts';
import type { PskCredential } from '../crypto/kx/kx.ts';
import type { CryptoProvider, HashName, PrivateKeyHandle } from '../crypto/port.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import type { RawKeyVerifier } from '../pki/x509/raw-key.ts';
import type { CertificateVerifier } from '../pki/x509/verifier.ts';
import type { Session } from '../session/session.ts';
import type { SessionStore } from '../session/store.ts';
import type { TicketKeys } from '../session/ticket.ts';
import type { NamedGroup } from '../wire/group.ts';
import type { RenegotiationSupport } from './established.ts';
import type { ExtensionModule } from './extensions/module.ts';
import type { HeartbeatSupport } from './features/heartbeat.ts';
import type { TraceEntry } from './flow.ts';
import type { MessageKinds } from './message-kinds.ts';
import type { ProtocolVersion } from './version.ts';

/** A certificate chain and the key of its first certificate. */
export interface Credential {
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKeyHandle;
  /** A DER OCSP response to staple. */
  readonly ocspResponse?: Uint8Array;
  /** Responses by position in `chain`, for the certificates above the leaf (TLS 1.3; below, with status_request_v2); `ocspResponse` is the leaf's. */
  readonly ocspResponses?: readonly (Uint8Array | undefined)[];
  /** SignedCertificateTimestampList of the leaf (RFC 6962 §3.3), for clients that ask: needs `signedCertificateTimestamp` among the extensions. */
  readonly signedCertificateTimestamps?: Uint8Array;
  /** SubjectPublicKeyInfo (DER) of `key`: shown to peers that take raw public keys (RFC 7250). `chain` may then be empty. */
  readonly rawPublicKey?: Uint8Array;
}

/** An external pre-shared key. */
export interface ExternalPsk extends PskCredential {
  /** The hash that it is bound to in TLS 1.3; SHA-256 by default, RFC 9846 §4.3.11. */
  readonly hash?: HashName;
}

export interface CommonContext {
  /** Undefined: no version here has messages that share a type, and errors say their numbers. */
  readonly messages?: MessageKinds | undefined;
  readonly crypto: CryptoProvider;
  /** Best first. */
  readonly versions: readonly ProtocolVersion[];
  /** Best first. */
  readonly suites: readonly CipherSuite[];
  /** Best first; a client sends shares of the first ones, `keyShares` in number. */
  readonly groups: readonly NamedGroup[];
  /** Signature schemes that we accept of the peer, best first. */
  readonly schemes: readonly number[];
  /** Extension modules that do not belong to a version. */
  readonly extensions: readonly ExtensionModule[];
  /** Checks the peer's certificates. */
  readonly verifier: CertificateVerifier;
  /** Checks raw public keys of the peer (RFC 7250); undefined: none are taken. Needs the modules of `certificate-types.ts`. */
  readonly rawKeyVerifier?: RawKeyVerifier | undefined;
  /** Certificates of the peer are refused whatever `verifier` says: it must show a raw key. Default false. */
  readonly rawKeysOnly?: boolean | undefined;
  /** Ours; the first that suits the peer is used. */
  readonly credentials: readonly Credential[];
  /** Application protocols, best first; empty: none. */
  readonly alpn: readonly string[];
  /** Wall clock, ms since the epoch: validity of certificates and tickets. */
  readonly now: () => number;
  /** One line of the NSS key log. Secrets: off unless given. */
  readonly keyLog?: ((line: string) => void) | undefined;
  /** Smallest DH prime accepted, in bits. */
  readonly minDhBits: number;
  /** RFC 7627: refuse (D)TLS ≤ 1.2 without it. */
  readonly requireExtendedMasterSecret: boolean;
  /** Longest record content that we want to receive, RFC 8449; undefined: not negotiated. */
  readonly recordSizeLimit?: number | undefined;
  /** RFC 9846 Appendix E.4. */
  readonly middleboxCompatibility: boolean;
  /**
   * Verify the peer's chain again when a session is resumed. Default: a server does, a client relies on the session's
   * lifetime, which never exceeds the certificate's.
   */
  readonly verifyResumed: boolean;
  /** RFC 5746; undefined: every wish for it is refused with a warning, and `Connection.renegotiate` does not work. */
  readonly renegotiation?: RenegotiationSupport | undefined;
  /** RFC 6520; undefined: not negotiated. */
  readonly heartbeat?: HeartbeatSupport | undefined;
  /** What was switched on that lowers the safety, by option name (dangers.ts): shown in the connection's info. */
  readonly dangers: readonly string[];
}

export interface ClientContext extends CommonContext {
  readonly side: 'client';
  /** How many key shares a TLS 1.3 ClientHello carries. */
  readonly keyShares: number;
  /** The credential for a server's hint (undefined in TLS 1.3, where there is none). */
  readonly psk?: ((hint: Uint8Array | undefined) => MaybePromise<ExternalPsk | undefined>) | undefined;
  /** Whether OCSP responses are asked for. */
  readonly requestOcsp: boolean;
  /** RFC 6066 max_fragment_length to ask for: 512, 1024, 2048 or 4096. */
  readonly maxFragmentLength?: 512 | 1024 | 2048 | 4096 | undefined;
  /** Offer tickets and session IDs at all. */
  readonly resumption: boolean;
  /** Ask for tickets in (D)TLS ≤ 1.2; true by default. */
  readonly offerTickets: boolean;
  /** This connection is a second try with less: TLS_FALLBACK_SCSV goes out, RFC 7507. False by default. */
  readonly fallbackScsv: boolean;
  /** Refuse a server without RFC 5746; true by default. */
  readonly requireSecureRenegotiation: boolean;
  /** Whether certificates may be chosen when the server asks: by default the first fitting credential. */
  readonly selectCredential?: ((request: CredentialRequest) => MaybePromise<Credential | undefined>) | undefined;
}

export interface ServerContext extends CommonContext {
  readonly side: 'server';
  /** Ask clients for a certificate: never, optionally, or as a condition. */
  readonly clientCertificate: 'none' | 'request' | 'require';
  /** Subject names (DER) of the authorities to name in the request. */
  readonly clientAuthorities: readonly Uint8Array[];
  /** Our preference decides on suites, or the client's. */
  readonly preferServerOrder: boolean;
  /** Another context for a name; undefined: go on with this one; null: unrecognized_name. */
  readonly selectContext?: ((serverName: string) => MaybePromise<ServerContext | null | undefined>) | undefined;
  /** The protocol among those offered; undefined: none in common, the handshake fails; '': go on without. Default: the first of `alpn` that was offered. */
  readonly selectAlpn?: ((offered: readonly string[], serverName: string) => MaybePromise<string | undefined>) | undefined;
  readonly selectCredential?: ((request: CredentialRequest) => MaybePromise<Credential | undefined>) | undefined;
  /** The key of a PSK identity; undefined: unknown. */
  readonly findPsk?: ((identity: Uint8Array) => MaybePromise<ExternalPsk | undefined>) | undefined;
  readonly pskHint?: Uint8Array | undefined;
  /** (D)TLS ≤ 1.2: tell a client that its PSK identity is unknown; by default its handshake fails as with a wrong key (S47). */
  readonly tellUnknownPsk?: boolean;
  /** Sealed tickets; undefined: none are given out. */
  readonly tickets?: TicketKeys | undefined;
  /** How many tickets follow a TLS 1.3 handshake. */
  readonly ticketCount: number;
  /** Sessions by ID for (D)TLS ≤ 1.2; undefined: none. */
  readonly sessions?: SessionStore | undefined;
  readonly sessionLifetimeMs: number;
  /** Distinguishes contexts whose sessions must not be mixed. */
  readonly contextId: Uint8Array;
}

export type Context = ClientContext | ServerContext;

/** What decides which certificate is used. */
export interface CredentialRequest {
  /** As in server_name; '' for none. */
  readonly serverName: string;
  /** Schemes that the peer verifies, its order. */
  readonly schemes: readonly number[];
  /** Whether the handshake is one of TLS 1.3: schemes are bound to curves, PKCS #1 v1.5 is out. */
  readonly modern: boolean;
  /** Whether the peer's schemes count (TLS 1.2 and up). */
  readonly explicitSchemes: boolean;
  /** Whether the key will sign: not in the RSA key exchange. */
  readonly signs: boolean;
  /** supported_groups of the peer, by number; undefined: it sent none. RFC 8422 §5.1 binds certificates to them. */
  readonly groups: readonly number[] | undefined;
  /** Key types that the suite allows (TLS ≤ 1.2) or all. */
  readonly keyTypes: readonly string[];
  /** Subject names (DER) that the peer trusts; empty: it did not say. */
  readonly authorities: readonly Uint8Array[];
}

/** What a caller says of one client connection. */
export interface ClientOptions {
  /** The server's name: sent in server_name (not for IP addresses) and checked in its certificate. */
  readonly serverName?: string | undefined;
  /** Whether the certificate must be for `serverName`; true by default. */
  readonly checkName?: boolean | undefined;
  readonly session?: Session | undefined;
  readonly alpn?: readonly string[] | undefined;
  /** Told of every step of the handshake; also of a server's. */
  readonly trace?: ((entry: TraceEntry) => void) | undefined;
  /** Server: the tickets of TLS 1.3 wait for the first data or for `Connection.sendTickets`, and go together with it. */
  readonly holdTickets?: boolean;
}

/** What the handshake reports as it goes: the connection turns it into events and info. */
export interface HandshakeHost {
  /** A session to resume later: TLS 1.3 tickets come after the handshake, any number of them. */
  session(session: Session): void;
  /** The peer's OCSP response. */
  ocspResponse(der: Uint8Array): void;
  /** A certificate that was not trusted, but that the context accepts. */
  untrusted(error: TlsError): void;
  /** Sends a warning alert behind what was sent so far. */
  warn(alert: number): void;
}
