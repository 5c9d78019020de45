/**
 * A socket shaped like dgram.Socket, for programs that come from there: `send` to an address begins a session with it where
 * there is none, `message` comes with the sender's `rinfo`. One socket is client and server at once.
 */
import { createSocket as createUdpSocket, type RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns';
import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { DTLSEndpoint } from './endpoint.ts';
import { clientOptions } from './connect.ts';
import { codedError } from '../tls/errors.ts';
import { contextOf, type DatagramTuning, tuning } from './options.ts';
import type { DTLSSecureContextOptions } from './secure-context.ts';
import { bytesOf, type DTLSSession } from './session.ts';
import { type DatagramTransport, type LocalAddress, UdpTransport } from './transport.ts';

export interface DTLSSocketOptions extends DTLSSecureContextOptions, DatagramTuning {
  readonly type: 'udp4' | 'udp6';
  readonly reuseAddr?: boolean | undefined;
  /** The name to ask for and to check where `send` is given an IP address. */
  readonly servername?: string | undefined;
  readonly handshakeTimeout?: number | undefined;
  readonly idleTimeout?: number | undefined;
  readonly cookies?: boolean | undefined;
  /** Instead of a UDP socket. */
  readonly transport?: DatagramTransport | undefined;
  /** Aborted, it closes the socket. */
  readonly signal?: AbortSignal | undefined;
}

type Done = (error: Error | null, bytes: number) => void;
type Data = string | NodeJS.ArrayBufferView | readonly (string | NodeJS.ArrayBufferView)[];

/** Events: `listening`, `message (data, rinfo, session)`, `session (session)`, `error`, `close`. */
export class DTLSSocket extends EventEmitter {
  readonly #options: DTLSSocketOptions;
  #endpoint: DTLSEndpoint | undefined;
  readonly #sessions = new Map<string, DTLSSession>();

  /** @internal */
  constructor(options: DTLSSocketOptions) {
    super();
    this.#options = options;
    const { signal } = options;
    if (signal === undefined) return;
    signal.throwIfAborted();
    const abort = (): void => void this.close();
    signal.addEventListener('abort', abort, { once: true });
    this.once('close', () => signal.removeEventListener('abort', abort));
  }

  bind(port = 0, address?: string, callback?: () => void): this {
    if (callback !== undefined) this.once('listening', callback);
    this.#open(port, address);
    return this;
  }

  address(): LocalAddress {
    const address = this.#endpoint?.address;
    if (address === undefined) throw new Error('the socket is not bound');
    return address;
  }

  /**
   * Sends a datagram, after the handshake with its receiver where there was none yet. As in node:dgram a name is looked up, the
   * address is that of this host by default, and a list is sent as one datagram. Errors go to the callback, or are emitted.
   */
  send(data: Data, port: number, address?: string, callback?: Done): void;
  send(data: Data, port: number, callback?: Done): void;
  send(data: string | NodeJS.ArrayBufferView, offset: number, length: number, port: number, address?: string, callback?: Done): void;
  send(data: Data, ...rest: readonly (number | string | Done | undefined)[]): void {
    const numbers = rest.filter((each) => typeof each === 'number');
    const [offset, length] = numbers.length >= 3 ? numbers : [];
    const port = numbers[numbers.length >= 3 ? 2 : 0];
    const address = rest.find((each) => typeof each === 'string') ?? this.#loopback;
    const callback = rest.find((each) => typeof each === 'function');
    if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw codedError('ERR_SOCKET_BAD_PORT', `the port must be from 1 to 65535, not ${String(port)}`);
    // The caller may use its buffer again.
    const whole = Buffer.concat((Array.isArray(data) ? data : [data]).map((each) => bytesOf(each)));
    const bytes = offset === undefined ? whole : whole.subarray(offset, offset + length!);
    const failed = (error: Error): void => {
      if (callback === undefined) this.emit('error', error);
      else callback(error, 0);
    };
    if (isIP(address) !== 0) return this.#deliver(bytes, port, address, address, callback, failed);
    lookup(address, { family: this.#options.type === 'udp6' ? 6 : 4 }, (error, found) => {
      if (error === null) this.#deliver(bytes, port, found, address, callback, failed);
      else failed(error);
    });
  }

  /** The session with an address, if there is one. */
  session(port: number, address: string): DTLSSession | undefined {
    return this.#sessions.get(`${address} ${port}`);
  }

  /** Sends every session's close_notify, then closes the socket. */
  close(callback?: () => void): this {
    if (callback !== undefined) this.once('close', callback);
    if (this.#endpoint === undefined) queueMicrotask(() => this.emit('close'));
    else void this.#endpoint.close();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.close();
  }

  ref(): this {
    this.#endpoint?.ref();
    return this;
  }

  unref(): this {
    this.#endpoint?.unref();
    return this;
  }

  #open(port: number, address: string | undefined): DTLSEndpoint {
    if (this.#endpoint !== undefined) return this.#endpoint;
    const options = this.#options;
    const { cert, key, pfx, psk } = options;
    const serves =
      cert !== undefined ||
      key !== undefined ||
      pfx !== undefined ||
      typeof psk === 'function' ||
      (psk !== undefined && !('identity' in psk));
    const transport =
      options.transport ??
      new UdpTransport(createUdpSocket({ type: options.type, reuseAddr: options.reuseAddr ?? false }), {
        owned: true,
        bind: { port, address, exclusive: false },
      });
    this.#endpoint = new DTLSEndpoint(
      transport,
      {
        config: tuning(options),
        server: serves ? contextOf(options, true).serverContext() : undefined,
        cookies: options.cookies,
        handshakeTimeoutMs: options.handshakeTimeout ?? 60_000,
        idleTimeoutMs: options.idleTimeout,
      },
      (session) => {
        this.#adopt(session);
        this.emit('session', session);
      },
      false,
    );
    this.#endpoint.listening.then(
      () => this.emit('listening'),
      (error: Error) => this.emit('error', error),
    );
    this.#endpoint.closed.then(
      () => this.emit('close'),
      () => this.emit('close'),
    );
    return this.#endpoint;
  }

  get #loopback(): string {
    return this.#options.type === 'udp6' ? '::1' : '127.0.0.1';
  }

  #deliver(
    bytes: Uint8Array,
    port: number,
    address: string,
    name: string,
    callback: Done | undefined,
    failed: (error: Error) => void,
  ): void {
    let session: DTLSSession;
    try {
      session = this.#sessionWith(port, address, name);
    } catch (error) {
      failed(error as Error);
      return;
    }
    const go = (): void => {
      try {
        session.send(bytes);
      } catch (error) {
        failed(error as Error);
        return;
      }
      callback?.(null, bytes.length);
    };
    if (session.protocol !== undefined) go();
    else session.opened.then(go, failed);
  }

  #sessionWith(port: number, address: string, name: string): DTLSSession {
    const known = this.#sessions.get(`${address} ${port}`);
    if (known !== undefined) return known;
    const context = contextOf(this.#options, false).clientContext();
    const session = this.#open(0, undefined)._connect({ address, port }, context, clientOptions(name, this.#options));
    this.#adopt(session);
    return session;
  }

  #adopt(session: DTLSSession): void {
    const { address, port, family } = session.remoteAddress;
    const key = `${address} ${port}`;
    this.#sessions.set(key, session);
    const rinfo = { address, port, family };
    const tell = (data: Buffer): void => void this.emit('message', data, { ...rinfo, size: data.length } satisfies RemoteInfo, session);
    session.onmessage = tell;
    const forget = (): void => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    session.closed.then(forget, forget);
  }
}

/** As dgram.createSocket. With a certificate or keys of its own it also serves. */
export function createSocket(options: DTLSSocketOptions, listener?: (data: Buffer, rinfo: RemoteInfo) => void): DTLSSocket {
  const socket = new DTLSSocket(options);
  if (listener !== undefined) socket.on('message', listener);
  return socket;
}
