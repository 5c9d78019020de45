/** What the handshake asks of certificates, and the verifier that answers by RFC 5280 and RFC 9525. */
import type { TlsError } from '../../base/errors.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PublicKey } from '../../crypto/port.ts';
import type { Certificate } from './certificate.ts';
import type { PathFailure } from './failure.ts';

/** A chain as a peer sent it, and the circumstances. */
export interface VerifyRequest {
  /** DER, leaf first, not empty. */
  readonly chain: readonly Uint8Array[];
  /** Whose certificate it is: a server's must be for server authentication, a client's for client authentication. */
  readonly side: 'client' | 'server';
  /** The name or IP address (as text) that the certificate must be for; undefined: not checked. */
  readonly hostName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A stapled OCSP response, DER. */
  readonly ocspResponse?: Uint8Array | undefined;
  readonly crypto: CryptoProvider;
}

/** Who the peer is. */
export interface VerifiedIdentity {
  readonly certificate: Certificate;
  readonly key: PublicKey;
  /** Leaf to trust anchor; empty when unverified. */
  readonly path: readonly Certificate[];
  readonly trusted: boolean;
  /** Why it is not trusted. */
  readonly error?: TlsError | undefined;
  readonly failure?: PathFailure | undefined;
}

export interface CertificateVerifier {
  /** Throws or rejects with a TlsError that carries the alert; its `cause` is a `PathFailure` (see `failureOf`). */
  verify(request: VerifyRequest): MaybePromise<VerifiedIdentity>;
}
