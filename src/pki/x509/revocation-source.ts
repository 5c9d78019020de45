/**
 * Where CRLs and OCSP responses come from that nobody sent: the verifier asks once a path is otherwise good, from the anchor down, so
 * what a source sees of addresses was signed by a trusted CA. What comes back proves itself; a source need not be trusted.
 */
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateList } from './crl.ts';

export interface RevocationQuery {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** Milliseconds since 1970; undefined: the caller ignores time. */
  readonly now: number | undefined;
  readonly crypto: CryptoProvider;
}

export interface RevocationAnswer {
  /** OCSP responses for the certificate, DER. */
  readonly ocspResponses?: readonly Uint8Array[] | undefined;
  /** CRLs that may cover it, complete and delta. */
  readonly crls?: readonly CertificateList[] | undefined;
  /** Certificates that may have signed them. */
  readonly certificates?: readonly Certificate[] | undefined;
  /** Why there is less than there should be. */
  readonly problem?: string | undefined;
}

export interface RevocationSource {
  /** What can be had. A source that throws or rejects is one that has nothing. */
  find(query: RevocationQuery): MaybePromise<RevocationAnswer>;
}
