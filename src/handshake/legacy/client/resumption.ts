/** How a client resumes sessions in (D)TLS ≤ 1.2: RFC 5246 §7.4.1.2 and §7.4.1.3, RFC 5077 §3.4, RFC 7627 §5.3. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { equal } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import type { Session } from '../../../session/session.ts';
import type { ServerHello } from '../../../wire/messages/server-hello.ts';
import { verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import type { ClientResumption } from '../../version.ts';

export const legacyResumption: ClientResumption = { offered: offeredSession, accepted: acceptedSession, resume };

/** The session of the options, when this ClientHello may offer it; else undefined. */
export function offeredSession(hs: Handshake): Session | undefined {
  const { client, options } = hs;
  const session = options.session;
  if (session === undefined || !client.resumption) return undefined;
  if (!client.versions.some((version) => version.family === 'legacy' && version.id === session.version)) return undefined;
  //= rfc5246#section-7.4.1.2
  //# this vector MUST include at least the cipher_suite from that session
  if (!client.suites.some((suite) => suite.family === 'legacy' && suite.id === session.suite)) return undefined;
  if (session.sessionId.length === 0 && (session.ticket.length === 0 || !client.offerTickets)) return undefined;
  if (client.now() - session.created >= session.lifetimeMs) return undefined;
  // S29: what was proven then was proven for that name.
  if (session.serverName !== (options.serverName ?? '')) return undefined;
  if (client.requireExtendedMasterSecret && !session.extendedMasterSecret) return undefined;
  return session;
}

/** The session that the server resumes: it does so by repeating our session ID. */
function acceptedSession(hs: Handshake, hello: ServerHello): Session | undefined {
  //= rfc5077#section-3.4
  //# If the server accepts the ticket and the Session ID is not empty, then it MUST respond with the
  //# same Session ID present in the ClientHello.
  if (hello.sessionId.length === 0 || !equal(hello.sessionId, hs.sessionId)) return undefined;
  const session = offeredSession(hs);
  // The ID was there for a middlebox only: RFC 9846 Appendix E.4.
  if (session === undefined) fail(ILLEGAL_PARAMETER, 'wrong_session_id', 'a session that was not offered');
  //= rfc5246#section-7.4.1.3
  //# For resumed sessions, this field is
  //# the value from the state of the session being resumed.
  if (session.suite !== hello.suite) fail(ILLEGAL_PARAMETER, 'session_mismatch', 'cipher suite');
  if (session.version !== hs.version.id) fail(ILLEGAL_PARAMETER, 'session_mismatch', 'version');
  return session;
}

function resume(hs: Handshake, session: Session): void {
  //= rfc7627#section-5.3
  //# If the original session did not use the "extended_master_secret"
  //# extension but the new ServerHello contains the extension, the
  //# client MUST abort the handshake.
  //= rfc7627#section-5.3
  //# If the original session used the extension but the new ServerHello
  //# does not contain the extension, the client MUST abort the
  //# handshake.
  if (session.extendedMasterSecret !== hs.extendedMasterSecret) fail(HANDSHAKE_FAILURE, 'session_mismatch', 'extended_master_secret');
  // RFC 7366 §3.1 forbids the way back within a connection; we do not take it between two of one session either.
  if (session.encryptThenMac && !hs.encryptThenMac) fail(HANDSHAKE_FAILURE, 'session_mismatch', 'encrypt_then_mac');
  hs.peerChain = session.peerChain;
  hs.peerTrusted = session.peerTrusted;
  hs.peerScheme = session.peerScheme;
  hs.peerVerified = verifiedBySharedSecret('resumption');
}
