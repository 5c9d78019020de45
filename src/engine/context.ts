/**
 * Contexts: what connections are made with, checked once as a whole, frozen and shared. There are no defaults for
 * algorithms: who wants a ready set takes a preset.
 */
import { EMPTY, equal } from '../base/bytes.ts';
import { misuse } from '../base/errors.ts';
import { MIN_DH_BITS } from '../base/limits.ts';
import type { LegacySuite } from '../crypto/suites/suite.ts';
import type { ClientContext, CommonContext, Credential, ServerContext } from '../handshake/context.ts';
import { type DangerSwitches, dangersIn, switchedOn } from '../handshake/dangers.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';
import { parseCertificate } from '../pki/x509/certificate.ts';

/** What has no default. */
type Required = 'crypto' | 'versions' | 'suites' | 'groups' | 'schemes' | 'extensions' | 'verifier' | 'now';

export type ClientContextInit = Pick<ClientContext, Required> & Partial<Omit<ClientContext, 'side' | Required>> & DangerSwitches;
export type ServerContextInit = Pick<ServerContext, Required> & Partial<Omit<ServerContext, 'side' | Required>> & DangerSwitches;

const SESSION_LIFETIME_MS = 7_200_000;

/**
 * A context for client connections.
 *
 * Defaults: no credentials, ALPN or PSK; one key share; resumption on; RFC 5746 demanded; middlebox compatibility on.
 * @throws TlsError `invalid_configuration` when the parts do not fit each other; `unsupported` when the provider lacks one.
 */
export function createClientContext(init: ClientContextInit): ClientContext {
  const context: ClientContext = {
    ...common(init),
    ...init,
    extensions: extensionsOf(init),
    dangers: dangersOf(init),
    side: 'client',
    keyShares: init.keyShares ?? 1,
    psk: init.psk,
    requestOcsp: init.requestOcsp ?? false,
    maxFragmentLength: init.maxFragmentLength,
    resumption: init.resumption ?? true,
    offerTickets: init.offerTickets ?? true,
    fallbackScsv: init.fallbackScsv ?? false,
    requireSecureRenegotiation: init.requireSecureRenegotiation ?? true,
    selectCredential: init.selectCredential,
  };
  checkCommon(context);
  if (context.versions.some((version) => version.client === undefined)) wrong('a version without its client role');
  if (context.keyShares < 1) wrong('keyShares must be at least 1');
  return Object.freeze(context);
}

/**
 * A context for server connections.
 *
 * Defaults: no client certificates; our order of suites; no tickets and no session store; two tickets where there are
 * keys for them; sessions live two hours.
 * @throws TlsError as `createClientContext`, and `no_credentials` without a certificate or a PSK look-up.
 */
export function createServerContext(init: ServerContextInit): ServerContext {
  const context: ServerContext = {
    ...common(init),
    ...init,
    extensions: extensionsOf(init),
    dangers: dangersOf(init),
    side: 'server',
    verifyResumed: init.verifyResumed ?? true,
    clientCertificate: init.clientCertificate ?? 'none',
    clientAuthorities: init.clientAuthorities ?? [],
    preferServerOrder: init.preferServerOrder ?? true,
    selectContext: init.selectContext,
    selectAlpn: init.selectAlpn,
    selectCredential: init.selectCredential,
    findPsk: init.findPsk,
    pskHint: init.pskHint,
    tickets: init.tickets,
    ticketCount: init.ticketCount ?? 2,
    sessions: init.sessions,
    sessionLifetimeMs: init.sessionLifetimeMs ?? SESSION_LIFETIME_MS,
    contextId: init.contextId ?? EMPTY,
  };
  checkCommon(context);
  if (context.versions.some((version) => version.server === undefined)) wrong('a version without its server role');
  if (
    context.credentials.length === 0 &&
    context.selectCredential === undefined &&
    context.findPsk === undefined &&
    context.selectContext === undefined
  )
    misuse('no_credentials', 'a server needs a certificate or a PSK');
  return Object.freeze(context);
}

function common(init: ClientContextInit | ServerContextInit): Omit<CommonContext, Required> {
  return {
    credentials: init.credentials ?? [],
    alpn: init.alpn ?? [],
    keyLog: init.keyLog,
    minDhBits: init.minDhBits ?? MIN_DH_BITS,
    requireExtendedMasterSecret: init.requireExtendedMasterSecret ?? false,
    recordSizeLimit: init.recordSizeLimit,
    middleboxCompatibility: init.middleboxCompatibility ?? true,
    verifyResumed: init.verifyResumed ?? false,
    renegotiation: init.renegotiation,
    heartbeat: init.heartbeat,
    dangers: dangersOf(init),
  };
}

/** By the switches, and by name. */
function dangersOf(init: ClientContextInit | ServerContextInit): readonly string[] {
  const { dangers = [] } = init;
  return [...dangers, ...switchedOn(init).filter((name) => !dangers.includes(name))];
}

/** Heartbeats bring their extension along. */
function extensionsOf(init: ClientContextInit | ServerContextInit): readonly ExtensionModule[] {
  return init.heartbeat === undefined ? init.extensions : [...init.extensions, init.heartbeat.extension];
}

function checkCommon(context: CommonContext): void {
  const { versions, suites, groups, schemes, crypto, dangers } = context;
  if (versions.length === 0) wrong('no versions');
  for (const danger of dangersIn(context)) if (!dangers.includes(danger)) wrong(`what it holds needs ${danger}`);
  const modern = versions.some((version) => version.family === 'modern');
  const legacy = versions.filter((version) => version.family === 'legacy');
  for (let i = 1; i < versions.length; i++) {
    const step = versions[i - 1]!.rank - versions[i]!.rank;
    if (step <= 0) wrong('versions must stand best first');
    // Before supported_versions a hello names only the highest: a peer would take a hole for a downgrade, RFC 9846 §4.2.3.
    if (step > 1) wrong(`a version is missing between ${versions[i - 1]!.name} and ${versions[i]!.name}`);
  }
  if (modern && groups.length === 0) wrong('TLS 1.3 needs groups');
  if (modern && !suites.some((suite) => suite.family === 'modern')) wrong('TLS 1.3 without a suite of its own');
  if (modern && schemes.length === 0) wrong('TLS 1.3 needs signature schemes');
  const legacySuites = suites.filter((suite): suite is LegacySuite => suite.family === 'legacy');
  for (const version of legacy) {
    const usable = legacySuites.some((suite) => suite.minVersion - 0x0300 <= version.rank);
    if (!usable) wrong(`${version.name} without a suite that it can use`);
  }
  if (legacySuites.some((suite) => suite.kx.needsGroup === 'ec') && !groups.some((group) => group.kind === 'ec'))
    wrong('ECDHE suites without an elliptic curve');
  for (const group of groups) {
    const reason = crypto.lacks(group.name);
    if (reason !== undefined) misuse('unsupported', reason);
  }
  for (const credential of context.credentials) checkCredential(credential);
  if (context.recordSizeLimit !== undefined && (context.recordSizeLimit < 64 || context.recordSizeLimit > 16_385))
    wrong('recordSizeLimit out of 64 to 16385');
}

/** The key is the certificate's: found out here, not by the first peer. */
function checkCredential(credential: Credential): void {
  const [leaf] = credential.chain;
  const { rawPublicKey } = credential;
  if (leaf === undefined && rawPublicKey === undefined) return misuse('no_credentials', 'an empty certificate chain');
  const { spki } = credential.key;
  if (spki !== undefined && rawPublicKey !== undefined && !equal(rawPublicKey, spki))
    misuse('certificate_key_mismatch', 'the key is not that of the raw public key');
  if (leaf === undefined) return;
  if (spki !== undefined && !equal(parseCertificate(leaf).spki, spki))
    misuse('certificate_key_mismatch', 'the key is not that of the certificate');
}

function wrong(detail: string): never {
  misuse('invalid_configuration', detail);
}
