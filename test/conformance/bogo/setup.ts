/** Contexts as the flags want them. Everything that the library implements is offered, as BoringSSL's shim does. */
import { readFileSync } from 'node:fs';
import { BAD_CERTIFICATE_STATUS_RESPONSE, CERTIFICATE_UNKNOWN, HANDSHAKE_FAILURE, INTERNAL_ERROR } from '../../../src/base/alerts.ts';
import { EMPTY, equal } from '../../../src/base/bytes.ts';
import { TlsError } from '../../../src/base/errors.ts';
import { nodeCrypto, privateKeyFromPem } from '../../../src/crypto/node/index.ts';
import { TLS_RSA_WITH_NULL_SHA } from '../../../src/crypto/suites/null.ts';
import type { CipherSuite } from '../../../src/crypto/suites/suite.ts';
import { createClientContext, createServerContext } from '../../../src/engine/context.ts';
import type { ClientContext, Credential, CredentialRequest, ServerContext } from '../../../src/handshake/context.ts';
import {
  SRTP_AEAD_AES_128_GCM,
  SRTP_AEAD_AES_256_GCM,
  SRTP_AES128_CM_HMAC_SHA1_32,
  SRTP_AES128_CM_HMAC_SHA1_80,
  useSrtp,
} from '../../../src/handshake/extensions/use-srtp.ts';
import { renegotiation } from '../../../src/handshake/legacy/renegotiation.ts';
import { clientCertificateType, serverCertificateType } from '../../../src/handshake/extensions/certificate-types.ts';
import { signedCertificateTimestamp } from '../../../src/handshake/extensions/signed-certificate-timestamp.ts';
import type { ExtensionModule } from '../../../src/handshake/extensions/module.ts';
import { schemeFits } from '../../../src/handshake/schemes.ts';
import type { ProtocolVersion } from '../../../src/handshake/version.ts';
import { readPem } from '../../../src/pki/asn1/pem.ts';
import { parseCertificate } from '../../../src/pki/x509/certificate.ts';
import type { RawKeyRequest } from '../../../src/pki/x509/raw-key.ts';
import { type CertificateVerifier, parsePeerCertificate } from '../../../src/pki/x509/verifier.ts';
import { createMemoryStore } from '../../../src/session/cache.ts';
import { createTicketKeys } from '../../../src/session/ticket.ts';
import { dtls10Client, dtls10Server } from '../../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../../src/versions/dtls12.ts';
import { ssl30Client, ssl30Server } from '../../../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../../../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../../src/versions/tls13.ts';
import { RAW_PUBLIC_KEY, X509 } from '../../../src/wire/certificate-type.ts';
import * as groups from '../../../src/wire/group.ts';
import type { NamedGroup } from '../../../src/wire/group.ts';
import * as s from '../../../src/wire/signature-scheme.ts';
import { EXTENSIONS } from '../../support/contexts.ts';
import { type CredentialFlags, type Flags, isOldRunner, Unimplemented } from './flags.ts';
import { ALL_SUITES } from './suites.ts';

const CLIENT_VERSIONS = [tls13Client, tls12Client, tls11Client, tls10Client, ssl30Client];
const SERVER_VERSIONS = [tls13Server, tls12Server, tls11Server, tls10Server, ssl30Server];
const DATAGRAM_CLIENT_VERSIONS = [dtls12Client, dtls10Client];
const DATAGRAM_SERVER_VERSIONS = [dtls12Server, dtls10Server];

/** BoringSSL's defaults for what it verifies. */
const VERIFY_SCHEMES = [
  s.ECDSA_SECP256R1_SHA256,
  s.RSA_PSS_RSAE_SHA256,
  s.RSA_PKCS1_SHA256,
  s.ECDSA_SECP384R1_SHA384,
  s.RSA_PSS_RSAE_SHA384,
  s.RSA_PKCS1_SHA384,
  s.RSA_PSS_RSAE_SHA512,
  s.RSA_PKCS1_SHA512,
  s.RSA_PKCS1_SHA1,
];
const SIGN_SCHEMES = [
  s.ED25519,
  s.ECDSA_SECP256R1_SHA256,
  s.RSA_PSS_RSAE_SHA256,
  s.RSA_PKCS1_SHA256,
  s.ECDSA_SECP384R1_SHA384,
  s.RSA_PSS_RSAE_SHA384,
  s.RSA_PKCS1_SHA384,
  s.ECDSA_SECP521R1_SHA512,
  s.RSA_PSS_RSAE_SHA512,
  s.RSA_PKCS1_SHA512,
  s.ECDSA_SHA1,
  s.RSA_PKCS1_SHA1,
  s.RSA_PKCS1_MD5_SHA1,
];

/** What lasts from connection to connection of one process. */
export interface Shared {
  readonly tickets: ReturnType<typeof createTicketKeys>;
  readonly sessions: ReturnType<typeof createMemoryStore>;
  /** The clock stands still, but for `-resumption-delay`: the runner counts the milliseconds of ticket ages. */
  readonly start: number;
  /** Seconds that the clock was moved on. */
  delay: number;
}

export interface Observed {
  selected: Credential | undefined;
  verified: boolean;
  request: CredentialRequest | undefined;
  advertisedAlpn: readonly string[];
  serverName: string;
  alpnRejected: boolean;
  /** A session went into the server's store. */
  stored: boolean;
  /** Traffic secrets of TLS 1.3, by their label in the key log. */
  readonly secrets: Map<string, Uint8Array>;
}

/** Most certificates of the runner of 2018 were good in July 2016: sessions of them end with them. */
const OLD_CERTIFICATES = Date.UTC(2016, 6, 20);

export function createShared(old: boolean): Shared {
  return {
    start: old ? OLD_CERTIFICATES : Date.now(),
    delay: 0,
    tickets: createTicketKeys(nodeCrypto),
    sessions: createMemoryStore(() => Date.now()),
  };
}

export function setUp(
  flags: Flags,
  shared: Shared,
): { context: ClientContext | ServerContext; observed: Observed; credentials: Credential[] } {
  const server = flags.on.has('server');
  const observed: Observed = {
    selected: undefined,
    verified: false,
    request: undefined,
    advertisedAlpn: [],
    serverName: '',
    alpnRejected: false,
    stored: false,
    secrets: new Map(),
  };
  const all = [...flags.credentials, ...(flags.base.certFile === undefined ? [] : [flags.base])];
  const credentials = all.map((each) => loadCredential(each, flags));
  const rawKeys = usesRawKeys(flags);
  const usable = credentials.map((credential, index) => ({ credential, mustMatch: all[index]!.mustMatchIssuer }));
  const psk = flags.value.get('psk');
  const identity = Buffer.from(flags.value.get('psk-identity') ?? '', 'latin1');
  const keyShares = flags.lists.get('key-shares');
  const offered = suites(flags, psk !== undefined);
  const common = {
    crypto: nodeCrypto,
    versions: versions(flags, implemented(flags, server), offered),
    suites: offered,
    groups: chooseGroups(flags, keyShares),
    schemes: flags.lists.get('verify-prefs') ?? VERIFY_SCHEMES,
    extensions: extensions(flags, server),
    keyLog: flags.on.has('export-traffic-secrets') ? (line: string) => noteSecret(line, observed) : undefined,
    verifier: verifier(flags, observed),
    ...rawKeyVerification(flags, observed),
    now: () => shared.start + shared.delay * 1000,
    credentials: rawKeys ? ofTypes(credentials, flags.lists.get('available-client-cert-types')) : [],
    alpn: [] as string[],
    minDhBits: 1024,
    verifyResumed: flags.on.has('reverify-on-resume'),
    renegotiation: renegotiationOf(flags, server),
    // As BoringSSL: whether the peer knows RFC 5746 decides on the connection (-no-legacy-server-connect), not on what follows.
    dangers: [
      'dangerouslyAllowLegacyRenegotiation',
      'dangerouslyAllowWeakKeys',
      'dangerouslyExportWithoutExtendedMasterSecret',
      ...(isOldRunner(flags) ? ['dangerouslyAllowSsl30', 'dangerouslyAllowNull'] : []),
    ],
    // Between certificates and raw keys the library chooses.
    selectCredential: rawKeys ? undefined : (request: CredentialRequest) => selectCredential(flags, request, usable, observed),
  };
  if (!server) {
    const context = createClientContext({
      ...common,
      alpn: readProtocols(flags.value.get('advertise-alpn')),
      requestOcsp: flags.on.has('enable-ocsp-stapling'),
      requireSecureRenegotiation: flags.on.has('no-legacy-server-connect'),
      keyShares: keyShares?.length ?? 1,
      psk: psk === undefined ? undefined : () => ({ identity, key: Buffer.from(psk, 'latin1') }),
      resumption: true,
      fallbackScsv: flags.on.has('fallback-scsv'),
      offerTickets: !flags.on.has('no-ticket'),
    });
    return { context, observed, credentials };
  }
  const context = createServerContext({
    ...common,
    preferServerOrder: flags.on.has('server-preference'),
    clientCertificate: flags.on.has('require-any-client-certificate') ? 'require' : flags.on.has('verify-peer') ? 'request' : 'none',
    clientAuthorities: readAuthorities(flags.value.get('use-client-ca-list')),
    selectContext: (name) => {
      if (flags.on.has('fail-early-callback') || flags.on.has('fail-ddos-callback'))
        throw new TlsError({
          code: 'callback_failed',
          alert: flags.on.has('fail-early-callback') ? HANDSHAKE_FAILURE : INTERNAL_ERROR,
          origin: 'local',
          detail: 'rejected',
        });
      observed.serverName = name;
      return undefined;
    },
    selectAlpn:
      flags.value.has('select-alpn') || flags.on.has('reject-alpn') || flags.on.has('decline-alpn')
        ? selectAlpn(flags, observed)
        : undefined,
    findPsk: psk === undefined ? undefined : (name) => (equal(name, identity) ? { identity, key: Buffer.from(psk, 'latin1') } : undefined),
    pskHint: psk === undefined || identity.length === 0 ? undefined : identity,
    tickets: flags.on.has('no-ticket') ? undefined : ticketKeys(flags, shared),
    sessions: {
      ...shared.sessions,
      put(id, sealed, ttlMs) {
        observed.stored = true;
        return shared.sessions.put(id, sealed, ttlMs);
      },
    },
    ticketCount: 2,
    sessionLifetimeMs: 7_200_000,
  });
  return { context, observed, credentials };
}

/** BoringSSL's servers never renegotiate, its clients when told to. */
function renegotiationOf(flags: Flags, server: boolean): ReturnType<typeof renegotiation> {
  if (server) return renegotiation('abort');
  if (flags.on.has('renegotiate-freely')) return renegotiation('allow', { limit: Number.POSITIVE_INFINITY });
  if (flags.on.has('renegotiate-once')) return renegotiation('allow', { limit: 1, windowMs: Number.POSITIVE_INFINITY });
  if (flags.on.has('renegotiate-explicit')) return renegotiation('ask');
  return renegotiation(flags.on.has('renegotiate-ignore') ? 'ignore' : 'abort');
}

function selectAlpn(flags: Flags, observed: Observed): NonNullable<ServerContext['selectAlpn']> {
  return (offered) => {
    observed.advertisedAlpn = offered;
    if (flags.on.has('reject-alpn')) return undefined;
    if (flags.on.has('decline-alpn')) return '';
    return flags.value.get('select-alpn');
  };
}

function implemented(flags: Flags, server: boolean): readonly ProtocolVersion[] {
  if (flags.on.has('dtls')) return server ? DATAGRAM_SERVER_VERSIONS : DATAGRAM_CLIENT_VERSIONS;
  return server ? SERVER_VERSIONS : CLIENT_VERSIONS;
}

/** 1 for TLS 1.0 to 4 for (D)TLS 1.3, whatever the carrier. */
export function rankOf(versionId: number): number {
  return versionId === 0xfeff ? 2 : versionId === 0xfefd ? 3 : versionId === 0xfefc ? 4 : versionId - 0x0300;
}

/** A version without a suite is no version: `-cipher` may leave nothing for the older ones. */
function versions(flags: Flags, all: readonly ProtocolVersion[], offered: readonly CipherSuite[]): ProtocolVersion[] {
  // Only the runner of 2018 knows SSL 3.0.
  const min = rankOf(Number(flags.value.get('min-version') ?? (isOldRunner(flags) ? 0x0300 : 0x0301)));
  const max = rankOf(Number(flags.value.get('max-version') ?? 0x0304));
  // DTLS 1.0 goes with the flag of TLS 1.0.
  const off = ['no-ssl3', flags.on.has('dtls') ? '' : 'no-tls1', flags.on.has('dtls') ? 'no-tls1' : 'no-tls11', 'no-tls12', 'no-tls13'];
  return all.filter(
    ({ rank, family }) =>
      rank >= min &&
      rank <= max &&
      !flags.on.has(off[rank]!) &&
      offered.some((suite) => (suite.family === 'modern' ? family === 'modern' : family === 'legacy' && suite.minVersion - 0x0300 <= rank)),
  );
}

const SRTP_PROFILES: Readonly<Record<string, number>> = {
  SRTP_AES128_CM_SHA1_80: SRTP_AES128_CM_HMAC_SHA1_80,
  SRTP_AES128_CM_SHA1_32: SRTP_AES128_CM_HMAC_SHA1_32,
  SRTP_AEAD_AES_128_GCM: SRTP_AEAD_AES_128_GCM,
  SRTP_AEAD_AES_256_GCM: SRTP_AEAD_AES_256_GCM,
};

/** What -renew-ticket and -skip-ticket say, as a server's callback around its keys would. */
function ticketKeys(flags: Flags, { tickets }: Shared): typeof tickets {
  return {
    ...tickets,
    seal: (plain) => (flags.on.has('skip-ticket') ? EMPTY : tickets.seal(plain)),
    isNewest: (ticket) => !flags.on.has('renew-ticket') && tickets.isNewest(ticket),
  };
}

/** Names in hexadecimal, separated by commas. */
function readAuthorities(list: string | undefined): Uint8Array[] {
  if (list === undefined || list === '<NULL>' || list === '<EMPTY>') return [];
  return list.split(',').map((name) => Buffer.from(name, 'hex'));
}

function noteSecret(line: string, observed: Observed): void {
  const [label, , secret] = line.trim().split(' ');
  observed.secrets.set(label!, Buffer.from(secret!, 'hex'));
}

const ALWAYS = [...EXTENSIONS, clientCertificateType, serverCertificateType];

/** A server has all; a client sends what it was told to. use_srtp is an extension of DTLS only. */
function extensions(flags: Flags, server: boolean): readonly ExtensionModule[] {
  const names = flags.value.get('srtp-profiles');
  const base = server || flags.on.has('enable-signed-cert-timestamps') ? [...ALWAYS, signedCertificateTimestamp] : ALWAYS;
  if (names === undefined || !flags.on.has('dtls')) return base;
  const profiles = names.split(':').map((name) => {
    const profile = SRTP_PROFILES[name];
    if (profile === undefined) throw new Unimplemented(`profile ${name}`);
    return profile;
  });
  return [...base, useSrtp(profiles)];
}

function suites(flags: Flags, psk: boolean): readonly CipherSuite[] {
  const cipher = flags.value.get('cipher');
  const old = isOldRunner(flags);
  // ECDHE begins with TLS 1.0 (RFC 4492). A server that answers with SSL 3.0 takes what it is offered: whoever would follow it offers none.
  const ssl30 = old && !flags.on.has('no-ssl3') && Number(flags.value.get('min-version') ?? 0x0300) === 0x0300;
  const usable = ALL_SUITES.filter(
    (suite) => suite.family === 'modern' || ((psk || !suite.kx.usesPsk) && !(ssl30 && suite.kx.name.startsWith('ECDHE'))),
  );

  if (cipher === undefined) return usable.filter((suite) => (old || !suite.name.includes('3DES')) && !suite.name.includes('_CCM'));
  const parts = cipher.split(':');
  if (parts.includes('ALL') || cipher === 'DEFAULT') return usable;
  const legacy: CipherSuite[] = [];
  for (const part of parts.filter((each) => each !== 'DEFAULT')) {
    if (part === 'NULL-SHA') {
      legacy.push(TLS_RSA_WITH_NULL_SHA);
      continue;
    }
    if (part === '3DES') {
      legacy.push(...usable.filter((suite) => suite.family === 'legacy' && suite.name.includes('_3DES_')));
      continue;
    }
    const found = ALL_SUITES.find((suite) => suite.openssl === part || suite.name === part);
    if (found === undefined) throw new Unimplemented(`cipher ${part}`);
    legacy.push(found);
  }
  return [
    ...ALL_SUITES.filter((suite) => suite.family === 'modern'),
    ...legacy,
    ...(parts.includes('DEFAULT') ? usable.filter((suite) => suite.family === 'legacy' && !legacy.includes(suite)) : []),
  ];
}

const GROUPS: readonly NamedGroup[] = [groups.x25519mlkem768, groups.x25519, groups.secp256r1, groups.secp384r1, groups.secp521r1];

function chooseGroups(flags: Flags, keyShares: readonly number[] | undefined): NamedGroup[] {
  const wanted = flags.lists.get('curves') ?? [groups.X25519, groups.SECP256R1, groups.SECP384R1];
  const list = wanted.map((id) => {
    const group = GROUPS.find((each) => each.id === id);
    if (group === undefined || nodeCrypto.lacks(group.name) !== undefined) throw new Unimplemented(`curve ${id}`);
    return group;
  });
  if (keyShares?.some((id, index) => list[index]?.id !== id)) throw new Unimplemented('key-shares in another order');
  if (keyShares?.length === 0) throw new Unimplemented('no-key-shares');
  return list;
}

const RAW_KEY_LISTS = ['accepted-peer-cert-types', 'available-client-cert-types'];

function usesRawKeys(flags: Flags): boolean {
  return flags.credentials.some(({ raw }) => raw) || RAW_KEY_LISTS.some((name) => flags.lists.has(name));
}

/** Those of the types that may be shown, in their order. */
function ofTypes(credentials: readonly Credential[], types: readonly number[] | undefined): readonly Credential[] {
  if (types === undefined) return credentials;
  if (types.includes(RAW_PUBLIC_KEY) && !credentials.some((each) => each.rawPublicKey !== undefined))
    throw new Unimplemented('a certificate type without a credential');
  return types.flatMap((type) => credentials.filter((each) => (each.rawPublicKey === undefined ? X509 : RAW_PUBLIC_KEY) === type));
}

/** What -accepted-peer-cert-types says. */
function rawKeyVerification(flags: Flags, observed: Observed): Pick<ClientContext, 'rawKeyVerifier' | 'rawKeysOnly'> {
  const types = flags.lists.get('accepted-peer-cert-types');
  if (types === undefined || !types.includes(RAW_PUBLIC_KEY)) return {};
  const rawKeyVerifier = {
    verify({ spki, crypto }: RawKeyRequest) {
      const key = crypto.importPublicKey(spki);
      if (key === undefined) throw new TlsError({ code: 'unsupported_certificate', alert: 43, origin: 'local', detail: 'raw key' });
      if (flags.on.has('verify-fail')) throw new TlsError({ code: 'certificate_rejected', alert: HANDSHAKE_FAILURE, origin: 'local' });
      observed.verified = true;
      return key;
    },
  };
  return { rawKeyVerifier, rawKeysOnly: !types.includes(X509) };
}

function loadCredential(input: CredentialFlags, flags: Flags): Credential {
  const chain = input.raw
    ? []
    : readPem(readFileSync(input.certFile!, 'utf8'))
        .filter((block) => block.label === 'CERTIFICATE')
        .map((block) => block.der);
  const handle = privateKeyFromPem(readFileSync(input.keyFile!, 'utf8'));
  const schemes = input.signingPrefs.length > 0 ? input.signingPrefs : SIGN_SCHEMES;
  const key: Credential['key'] = {
    type: handle.type,
    schemes,
    sign: (scheme, tbs) => handle.sign(scheme, tbs),
    ...(handle.curve === undefined ? {} : { curve: handle.curve }),
    ...(handle.bits === undefined ? {} : { bits: handle.bits }),
    ...(handle.spki === undefined ? {} : { spki: handle.spki }),
    ...(handle.signPrehashed === undefined ? {} : { signPrehashed: (hashes: Uint8Array) => handle.signPrehashed!(hashes) }),
    ...(handle.decryptRaw === undefined ? {} : { decryptRaw: (c: Uint8Array) => handle.decryptRaw!(c) }),
  };
  const ocsp = flags.on.has('decline-ocsp-callback') ? undefined : input.ocspResponse;
  return {
    chain,
    key,
    ...(input.raw ? { rawPublicKey: key.spki! } : {}),
    ...(ocsp === undefined ? {} : { ocspResponse: ocsp }),
    ...(input.timestamps === undefined ? {} : { signedCertificateTimestamps: input.timestamps }),
  };
}

/** BoringSSL fails where it was given credentials and none fits; so does this callback. */
function selectCredential(
  flags: Flags,
  request: CredentialRequest,
  usable: readonly { readonly credential: Credential; readonly mustMatch: boolean }[],
  observed: Observed,
): Credential | undefined {
  observed.request = request;
  if (flags.on.has('fail-ocsp-callback') && flags.on.has('server'))
    throw new TlsError({ code: 'callback_failed', alert: INTERNAL_ERROR, origin: 'local', detail: 'ocsp callback' });
  if (flags.on.has('fail-cert-callback'))
    throw new TlsError({ code: 'callback_failed', alert: INTERNAL_ERROR, origin: 'local', detail: 'cert callback' });
  let issuerMissed = false;
  let typeFits = false;
  for (const { credential, mustMatch } of usable) {
    if (!request.keyTypes.includes(credential.key.type)) continue;
    typeFits = true;
    // RFC 8422 §5.1: a legacy server's curve must be one of the client's.
    if (!request.modern && flags.on.has('server') && credential.key.curve !== undefined && !fitsCurve(credential, request.groups)) continue;
    if (
      request.signs &&
      request.explicitSchemes &&
      !credential.key.schemes.some((scheme) => request.schemes.includes(scheme) && schemeFits(scheme, credential.key, request.modern))
    )
      continue;
    if (mustMatch && !matchesIssuer(credential, request.authorities)) {
      issuerMissed = true;
      continue;
    }
    return credential;
  }
  // A legacy server asks suite by suite.
  if (usable.length === 0 || (flags.on.has('server') && !request.modern)) return undefined;
  throw new TlsError({
    code: issuerMissed || !typeFits ? 'no_credentials' : 'no_shared_scheme',
    alert: HANDSHAKE_FAILURE,
    origin: 'local',
    detail: typeFits ? 'no credential fits' : 'no credential of its types',
  });
}

function fitsCurve(credential: Credential, offered: readonly number[] | undefined): boolean {
  return offered === undefined || GROUPS.some((group) => group.name === credential.key.curve && offered.includes(group.id));
}

function matchesIssuer(credential: Credential, authorities: readonly Uint8Array[]): boolean {
  return credential.chain.some((der) => authorities.some((name) => equal(parseCertificate(der).issuer.der, name)));
}

/** The runner's certificates are not meant to be trusted: the shim's callback decides. */
function verifier(flags: Flags, observed: Observed): CertificateVerifier {
  return {
    verify(request) {
      const certificate = parsePeerCertificate(request.chain[0]!);
      const key = request.crypto.importPublicKey(certificate.spki);
      if (key === undefined) throw new TlsError({ code: 'unsupported_certificate', alert: 43, origin: 'local', detail: 'key' });
      refuseIfTold(flags);
      if (flags.on.has('fail-ocsp-callback') && request.side === 'server')
        throw new TlsError({
          code: 'bad_certificate_status',
          alert: BAD_CERTIFICATE_STATUS_RESPONSE,
          origin: 'local',
          detail: 'ocsp callback',
        });
      observed.verified = true;
      return { certificate, key, path: [], trusted: true };
    },
  };
}

function refuseIfTold(flags: Flags): void {
  const verifies = ['verify-peer', 'use-custom-verify-callback', 'require-any-client-certificate'].some((flag) => flags.on.has(flag));
  if (!flags.on.has('verify-fail') || !verifies) return;
  const alert = flags.on.has('use-custom-verify-callback') ? CERTIFICATE_UNKNOWN : HANDSHAKE_FAILURE;
  throw new TlsError({ code: 'certificate_rejected', alert, origin: 'local' });
}

function readProtocols(wire: string | undefined): string[] {
  const list: string[] = [];
  for (let at = 0; wire !== undefined && at < wire.length; ) {
    const length = wire.charCodeAt(at);
    list.push(wire.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return list;
}
