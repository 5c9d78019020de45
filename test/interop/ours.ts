/** Our side of every case: all that is implemented, and the certificates as files for the peers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concat, toHex } from '../../src/base/bytes.ts';
import { ffdhePrime } from '../../src/crypto/ffdhe.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { CipherSuite, LegacySuite } from '../../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import * as groups from '../../src/wire/group.ts';
import type { NamedGroup } from '../../src/wire/group.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import * as matrix from '../sim/matrix.ts';
import { credential, type KeyKind, pemOf, toPem } from '../support/certificates.ts';
import { clientContext, MODERN_SUITES, SCHEMES, serverContext } from '../support/contexts.ts';

export type VersionName = 'TLS 1.0' | 'TLS 1.1' | 'TLS 1.2' | 'TLS 1.3';
export const VERSION_NAMES: readonly VersionName[] = ['TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'];

const VERSIONS: Readonly<Record<VersionName, matrix.VersionPair>> = {
  'TLS 1.0': matrix.TLS10,
  'TLS 1.1': matrix.TLS11,
  'TLS 1.2': matrix.TLS12,
  'TLS 1.3': matrix.TLS13,
};
const ALL_VERSIONS = [matrix.TLS13, matrix.TLS12, matrix.TLS11, matrix.TLS10];

/** ECDHE before the rest and AEAD before CBC: where a case does not say which suite, it is to be one of today's. */
export const SUITES: readonly CipherSuite[] = [...MODERN_SUITES, ...[...matrix.LEGACY_SUITES].sort((a, b) => rank(a) - rank(b))];

function rank(suite: LegacySuite): number {
  return (suite.kx.name === 'ECDHE' ? 0 : suite.kx.usesPsk ? 4 : 2) + (suite.protection.cbc ? 1 : 0);
}

export const GROUPS: readonly NamedGroup[] = Object.values(groups as Record<string, unknown>).filter(
  (each): each is NamedGroup =>
    typeof each === 'object' && each !== null && 'kind' in each && nodeCrypto.lacks((each as NamedGroup).name) === undefined,
);
const CURVES: readonly NamedGroup[] = [groups.x25519, groups.secp256r1, groups.secp384r1, groups.secp521r1, groups.x448];
const SHA1: readonly number[] = [s.RSA_PKCS1_SHA1, s.ECDSA_SHA1];

export const PSK_IDENTITY = 'interop';
export const PSK_KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, i) => 3 * i + 1);
export const PSK_HEX: string = toHex(PSK_KEY);
const identity: Uint8Array = Uint8Array.from(Buffer.from(PSK_IDENTITY));

/** What a version may be spoken with. */
export function suitesOf(version: VersionName): readonly CipherSuite[] {
  if (version === 'TLS 1.3') return MODERN_SUITES;
  return SUITES.filter((suite) => suite.family === 'legacy' && suite.minVersion <= VERSIONS[version].client.id);
}

export function groupsOf(version: VersionName): readonly NamedGroup[] {
  if (version === 'TLS 1.3') return GROUPS.filter(({ name }) => !name.startsWith('brainpool'));
  return version === 'TLS 1.2' ? GROUPS.filter(({ kind }) => kind !== 'kem') : [];
}

export function versionNameOf(version: ProtocolVersion['name']): VersionName {
  return `TLS ${version === 'TLSv1' ? '1.0' : version.slice(4)}` as VersionName;
}

/** Our client for one version. */
export function client(version: VersionName | 'any', init: Partial<ClientContextInit> = {}): ClientContext {
  const versions = version === 'any' ? ALL_VERSIONS : [VERSIONS[version]];
  const suites = suitesFor(version).filter((suite) => init.psk !== undefined || suite.family === 'modern' || !suite.kx.usesPsk);
  const context = { suites, groups: [...CURVES, groups.ffdhe2048], schemes: [...SCHEMES, ...SHA1], ...init };
  return clientContext({ versions: versions.map((each) => each.client), ...context });
}

/** Our server for one version, or for all: certificates of RSA and ECDSA, PSK, tickets and a session store. */
export function server(version: VersionName | 'any', init: Partial<ServerContextInit> = {}): ServerContext {
  const versions = version === 'any' ? ALL_VERSIONS : [VERSIONS[version]];
  const context = { suites: suitesFor(version), groups: GROUPS, schemes: [...SCHEMES, ...SHA1], ...init };
  return serverContext({
    versions: versions.map((each) => each.server),
    credentials: [credential('p256'), credential('rsa')],
    findPsk: (asked) => (Buffer.from(asked).equals(identity) ? { identity, key: PSK_KEY } : undefined),
    sessions: createMemoryStore(Date.now),
    tickets: createTicketKeys(nodeCrypto),
    ...context,
  });
}

export const psk = { psk: () => ({ identity, key: PSK_KEY }) } as const;

function suitesFor(version: VersionName | 'any'): readonly CipherSuite[] {
  return (version === 'any' ? SUITES : suitesOf(version)).filter((suite) => !isDangerous(suite));
}

/** Without encryption or authentication: only where a case asks for it. */
export function isDangerous(suite: CipherSuite): boolean {
  return suite.name.includes('_NULL_') || suite.name.includes('_anon_');
}

// --- files ---

const cache = fileURLToPath(new URL('../../.cache', import.meta.url));
mkdirSync(cache, { recursive: true });
export const FOLDER: string = mkdtempSync(join(cache, 'interop-'));
process.on('exit', () => rmSync(FOLDER, { recursive: true, force: true }));

export interface Files {
  readonly cert: string;
  readonly key: string;
}

export function fileOf(name: string): string {
  return join(FOLDER, name);
}

function writeCredential(kind: KeyKind): Files {
  const pem = pemOf(credential(kind));
  writeFileSync(fileOf(`${kind}.pem`), pem.cert);
  writeFileSync(fileOf(`${kind}.key`), pem.key);
  return { cert: fileOf(`${kind}.pem`), key: fileOf(`${kind}.key`) };
}

export const FILES: Readonly<Record<KeyKind, Files>> = {
  p256: writeCredential('p256'),
  p384: writeCredential('p384'),
  p521: writeCredential('p521'),
  rsa: writeCredential('rsa'),
  'rsa-pss': writeCredential('rsa-pss'),
  ed25519: writeCredential('ed25519'),
  ed448: writeCredential('ed448'),
};
export const CA: string = fileOf('ca.pem');
writeFileSync(CA, pemOf(credential('p256')).ca);
/** The prime of ffdhe2048 as PKCS #3 `DHParameter`, which older options want. */
export const DH_PARAMETERS: string = fileOf('dh.pem');
writeFileSync(DH_PARAMETERS, toPem('DH PARAMETERS', derSequence(derInteger(ffdhePrime('ffdhe2048')), derInteger(Uint8Array.of(2)))));
/** `user:key` lines, as GnuTLS reads them. */
export const PSK_FILE: string = fileOf('psk.txt');
writeFileSync(PSK_FILE, `${PSK_IDENTITY}:${PSK_HEX}\n`);

function derInteger(value: Uint8Array): Uint8Array {
  return der(2, (value[0]! & 0x80) === 0 ? value : Uint8Array.from([0, ...value]));
}

function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, concat(...parts));
}

function der(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >>> 8, length & 0xff];
  return Uint8Array.from([...head, ...content]);
}
