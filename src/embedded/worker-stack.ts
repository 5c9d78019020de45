/**
 * The stack for callers that block: sockets live in a worker thread, which counts what it tells in shared memory. `wait` sleeps
 * on that counter (Atomics.wait); messages are taken without an event loop (receiveMessageOnPort). So a script or a worker that
 * never returns to its event loop can still do I/O.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import {
  type IpStack,
  MAX_WAITING_DATAGRAMS,
  type StackDatagram,
  type StackListener,
  type StackStream,
  type StackUdp,
  type StreamState,
} from './stack.ts';
import { stackWorker, type Told } from './stack-worker.ts';

/** Longest wait for the worker to send what it has, at the end. */
const CLOSING_MS = 1_000;

interface Mirror {
  told(message: Told): void;
}

export class WorkerStack implements IpStack {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counter = new Int32Array(new SharedArrayBuffer(4));
  readonly #mirrors = new Map<number, Mirror>();
  #next = 1;
  #seen = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // The function is whole in itself, so that no file has to be found; `__name` is what some compilers call around functions.
    const source = `const __name = (f) => f; (${stackWorker.toString()})(require('node:net'), require('node:dgram'), require('node:worker_threads').workerData);`;
    this.#worker = new Worker(source, {
      eval: true,
      execArgv: [],
      workerData: { port: port2, counter: this.#counter },
      transferList: [port2],
    });
    this.#worker.unref();
  }

  readonly wait = (ms: number): void => {
    if (this.pump()) return;
    Atomics.wait(this.#counter, 0, this.#seen, Math.min(ms, 60_000));
    this.pump();
  };

  /** Takes what the worker has told; whether there was something. */
  pump(): boolean {
    this.#seen = Atomics.load(this.#counter, 0);
    let some = false;
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      some = true;
      const message = next.message as Told;
      this.#mirrors.get(message.id)?.told(message);
    }
    return some;
  }

  connect(address: string, port: number): StackStream {
    const stream = new MirrorStream(this, this.#next, 'connecting');
    this.ask({ op: 'connect', id: this.#add(stream), address, port });
    return stream;
  }

  listen(address: string, port: number, backlog: number): StackListener {
    const listener = new MirrorListener(this, this.#next);
    this.ask({ op: 'listen', id: this.#add(listener), address, port, backlog });
    return listener;
  }

  udp(address: string, port: number): StackUdp {
    const udp = new MirrorUdp(this, this.#next);
    this.ask({ op: 'udp', id: this.#add(udp), address, port });
    return udp;
  }

  /** What was sent is with the system before this returns: the program may end then. */
  close(): void {
    let isOver = false;
    this.#mirrors.clear();
    this.#mirrors.set(0, { told: () => (isOver = true) });
    this.ask({ op: 'close', id: 0 });
    const latest = performance.now() + CLOSING_MS;
    while (!isOver && performance.now() < latest) this.wait(latest - performance.now());
    this.#port.close();
    void this.#worker.terminate();
  }

  /** @internal */
  ask(message: object): void {
    this.#port.postMessage(message);
  }

  /** @internal A connection that the worker has accepted has a negative number, the worker's own. */
  adopt(id: number, mirror: Mirror): void {
    this.#mirrors.set(id, mirror);
  }

  /** @internal */
  forget(id: number): void {
    this.#mirrors.delete(id);
  }

  #add(mirror: Mirror): number {
    const id = this.#next++;
    this.#mirrors.set(id, mirror);
    return id;
  }
}

class MirrorStream implements StackStream, Mirror {
  onchange: (() => void) | undefined;
  state: StreamState;
  remoteAddress = '';
  remotePort = 0;
  readonly writable: boolean = true;
  readonly #stack: WorkerStack;
  readonly #id: number;
  readonly #received: Uint8Array[] = [];

  constructor(stack: WorkerStack, id: number, state: StreamState) {
    this.#stack = stack;
    this.#id = id;
    this.state = state;
  }

  told(message: Told): void {
    if (message.ev === 'data') this.#received.push(message.bytes!);
    else if (message.ev === 'open') {
      this.state = 'open';
      this.remoteAddress = message.address ?? '';
      this.remotePort = message.port ?? 0;
    } else if (message.ev === 'end') {
      if (this.state !== 'closed') this.state = 'ended';
    } else if (message.ev === 'close') {
      this.state = 'closed';
      this.#stack.forget(this.#id);
    }
    this.onchange?.();
  }

  read(): Uint8Array | undefined {
    if (this.#received.length === 0) this.#stack.pump();
    const bytes = this.#received.shift();
    if (bytes !== undefined) this.#stack.ask({ op: 'taken', id: this.#id, length: bytes.length });
    return bytes;
  }

  write(bytes: Uint8Array): void {
    if (this.state !== 'closed') this.#stack.ask({ op: 'write', id: this.#id, bytes: bytes.slice() });
  }

  end(): void {
    this.#stack.ask({ op: 'end', id: this.#id });
  }

  destroy(): void {
    this.#stack.ask({ op: 'destroy', id: this.#id });
  }
}

class MirrorListener implements StackListener, Mirror {
  onchange: (() => void) | undefined;
  port = 0;
  failed = false;
  readonly #stack: WorkerStack;
  readonly #id: number;
  readonly #waiting: MirrorStream[] = [];

  constructor(stack: WorkerStack, id: number) {
    this.#stack = stack;
    this.#id = id;
  }

  told(message: Told): void {
    if (message.ev === 'listening') this.port = message.port ?? 0;
    else if (message.ev === 'failed') this.failed = true;
    else if (message.ev === 'accepted') {
      const stream = new MirrorStream(this.#stack, message.child!, 'open');
      stream.remoteAddress = message.address ?? '';
      stream.remotePort = message.port ?? 0;
      this.#stack.adopt(message.child!, stream);
      this.#waiting.push(stream);
    }
    this.onchange?.();
  }

  accept(): StackStream | undefined {
    if (this.#waiting.length === 0) this.#stack.pump();
    return this.#waiting.shift();
  }

  close(): void {
    for (const stream of this.#waiting) stream.destroy();
    this.#stack.ask({ op: 'destroy', id: this.#id });
    this.#stack.forget(this.#id);
  }
}

class MirrorUdp implements StackUdp, Mirror {
  onchange: (() => void) | undefined;
  port = 0;
  failed = false;
  readonly #stack: WorkerStack;
  readonly #id: number;
  readonly #received: StackDatagram[] = [];

  constructor(stack: WorkerStack, id: number) {
    this.#stack = stack;
    this.#id = id;
  }

  told(message: Told): void {
    if (message.ev === 'listening') this.port = message.port ?? 0;
    else if (message.ev === 'failed') this.failed = true;
    else if (message.ev === 'data' && this.#received.length < MAX_WAITING_DATAGRAMS)
      this.#received.push({ address: message.address!, port: message.port!, bytes: message.bytes! });
    this.onchange?.();
  }

  receive(): StackDatagram | undefined {
    if (this.#received.length === 0) this.#stack.pump();
    return this.#received.shift();
  }

  send(address: string, port: number, bytes: Uint8Array): void {
    this.#stack.ask({ op: 'send', id: this.#id, address, port, bytes: bytes.slice() });
  }

  close(): void {
    this.#stack.ask({ op: 'destroy', id: this.#id });
    this.#stack.forget(this.#id);
  }
}
