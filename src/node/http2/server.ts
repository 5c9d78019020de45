/** `createSecureServer` of node:http2 over a TLS server of this library. */
import * as http from 'node:http';
import * as http2 from 'node:http2';
import { forwardEvents } from '../https/forward.ts';
import { markEncrypted } from './encrypted.ts';
import { Server as TlsServer, type TlsOptions } from '../tls/server.ts';
import type { TLSSocket } from '../tls/socket.ts';

/** As of node:http2, and what `createServer` of `veritls/tls` takes besides. */
export interface SecureServerOptions extends http2.ServerOptions, Omit<TlsOptions, keyof http2.ServerOptions> {
  /** Speaks HTTP/1.1 with clients that do not agree to HTTP/2. Default false. */
  readonly allowHTTP1?: boolean | undefined;
}

type Listener = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void;

const HTTP1_EVENTS = ['request', 'checkContinue', 'checkExpectation', 'connect', 'upgrade', 'clientError', 'dropRequest', 'timeout'];
const EVENTS = ['request', 'stream', 'session', 'sessionError', 'checkContinue', 'connect', 'timeout', 'unknownProtocol'];

/** `listener` is told of every request, of HTTP/1.1 too where it is allowed. */
export function createSecureServer(options?: SecureServerOptions, listener?: Listener): Http2SecureServer;
export function createSecureServer(listener?: Listener): Http2SecureServer;
export function createSecureServer(options?: SecureServerOptions | Listener, listener?: Listener): Http2SecureServer {
  return typeof options === 'function' ? new Http2SecureServer({}, options) : new Http2SecureServer(options, listener);
}

export class Http2SecureServer extends TlsServer {
  readonly #http2: http2.Http2SecureServer;
  readonly #http1: http.Server | undefined;

  constructor(options: SecureServerOptions = {}, listener?: Listener) {
    const protocols = options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'];
    const alpn = options.ALPNCallback === undefined && options.ALPNProtocols === undefined ? { ALPNProtocols: protocols } : {};
    super({ noDelay: true, ...options, ...alpn });
    this.#http2 = http2.createSecureServer(httpOptions(options));
    this.#http2.on('session', markEncrypted);
    forwardEvents(this, this.#http2, EVENTS);
    if (options.allowHTTP1 === true) {
      this.#http1 = http.createServer();
      forwardEvents(this, this.#http1, HTTP1_EVENTS);
    }
    if (listener !== undefined) this.on('request', listener);
    this.on('secureConnection', (socket: TLSSocket) => {
      if (this.#http1 !== undefined && socket.alpnProtocol !== 'h2') this.#http1.emit('connection', socket);
      else this.#http2.emit('secureConnection', socket);
    });
    this.on('listening', () => void this.#http1?.emit('listening'));
  }

  override close(callback?: (error?: Error) => void): this {
    this.#http1?.close();
    this.#http2.close();
    return super.close(callback);
  }

  /** Milliseconds without traffic after which `timeout` is emitted, or a session ended; 0: never, the default. */
  setTimeout(ms?: number, callback?: () => void): this {
    this.#http1?.setTimeout(ms);
    this.#http2.setTimeout(ms);
    if (callback !== undefined) this.on('timeout', callback);
    return this;
  }

  /** For the sessions to come. */
  updateSettings(settings: http2.Settings): void {
    this.#http2.updateSettings(settings);
  }
}

const HTTP_OPTIONS = [
  'maxDeflateDynamicTableSize',
  'maxSettings',
  'maxSessionMemory',
  'maxHeaderListPairs',
  'maxOutstandingPings',
  'maxSendHeaderBlockLength',
  'paddingStrategy',
  'peerMaxConcurrentStreams',
  'settings',
  'remoteCustomSettings',
  'unknownProtocolTimeout',
  'Http2ServerRequest',
  'Http2ServerResponse',
  'maxSessionInvalidFrames',
  'maxSessionRejectedStreams',
  'streamResetBurst',
  'streamResetRate',
  'selectPadding',
];

/** Without those of TLS, which the server within would read as Node's own does. */
function httpOptions(options: SecureServerOptions): http2.SecureServerOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => HTTP_OPTIONS.includes(name)));
}
