/**
 * Connections of clients that have a pre-shared key and no certificates: one handshake, data, close_notify. They have no
 * heartbeats, no other handshake and no exporter, and no code for it is bundled.
 */
import { INTERNAL_ERROR } from '../base/alerts.ts';
import { fail } from '../base/errors.ts';
import type { ClientContext, ClientOptions } from '../handshake/context.ts';
import { DatagramCarrier } from '../record/datagram/carrier.ts';
import type { DatagramConfig } from '../record/datagram/config.ts';
import type { DropTally } from '../record/datagram/drops.ts';
import { CoreConnection } from './core-connection.ts';
import { clientFront } from './datagram.ts';

/** A DTLS client connection for a context of `createPskClientContext`. The ClientHello is in the output at once. */
export function createPskClientConnection(
  context: ClientContext,
  config: DatagramConfig<DropTally>,
  options: ClientOptions = {},
): CoreConnection {
  return new PskConnection(context, options, (sink) => new DatagramCarrier(config, sink), clientFront);
}

/** Its flow ends in a state that asks for none of these. */
class PskConnection extends CoreConnection {
  keyUpdated(): void {
    this.handshakeAgain();
  }

  handshakeAgain(): void {
    fail(INTERNAL_ERROR, 'internal_error');
  }

  renegotiationRequested(): void {
    this.handshakeAgain();
  }
}
