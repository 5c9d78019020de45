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
  //= rfc9846#appendix-E.5
  //= type=exception
  //= reason=R71
  //# SSL 3.0 [RFC6101], TLS 1.0 [RFC2246], and TLS 1.1 [RFC4346] are considered insufficient for the
  //# reasons enumerated in [RFC6176], [RFC7568], and [RFC8996] and they MUST NOT be negotiated for any
  //# reason
  if (versions.some(({ rank }) => rank === 0)) found.push('dangerouslyAllowSsl30');
  //= rfc9846#appendix-C.5
  //# applications MUST NOT use TLS in such a way absent explicit configuration or a specific
  //# application profile
  //= rfc5246#appendix-A.5
  //# These cipher suites MUST NOT be used by TLS 1.2 implementations unless the application layer has
  //# specifically requested to allow anonymous key exchange
  if (suites.some((suite) => suite.family === 'legacy' && suite.auth === 'anon')) found.push('dangerouslyAllowAnonymous');
  if (suites.some(({ name }) => name.includes('_WITH_NULL_'))) found.push('dangerouslyAllowNull');
  //= rfc9846#appendix-E.5
  //= type=exception
  //= reason=R71
  //# Implementations MUST NOT offer or negotiate RC4 cipher suites for any version of TLS for any
  //# reason.
  if (suites.some(({ name }) => name.includes('_WITH_RC4_'))) found.push('dangerouslyAllowRc4');
  if (minDhBits < MIN_DH_BITS || credentials.some(({ key }) => isWeak(key))) found.push('dangerouslyAllowWeakKeys');
  return found;
}

function isWeak({ type, bits }: { readonly type: string; readonly bits?: number }): boolean {
  return (type === 'rsa' || type === 'rsa-pss' || type === 'dsa') && bits !== undefined && bits > 0 && bits < MIN_DH_BITS;
}
