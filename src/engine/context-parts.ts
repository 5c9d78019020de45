/** What contexts are made of, and the checks that do not need to look into a certificate. */
import { misuse } from '../base/errors.ts';
import { MIN_DH_BITS } from '../base/limits.ts';
import type { CipherSuite, LegacySuite } from '../crypto/suites/suite.ts';
import type { ClientContext, CommonContext, ServerContext } from '../handshake/context.ts';
import { type DangerSwitches, dangersIn, switchedOn } from '../handshake/dangers.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';

/** What has no default. */
export type Required = 'crypto' | 'versions' | 'suites' | 'groups' | 'schemes' | 'extensions' | 'verifier' | 'now';

export type ClientContextInit = Pick<ClientContext, Required> & Partial<Omit<ClientContext, 'side' | Required>> & DangerSwitches;
export type ServerContextInit = Pick<ServerContext, Required> & Partial<Omit<ServerContext, 'side' | Required>> & DangerSwitches;

/** The parts of a client's context, with the defaults of those that were left out. */
export function clientParts(init: ClientContextInit): Omit<ClientContext, 'extensions' | 'dangers'> {
  return {
    ...COMMON,
    ...init,
    side: 'client',
    keyShares: init.keyShares ?? 1,
    requestOcsp: init.requestOcsp ?? false,
    resumption: init.resumption ?? true,
    offerTickets: init.offerTickets ?? true,
    fallbackScsv: init.fallbackScsv ?? false,
    requireSecureRenegotiation: init.requireSecureRenegotiation ?? true,
  };
}

/** The defaults of what both sides have. */
export const COMMON: Pick<
  CommonContext,
  'credentials' | 'alpn' | 'minDhBits' | 'requireExtendedMasterSecret' | 'middleboxCompatibility' | 'verifyResumed'
> = {
  credentials: [],
  alpn: [],
  minDhBits: MIN_DH_BITS,
  requireExtendedMasterSecret: false,
  middleboxCompatibility: true,
  verifyResumed: false,
};

/** By the switches, and by name. */
export function dangersOf(init: ClientContextInit | ServerContextInit): readonly string[] {
  const { dangers = [] } = init;
  return [...dangers, ...switchedOn(init).filter((name) => !dangers.includes(name))];
}

/** Heartbeats bring their extension along. */
export function extensionsOf(init: ClientContextInit | ServerContextInit): readonly ExtensionModule[] {
  return init.heartbeat === undefined ? init.extensions : [...init.extensions, init.heartbeat.extension];
}

/** That the parts fit each other; credentials are looked at elsewhere. */
export function checkCommon(context: CommonContext): void {
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
    const bare = version.client?.certificates === false;
    if (bare && suites.some((suite) => !isOfPsk(suite))) wrong(`${version.name} of pre-shared keys with another suite`);
  }
  //= rfc6347#section-4.1.2.2
  //# The only stream cipher described in TLS 1.2 is RC4, which cannot be
  //# randomly accessed.  RC4 MUST NOT be used with DTLS.
  if (versions.some((version) => version.helloCookie) && suites.some((suite) => suite.protection.name.startsWith('RC4')))
    wrong('RC4 cannot be used over datagrams');
  if (legacySuites.some((suite) => suite.kx.needsGroup === 'ec') && !groups.some((group) => group.kind === 'ec'))
    wrong('ECDHE suites without an elliptic curve');
  for (const group of groups) {
    const reason = crypto.lacks(group.name);
    if (reason !== undefined) misuse('unsupported', reason);
  }
  if (context.recordSizeLimit !== undefined && (context.recordSizeLimit < 64 || context.recordSizeLimit > 16_385))
    wrong('recordSizeLimit out of 64 to 16385');
}

/** Nothing in it needs a certificate: RFC 4279 §2 and §3. */
function isOfPsk(suite: CipherSuite): boolean {
  return suite.family === 'legacy' && suite.auth === 'psk';
}

/** What a context must not be. */
export function wrong(detail: string): never {
  misuse('invalid_configuration', detail);
}
