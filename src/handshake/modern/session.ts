/** What a TLS 1.3 handshake leaves behind for resumption. */
import { EMPTY } from '../../base/bytes.ts';
import { MAX_SESSION_LIFETIME_MS } from '../../base/limits.ts';
import type { Session } from '../../session/session.ts';
import type { Handshake } from '../state.ts';

/** A session of this handshake: on both sides, with the PSK of one ticket. Never outlives the peer's certificate (S29). */
export function sessionOf(hs: Handshake, secret: Uint8Array, ticket: Uint8Array, lifetimeMs: number, ageAdd: number): Session {
  const now = hs.context.now();
  //= rfc9846#section-4.7.1
  //# Servers MUST NOT use any value greater than 604800 seconds (7 days).
  const limit = Math.min(lifetimeMs === 0 ? MAX_SESSION_LIFETIME_MS : lifetimeMs, MAX_SESSION_LIFETIME_MS, hs.peerExpires - now);
  return {
    version: hs.version.id,
    suite: hs.suite.id,
    hash: hs.modern.suite.hash,
    secret,
    sessionId: EMPTY,
    ticket,
    created: now,
    lifetimeMs: Math.max(0, limit),
    ageAdd,
    extendedMasterSecret: true,
    encryptThenMac: false,
    serverName: hs.side === 'client' ? (hs.options.serverName ?? '') : hs.serverName,
    alpn: hs.alpn,
    maxEarlyData: 0,
    peerChain: hs.peerChain,
    peerScheme: hs.peerScheme,
    peerTrusted: hs.peerTrusted,
    contextId: hs.side === 'server' ? hs.server.contextId : EMPTY,
  };
}
