/** Two connections with a wire between them that tests can watch and tamper with. */
import { type Connection, createClientConnection, createServerConnection } from '../../src/engine/connection.ts';
import type { ConnectionEvent } from '../../src/engine/events.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';

export interface End {
  readonly connection: Connection;
  readonly events: ConnectionEvent[];
  /** Application data received. */
  readonly received: Uint8Array[];
}

/** What stands between the ends: gets each piece, gives what arrives. */
export type Wire = (from: 'client' | 'server', bytes: Uint8Array) => readonly Uint8Array[];

export class Pair {
  readonly client: End;
  readonly server: End;
  wire: Wire = (_from, bytes) => [bytes];

  constructor(client: Connection, server: Connection) {
    this.client = { connection: client, events: [], received: [] };
    this.server = { connection: server, events: [], received: [] };
  }

  /** Moves bytes until nothing moves any more. Throws after too many rounds: a storm. */
  pump(limit = 1000): void {
    for (let round = 0; round < limit; round++) {
      const moved = [this.#move(this.client, this.server, 'client'), this.#move(this.server, this.client, 'server')];
      if (!moved.includes(true)) return;
    }
    throw new Error('the ends never come to rest');
  }

  /** As `pump`, with asynchronous callbacks: waits as long as one end waits for its own. */
  async settle(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      this.pump();
      if ((this.client.connection.wants & 16) === 0 && (this.server.connection.wants & 16) === 0) {
        this.pump();
        return;
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    throw new Error('the ends never come to rest');
  }

  #move(from: End, to: End, side: 'client' | 'server'): boolean {
    let moved = this.#drain(from);
    for (let out = from.connection.takeOutput(); out !== undefined; out = from.connection.takeOutput()) {
      moved = true;
      for (const piece of this.wire(side, out)) {
        const read = piece.slice();
        to.connection.receive(read);
        // As one who reads into the same memory again: nothing that was handed out may lie there.
        read.fill(0xee);
      }
    }
    return this.#drain(to) || moved;
  }

  #drain(end: End): boolean {
    let any = false;
    for (let event = end.connection.poll(); event !== undefined; event = end.connection.poll()) {
      any = true;
      end.events.push(event);
      if (event.type === 'data') end.received.push(event.data);
    }
    return any;
  }
}

export function connectPair(client: ClientContext, server: ServerContext, options: ClientOptions = { serverName: 'localhost' }): Pair {
  return new Pair(createClientConnection(client, options), createServerConnection(server));
}
