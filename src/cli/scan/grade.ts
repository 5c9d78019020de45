/**
 * A grade with its reasons. Each reason is a ceiling: the grade is the lowest of them, so nothing good makes up for something
 * broken. Pure.
 */
import type { CertificateView } from '../certificate-view.ts';
import type { Findings } from './survey.ts';

/** Best first. */
export const GRADES = ['A+', 'A', 'A-', 'B', 'C', 'D', 'F'] as const;
export type Grade = (typeof GRADES)[number];

export interface Reason {
  /** No better than this. */
  readonly ceiling: Grade;
  readonly text: string;
}

export type Gradable = Pick<Findings, 'versions' | 'features' | 'chain' | 'trust'>;

const SOON_DAYS = 14;
const DAY = 86_400_000;

/** The grade, and what keeps it from a better one, worst first. */
export function gradeOf(findings: Gradable, now: number): { grade: Grade; reasons: Reason[] } {
  const reasons = [
    ...versionReasons(findings),
    ...suiteReasons(findings),
    ...certificateReasons(findings, now),
    ...featureReasons(findings),
  ];
  reasons.sort((a, b) => GRADES.indexOf(b.ceiling) - GRADES.indexOf(a.ceiling));
  return { grade: reasons[0]?.ceiling ?? 'A+', reasons };
}

function versionReasons({ versions }: Gradable): Reason[] {
  const has = (rank: number): boolean => versions.some((one) => one.accepted && one.rank === rank);
  const reasons: Reason[] = [];
  if (!has(4) && !has(3)) reasons.push({ ceiling: 'F', text: 'Neither TLS 1.2 nor 1.3: clients of today cannot connect.' });
  else if (!has(4) && !overDatagrams({ versions })) reasons.push({ ceiling: 'A-', text: 'No TLS 1.3.' });
  if (has(0)) reasons.push({ ceiling: 'F', text: 'SSL 3.0 is accepted: broken (POODLE, RFC 7568).' });
  if (has(1)) reasons.push({ ceiling: 'B', text: 'TLS 1.0 is accepted: deprecated (RFC 8996).' });
  if (has(2)) reasons.push({ ceiling: 'B', text: 'TLS 1.1 is accepted: deprecated (RFC 8996).' });
  return reasons;
}

function overDatagrams({ versions }: Pick<Gradable, 'versions'>): boolean {
  return versions.some(({ version }) => version.startsWith('DTLS'));
}

const SUITE_RULES: readonly (readonly [RegExp, Grade, string])[] = [
  [/_anon_/, 'F', 'Suites that authenticate nobody'],
  [/_WITH_NULL_/, 'F', 'Suites that encrypt nothing'],
  [/_RC4_/, 'D', 'Suites with RC4, which leaks what it encrypts (RFC 7465)'],
  [/_3DES_/, 'C', 'Suites with blocks of 64 bits (SWEET32)'],
  [/_MD5$/, 'C', 'Suites with MD5'],
];

function suiteReasons({ versions }: Gradable): Reason[] {
  const all = versions.filter((one) => one.accepted && one.rank < 4).flatMap((one) => one.suites);
  const reasons: Reason[] = [];
  for (const [pattern, ceiling, what] of SUITE_RULES) {
    const names = [...new Set(all.filter(({ name }) => pattern.test(name)).map(({ name }) => name))];
    if (names.length > 0) reasons.push({ ceiling, text: `${what}: ${few(names)}.` });
  }
  const faults = all.filter(({ fault }) => fault !== null);
  if (faults.length > 0)
    reasons.push({
      ceiling: 'C',
      text: `The server agrees to suites and then fails: ${few(faults.map(({ name, fault }) => `${name} (${fault?.code ?? ''})`))}.`,
    });
  const twelve = versions.find((one) => one.accepted && one.rank === 3)?.suites.map(({ name }) => name) ?? [];
  const secret = (name: string): boolean => /^TLS_(EC)?DHE_|_anon_/.test(name);
  const aead = (name: string): boolean => /GCM|CCM|POLY1305/.test(name);
  if (twelve.length > 0 && !twelve.some((name) => secret(name) && aead(name)))
    reasons.push({ ceiling: 'B', text: 'TLS 1.2 without a suite that has both forward secrecy and an AEAD.' });
  else if (twelve.some((name) => !secret(name)))
    reasons.push({ ceiling: 'A-', text: `TLS 1.2 with suites without forward secrecy: ${few(twelve.filter((name) => !secret(name)))}.` });
  const signed = versions.flatMap(({ schemes }) => schemes);
  if (signed.some((scheme) => /sha1|md5/.test(scheme)))
    reasons.push({ ceiling: 'B', text: 'Handshakes are signed with SHA-1 when a client asks for it.' });
  if (faults.some(({ fault }) => fault?.code === 'bad_dh_parameters'))
    reasons.push({ ceiling: 'F', text: 'Diffie-Hellman parameters that are too weak to use.' });
  return reasons;
}

function certificateReasons({ chain, trust }: Gradable, now: number): Reason[] {
  const reasons: Reason[] = [];
  if (!trust.trusted) reasons.push({ ceiling: 'F', text: `The certificate is not trusted: ${trust.failure?.message ?? 'there is none'}.` });
  const [leaf] = chain;
  if (leaf === undefined) return reasons;
  const left = (Date.parse(leaf.notAfter) - now) / DAY;
  if (left >= 0 && left < SOON_DAYS) reasons.push({ ceiling: 'A', text: `The certificate expires in ${Math.floor(left)} days.` });
  for (const one of chain)
    if (isWeak(one))
      reasons.push({
        ceiling: one.key.bits < 1024 ? 'F' : 'C',
        text: `A weak key in the chain: ${one.key.type.toUpperCase()} ${one.key.bits} bits, ${one.subject}.`,
      });
  for (const one of chain)
    if (!one.selfIssued && /SHA-?1$|MD5$/.test(one.signature))
      reasons.push({ ceiling: 'F', text: `A certificate signed with ${one.signature.split(' ').at(-1) ?? ''}: ${one.subject}.` });
  return reasons;
}

function isWeak({ key }: CertificateView): boolean {
  return ['rsa', 'rsa-pss', 'dsa'].includes(key.type) && key.bits > 0 && key.bits < 2048;
}

function featureReasons({ features, versions }: Gradable): Reason[] {
  const reasons: Reason[] = [];
  if (features.secureRenegotiation === false) reasons.push({ ceiling: 'C', text: 'No secure renegotiation (RFC 5746).' });
  if (features.extendedMasterSecret === false) reasons.push({ ceiling: 'A-', text: 'No extended master secret (RFC 7627).' });
  if (features.compression === true)
    reasons.push({ ceiling: 'F', text: 'TLS compression is accepted: what it hides can be measured (CRIME).' });
  if (features.dhBits !== null && features.dhBits < 2048)
    reasons.push({
      ceiling: features.dhBits < 1024 ? 'F' : 'C',
      text: `Diffie-Hellman with a prime of ${features.dhBits} bits (Logjam): 2048 it should be.`,
    });
  const old = versions.some((one) => one.accepted && one.rank < 3);
  if (features.fallbackScsv === false && old)
    reasons.push({ ceiling: 'A', text: 'Clients that were made to fall back to an older version are not refused (RFC 7507).' });
  if (features.downgradeSentinel === false && versions.some((one) => one.accepted && one.rank === 4))
    reasons.push({ ceiling: 'B', text: 'TLS 1.3 without the signs by which clients notice a downgrade (RFC 9846).' });
  if (features.heartbeat && !overDatagrams({ versions }))
    reasons.push({ ceiling: 'A', text: 'Heartbeats are answered over a stream, which has no use for them (RFC 6520).' });
  const cbcOnly = versions.some((one) => one.accepted && one.rank === 3 && one.suites.some(({ name }) => name.includes('_CBC_')));
  if (cbcOnly && features.encryptThenMac === false) reasons.push({ ceiling: 'A', text: 'CBC suites without encrypt-then-MAC (RFC 7366).' });
  if (features.earlyData) reasons.push({ ceiling: 'A', text: 'Early data (0-RTT) is accepted: what it carries can be replayed.' });
  return reasons;
}

function few(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
