/**
 * The engine: TLS connections without I/O. Bytes and time go in; bytes, events and the next timeout come out.
 *
 * A context says what is spoken; presets compose one. `veritls/tls` drives connections over sockets as node:tls does.
 */
export { TlsError, type ErrorCode, type ErrorOrigin, type TlsErrorInit } from './base/errors.ts';
export { alertName } from './base/alerts.ts';
export type { MaybePromise } from './base/maybe-promise.ts';

export { type Connection, createClientConnection, createServerConnection } from './engine/connection.ts';
export { type ClientContextInit, createClientContext, createServerContext, type ServerContextInit } from './engine/context.ts';
export type { ConnectionEvent } from './engine/events.ts';
export type { ConnectionInfo } from './engine/info.ts';
export { WANTS_EVENT, WANTS_INPUT, WANTS_OUTPUT, WANTS_SEND, WANTS_WORK } from './engine/wants.ts';

export type {
  ClientContext,
  ClientOptions,
  CommonContext,
  Credential,
  CredentialRequest,
  ExternalPsk,
  ServerContext,
} from './handshake/context.ts';
export { credentialsOf } from './handshake/credentials.ts';
export { clientCertificateType, serverCertificateType } from './handshake/extensions/certificate-types.ts';
export { signedCertificateTimestamp } from './handshake/extensions/signed-certificate-timestamp.ts';
export type { ExtensionModule } from './handshake/extensions/module.ts';
export type { Side, TraceEntry } from './handshake/flow.ts';
export type { RenegotiateOptions, RenegotiationSupport } from './handshake/established.ts';
export { renegotiation, type RenegotiationOptions, type RenegotiationPolicy } from './handshake/legacy/renegotiation.ts';
export {
  heartbeat,
  type HeartbeatOptions,
  type HeartbeatReport,
  type HeartbeatRequest,
  type HeartbeatSupport,
} from './handshake/features/heartbeat.ts';
export type { PeerProof } from './handshake/peer-auth.ts';
export type { ProtocolVersion } from './handshake/version.ts';

export type { CryptoProvider, GroupName, HashName, PrivateKeyHandle, PublicKey } from './crypto/port.ts';
export type { CipherSuite, LegacySuite, ModernSuite } from './crypto/suites/suite.ts';
export { groupName, type NamedGroup } from './wire/group.ts';
export { schemeName } from './wire/signature-scheme.ts';

export { type Certificate, parseCertificate, parseCertificates } from './pki/x509/certificate.ts';
export { failureOf, type FailureReason, type PathFailure } from './pki/x509/failure.ts';
export { createTrustStore, type TrustStore } from './pki/x509/trust-store.ts';
export {
  type CertificateVerifier,
  type CertificateVerifierOptions,
  createCertificateVerifier,
  dangerouslyTrustAnyCertificate,
  type VerifiedIdentity,
  type VerifyRequest,
} from './pki/x509/verifier.ts';

export { createRawKeyVerifier, type RawKeyRequest, type RawKeyVerifier, type RawKeyVerifierOptions } from './pki/x509/raw-key.ts';

export { createMemoryStore } from './session/cache.ts';
export { decodeSession, encodeSession } from './session/codec.ts';
export type { Session } from './session/session.ts';
export type { SessionStore } from './session/store.ts';
export { createTicketKeys, TICKET_KEY_LENGTH, type TicketKeys } from './session/ticket.ts';
