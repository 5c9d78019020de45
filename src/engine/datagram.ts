/** Connections over datagrams: DTLS 1.0 and 1.2. One peer each; many peers on one socket are an endpoint's affair. */
import type { ClientContext, ClientOptions, ServerContext } from '../handshake/context.ts';
import { datagramClientFront, datagramServerFront, legacyDatagramFront } from '../handshake/cookie-exchange.ts';
import { DatagramCarrier, type DatagramStart } from '../record/datagram/carrier.ts';
import type { DatagramConfig } from '../record/datagram/config.ts';
import type { DropTally } from '../record/datagram/drops.ts';
import { Connection, type FrontFactory } from './connection.ts';

/** A DTLS client connection. The ClientHello is in the output at once. */
export function createDatagramClientConnection(
  context: ClientContext,
  config: DatagramConfig<DropTally>,
  options: ClientOptions = {},
): Connection {
  return new Connection(context, options, (sink) => new DatagramCarrier(config, sink), clientFront);
}

/**
 * A DTLS server connection for a client whose address is proven or needs no proof; `start` says where an exchange of cookies
 * left off.
 */
export function createDatagramServerConnection(
  context: ServerContext,
  config: DatagramConfig<DropTally>,
  start?: DatagramStart,
  options: Pick<ClientOptions, 'trace'> = {},
): Connection {
  return new Connection(context, options, (sink) => new DatagramCarrier(config, sink, start), serverFront);
}

export const clientFront: FrontFactory = () => ({ flow: legacyDatagramFront, handlers: datagramClientFront });
const serverFront: FrontFactory = () => ({ flow: legacyDatagramFront, handlers: datagramServerFront });

/** The carrier of a connection over datagrams; undefined for one over a stream. */
export function datagramCarrier(connection: Connection): DatagramCarrier | undefined {
  return connection.carrier instanceof DatagramCarrier ? connection.carrier : undefined;
}
