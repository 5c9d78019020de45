/** Why a candidate path was refused: typed, with the step of RFC 5280 §6.1 and a sentence for a person. */
import {
  BAD_CERTIFICATE,
  BAD_CERTIFICATE_STATUS_RESPONSE,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_REVOKED,
  CERTIFICATE_UNKNOWN,
  UNKNOWN_CA,
  UNSUPPORTED_CERTIFICATE,
} from '../../base/alerts.ts';
import { type ErrorCode, TlsError } from '../../base/errors.ts';
import type { Certificate } from './certificate.ts';

/** One cause each; the node:tls skin maps them to Node's own codes. */
export type FailureReason =
  /** The bytes are no certificate, or an extension that is processed is not what its RFC says. */
  | 'malformed'
  /** No certificate of the issuer was given, and no trust anchor has its name. */
  | 'no-issuer'
  /** The certificate itself is self-signed and no anchor. */
  | 'self-signed-leaf'
  /** The chain ends in a self-signed certificate that is no anchor. */
  | 'self-signed-in-chain'
  | 'signature'
  | 'signature-algorithm'
  /** Signed over a hash that the profile does not take: MD5, SHA-1. */
  | 'weak-signature'
  | 'weak-key'
  | 'unsupported-key'
  | 'expired'
  | 'not-yet-valid'
  | 'revoked'
  | 'revocation-unknown'
  | 'bad-status-response'
  | 'name-chaining'
  | 'not-a-ca'
  | 'path-length'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraint'
  | 'policy'
  | 'unknown-critical-extension'
  | 'host-name'
  /** A rule of the profile beyond path validation, such as a common name that is no subject alternative name. */
  | 'profile'
  /** The path would be longer than allowed. */
  | 'depth'
  /** The search was stopped by one of its bounds. */
  | 'budget'
  /** The caller's own check said no: a pin, a fingerprint. */
  | 'rejected';

/** One refused candidate path. */
export interface PathFailure {
  readonly reason: FailureReason;
  /** The candidate, leaf first; the trust anchor last when one was reached. */
  readonly path: readonly Certificate[];
  /** Which certificate of `path` failed: 0 is the leaf. */
  readonly index: number;
  /** The rule, such as `RFC 5280 6.1.3 (a)(2)`. */
  readonly step: string;
  readonly message: string;
}

/** What a check that failed says; the path is added by whoever walks it. */
export interface Fault {
  readonly reason: FailureReason;
  readonly step: string;
  readonly message: string;
}

export function fault(reason: FailureReason, step: string, message: string): Fault {
  return { reason, step, message };
}

/** The error that a connection dies with. Its `cause` is the failure. */
export function failureError(failure: PathFailure): TlsError {
  const [alert, code] = alertAndCode(failure.reason, failure.index);
  return new TlsError({ code, alert, origin: 'local', detail: `${failure.message} (${failure.step})`, cause: failure });
}

/** The failure behind an error of a certificate verifier; undefined when it is another error. */
export function failureOf(error: unknown): PathFailure | undefined {
  const cause = error instanceof Error ? (error.cause as Partial<PathFailure> | undefined) : undefined;
  return typeof cause === 'object' && cause !== null && typeof cause.reason === 'string' && Array.isArray(cause.path)
    ? (cause as PathFailure)
    : undefined;
}

function alertAndCode(reason: FailureReason, index: number): [number, ErrorCode] {
  switch (reason) {
    case 'malformed':
    case 'signature':
    //= rfc9846#section-4.5.1.3
    //# Any endpoint receiving any certificate which it would need to validate using any signature
    //# algorithm using an MD5 hash MUST abort the handshake with a "bad_certificate" alert.
    case 'weak-signature':
      return [BAD_CERTIFICATE, 'bad_certificate'];
    case 'weak-key':
      return [BAD_CERTIFICATE, 'weak_key'];
    case 'signature-algorithm':
    case 'unsupported-key':
    case 'unknown-critical-extension':
      return [UNSUPPORTED_CERTIFICATE, 'unsupported_certificate'];
    case 'key-usage':
    case 'extended-key-usage':
      return index === 0 ? [UNSUPPORTED_CERTIFICATE, 'certificate_purpose'] : [UNKNOWN_CA, 'certificate_purpose'];
    case 'expired':
      return [CERTIFICATE_EXPIRED, 'certificate_expired'];
    case 'not-yet-valid':
      // "A certificate has expired or is not currently valid."
      return [CERTIFICATE_EXPIRED, 'certificate_not_yet_valid'];
    case 'revoked':
      return [CERTIFICATE_REVOKED, 'certificate_revoked'];
    case 'bad-status-response':
      return [BAD_CERTIFICATE_STATUS_RESPONSE, 'bad_certificate_status'];
    case 'revocation-unknown':
      return [CERTIFICATE_UNKNOWN, 'bad_certificate_status'];
    case 'host-name':
      return [BAD_CERTIFICATE, 'certificate_name_mismatch'];
    case 'rejected':
    case 'profile':
    case 'policy':
    case 'name-constraint':
      return [CERTIFICATE_UNKNOWN, 'certificate_rejected'];
    default:
      return [UNKNOWN_CA, 'certificate_untrusted'];
  }
}
