/**
 * Everything that a server accepts, found by elimination: offer all, note what it picks, offer the rest, until it refuses.
 * What it picks first it prefers, where the order is its own.
 */
import type { CipherSuite } from '../../crypto/suites/suite.ts';
import type { ConnectionInfo } from '../../engine/info.ts';
import { isModernScheme } from '../../handshake/schemes.ts';
import { groupName, type NamedGroup } from '../../wire/group.ts';
import { schemeName } from '../../wire/signature-scheme.ts';
import type { ExtensionModule } from '../../handshake/extensions/module.ts';
import { recordSizeLimit } from '../../handshake/extensions/record-size-limit.ts';
import { dtls10Client, dtls10Server } from '../../versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../versions/dtls12.ts';
import * as catalogue from '../catalogue.ts';
import type { CertificateView } from '../certificate-view.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import { type TrustView, viewChain, viewTrust } from '../trust.ts';
import type { Answer, Prober, Question, Recorded } from './prober.ts';
import { type Accepted, rawFindings, type RawFindings } from './raw-findings.ts';

export interface AcceptedSuite {
  readonly id: number;
  readonly name: string;
  readonly openssl: string;
  /** Set where the server agreed to it and then did what we refuse. */
  readonly fault: ErrorReport | null;
}

export interface VersionFindings {
  readonly version: string;
  readonly rank: number;
  readonly accepted: boolean;
  /** Why it could not be found out; null when it could. */
  readonly unknown: ErrorReport | null;
  /** Best first, as far as the server has an order. */
  readonly suites: readonly AcceptedSuite[];
  /** Whose order decides; null with fewer than two. */
  readonly order: 'server' | 'client' | null;
  /** Groups of the key exchange; names. */
  readonly groups: readonly string[];
  /** With what the server signs handshakes. */
  readonly schemes: readonly string[];
  /** How it resumes; null: not. */
  readonly resumption: 'ticket' | 'session ID' | null;
}

export interface Findings {
  /** Best version first. */
  readonly versions: readonly VersionFindings[];
  readonly alpn: readonly string[];
  readonly features: {
    readonly extendedMasterSecret: boolean | null;
    readonly encryptThenMac: boolean | null;
    readonly secureRenegotiation: boolean | null;
    readonly ocspStapling: boolean;
    /** Sessions by ticket, and by ID below TLS 1.3. */
    readonly tickets: boolean;
    readonly sessionIds: boolean | null;
    /** RFC 6520. */
    readonly heartbeat: boolean;
    /** Longest record that it takes (RFC 8449); null: it does not say. */
    readonly recordSizeLimit: number | null;
    readonly earlyData: boolean;
    readonly clientCertificate: boolean;
    /** What happens without server_name. */
    readonly withoutName: 'same certificate' | 'other certificate' | 'refused';
  } & RawFindings;
  readonly chain: readonly CertificateView[];
  readonly trust: TrustView;
  /** The first handshake that succeeded: what a client of today gets. */
  readonly best: Recorded;
}

const ALPN_PROTOCOLS: readonly string[] = [
  'h2',
  'http/1.1',
  'http/1.0',
  'imap',
  'pop3',
  'ftp',
  'nntp',
  'managesieve',
  'xmpp-client',
  'dot',
  'postgresql',
  'mqtt',
  'acme-tls/1',
];

/** Best first. */
const DATAGRAM_VERSIONS: readonly catalogue.NamedVersion[] = [
  { option: 'dtls1.2', name: 'DTLSv1.2', rank: 3, client: dtls12Client, server: dtls12Server },
  { option: 'dtls1.0', name: 'DTLSv1', rank: 2, client: dtls10Client, server: dtls10Server },
];
const LONGEST_RECORD = 16_385;

/** Asks everything. `progress` is told what is being found out. Throws the first error when no version is accepted. */
export async function survey(prober: Prober, progress: (what: string) => void): Promise<Findings> {
  progress('versions');
  const first = await Promise.all(
    versionsOf(prober).map(async (version) => ({
      version,
      answer: await prober.ask({ versions: [version], suites: suitesOf(version), wantsSession: true }),
    })),
  );
  const accepted = first.filter(
    (one): one is { version: catalogue.NamedVersion; answer: Extract<Answer, { kind: 'accepted' }> } => one.answer.kind === 'accepted',
  );
  const [best] = accepted;
  if (best === undefined && !first.some(({ answer }) => answer.kind === 'broken')) throw errorOf(first.map(({ answer }) => answer));

  const versions: VersionFindings[] = [];
  for (const { version, answer } of first) {
    if (answer.kind === 'refused' || answer.kind === 'trouble') {
      versions.push({ ...nothing(version), unknown: answer.kind === 'trouble' ? reportOf(answer.error) : null });
      continue;
    }
    progress(`${version.name}: cipher suites`);
    const suites = await acceptedSuites(prober, version);
    const usable = suites.filter(({ fault }) => fault === null).map(({ suite }) => suite);
    progress(`${version.name}: groups, signatures, resumption`);
    const [order, groups, schemes, resumption] = await Promise.all([
      orderOf(prober, version, usable),
      acceptedGroups(prober, version, usable, leafCurveOf(answer)),
      acceptedSchemes(prober, version, usable),
      resumes(prober, version, answer),
    ]);
    versions.push({
      version: version.name,
      rank: version.rank,
      accepted: true,
      unknown: null,
      suites: suites.map(({ suite, fault }) => ({ id: suite.id, name: suite.name, openssl: suite.openssl, fault })),
      order,
      groups,
      schemes,
      resumption,
    });
  }
  if (best === undefined) throw errorOf(first.map(({ answer }) => answer));

  progress('application protocols, names');
  const [alpn, unnamed] = await Promise.all([
    acceptedAlpn(prober, best.version),
    prober.ask({
      versions: accepted.map(({ version }) => version),
      suites: allSuites(accepted.map(({ version }) => version)),
      named: false,
    }),
  ]);
  const { run, info } = best.answer;
  progress('features');
  const [heartbeat, limit, sessionIds, raw] = await Promise.all([
    answersHeartbeats(prober, best.version),
    recordSizeLimitOf(prober, best.version),
    resumesById(prober, accepted.find(({ version }) => version.rank < 4)?.version),
    rawOf(prober, versions),
  ]);
  const legacy = accepted.find(({ version }) => version.rank < 4)?.answer.info;
  return {
    versions,
    alpn,
    features: {
      extendedMasterSecret: legacy?.extendedMasterSecret ?? null,
      encryptThenMac: await encryptsThenMacs(prober, versions),
      secureRenegotiation: legacy?.secureRenegotiation ?? null,
      ocspStapling: accepted.some(({ answer }) => answer.run.ocspResponse !== undefined),
      tickets: accepted.some(({ answer }) => answer.run.sessions.some(({ ticket }) => ticket.length > 0)),
      sessionIds,
      heartbeat,
      recordSizeLimit: limit,
      ...raw,
      earlyData: accepted.some(({ answer }) => answer.run.sessions.some((session) => session.maxEarlyData > 0)),
      clientCertificate: accepted.some(({ answer }) => answer.run.log.steps.some((step) => step.name === 'CertificateRequest')),
      withoutName: unnamed.kind !== 'accepted' ? 'refused' : sameLeaf(unnamed.info, info) ? 'same certificate' : 'other certificate',
    },
    chain: viewChain(info.peerChain),
    trust: viewTrust(run.request.witness, info, prober.options.trust.source),
    best: run,
  };
}

function versionsOf({ options }: Prober): readonly catalogue.NamedVersion[] {
  return options.datagrams ? DATAGRAM_VERSIONS : catalogue.VERSIONS;
}

async function answersHeartbeats(prober: Prober, version: catalogue.NamedVersion): Promise<boolean> {
  const answer = await prober.ask({ versions: [version], suites: suitesOf(version), heartbeat: true });
  return answer.kind === 'accepted' && answer.info.heartbeat;
}

async function recordSizeLimitOf(prober: Prober, version: catalogue.NamedVersion): Promise<number | null> {
  let limit: number | null = null;
  const watched: ExtensionModule = {
    ...recordSizeLimit,
    onAnswer(hs, r, where) {
      recordSizeLimit.onAnswer?.(hs, r, where);
      limit = hs.peerRecordSizeLimit ?? null;
    },
  };
  const extensions = [...catalogue.EXTENSIONS.filter(({ type }) => type !== recordSizeLimit.type), watched];
  const answer = await prober.ask({ versions: [version], suites: suitesOf(version), extensions, recordSizeLimit: LONGEST_RECORD });
  return answer.kind === 'accepted' ? limit : null;
}

/** Without tickets: whether the server remembers by itself. */
async function resumesById(prober: Prober, version: catalogue.NamedVersion | undefined): Promise<boolean | null> {
  if (version === undefined) return null;
  const question: Question = { versions: [version], suites: suitesOf(version), tickets: false };
  const first = await prober.ask({ ...question, wantsSession: true });
  const session = first.run.sessions.at(-1);
  if (first.kind !== 'accepted' || session === undefined) return false;
  const again = await prober.ask({ ...question, session });
  return again.kind === 'accepted' && again.info.resumed;
}

async function rawOf(prober: Prober, versions: readonly VersionFindings[]): Promise<RawFindings> {
  const { datagrams, ...target } = prober.options;
  const known: Accepted[] = datagrams ? [] : versions.filter(({ accepted }) => accepted);
  return rawFindings(target, known, () => prober.connections++);
}

function leafCurveOf(answer: Answer): string | undefined {
  return answer.kind === 'accepted' ? viewChain(answer.info.peerChain.slice(0, 1))[0]?.key.curve : undefined;
}

/** Suites of a version that can be tried without knowing a key. */
function suitesOf(version: catalogue.NamedVersion): CipherSuite[] {
  const all = catalogue.SUITES.filter((suite) => catalogue.fits(suite, [version], false) && catalogue.suiteLacks(suite) === undefined);
  return DATAGRAM_VERSIONS.includes(version) ? all.filter(isForDatagrams) : all;
}

/** RFC 6347 §4.1.2.2: no stream cipher. */
function isForDatagrams({ name }: CipherSuite): boolean {
  return !name.includes('_RC4_');
}

function allSuites(versions: readonly catalogue.NamedVersion[]): CipherSuite[] {
  return [...new Set(versions.flatMap(suitesOf))];
}

async function acceptedSuites(
  prober: Prober,
  version: catalogue.NamedVersion,
): Promise<{ suite: CipherSuite; fault: ErrorReport | null }[]> {
  const found: { suite: CipherSuite; fault: ErrorReport | null }[] = [];
  let rest = suitesOf(version);
  while (rest.length > 0) {
    const answer = await prober.ask({ versions: [version], suites: rest });
    if (answer.kind === 'accepted') {
      const suite = rest.find(({ id }) => id === answer.info.suiteId);
      if (suite === undefined) break;
      found.push({ suite, fault: null });
      rest = rest.filter((one) => one !== suite);
      continue;
    }
    // It agreed to one of them, and failed behind its ServerHello: each by itself tells which.
    if (answer.kind === 'broken' && rest.length > 1) {
      const answers = await Promise.all(
        rest.map(async (suite) => ({ suite, answer: await prober.ask({ versions: [version], suites: [suite] }) })),
      );
      for (const one of answers) {
        if (one.answer.kind === 'accepted') found.push({ suite: one.suite, fault: null });
        else if (one.answer.kind === 'broken') found.push({ suite: one.suite, fault: reportOf(one.answer.error) });
      }
    } else if (answer.kind === 'broken') found.push({ suite: rest[0]!, fault: reportOf(answer.error) });
    break;
  }
  return found;
}

/** The two that were picked first, offered the other way round. */
async function orderOf(
  prober: Prober,
  version: catalogue.NamedVersion,
  suites: readonly CipherSuite[],
): Promise<'server' | 'client' | null> {
  const [first, second] = suites;
  if (first === undefined || second === undefined) return null;
  const answer = await prober.ask({ versions: [version], suites: [second, first] });
  return answer.kind !== 'accepted' ? null : answer.info.suiteId === first.id ? 'server' : 'client';
}

async function acceptedGroups(
  prober: Prober,
  version: catalogue.NamedVersion,
  suites: readonly CipherSuite[],
  leafCurve: string | undefined,
): Promise<string[]> {
  const usable = version.rank === 4 ? suites : suites.filter((suite) => suite.family === 'legacy' && suite.kx.needsGroup === 'ec');
  if (usable.length === 0) return [];
  const all = catalogue.usableGroups().filter((group) => version.rank === 4 || group.kind === 'ec');
  const isPicked = (group: NamedGroup, info: ConnectionInfo): boolean => group.id === info.group;
  // Before TLS 1.3 the curve of a certificate must be among those offered too (RFC 8422 section 5.1): it is offered last, always.
  const leaf = version.rank === 4 ? undefined : all.find(({ name }) => name === leafCurve);
  const withLeaf = (rest: readonly NamedGroup[]): readonly NamedGroup[] =>
    leaf === undefined || rest.includes(leaf) ? rest : [...rest, leaf];
  const others = leaf === undefined ? all : [...all.filter((group) => group !== leaf), leaf];
  const picked = await eliminate(others, (rest) => prober.ask({ versions: [version], suites: usable, groups: withLeaf(rest) }), isPicked);
  // Servers that prefer that curve show the others only without it, where they are not strict.
  const left = others.filter((group) => !picked.includes(group));
  if (leaf !== undefined)
    picked.push(...(await eliminate(left, (rest) => prober.ask({ versions: [version], suites: usable, groups: rest }), isPicked)));
  return picked.map((group) => groupName(group.id));
}

async function acceptedSchemes(prober: Prober, version: catalogue.NamedVersion, suites: readonly CipherSuite[]): Promise<string[]> {
  // Before TLS 1.2 nothing is chosen: MD5 and SHA-1 it is.
  if (version.rank < 3) return [];
  const signing = suites.filter((suite) => suite.family === 'modern' || (/^(ECDHE|DHE)$/.test(suite.kx.name) && suite.auth !== 'anon'));
  if (signing.length === 0) return [];
  const all = [...catalogue.SCHEMES, ...catalogue.OLD_SCHEMES].filter((scheme) => version.rank < 4 || isModernScheme(scheme));
  const picked = await eliminate(
    all,
    (rest: readonly number[]) => prober.ask({ versions: [version], suites: signing, schemes: rest }),
    (scheme, info) => scheme === info.peerScheme,
  );
  return picked.map(schemeName);
}

async function acceptedAlpn(prober: Prober, version: catalogue.NamedVersion): Promise<string[]> {
  return eliminate(
    ALPN_PROTOCOLS,
    (rest: readonly string[]) => prober.ask({ versions: [version], suites: suitesOf(version), alpn: rest }),
    (protocol, info) => protocol === info.alpn,
  );
}

async function eliminate<T>(
  all: readonly T[],
  ask: (rest: readonly T[]) => Promise<Answer>,
  isPicked: (one: T, info: ConnectionInfo) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  let rest = all;
  while (rest.length > 0) {
    const answer = await ask(rest);
    const picked = answer.kind === 'accepted' ? rest.find((one) => isPicked(one, answer.info)) : undefined;
    if (picked === undefined) break;
    found.push(picked);
    rest = rest.filter((one) => one !== picked);
  }
  return found;
}

async function resumes(prober: Prober, version: catalogue.NamedVersion, answer: Answer): Promise<'ticket' | 'session ID' | null> {
  const session = answer.run.sessions.at(-1);
  if (session === undefined) return null;
  const question: Question = { versions: [version], suites: suitesOf(version), session };
  const again = await prober.ask(question);
  if (again.kind !== 'accepted' || !again.info.resumed) return null;
  return session.ticket.length > 0 ? 'ticket' : 'session ID';
}

/** Only CBC suites ask the question. */
async function encryptsThenMacs(prober: Prober, versions: readonly VersionFindings[]): Promise<boolean | null> {
  for (const { rank, suites } of versions) {
    const cbc = suites.filter(({ name, fault }) => fault === null && name.includes('_CBC_')).map(({ id }) => id);
    const version = versionsOf(prober).find((one) => one.rank === rank);
    if (rank === 4 || cbc.length === 0 || version === undefined) continue;
    const answer = await prober.ask({ versions: [version], suites: suitesOf(version).filter(({ id }) => cbc.includes(id)) });
    return answer.kind === 'accepted' ? answer.info.encryptThenMac : null;
  }
  return null;
}

function nothing(version: catalogue.NamedVersion): VersionFindings {
  return {
    version: version.name,
    rank: version.rank,
    accepted: false,
    unknown: null,
    suites: [],
    order: null,
    groups: [],
    schemes: [],
    resumption: null,
  };
}

function sameLeaf(a: ConnectionInfo, b: ConnectionInfo): boolean {
  const [x] = a.peerChain;
  const [y] = b.peerChain;
  return x !== undefined && y !== undefined && Buffer.compare(x, y) === 0;
}

function errorOf(answers: readonly Answer[]): unknown {
  const trouble = answers.find((answer) => answer.kind === 'trouble');
  const refused = answers.find((answer) => answer.kind !== 'accepted');
  const chosen = trouble ?? refused;
  return chosen !== undefined && chosen.kind !== 'accepted' ? chosen.error : new Error('no answer');
}
