/**
 * A certificate, RFC 5280 §4.1. The structure is checked whole when it is read (strict DER, duplicates, versions); names, keys
 * and extensions are typed when first asked, over views of the one byte string.
 */
import { equal, toHex } from '../../base/bytes.ts';
import { MAX_CERTIFICATE_BYTES, MAX_CERTIFICATE_EXTENSIONS } from '../../base/limits.ts';
import type { CryptoProvider, HashName, PublicKey } from '../../crypto/port.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { isOid, oidText } from '../asn1/oid.ts';
import {
  BOOLEAN,
  contextConstructed,
  contextPrimitive,
  GENERALIZED_TIME,
  INTEGER,
  OBJECT_IDENTIFIER,
  SEQUENCE,
  UTC_TIME,
} from '../asn1/tags.ts';
import { looksLikePem, readPem } from '../asn1/pem.ts';
import { type SignatureAlgorithm, signatureAlgorithm, usualAlgorithm } from './algorithm.ts';
import * as extension from './extensions.ts';
import {
  AUTHORITY_INFO_ACCESS,
  AUTHORITY_KEY_IDENTIFIER,
  BASIC_CONSTRAINTS,
  CERTIFICATE_POLICIES,
  CRL_DISTRIBUTION_POINTS,
  EXTENDED_KEY_USAGE,
  FRESHEST_CRL,
  ID_PE,
  INHIBIT_ANY_POLICY,
  ISSUER_ALT_NAME,
  KEY_USAGE,
  NAME_CONSTRAINTS,
  POLICY_CONSTRAINTS,
  POLICY_MAPPINGS,
  SUBJECT_ALT_NAME,
  SUBJECT_DIRECTORY_ATTRIBUTES,
  SUBJECT_INFO_ACCESS,
  SUBJECT_KEY_IDENTIFIER,
  TLS_FEATURE,
} from './extension-id.ts';
import type { GeneralName } from './general-name.ts';
import { Name } from './name.ts';
import { type KeyInfo, readKeyInfo } from './spki.ts';

/** One extension as it stands in the certificate. */
export class Extension {
  readonly bytes: Uint8Array;
  readonly critical: boolean;
  /** See `extension-id.ts`: what lookups compare. */
  readonly short: number;
  readonly oidStart: number;
  readonly oidEnd: number;
  readonly start: number;
  readonly end: number;
  /** The typed value, once asked for. */
  parsed: unknown = undefined;

  constructor(bytes: Uint8Array, critical: boolean, oidStart: number, oidEnd: number, start: number, end: number) {
    this.bytes = bytes;
    this.critical = critical;
    this.oidStart = oidStart;
    this.oidEnd = oidEnd;
    this.start = start;
    this.end = end;
    this.short = shortId(bytes, oidStart, oidEnd);
  }

  get oid(): string {
    return oidText(this.bytes, this.oidStart, this.oidEnd, 'extnID');
  }

  /** Content of `extnValue`. */
  get value(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** A reader over `value` whose offsets are those of the certificate. */
  reader(): DerReader {
    return new DerReader(this.bytes, this.start, this.end);
  }
}

/** Which extensions a path validator processes, so that they may be critical (§4.2). */
const PROCESSED: readonly number[] = [
  SUBJECT_KEY_IDENTIFIER,
  KEY_USAGE,
  SUBJECT_ALT_NAME,
  ISSUER_ALT_NAME,
  BASIC_CONSTRAINTS,
  NAME_CONSTRAINTS,
  CRL_DISTRIBUTION_POINTS,
  CERTIFICATE_POLICIES,
  POLICY_MAPPINGS,
  AUTHORITY_KEY_IDENTIFIER,
  POLICY_CONSTRAINTS,
  EXTENDED_KEY_USAGE,
  FRESHEST_CRL,
  INHIBIT_ANY_POLICY,
  AUTHORITY_INFO_ACCESS,
  TLS_FEATURE,
];

/** A parsed X.509 certificate. Fields are views of `der`; treat them as read-only. */
export class Certificate {
  readonly der: Uint8Array;
  /** 1, 2 or 3. */
  readonly version: number;
  /** Milliseconds since 1970, inclusive at both ends. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Extension[];
  /** `issuerUniqueID` or `subjectUniqueID` is there. */
  readonly hasUniqueIdentifiers: boolean;
  /** Dates through 2049 are UTCTime and later ones GeneralizedTime, as RFC 5280 §4.1.2.5 demands. */
  readonly hasProperTimes: boolean;

  readonly #tbsStart: number;
  readonly #tbsEnd: number;
  readonly #serialStart: number;
  readonly #serialEnd: number;
  readonly #issuerStart: number;
  readonly #validityStart: number;
  readonly #subjectStart: number;
  readonly #spkiStart: number;
  readonly #spkiEnd: number;
  readonly #innerAlgorithmStart: number;
  readonly #innerAlgorithmEnd: number;
  readonly #outerAlgorithmEnd: number;
  readonly #signatureStart: number;
  readonly #signatureEnd: number;
  #issuer: Name | undefined;
  #subject: Name | undefined;
  #selfIssued: boolean | undefined;
  #spki: Uint8Array | undefined;
  #keyInfo: KeyInfo | undefined;
  #algorithm: SignatureAlgorithm | null | undefined;
  #key: PublicKey | undefined;
  #keyProvider: CryptoProvider | undefined;

  /** Use `parseCertificate`. Throws `bad_der`. */
  constructor(der: Uint8Array) {
    if (der.length > MAX_CERTIFICATE_BYTES) malformed('certificate', 0, 'too long');
    this.der = der;
    const reader = new DerReader(der);
    const body = reader.sequence('certificate');
    reader.finish('certificate');

    this.#tbsStart = body.position;
    const tbs = body.sequence('tbsCertificate');
    this.#tbsEnd = body.position;

    this.version = readVersion(tbs);
    tbs.checkInteger('serialNumber');
    this.#serialStart = tbs.contentStart;
    this.#serialEnd = tbs.contentEnd;
    this.#innerAlgorithmStart = tbs.position;
    checkAlgorithm(tbs, 'tbsCertificate.signature');
    this.#innerAlgorithmEnd = tbs.position;
    this.#issuerStart = tbs.position;
    tbs.expect(SEQUENCE, 'issuer');
    this.#validityStart = tbs.position;
    const behindValidity = tbs.narrow(SEQUENCE, 'validity');
    const early = tbs.peek();
    this.notBefore = tbs.time('notBefore');
    const late = tbs.peek();
    this.notAfter = tbs.time('notAfter');
    this.hasProperTimes = early === timeTag(this.notBefore) && late === timeTag(this.notAfter);
    tbs.leave(behindValidity, 'validity');
    this.#subjectStart = tbs.position;
    tbs.expect(SEQUENCE, 'subject');
    this.#spkiStart = tbs.position;
    tbs.expect(SEQUENCE, 'subjectPublicKeyInfo');
    this.#spkiEnd = tbs.position;
    this.hasUniqueIdentifiers = tbs.peek() === contextPrimitive(1) || tbs.peek() === contextPrimitive(2);
    for (let n = 1; n <= 2; n++) {
      if (tbs.peek() !== contextPrimitive(n)) continue;
      if (this.version === 1) malformed('uniqueIdentifier', tbs.position, 'not in version 1');
      tbs.bitString('uniqueIdentifier', contextPrimitive(n));
    }
    this.extensions = tbs.done ? [] : readExtensions(tbs, this.version);
    tbs.finish('tbsCertificate');

    checkAlgorithm(body, 'signatureAlgorithm');
    this.#outerAlgorithmEnd = body.position;
    body.checkBytes('signatureValue');
    this.#signatureStart = body.contentStart + 1;
    this.#signatureEnd = body.contentEnd;
    body.finish('certificate');
  }

  /** The signed part, whole DER. */
  get tbs(): Uint8Array {
    return this.der.subarray(this.#tbsStart, this.#tbsEnd);
  }

  /** Content of the INTEGER: two's complement, minimal. */
  get serial(): Uint8Array {
    return this.der.subarray(this.#serialStart, this.#serialEnd);
  }

  /** The serial number in hexadecimal, lower case, as encoded. */
  get serialHex(): string {
    return toHex(this.serial);
  }

  get issuer(): Name {
    return (this.#issuer ??= new Name(this.der.subarray(this.#issuerStart, this.#validityStart)));
  }

  get subject(): Name {
    return (this.#subject ??= new Name(this.der.subarray(this.#subjectStart, this.#spkiStart)));
  }

  /** The SubjectPublicKeyInfo, whole DER. */
  get spki(): Uint8Array {
    return (this.#spki ??= this.der.subarray(this.#spkiStart, this.#spkiEnd));
  }

  get keyInfo(): KeyInfo {
    return (this.#keyInfo ??= readKeyInfo(this.spki));
  }

  /** The algorithm of the signature; undefined when unknown here. */
  get signatureAlgorithm(): SignatureAlgorithm | undefined {
    if (this.#algorithm === undefined)
      this.#algorithm = usualAlgorithm(this.der, this.#tbsEnd, this.#outerAlgorithmEnd) ?? signatureAlgorithm(this.outerAlgorithm) ?? null;
    return this.#algorithm ?? undefined;
  }

  /** `signatureAlgorithm` as encoded, whole DER. */
  get outerAlgorithm(): Uint8Array {
    return this.der.subarray(this.#tbsEnd, this.#outerAlgorithmEnd);
  }

  /** `tbsCertificate.signature` as encoded, whole DER. */
  get innerAlgorithm(): Uint8Array {
    return this.der.subarray(this.#innerAlgorithmStart, this.#innerAlgorithmEnd);
  }

  /** Whether inner and outer algorithm are the same bytes, as RFC 5280 §4.1.1.2 demands. */
  get algorithmsMatch(): boolean {
    const { der } = this;
    const length = this.#innerAlgorithmEnd - this.#innerAlgorithmStart;
    if (length !== this.#outerAlgorithmEnd - this.#tbsEnd) return false;
    for (let i = 0; i < length; i++) if (der[this.#innerAlgorithmStart + i] !== der[this.#tbsEnd + i]) return false;
    return true;
  }

  get signature(): Uint8Array {
    return this.der.subarray(this.#signatureStart, this.#signatureEnd);
  }

  /** Whether subject and issuer are the same name: the certificate is self-issued (RFC 5280 §6.1). */
  get isSelfIssued(): boolean {
    return (this.#selfIssued ??= this.subject.equals(this.issuer));
  }

  get basicConstraints(): extension.BasicConstraints | undefined {
    return this.#typed(BASIC_CONSTRAINTS, extension.readBasicConstraints);
  }

  /** Bit i of KeyUsage at `1 << i`: see `DIGITAL_SIGNATURE` and the others. */
  get keyUsage(): number | undefined {
    return this.#typed(KEY_USAGE, extension.readKeyUsage);
  }

  /** Purposes as object identifiers. */
  get extendedKeyUsage(): readonly string[] | undefined {
    return this.#typed(EXTENDED_KEY_USAGE, extension.readExtendedKeyUsage);
  }

  get subjectAltName(): readonly GeneralName[] | undefined {
    return this.#typed(SUBJECT_ALT_NAME, readSubjectAltName);
  }

  get issuerAltName(): readonly GeneralName[] | undefined {
    return this.#typed(ISSUER_ALT_NAME, readIssuerAltName);
  }

  get nameConstraints(): extension.NameConstraints | undefined {
    return this.#typed(NAME_CONSTRAINTS, extension.readNameConstraints);
  }

  get certificatePolicies(): readonly extension.PolicyInformation[] | undefined {
    return this.#typed(CERTIFICATE_POLICIES, extension.readCertificatePolicies);
  }

  get policyMappings(): readonly extension.PolicyMapping[] | undefined {
    return this.#typed(POLICY_MAPPINGS, extension.readPolicyMappings);
  }

  get policyConstraints(): extension.PolicyConstraints | undefined {
    return this.#typed(POLICY_CONSTRAINTS, extension.readPolicyConstraints);
  }

  get inhibitAnyPolicy(): number | undefined {
    return this.#typed(INHIBIT_ANY_POLICY, extension.readInhibitAnyPolicy);
  }

  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#typed(SUBJECT_KEY_IDENTIFIER, extension.readKeyIdentifier);
  }

  get authorityKeyIdentifier(): extension.AuthorityKeyIdentifier | undefined {
    return this.#typed(AUTHORITY_KEY_IDENTIFIER, extension.readAuthorityKeyIdentifier);
  }

  get crlDistributionPoints(): readonly extension.DistributionPoint[] | undefined {
    return this.#typed(CRL_DISTRIBUTION_POINTS, readCrlDistributionPoints);
  }

  get freshestCrl(): readonly extension.DistributionPoint[] | undefined {
    return this.#typed(FRESHEST_CRL, readFreshestCrl);
  }

  get authorityInfoAccess(): readonly extension.AccessDescription[] | undefined {
    return this.#typed(AUTHORITY_INFO_ACCESS, readAuthorityInfoAccess);
  }

  get subjectInfoAccess(): readonly extension.AccessDescription[] | undefined {
    return this.#typed(SUBJECT_INFO_ACCESS, readSubjectInfoAccess);
  }

  get subjectDirectoryAttributes(): readonly extension.DirectoryAttribute[] | undefined {
    return this.#typed(SUBJECT_DIRECTORY_ATTRIBUTES, extension.readDirectoryAttributes);
  }

  /** RFC 7633; contains 5 when the server must staple an OCSP response. */
  get tlsFeature(): readonly number[] | undefined {
    return this.#typed(TLS_FEATURE, extension.readTlsFeature);
  }

  /** The object identifier of a critical extension that this library does not process; undefined when there is none. */
  get unknownCritical(): string | undefined {
    for (const one of this.extensions) if (one.critical && !PROCESSED.includes(one.short)) return one.oid;
    return undefined;
  }

  /** Whether the extension with this number of `extension-id.ts` is there and critical. */
  isCritical(short: number): boolean {
    for (const one of this.extensions) if (one.short === short) return one.critical;
    return false;
  }

  /** The extension of this object identifier. */
  extension(oid: string): Extension | undefined {
    for (const one of this.extensions) if (one.oid === oid) return one;
    return undefined;
  }

  /** The public key, imported once per provider; undefined when the provider refuses it. */
  subjectKey(crypto: CryptoProvider): PublicKey | undefined {
    if (this.#key === undefined || this.#keyProvider !== crypto) {
      this.#key = crypto.importPublicKey(this.spki);
      this.#keyProvider = crypto;
    }
    return this.#key;
  }

  /** Hash of the whole certificate: a fingerprint. */
  fingerprint(crypto: CryptoProvider, hash: HashName = 'sha256'): Uint8Array {
    return crypto.digest(hash, this.der);
  }

  equals(other: Certificate): boolean {
    return this === other || equal(this.der, other.der);
  }

  #typed<T>(short: number, read: (value: DerReader) => T): T | undefined {
    for (const one of this.extensions) {
      if (one.short === short) return (one.parsed ??= read(one.reader())) as T;
    }
    return undefined;
  }
}

/** Reads one certificate in DER, or PEM with one CERTIFICATE block. Throws TlsError `bad_der` or `bad_pem`. */
export function parseCertificate(bytes: Uint8Array | string): Certificate {
  if (typeof bytes !== 'string' && !looksLikePem(bytes)) return new Certificate(bytes);
  const all = parseCertificates(bytes);
  if (all.length !== 1) malformed('PEM', 0, `${all.length} certificates instead of one`, 'bad_pem');
  return all[0]!;
}

/** Reads all certificates of a PEM text (other blocks are skipped), or the one of DER. Throws `bad_der` or `bad_pem`. */
export function parseCertificates(bytes: Uint8Array | string): Certificate[] {
  if (typeof bytes !== 'string' && !looksLikePem(bytes)) return [new Certificate(bytes)];
  return readPem(bytes)
    .filter((block) => isCertificateLabel(block.label))
    .map((block) => new Certificate(block.der));
}

/** `CERTIFICATE`, and the labels that old tools write. */
export function isCertificateLabel(label: string): boolean {
  return label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE';
}

/** Reads `Extensions` at `reader`: used by certificates, CRLs and OCSP responses. Duplicates are refused. */
export function readExtensionList(list: DerReader, field: string): Extension[] {
  const extensions: Extension[] = [];
  // One reader serves all: certificates have a dozen extensions.
  const body = new DerReader(list.bytes, list.position, list.end, list.depth + 1);
  // Extensions ::= SEQUENCE SIZE (1..MAX)
  do {
    if (extensions.length >= MAX_CERTIFICATE_EXTENSIONS) malformed(field, list.position, 'too many');
    const at = list.position;
    list.expect(SEQUENCE, field);
    body.position = list.contentStart;
    body.end = list.contentEnd;
    body.expect(OBJECT_IDENTIFIER, 'extnID');
    const oidStart = body.contentStart;
    const oidEnd = body.contentEnd;
    if (!isOid(body.bytes, oidStart, oidEnd)) malformed('extnID', oidStart, 'bad OBJECT IDENTIFIER');
    const critical = body.peek() === BOOLEAN ? body.boolean('extension critical') : false;
    body.expect(0x04, 'extnValue');
    const one = new Extension(body.bytes, critical, oidStart, oidEnd, body.contentStart, body.contentEnd);
    body.finish('extension');
    // RFC 5280 §4.2: a certificate must not include more than one instance of an extension.
    for (const other of extensions) if (sameOid(one, other)) malformed(field, at, `${one.oid} twice`);
    extensions.push(one);
  } while (!list.done);
  return extensions;
}

/** The form of time that RFC 5280 §4.1.2.5 demands. */
function timeTag(milliseconds: number): number {
  return milliseconds >= YEAR_1950 && milliseconds < YEAR_2050 ? UTC_TIME : GENERALIZED_TIME;
}
const YEAR_1950 = -631_152_000_000;
const YEAR_2050 = 2_524_608_000_000;

/** Moves behind an AlgorithmIdentifier: an object identifier and at most one element more. */
function checkAlgorithm(reader: DerReader, field: string): void {
  const end = reader.narrow(SEQUENCE, field);
  reader.expect(OBJECT_IDENTIFIER, field);
  if (!isOid(reader.bytes, reader.contentStart, reader.contentEnd)) malformed(field, reader.contentStart, 'bad OBJECT IDENTIFIER');
  if (!reader.done) reader.header(field);
  reader.leave(end, field);
}

function readVersion(tbs: DerReader): number {
  if (tbs.peek() !== contextConstructed(0)) return 1;
  const end = tbs.narrow(contextConstructed(0), 'version');
  const version = tbs.smallInteger('version', 2, INTEGER);
  if (version === 0) malformed('version', tbs.contentStart, 'default value encoded');
  tbs.leave(end, 'version');
  return version + 1;
}

function readExtensions(tbs: DerReader, version: number): Extension[] {
  if (version !== 3) malformed('extensions', tbs.position, 'only in version 3');
  const wrapper = tbs.enter(contextConstructed(3), 'extensions');
  const list = wrapper.sequence('extensions');
  wrapper.finish('extensions');
  return readExtensionList(list, 'extensions');
}

function sameOid(a: Extension, b: Extension): boolean {
  const length = a.oidEnd - a.oidStart;
  if (length !== b.oidEnd - b.oidStart) return false;
  for (let i = 0; i < length; i++) if (a.bytes[a.oidStart + i] !== b.bytes[b.oidStart + i]) return false;
  return true;
}

/** 55 1d nn, or 2b 06 01 05 05 07 01 nn. */
function shortId(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 0x1d) return bytes[start + 2]!;
  if (end - start !== 8) return -1;
  for (let i = 0; i < 7; i++) if (bytes[start + i] !== ID_PE_BYTES[i]) return -1;
  return ID_PE + bytes[start + 7]!;
}
const ID_PE_BYTES: readonly number[] = [0x2b, 6, 1, 5, 5, 7, 1];

function readSubjectAltName(value: DerReader): readonly GeneralName[] {
  return extension.readNames(value, 'subjectAltName');
}

function readIssuerAltName(value: DerReader): readonly GeneralName[] {
  return extension.readNames(value, 'issuerAltName');
}

function readCrlDistributionPoints(value: DerReader): readonly extension.DistributionPoint[] {
  return extension.readDistributionPoints(value, 'cRLDistributionPoints');
}

function readFreshestCrl(value: DerReader): readonly extension.DistributionPoint[] {
  return extension.readDistributionPoints(value, 'freshestCRL');
}

function readAuthorityInfoAccess(value: DerReader): readonly extension.AccessDescription[] {
  return extension.readAccessDescriptions(value, 'authorityInfoAccess');
}

function readSubjectInfoAccess(value: DerReader): readonly extension.AccessDescription[] {
  return extension.readAccessDescriptions(value, 'subjectInfoAccess');
}

/** The TLS extension `status_request` in `tlsFeature`: the server must staple (RFC 7633 §4.1). */
export const MUST_STAPLE_FEATURE = 5;
