/** A certificate as a person or a program wants to see it. */
import { toHex } from '../base/bytes.ts';
import { TlsError } from '../base/errors.ts';
import { nodeCrypto } from '../crypto/node/index.ts';
import * as oids from '../pki/asn1/oids.ts';
import { type Certificate, MUST_STAPLE_FEATURE } from '../pki/x509/certificate.ts';
import type { NameConstraints } from '../pki/x509/extensions.ts';
import type { KeyInfo } from '../pki/x509/spki.ts';
import type { KeyUsageName } from '../pki/x509/validate.ts';
import { type GeneralName, generalNameText } from '../pki/x509/general-name.ts';
import { clean, type Paint } from './text.ts';

/** What kind of public key. */
export interface KeyView {
  readonly type: string;
  /** 0 when unknown. */
  readonly bits: number;
  readonly curve?: string;
}

/** What `--json` prints of a certificate. */
export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly names: readonly string[];
  readonly key: KeyView;
  readonly signature: string;
  readonly ca: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: readonly string[];
  readonly extendedKeyUsage?: readonly string[];
  readonly permittedNames?: readonly string[];
  readonly excludedNames?: readonly string[];
  readonly policies?: readonly string[];
  readonly crlUris?: readonly string[];
  readonly ocspUris?: readonly string[];
  readonly issuerUris?: readonly string[];
  readonly mustStaple?: boolean;
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** Object identifiers of extensions that nothing above speaks of; those marked critical are processed by nobody here. */
  readonly otherExtensions?: readonly string[];
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
  const policies = attempt(() => certificate.certificatePolicies, undefined);
  const points = attempt(() => certificate.crlDistributionPoints, undefined) ?? [];
  const crls = points.flatMap((point) => uris(point.fullName ?? []));
  const access = attempt(() => certificate.authorityInfoAccess, undefined) ?? [];
  const ocsp = uris(access.filter(({ method }) => method === oids.ACCESS_OCSP).map(({ location }) => location));
  const issuers = uris(access.filter(({ method }) => method === oids.ACCESS_CA_ISSUERS).map(({ location }) => location));
  const features = attempt(() => certificate.tlsFeature, undefined);
  const subjectKey = attempt(() => certificate.subjectKeyIdentifier, undefined);
  const authorityKey = attempt(() => certificate.authorityKeyIdentifier?.keyIdentifier, undefined);
  const others = certificate.extensions
    .filter(({ oid }) => !SHOWN.includes(oid))
    .map(({ oid, critical }) => `${oid}${critical ? ' (critical)' : ''}`);
  return {
    subject: attempt(() => clean(certificate.subject.toString()), '?'),
    issuer: attempt(() => clean(certificate.issuer.toString()), '?'),
    serial: certificate.serialHex,
    notBefore: time(certificate.notBefore),
    notAfter: time(certificate.notAfter),
    names: attempt(() => (certificate.subjectAltName ?? []).map((name) => clean(generalNameText(name))), []),
    key: key === undefined ? { type: 'unknown', bits: 0 } : viewKey(key),
    signature: attempt(() => signatureText(certificate), 'unknown'),
    ca: constraints?.ca === true,
    ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
    ...(usage === undefined ? {} : { keyUsage: KEY_USAGES.filter((_, bit) => (usage & (1 << bit)) !== 0) }),
    ...(purposes === undefined ? {} : { extendedKeyUsage: purposes.map(purposeName) }),
    ...constraintsView(attempt(() => certificate.nameConstraints, undefined)),
    ...(policies === undefined ? {} : { policies: policies.map((one) => one.policy) }),
    ...(crls.length === 0 ? {} : { crlUris: crls }),
    ...(ocsp.length === 0 ? {} : { ocspUris: ocsp }),
    ...(issuers.length === 0 ? {} : { issuerUris: issuers }),
    ...(features?.includes(MUST_STAPLE_FEATURE) === true ? { mustStaple: true } : {}),
    ...(subjectKey === undefined ? {} : { subjectKeyId: toHex(subjectKey) }),
    ...(authorityKey === undefined ? {} : { authorityKeyId: toHex(authorityKey) }),
    ...(others.length === 0 ? {} : { otherExtensions: others }),
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
  lines.push(`key      ${keyText(view.key)}, signed with ${view.signature}`);
  lines.push(`valid    ${validityText(view, now, paint)}`);
  lines.push(paint.dim(`sha256   ${view.fingerprint256}`));
  for (const fault of view.faults ?? []) lines.push(paint.red(`fault    ${fault}`));
  return lines;
}

export function viewKey(key: KeyInfo): KeyView {
  return { type: key.type ?? key.algorithmOid, bits: key.bits, ...(key.curve === undefined ? {} : { curve: key.curve }) };
}

export function keyText({ type, bits, curve }: KeyView): string {
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

/** Extensions that the view speaks of. */
const SHOWN: readonly string[] = [
  oids.BASIC_CONSTRAINTS,
  oids.KEY_USAGE,
  oids.EXTENDED_KEY_USAGE,
  oids.SUBJECT_ALT_NAME,
  oids.NAME_CONSTRAINTS,
  oids.CERTIFICATE_POLICIES,
  oids.CRL_DISTRIBUTION_POINTS,
  oids.AUTHORITY_INFO_ACCESS,
  oids.TLS_FEATURE,
  oids.SUBJECT_KEY_IDENTIFIER,
  oids.AUTHORITY_KEY_IDENTIFIER,
];

function uris(names: readonly GeneralName[]): string[] {
  return names.flatMap((name) => (name.kind === 'uri' ? [clean(name.value)] : []));
}

function constraintsView(constraints: NameConstraints | undefined): Pick<CertificateView, 'permittedNames' | 'excludedNames'> {
  const { permitted, excluded } = constraints ?? {};
  return {
    ...(permitted === undefined ? {} : { permittedNames: permitted.map((name) => clean(generalNameText(name))) }),
    ...(excluded === undefined ? {} : { excludedNames: excluded.map((name) => clean(generalNameText(name))) }),
  };
}

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
