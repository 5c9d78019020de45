/** What a TLSSocket does with its transport before there is a driver for it. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from './socket.ts';

// One function of each kind for all sockets: closures would cost each of them memory for as long as it lives.

const OWNER: unique symbol = Symbol('veritls.owner');
interface Owned extends Duplex {
  [OWNER]?: TLSSocket | undefined;
}

function onConnect(this: Owned): void {
  this[OWNER]?._connected();
}
function onEarlyError(this: Owned, error: Error): void {
  this[OWNER]?.destroy(error);
}
function onEarlyClose(this: Owned): void {
  this[OWNER]?.destroy();
}

/** What net.Socket tells while it connects. */
const FORWARDED: readonly (readonly [string, (this: Owned, ...args: unknown[]) => void])[] = (
  ['lookup', 'connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout'] as const
).map((event) => [
  event,
  function (this: Owned, ...args: unknown[]): void {
    this[OWNER]?.emit(event, ...args);
  },
]);

/** The socket listens to its transport until it has a driver. */
export function listenTo(transport: Duplex, socket: TLSSocket): void {
  (transport as Owned)[OWNER] = socket;
  transport.on('error', onEarlyError);
}

/** The transport is not connected yet. `forwards`: the socket tells on what it tells of that. */
export function awaitConnect(transport: Duplex, forwards: boolean): void {
  transport.on('connect', onConnect);
  transport.on('close', onEarlyClose);
  if (forwards) for (const [event, forward] of FORWARDED) transport.on(event, forward);
}

/** The driver listens now. What it does not listen to is left with a listener that is deaf: to take out the last one of an event is dear. */
export function letGo(transport: Owned): void {
  transport[OWNER] = undefined;
  transport.off('error', onEarlyError);
  transport.off('close', onEarlyClose);
}

/**
 * A plain socket belongs to TLS from now on, as it does in node:tls: who read it before would read ciphertext, and an encoding
 * that he set would spoil it. STARTTLS in packages counts on that.
 */
export function takeOver(transport: Duplex): void {
  if ((transport.constructor as unknown) !== Socket) return;
  transport.removeAllListeners('data').pause();
  if (transport.readableEncoding === null) return;
  const { _readableState } = transport as unknown as { _readableState: { decoder: unknown; encoding: unknown } };
  _readableState.decoder = null;
  _readableState.encoding = null;
}
