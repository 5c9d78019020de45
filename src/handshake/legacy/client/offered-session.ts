/** Which session a client may resume in (D)TLS ≤ 1.2: RFC 5246 §7.4.1.2, RFC 5077 §3.4, RFC 7627 §5.3. */
import type { Session } from '../../../session/session.ts';
import type { Handshake } from '../../state.ts';

/** The session of the options, when this ClientHello may offer it; else undefined. */
export function offeredSession(hs: Handshake): Session | undefined {
  const { client, options } = hs;
  const session = options.session;
  if (session === undefined || !client.resumption) return undefined;
  if (!client.versions.some((version) => version.family === 'legacy' && version.id === session.version)) return undefined;
  if (!client.suites.some((suite) => suite.family === 'legacy' && suite.id === session.suite)) return undefined;
  if (session.sessionId.length === 0 && (session.ticket.length === 0 || !client.offerTickets)) return undefined;
  if (client.now() - session.created >= session.lifetimeMs) return undefined;
  // S29: what was proven then was proven for that name.
  if (session.serverName !== (options.serverName ?? '')) return undefined;
  if (client.requireExtendedMasterSecret && !session.extendedMasterSecret) return undefined;
  return session;
}
