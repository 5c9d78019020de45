/**
 * struct {
 *     uint32 ticket_lifetime_hint;
 *     opaque ticket<0..2^16-1>;
 * } NewSessionTicket;                             // RFC 5077 §3.3
 */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

export interface NewSessionTicketLegacy {
  /** Seconds; 0: unspecified. */
  readonly lifetimeHint: number;
  /** Empty: the server has changed its mind. */
  readonly ticket: Uint8Array;
}

export function readNewSessionTicketLegacy(r: Reader): NewSessionTicketLegacy {
  const lifetimeHint = r.u32();
  const ticket = r.vector(2);
  r.finish();
  return { lifetimeHint, ticket };
}

export function writeNewSessionTicketLegacy(w: Writer, message: NewSessionTicketLegacy): void {
  w.u32(message.lifetimeHint);
  w.vector(2, message.ticket);
}
