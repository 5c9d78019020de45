/** From a socket's options to the connection it opens, in either role. What is here is dropped when the handshake is over. */
import type * as nodeTls from 'node:tls';
import type { Connection } from '../../engine/connection.ts';
import { readAlpn } from './alpn.ts';
import { type ClientPskCallback, type ClientSettings, openClient, type Watchers } from './client.ts';
import { argumentError } from './errors.ts';
import { checkServerIdentity } from './identity.ts';
import { createSecureContext, SecureContext, type SecureContextOptions } from './secure-context.ts';
import { openServer, secureContextOf, type ServerHooks, type ServerSettings } from './server-side.ts';
import type { TLSSocket } from './socket.ts';
import type { TLSSocketOptions } from './socket-options.ts';

export interface Opener {
  readonly isServer: boolean;
  readonly secure: SecureContext;
  /** Client: the host that the certificate must be for. */
  readonly checkName: string | undefined;
  readonly requestCert: boolean;
  readonly lenient: boolean;
  /** Milliseconds; 0: none. */
  readonly handshakeTimeout: number;
  open(socket: TLSSocket, watchers: Watchers): Connection;
  /** The server's part when the handshake is over, or failed. */
  accepted?(socket: TLSSocket): void;
  refused?(error: Error, socket: TLSSocket): void;
  setServername(name: string): void;
  setSession(session: Uint8Array): void;
  setKeyCert(context: nodeTls.SecureContext | SecureContextOptions): void;
}

/** A server's own opener, in place of options. @internal */
export const OPENER: unique symbol = Symbol('veritls.opener');

export function openerOf(options: TLSSocketOptions): Opener {
  const own = (options as { [OPENER]?: Opener })[OPENER];
  if (own !== undefined) return own;
  return options.isServer === true ? new ServerOpener(serverSettings(options), options) : new ClientOpener(options);
}

class ClientOpener implements Opener {
  readonly isServer = false;
  readonly requestCert = true;
  readonly lenient: boolean;
  readonly handshakeTimeout: number;
  #settings: ClientSettings;

  constructor(options: TLSSocketOptions) {
    this.lenient = options.requireCloseNotify !== true;
    this.handshakeTimeout = options.handshakeTimeout ?? 0;
    const { servername, checkServerIdentity: identity, pskCallback, session } = options;
    if (servername !== undefined && servername !== null && typeof servername !== 'string')
      throw argumentError('options.servername', 'of type string', servername);
    if (identity !== undefined && typeof identity !== 'function')
      throw argumentError('options.checkServerIdentity', 'of type function', identity);
    if (pskCallback !== undefined && typeof pskCallback !== 'function')
      throw argumentError('options.pskCallback', 'of type function', pskCallback);
    const name = servername === null ? undefined : servername;
    this.#settings = {
      secure: contextOf(options),
      host: (name === '' ? undefined : name) ?? options.host ?? 'localhost',
      serverName: name,
      strict: options.rejectUnauthorized !== false,
      identity: identity === checkServerIdentity ? undefined : identity,
      alpn: readAlpn(options.ALPNProtocols),
      session,
      requestOcsp: options.requestOCSP === true,
      psk: pskCallback as ClientPskCallback | undefined,
    };
  }

  get secure(): SecureContext {
    return this.#settings.secure;
  }

  get checkName(): string {
    return this.#settings.host;
  }

  open(_socket: TLSSocket, watchers: Watchers): Connection {
    return openClient(this.#settings, watchers);
  }

  setServername(name: string): void {
    this.#settings = { ...this.#settings, serverName: name, host: name === '' ? this.#settings.host : name };
  }

  setSession(session: Uint8Array): void {
    this.#settings = { ...this.#settings, session };
  }

  setKeyCert(): void {}
}

/** What a server asks of each of its connections beside the settings. */
export interface ServerEvents {
  readonly accepted: (socket: TLSSocket) => void;
  readonly refused: (error: Error, socket: TLSSocket) => void;
  readonly ocsp?: ServerHooks['ocsp'];
  readonly sessions?: ServerHooks['sessions'];
}

export class ServerOpener implements Opener {
  readonly isServer = true;
  readonly checkName = undefined;
  readonly lenient: boolean;
  readonly handshakeTimeout: number;
  readonly accepted?: (socket: TLSSocket) => void;
  readonly refused?: (error: Error, socket: TLSSocket) => void;
  readonly #settings: ServerSettings;
  readonly #options: TLSSocketOptions;
  readonly #events: ServerEvents | undefined;
  #keyCert: SecureContext | undefined;

  constructor(settings: ServerSettings, options: TLSSocketOptions, events?: ServerEvents) {
    this.#settings = settings;
    this.#options = options;
    this.#events = events;
    this.lenient = options.requireCloseNotify !== true;
    this.handshakeTimeout = options.handshakeTimeout ?? (events === undefined ? 0 : DEFAULT_HANDSHAKE_TIMEOUT_MS);
    if (events !== undefined) {
      this.accepted = events.accepted;
      this.refused = events.refused;
    }
  }

  get secure(): SecureContext {
    return this.#settings.secure;
  }

  get requestCert(): boolean {
    return this.#settings.requestCert;
  }

  open(socket: TLSSocket, watchers: Watchers): Connection {
    return openServer(this.#settings, this.#hooks(socket, watchers));
  }

  setServername(): void {}

  setSession(): void {}

  setKeyCert(context: nodeTls.SecureContext | SecureContextOptions): void {
    this.#keyCert = context instanceof SecureContext ? context : createSecureContext(context as SecureContextOptions);
  }

  #hooks(socket: TLSSocket, watchers: Watchers): ServerHooks {
    const { keyLog, trace } = watchers;
    const { ocsp, sessions } = this.#events ?? {};
    const shared: ServerHooks = { keyLog, trace, ocsp, sessions };
    if (!this.#settings.personal) return shared;
    const { SNICallback, ALPNCallback, pskCallback } = this.#options;
    const psk = pskCallback as ((socket: TLSSocket, identity: string) => NodeJS.ArrayBufferView | null) | undefined;
    return {
      ...shared,
      ...(SNICallback === undefined || SNICallback === null ? {} : { sni: (name: string) => askSni(socket, SNICallback, name) }),
      ...(ALPNCallback === undefined
        ? {}
        : {
            alpn: (protocols: readonly string[], servername: string) =>
              ALPNCallback.call(socket, { servername, protocols: [...protocols] }),
            keyCert: () => this.#keyCert,
          }),
      ...(psk === undefined || psk === null ? {} : { psk: (identity: string) => psk(socket, identity) }),
    };
  }
}

export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 120_000;

export function serverSettings(options: TLSSocketOptions, contextFor?: ServerSettings['contextFor']): ServerSettings {
  const { SNICallback, ALPNCallback, pskCallback, ALPNProtocols, pskIdentityHint } = options;
  for (const [name, value] of Object.entries({ SNICallback, ALPNCallback, pskCallback })) {
    if (value !== undefined && value !== null && typeof value !== 'function')
      throw argumentError(`options.${name}`, 'of type function', value);
  }
  return {
    secure: contextOf(options),
    requestCert: options.requestCert === true,
    strict: options.rejectUnauthorized !== false,
    alpn: readAlpn(ALPNProtocols),
    pskHint: pskIdentityHint ?? undefined,
    contextFor,
    personal: (SNICallback ?? ALPNCallback ?? pskCallback) != null,
    shared: new WeakMap(),
  };
}

function contextOf(options: TLSSocketOptions): SecureContext {
  const { secureContext } = options;
  if (secureContext === undefined || secureContext === null) return createSecureContext(options);
  return secureContextOf(secureContext)!;
}

/** An SNICallback answers through its callback, now or later, once. */
function askSni(socket: TLSSocket, ask: NonNullable<TLSSocketOptions['SNICallback']>, name: string): Promise<SecureContext | undefined> {
  return new Promise((resolve, reject) => {
    ask.call(socket, name, (error, context) => {
      if (error !== null && error !== undefined) {
        reject(error);
        return;
      }
      try {
        resolve(secureContextOf(context));
      } catch (invalid) {
        reject(invalid);
      }
    });
  });
}
