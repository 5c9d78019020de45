/**
 * struct {
 *     uint32 ticket_lifetime;
 *     uint32 ticket_age_add;
 *     opaque ticket_nonce<0..255>;
 *     opaque ticket<1..2^16-1>;
 *     Extension extensions<0..2^16-1>;
 * } NewSessionTicket;                             // RFC 9846 §4.7.1
 */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { type RawExtension, readExtensions } from '../extensions.ts';

export interface NewSessionTicket {
  /** Seconds. */
  readonly lifetime: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly extensions: readonly RawExtension[];
}

export function readNewSessionTicket(r: Reader): NewSessionTicket {
  const lifetime = r.u32();
  const ageAdd = r.u32();
  const nonce = r.vector(1);
  const ticket = r.vector(2, 1);
  const extensions = readExtensions(r);
  r.finish();
  return { lifetime, ageAdd, nonce, ticket, extensions };
}

export function writeNewSessionTicket(w: Writer, ticket: Omit<NewSessionTicket, 'extensions'>): void {
  w.u32(ticket.lifetime);
  w.u32(ticket.ageAdd);
  w.vector(1, ticket.nonce);
  w.vector(2, ticket.ticket);
  w.u16(0);
}
