/** Sessions that clients may resume, by tickets: at most TLS_MAX_SES_SIZE. */
import type { Session } from '../session/session.ts';
import { Slots } from './slots.ts';
import type { t_tls_ticket } from './types.ts';

/** A session, and the connection that it is of. */
export interface KeptSession {
  readonly session: Session;
  readonly origin: number;
  /** Connections that use it. */
  references: number;
}

export class SessionTable {
  readonly #slots: Slots<KeptSession, 'ticket'>;

  constructor(capacity: number) {
    this.#slots = new Slots('ticket', capacity);
  }

  get(ticket: t_tls_ticket): KeptSession | undefined {
    return this.#slots.get(ticket);
  }

  /** A connection has a new session: its older one goes, and where all places are taken the oldest that nobody uses. */
  keep(session: Session, origin: number): void {
    const slots = this.#slots;
    for (const [ticket, kept] of slots.entries()) if (kept.origin === origin) slots.remove(ticket);
    if (slots.isFull) {
      const idle = slots.entries().find(([, kept]) => kept.references === 0);
      if (idle !== undefined) slots.remove(idle[0]);
    }
    slots.add({ session, origin, references: 0 });
  }

  /** The ticket of the session that a connection has got. */
  ticketOf(origin: number): t_tls_ticket | undefined {
    return this.#slots.entries().find(([, kept]) => kept.origin === origin)?.[0];
  }
}
