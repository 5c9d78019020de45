/** `createServer` and `Server` of node:https over a TLS server of this library: HTTP itself is Node's. */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer, type TlsOptions } from '../tls/server.ts';
import type { TLSSocket } from '../tls/socket.ts';
import { forwardEvents } from './forward.ts';

/** As of node:https, and what `createServer` of `veritls/tls` takes besides. */
export interface ServerOptions extends http.ServerOptions, Omit<TlsOptions, keyof http.ServerOptions> {}

const EVENTS = ['request', 'checkContinue', 'checkExpectation', 'connect', 'upgrade', 'clientError', 'dropRequest', 'timeout'];
/** What a server of HTTP/1.1 agrees to, so that nobody can be sent here who speaks something else (S21). */
const ALPN = ['http/1.1'];

/** `listener` is told of every request. */
export function createServer(options?: ServerOptions, listener?: http.RequestListener): Server;
export function createServer(listener?: http.RequestListener): Server;
export function createServer(options?: ServerOptions | http.RequestListener, listener?: http.RequestListener): Server {
  return typeof options === 'function' ? new Server({}, options) : new Server(options, listener);
}

export class Server extends TlsServer {
  readonly #http: http.Server;

  constructor(options: ServerOptions = {}, listener?: http.RequestListener) {
    const alpn = options.ALPNCallback === undefined && options.ALPNProtocols === undefined ? { ALPNProtocols: ALPN } : {};
    super({ noDelay: true, ...options, ...alpn });
    this.#http = http.createServer(options);
    forwardEvents(this, this.#http, EVENTS);
    if (listener !== undefined) this.on('request', listener);
    this.on('secureConnection', (socket: TLSSocket) => void this.#http.emit('connection', socket));
    this.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      if (this.listenerCount('clientError') > 0) this.emit('clientError', error, socket);
    });
    // From here on it watches over `headersTimeout` and `requestTimeout`.
    this.on('listening', () => void this.#http.emit('listening'));
  }

  /** Idle connections are ended, the others when their request is answered. */
  override close(callback?: (error?: Error) => void): this {
    this.#http.close();
    return super.close(callback);
  }

  /** Ends all connections of HTTP. */
  closeAllConnections(): void {
    this.#http.closeAllConnections();
  }

  /** Ends the connections on which no request is under way. */
  closeIdleConnections(): void {
    this.#http.closeIdleConnections();
  }

  /** Milliseconds without traffic after which `timeout` is emitted, or a connection ended; 0: never, the default. */
  setTimeout(ms?: number, callback?: (socket: Socket) => void): this;
  setTimeout(callback: (socket: Socket) => void): this;
  setTimeout(...args: readonly (number | undefined | ((socket: Socket) => void))[]): this {
    for (const one of args) {
      if (typeof one === 'function') this.on('timeout', one);
      else if (one !== undefined) this.#http.timeout = one;
    }
    return this;
  }

  get timeout(): number {
    return this.#http.timeout;
  }
  set timeout(ms: number) {
    this.#http.timeout = ms;
  }

  /** For all of a request to come, in milliseconds: 300 000 by default. */
  get requestTimeout(): number {
    return this.#http.requestTimeout;
  }
  set requestTimeout(ms: number) {
    this.#http.requestTimeout = ms;
  }

  /** For the header of a request to come, in milliseconds: 60 000 by default. */
  get headersTimeout(): number {
    return this.#http.headersTimeout;
  }
  set headersTimeout(ms: number) {
    this.#http.headersTimeout = ms;
  }

  /** How long a connection may idle between requests, in milliseconds: 5000 by default. */
  get keepAliveTimeout(): number {
    return this.#http.keepAliveTimeout;
  }
  set keepAliveTimeout(ms: number) {
    this.#http.keepAliveTimeout = ms;
  }

  get maxHeadersCount(): number | null {
    return this.#http.maxHeadersCount;
  }
  set maxHeadersCount(count: number | null) {
    this.#http.maxHeadersCount = count;
  }

  get maxRequestsPerSocket(): number | null {
    return this.#http.maxRequestsPerSocket;
  }
  set maxRequestsPerSocket(count: number | null) {
    this.#http.maxRequestsPerSocket = count;
  }
}
