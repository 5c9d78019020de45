/**
 * The network below, as the embedded interfaces see it: non-blocking, pluggable. A stack of the runtime's event loop is in
 * `node-stack.ts`, one that can block its caller in `worker-stack.ts`; a program may bring another.
 */

export type StreamState = 'connecting' | 'open' | 'ended' | 'closed';

/** One TCP connection. */
export interface StackStream {
  readonly state: StreamState;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False: enough is queued; the change is told when there is room again. */
  readonly writable: boolean;
  /** What has come, in pieces; undefined: nothing for now. The bytes are the caller's. */
  read(): Uint8Array | undefined;
  write(bytes: Uint8Array): void;
  /** Sends what is queued, then FIN. */
  end(): void;
  destroy(): void;
  /** Called when there is something to read, room to write, or another state. */
  onchange: (() => void) | undefined;
}

export interface StackListener {
  /** 0 until the port is known. */
  readonly port: number;
  /** The operating system refused the port. */
  readonly failed: boolean;
  accept(): StackStream | undefined;
  close(): void;
  onchange: (() => void) | undefined;
}

export interface StackDatagram {
  readonly address: string;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** A bound UDP port. */
export interface StackUdp {
  readonly port: number;
  readonly failed: boolean;
  receive(): StackDatagram | undefined;
  send(address: string, port: number, bytes: Uint8Array): void;
  /** What was sent still goes out. */
  close(): void;
  onchange: (() => void) | undefined;
}

/** A stack of datagrams alone. */
export interface UdpStack {
  udp(address: string, port: number): StackUdp;
  /** Blocks the thread until something has changed, at most `ms`. Absent: this stack cannot. */
  readonly wait?: ((ms: number) => void) | undefined;
  close(): void;
}

export interface IpStack extends UdpStack {
  connect(address: string, port: number): StackStream;
  listen(address: string, port: number, backlog: number): StackListener;
}

/** Datagrams that wait to be read; beyond, the newest are lost, as datagrams are. */
export const MAX_WAITING_DATAGRAMS = 256;
/** Bytes of a stream that wait to be read before the sender is held up. */
export const MAX_WAITING_BYTES = 262_144;
