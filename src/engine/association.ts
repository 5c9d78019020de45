/** One peer of an endpoint: its connection, its address, its place among the endpoint's timers. */
import type { RenegotiateOptions } from '../handshake/established.ts';
import type { HeartbeatRequest } from '../handshake/features/heartbeat.ts';
import type { Side } from '../handshake/flow.ts';
import type { Connection } from './connection.ts';
import type { ConnectionInfo } from './info.ts';
import type { Timed } from './timer-heap.ts';

/** Where datagrams come from and go to. node:dgram's `rinfo` is one. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

/** What an association asks of its endpoint. */
export interface AssociationHost {
  /** The association has output or events, or another timeout. */
  changed(association: Association): void;
  /** Our close_notify has gone out. */
  closing(association: Association): void;
}

export class Association implements Timed {
  readonly address: string;
  readonly port: number;
  readonly connection: Connection;
  /** For whoever drives the endpoint: its own object for this peer. */
  owner: unknown = undefined;
  /** The endpoint's: the random of the ClientHello, as far as 52 bits tell it from others. */
  readonly fingerprint: number;
  due: number = Number.POSITIVE_INFINITY;
  heapIndex: number = -1;
  /** When the handshake must be over, or the peer must have been heard of. */
  deadline: number;
  lastHeard: number;
  established = false;
  isClosing = false;
  hasOutput = false;
  hasEvents = false;
  readonly #host: AssociationHost;

  constructor(host: AssociationHost, peer: PeerAddress, connection: Connection, fingerprint: number, now: number, deadline: number) {
    this.#host = host;
    this.address = peer.address;
    this.port = peer.port;
    this.connection = connection;
    this.fingerprint = fingerprint;
    this.lastHeard = now;
    this.deadline = deadline;
  }

  get peer(): PeerAddress {
    return { address: this.address, port: this.port };
  }

  get side(): Side {
    return this.connection.side;
  }

  get info(): ConnectionInfo | undefined {
    return this.connection.info;
  }

  /** Sends one datagram of application data: whole, or not at all (false: too much waits already). */
  send(data: Uint8Array): boolean {
    const accepted = this.connection.send(data) === data.length;
    this.#host.changed(this);
    return accepted;
  }

  /** As `Connection.heartbeat`. */
  heartbeat(request?: HeartbeatRequest): void {
    this.connection.heartbeat(request);
    this.#host.changed(this);
  }

  /** As `Connection.renegotiate`. */
  renegotiate(options?: RenegotiateOptions): void {
    this.connection.renegotiate(options);
    this.#host.changed(this);
  }

  /** The longest that `send` takes. */
  get maxPayload(): number {
    return this.connection.carrier.writeLimit;
  }

  /** Sends close_notify. The association ends with the peer's, or soon without it. */
  close(): void {
    this.connection.close();
    this.#host.closing(this);
  }

  abort(): void {
    this.connection.abort();
    this.#host.changed(this);
  }
}
