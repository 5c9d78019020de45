/** TLS sessions of an agent, by what its connections are told apart by. */
import { TLS13 } from '../../wire/version.ts';
import { decodeSession } from '../../session/codec.ts';

/** Tickets of TLS 1.3 that are kept for one name. */
const MAX_PER_NAME = 4;

/** At most `limit` names, of which the one that was used longest ago goes. */
export class SessionCache {
  readonly #limit: number;
  readonly #sessions = new Map<string, Buffer[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A session to offer. */
  take(name: string): Buffer | undefined {
    const list = this.#sessions.get(name);
    const session = list?.at(-1);
    if (list === undefined || session === undefined) return undefined;
    //= rfc9846#appendix-C.4
    //# Clients SHOULD NOT reuse a ticket for multiple connections.
    if (isModern(session)) list.pop();
    if (list.length === 0) this.#sessions.delete(name);
    return session;
  }

  put(name: string, session: Buffer): void {
    if (this.#limit === 0) return;
    const list = isModern(session) ? (this.#sessions.get(name) ?? []) : [];
    list.push(session);
    if (list.length > MAX_PER_NAME) list.shift();
    this.#sessions.delete(name);
    this.#sessions.set(name, list);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#limit && oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** After a connection that failed. */
  evict(name: string): void {
    this.#sessions.delete(name);
  }
}

function isModern(session: Buffer): boolean {
  return decodeSession(session)?.version === TLS13;
}
