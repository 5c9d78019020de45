/**
 * Validation without a connection: anchors, intermediates, a certificate and what is expected of it go in, a verdict with reasons
 * comes out. Nothing is fetched, no clock is read.
 */
import { equal } from '../../base/bytes.ts';
import { misuse, TlsError } from '../../base/errors.ts';
import { MAX_INTERMEDIATES } from '../../base/limits.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import * as oids from '../asn1/oids.ts';
import { signatureAlgorithmOid } from './algorithm.ts';
import { Certificate, parseCertificates } from './certificate.ts';
import { type CertificateList, parseCrls } from './crl.ts';
import * as usage from './extensions.ts';
import { fault, type Fault, type PathFailure } from './failure.ts';
import { checkIdentity } from './identity.ts';
import { ipAddressBytes } from './ip-address.ts';
import { parseOcspResponse } from './ocsp.ts';
import { buildPath } from './path-build.ts';
import { type PathContext, SignatureMemo } from './path-validate.ts';
import type { PolicyOptions } from './policies.ts';
import type { Profile } from './profile.ts';
import { rfc5280 } from './profile-rfc5280.ts';
import { webpki } from './profile-webpki.ts';
import { chooseFailure } from './report.ts';
import type { RevocationSource } from './revocation-source.ts';
import { checkRevokedStore, type RevokedStore } from './revoked-store.ts';
import { type RevocationMode, statusChecker, type StatusSources } from './status.ts';
import { runSteps, type Steps } from './steps.ts';
import { type CertificateSource, toTrustStore, type TrustStore } from './trust-store.ts';

/** Names of KeyUsage bits, RFC 5280 §4.2.1.3. */
export type KeyUsageName =
  | 'digitalSignature'
  | 'nonRepudiation'
  /** What X.509 calls nonRepudiation now. */
  | 'contentCommitment'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** A name that the certificate must be for: a DNS name or IP address as text, or typed. */
export type ExpectedName = string | { readonly kind: 'dns' | 'ip' | 'email'; readonly value: string };

export interface ValidateOptions {
  readonly trustAnchors: TrustStore | CertificateSource | Iterable<CertificateSource>;
  /** Certificates that may stand between. One that cannot be read is left out and reported. */
  readonly intermediates?: Iterable<CertificateSource> | CertificateSource | undefined;
  /** The peer's certificate: DER, PEM or parsed. */
  readonly certificate: CertificateSource;
  readonly crypto: CryptoProvider;
  /** Milliseconds since 1970, or a Date. */
  readonly time: number | Date;
  /** The leaf's key usage, when it has one, must allow all of these. */
  readonly keyUsages?: readonly KeyUsageName[] | undefined;
  /** Purposes the certificate must allow: `serverAuth`, `clientAuth`, `codeSigning`, `emailProtection`, `timeStamping`, `OCSPSigning`, or object identifiers. */
  readonly extendedKeyUsages?: readonly string[] | undefined;
  /**
   * Signature algorithms that the path, its CRLs and its OCSP responses may use, beyond what the profile refuses: object identifiers, or
   * names such as `ecdsa-with-SHA256` (see `signatureAlgorithmNames`). Default: those of the profile.
   */
  readonly signatureAlgorithms?: readonly string[] | undefined;
  /** The leaf must be for all of these names. */
  readonly names?: readonly ExpectedName[] | undefined;
  /** CRLs at hand: DER, PEM or parsed. */
  readonly crls?: Iterable<Uint8Array | string | CertificateList> | Uint8Array | string | undefined;
  /** OCSP responses at hand, DER; each is used for the certificates it speaks of. One that cannot be read counts as an unreadable CRL. */
  readonly ocspResponses?: Iterable<Uint8Array> | undefined;
  /** Certificates revoked by hand, by issuer and serial number. */
  readonly revoked?: RevokedStore | undefined;
  /** Asked for CRLs and OCSP responses that were not given. */
  readonly revocationSource?: RevocationSource | undefined;
  /**
   * `none`: CRLs are not looked at. `if-covered` (default): where a CRL of its issuer was given, the status must be known. `required`:
   * it must be known of every certificate of the path.
   */
  readonly revocation?: RevocationMode | undefined;
  /** Most certificates between leaf and anchor, self-issued ones not counted. Default 8. */
  readonly maxDepth?: number | undefined;
  /** Default `rfc5280`. */
  readonly profile?: 'rfc5280' | 'webpki' | Profile | undefined;
  /** Inputs of policy processing, RFC 5280 §6.1.1 (c) to (g). */
  readonly policy?: PolicyOptions | undefined;
  readonly legacyCommonName?: boolean | undefined;
  /** An anchor must be self-signed. Default false. */
  readonly selfSignedAnchorsOnly?: boolean | undefined;
}

export interface Verdict {
  readonly valid: boolean;
  /** Leaf to trust anchor; empty when not valid. */
  readonly path: readonly Certificate[];
  /** Policies under which the path is valid (§6.1.6). */
  readonly policies: readonly string[];
  /** The refusal to tell, when not valid. */
  readonly failure: PathFailure | undefined;
  /** Every candidate path that was refused, and where. */
  readonly failures: readonly PathFailure[];
}

const DEFAULT_MAX_DEPTH = 8;

/**
 * Decides whether a certificate is valid now, for this use, under these anchors. A bad certificate is a verdict, never an exception;
 * throws `invalid_argument` for options that make no sense and `bad_der` or `bad_pem` for anchors that cannot be read. A CRL that cannot
 * be read makes every status that no other CRL settles unknown.
 */
export function validateCertificate(options: ValidateOptions): MaybePromise<Verdict> {
  return runSteps(validateSteps(options));
}

function* validateSteps(options: ValidateOptions): Steps<Verdict> {
  const profile = narrowed(profileOf(options.profile), options.signatureAlgorithms);
  const failures: PathFailure[] = [];
  const now = typeof options.time === 'number' ? options.time : options.time.getTime();
  if (!Number.isFinite(now)) misuse('invalid_argument', 'time');
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  if (!Number.isInteger(maxDepth) || maxDepth < 0) misuse('invalid_argument', 'maxDepth');

  const [leaf] = readSources([options.certificate], failures);
  if (leaf === undefined) return refuse(failures.length > 0 ? failures : [alone('malformed', 'no certificate')]);
  const intermediates = readSources(toList(options.intermediates), failures);
  if (intermediates.length > MAX_INTERMEDIATES) misuse('invalid_argument', `more than ${MAX_INTERMEDIATES} intermediates`);
  const anchors = toTrustStore(options.trustAnchors);
  const purposes = (options.extendedKeyUsages ?? []).map(purposeOid);
  const revocation = options.revocation ?? 'if-covered';
  const crls: CertificateList[] = [];
  const responses = options.ocspResponses === undefined ? undefined : [...options.ocspResponses];
  const unreadable = revocation === 'none' ? undefined : (readCrls(options.crls, crls) ?? unreadableResponse(responses));
  const sources: StatusSources = {
    mode: revocation,
    revoked: options.revoked,
    crls,
    certificates: [...intermediates, leaf],
    unreadable,
    source: options.revocationSource,
    ocsp: responses === undefined ? undefined : (certificate) => responses.filter((response) => mentions(response, certificate)),
  };
  const context: PathContext = {
    crypto: options.crypto,
    now,
    profile,
    policy: options.policy ?? {},
    wantPolicies: true,
    purposes,
    maxIntermediates: maxDepth,
    signatures: new SignatureMemo(),
    legacyCommonName: options.legacyCommonName,
    revocation: statusChecker(sources, () => context),
  };
  const built = yield* buildPath({ leaf, intermediates, anchors, selfSignedAnchorsOnly: options.selfSignedAnchorsOnly }, context);
  failures.push(...built.failures);
  if (built.path === undefined) return refuse(failures);
  const { path } = built;
  // A leaf that is itself an anchor has no issuer whose word counts, but the store's does.
  const wrong = checkRevokedStore(options.revoked, leaf) ?? identityFault(leaf, options, purposes, profile);
  if (wrong !== undefined) return refuse([{ ...wrong, path, index: 0 }, ...failures]);
  return { valid: true, path, policies: built.accepted?.policies ?? [], failure: undefined, failures };
}

function identityFault(leaf: Certificate, options: ValidateOptions, purposes: readonly string[], profile: Profile): Fault | undefined {
  const hosts: string[] = [];
  const mailboxes: string[] = [];
  for (const name of options.names ?? []) {
    if (typeof name === 'string') hosts.push(name);
    else if (name.kind === 'email') mailboxes.push(name.value);
    else if ((name.kind === 'ip') === (ipAddressBytes(name.value) !== undefined)) hosts.push(name.value);
    else return fault('host-name', 'RFC 9525 6', `${JSON.stringify(name.value.slice(0, 253))} is no name of kind ${name.kind}`);
  }
  try {
    const wrong = checkIdentity(leaf, {
      purposes,
      anyPurpose: profile.anyPurpose,
      usageForPurpose: profile.usageForPurpose,
      keyUsageAllOf: (options.keyUsages ?? []).reduce((bits, name) => bits | keyUsageBit(name), 0),
      hostNames: hosts,
      legacyCommonName: options.legacyCommonName,
    });
    if (wrong !== undefined) return wrong;
    for (const mailbox of mailboxes) {
      if (!hasMailbox(leaf, mailbox))
        return fault('host-name', 'RFC 5280 4.2.1.6', `certificate is not for ${JSON.stringify(mailbox.slice(0, 253))}`);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof TlsError) || error.code !== 'bad_der') throw error;
    return fault('malformed', 'RFC 5280 4.2', error.detail ?? error.code);
  }
}

/** The local part is compared as it is, the host without case (RFC 5280 §7.5). */
function hasMailbox(leaf: Certificate, mailbox: string): boolean {
  const canonical = (text: string): string => {
    const at = text.lastIndexOf('@');
    return text.slice(0, at + 1) + text.slice(at + 1).toLowerCase();
  };
  if (!mailbox.includes('@')) return false;
  return (leaf.subjectAltName ?? []).some((name) => name.kind === 'email' && canonical(name.value) === canonical(mailbox));
}

function unreadableResponse(responses: readonly Uint8Array[] | undefined): string | undefined {
  for (const response of responses ?? []) {
    try {
      parseOcspResponse(response);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      return error.detail ?? error.code;
    }
  }
  return undefined;
}

/** Whether an OCSP response has an entry with the certificate's serial number. */
function mentions(response: Uint8Array, certificate: Certificate): boolean {
  try {
    return parseOcspResponse(response).basic?.responses.some((one) => equal(one.id.serial, certificate.serial)) === true;
  } catch (error) {
    if (error instanceof TlsError) return false;
    throw error;
  }
}

function refuse(failures: readonly PathFailure[]): Verdict {
  return { valid: false, path: [], policies: [], failure: chooseFailure(failures), failures };
}

function alone(reason: PathFailure['reason'], message: string): PathFailure {
  return { reason, path: [], index: 0, step: 'RFC 5280 4.1', message };
}

function toList(sources: ValidateOptions['intermediates']): CertificateSource[] {
  if (sources === undefined) return [];
  if (typeof sources === 'string' || sources instanceof Uint8Array || sources instanceof Certificate) return [sources];
  return [...sources];
}

/** What can be read; what cannot is a failure with an empty path. */
function readSources(sources: readonly CertificateSource[], failures: PathFailure[]): Certificate[] {
  const found: Certificate[] = [];
  for (const source of sources) {
    try {
      if (source instanceof Certificate) found.push(source);
      else found.push(...parseCertificates(source));
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      failures.push(alone('malformed', error.detail ?? error.code));
    }
  }
  return found;
}

/** Adds what can be read to `found`; returns why the first unreadable one is none. */
function readCrls(sources: ValidateOptions['crls'], found: CertificateList[]): string | undefined {
  if (sources === undefined) return undefined;
  let unreadable: string | undefined;
  for (const source of typeof sources === 'string' || sources instanceof Uint8Array ? [sources] : sources) {
    if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
      found.push(source);
      continue;
    }
    try {
      const read = parseCrls(source);
      if (read.length === 0) unreadable ??= 'no CRL in what was given as one';
      found.push(...read);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      unreadable ??= error.detail ?? error.code;
    }
  }
  return unreadable;
}

function profileOf(profile: ValidateOptions['profile']): Profile {
  if (profile === undefined || profile === 'rfc5280') return rfc5280;
  if (profile === 'webpki') return webpki;
  return typeof profile === 'object' ? profile : misuse('invalid_argument', 'profile');
}

/** The profile with only these signature algorithms. */
function narrowed(profile: Profile, names: readonly string[] | undefined): Profile {
  if (names === undefined) return profile;
  const allowed = names.map(
    (name) => signatureAlgorithmOid(name) ?? misuse('invalid_argument', `signatureAlgorithms: ${name.slice(0, 40)}`),
  );
  return {
    ...profile,
    signatureRule: (algorithm, issuerKey) =>
      allowed.includes(algorithm.oid) ? profile.signatureRule?.(algorithm, issuerKey) : 'signature algorithm is not among those asked for',
  };
}

function purposeOid(name: string): string {
  switch (name) {
    case 'serverAuth':
      return oids.SERVER_AUTH;
    case 'clientAuth':
      return oids.CLIENT_AUTH;
    case 'codeSigning':
      return oids.CODE_SIGNING;
    case 'emailProtection':
      return oids.EMAIL_PROTECTION;
    case 'timeStamping':
      return oids.TIME_STAMPING;
    case 'OCSPSigning':
      return oids.OCSP_SIGNING;
    case 'anyExtendedKeyUsage':
      return oids.ANY_EXTENDED_KEY_USAGE;
    default:
      return /^\d+(\.\d+)+$/.test(name) ? name : misuse('invalid_argument', `extendedKeyUsages: ${name.slice(0, 40)}`);
  }
}

function keyUsageBit(name: KeyUsageName): number {
  switch (name) {
    case 'digitalSignature':
      return usage.DIGITAL_SIGNATURE;
    case 'nonRepudiation':
    case 'contentCommitment':
      return usage.NON_REPUDIATION;
    case 'keyEncipherment':
      return usage.KEY_ENCIPHERMENT;
    case 'dataEncipherment':
      return usage.DATA_ENCIPHERMENT;
    case 'keyAgreement':
      return usage.KEY_AGREEMENT;
    case 'keyCertSign':
      return usage.KEY_CERT_SIGN;
    case 'cRLSign':
      return usage.CRL_SIGN;
    case 'encipherOnly':
      return usage.ENCIPHER_ONLY;
    case 'decipherOnly':
      return usage.DECIPHER_ONLY;
    default:
      return misuse('invalid_argument', `keyUsages: ${String(name).slice(0, 40)}`);
  }
}
