/** How a server connection is made of the options of `createServer` or of a `TLSSocket` with `isServer`. */
import { isPromise, type MaybePromise, then } from '../../base/maybe-promise.ts';
import { type Connection, createServerConnection } from '../../engine/connection.ts';
import { createServerContext, type ServerContextInit } from '../../engine/context.ts';
import type { Credential, CredentialRequest, ServerContext } from '../../handshake/context.ts';
import { credentialsOf } from '../../handshake/credentials.ts';
import type { SessionStore } from '../../session/store.ts';
import { pskBytes, type Watchers } from './client.ts';
import { argumentError, codedTypeError } from './errors.ts';
import { SecureContext } from './secure-context.ts';

export interface ServerSettings {
  secure: SecureContext;
  readonly requestCert: boolean;
  /** `rejectUnauthorized`, where certificates are asked for. */
  readonly strict: boolean;
  readonly alpn: readonly string[];
  readonly pskHint: string | undefined;
  /** Contexts of `addContext` by name. */
  readonly contextFor: ((serverName: string) => SecureContext | undefined) | undefined;
  /** Whether something of `ServerHooks` depends on the connection: then each has a context of its own. */
  readonly personal: boolean;
  /** The engine's contexts for connections that share theirs. */
  shared: WeakMap<SecureContext, ServerContext>;
}

/** What a connection asks of its socket. */
export interface ServerHooks extends Watchers {
  readonly sni?: ((serverName: string) => MaybePromise<SecureContext | undefined>) | undefined;
  readonly alpn?: ((offered: readonly string[], serverName: string) => MaybePromise<string | undefined>) | undefined;
  readonly psk?: ((identity: string) => MaybePromise<NodeJS.ArrayBufferView | null | undefined>) | undefined;
  /** The context of `setKeyCert`. */
  readonly keyCert?: (() => SecureContext | undefined) | undefined;
  readonly ocsp?: ((certificate: Uint8Array, issuer: Uint8Array | undefined) => Promise<Uint8Array | undefined>) | undefined;
  readonly sessions?: SessionStore | undefined;
}

export function openServer(settings: ServerSettings, hooks: ServerHooks): Connection {
  const { secure, shared } = settings;
  let context: ServerContext | undefined;
  if (settings.personal || hooks.keyLog !== undefined) context = build(settings, hooks, secure, true);
  else {
    context = shared.get(secure);
    if (context === undefined) {
      context = build(settings, hooks, secure, true);
      shared.set(secure, context);
    }
  }
  return createServerConnection(context, optionsOf(hooks));
}

/** The answer of an SNICallback: null and undefined go on with the server's own context. */
export function secureContextOf(value: unknown): SecureContext | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof SecureContext) return value;
  const wrapped = (value as { context?: unknown }).context;
  if (wrapped instanceof SecureContext) return wrapped;
  throw codedTypeError('ERR_TLS_INVALID_CONTEXT', 'context must be a SecureContext of this library');
}

function optionsOf(hooks: ServerHooks): Parameters<typeof createServerConnection>[1] {
  return hooks.trace === undefined ? HOLD_TICKETS : { ...HOLD_TICKETS, trace: hooks.trace };
}

/** The driver sends them with what the application says first, or at the end of the turn of the event loop. */
const HOLD_TICKETS = { holdTickets: true } as const;

function build(settings: ServerSettings, hooks: ServerHooks, secure: SecureContext, outermost: boolean): ServerContext {
  const { requestCert, strict } = settings;
  const { alpn, psk, keyCert, ocsp } = hooks;
  const sessions = hooks.sessions ?? secure.sessionStore;
  const init: ServerContextInit = {
    ...secure.commonInit(true, strict || !requestCert),
    alpn: settings.alpn,
    clientCertificate: requestCert ? (strict ? 'require' : 'request') : 'none',
    clientAuthorities: requestCert ? secure.authorities : [],
    preferServerOrder: secure.honorCipherOrder,
    tickets: secure.ticketKeys,
    sessionLifetimeMs: secure.sessionLifetimeMs,
    contextId: secure.sessionIdContext,
    ...(hooks.keyLog === undefined ? {} : { keyLog: hooks.keyLog }),
    ...(settings.pskHint === undefined ? {} : { pskHint: new Uint8Array(Buffer.from(settings.pskHint)) }),
    ...(sessions === undefined ? {} : { sessions }),
    ...(secure.ticketCount === undefined ? {} : { ticketCount: secure.ticketCount }),
    ...(alpn === undefined ? {} : { selectAlpn: alpn }),
    ...(psk === undefined ? {} : { findPsk: (identity: Uint8Array) => findPsk(psk, identity) }),
    ...(outermost ? contextSelector(settings, hooks) : {}),
    // A server without certificates is one on which every handshake that needs one fails, not one that cannot be made.
    ...(keyCert === undefined && ocsp === undefined && secure.hosts === undefined && secure.credentials.length > 0
      ? {}
      : { selectCredential: credentialSelector(secure, hooks) }),
  };
  return createServerContext(init);
}

function contextSelector(settings: ServerSettings, hooks: ServerHooks): Pick<ServerContextInit, 'selectContext'> {
  const { contextFor } = settings;
  const { sni } = hooks;
  if (sni === undefined && contextFor === undefined) return {};
  return {
    selectContext: (serverName) =>
      then(sni === undefined ? contextFor!(serverName) : sni(serverName), (secure) => {
        if (secure === undefined || secure === settings.secure) return undefined;
        if (settings.personal || hooks.keyLog !== undefined) return build(settings, hooks, secure, false);
        let context = settings.shared.get(secure);
        if (context === undefined) {
          context = build(settings, hooks, secure, false);
          settings.shared.set(secure, context);
        }
        return context;
      }),
  };
}

function credentialSelector(
  secure: SecureContext,
  hooks: ServerHooks,
): (request: CredentialRequest) => MaybePromise<Credential | undefined> {
  const stored = secure.hosts === undefined ? undefined : credentialsOf(secure.hosts, Date.now);
  return (request) => {
    const own = hooks.keyCert?.();
    const chosen =
      (own === undefined ? stored?.(request) : undefined) ??
      (own ?? secure).credentials.find(
        ({ key }) =>
          request.keyTypes.includes(key.type) &&
          (request.schemes.length === 0 || key.schemes.some((scheme) => request.schemes.includes(scheme))),
      );
    if (chosen === undefined || hooks.ocsp === undefined) return chosen;
    return hooks
      .ocsp(chosen.chain[0]!, chosen.chain[1])
      .then((ocspResponse) => (ocspResponse === undefined ? chosen : { ...chosen, ocspResponse }));
  };
}

function findPsk(psk: NonNullable<ServerHooks['psk']>, identity: Uint8Array): ReturnType<NonNullable<ServerContextInit['findPsk']>> {
  const answer = psk(Buffer.from(identity).toString());
  const take = (key: NodeJS.ArrayBufferView | null | undefined): { identity: Uint8Array; key: Uint8Array } | undefined => {
    if (key === null || key === undefined) return undefined;
    if (typeof key !== 'object') throw argumentError('options.pskCallback', 'a function that gives a Buffer or null', key);
    const inner = ArrayBuffer.isView(key) ? key : (key as { psk?: unknown }).psk;
    return { identity, key: pskBytes(inner) };
  };
  return isPromise(answer) ? answer.then(take) : take(answer);
}
