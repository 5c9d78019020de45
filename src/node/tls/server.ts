/** `createServer` and `Server`: accepts TCP connections and gives TLS ones. */
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type * as nodeTls from 'node:tls';
import type { SessionStore } from '../../session/store.ts';
import type { ClientPskCallback } from './client.ts';
import type { KeyInput } from './credentials.ts';
import { argumentError, codedError } from './errors.ts';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, OPENER, type ServerEvents, ServerOpener, serverSettings } from './open.ts';
import { createSecureContext, SecureContext, type SecureContextOptions } from './secure-context.ts';
import { secureContextOf, type ServerSettings } from './server-side.ts';
import { TLSSocket } from './socket.ts';
import type { TLSSocketOptions } from './socket-options.ts';

/** As of node:tls, and what this library adds. */
export interface TlsOptions
  extends Omit<nodeTls.TlsOptions, 'key' | 'pskCallback' | 'ALPNProtocols' | keyof TLSSocketOptions>,
    Omit<
      TLSSocketOptions,
      'isServer' | 'server' | 'checkServerIdentity' | 'session' | 'servername' | 'host' | 'requestOCSP' | 'pskCallback'
    > {
  readonly key?: KeyInput | readonly KeyInput[] | undefined;
  readonly pskCallback?: ((socket: TLSSocket, identity: string) => NodeJS.ArrayBufferView | null) | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  readonly keepAliveInitialDelay?: number | undefined;
}

type Accepted = (socket: TLSSocket) => void;

/** A server whose `listener` is told of every connection that is set up. */
export function createServer(options?: TlsOptions, secureConnectionListener?: Accepted): Server;
export function createServer(secureConnectionListener?: Accepted): Server;
export function createServer(options?: TlsOptions | Accepted, listener?: Accepted): Server {
  return typeof options === 'function' ? new Server({}, options) : new Server(options, listener);
}

interface NamedContext {
  readonly pattern: RegExp;
  readonly secure: SecureContext;
}

export class Server extends NetServer {
  readonly #options: TLSSocketOptions;
  readonly #settings: ServerSettings;
  readonly #contexts: NamedContext[] = [];
  /** Of the sockets of accepted connections: they share an opener, unless `ALPNCallback` may change it for one of them. */
  #accepted: TLSSocketOptions;
  #revision = 0;

  constructor(options?: TlsOptions | Accepted, listener?: Accepted) {
    const given = (typeof options === 'function' ? {} : (options ?? {})) as TLSSocketOptions & TlsOptions;
    if (typeof given !== 'object') throw argumentError('options', 'of type object', options);
    const { handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT_MS } = given;
    if (typeof handshakeTimeout !== 'number') throw argumentError('options.handshakeTimeout', 'of type number', handshakeTimeout);
    // Half-open and paused: the TLS connection ends what it reads from, and reads when it is ready.
    super({ ...given, allowHalfOpen: true, pauseOnConnect: true });
    this.#options = { ...given, isServer: true, server: this, handshakeTimeout };
    this.#settings = serverSettings(this.#options, (name) => this.#contextFor(name));
    this.#accepted = this.#socketOptions();
    const accepted = typeof options === 'function' ? options : listener;
    if (accepted !== undefined) this.on('secureConnection', accepted);
    this.on('connection', accept);
  }

  /** TLS over an accepted connection; also for a Duplex that is given to `emit('connection', …)`. @internal */
  _accept(transport: Duplex): void {
    const revision = this.listenerCount('OCSPRequest') + 2 * this.listenerCount('newSession') + 4 * this.listenerCount('resumeSession');
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#settings.shared = new WeakMap();
      this.#accepted = this.#socketOptions();
    }
    const socket = new TLSSocket(transport, this.#options.ALPNCallback === undefined ? this.#accepted : this.#socketOptions());
    if (this.#options.pauseOnConnect === true) socket.pause();
    socket.on('error', ignore);
  }

  /** Names that begin with `*.` stand for one more label. The last context added for a name counts. */
  addContext(hostname: string, context: nodeTls.SecureContext | SecureContextOptions): void {
    if (typeof hostname !== 'string' || hostname === '')
      throw codedError('ERR_TLS_REQUIRED_SERVER_NAME', '"servername" is required parameter for Server.addContext');
    const pattern = hostname.replace(/([.^$+?\-\\[\]{}])/g, '\\$1').replaceAll('*', '[^.]*');
    const secure =
      context instanceof SecureContext ? context : (secureContextIn(context) ?? createSecureContext(context as SecureContextOptions));
    this.#contexts.unshift({ pattern: new RegExp(`^${pattern}$`, 'i'), secure });
  }

  /** Credentials, trust, ciphers of the connections to come; tickets of before are still taken. */
  setSecureContext(options: SecureContextOptions): void {
    if (typeof options !== 'object' || options === null) throw argumentError('options', 'of type object', options);
    const keys = options.ticketKeys ?? this.#settings.secure.ticketKeys.current();
    this.#settings.secure = createSecureContext({ ...options, ticketKeys: Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength) });
    this.#settings.shared = new WeakMap();
  }

  /** The newest key of session tickets, 48 bytes; a secret. */
  getTicketKeys(): Buffer<ArrayBuffer> {
    return Buffer.from(this.#settings.secure.ticketKeys.current());
  }

  /** Seals tickets with this key from now on; the key before still opens them. */
  setTicketKeys(keys: NodeJS.ArrayBufferView): void {
    if (!ArrayBuffer.isView(keys)) throw argumentError('buffer', 'an instance of Buffer, TypedArray, or DataView', keys);
    this.#settings.secure.setTicketKeys(keys);
  }

  #socketOptions(): TLSSocketOptions {
    const { allowHalfOpen, highWaterMark, enableTrace } = this.#options;
    const opener = new ServerOpener(this.#settings, this.#options, this.#events());
    return { server: this, allowHalfOpen: allowHalfOpen === true, highWaterMark, enableTrace, [OPENER]: opener } as TLSSocketOptions;
  }

  #contextFor(name: string): SecureContext | undefined {
    return this.#contexts.find(({ pattern }) => pattern.test(name))?.secure;
  }

  #events(): ServerEvents {
    return {
      accepted: (socket) => {
        socket.off('error', ignore);
        this.emit('secureConnection', socket);
      },
      refused: (error, socket) => void this.emit('tlsClientError', error, socket),
      ...(this.listenerCount('OCSPRequest') === 0 ? {} : { ocsp: (certificate, issuer) => this.#requestOcsp(certificate, issuer) }),
      ...(this.listenerCount('newSession') + this.listenerCount('resumeSession') === 0 ? {} : { sessions: this.#sessionStore() }),
    };
  }

  #requestOcsp(certificate: Uint8Array, issuer: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const answer = (error: Error | null, response?: Buffer | null): void => {
        if (error) reject(error);
        else resolve(response === null || response === undefined ? undefined : new Uint8Array(response));
      };
      this.emit('OCSPRequest', Buffer.from(certificate), issuer === undefined ? null : Buffer.from(issuer), answer);
    });
  }

  /** Sessions of TLS 1.2 by ID, kept by the listeners of `newSession` and `resumeSession`. */
  #sessionStore(): SessionStore {
    return {
      get: (id) =>
        new Promise((resolve, reject) => {
          const answer = (error: Error | null, session?: Buffer | null): void => {
            if (error) reject(error);
            else resolve(session === null || session === undefined ? undefined : new Uint8Array(session));
          };
          if (!this.emit('resumeSession', Buffer.from(id), answer)) resolve(undefined);
        }),
      put: (id, sealed) =>
        new Promise((resolve) => {
          if (!this.emit('newSession', Buffer.from(id), Buffer.from(sealed), resolve)) resolve();
        }),
      take: () => undefined,
      addOnce: () => true,
      delete: () => {},
    };
  }
}

function accept(this: NetServer, socket: Socket): void {
  (this as Server)._accept(socket);
}

/** Errors of a connection before it was handed to anyone: `tlsClientError` tells of them. */
function ignore(): void {}

function secureContextIn(context: object): SecureContext | undefined {
  return 'context' in context && context.context !== undefined ? secureContextOf(context) : undefined;
}

export type { ClientPskCallback };
