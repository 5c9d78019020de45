/** session_ticket, RFC 5077 §3.2: the client shows a ticket or wants one; the server's empty answer announces NewSessionTicket. */
import { IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, SESSION_TICKET } from '../../wire/extension.ts';
import { offeredSession } from '../legacy/client/resumption.ts';
import type { ExtensionModule } from './module.ts';

export const sessionTicket: ExtensionModule = {
  type: SESSION_TICKET,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  offer(hs, w) {
    //= rfc5077#section-3.2
    //# it MUST NOT include a SessionTicket extension
    if (!hs.client.resumption || !hs.client.offerTickets) return false;
    const session = offeredSession(hs);
    //= rfc5077#section-3.2
    //# it MUST include a zero-length ticket in the SessionTicket extension
    if (session !== undefined) w.bytes(session.ticket);
    return true;
  },
  onOffer(hs, r) {
    // The look-up reads the ticket itself, once suites and version are known.
    r.rest();
    hs.ticketSupported = true;
  },
  //= rfc5077#section-3.2
  //# The server MUST send this extension in the ServerHello if it wishes to issue a new ticket to the
  //# client using the NewSessionTicket handshake message.
  answer: (hs) => hs.legacy.ticketAnnounced,
  onAnswer(hs) {
    hs.legacy.ticketAnnounced = true;
  },
};
