/** Revocation as a verifier sees it: the revoked store, stapled OCSP responses, CRLs, and must-staple (RFC 7633). */
import type { Certificate } from './certificate.ts';
import type { CertificateList } from './crl.ts';
import { CrlChecker, crlFault } from './crl-check.ts';
import { type Fault, fault } from './failure.ts';
import { ocspFault, ocspStatus } from './ocsp-check.ts';
import type { PathContext } from './path-validate.ts';
import { checkRevokedStore, type RevokedStore } from './revoked-store.ts';
import type { Steps } from './steps.ts';

/**
 * `none`: only the revoked store is looked at. `if-covered`: what was given must be good: a staple that is invalid, or a CRL of the issuer
 * that cannot be used, refuses; nothing given does not. `required`: the status of every certificate must be known.
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
}

/** The check that path validation calls for each certificate; undefined when there is nothing to check. */
export function statusChecker(sources: StatusSources, context: () => PathContext): PathContext['revocation'] {
  const { mode, revoked, crls = [], ocsp, mustStaple, unreadable } = sources;
  const required = mode === 'required' || (mode !== 'none' && unreadable !== undefined);
  const checker =
    mode === 'none' || (crls.length === 0 && !required) ? undefined : new CrlChecker({ crls, certificates: sources.certificates ?? [] });
  if (checker === undefined && revoked === undefined && ocsp === undefined && mustStaple === undefined) return undefined;
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
    if (!known && certificate === mustStaple && certificate.tlsFeature?.includes(STATUS_REQUEST) === true) {
      // RFC 7633 §4.2.2: without the response that the certificate promises, the connection must not go on.
      return fault('bad-status-response', 'RFC 7633 4.2.2', 'certificate promises a stapled OCSP response, and there is none');
    }
    if (checker === undefined) return undefined;
    const status = yield* checker.status(certificate, path, context());
    return crlFault(status, required && !known, unreadable);
  };
}

/** The TLS extension status_request. */
const STATUS_REQUEST = 5;
