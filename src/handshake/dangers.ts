/**
 * What lowers the safety of a connection, by the name of the switch that allows it. A context refuses what it holds without its
 * switch, and every connection shows in `info.dangers` what was switched on.
 */
import { MIN_DH_BITS } from '../base/limits.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import type { ProtocolVersion } from './version.ts';

export interface DangerSwitches {
  /** SSL 3.0, which RFC 7568 forbids: its padding is unprotected (S5). */
  readonly dangerouslyAllowSsl30?: boolean;
  /** Suites in which nobody proves anything: anyone in between is the peer (S39). */
  readonly dangerouslyAllowAnonymous?: boolean;
  /** Suites that authenticate and do not encrypt (S39). */
  readonly dangerouslyAllowNull?: boolean;
  /** RC4, which RFC 7465 forbids (S39). */
  readonly dangerouslyAllowRc4?: boolean;
  /** DH primes below 2048 bits, and RSA and DSA keys of ours below that (S3, S4). The peer's keys are its verifier's affair. */
  readonly dangerouslyAllowWeakKeys?: boolean;
  /** Renegotiation with peers that do not know RFC 5746: what somebody else began is taken for theirs (S13). */
  readonly dangerouslyAllowLegacyRenegotiation?: boolean;
  /** Exporters of sessions without extended_master_secret: their keys may be another connection's too (S12). */
  readonly dangerouslyExportWithoutExtendedMasterSecret?: boolean;
}

export type Danger = keyof DangerSwitches;

const SWITCHES: readonly Danger[] = [
  'dangerouslyAllowSsl30',
  'dangerouslyAllowAnonymous',
  'dangerouslyAllowNull',
  'dangerouslyAllowRc4',
  'dangerouslyAllowWeakKeys',
  'dangerouslyAllowLegacyRenegotiation',
  'dangerouslyExportWithoutExtendedMasterSecret',
];

/** Those that are on. */
export function switchedOn(switches: DangerSwitches): Danger[] {
  return SWITCHES.filter((name) => switches[name] === true);
}

/** What of a context has its danger by itself. */
export interface Dangerous {
  readonly versions: readonly Pick<ProtocolVersion, 'rank'>[];
  readonly suites: readonly CipherSuite[];
  readonly minDhBits?: number | undefined;
  readonly credentials?: readonly { readonly key: { readonly type: string; readonly bits?: number } }[] | undefined;
}

/** The switches that these parts need. For a skin whose own options have asked for them: it may pass them on as `dangers`. */
export function dangersIn({ versions, suites, minDhBits = MIN_DH_BITS, credentials = [] }: Dangerous): Danger[] {
  const found: Danger[] = [];
  if (versions.some(({ rank }) => rank === 0)) found.push('dangerouslyAllowSsl30');
  if (suites.some((suite) => suite.family === 'legacy' && suite.auth === 'anon')) found.push('dangerouslyAllowAnonymous');
  if (suites.some(({ name }) => name.includes('_WITH_NULL_'))) found.push('dangerouslyAllowNull');
  if (suites.some(({ name }) => name.includes('_WITH_RC4_'))) found.push('dangerouslyAllowRc4');
  if (minDhBits < MIN_DH_BITS || credentials.some(({ key }) => isWeak(key))) found.push('dangerouslyAllowWeakKeys');
  return found;
}

function isWeak({ type, bits }: { readonly type: string; readonly bits?: number }): boolean {
  return (type === 'rsa' || type === 'rsa-pss' || type === 'dsa') && bits !== undefined && bits > 0 && bits < MIN_DH_BITS;
}
