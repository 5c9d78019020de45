/** Datagrams over node:dgram. Everything happens in the event loop; nothing blocks. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { MAX_WAITING_DATAGRAMS, type StackDatagram, type StackUdp, type UdpStack } from './stack.ts';

/** What a stack closes at its end. */
export type Closables = Set<{ destroy?(): void; close?(): void }>;

/** A stack of datagrams alone. */
export function nodeUdpStack(): UdpStack {
  const open: Closables = new Set();
  return {
    udp: (address, port) => new NodeUdp(address, port, open),
    close() {
      for (const each of open) each.close?.();
    },
  };
}

export class NodeUdp implements StackUdp {
  onchange: (() => void) | undefined;
  failed = false;
  readonly #socket: UdpSocket;
  readonly #received: StackDatagram[] = [];
  #bound = false;
  #closed = false;
  #gone = false;
  /** Datagrams that the runtime has not let go of. */
  #sending = 0;
  #early: StackDatagram[] = [];

  constructor(address: string, port: number, open: Closables) {
    open.add(this);
    this.#socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    this.#socket.on('message', (bytes, from) => {
      if (this.#received.length >= MAX_WAITING_DATAGRAMS) return;
      this.#received.push({ address: from.address, port: from.port, bytes: Uint8Array.prototype.slice.call(bytes) });
      this.onchange?.();
    });
    this.#socket.on('listening', () => {
      this.#bound = true;
      const early = this.#early;
      this.#early = [];
      for (const { address: to, port: at, bytes } of early) this.#transmit(to, at, bytes);
      this.onchange?.();
      this.#closeIfSent();
    });
    this.#socket.on('error', () => {
      if (!this.#bound) {
        this.failed = true;
        this.#early = [];
      }
      this.onchange?.();
      this.#closeIfSent();
    });
    this.#socket.on('close', () => open.delete(this));
    this.#socket.bind({ port, address, exclusive: true });
  }

  get port(): number {
    return this.#bound && !this.#closed ? this.#socket.address().port : 0;
  }

  receive(): StackDatagram | undefined {
    return this.#received.shift();
  }

  send(address: string, port: number, bytes: Uint8Array): void {
    if (this.#closed) return;
    if (!this.#bound) {
      if (this.#early.length < MAX_WAITING_DATAGRAMS) this.#early.push({ address, port, bytes });
      return;
    }
    this.#transmit(address, port, bytes);
  }

  #transmit(address: string, port: number, bytes: Uint8Array): void {
    this.#sending++;
    // A refused datagram is a lost one.
    this.#socket.send(bytes, port, address, () => {
      this.#sending--;
      this.#closeIfSent();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onchange = undefined;
    this.#closeIfSent();
  }

  #closeIfSent(): void {
    if (!this.#closed || this.#gone || this.#sending > 0 || this.#early.length > 0) return;
    this.#gone = true;
    this.#socket.close();
  }
}
