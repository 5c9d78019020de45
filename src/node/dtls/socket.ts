/**
 * A socket shaped like dgram.Socket, for programs that come from there: `send` to an address begins a session with it where
 * there is none, `message` comes with the sender's `rinfo`. One socket is client and server at once.
 */
import { createSocket as createUdpSocket, type RemoteInfo } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import { DTLSEndpoint } from './endpoint.ts';
import { clientOptions } from './connect.ts';
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
}

type Done = (error: Error | null, bytes: number) => void;

/** Events: `listening`, `message (data, rinfo, session)`, `session (session)`, `error`, `close`. */
export class DTLSSocket extends EventEmitter {
  readonly #options: DTLSSocketOptions;
  #endpoint: DTLSEndpoint | undefined;
  readonly #sessions = new Map<string, DTLSSession>();

  /** @internal */
  constructor(options: DTLSSocketOptions) {
    super();
    this.#options = options;
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

  /** Sends a datagram, after the handshake with its receiver where there was none yet. */
  send(data: string | NodeJS.ArrayBufferView, port: number, address: string, callback?: Done): void {
    const bytes = bytesOf(data);
    const session = this.#sessionWith(port, address);
    const go = (): void => {
      try {
        session.send(bytes);
        callback?.(null, bytes.length);
      } catch (error) {
        if (callback === undefined) this.emit('error', error);
        else callback(error as Error, 0);
      }
    };
    if (session.protocol !== undefined) go();
    else
      session.opened.then(go, (error: Error) => {
        if (callback === undefined) this.emit('error', error);
        else callback(error, 0);
      });
  }

  /** The session with an address, if there is one. */
  session(port: number, address: string): DTLSSession | undefined {
    return this.#sessions.get(`${address} ${port}`);
  }

  close(callback?: () => void): this {
    if (callback !== undefined) this.once('close', callback);
    void this.#endpoint?.close();
    return this;
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

  #sessionWith(port: number, address: string): DTLSSession {
    const known = this.#sessions.get(`${address} ${port}`);
    if (known !== undefined) return known;
    if (isIP(address) === 0) throw new TypeError('an IP address is needed: names are not resolved here');
    const context = contextOf(this.#options, false).clientContext();
    const session = this.#open(0, undefined)._connect({ address, port }, context, clientOptions(address, this.#options));
    this.#adopt(session);
    return session;
  }

  #adopt(session: DTLSSession): void {
    const { address, port, family } = session.remoteAddress;
    const key = `${address} ${port}`;
    this.#sessions.set(key, session);
    const rinfo = { address, port, family };
    session.onmessage = (data) => this.emit('message', data, { ...rinfo, size: data.length } satisfies RemoteInfo, session);
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
