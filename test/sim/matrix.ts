/**
 * The feature matrix: every combination of what the order of messages depends on, for each version; what it does not
 * depend on (extended master secret, encrypt-then-MAC, ALPN, record limits) rotates through them, so that each way of
 * exchanging keys meets each combination of those too. Beside it, sweeps over all suites, groups and kinds of keys.
 */
import { ascii, equal } from '../../src/base/bytes.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as ccm from '../../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as anon from '../../src/crypto/suites/anon.ts';
import * as aria from '../../src/crypto/suites/aria-gcm.ts';
import * as camelliaCbc from '../../src/crypto/suites/camellia-cbc.ts';
import * as camelliaGcm from '../../src/crypto/suites/camellia-gcm.ts';
import * as chacha from '../../src/crypto/suites/chacha20.ts';
import * as nulls from '../../src/crypto/suites/null.ts';
import type { CipherSuite, LegacySuite, ModernSuite } from '../../src/crypto/suites/suite.ts';
import * as tripleDes from '../../src/crypto/suites/triple-des.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientOptions, ExternalPsk } from '../../src/handshake/context.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { ssl30Client, ssl30Server } from '../../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET } from '../../src/wire/extension.ts';
import * as groups from '../../src/wire/group.ts';
import type { NamedGroup } from '../../src/wire/group.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { credential, type KeyKind } from '../support/certificates.ts';
import { clientContext, MODERN_SUITES, SCHEMES, serverContext, testVerifier } from '../support/contexts.ts';
import type { Expected, Scenario } from './scenario.ts';

/** All suites of SSL 3.0 to TLS 1.2 that can be played here: those that the provider has, but for DSS certificates. */
const MODULES = [
  gcm,
  ccm,
  chacha,
  cbc,
  ...(nodeCrypto.lacks('camellia-128-gcm') === undefined ? [camelliaGcm] : []),
  camelliaCbc,
  aria,
  tripleDes,
  nulls,
  anon,
];
export const LEGACY_SUITES: readonly LegacySuite[] = MODULES.flatMap((module) =>
  Object.values(module as Record<string, LegacySuite>),
).filter((suite) => suite.auth !== 'dss');

export const PSK: ExternalPsk = { identity: ascii('simulator'), key: Uint8Array.from({ length: 32 }, (_, i) => i + 1) };
export const findPsk = (identity: Uint8Array): ExternalPsk | undefined => (equal(identity, PSK.identity) ? PSK : undefined);
const HINT: Uint8Array = ascii('whom do you know');
const OCSP: Uint8Array = Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x01);

export interface VersionPair {
  readonly client: ProtocolVersion;
  readonly server: ProtocolVersion;
}
export const SSL30: VersionPair = { client: ssl30Client, server: ssl30Server };
export const TLS10: VersionPair = { client: tls10Client, server: tls10Server };
export const TLS11: VersionPair = { client: tls11Client, server: tls11Server };
export const TLS12: VersionPair = { client: tls12Client, server: tls12Server };
export const TLS13: VersionPair = { client: tls13Client, server: tls13Server };
export const LEGACY_VERSIONS: readonly VersionPair[] = [SSL30, TLS10, TLS11, TLS12];

const SHA1_SCHEMES: readonly number[] = [s.RSA_PKCS1_SHA1, s.ECDSA_SHA1];
const GROUPS: readonly NamedGroup[] = [groups.x25519, groups.secp256r1, groups.secp384r1];
const LEGACY_GROUPS: readonly NamedGroup[] = [...GROUPS, groups.ffdhe2048];

/** A staple is carried; whether it is any good is not the handshake's business here. */
const verifier: ClientContextInit['verifier'] = {
  verify({ chain, side, now, crypto, hostName }) {
    return testVerifier.verify({ chain, side, now, crypto, ...(hostName === undefined ? {} : { hostName }) });
  },
};

type ClientCertificate = 'not asked' | 'asked, none' | 'asked, given' | 'demanded, given';
const CLIENT_CERTIFICATE: readonly ClientCertificate[] = ['not asked', 'asked, none', 'asked, given', 'demanded, given'];
type Staple = 'not asked' | 'asked, none' | 'asked, given';
const STAPLE: readonly Staple[] = ['not asked', 'asked, none', 'asked, given'];

const options: ClientOptions = { serverName: 'localhost' };

function clientCertificate(choice: ClientCertificate): { client: Partial<ClientContextInit>; server: Partial<ServerContextInit> } {
  const given = choice.endsWith('given');
  return {
    client: given ? { credentials: [credential('p256')] } : {},
    server: { clientCertificate: choice === 'not asked' ? 'none' : choice === 'demanded, given' ? 'require' : 'request' },
  };
}

function* combinations<T extends Record<string, readonly unknown[]>>(sets: T): Generator<{ [K in keyof T]: T[K][number] }> {
  const keys = Object.keys(sets);
  const at = keys.map(() => 0);
  for (;;) {
    yield Object.fromEntries(keys.map((key, i) => [key, sets[key]![at[i]!]])) as { [K in keyof T]: T[K][number] };
    let i = keys.length - 1;
    while (i >= 0 && ++at[i]! === sets[keys[i]!]!.length) at[i--] = 0;
    if (i < 0) return;
  }
}

function nameOf(version: string, choice: object): string {
  return [version, ...Object.entries(choice).map(([key, value]) => `${key}: ${String(value)}`)].join('; ');
}

// --- TLS 1.3 ---

/** Every combination that the order of messages depends on, with ALPN, limits, suites and groups in rotation. */
export function* modernScenarios(): Generator<Scenario> {
  let turn = 0;
  for (const choice of combinations({
    psk: ['none', 'ticket', 'external'],
    retry: [false, true],
    'client certificate': CLIENT_CERTIFICATE,
    staple: STAPLE,
    compatibility: [true, false],
  } as const)) {
    const rotating = {
      alpn: turn % 2 === 1,
      limit: (['none', 'mfl', 'rsl'] as const)[turn % 3]!,
      suite: MODERN_SUITES[turn % MODERN_SUITES.length] as ModernSuite,
      group: GROUPS[turn % GROUPS.length]!,
    };
    turn++;
    yield modernScenario(choice, rotating);
  }
}

interface ModernChoice {
  readonly psk: 'none' | 'ticket' | 'external';
  readonly retry: boolean;
  readonly 'client certificate': ClientCertificate;
  readonly staple: Staple;
  readonly compatibility: boolean;
}

interface ModernRotation {
  readonly alpn: boolean;
  readonly limit: 'none' | 'mfl' | 'rsl';
  readonly suite: ModernSuite;
  readonly group: NamedGroup;
}

export const PLAIN13: ModernRotation = { alpn: false, limit: 'none', suite: MODERN_SUITES[0] as ModernSuite, group: groups.x25519 };

export function modernScenario(choice: ModernChoice, rotating: ModernRotation = PLAIN13): Scenario {
  const { psk, retry, staple, compatibility } = choice;
  const { suite, group, alpn, limit } = rotating;
  const certificate = clientCertificate(choice['client certificate']);
  const external = psk === 'external';
  const other = group === groups.secp256r1 ? groups.x25519 : groups.secp256r1;
  const server = serverContext({
    ...certificate.server,
    versions: [tls13Server],
    verifier,
    suites: [suite],
    groups: [group],
    middleboxCompatibility: compatibility,
    credentials: [staple === 'asked, given' ? { ...credential('p256'), ocspResponse: OCSP } : credential('p256')],
    ...(external ? { findPsk, tickets: undefined } : {}),
    ...(alpn ? { alpn: ['two', 'one'] } : {}),
    ...(limit === 'rsl' ? { recordSizeLimit: 300 } : {}),
  });
  const client = clientContext({
    ...certificate.client,
    versions: [tls13Client],
    verifier,
    groups: retry ? [other, group] : [group, other],
    middleboxCompatibility: compatibility,
    requestOcsp: staple !== 'not asked',
    ...(external ? { psk: () => ({ ...PSK, hash: suite.hash }) } : {}),
    ...(alpn ? { alpn: ['one', 'two'] } : {}),
    ...(limit === 'mfl' ? { maxFragmentLength: 512 as const } : limit === 'rsl' ? { recordSizeLimit: 200 } : {}),
  });
  // An external PSK of another hash is not for the suite: the server must not take it.
  const usesPsk = psk === 'ticket' || (external && suite.hash === 'sha256');
  const given = choice['client certificate'].endsWith('given');
  return {
    name: nameOf('TLS 1.3', { ...choice, alpn, limit, suite: suite.name, group: group.name }),
    client,
    server,
    options,
    resumes: psk === 'ticket',
    expected: {
      version: 'TLSv1.3',
      suite: suite.name,
      group: group.id,
      alpn: alpn ? 'two' : '',
      resumed: psk === 'ticket',
      serverProof: psk === 'ticket' ? 'resumption' : usesPsk ? 'psk' : 'certificate',
      clientProof: psk === 'ticket' ? 'resumption' : usesPsk ? 'psk' : given ? 'certificate' : 'none',
      extendedMasterSecret: true,
      encryptThenMac: false,
      retried: retry,
      sessions: external ? 0 : psk === 'ticket' ? 1 : 2,
      recordLimit: limitOf(limit),
    },
  };
}

// --- SSL 3.0 to TLS 1.2 ---

/** One suite for each way of exchanging keys; with CBC, so that all versions have them. */
const EXCHANGES: readonly LegacySuite[] = [
  cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
  cbc.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
  cbc.TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
  cbc.TLS_RSA_WITH_AES_128_CBC_SHA,
  cbc.TLS_PSK_WITH_AES_128_CBC_SHA,
  cbc.TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA,
  cbc.TLS_DHE_PSK_WITH_AES_128_CBC_SHA,
  cbc.TLS_RSA_PSK_WITH_AES_128_CBC_SHA,
  anon.TLS_ECDH_anon_WITH_AES_128_CBC_SHA,
  anon.TLS_DH_anon_WITH_AES_128_CBC_SHA,
];

type Keeping = 'nothing' | 'ID' | 'ID, resumed' | 'ticket' | 'ticket, resumed' | 'ticket, renewed';
const KEEPING: readonly Keeping[] = ['nothing', 'ID', 'ID, resumed', 'ticket', 'ticket, resumed', 'ticket, renewed'];

export interface LegacyChoice {
  readonly suite: LegacySuite;
  readonly hint: boolean;
  readonly 'client certificate': ClientCertificate;
  readonly keeping: Keeping;
  readonly staple: Staple;
}

export interface LegacyRotation {
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly alpn: boolean;
  readonly limit: 'none' | 'mfl' | 'rsl';
}

export const PLAIN12: LegacyRotation = { extendedMasterSecret: true, encryptThenMac: true, alpn: false, limit: 'none' };

const ROTATIONS: readonly LegacyRotation[] = [
  ...combinations({
    extendedMasterSecret: [true, false],
    encryptThenMac: [true, false],
    alpn: [false, true],
    limit: ['none', 'mfl', 'rsl'],
  } as const),
];

/** Every combination that the order of messages depends on in a version. */
export function* legacyScenarios(version: VersionPair): Generator<Scenario> {
  for (const suite of EXCHANGES) {
    if (!isPlayable(version, suite)) continue;
    let turn = 0;
    const extensions = version !== SSL30;
    for (const choice of combinations({
      hint: suite.kx.usesPsk ? [true, false] : [false],
      'client certificate': suite.auth === 'anon' || suite.kx.usesPsk || !extensions ? CLIENT_CERTIFICATE.slice(0, 1) : CLIENT_CERTIFICATE,
      keeping: extensions ? KEEPING : KEEPING.slice(0, 3),
      staple: hasCertificate(suite) && extensions ? STAPLE : STAPLE.slice(0, 1),
    })) {
      // 24 rotations; a step of 7 meets them all, whatever the number of combinations has in common with 24.
      yield legacyScenario(version, { ...choice, suite }, ROTATIONS[(turn++ * 7) % ROTATIONS.length]);
    }
  }
}

export function legacyScenario(version: VersionPair, choice: LegacyChoice, rotating: LegacyRotation = PLAIN12): Scenario {
  const { suite, keeping, hint, staple } = choice;
  const extensions = version !== SSL30;
  const { alpn, limit } = extensions ? rotating : { alpn: false, limit: 'none' as const };
  const [how, resumed] = keeping.split(', ') as [string, string | undefined];
  const certificate = clientCertificate(choice['client certificate']);
  const kind: KeyKind | undefined = !hasCertificate(suite) ? undefined : suite.auth === 'ecdsa' ? 'p256' : 'rsa';
  const tickets = how === 'ticket' ? createTicketKeys(nodeCrypto) : undefined;
  const schemes = [...SCHEMES, ...SHA1_SCHEMES];
  const leaving = [
    ...(rotating.extendedMasterSecret ? [] : [EXTENDED_MASTER_SECRET]),
    ...(rotating.encryptThenMac ? [] : [ENCRYPT_THEN_MAC]),
  ];
  const server = serverContext({
    ...certificate.server,
    versions: [without(version.server, leaving)],
    verifier,
    schemes,
    suites: [suite],
    groups: LEGACY_GROUPS,
    tickets,
    // One session serves many handshakes, most of which are made to fail: the store keeps it all the same.
    sessions: how === 'ID' ? { ...createMemoryStore(Date.now), delete: () => undefined } : undefined,
    credentials: kind === undefined ? [] : [staple === 'asked, given' ? { ...credential(kind), ocspResponse: OCSP } : credential(kind)],
    // An anonymous server needs no credentials, but a context asks for some.
    ...(suite.kx.usesPsk || kind === undefined ? { findPsk } : {}),
    ...(hint ? { pskHint: HINT } : {}),
    ...(alpn ? { alpn: ['two', 'one'] } : {}),
    ...(limit === 'rsl' ? { recordSizeLimit: 300 } : {}),
  });
  const client = clientContext({
    ...certificate.client,
    versions: [version.client],
    verifier,
    schemes,
    suites: [suite],
    groups: LEGACY_GROUPS,
    requestOcsp: staple !== 'not asked',
    ...(suite.kx.usesPsk ? { psk: () => PSK } : {}),
    ...(alpn ? { alpn: ['one', 'two'] } : {}),
    ...(limit === 'mfl' ? { maxFragmentLength: 512 as const } : limit === 'rsl' ? { recordSizeLimit: 200 } : {}),
  });
  const resumes = resumed !== undefined;
  const proof = suite.kx.usesPsk ? 'psk' : undefined;
  const serverProof = resumes ? 'resumption' : suite.auth === 'anon' ? 'none' : suite.auth === 'psk' ? 'psk' : 'certificate';
  const clientProof = resumes ? 'resumption' : (proof ?? (choice['client certificate'].endsWith('given') ? 'certificate' : 'none'));
  return {
    name: nameOf(version.client.name, { ...choice, suite: suite.name, ...rotating }),
    client,
    server,
    options,
    resumes,
    between: resumed === 'renewed' ? () => tickets?.rotate() : undefined,
    expected: {
      version: version.client.name,
      suite: suite.name,
      alpn: alpn ? 'two' : '',
      resumed: resumes,
      serverProof,
      clientProof,
      extendedMasterSecret: extensions && rotating.extendedMasterSecret,
      encryptThenMac: extensions && rotating.encryptThenMac && suite.protection.cbc,
      retried: false,
      sessions: how === 'nothing' || resumed === 'resumed' ? 0 : 1,
      recordLimit: limitOf(limit),
    },
  };
}

/** Whether a version has a suite at all, here. */
export function isPlayable(version: VersionPair, suite: LegacySuite): boolean {
  if (version === SSL30 && (suite.kx.needsGroup === 'ec' || suite.kx.usesPsk)) return false;
  return suite.minVersion <= version.client.id;
}

function hasCertificate(suite: LegacySuite): boolean {
  return suite.auth === 'rsa' || suite.auth === 'ecdsa';
}

function without(version: ProtocolVersion, leaving: readonly number[]): ProtocolVersion {
  const server = version.server!;
  return leaving.length === 0
    ? version
    : { ...version, server: { ...server, extensions: server.extensions.filter(({ type }) => !leaving.includes(type)) } };
}

function limitOf(limit: 'none' | 'mfl' | 'rsl'): Expected['recordLimit'] {
  return limit === 'none' ? undefined : limit === 'mfl' ? { client: 512, server: 512 } : { client: 300, server: 200 };
}

// --- sweeps ---

const BASE12 = { hint: false, 'client certificate': 'not asked', keeping: 'nothing', staple: 'not asked' } as const;
const BASE13 = { psk: 'none', retry: false, 'client certificate': 'not asked', staple: 'not asked', compatibility: true } as const;

/** Every suite in every version that has it. */
export function* suiteScenarios(): Generator<Scenario> {
  for (const suite of MODERN_SUITES) yield modernScenario(BASE13, { ...PLAIN13, suite: suite as ModernSuite });
  for (const version of LEGACY_VERSIONS) {
    for (const suite of LEGACY_SUITES) {
      if (isPlayable(version, suite)) yield legacyScenario(version, { ...BASE12, suite });
    }
  }
}

/** Every group in every version that has it; what the provider lacks is left out. */
export function* groupScenarios(): Generator<Scenario> {
  const all = Object.values(groups as Record<string, unknown>).filter(
    (each): each is NamedGroup => typeof each === 'object' && each !== null && 'kind' in each,
  );
  for (const group of all) {
    if (nodeCrypto.lacks(group.name) !== undefined) continue;
    // RFC 9846 §4.3.7: the numbers of the Brainpool curves have no part in TLS 1.3.
    if (!group.name.startsWith('brainpool'))
      yield withContexts(modernScenario(BASE13, { ...PLAIN13, group }), { groups: [group] }, { groups: [group] }, group);
    if (group.kind === 'kem') continue;
    const suite = group.kind === 'ec' ? gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 : gcm.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    yield withContexts(legacyScenario(TLS12, { ...BASE12, suite }), { groups: [group] }, { groups: [group] }, group);
  }
}

/** Every kind of key on both sides, in every version that takes it. */
export function* keyScenarios(): Generator<Scenario> {
  const kinds: readonly KeyKind[] = ['p256', 'p384', 'p521', 'rsa', 'rsa-pss', 'ed25519', 'ed448'];
  const curves = [...GROUPS, groups.secp521r1];
  for (const kind of kinds) {
    const both = { credentials: [credential(kind)], groups: curves };
    yield withContexts(modernScenario({ ...BASE13, 'client certificate': 'demanded, given' }), both, both);
    for (const version of [TLS10, TLS11, TLS12]) {
      const rsa = kind === 'rsa' || kind === 'rsa-pss';
      // RFC 8422 §5.1.1 and RFC 4055: these keys sign by schemes that only TLS 1.2 can name.
      if (version !== TLS12 && kind !== 'rsa' && !kind.startsWith('p')) continue;
      const suite = rsa ? cbc.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA : cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
      yield withContexts(legacyScenario(version, { ...BASE12, suite, 'client certificate': 'demanded, given' }), both, both);
    }
  }
}

function withContexts(
  scenario: Scenario,
  client: Partial<ClientContextInit>,
  server: Partial<ServerContextInit>,
  group?: NamedGroup,
): Scenario {
  return {
    ...scenario,
    name: `${scenario.name}; ${group?.name ?? client.credentials?.[0]?.key.type}`,
    client: clientContext({ ...scenario.client, ...client }),
    server: serverContext({ ...scenario.server, ...server }),
    expected: { ...scenario.expected, group: group?.id },
  };
}

/** All versions between two ends: the best of both is spoken. */
export function* versionScenarios(): Generator<Scenario> {
  const pairs = [TLS13, TLS12, TLS11, TLS10];
  const suites: readonly CipherSuite[] = [...MODERN_SUITES, cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA];
  const base = modernScenario(BASE13);
  const schemes = [...SCHEMES, ...SHA1_SCHEMES];
  for (let clientBits = 1; clientBits < 16; clientBits++) {
    for (let serverBits = 1; serverBits < 16; serverBits++) {
      const common = pairs.find((_, i) => ((clientBits & serverBits) >>> i) & 1);
      if (common === undefined) continue;
      const best = pairs.find((_, i) => (serverBits >>> i) & 1);
      const clientBest = pairs.find((_, i) => (clientBits >>> i) & 1)!;
      const modern = common === TLS13;
      if (!isContiguous(clientBits) || !isContiguous(serverBits)) continue;
      const client = pairs.filter((_, i) => (clientBits >>> i) & 1).map((pair) => pair.client);
      const server = pairs.filter((_, i) => (serverBits >>> i) & 1).map((pair) => pair.server);
      yield {
        ...base,
        name: `versions: client ${client.map(({ name }) => name).join(' ')}, server ${server.map(({ name }) => name).join(' ')} (${best?.client.name} ${clientBest.client.name})`,
        client: clientContext({ suites, versions: client, schemes }),
        server: serverContext({ suites, versions: server, schemes, tickets: undefined }),
        expected: {
          ...base.expected,
          version: common.client.name,
          suite: undefined,
          group: undefined,
          encryptThenMac: !modern,
          sessions: 0,
        },
      };
    }
  }
}

/** Contexts have no holes between their versions. */
function isContiguous(bits: number): boolean {
  const shifted = bits / (bits & -bits);
  return (shifted & (shifted + 1)) === 0;
}
