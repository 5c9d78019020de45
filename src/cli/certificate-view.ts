/** A certificate as a person or a program wants to see it. */
import { toHex } from '../base/bytes.ts';
import { TlsError } from '../base/errors.ts';
import { nodeCrypto } from '../crypto/node/index.ts';
import * as oids from '../pki/asn1/oids.ts';
import type { Certificate } from '../pki/x509/certificate.ts';
import type { KeyUsageName } from '../pki/x509/validate.ts';
import { generalNameText } from '../pki/x509/general-name.ts';
import { clean, type Paint } from './text.ts';

/** What `--json` prints of a certificate. */
export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly names: readonly string[];
  readonly key: { readonly type: string; readonly bits: number; readonly curve?: string };
  readonly signature: string;
  readonly ca: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: readonly string[];
  readonly extendedKeyUsage?: readonly string[];
  readonly selfIssued: boolean;
  /** SHA-256 of the whole certificate. */
  readonly fingerprint256: string;
  /** SHA-256 of the public key, for pinning. */
  readonly spki256: string;
  /** What could not be read. */
  readonly faults?: readonly string[];
}

export function viewCertificate(certificate: Certificate): CertificateView {
  const faults: string[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      faults.push(clean(error.detail ?? error.code));
      return otherwise;
    }
  };
  const key = attempt(() => certificate.keyInfo, undefined);
  const constraints = attempt(() => certificate.basicConstraints, undefined);
  const usage = attempt(() => certificate.keyUsage, undefined);
  const purposes = attempt(() => certificate.extendedKeyUsage, undefined);
  return {
    subject: attempt(() => clean(certificate.subject.toString()), '?'),
    issuer: attempt(() => clean(certificate.issuer.toString()), '?'),
    serial: certificate.serialHex,
    notBefore: time(certificate.notBefore),
    notAfter: time(certificate.notAfter),
    names: attempt(() => (certificate.subjectAltName ?? []).map((name) => clean(generalNameText(name))), []),
    key: {
      type: key?.type ?? key?.algorithmOid ?? 'unknown',
      bits: key?.bits ?? 0,
      ...(key?.curve === undefined ? {} : { curve: key.curve }),
    },
    signature: attempt(() => signatureText(certificate), 'unknown'),
    ca: constraints?.ca === true,
    ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
    ...(usage === undefined ? {} : { keyUsage: KEY_USAGES.filter((_, bit) => (usage & (1 << bit)) !== 0) }),
    ...(purposes === undefined ? {} : { extendedKeyUsage: purposes.map(purposeName) }),
    selfIssued: attempt(() => certificate.isSelfIssued, false),
    fingerprint256: toHex(certificate.fingerprint(nodeCrypto)),
    spki256: toHex(nodeCrypto.digest('sha256', certificate.spki)),
    ...(faults.length === 0 ? {} : { faults }),
  };
}

/** A few lines: enough to recognise it. `now`: ms since 1970, for the days that are left. */
export function certificateSummary(view: CertificateView, now: number, paint: Paint): string[] {
  const lines = [`${paint.bold(view.subject === '' ? '(no subject)' : view.subject)}`];
  if (view.names.length > 0) lines.push(`for      ${shortList(view.names, 6)}`);
  lines.push(`issuer   ${view.selfIssued ? 'itself' : view.issuer}`);
  lines.push(`key      ${keyText(view)}, signed with ${view.signature}`);
  lines.push(`valid    ${validityText(view, now, paint)}`);
  lines.push(paint.dim(`sha256   ${view.fingerprint256}`));
  for (const fault of view.faults ?? []) lines.push(paint.red(`fault    ${fault}`));
  return lines;
}

export function keyText(view: CertificateView): string {
  const { type, bits, curve } = view.key;
  if (type === 'ec') return `EC ${curve ?? 'of an unknown curve'}`;
  if (type === 'ed25519') return 'Ed25519';
  if (type === 'ed448') return 'Ed448';
  return bits === 0 ? type : `${type.toUpperCase()} ${bits} bits`;
}

export function validityText(view: CertificateView, now: number, paint: Paint): string {
  const range = `${view.notBefore.slice(0, 10)} to ${view.notAfter.slice(0, 10)}`;
  const left = Date.parse(view.notAfter) - now;
  if (left < 0) return `${range}, ${paint.red(`expired ${days(-left)} ago`)}`;
  if (Date.parse(view.notBefore) > now) return `${range}, ${paint.red(`not before ${days(Date.parse(view.notBefore) - now)} from now`)}`;
  return `${range}, ${days(left)} left`;
}

export function shortList(items: readonly string[], most: number): string {
  return items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
}

export const KEY_USAGES: readonly KeyUsageName[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

export const PURPOSES: readonly (readonly [name: string, oid: string])[] = [
  ['serverAuth', oids.SERVER_AUTH],
  ['clientAuth', oids.CLIENT_AUTH],
  ['codeSigning', oids.CODE_SIGNING],
  ['emailProtection', oids.EMAIL_PROTECTION],
  ['timeStamping', oids.TIME_STAMPING],
  ['OCSPSigning', oids.OCSP_SIGNING],
];

function purposeName(oid: string): string {
  return PURPOSES.find((known) => known[1] === oid)?.[0] ?? oid;
}

function signatureText(certificate: Certificate): string {
  const algorithm = certificate.signatureAlgorithm;
  if (algorithm === undefined) return 'an unknown algorithm';
  if (algorithm.key === 'ed25519') return 'Ed25519';
  if (algorithm.key === 'ed448') return 'Ed448';
  const key = { rsa: 'RSA', 'rsa-pss': 'RSA-PSS', ec: 'ECDSA', dsa: 'DSA' }[algorithm.key];
  return `${key} with ${(algorithm.hash ?? 'an unknown hash').toUpperCase().replace('SHA', 'SHA-')}`;
}

function time(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace('.000Z', 'Z') : 'never';
}

function days(ms: number): string {
  const whole = Math.floor(ms / 86_400_000);
  if (whole >= 1) return whole === 1 ? '1 day' : `${whole} days`;
  const hours = Math.floor(ms / 3_600_000);
  return hours >= 1 ? `${hours} h` : `${Math.ceil(ms / 60_000)} min`;
}
