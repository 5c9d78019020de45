/** Our side of the cases for old versions: SSL 3.0 too, and DSS certificates. */
import { writeFileSync } from 'node:fs';
import * as dss from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as tripleDes from '../../src/crypto/suites/triple-des.ts';
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import * as matrix from '../sim/matrix.ts';
import { credential, toPem } from '../support/certificates.ts';
import { SCHEMES } from '../support/contexts.ts';
import { DSA_KEY, dsaCredential } from '../support/dsa.ts';
import type { Link } from './link.ts';
import * as ours from './ours.ts';
import type { Claim } from './report.ts';

export type LegacyName = 'SSL 3.0' | 'TLS 1.0' | 'TLS 1.1' | 'TLS 1.2';
export const LEGACY_NAMES: readonly LegacyName[] = ['SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2'];
const PAIRS: Readonly<Record<LegacyName, matrix.VersionPair>> = {
  'SSL 3.0': matrix.SSL30,
  'TLS 1.0': matrix.TLS10,
  'TLS 1.1': matrix.TLS11,
  'TLS 1.2': matrix.TLS12,
};

const DSS_SUITES: readonly LegacySuite[] = Object.values<LegacySuite>({ ...dss, ...gcm, ...tripleDes }).filter(
  (suite) => suite.auth === 'dss',
);
/** Certificates only: PSK has its place among the other peers. */
const ALL: readonly LegacySuite[] = [...matrix.LEGACY_SUITES, ...DSS_SUITES].filter((suite) => !suite.kx.usesPsk && suite.auth !== 'anon');
const schemes = [...SCHEMES, s.DSA_SHA256, s.RSA_PKCS1_SHA1, s.ECDSA_SHA1, s.DSA_SHA1];

export function suitesFor(version: LegacyName): readonly LegacySuite[] {
  return ALL.filter((suite) => suite.minVersion <= PAIRS[version].client.id);
}

/** Every suite that this runtime has, in each version that may use it. */
export function claims(): Claim[] {
  const all = [...matrix.LEGACY_SUITES, ...DSS_SUITES];
  const of = (name: LegacyName): Claim => ({ version: name, suites: all.filter((suite) => suite.minVersion <= PAIRS[name].client.id) });
  return [...LEGACY_NAMES.map(of), { version: 'TLS 1.3', suites: ours.suitesOf('TLS 1.3') }];
}

export function clientOf(version: LegacyName, init: Partial<ClientContextInit> = {}): ClientContext {
  return ours.client('TLS 1.2', { versions: [PAIRS[version].client], suites: suitesFor(version), schemes, minDhBits: 1024, ...init });
}

export function serverOf(version: LegacyName, init: Partial<ServerContextInit> = {}): ServerContext {
  return ours.server('TLS 1.2', {
    versions: [PAIRS[version].server],
    suites: suitesFor(version),
    schemes,
    credentials: [credential('rsa'), credential('p256'), dsaCredential()],
    ...init,
  });
}

export const DSS_FILES: ours.Files = { cert: ours.fileOf('dss.pem'), key: ours.fileOf('dss.key') };
writeFileSync(
  DSS_FILES.cert,
  dsaCredential('CN=dss')
    .chain.map((der) => toPem('CERTIFICATE', der))
    .join(''),
);
writeFileSync(DSS_FILES.key, DSA_KEY);

/** Asks the peer for a sign of life and waits for its answer. */
export async function heartbeatAnswered(link: Pick<Link, 'connection' | 'heartbeats' | 'pump'>, text: string): Promise<void> {
  const { connection } = link;
  link.heartbeats.length = 0;
  connection.heartbeat({ payload: Buffer.from(text) });
  link.pump();
  for (let tries = 0; tries < 100 && link.heartbeats.length === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  const [report] = link.heartbeats;
  if (report?.outcome !== 'answered') throw new Error('no answer to the heartbeat');
}

/** A renegotiation is over. */
export async function settled({ connection }: Pick<Link, 'connection'>): Promise<void> {
  for (let tries = 0; tries < 200 && connection.handshaking; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
}
