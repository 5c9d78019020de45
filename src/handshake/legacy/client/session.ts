/** The client's side of resumption: NewSessionTicket (RFC 5077 §3.3), and the session that the server's Finished makes good. */
import { EMPTY } from '../../../base/bytes.ts';
import { MAX_SESSION_LIFETIME_MS } from '../../../base/limits.ts';
import { Reader } from '../../../base/reader.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { readNewSessionTicketLegacy } from '../../../wire/messages/new-session-ticket-legacy.ts';
import { onFinished } from '../finished.ts';
import type { Handshake } from '../../state.ts';

/** RFC 5246 Appendix F.1.4 suggests a day for sessions of which the server says nothing. */
const DEFAULT_LIFETIME_MS = 86_400_000;

export function onNewSessionTicket(hs: Handshake, message: IncomingMessage): void {
  const { lifetimeHint, ticket } = readNewSessionTicketLegacy(new Reader(message.body));
  //= rfc5077#section-4
  //= type=implication
  //# Clients MUST NOT examine the ticket under the assumption that it complies with this document.
  hs.legacy.ticket = ticket.slice();
  hs.legacy.ticketLifetimeMs = lifetimeHint * 1_000;
}

//= rfc5077#section-3.3
//# The client MUST NOT
//# treat the ticket as valid until it has verified the server's Finished
//# message.
export function onServerFinished(hs: Handshake, message: IncomingMessage): void {
  onFinished(hs, message);
  reportSession(hs);
}

function reportSession(hs: Handshake): void {
  const { legacy, options, client } = hs;
  if (!client.resumption) return;
  const { ticket } = legacy;
  //= rfc5077#section-3.4
  //# If the client receives
  //# a session ticket from the server, then it discards any Session ID
  //# that was sent in the ServerHello.
  const sessionId = ticket.length > 0 ? EMPTY : hs.sessionId;
  // A resumed session without a new ticket is the one that the caller has.
  if (ticket.length === 0 && (sessionId.length === 0 || hs.resumed !== undefined)) return;
  const created = client.now();
  const lifetimeMs = Math.min(legacy.ticketLifetimeMs || DEFAULT_LIFETIME_MS, MAX_SESSION_LIFETIME_MS, hs.peerExpires - created);
  if (lifetimeMs <= 0) return;
  hs.host.session({
    version: hs.version.id,
    suite: legacy.suite.id,
    hash: legacy.suite.prfHash,
    secret: legacy.master.slice(),
    sessionId,
    ticket,
    created,
    lifetimeMs,
    ageAdd: 0,
    extendedMasterSecret: hs.extendedMasterSecret,
    encryptThenMac: hs.encryptThenMac,
    serverName: options.serverName ?? '',
    alpn: hs.alpn,
    maxEarlyData: 0,
    peerChain: hs.peerChain,
    // A certificate whose name was not looked at is to be looked at again.
    peerScheme: hs.peerScheme,
    peerTrusted: hs.peerTrusted && options.checkName !== false,
    contextId: EMPTY,
  });
}
