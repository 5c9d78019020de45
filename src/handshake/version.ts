/** A protocol version as a value: its number, and what each role needs of it. A role that is not passed is not bundled. */
import type { MaybePromise } from '../base/maybe-promise.ts';
import type { LabelPrefix } from '../crypto/kdf/hkdf.ts';
import type { Session } from '../session/session.ts';
import type { ClientHello } from '../wire/messages/client-hello.ts';
import type { ServerHello } from '../wire/messages/server-hello.ts';
import type { ExtensionModule } from './extensions/module.ts';
import type { Binding } from './flow.ts';
import type { LegacyStrategy } from './legacy/strategy.ts';
import type { Handshake } from './state.ts';

/** How a client of SSL 3.0 to (D)TLS 1.2 resumes sessions. */
export interface ClientResumption {
  /** The session of the caller's, where it can be offered. */
  offered(hs: Handshake): Session | undefined;
  /** The one that the server resumes. */
  accepted(hs: Handshake, hello: ServerHello): Session | undefined;
  /** Goes on with it, when all that ServerHello says is known. */
  resume(hs: Handshake, session: Session): void;
}

export interface ClientRole extends Binding<Handshake> {
  readonly extensions: readonly ExtensionModule[];
  /** False: it knows no certificates, so that only suites of pre-shared keys can be used. */
  readonly certificates?: false;
  readonly resumption?: ClientResumption;
  /** What has to be looked up before the first ClientHello. */
  prepare?(hs: Handshake): MaybePromise<void>;
  /** Takes in the ServerHello that chose this version. */
  onServerHello(hs: Handshake, hello: ServerHello): MaybePromise<void>;
  /** Only TLS 1.3: takes in a HelloRetryRequest. */
  onHelloRetryRequest?(hs: Handshake, hello: ServerHello): MaybePromise<void>;
}

export interface ServerRole extends Binding<Handshake> {
  readonly extensions: readonly ExtensionModule[];
  /** Decides all that ServerHello says, or that a HelloRetryRequest is needed. */
  onClientHello(hs: Handshake, hello: ClientHello): MaybePromise<void>;
  onSecondClientHello?(hs: Handshake, hello: ClientHello): MaybePromise<void>;
  sendServerHello(hs: Handshake): MaybePromise<void>;
  sendHelloRetryRequest?(hs: Handshake): void;
}

export interface ProtocolVersion {
  /** On the wire. */
  readonly id: number;
  /** As node:tls prints it: `TLSv1.3`. */
  readonly name: 'SSLv3' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | 'DTLSv1' | 'DTLSv1.2' | 'DTLSv1.3';
  /** Grows with age: comparisons work across TLS and DTLS, whose numbers run the other way. 0 for SSL 3.0 to 4 for (D)TLS 1.3. */
  readonly rank: 0 | 1 | 2 | 3 | 4;
  readonly family: 'legacy' | 'modern';
  /** Whether a ClientHello has the cookie field (DTLS). */
  readonly helloCookie: boolean;
  /** SSL 3.0 to (D)TLS 1.2. */
  readonly strategy?: LegacyStrategy;
  /** (D)TLS 1.3: what stands in legacy_version of both hellos. */
  readonly legacyVersion?: number;
  /** `tls13 ` or `dtls13`: RFC 9147 §5.9. */
  readonly labelPrefix?: LabelPrefix;
  readonly client?: ClientRole;
  readonly server?: ServerRole;
}

/** The best version of a family; versions stand best first. */
export function bestOf(versions: readonly ProtocolVersion[], family: ProtocolVersion['family']): ProtocolVersion | undefined {
  return versions.find((version) => version.family === family);
}
