/** Connections of the engine over UDP on loopback, one peer each. */
import { createSocket, type Socket } from 'node:dgram';
import type { Connection } from '../../src/engine/connection.ts';
import { createDatagramClientConnection, createDatagramServerConnection } from '../../src/engine/datagram.ts';
import type { ConnectionInfo } from '../../src/engine/info.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import type { HeartbeatReport } from '../../src/handshake/features/heartbeat.ts';
import { datagramConfig } from '../../src/record/datagram/config.ts';

export const clock = (): number => performance.now();

export class UdpLink {
  readonly connection: Connection;
  readonly heartbeats: HeartbeatReport[] = [];
  readonly received: string[] = [];
  readonly #socket: Socket;
  readonly #port: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, port: number, connection: Connection) {
    this.#socket = socket;
    this.#port = port;
    this.connection = connection;
    connection.onWake = () => this.pump();
    this.pump();
  }

  receive(datagram: Uint8Array): void {
    this.connection.receive(datagram);
    this.pump();
  }

  pump(): void {
    const { connection } = this;
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput())
      this.#socket.send(out, this.#port, '127.0.0.1');
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
      if (event.type === 'heartbeat') this.heartbeats.push(event);
      else if (event.type === 'data') this.received.push(Buffer.from(event.data).toString('latin1'));
    }
    clearTimeout(this.#timer);
    const { nextTimeout } = connection;
    if (nextTimeout === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        connection.tick(clock());
        this.pump();
      },
      Math.max(1, nextTimeout - clock()),
    );
  }

  async connected(): Promise<ConnectionInfo> {
    await this.until(() => this.connection.info !== undefined, 'handshake');
    return this.connection.info!;
  }

  async until(done: () => boolean, what: string): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (done()) return;
      if (this.connection.error !== undefined) throw this.connection.error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no ${what}`);
  }

  write(text: string): void {
    this.connection.send(Buffer.from(text));
    this.pump();
  }

  async read(text: string): Promise<void> {
    await this.until(() => this.received.join('').includes(text), text);
  }

  close(): void {
    this.connection.close();
    this.pump();
    clearTimeout(this.#timer);
    setTimeout(() => this.#socket.close(), 50);
  }
}

export async function dialUdp(port: number, context: ClientContext): Promise<UdpLink> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const link = new UdpLink(socket, port, createDatagramClientConnection(context, datagramConfig({ clock }), { serverName: 'localhost' }));
  socket.on('message', (datagram) => link.receive(datagram));
  return link;
}

/** Takes the first peer that comes. */
export async function listenUdp(context: ServerContext): Promise<{ port: number; link: Promise<UdpLink>; close(): void }> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let open = true;
  const link = new Promise<UdpLink>((resolve) => {
    let taken: UdpLink | undefined;
    socket.on('message', (datagram, { port }) => {
      if (taken === undefined) {
        taken = new UdpLink(socket, port, createDatagramServerConnection(context, datagramConfig({ clock })));
        resolve(taken);
      }
      taken.receive(datagram);
    });
  });
  const close = (): void => {
    if (open) socket.close();
    open = false;
  };
  socket.on('close', () => {
    open = false;
  });
  return { port: socket.address().port, link, close };
}
