/** What carries the datagrams: a UDP socket, or anything else that sends and receives them (ICE, a tunnel, a simulator). */
import type { Socket } from 'node:dgram';
import type { PeerAddress } from '../../engine/association.ts';

export interface LocalAddress {
  readonly address: string;
  readonly family: string;
  readonly port: number;
}

export interface DatagramReceiver {
  /** A datagram has come. Its bytes may be reused as soon as this returns. */
  message(datagram: Uint8Array, peer: PeerAddress): void;
  /** The transport is ready, and where it is. */
  listening(): void;
  /** The transport failed as a whole. */
  error(error: Error): void;
  /** It is closed: nothing more will come or go. */
  closed(): void;
}

export interface DatagramTransport {
  /** Begins to deliver to `receiver`. Called once. */
  open(receiver: DatagramReceiver): void;
  /** `done` with an error whose code is `EMSGSIZE` makes datagrams shorter. */
  send(datagram: Uint8Array, peer: PeerAddress, done: (error: Error | null) => void): void;
  close(): void;
  address?(): LocalAddress;
  ref?(): void;
  unref?(): void;
}

/** A dgram.Socket as transport. It may be bound already; closing the endpoint closes it when `owned`. */
export class UdpTransport implements DatagramTransport {
  readonly socket: Socket;
  readonly #owned: boolean;
  readonly #bind: { readonly port: number; readonly address: string | undefined; readonly exclusive: boolean } | undefined;
  #receiver: DatagramReceiver | undefined;

  constructor(socket: Socket, options: { owned: boolean; bind?: { port: number; address: string | undefined; exclusive: boolean } }) {
    this.socket = socket;
    this.#owned = options.owned;
    this.#bind = options.bind;
  }

  open(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    const { socket } = this;
    socket.on('message', this.#onMessage);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    if (this.#bind === undefined) {
      queueMicrotask(() => receiver.listening());
      return;
    }
    socket.once('listening', () => receiver.listening());
    socket.bind(this.#bind);
  }

  send(datagram: Uint8Array, peer: PeerAddress, done: (error: Error | null) => void): void {
    this.socket.send(datagram, peer.port, peer.address, done);
  }

  close(): void {
    const { socket } = this;
    socket.off('message', this.#onMessage);
    if (this.#owned) socket.close();
    else {
      socket.off('error', this.#onError);
      socket.off('close', this.#onClose);
      this.#receiver?.closed();
    }
  }

  address(): LocalAddress {
    return this.socket.address();
  }

  ref(): void {
    this.socket.ref();
  }

  unref(): void {
    this.socket.unref();
  }

  readonly #onMessage = (datagram: Uint8Array, peer: PeerAddress): void => this.#receiver?.message(datagram, peer);
  readonly #onError = (error: Error): void => this.#receiver?.error(error);
  readonly #onClose = (): void => this.#receiver?.closed();
}
