/** Certificate revocation lists, RFC 5280 §5: parsed strictly; entries are indexed by serial number when first asked. */
import { equal } from '../../base/bytes.ts';
import { MAX_CRL_BYTES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { looksLikePem, readPem } from '../asn1/pem.ts';
import { contextConstructed, contextPrimitive, GENERALIZED_TIME, SEQUENCE, UTC_TIME } from '../asn1/tags.ts';
import { type SignatureAlgorithm, signatureAlgorithm } from './algorithm.ts';
import { type Extension, readExtensionList } from './certificate.ts';
import { CrlEntries, type CrlEntry } from './crl-entries.ts';
import * as extension from './extensions.ts';
import type { GeneralName } from './general-name.ts';
import { Name } from './name.ts';

/** `CRLReason`, RFC 5280 §5.3.1. */
export const REASON_UNSPECIFIED = 0;
export const REASON_KEY_COMPROMISE = 1;
export const REASON_CA_COMPROMISE = 2;
export const REASON_AFFILIATION_CHANGED = 3;
export const REASON_SUPERSEDED = 4;
export const REASON_CESSATION_OF_OPERATION = 5;
export const REASON_CERTIFICATE_HOLD = 6;
export const REASON_REMOVE_FROM_CRL = 8;
export const REASON_PRIVILEGE_WITHDRAWN = 9;
export const REASON_AA_COMPROMISE = 10;

export interface IssuingDistributionPoint {
  readonly fullName: readonly GeneralName[] | undefined;
  readonly relativeName: Uint8Array | undefined;
  readonly onlyUserCertificates: boolean;
  readonly onlyCaCertificates: boolean;
  readonly onlySomeReasons: number | undefined;
  readonly indirect: boolean;
  readonly onlyAttributeCertificates: boolean;
  /** Whole extension value: complete and delta CRL of one scope have the same. */
  readonly der: Uint8Array;
}

const CRL_NUMBER = 20;
const DELTA_CRL_INDICATOR = 27;
const ISSUING_DISTRIBUTION_POINT = 28;
const AUTHORITY_KEY_IDENTIFIER = 35;
const FRESHEST_CRL = 46;
const ISSUER_ALT_NAME = 18;
const AUTHORITY_INFO_ACCESS = 257;
const PROCESSED: readonly number[] = [
  CRL_NUMBER,
  DELTA_CRL_INDICATOR,
  ISSUING_DISTRIBUTION_POINT,
  AUTHORITY_KEY_IDENTIFIER,
  FRESHEST_CRL,
  ISSUER_ALT_NAME,
  AUTHORITY_INFO_ACCESS,
];

export class CertificateList {
  readonly der: Uint8Array;
  readonly version: number;
  readonly issuer: Name;
  readonly thisUpdate: number;
  /** Undefined where the issuer left it out; RFC 5280 requires it. */
  readonly nextUpdate: number | undefined;
  readonly extensions: readonly Extension[];
  readonly tbs: Uint8Array;
  readonly innerAlgorithm: Uint8Array;
  readonly outerAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly #entriesStart: number;
  readonly #entriesEnd: number;
  #entries: CrlEntries | undefined;

  /** Use `parseCrl`. Throws `bad_der`. */
  constructor(der: Uint8Array) {
    if (der.length > MAX_CRL_BYTES) malformed('CRL', 0, 'too long');
    this.der = der;
    const reader = new DerReader(der);
    const body = reader.sequence('CRL');
    reader.finish('CRL');
    const tbsStart = body.position;
    const tbs = body.sequence('tbsCertList');
    this.tbs = der.subarray(tbsStart, body.position);
    this.version = tbs.peek() === 0x02 ? tbs.smallInteger('CRL version', 1) + 1 : 1;
    this.innerAlgorithm = tbs.rawOf(SEQUENCE, 'tbsCertList.signature');
    this.issuer = new Name(tbs.rawOf(SEQUENCE, 'CRL issuer'));
    this.thisUpdate = tbs.time('thisUpdate');
    const tag = tbs.peek();
    this.nextUpdate = tag === UTC_TIME || tag === GENERALIZED_TIME ? tbs.time('nextUpdate') : undefined;
    if (tbs.peek() === SEQUENCE) {
      tbs.expect(SEQUENCE, 'revokedCertificates');
      this.#entriesStart = tbs.contentStart;
      this.#entriesEnd = tbs.contentEnd;
    } else {
      this.#entriesStart = 0;
      this.#entriesEnd = 0;
    }
    const wrapper = tbs.enterOptional(contextConstructed(0), 'crlExtensions');
    if (wrapper === undefined) this.extensions = [];
    else {
      // §5.1.2.1: "When extensions are used, as required by this profile, this field MUST be present and MUST specify version 2"
      if (this.version !== 2) malformed('crlExtensions', tbs.position, 'only in version 2');
      const list = wrapper.sequence('crlExtensions');
      wrapper.finish('crlExtensions');
      this.extensions = readExtensionList(list, 'crlExtensions');
    }
    tbs.finish('tbsCertList');
    this.outerAlgorithm = body.rawOf(SEQUENCE, 'CRL signatureAlgorithm');
    this.signature = body.bitStringBytes('CRL signature');
    body.finish('CRL');
  }

  get signatureAlgorithm(): SignatureAlgorithm | undefined {
    return signatureAlgorithm(this.outerAlgorithm);
  }

  /** Content of the INTEGER. */
  get crlNumber(): Uint8Array | undefined {
    return this.#typed(CRL_NUMBER, (reader) => wholeInteger(reader, 'cRLNumber'));
  }

  /** For a delta CRL: the number of the complete CRL it starts from. */
  get baseCrlNumber(): Uint8Array | undefined {
    return this.#typed(DELTA_CRL_INDICATOR, (reader) => wholeInteger(reader, 'deltaCRLIndicator'));
  }

  get issuingDistributionPoint(): IssuingDistributionPoint | undefined {
    return this.#typed(ISSUING_DISTRIBUTION_POINT, readIssuingDistributionPoint);
  }

  get authorityKeyIdentifier(): extension.AuthorityKeyIdentifier | undefined {
    return this.#typed(AUTHORITY_KEY_IDENTIFIER, extension.readAuthorityKeyIdentifier);
  }

  /** A critical extension, of the CRL or of an entry, that this library does not process: such a CRL must not be used (§5.2, §5.3). */
  get unknownCritical(): string | undefined {
    for (const one of this.extensions) if (one.critical && !PROCESSED.includes(one.short)) return one.oid;
    return this.#index().unknownCritical;
  }

  /** Entries with this serial number (content of the INTEGER). */
  entriesOf(serial: Uint8Array): readonly CrlEntry[] {
    return this.#index().of(serial);
  }

  /** All entries. */
  *entries(): Generator<CrlEntry, void, undefined> {
    yield* this.#index().all();
  }

  #index(): CrlEntries {
    return (this.#entries ??= new CrlEntries({
      der: this.der,
      start: this.#entriesStart,
      end: this.#entriesEnd,
      version: this.version,
      indirect: this.issuingDistributionPoint?.indirect === true,
      issuer: this.issuer,
    }));
  }

  #typed<T>(short: number, read: (reader: DerReader) => T): T | undefined {
    for (const one of this.extensions) if (one.short === short) return (one.parsed ??= read(one.reader())) as T;
    return undefined;
  }
}

/** Reads one CRL in DER, or PEM with one `X509 CRL` block. Throws `bad_der` or `bad_pem`. */
export function parseCrl(bytes: Uint8Array | string): CertificateList {
  const all = parseCrls(bytes);
  if (all.length !== 1) malformed('PEM', 0, `${all.length} CRLs instead of one`, 'bad_pem');
  return all[0]!;
}

/** Reads all CRLs of a PEM text (other blocks are skipped), or the one of DER. Throws `bad_der` or `bad_pem`. */
export function parseCrls(bytes: Uint8Array | string): CertificateList[] {
  if (typeof bytes !== 'string' && !looksLikePem(bytes)) return [new CertificateList(bytes)];
  return readPem(bytes)
    .filter((block) => block.label === 'X509 CRL')
    .map((block) => new CertificateList(block.der));
}

/** Compares two non-negative INTEGER contents: below 0, 0 or above 0. */
export function compareIntegers(a: Uint8Array, b: Uint8Array): number {
  const x = a[0] === 0 && a.length > 1 ? a.subarray(1) : a;
  const y = b[0] === 0 && b.length > 1 ? b.subarray(1) : b;
  if (x.length !== y.length) return x.length - y.length;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return 0;
}

/** Whether complete and delta CRL have the same scope: the same issuing distribution point, or none both. */
export function sameScope(a: CertificateList, b: CertificateList): boolean {
  const x = a.issuingDistributionPoint;
  const y = b.issuingDistributionPoint;
  return x === undefined || y === undefined ? x === y : equal(x.der, y.der);
}

function readIssuingDistributionPoint(reader: DerReader): IssuingDistributionPoint {
  const field = 'issuingDistributionPoint';
  const der = reader.bytes.subarray(reader.position, reader.end);
  const body = reader.sequence(field);
  reader.finish(field);
  const names = extension.readDistributionPointName(body.enterOptional(contextConstructed(0), field), field);
  const flag = (n: number): boolean => (body.peek() === contextPrimitive(n) ? body.boolean(field, contextPrimitive(n)) : false);
  const onlyUserCertificates = flag(1);
  const onlyCaCertificates = flag(2);
  const onlySomeReasons = body.peek() === contextPrimitive(3) ? body.namedBits(field, contextPrimitive(3)) : undefined;
  const indirect = flag(4);
  const onlyAttributeCertificates = flag(5);
  body.finish(field);
  return { ...names, onlyUserCertificates, onlyCaCertificates, onlySomeReasons, indirect, onlyAttributeCertificates, der };
}

function wholeInteger(reader: DerReader, field: string): Uint8Array {
  const at = reader.position;
  const value = reader.integer(field);
  reader.finish(field);
  if (value[0]! >= 0x80) malformed(field, at, 'negative');
  // §5.2.3: "CRL verifiers MUST be able to handle CRLNumber values up to 20 octets."
  if (value.length > 21) malformed(field, at, 'too long');
  return value;
}
