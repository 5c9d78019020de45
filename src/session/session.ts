/**
 * What is kept of a connection so that the next one can resume it. A client holds it whole; a server holds it in a cache
 * (by session ID) or seals it into a ticket.
 */
import type { HashName } from '../crypto/port.ts';

export interface Session {
  /** The version on the wire: a session is resumed in its own version only. */
  readonly version: number;
  readonly suite: number;
  /** The hash of the suite's key schedule: TLS 1.3 resumes across suites of one hash. */
  readonly hash: HashName;
  /** The master secret, or the resumption PSK. */
  readonly secret: Uint8Array;
  /** Legacy session ID; empty with tickets. */
  readonly sessionId: Uint8Array;
  /** The ticket as the server sent it; empty where the session is in the server's cache. */
  readonly ticket: Uint8Array;
  /** Wall clock, ms since the epoch. */
  readonly created: number;
  readonly lifetimeMs: number;
  /** RFC 9846 §4.7.1 ticket_age_add. */
  readonly ageAdd: number;
  /** RFC 7627: bound to what the handshake was. */
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  /** The name that the client asked for; '' for none. Resumption under another name is refused (S29). */
  readonly serverName: string;
  readonly alpn: string;
  readonly maxEarlyData: number;
  /** The peer's certificates, DER, leaf first; empty for PSK. */
  readonly peerChain: readonly Uint8Array[];
  /** The scheme that the peer signed with; 0: none. */
  readonly peerScheme: number;
  /** Whether they were verified and trusted then. */
  readonly peerTrusted: boolean;
  /** Bytes by which the context that made it is told from others (client-certificate policy). */
  readonly contextId: Uint8Array;
}
