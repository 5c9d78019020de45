/** Whether a ClientHello resumes a session, and which: RFC 5246 §7.4.1.2, RFC 5077 §3.4, RFC 7627 §5.3. */
import { HANDSHAKE_FAILURE } from '../../../base/alerts.ts';
import { equal } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { decodeSession } from '../../../session/codec.ts';
import type { Session } from '../../../session/session.ts';
import { SESSION_TICKET } from '../../../wire/extension.ts';
import type { ClientHello } from '../../../wire/messages/client-hello.ts';
import type { Handshake } from '../../state.ts';
import { forgetOnFailure } from '../forget.ts';
import { modulesOf, suiteFits } from '../roles.ts';

export interface FoundSession {
  readonly session: Session;
  /** Its ticket is of a key that will soon be gone. */
  readonly renew: boolean;
}

/** The session to resume; undefined: a full handshake. */
export function findSession(hs: Handshake, hello: ClientHello): MaybePromise<FoundSession | undefined> {
  // Another handshake on a connection is a full one: what it would resume is what it is there to replace.
  if (hs.previous !== undefined) return undefined;
  const { server } = hs;
  const ticket = ticketOf(hs, hello);
  //= rfc5077#section-3.4
  //# If a ticket is
  //# presented by the client, the server MUST NOT attempt to use the
  //# Session ID in the ClientHello for stateful session resumption.
  if (ticket !== undefined) {
    if (server.tickets === undefined) return undefined;
    //= rfc5077#section-3.4
    //# Since the client generates a Session ID, the server MUST NOT rely upon the Session ID having a
    //# particular value when validating the ticket.
    const plain = server.tickets.open(ticket);
    return plain === undefined ? undefined : judge(hs, plain, !server.tickets.isNewest(ticket));
  }
  if (server.sessions === undefined || hello.sessionId.length === 0) return undefined;
  const { sessions } = server;
  //= rfc5246#section-7.4.1.2
  //# servers MUST NOT place confidential information in session identifiers or let the contents of fake
  //# session identifiers cause any breach of security
  return then(sessions.get(hello.sessionId), (sealed) => {
    const found = sealed === undefined ? undefined : judge(hs, sealed, false);
    if (found !== undefined) forgetOnFailure(hs, sessions, hello.sessionId.slice());
    return found;
  });
}

/** What stands in a session_ticket extension that counts. */
function ticketOf(hs: Handshake, hello: ClientHello): Uint8Array | undefined {
  if (!modulesOf(hs).some((module) => module.type === SESSION_TICKET)) return undefined;
  const extension = hello.extensions.find((each) => each.type === SESSION_TICKET);
  return extension === undefined || extension.body.length === 0 ? undefined : extension.body;
}

function judge(hs: Handshake, plain: Uint8Array, renew: boolean): FoundSession | undefined {
  const session = decodeSession(plain);
  if (session === undefined || !isBound(hs, session)) return undefined;
  //= rfc7627#section-5.3
  //# If the original session used the "extended_master_secret"
  //# extension but the new ClientHello does not contain it, the server
  //# MUST abort the abbreviated handshake.
  if (session.extendedMasterSecret && !hs.extendedMasterSecret) fail(HANDSHAKE_FAILURE, 'session_mismatch', 'extended_master_secret');
  //= rfc7627#section-5.3
  //# If the original session did not use the "extended_master_secret"
  //# extension but the new ClientHello contains the extension, then the
  //# server MUST NOT perform the abbreviated handshake.
  if (!session.extendedMasterSecret && hs.extendedMasterSecret) return undefined;
  //= rfc7627#section-5.4
  //= type=exception
  //= reason=R73
  //# this document recommends that the client and server MUST abort such handshakes
  return { session, renew };
}

/** S29: a session is resumed in its own version and suite, under the name, the context and the certificates that made it. */
function isBound(hs: Handshake, session: Session): boolean {
  const { server } = hs;
  const age = server.now() - session.created;
  if (session.version !== hs.version.id || age < 0 || age >= session.lifetimeMs) return false;
  if (!hs.peerSuites.includes(session.suite)) return false;
  if (!server.suites.some((suite) => suite.id === session.suite && suiteFits(suite, hs.version))) return false;
  //= rfc6066#section-3
  //# MUST NOT accept the request to resume the session if the server_name extension contains a
  //# different name
  if (session.serverName !== hs.serverName || !equal(session.contextId, server.contextId)) return false;
  if (session.encryptThenMac && !hs.encryptThenMac) return false;
  return server.clientCertificate !== 'require' || (session.peerChain.length > 0 && session.peerTrusted);
}
