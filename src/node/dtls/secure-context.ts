/** `createSecureContext`: credentials, trust, suites and versions, checked when made, for any number of endpoints and connections. */
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { CipherSuite } from '../../crypto/suites/suite.ts';
import { type ClientContextInit, createClientContext, createServerContext } from '../../engine/context.ts';
import type { ClientContext, ExternalPsk, ServerContext } from '../../handshake/context.ts';
import type { ExtensionModule } from '../../handshake/extensions/module.ts';
import { useSrtp } from '../../handshake/extensions/use-srtp.ts';
import type { ProtocolVersion } from '../../handshake/version.ts';
import type { SessionStore } from '../../session/store.ts';
import { dtls10Client, dtls10Server } from '../../versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../versions/dtls12.ts';
import { type AlpnInput, readAlpn } from '../tls/alpn.ts';
import { SUITES_12 } from '../tls/catalogue.ts';
import { pskBytes } from '../tls/client.ts';
import { codedTypeError } from '../tls/errors.ts';
import { SecureContext, type SecureContextOptions } from '../tls/secure-context.ts';
import { srtpProfiles } from './srtp.ts';

export type DtlsVersion = 'DTLSv1.2' | 'DTLSv1';

export interface PskIdentity {
  readonly identity: string;
  readonly key: NodeJS.ArrayBufferView;
}

/** A server's keys by identity; nothing: unknown. */
export type ServerPsk =
  | { readonly [identity: string]: NodeJS.ArrayBufferView }
  | ((identity: string) => MaybePromise<NodeJS.ArrayBufferView | null | undefined>);
/** A client's key, perhaps by the server's hint. */
export type ClientPsk = PskIdentity | ((hint: string | undefined) => MaybePromise<PskIdentity | null | undefined>);

export type SniEntry = DTLSSecureContext | DTLSSecureContextOptions;
export type Sni = { readonly [name: string]: SniEntry } | ((name: string | undefined) => MaybePromise<SniEntry | null | undefined>);

export interface DTLSSecureContextOptions
  extends Pick<
    SecureContextOptions,
    | 'ca'
    | 'cert'
    | 'key'
    | 'pfx'
    | 'passphrase'
    | 'ciphers'
    | 'ecdhCurve'
    | 'sigalgs'
    | 'crl'
    | 'minDHSize'
    | 'allowPartialTrustChain'
    | 'verifier'
    | 'honorCipherOrder'
    | 'sessionIdContext'
    | 'sessionTimeout'
    | 'ticketKeys'
  > {
  readonly isServer?: boolean | undefined;
  /** `DTLSv1.2` by default, both. */
  readonly minVersion?: DtlsVersion | undefined;
  readonly maxVersion?: DtlsVersion | undefined;
  readonly alpn?: AlpnInput | undefined;
  /** Profile names between colons. */
  readonly srtp?: string | undefined;
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly psk?: ServerPsk | ClientPsk | undefined;
  readonly pskIdentityHint?: string | undefined;
  readonly sni?: Sni | undefined;
  /** Sessions by ID besides tickets. */
  readonly sessionStore?: SessionStore | undefined;
  /** Refuses peers without RFC 7627. */
  readonly requireExtendedMasterSecret?: boolean | undefined;
  /** RFC 6066 max_fragment_length to ask for (client). */
  readonly maxFragmentLength?: 512 | 1024 | 2048 | 4096 | undefined;
  /** RFC 8449 record_size_limit, 64 to 16385 bytes: the longest content that we take, where the peer knows of it. */
  readonly recordSizeLimit?: number | undefined;
}

/** AEADs first, those of small devices included; with DTLS 1.0, which has none, CBC (datagrams make its padding a better oracle). */
const DEFAULT_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-CCM',
  'ECDHE-ECDSA-AES128-CCM8',
];
const DTLS10_CIPHERS = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-SHA',
  'AES256-SHA',
];

/** What a `psk` without `ciphers` switches on: AEADs, forward secrecy first. */
function pskCiphers(old: boolean): string[] {
  const usable = SUITES_12.filter(
    ({ kx, protection, auth }) =>
      kx.usesPsk && auth === 'psk' && (/GCM|CCM|CHACHA/.test(protection.name) || (old && /^AES.*CBC/.test(protection.name))),
  );
  return usable.map((suite) => suite.openssl);
}

export class DTLSSecureContext {
  readonly isServer: boolean;
  readonly secure: SecureContext;
  readonly versions: readonly ProtocolVersion[];
  readonly extensions: readonly ExtensionModule[];
  readonly alpn: readonly string[];
  readonly suites: readonly CipherSuite[];
  readonly strict: boolean;
  readonly #options: DTLSSecureContextOptions;
  #client: ClientContext | undefined;
  #server: ServerContext | undefined;

  constructor(options: DTLSSecureContextOptions) {
    this.#options = options;
    this.isServer = options.isServer === true;
    this.strict = options.rejectUnauthorized !== false;
    const old = options.minVersion === 'DTLSv1';
    const max = options.maxVersion ?? 'DTLSv1.2';
    for (const version of [max, options.minVersion ?? 'DTLSv1.2'])
      if (version !== 'DTLSv1.2' && version !== 'DTLSv1')
        throw codedTypeError('ERR_INVALID_ARG_VALUE', `${JSON.stringify(version)} is not a version of DTLS`);
    const { minVersion: _min, maxVersion: _max, alpn, isServer: _side, ...rest } = options;
    this.secure = new SecureContext({
      ...rest,
      ciphers: options.ciphers ?? this.#defaultCiphers(old),
      minVersion: old ? 'TLSv1.1' : 'TLSv1.2',
      maxVersion: max === 'DTLSv1' ? 'TLSv1.1' : 'TLSv1.2',
    });
    const names = this.secure.versionNames;
    const all = this.isServer ? { 'TLSv1.2': dtls12Server, 'TLSv1.1': dtls10Server } : { 'TLSv1.2': dtls12Client, 'TLSv1.1': dtls10Client };
    this.versions = [...(names.includes('TLSv1.2') ? [all['TLSv1.2']] : []), ...(names.includes('TLSv1.1') ? [all['TLSv1.1']] : [])];
    this.alpn = readAlpn(alpn);
    const common = this.secure.commonInit(false, this.strict);
    // RFC 6347 §4.1.2.2: no stream cipher can begin in the middle.
    this.suites = common.suites.filter((suite) => suite.family === 'legacy' && !/RC4/.test(suite.protection.name));
    this.extensions = options.srtp === undefined ? common.extensions : [...common.extensions, useSrtp(srtpProfiles(options.srtp))];
    // What cannot be shows now, not with the first peer.
    if (this.isServer) this.serverContext();
    else this.clientContext();
  }

  clientContext(): ClientContext {
    const { psk } = this.#options;
    this.#client ??= createClientContext({
      ...this.#common(false, this.strict),
      ...(psk === undefined ? {} : { psk: clientPsk(psk as ClientPsk) }),
      ...(this.#options.maxFragmentLength === undefined ? {} : { maxFragmentLength: this.#options.maxFragmentLength }),
    });
    return this.#client;
  }

  /** The context of one connection that wants its key log. */
  clientContextWith(keyLog: (line: string) => void): ClientContext {
    return Object.freeze({ ...this.clientContext(), keyLog });
  }

  serverContext(): ServerContext {
    this.#server ??= this.#makeServer(undefined);
    return this.#server;
  }

  serverContextWith(keyLog: (line: string) => void): ServerContext {
    return this.#makeServer(keyLog);
  }

  #makeServer(keyLog: ((line: string) => void) | undefined): ServerContext {
    const { requestCert = false, psk, pskIdentityHint, sni, sessionStore } = this.#options;
    const { secure } = this;
    return createServerContext({
      ...this.#common(true, this.strict || !requestCert),
      clientCertificate: requestCert ? (this.strict ? 'require' : 'request') : 'none',
      clientAuthorities: requestCert ? secure.authorities : [],
      preferServerOrder: secure.honorCipherOrder,
      tickets: secure.ticketKeys,
      sessionLifetimeMs: secure.sessionLifetimeMs,
      contextId: secure.sessionIdContext,
      ...(keyLog === undefined ? {} : { keyLog }),
      ...(sessionStore === undefined ? {} : { sessions: sessionStore }),
      ...(psk === undefined ? {} : { findPsk: serverPsk(psk as ServerPsk) }),
      ...(pskIdentityHint === undefined ? {} : { pskHint: new Uint8Array(Buffer.from(pskIdentityHint)) }),
      ...(sni === undefined ? {} : { selectContext: contextSelector(sni, this.#options) }),
    });
  }

  #common(server: boolean, strict: boolean): ClientContextInit {
    return {
      ...this.secure.commonInit(server, strict),
      versions: this.versions,
      suites: this.suites,
      extensions: this.extensions,
      alpn: this.alpn,
      requireExtendedMasterSecret: this.#options.requireExtendedMasterSecret ?? false,
      ...(this.#options.recordSizeLimit === undefined ? {} : { recordSizeLimit: this.#options.recordSizeLimit }),
    };
  }

  #defaultCiphers(old: boolean): string {
    const { psk, ca, cert, pfx } = this.#options;
    const certified = [...DEFAULT_CIPHERS, ...(old ? DTLS10_CIPHERS : [])];
    if (psk === undefined) return certified.join(':');
    // A client with a key and no CA wants the key, and not a certificate that it did not ask for.
    const alone = this.isServer ? cert === undefined && pfx === undefined : ca === undefined;
    return [...pskCiphers(old), ...(alone ? [] : certified)].join(':');
  }
}

/** Throws on options that cannot be. */
export function createSecureContext(options: DTLSSecureContextOptions = {}): DTLSSecureContext {
  return new DTLSSecureContext(options);
}

function clientPsk(psk: ClientPsk): NonNullable<ClientContextInit['psk']> {
  if (typeof psk !== 'function') {
    const fixed = externalPsk(psk);
    return () => fixed;
  }
  return (hint) => then(psk(hint === undefined ? undefined : Buffer.from(hint).toString()), externalPsk);
}

function externalPsk(answer: PskIdentity | null | undefined): ExternalPsk | undefined {
  if (answer === null || answer === undefined) return undefined;
  if (typeof answer.identity !== 'string') throw codedTypeError('ERR_INVALID_ARG_TYPE', 'psk.identity must be of type string');
  return { identity: new Uint8Array(Buffer.from(answer.identity)), key: pskBytes(answer.key) };
}

function serverPsk(psk: ServerPsk): (identity: Uint8Array) => MaybePromise<ExternalPsk | undefined> {
  const take = (identity: Uint8Array, key: NodeJS.ArrayBufferView | null | undefined): ExternalPsk | undefined =>
    key === null || key === undefined ? undefined : { identity, key: pskBytes(key) };
  if (typeof psk === 'function') return (identity) => then(psk(Buffer.from(identity).toString()), (key) => take(identity, key));
  const keys = new Map(Object.entries(psk));
  return (identity) => take(identity, keys.get(Buffer.from(identity).toString()));
}

function contextSelector(sni: Sni, base: DTLSSecureContextOptions): (name: string) => MaybePromise<ServerContext | null | undefined> {
  const made = new Map<SniEntry, ServerContext>();
  const take = (entry: SniEntry | null | undefined): ServerContext | null => {
    if (entry === null || entry === undefined) return null;
    if (entry instanceof DTLSSecureContext) return entry.serverContext();
    let context = made.get(entry);
    if (context === undefined) {
      const { sni: _sni, cert: _cert, key: _key, pfx: _pfx, ...rest } = base;
      context = new DTLSSecureContext({ ...rest, ...entry, isServer: true }).serverContext();
      made.set(entry, context);
    }
    return context;
  };
  if (typeof sni === 'function') return (name) => then(sni(name === '' ? undefined : name), take);
  return (name) => take(sni[name] ?? sni['*']);
}
