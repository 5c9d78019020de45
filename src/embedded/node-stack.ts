/** The stack over node:net and, for datagrams, node:dgram. Everything happens in the event loop; nothing blocks. */
import { createServer, type Server, Socket } from 'node:net';
import { type Closables, NodeUdp } from './node-udp.ts';
import { type IpStack, MAX_WAITING_BYTES, type StackListener, type StackStream, type StackUdp, type StreamState } from './stack.ts';

export class NodeStack implements IpStack {
  readonly #open: Closables = new Set();

  connect(address: string, port: number): StackStream {
    const socket = new Socket({ allowHalfOpen: true });
    const stream = new NodeStream(socket, false, this.#open);
    try {
      socket.connect(port, address);
    } catch {
      socket.destroy();
    }
    return stream;
  }

  listen(address: string, port: number, backlog: number): StackListener {
    return new NodeListener(address, port, backlog, this.#open);
  }

  udp(address: string, port: number): StackUdp {
    return new NodeUdp(address, port, this.#open);
  }

  close(): void {
    for (const each of [...this.#open]) (each.destroy ?? each.close)?.call(each);
    this.#open.clear();
  }
}

class NodeStream implements StackStream {
  onchange: (() => void) | undefined;
  readonly #socket: Socket;
  readonly #received: Uint8Array[] = [];
  #waiting = 0;
  #state: StreamState;
  #address = '';
  #port = 0;

  constructor(socket: Socket, connected: boolean, open: Closables) {
    this.#socket = socket;
    this.#state = connected ? 'open' : 'connecting';
    this.#note();
    socket.setNoDelay(true);
    open.add(this);
    socket.on('connect', () => {
      this.#note();
      this.#to('open');
    });
    socket.on('data', (bytes: Buffer) => {
      // The allocation may be shared with others: what is kept must be its own.
      this.#received.push(Uint8Array.prototype.slice.call(bytes));
      this.#waiting += bytes.length;
      if (this.#waiting > MAX_WAITING_BYTES) socket.pause();
      this.onchange?.();
    });
    socket.on('end', () => this.#to('ended'));
    socket.on('drain', () => this.onchange?.());
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(this);
      this.#to('closed');
    });
  }

  get state(): StreamState {
    return this.#state;
  }

  get remoteAddress(): string {
    return this.#address;
  }

  get remotePort(): number {
    return this.#port;
  }

  get writable(): boolean {
    return !this.#socket.writableNeedDrain;
  }

  read(): Uint8Array | undefined {
    const bytes = this.#received.shift();
    if (bytes === undefined) return undefined;
    this.#waiting -= bytes.length;
    if (this.#socket.isPaused() && this.#waiting <= MAX_WAITING_BYTES / 2) this.#socket.resume();
    return bytes;
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(bytes);
  }

  end(): void {
    if (!this.#socket.writableEnded) this.#socket.end();
  }

  /** What was written still goes out. */
  destroy(): void {
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  #note(): void {
    this.#address = this.#socket.remoteAddress ?? this.#address;
    this.#port = this.#socket.remotePort ?? this.#port;
  }

  #to(state: StreamState): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.onchange?.();
  }
}

class NodeListener implements StackListener {
  onchange: (() => void) | undefined;
  failed = false;
  readonly #server: Server;
  readonly #waiting: StackStream[] = [];

  constructor(address: string, port: number, backlog: number, open: Closables) {
    open.add(this);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      if (this.#waiting.length >= backlog) {
        socket.destroy();
        return;
      }
      this.#waiting.push(new NodeStream(socket, true, open));
      this.onchange?.();
    });
    this.#server.on('error', () => {
      this.failed = true;
      this.onchange?.();
    });
    this.#server.on('listening', () => this.onchange?.());
    this.#server.on('close', () => open.delete(this));
    this.#server.listen({ host: address, port, backlog });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  accept(): StackStream | undefined {
    for (let stream = this.#waiting.shift(); stream !== undefined; stream = this.#waiting.shift())
      if (stream.state !== 'closed') return stream;
    return undefined;
  }

  close(): void {
    for (const stream of this.#waiting) stream.destroy();
    this.#waiting.length = 0;
    this.#server.close();
  }
}
