/**
 * What `createSecureContext` makes of its options: credentials, trust, versions, suites. Checked when made; the engine's
 * contexts are made of it when first needed, and shared by all connections that ask for nothing of their own.
 */
import type * as nodeTls from 'node:tls';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../crypto/suites/modern.ts';
import type { CipherSuite, LegacySuite } from '../../crypto/suites/suite.ts';
import { type ClientContextInit, createClientContext } from '../../engine/context.ts';
import type { ClientContext, Credential } from '../../handshake/context.ts';
import { dangersIn } from '../../handshake/dangers.ts';
import { heartbeat, type HeartbeatOptions } from '../../handshake/features/heartbeat.ts';
import { renegotiation, type RenegotiationOptions, type RenegotiationPolicy } from '../../handshake/legacy/renegotiation.ts';
import type { HostStore } from '../../pki/certs/host-store.ts';
import { type Certificate, parseCertificates } from '../../pki/x509/certificate.ts';
import { parseCrls } from '../../pki/x509/crl.ts';
import { compatible, type Profile } from '../../pki/x509/profile.ts';
import type { RevocationSource } from '../../pki/x509/revocation-source.ts';
import type { RevokedStore } from '../../pki/x509/revoked-store.ts';
import type { RevocationMode } from '../../pki/x509/status.ts';
import { createTrustStore, type TrustStore } from '../../pki/x509/trust-store.ts';
import { type CertificateVerifier, createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../../pki/x509/verifier.ts';
import type { SessionStore } from '../../session/store.ts';
import { createTicketKeys, TICKET_KEY_LENGTH, type TicketKeys } from '../../session/ticket.ts';
import type { NamedGroup } from '../../wire/group.ts';
import { parseGroups, parseSigalgs } from './algorithms.ts';
import { DEFAULT_GROUPS, DEFAULT_SCHEMES, DEFAULT_SUITES_13, DSS_SCHEMES, EXTENSIONS, SHA1_SCHEMES } from './catalogue.ts';
import { DEFAULT_CIPHERS, OLD_CIPHERS, parseCiphers } from './ciphers.ts';
import { bytesOf, type KeyInput, listOf, readCredentials } from './credentials.ts';
import { argumentError, codedTypeError } from './errors.ts';
import { defaultTrustStore } from './roots.ts';
import { chooseVersions, clientVersions, serverVersions, type VersionName } from './versions.ts';

/** As of node:tls, and what this library adds. */
export interface SecureContextOptions extends Omit<nodeTls.SecureContextOptions, 'key' | 'minVersion' | 'maxVersion'> {
  /** Besides what node:tls takes: a KeyObject, or a handle to a key that lives elsewhere. */
  readonly key?: KeyInput | readonly KeyInput[] | undefined;
  /** `SSLv3` only with its switch, below. */
  readonly minVersion?: nodeTls.SecureVersion | 'SSLv3' | undefined;
  readonly maxVersion?: nodeTls.SecureVersion | 'SSLv3' | undefined;
  /** A certificate of `ca` is trusted though it is not self-signed. */
  readonly allowPartialTrustChain?: boolean | undefined;
  /**
   * Server: certificates with their keys, of which each handshake takes the one for its name, key type and schemes; in place of `cert` and
   * `key`, which serve where it has none. `createHostFileStore` of `veritls/x509/node` follows files that change.
   */
  readonly hosts?: HostStore | undefined;
  /** Smallest DH prime that a client accepts, in bits. */
  readonly minDHSize?: number | undefined;
  /**
   * Server: where sessions of TLS 1.2 and older are kept by ID, for clients without tickets, such as curl: `createMemoryStore` of
   * `veritls`. Default: nowhere, but for the listeners of `newSession` and `resumeSession`.
   */
  readonly sessionStore?: SessionStore | undefined;
  /**
   * Server: session tickets that follow a handshake of TLS 1.3. Default 2. A client that only sends and closes, as in FTP, never
   * reads them, and its system then cuts the connection off.
   */
  readonly ticketCount?: number | undefined;
  /**
   * SSL 3.0 and what is between, for a device that speaks nothing newer: what both have is used newest first. Broken (RFC 7568):
   * for this connection or server alone, shown in `connectionInfo.dangers`. `minVersion` is then SSLv3 by default, and `ciphers`
   * go down to 3DES-CBC and key exchange by RSA. Default false.
   */
  readonly dangerouslyAllowSsl30?: boolean | undefined;
  /** DH primes, and RSA and DSA keys in certificates, from 1024 bits on, and certificates signed with SHA-1. Default false. */
  readonly dangerouslyAllowWeakKeys?: boolean | undefined;
  /** SHA-256 of SubjectPublicKeyInfos, as `sha256/` and base64, of which the path must have one. */
  readonly pinnedKeys?: readonly string[] | undefined;
  /** Where CRLs and OCSP responses come from, such as `createRevocationFetcher` of `veritls/x509/node`. */
  readonly revocationSource?: RevocationSource | undefined;
  /** `required`: a status that is unknown refuses (hard fail). Default: so where there is `crl`, else `if-covered` (soft fail). */
  readonly revocation?: RevocationMode | undefined;
  /** Certificates revoked by hand. */
  readonly revoked?: RevokedStore | undefined;
  /**
   * Other handshakes on a connection of SSL 3.0 to TLS 1.2 (RFC 5746), begun by `renegotiate` or by the peer: what the peer's wish
   * for one meets. Default: no renegotiation at all. The peer brings about three in ten minutes at most, unless `limit` and
   * `windowMs` say otherwise.
   */
  readonly renegotiation?: RenegotiationPolicy | (RenegotiationOptions & { readonly policy: RenegotiationPolicy }) | undefined;
  /** Heartbeats (RFC 6520). Default: off. `true`: requests of the peer are answered, an answer to ours is waited for 3 s. */
  readonly heartbeat?: boolean | Omit<HeartbeatOptions, 'clock'> | undefined;
  /** Replaces path validation altogether: `ca`, `crl` and the options above are not looked at. */
  readonly verifier?: CertificateVerifier | undefined;
}

/** 48 bytes: name and key of session tickets. */
export const TICKET_KEYS_LENGTH: number = TICKET_KEY_LENGTH;

const POLICIES: readonly RenegotiationPolicy[] = ['refuse', 'abort', 'ignore', 'ask', 'allow'];
const DEFAULT_SESSION_TIMEOUT_S = 300;
const MAX_TICKETS = 16;
const WEAK_DH_BITS = 1024;
const WEAK_RSA_BITS = 1024;

export class SecureContext implements nodeTls.SecureContext {
  /** Made by this library: a SecureContext of node:tls keeps its contents to itself. */
  readonly context: unknown = undefined;
  readonly credentials: readonly Credential[];
  readonly hosts: HostStore | undefined;
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly NamedGroup[];
  readonly schemes: readonly number[];
  readonly versionNames: readonly VersionName[];
  readonly honorCipherOrder: boolean;
  readonly sessionLifetimeMs: number;
  readonly sessionIdContext: Uint8Array;
  readonly minDhBits: number | undefined;
  readonly sessionStore: SessionStore | undefined;
  readonly ticketCount: number | undefined;
  /** Subjects of the CAs that the caller named: what a server tells its clients. */
  readonly authorities: readonly Uint8Array[];
  readonly #ca: TrustStore | undefined;
  readonly #options: SecureContextOptions;
  /** Keys and hashes of yesterday: by the option, or by a security level below 2. */
  readonly #weak: boolean;
  readonly #pins: readonly Uint8Array[] | undefined;
  #verifier: CertificateVerifier | undefined;
  #openVerifier: CertificateVerifier | undefined;
  #strictClient: ClientContext | undefined;
  #openClient: ClientContext | undefined;
  #tickets: TicketKeys | undefined;

  constructor(options: SecureContextOptions = {}) {
    checkOptions(options);
    this.#options = options;
    this.#pins = options.pinnedKeys?.map(readPin);
    const ca = options.ca === undefined || options.ca === null ? undefined : certificatesOf(options.ca);
    this.#ca = ca === undefined ? undefined : createTrustStore(ca);
    this.authorities = ca === undefined ? [] : ca.map((one) => one.subject.der);
    this.credentials = readCredentials(options, ca ?? []);
    this.hosts = options.hosts;
    const choice = parseCiphers(options.ciphers ?? (options.dangerouslyAllowSsl30 === true ? OLD_CIPHERS : DEFAULT_CIPHERS));
    this.#weak = options.dangerouslyAllowWeakKeys === true || (choice.level !== undefined && choice.level < 2);
    this.groups = options.ecdhCurve === undefined ? DEFAULT_GROUPS : parseGroups(options.ecdhCurve);
    this.minDhBits = options.minDHSize ?? (this.#weak ? WEAK_DH_BITS : undefined);

    let versions = chooseVersions(options);
    // As in node:tls: a cipher list without names of TLS 1.3 switches it off, and one of nothing else what is older.
    if (choice.modern.length === 0 && versions.some((name) => name !== 'TLSv1.3')) versions = versions.filter((name) => name !== 'TLSv1.3');
    const legacy = choice.legacy.filter((suite) => this.#groupsServe(suite));
    versions = versions.filter((name) => name === 'TLSv1.3' || legacy.some((suite) => suite.minVersion <= numberOf(name)));
    if (versions.length === 0) throw codedTypeError('ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'no protocols available');
    this.versionNames = versions;
    const older = versions.some((name) => name !== 'TLSv1.3');
    const modern = choice.modern.length === 0 ? DEFAULT_SUITES_13 : choice.modern;
    this.suites = [...(versions.includes('TLSv1.3') ? modern : []), ...(older ? legacy : [])];
    const sha1 = versions.some((name) => name === 'TLSv1.1' || name === 'TLSv1' || name === 'SSLv3');
    const dss = legacy.some((suite) => suite.auth === 'dss');
    this.schemes =
      typeof options.sigalgs === 'string'
        ? parseSigalgs(options.sigalgs)
        : [...DEFAULT_SCHEMES, ...(sha1 ? SHA1_SCHEMES : []), ...(dss ? DSS_SCHEMES : [])];

    this.sessionStore = options.sessionStore;
    this.ticketCount = options.ticketCount;
    this.honorCipherOrder = options.honorCipherOrder !== false;
    this.sessionLifetimeMs = 1000 * (options.sessionTimeout ?? DEFAULT_SESSION_TIMEOUT_S);
    this.sessionIdContext = new Uint8Array(Buffer.from(options.sessionIdContext ?? '', 'latin1'));
    if (options.ticketKeys !== undefined && options.ticketKeys !== null) this.setTicketKeys(options.ticketKeys);
  }

  /** Whom it trusts. */
  get trust(): TrustStore {
    return this.#ca ?? defaultTrustStore();
  }

  /** Refuses what is not trusted. */
  get verifier(): CertificateVerifier {
    this.#verifier ??= this.#options.verifier ?? this.#makeVerifier();
    return this.#verifier;
  }

  /** Accepts it and says so: `rejectUnauthorized: false`. */
  get openVerifier(): CertificateVerifier {
    this.#openVerifier ??= dangerouslyTrustAnyCertificate(this.verifier);
    return this.#openVerifier;
  }

  get ticketKeys(): TicketKeys {
    this.#tickets ??= createTicketKeys(nodeCrypto);
    return this.#tickets;
  }

  setTicketKeys(keys: NodeJS.ArrayBufferView): void {
    const bytes = new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength);
    if (bytes.length !== TICKET_KEYS_LENGTH)
      throw codedTypeError('ERR_INVALID_ARG_VALUE', `Session ticket keys must be a ${TICKET_KEYS_LENGTH}-byte buffer`);
    if (this.#tickets === undefined) this.#tickets = createTicketKeys(nodeCrypto, bytes);
    else this.#tickets.rotate(bytes);
  }

  /** The context of client connections that ask for nothing special. `strict`: they refuse what is not trusted. */
  clientContext(strict: boolean): ClientContext {
    if (strict) return (this.#strictClient ??= createClientContext(this.#clientInit(true)));
    return (this.#openClient ??= createClientContext(this.#clientInit(false)));
  }

  /** What client and server contexts have in common. */
  commonInit(
    server: boolean,
    strict: boolean,
  ): Pick<
    ClientContextInit,
    | 'crypto'
    | 'versions'
    | 'suites'
    | 'groups'
    | 'schemes'
    | 'extensions'
    | 'verifier'
    | 'now'
    | 'credentials'
    | 'dangers'
    | 'minDhBits'
    | 'renegotiation'
    | 'heartbeat'
  > {
    // Without certificates anyone may be the peer: only for who said that he does not mind.
    const suites = strict ? this.suites.filter((suite) => suite.family === 'modern' || suite.auth !== 'anon') : this.suites;
    const versions = server ? serverVersions(this.versionNames) : clientVersions(this.versionNames);
    const { minDhBits, credentials } = this;
    return {
      crypto: nodeCrypto,
      versions,
      suites: suites.length === 0 ? [TLS_AES_128_GCM_SHA256] : suites,
      groups: this.groups,
      schemes: this.schemes,
      extensions: EXTENSIONS,
      verifier: strict ? this.verifier : this.openVerifier,
      now: Date.now,
      credentials: this.credentials,
      // Named in `ciphers`, `minVersion` and the like: that is the switch here.
      dangers: [...dangersIn({ versions, suites, minDhBits, credentials }), ...(strict ? [] : ['rejectUnauthorized: false'])],
      ...(this.minDhBits === undefined ? {} : { minDhBits: this.minDhBits }),
      ...afterwards(this.#options),
    };
  }

  #clientInit(strict: boolean): ClientContextInit {
    const kem = this.groups[0]?.kind === 'kem' && this.groups.length > 1;
    return { ...this.commonInit(false, strict), keyShares: kem ? 2 : 1 };
  }

  #groupsServe(suite: LegacySuite): boolean {
    const { needsGroup } = suite.kx;
    return needsGroup === 'none' || this.groups.some((group) => group.kind === needsGroup);
  }

  #makeVerifier(): CertificateVerifier {
    const { crl, allowPartialTrustChain, revocation, revocationSource, revoked } = this.#options;
    const crls = listOf(crl).flatMap((one) => parseCrls(bytesOf('options.crl', one)));
    return createCertificateVerifier({
      trustAnchors: this.trust,
      selfSignedAnchorsOnly: allowPartialTrustChain !== true,
      profile: this.#weak ? WEAK_PROFILE : compatible,
      ...(crls.length === 0 ? {} : { crls }),
      revocation: revocation ?? (crls.length === 0 ? 'if-covered' : 'required'),
      revocationSource,
      revoked,
      pins: this.#pins,
    });
  }
}

/** What may happen on a connection behind its first handshake. */
function afterwards({
  renegotiation: wanted,
  heartbeat: beats,
}: SecureContextOptions): Pick<ClientContextInit, 'renegotiation' | 'heartbeat'> {
  const { policy, ...limits } = typeof wanted === 'string' ? { policy: wanted } : (wanted ?? { policy: undefined });
  return {
    ...(policy === undefined ? {} : { renegotiation: renegotiation(policy, limits) }),
    ...(beats === undefined || beats === false
      ? {}
      : { heartbeat: heartbeat({ ...(beats === true ? {} : beats), clock: () => performance.now() }) }),
  };
}

function readPin(pin: string): Uint8Array {
  const [, text] = /^sha256\/([A-Za-z0-9+/]{43}=)$/.exec(pin) ?? [];
  if (text === undefined) throw argumentError('options.pinnedKeys', 'a list of `sha256/` and base64', pin);
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** `dangerouslyAllowWeakKeys`, and what OpenSSL accepts at `@SECLEVEL=1` and below. */
const WEAK_PROFILE: Profile = {
  ...compatible,
  name: 'weak keys',
  hashes: [...compatible.hashes, 'sha1'],
  minRsaBits: WEAK_RSA_BITS,
  minDsaBits: WEAK_RSA_BITS,
  dsaSha1: true,
};

/** As `tls.createSecureContext`. Throws on options that cannot be. */
export function createSecureContext(options: SecureContextOptions = {}): SecureContext {
  return new SecureContext(options);
}

const recent = new Map<string, Certificate[]>();
const MAX_RECENT = 32;

/** Packages give the same `ca` text with every connection: read once. */
function certificatesOf(ca: NonNullable<SecureContextOptions['ca']>): Certificate[] {
  return listOf(ca).flatMap((one) => {
    const given = bytesOf('options.ca', one);
    if (typeof given !== 'string') return parseCertificates(given);
    let known = recent.get(given);
    if (known === undefined) {
      known = parseCertificates(given);
      if (recent.size >= MAX_RECENT) recent.clear();
      recent.set(given, known);
    }
    return known;
  });
}

function numberOf(name: VersionName): number {
  if (name === 'SSLv3') return 0x0300;
  return name === 'TLSv1' ? 0x0301 : name === 'TLSv1.1' ? 0x0302 : name === 'TLSv1.2' ? 0x0303 : 0x0304;
}

function checkOptions(options: SecureContextOptions): void {
  const text = (name: 'ciphers' | 'sigalgs' | 'ecdhCurve' | 'sessionIdContext' | 'passphrase'): void => {
    const value: unknown = options[name];
    if (value !== undefined && value !== null && typeof value !== 'string') throw argumentError(`options.${name}`, 'of type string', value);
  };
  for (const name of ['ciphers', 'sigalgs', 'ecdhCurve', 'sessionIdContext', 'passphrase'] as const) text(name);
  const { minDHSize, sessionTimeout, ticketCount, ticketKeys, renegotiation: wanted, heartbeat: beats } = options;
  const policy: unknown = typeof wanted === 'object' && wanted !== null ? wanted.policy : wanted;
  if (policy !== undefined && !POLICIES.includes(policy as RenegotiationPolicy))
    throw argumentError('options.renegotiation', `one of ${POLICIES.join(', ')}`, policy);
  if (beats !== undefined && typeof beats !== 'boolean' && (typeof beats !== 'object' || beats === null))
    throw argumentError('options.heartbeat', 'of type boolean or object', beats);
  if (minDHSize !== undefined && !(Number.isInteger(minDHSize) && minDHSize >= 0))
    throw argumentError('options.minDHSize', 'a whole number', minDHSize);
  if (sessionTimeout !== undefined && !(Number.isInteger(sessionTimeout) && sessionTimeout >= 0))
    throw argumentError('options.sessionTimeout', 'a whole number', sessionTimeout);
  if (ticketCount !== undefined && !(Number.isInteger(ticketCount) && ticketCount >= 0 && ticketCount <= MAX_TICKETS))
    throw argumentError('options.ticketCount', `a whole number up to ${MAX_TICKETS}`, ticketCount);
  if (ticketKeys !== undefined && ticketKeys !== null && !ArrayBuffer.isView(ticketKeys))
    throw argumentError('options.ticketKeys', 'an instance of Buffer, TypedArray, or DataView', ticketKeys);
  if (options.clientCertEngine !== undefined || options.privateKeyEngine !== undefined) {
    throw codedTypeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', "engines are OpenSSL's: give the key as a handle (`key`) instead");
  }
}
