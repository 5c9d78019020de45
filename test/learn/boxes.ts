/** Connections of ours as black boxes: they echo what they are told, close when they are closed, and are read from outside. */
import {
  type CarrierFactory,
  Connection,
  createClientConnection,
  createServerConnection,
  type FrontFactory,
} from '../../src/engine/connection.ts';
import { createDatagramClientConnection } from '../../src/engine/datagram.ts';
import { Endpoint } from '../../src/engine/endpoint.ts';
import type { ConnectionEvent } from '../../src/engine/events.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';
import { datagramConfig } from '../../src/record/datagram/config.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import type { BlackBox } from './peer.ts';

/** What every application does: says again what it hears, and closes when the peer has. */
function serve(connection: Connection): (event: ConnectionEvent) => boolean {
  return (event) => {
    if (event.type === 'data') connection.send(event.data);
    else if (event.type === 'end') connection.close();
    return event.type === 'closed';
  };
}

class ConnectionBox implements BlackBox {
  readonly #connection: Connection;
  readonly #serve: (event: ConnectionEvent) => boolean;
  ended = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#serve = serve(connection);
    this.#events();
  }

  receive(bytes: Uint8Array): void {
    this.#connection.receive(bytes);
    this.#events();
  }

  take(): readonly Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let bytes = this.#connection.takeOutput(); bytes !== undefined; bytes = this.#connection.takeOutput()) out.push(bytes.slice());
    return out;
  }

  #events(): void {
    for (let event = this.#connection.poll(); event !== undefined; event = this.#connection.poll()) {
      if (this.#serve(event)) this.ended = true;
    }
  }
}

/** `front`: another flow in the place of its own. */
export function serverBox(context: ServerContext, front?: FrontFactory): BlackBox {
  return new ConnectionBox(front === undefined ? createServerConnection(context) : new Connection(context, {}, overStream, front));
}

export function clientBox(context: ClientContext, options: ClientOptions, front?: FrontFactory): BlackBox {
  return new ConnectionBox(
    front === undefined ? createClientConnection(context, options) : new Connection(context, options, overStream, front),
  );
}

const overStream: CarrierFactory = (sink) => new StreamCarrier(sink);

/** Time stands still: no flight is repeated. */
const CONFIG = datagramConfig({ clock: () => 0, maxDatagram: 16_384, unprotectedAlerts: 'accept' });

export function datagramClientBox(context: ClientContext, options: ClientOptions): BlackBox {
  return new ConnectionBox(createDatagramClientConnection(context, CONFIG, options));
}

const PEER = { address: '10.0.0.2', port: 40_000 };

/** A whole endpoint, with its cookies. The first association is the one that is looked at: when it has ended, so has the box. */
export function endpointBox(context: ServerContext): BlackBox {
  const endpoint = new Endpoint({
    config: CONFIG,
    server: context,
    cookieSecret: new Uint8Array(16).fill(5),
    idleTimeoutMs: 0,
    handshakeTimeoutMs: 0,
  });
  const box = {
    ended: false,
    receive(bytes: Uint8Array): void {
      if (box.ended) return;
      endpoint.receive(PEER, bytes);
      for (let next = endpoint.poll(); next !== undefined; next = endpoint.poll()) {
        const { association, event } = next;
        if (event.type === 'data') association.send(event.data);
        else if (event.type === 'end') association.close();
        else if (event.type === 'closed') box.ended = true;
      }
    },
    take(): readonly Uint8Array[] {
      const out: Uint8Array[] = [];
      for (let each = endpoint.takeOutput(); each !== undefined; each = endpoint.takeOutput()) out.push(each.datagram.slice());
      return out;
    },
  };
  return box;
}
