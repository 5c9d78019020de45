/**
 * The worker side of `worker-stack.ts`. The function must be whole in itself: its text runs in the worker. It names nothing
 * from outside but its parameters and what every thread has.
 */
import type { Socket as UdpSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';

/** What the worker tells of an object. */
export interface Told {
  readonly id: number;
  readonly ev: 'open' | 'data' | 'end' | 'close' | 'listening' | 'failed' | 'accepted';
  readonly bytes?: Uint8Array;
  readonly address?: string;
  readonly port?: number;
  readonly child?: number;
}

interface Asked {
  readonly op: 'connect' | 'listen' | 'udp' | 'write' | 'end' | 'destroy' | 'send' | 'taken' | 'close';
  readonly id: number;
  readonly address: string;
  readonly port: number;
  readonly backlog: number;
  readonly bytes: Uint8Array;
  readonly length: number;
}

interface WorkerInit {
  readonly port: MessagePort;
  readonly counter: Int32Array;
}

export function stackWorker(net: typeof import('node:net'), dgram: typeof import('node:dgram'), init: WorkerInit): void {
  const { port, counter } = init;
  const streams = new Map<number, Socket>();
  const servers = new Map<number, Server>();
  const udps = new Map<number, UdpSocket>();
  const untaken = new Map<number, number>();
  /** Datagrams under way, and sockets that close when theirs have gone. */
  const sending = new Map<number, number>();
  const leaving = new Set<number>();
  let isEnding = false;
  const LIMIT = 262_144;
  let nextChild = -1;

  const tell = (message: Told): void => {
    port.postMessage(message);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };

  const finish = (): void => {
    if (isEnding && streams.size === 0 && udps.size === 0) tell({ id: 0, ev: 'close' });
  };

  const closeIfSent = (id: number): void => {
    if (!leaving.has(id) || (sending.get(id) ?? 0) > 0) return;
    leaving.delete(id);
    sending.delete(id);
    udps.get(id)?.close();
    udps.delete(id);
    finish();
  };

  const end = (id: number): void => {
    const socket = streams.get(id);
    if (socket?.connecting === true) socket.destroy();
    else socket?.destroySoon();
    servers.get(id)?.close();
    servers.delete(id);
    if (!udps.has(id)) return;
    leaving.add(id);
    closeIfSent(id);
  };

  const watch = (id: number, socket: Socket): void => {
    streams.set(id, socket);
    untaken.set(id, 0);
    socket.setNoDelay(true);
    socket.on('connect', () => tell({ id, ev: 'open', address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }));
    socket.on('data', (bytes) => {
      const waiting = (untaken.get(id) ?? 0) + bytes.length;
      untaken.set(id, waiting);
      if (waiting > LIMIT) socket.pause();
      tell({ id, ev: 'data', bytes: Uint8Array.prototype.slice.call(bytes) });
    });
    socket.on('end', () => tell({ id, ev: 'end' }));
    socket.on('error', () => {});
    socket.on('close', () => {
      streams.delete(id);
      untaken.delete(id);
      tell({ id, ev: 'close' });
      finish();
    });
  };

  port.on('message', (asked: Asked) => {
    const { id } = asked;
    const socket = streams.get(id);
    switch (asked.op) {
      case 'connect': {
        const made = new net.Socket({ allowHalfOpen: true });
        watch(id, made);
        made.connect(asked.port, asked.address);
        break;
      }
      case 'listen': {
        const server = net.createServer({ allowHalfOpen: true }, (one) => {
          const child = nextChild--;
          tell({ id, ev: 'accepted', child, address: one.remoteAddress ?? '', port: one.remotePort ?? 0 });
          watch(child, one);
        });
        servers.set(id, server);
        server.on('error', () => tell({ id, ev: 'failed' }));
        server.on('listening', () => {
          const at = server.address();
          tell({ id, ev: 'listening', port: typeof at === 'object' && at !== null ? at.port : 0 });
        });
        server.listen({ host: asked.address, port: asked.port, backlog: asked.backlog });
        break;
      }
      case 'udp': {
        const made = dgram.createSocket(asked.address.includes(':') ? 'udp6' : 'udp4');
        udps.set(id, made);
        made.on('message', (bytes, from) =>
          tell({ id, ev: 'data', bytes: Uint8Array.prototype.slice.call(bytes), address: from.address, port: from.port }),
        );
        made.on('error', () => tell({ id, ev: 'failed' }));
        made.on('listening', () => tell({ id, ev: 'listening', port: made.address().port }));
        made.bind({ port: asked.port, address: asked.address, exclusive: true });
        break;
      }
      case 'write':
        if (socket !== undefined && !socket.writableEnded) socket.write(asked.bytes);
        break;
      case 'taken': {
        const left = (untaken.get(id) ?? 0) - asked.length;
        untaken.set(id, left);
        if (socket?.isPaused() && left <= LIMIT / 2) socket.resume();
        break;
      }
      case 'end':
        socket?.end();
        break;
      case 'send': {
        const udp = udps.get(id);
        if (udp === undefined || leaving.has(id)) break;
        sending.set(id, (sending.get(id) ?? 0) + 1);
        udp.send(asked.bytes, asked.port, asked.address, () => {
          sending.set(id, (sending.get(id) ?? 1) - 1);
          closeIfSent(id);
        });
        break;
      }
      case 'destroy':
        end(id);
        break;
      case 'close':
        isEnding = true;
        for (const each of [...streams.keys(), ...servers.keys(), ...udps.keys()]) end(each);
        finish();
        break;
      default:
    }
  });
}
