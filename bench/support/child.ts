/** One end of a bench, in a process of its own: does what the parent asks, and says what it cost. */
import { once } from 'node:events';
import * as net from 'node:net';
import * as nodeTls from 'node:tls';
import * as ourTls from '../../src/node/tls/index.ts';
import type { Files, Kind } from './children.ts';

const CHUNK = Buffer.alloc(16_384, 'x');

type AnyServer = net.Server;
type AnySocket = net.Socket;

const SUITE = { ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

function createServer(kind: Kind, files: Files, onSocket: (socket: AnySocket) => void): AnyServer {
  if (kind === 'net') return net.createServer(onSocket);
  const options = { cert: files.cert, key: files.key, ...SUITE };
  return kind === 'ours' ? ourTls.createServer(options, onSocket) : nodeTls.createServer(options, onSocket);
}

const contexts = new Map<Kind, nodeTls.SecureContext>();

function connect(kind: Kind, port: number, files: Files, session?: Buffer): AnySocket {
  if (kind === 'net') return net.connect(port, '127.0.0.1');
  let secureContext = contexts.get(kind);
  if (secureContext === undefined) {
    secureContext = (kind === 'ours' ? ourTls : nodeTls).createSecureContext({ ca: files.ca, ...SUITE });
    contexts.set(kind, secureContext);
  }
  const options = { port, host: '127.0.0.1', servername: 'localhost', secureContext, ...(session === undefined ? {} : { session }) };
  return kind === 'ours' ? ourTls.connect(options as ourTls.ConnectionOptions) : nodeTls.connect(options);
}

const ready = (kind: Kind): string => (kind === 'net' ? 'connect' : 'secureConnect');

/** µs of CPU of this process. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

let server: AnyServer | undefined;
/** Of `handshakes`. */
let local: AnyServer | undefined;
let session: Buffer | undefined;
const portOf = (of: AnyServer): number => (of.address() as net.AddressInfo).port;
const held: AnySocket[] = [];
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const tasks: Record<string, (input: never) => Promise<unknown>> = {
  /** Listens: on `d…` sends so many bytes, on `u…` takes them and answers with one byte, on anything else does nothing. */
  async serve({ kind, files }: { kind: Kind; files: Files }) {
    server = createServer(kind, files, (socket) => {
      socket.on('error', () => {});
      held.push(socket);
      socket.once('data', (first: Buffer) => {
        const command = first.toString('latin1', 0, 1);
        const total = Number(first.toString('latin1', 1, 16));
        if (command === 'd') send(socket, total);
        else if (command === 'u') receive(socket, total, () => socket.write('.'));
        else socket.pause();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as net.AddressInfo).port;
  },

  async cpu() {
    await tick();
    return cpu();
  },

  async open({ kind, port, files }: { kind: Kind; port: number; files: Files }) {
    const socket = connect(kind, port, files);
    held.push(socket);
    await once(socket, ready(kind));
    return true;
  },

  /** Moves `bytes` over the last connection opened. */
  async transfer({ direction, bytes }: { direction: 'd' | 'u'; bytes: number }) {
    const socket = held[held.length - 1]!;
    const done = new Promise<void>((resolve) => {
      if (direction === 'd') receive(socket, bytes, resolve);
      else socket.once('data', () => resolve());
    });
    socket.write(`${direction}${bytes}`.padEnd(16));
    if (direction === 'u') setTimeout(() => send(socket, bytes), 20);
    await done;
    return true;
  },

  async close() {
    for (const socket of held.splice(0)) socket.destroy();
    await tick();
    return true;
  },

  /** A server for `handshakes`, and a session of it where they are to be resumed. One for all turns, as a program has one. */
  async prepareHandshakes({ kind, files, resumed }: { kind: Kind; files: Files; resumed: boolean }) {
    local?.close();
    local = createServer(kind, files, (socket) => {
      socket.on('error', () => {});
      socket.resume();
    });
    local.listen(0, '127.0.0.1');
    await once(local, 'listening');
    session = undefined;
    if (!resumed) return true;
    const first = connect(kind, portOf(local), files) as nodeTls.TLSSocket;
    first.resume();
    [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    return true;
  },

  /** Full or resumed handshakes, one after the other, both ends in this process: µs of CPU for each. `tickets`: and what follows them at once. */
  async handshakes({ kind, files, count, tickets }: { kind: Kind; files: Files; count: number; tickets: boolean }) {
    const server = local!;
    const port = portOf(server);
    const event = kind === 'net' ? 'connection' : 'secureConnection';
    const start = cpu();
    for (let i = 0; i < count; i++) {
      const accepted = once(server, event);
      const socket = connect(kind, port, files, session);
      socket.resume();
      const connected = once(socket, ready(kind));
      const [other] = (await accepted) as [net.Socket];
      await connected;
      if (session !== undefined && !(socket as nodeTls.TLSSocket).isSessionReused()) throw new Error('not resumed');
      if (tickets) await tick();
      socket.destroy();
      other.destroy();
    }
    return (cpu() - start) / count;
  },

  /** Opens so many connections and lets them be. */
  async openMany({ kind, port, files, count }: { kind: Kind; port: number; files: Files; count: number }) {
    for (let i = 0; i < count; i += 50) {
      const batch: AnySocket[] = [];
      for (let j = i; j < Math.min(count, i + 50); j++) batch.push(connect(kind, port, files));
      await Promise.all(batch.map((socket) => once(socket, ready(kind))));
      for (const socket of batch) socket.write('x'.padEnd(16));
      held.push(...batch);
    }
    return true;
  },

  async memory() {
    for (let i = 0; i < 6; i++) {
      (globalThis as unknown as { gc(): void }).gc();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heapUsed, external, held: held.length };
  },
};

function send(socket: AnySocket, total: number): void {
  let sent = 0;
  const more = (): void => {
    while (sent < total) {
      sent += CHUNK.length;
      if (!socket.write(CHUNK)) return;
    }
    socket.off('drain', more);
  };
  socket.on('drain', more);
  more();
}

function receive(socket: AnySocket, total: number, done: () => void): void {
  let got = 0;
  const take = (data: Buffer): void => {
    got += data.length;
    if (got < total) return;
    socket.off('data', take);
    done();
  };
  socket.on('data', take);
}

process.on('message', ({ id, task, input }: { id: number; task: string; input: never }) => {
  tasks[task]!(input).then(
    (result) => process.send!({ id, result }),
    (error: unknown) => process.send!({ id, error: String((error as Error).stack) }),
  );
});
process.send!('ready');
