/** NewSessionTicket, RFC 9846 §4.7.1: sent with the server's last flight. */
import { Reader } from '../../../base/reader.ts';
import { encodeSession } from '../../../session/codec.ts';
import { NEW_SESSION_TICKET } from '../../../wire/handshake.ts';
import { writeNewSessionTicket } from '../../../wire/messages/new-session-ticket.ts';
import type { Handshake } from '../../state.ts';
import { resumptionPsk } from '../../../crypto/kdf/key-schedule13.ts';
import { sessionOf } from '../session.ts';

export function sendTickets(hs: Handshake): void {
  const { tickets, ticketCount, sessionLifetimeMs } = hs.server;
  if (tickets === undefined || !hs.modern.pskDheAllowed) return;
  const { schedule } = hs.modern;
  // A client that resumed used one up: it gets one back.
  const count = hs.resumed === undefined ? ticketCount : Math.min(1, ticketCount);
  for (let i = 0; i < count; i++) {
    const nonce = Uint8Array.of(i);
    //= rfc9846#section-4.7.1
    //# The server MUST generate a fresh value for each ticket it sends.
    const ageAdd = new Reader(hs.crypto.random(4)).u32();
    const session = sessionOf(hs, resumptionPsk(schedule.lh, schedule.resumption, nonce), new Uint8Array(0), sessionLifetimeMs, ageAdd);
    if (session.lifetimeMs < 1000) return;
    const ticket = tickets.seal(encodeSession(session));
    if (ticket.length === 0) return;
    hs.carrier.message(NEW_SESSION_TICKET, (w) =>
      writeNewSessionTicket(w, { lifetime: Math.floor(session.lifetimeMs / 1000), ageAdd, nonce, ticket }),
    );
  }
}
