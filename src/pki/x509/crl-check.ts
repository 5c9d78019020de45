/**
 * CRL validation, RFC 5280 §6.3: whether a certificate is revoked as far as the given CRLs say. Complete, delta and indirect CRLs,
 * distribution points and reasons; the signer of a CRL is the CA itself or has a path to the same trust anchor.
 */
import { equal } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_REVOCATION_DEPTH, REVOCATION_CLOCK_SKEW_MS } from '../../base/limits.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { concat } from '../../base/bytes.ts';
import { element } from '../asn1/der-writer.ts';
import { SEQUENCE } from '../asn1/tags.ts';
import type { Certificate } from './certificate.ts';
import { type CertificateList, compareIntegers, REASON_REMOVE_FROM_CRL, sameScope } from './crl.ts';
import type { CrlEntry } from './crl-entries.ts';
import { CRL_SIGN, type DistributionPoint } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import type { GeneralName } from './general-name.ts';
import { Name } from './name.ts';
import { buildPath } from './path-build.ts';
import { type PathContext, publicKeyAt, verifySigned } from './path-validate.ts';
import type { Steps } from './steps.ts';
import { createTrustStore, hashBytes } from './trust-store.ts';

/** Reasons 1 to 6, 9 and 10 of `CRLReason` as `ReasonFlags` bits 1 to 8: all of them. */
const ALL_REASONS = 0x1fe;

/** CRLs at hand, and certificates that may have signed them. */
export interface CrlSources {
  readonly crls: readonly CertificateList[];
  readonly certificates: readonly Certificate[];
}

/** What the CRLs say of one certificate. */
export type CrlStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly entry: CrlEntry }
  /** `covered`: a CRL of its issuer was there, but none that could be used. */
  | { readonly status: 'unknown'; readonly covered: boolean; readonly why: string };

/** Holds what one validation has found out: which CRLs verify, and which signers are being looked at. */
export class CrlChecker {
  readonly #sources: CrlSources;
  readonly #byIssuer: Map<number, CertificateList[]> = new Map();
  /** Signers whose own path is being validated: their CRL may speak of themselves. */
  readonly #inProgress: Certificate[] = [];
  readonly #verified: Map<CertificateList, Map<Certificate, boolean>> = new Map();
  #why = '';

  constructor(sources: CrlSources) {
    this.#sources = sources;
    for (const crl of sources.crls) {
      const hash = hashBytes(crl.issuer.der);
      const list = this.#byIssuer.get(hash);
      if (list === undefined) this.#byIssuer.set(hash, [crl]);
      else list.push(crl);
    }
  }

  /** §6.3.3 for `certificate`, issued by `path[1]`; `path` goes from it to the trust anchor. */
  *status(certificate: Certificate, path: readonly Certificate[], context: PathContext): Steps<CrlStatus> {
    let reasons = 0;
    let covered = false;
    this.#why = 'no CRL of its issuer';
    // "If the revocation status has not been determined, repeat the process above with any available CRLs not specified in a
    // distribution point but issued by the certificate issuer": the last point stands for that.
    const points: (DistributionPoint | undefined)[] = [...(certificate.crlDistributionPoints ?? []), undefined];
    for (const point of points) {
      for (const crl of this.#candidates(certificate, point)) {
        covered = true;
        const added = scopeOf(crl, certificate, point);
        if (typeof added === 'string') {
          this.#why = added;
          continue;
        }
        // (e)
        if ((added & ~reasons) === 0) continue;
        const usable = yield* this.#usable(crl, path, context);
        if (!usable) continue;
        const delta = yield* this.#delta(crl, path, context);
        // (i), (j), (k)
        const entry = findEntry(delta, certificate) ?? findEntry(crl, certificate);
        if (entry !== undefined && entry.reason !== REASON_REMOVE_FROM_CRL) return { status: 'revoked', entry };
        // (l)
        reasons |= added;
        if (reasons === ALL_REASONS) return { status: 'good' };
      }
    }
    return { status: 'unknown', covered, why: reasons === 0 ? this.#why : 'CRLs do not cover all reasons' };
  }

  /** (b)(1): complete CRLs of the issuer that the distribution point names. */
  #candidates(certificate: Certificate, point: DistributionPoint | undefined): CertificateList[] {
    const names =
      point?.crlIssuer === undefined
        ? [certificate.issuer]
        : point.crlIssuer.flatMap((name) => (name.kind === 'directory' ? [name.value] : []));
    const found: CertificateList[] = [];
    for (const name of names) {
      const exact = this.#byIssuer.get(hashBytes(name.der)) ?? [];
      const pool = exact.length > 0 ? exact : this.#sources.crls;
      for (const crl of pool) if (crl.issuer.equals(name) && crl.baseCrlNumber === undefined && !found.includes(crl)) found.push(crl);
    }
    return found;
  }

  /** Validity, critical extensions, signer and signature; says why not in `#why`. */
  *#usable(crl: CertificateList, path: readonly Certificate[], context: PathContext): Steps<boolean> {
    try {
      const wrong = checkList(crl, context);
      if (wrong !== undefined) {
        this.#why = wrong;
        return false;
      }
      if (!(yield* this.#signed(crl, path, context))) return false;
      // Last, as it reads all entries, of which there may be a million: nobody but the CA makes us do that.
      const unknown = crl.unknownCritical;
      if (unknown !== undefined) this.#why = `critical extension ${unknown} of the CRL is not known`;
      return unknown === undefined;
    } catch (error) {
      if (!(error instanceof TlsError) || error.code !== 'bad_der') throw error;
      this.#why = `CRL: ${error.detail ?? error.code}`;
      return false;
    }
  }

  /** (f) and (g): the CRL's signer, with a valid path to the same trust anchor, and the signature. */
  *#signed(crl: CertificateList, path: readonly Certificate[], context: PathContext): Steps<boolean> {
    const anchor = path[path.length - 1]!;
    // The certificate's own issuer comes first, then others above it, then further certificates of that name.
    const above = path.slice(1).filter((one) => one.subject.equals(crl.issuer));
    const others = this.#sources.certificates.filter((one) => !above.includes(one) && one.subject.equals(crl.issuer));
    for (const signer of [...above, ...others]) {
      const { keyUsage } = signer;
      if (keyUsage !== undefined && (keyUsage & CRL_SIGN) === 0) {
        this.#why = 'signer of the CRL may not sign CRLs';
        continue;
      }
      if (!(yield* this.#verify(crl, signer, path, context))) {
        this.#why = 'signature of the CRL does not verify';
        continue;
      }
      if (above.includes(signer) || this.#inProgress.includes(signer)) return true;
      if (this.#inProgress.length >= MAX_REVOCATION_DEPTH) {
        this.#why = 'CRL signers lead too far';
        continue;
      }
      this.#inProgress.push(signer);
      const built = yield* buildPath(
        { leaf: signer, intermediates: this.#sources.certificates, anchors: createTrustStore([anchor]) },
        { ...context, purposes: [], policy: {} },
      );
      this.#inProgress.pop();
      if (built.path !== undefined) return true;
      this.#why = 'signer of the CRL has no valid path';
    }
    return false;
  }

  *#verify(crl: CertificateList, signer: Certificate, path: readonly Certificate[], context: PathContext): Steps<boolean> {
    let row = this.#verified.get(crl);
    if (row === undefined) this.#verified.set(crl, (row = new Map()));
    const known = row.get(signer);
    if (known !== undefined) return known;
    context.signatures.checks++;
    const at = path.indexOf(signer);
    const key = at < 0 ? signer.subjectKey(context.crypto) : publicKeyAt(path, at, context.crypto);
    const wrong = yield* verifySigned(crl.tbs, crl.signature, crl.signatureAlgorithm, signer, key, context);
    row.set(signer, wrong === undefined);
    return wrong === undefined;
  }

  /** (c) and (h): the newest delta CRL that goes with a complete one. */
  *#delta(complete: CertificateList, path: readonly Certificate[], context: PathContext): Steps<CertificateList | undefined> {
    const number = complete.crlNumber;
    if (number === undefined) return undefined;
    let best: CertificateList | undefined;
    for (const delta of this.#sources.crls) {
      const base = delta.baseCrlNumber;
      const own = delta.crlNumber;
      if (base === undefined || own === undefined || !delta.issuer.equals(complete.issuer) || !sameScope(delta, complete)) continue;
      if (!sameAuthority(delta, complete)) continue;
      if (compareIntegers(base, number) > 0 || compareIntegers(number, own) >= 0) continue;
      if (best !== undefined && compareIntegers(own, best.crlNumber!) <= 0) continue;
      if (yield* this.#usable(delta, path, context)) best = delta;
    }
    return best;
  }
}

/** What makes a CRL unusable by itself; undefined when nothing does. */
function checkList(crl: CertificateList, context: PathContext): string | undefined {
  const { now } = context;
  if (now !== undefined) {
    if (crl.thisUpdate > now + REVOCATION_CLOCK_SKEW_MS) return 'CRL is from the future';
    if (crl.nextUpdate !== undefined && now >= crl.nextUpdate + 1000) return 'CRL has expired';
  }
  if (!equal(crl.innerAlgorithm, crl.outerAlgorithm)) return 'signature algorithms of the CRL differ';
  return context.profile.crlConformance?.(crl);
}

/** (b)(2) and (d): the reasons that the CRL adds for this certificate at this point; text: why it does not apply. */
function scopeOf(crl: CertificateList, certificate: Certificate, point: DistributionPoint | undefined): number | string {
  const idp = crl.issuingDistributionPoint;
  // (b)(1): "If the DP includes cRLIssuer, then verify that the issuer field in the complete CRL matches cRLIssuer in the DP and that the
  // complete CRL contains an issuing distribution point extension with the indirectCRL boolean asserted."
  if (point?.crlIssuer !== undefined && idp?.indirect !== true) return 'CRL is not indirect';
  if (idp !== undefined) {
    if (idp.fullName !== undefined || idp.relativeName !== undefined) {
      const listed = namesOf(idp.fullName, idp.relativeName, crl.issuer);
      const wanted = pointNames(point, certificate);
      if (!wanted.some((name) => listed.some((other) => sameGeneralName(name, other)))) return 'CRL is for another distribution point';
    }
    const isCa = certificate.basicConstraints?.ca === true;
    if (idp.onlyUserCertificates && isCa) return 'CRL is for end entities only';
    if (idp.onlyCaCertificates && !isCa) return 'CRL is for CAs only';
    if (idp.onlyAttributeCertificates) return 'CRL is for attribute certificates only';
  }
  return (point?.reasons ?? ALL_REASONS) & (idp?.onlySomeReasons ?? ALL_REASONS) & ALL_REASONS;
}

/** The names of a distribution point; without any, its cRLIssuer, which is there then; without a point, the certificate's issuer. */
function pointNames(point: DistributionPoint | undefined, certificate: Certificate): readonly GeneralName[] {
  if (point === undefined) return [{ kind: 'directory', value: certificate.issuer }];
  if (point.fullName === undefined && point.relativeName === undefined) return point.crlIssuer!;
  const crlIssuer = point.crlIssuer?.find((name) => name.kind === 'directory');
  return namesOf(point.fullName, point.relativeName, crlIssuer?.kind === 'directory' ? crlIssuer.value : certificate.issuer);
}

/** Full names, or the relative one behind the CRL issuer's name: there is one of them. */
function namesOf(fullName: readonly GeneralName[] | undefined, relativeName: Uint8Array | undefined, issuer: Name): readonly GeneralName[] {
  if (fullName !== undefined) return fullName;
  const reader = new DerReader(issuer.der);
  reader.expect(SEQUENCE, 'issuer');
  const rdns = issuer.der.subarray(reader.contentStart, reader.contentEnd);
  return [{ kind: 'directory', value: new Name(element(SEQUENCE, concat(rdns, relativeName!))) }];
}

function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  if (a.kind === 'directory' && b.kind === 'directory') return a.value.equals(b.value);
  if (a.kind !== b.kind) return false;
  if (typeof a.value === 'string') return a.value === b.value;
  return a.value instanceof Uint8Array && b.value instanceof Uint8Array && equal(a.value, b.value);
}

function sameAuthority(a: CertificateList, b: CertificateList): boolean {
  const x = a.authorityKeyIdentifier?.keyIdentifier;
  const y = b.authorityKeyIdentifier?.keyIdentifier;
  return x === undefined || y === undefined ? x === y : equal(x, y);
}

function findEntry(crl: CertificateList | undefined, certificate: Certificate): CrlEntry | undefined {
  return crl?.entriesOf(certificate.serial).find((entry) => entry.issuer.equals(certificate.issuer));
}

/** The fault that a status is, if it is one. */
export function crlFault(status: CrlStatus, required: boolean, unreadable?: string): Fault | undefined {
  if (status.status === 'revoked')
    return fault('revoked', 'RFC 5280 6.3', `revoked on ${new Date(status.entry.revocationDate).toISOString().slice(0, 10)}`);
  if (status.status === 'unknown' && (required || status.covered)) {
    return fault('revocation-unknown', 'RFC 5280 6.3', `revocation status is unknown: ${unreadable ?? status.why}`);
  }
  return undefined;
}
