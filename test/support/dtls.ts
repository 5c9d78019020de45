/** Contexts and pairs of connections over datagrams. */
import { createDatagramClientConnection, createDatagramServerConnection } from '../../src/engine/datagram.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';
import { datagramConfig, type DatagramOptions } from '../../src/record/datagram/config.ts';
import { DatagramLink, type LinkOptions, VirtualClock } from '../sim/datagram-link.ts';

export interface DtlsPairOptions extends LinkOptions {
  readonly config?: Omit<DatagramOptions, 'clock'>;
  readonly serverConfig?: Omit<DatagramOptions, 'clock'>;
  readonly client?: ClientOptions;
}

/** A client and a server under one virtual clock. */
export function dtlsPair(client: ClientContext, server: ServerContext, options: DtlsPairOptions = {}): DatagramLink {
  const clock = new VirtualClock();
  const config = datagramConfig({ ...options.config, clock: clock.read });
  const serverConfig = datagramConfig({ ...(options.serverConfig ?? options.config), clock: clock.read });
  return new DatagramLink(
    clock,
    createDatagramClientConnection(client, config, options.client ?? { serverName: 'localhost' }),
    createDatagramServerConnection(server, serverConfig),
    options,
  );
}
