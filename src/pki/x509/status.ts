/** Revocation as a verifier sees it: the revoked store, stapled OCSP responses, CRLs, and must-staple (RFC 7633). */
import { type Certificate, MUST_STAPLE_FEATURE } from './certificate.ts';
import type { CertificateList } from './crl.ts';
import { CrlChecker, crlFault, type CrlStatus } from './crl-check.ts';
import { type Fault, fault } from './failure.ts';
import { ocspFault, ocspStatus } from './ocsp-check.ts';
import type { PathContext } from './path-validate.ts';
import type { RevocationAnswer, RevocationSource } from './revocation-source.ts';
import { checkRevokedStore, type RevokedStore } from './revoked-store.ts';
import { settle, type Steps } from './steps.ts';

/**
 * `none`: only the revoked store is looked at. `if-covered`: what was given must be good: a staple that is invalid, or a CRL of the issuer
 * that cannot be used, refuses; nothing given does not, nor does a source that has nothing to say (soft fail). `required`: the status of
 * every certificate must be known (hard fail).
 */
export type RevocationMode = 'none' | 'if-covered' | 'required';

export interface StatusSources {
  readonly mode: RevocationMode;
  readonly revoked?: RevokedStore | undefined;
  readonly crls?: readonly CertificateList[] | undefined;
  /** Certificates that may have signed the CRLs. */
  readonly certificates?: readonly Certificate[] | undefined;
  /** Why a CRL could not be read: then every status that nothing else settles is unknown. */
  readonly unreadable?: string | undefined;
  /** OCSP responses for the certificate, DER. */
  readonly ocsp?: ((certificate: Certificate) => readonly Uint8Array[]) | undefined;
  /** A response was asked for, so a leaf that promises one must have it. */
  readonly mustStaple?: Certificate | undefined;
  /** Asked for certificates whose status nothing above settles. */
  readonly source?: RevocationSource | undefined;
}

/** The check that path validation calls for each certificate; undefined when there is nothing to check. */
export function statusChecker(sources: StatusSources, context: () => PathContext): PathContext['revocation'] {
  const { mode, revoked, crls = [], ocsp, mustStaple, unreadable, source } = sources;
  const required = mode === 'required' || (mode !== 'none' && unreadable !== undefined);
  const certificates = sources.certificates ?? [];
  const checker = mode === 'none' || (crls.length === 0 && !required) ? undefined : new CrlChecker({ crls, certificates });
  if ([checker, revoked, ocsp, mustStaple, source].every((one) => one === undefined)) return undefined;
  return function* check(certificate, issuer, path): Steps<Fault | undefined> {
    const listed = checkRevokedStore(revoked, certificate);
    if (listed !== undefined || mode === 'none') return listed;
    const responses = ocsp?.(certificate) ?? [];
    let known = false;
    for (const response of responses) {
      const wrong = ocspFault(yield* ocspStatus(response, certificate, issuer, context()));
      if (wrong !== undefined) return wrong;
      known = true;
    }
    if (!known && certificate === mustStaple && promisesStaple(certificate)) {
      // RFC 7633 §4.2.2: without the response that the certificate promises, the connection must not go on.
      return fault('bad-status-response', 'RFC 7633 4.2.2', 'certificate promises a stapled OCSP response, and there is none');
    }
    let status: CrlStatus | undefined;
    if (checker !== undefined) {
      status = yield* checker.status(certificate, path, context());
      if (status.status !== 'unknown') return crlFault(status, false);
    }
    let why = unreadable;
    if (!known && source !== undefined) {
      const found = yield* ask(source, certificate, issuer, context());
      const outcome = yield* judge(found, certificate, issuer, path, crls, certificates, context());
      if (typeof outcome !== 'string') return outcome;
      why ??= outcome;
    }
    return status === undefined ? undefined : crlFault(status, required && !known, why);
  };
}

/** A source that fails has nothing. */
function* ask(source: RevocationSource, certificate: Certificate, issuer: Certificate, context: PathContext): Steps<RevocationAnswer> {
  try {
    return yield* settle(source.find({ certificate, issuer, now: context.now, crypto: context.crypto }));
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'the source failed' };
  }
}

/**
 * What a source's answer proves: a fault when it says revoked, undefined when it says good; text: why it proves nothing. An answer that
 * is no proof is no fault by itself: whoever is on the way to the source could also have kept it silent.
 */
function* judge(
  found: RevocationAnswer,
  certificate: Certificate,
  issuer: Certificate,
  path: readonly Certificate[],
  crls: readonly CertificateList[],
  certificates: readonly Certificate[],
  context: PathContext,
): Steps<Fault | string | undefined> {
  let why = found.problem ?? 'nothing was found';
  let good = false;
  for (const response of found.ocspResponses ?? []) {
    const verdict = yield* ocspStatus(response, certificate, issuer, context);
    if (verdict.status === 'revoked') return ocspFault(verdict)!;
    if (verdict.status === 'good') good = true;
    else if (found.problem === undefined) why = ocspFault(verdict)!.message;
  }
  if (good) return undefined;
  if (found.crls !== undefined && found.crls.length > 0) {
    const all = { crls: [...crls, ...found.crls], certificates: [...certificates, ...(found.certificates ?? [])] };
    const status = yield* new CrlChecker(all).status(certificate, path, context);
    if (status.status === 'revoked') return crlFault(status, true)!;
    if (status.status === 'good') return undefined;
    if (found.problem === undefined) why = status.why;
  }
  return why;
}

/** RFC 7633: status_request, or status_request_v2, which covers it. */
function promisesStaple({ tlsFeature }: Certificate): boolean {
  return tlsFeature?.includes(MUST_STAPLE_FEATURE) === true || tlsFeature?.includes(STATUS_REQUEST_V2) === true;
}
const STATUS_REQUEST_V2 = 17;
