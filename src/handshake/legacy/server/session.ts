/** The server's side of resumption: tickets (RFC 5077 §3.3) and sessions by ID (RFC 5246 §7.4.1.3). */
import { INTERNAL_ERROR } from '../../../base/alerts.ts';
import { EMPTY } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import { MAX_SESSION_LIFETIME_MS } from '../../../base/limits.ts';
import type { MaybePromise } from '../../../base/maybe-promise.ts';
import { encodeSession } from '../../../session/codec.ts';
import type { Session } from '../../../session/session.ts';
import { NEW_SESSION_TICKET } from '../../../wire/handshake.ts';
import { writeNewSessionTicketLegacy } from '../../../wire/messages/new-session-ticket-legacy.ts';
import { sendFinished } from '../finished.ts';
import { forgetOnFailure } from '../forget.ts';
import type { Handshake } from '../../state.ts';

//= rfc5077#section-3.3
//# In the
//# case of a full handshake, the server MUST verify the client's
//# Finished message before sending the ticket.
export function sendNewSessionTicket(hs: Handshake): void {
  const { tickets } = hs.server;
  if (tickets === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no ticket keys');
  const session = sessionOf(hs);
  const left = session.created + session.lifetimeMs - hs.server.now();
  const message =
    left < 1_000
      ? { lifetimeHint: 0, ticket: EMPTY }
      : { lifetimeHint: Math.floor(left / 1_000), ticket: tickets.seal(encodeSession(session)) };
  hs.carrier.message(NEW_SESSION_TICKET, (w) => writeNewSessionTicketLegacy(w, message));
}

/** In a full handshake the last message: the session is good, and may be resumed by its ID. */
export function sendServerFinished(hs: Handshake): MaybePromise<void> {
  sendFinished(hs);
  const { sessions } = hs.server;
  if (hs.resumed !== undefined || sessions === undefined || hs.sessionId.length === 0) return;
  const session = sessionOf(hs);
  if (session.lifetimeMs <= 0) return;
  forgetOnFailure(hs, sessions, hs.sessionId);
  return sessions.put(hs.sessionId, encodeSession(session), session.lifetimeMs);
}

/** What is kept of this handshake. A renewed ticket keeps the time of the session that it continues. */
function sessionOf(hs: Handshake): Session {
  //= rfc5077#section-3.3
  //= type=implication
  //# The server MUST NOT assume that the client actually received the updated ticket until it
  //# successfully verifies the client's Finished message.
  if (hs.resumed !== undefined) return hs.resumed;
  const { legacy, server } = hs;
  const created = server.now();
  return {
    version: hs.version.id,
    suite: legacy.suite.id,
    hash: legacy.suite.prfHash,
    secret: legacy.master,
    sessionId: EMPTY,
    ticket: EMPTY,
    created,
    lifetimeMs: Math.max(0, Math.min(server.sessionLifetimeMs, MAX_SESSION_LIFETIME_MS, hs.peerExpires - created)),
    ageAdd: 0,
    extendedMasterSecret: hs.extendedMasterSecret,
    encryptThenMac: hs.encryptThenMac,
    serverName: hs.serverName,
    alpn: hs.alpn,
    maxEarlyData: 0,
    peerChain: hs.peerChain,
    peerScheme: hs.peerScheme,
    peerTrusted: hs.peerTrusted,
    contextId: server.contextId,
  };
}
