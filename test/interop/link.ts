/** A connection of the engine over a socket: bytes to and fro, and what happens as promises. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TlsError } from '../../src/base/errors.ts';
import { type Connection, createClientConnection, createServerConnection } from '../../src/engine/connection.ts';
import type { ConnectionInfo } from '../../src/engine/info.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';
import type { HeartbeatReport } from '../../src/handshake/features/heartbeat.ts';
import type { Session } from '../../src/session/session.ts';

const TIMEOUT_MS = 10_000;

export class Link {
  readonly connection: Connection;
  readonly socket: Socket;
  readonly sessions: Session[] = [];
  readonly heartbeats: HeartbeatReport[] = [];
  keyUpdates = 0;
  #received = Buffer.alloc(0);
  #ended = false;
  #error: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, connection: Connection) {
    this.socket = socket;
    this.connection = connection;
    connection.onWake = () => this.pump();
    socket.on('data', (chunk: Buffer) => {
      connection.receive(chunk);
      this.pump();
    });
    socket.on('end', () => {
      connection.receiveEnd();
      this.pump();
    });
    socket.on('error', (error) => {
      this.#error ??= error;
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    this.pump();
  }

  /** Moves what the connection has to say. */
  pump(): void {
    const { connection } = this;
    this.#flush();
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
      if (event.type === 'data') this.#received = Buffer.concat([this.#received, event.data]);
      else if (event.type === 'session') this.sessions.push(event.session);
      else if (event.type === 'heartbeat') this.heartbeats.push(event);
      else if (event.type === 'keyUpdate') this.keyUpdates++;
      else if (event.type === 'end') {
        this.#ended = true;
        connection.close();
      } else if (event.type === 'error') this.#error ??= event.error;
      else if (event.type === 'closed') {
        this.#flush();
        this.socket.end();
      }
    }
    this.#flush();
    this.#wake();
  }

  #flush(): void {
    const { connection, socket } = this;
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) if (socket.writable) socket.write(out);
  }

  async connected(): Promise<ConnectionInfo> {
    await this.#until(() => this.connection.info !== undefined, 'the handshake');
    return this.connection.info!;
  }

  write(data: string | Uint8Array): void {
    this.connection.send(typeof data === 'string' ? Buffer.from(data) : data);
    this.pump();
  }

  /** The data received so far, once it contains `text`. */
  async read(text: string): Promise<string> {
    await this.#until(() => this.#received.includes(text), `"${text.slice(0, 40)}"`);
    return this.#received.toString('latin1');
  }

  /** The next line of data, which is then taken. */
  async line(): Promise<string> {
    await this.#until(() => this.#received.includes(10), 'a line');
    const end = this.#received.indexOf(10);
    const line = this.#received.subarray(0, end).toString('latin1');
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  /** Until a session has come that can be resumed. */
  async session(): Promise<Session> {
    await this.#until(() => this.sessions.length > 0, 'a session');
    return this.sessions[0]!;
  }

  /** The error that ended the connection. */
  async failure(): Promise<TlsError> {
    await this.#until(() => this.connection.error !== undefined, 'an error').catch(() => {});
    return this.connection.error!;
  }

  close(): void {
    this.connection.close();
    this.pump();
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 500).unref();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!done()) {
      if (this.#error !== undefined) throw new Error(this.#error.message);
      if (this.#ended) throw new Error(`the peer closed before ${what}`);
      if (Date.now() > deadline) throw new Error(`no ${what} within ${TIMEOUT_MS / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

/** Our client to a peer on loopback. */
export async function dial(port: number, context: ClientContext, options: ClientOptions = { serverName: 'localhost' }): Promise<Link> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new Link(socket, createClientConnection(context, options));
}

/** Our server on loopback: what each accepted connection is given to. */
export async function listen(context: () => ServerContext, onLink: (link: Link) => void): Promise<{ port: number; close(): void }> {
  const server: Server = createServer({ noDelay: true }, (socket) => onLink(new Link(socket, createServerConnection(context()))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => void server.close() };
}
