/**
 * Errors as users of node:tls know them: its codes and OpenSSL's, with the engine's error as the `cause`. An error that a
 * callback of the user's threw or returned is handed on as it is.
 */
import { alertName } from '../../base/alerts.ts';
import { type ErrorCode, TlsError } from '../../base/errors.ts';
import { failureOf, type PathFailure } from '../../pki/x509/failure.ts';
import type { TrustStore } from '../../pki/x509/trust-store.ts';

/** An error with Node's `code`. */
export interface CodedError extends Error {
  code: string;
  /** OpenSSL's words, where it has some for this. */
  reason?: string;
  library?: string;
  /** Of ERR_TLS_CERT_ALTNAME_INVALID. */
  host?: string;
  cert?: unknown;
}

/** A secure context: asked for its trust store only where that matters, because the default one takes time to read. */
export interface Trusting {
  readonly trust: TrustStore;
}

export function codedError(code: string, message: string, cause?: unknown): CodedError {
  const error = new Error(message, cause === undefined ? undefined : { cause }) as CodedError;
  error.code = code;
  return error;
}

export function codedTypeError(code: string, message: string): TypeError & CodedError {
  const error = new TypeError(message) as TypeError & CodedError;
  error.code = code;
  return error;
}

/** The words of an argument check, as Node puts them. */
export function argumentError(name: string, expected: string, value: unknown): TypeError {
  return codedTypeError(
    'ERR_INVALID_ARG_TYPE',
    `The "${name}" argument must be ${expected}. Received ${value === null ? 'null' : `type ${typeof value}`}`,
  );
}

/** What a connection died of. `handshaking`: it had not been set up. `whom`: who knows whom it trusted. */
export function connectionError(error: TlsError, handshaking: boolean, isServer = false, whom?: Trusting): Error {
  const own = ownError(error);
  if (own !== undefined) return own;
  if (failureOf(error) !== undefined) return trustError(error, whom);
  // A server is told what it was asked; a client that hears HTTP hears no TLS.
  if (error.code === 'http_request' && !isServer) return sslError('ERR_SSL_WRONG_VERSION_NUMBER', error);
  if (error.code === 'truncated') {
    const message = handshaking
      ? 'Client network socket disconnected before secure TLS connection was established'
      : 'the peer ended the connection without close_notify: data may be missing';
    return codedError('ECONNRESET', message, error);
  }
  if (error.code === 'alert_received') return alertError(error);
  const code = CODES.get(error.code);
  if (code === undefined) return codedError('EPROTO', error.message, error);
  return code.startsWith('ERR_SSL_') ? sslError(code, error) : codedError(code, error.message, error);
}

/** Why a certificate is not trusted: OpenSSL's names and sentences. */
export function trustError(error: TlsError, whom?: Trusting): Error {
  const own = ownError(error);
  if (own !== undefined) return own;
  const failure = failureOf(error);
  if (failure === undefined) return codedError('CERT_REJECTED', error.message, error);
  const [code, message] = verifyCode(failure, whom);
  const coded = codedError(code, message, error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') coded.reason = failure.message;
  return coded;
}

/** The code alone. */
export function nodeErrorCode(error: TlsError): string {
  const { code } = (failureOf(error) === undefined ? connectionError(error, false) : trustError(error)) as Partial<CodedError>;
  return code ?? 'EPROTO';
}

/** The error of a user's callback. */
function ownError(error: TlsError): Error | undefined {
  if (error.code !== 'callback_failed' && error.code !== 'certificate_rejected') return undefined;
  return error.cause instanceof Error && !(error.cause instanceof TlsError) ? error.cause : undefined;
}

function alertError(error: TlsError): CodedError {
  const alert = error.alert ?? 0;
  const reason = ALERTS.get(alert) ?? `tlsv1 alert ${alertName(alert).replaceAll('_', ' ')}`;
  const coded = codedError(
    `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`,
    `SSL routines::${reason}: SSL alert number ${alert}`,
    error,
  );
  coded.library = 'SSL routines';
  coded.reason = reason;
  return coded;
}

function sslError(code: string, error: TlsError): CodedError {
  const coded = codedError(code, error.message, error);
  coded.library = 'SSL routines';
  coded.reason = code.slice(8).toLowerCase().replaceAll('_', ' ');
  return coded;
}

function verifyCode(failure: PathFailure, whom: Trusting | undefined): readonly [string, string] {
  const { path } = failure;
  switch (failure.reason) {
    case 'no-issuer':
      // The end of the chain is in the trust store, but is no root.
      if (path.length > 1 && whom?.trust.find(path[path.length - 1]!) !== undefined)
        return ['UNABLE_TO_GET_ISSUER_CERT', 'unable to get issuer certificate'];
      // OpenSSL tells a chain that is nothing but the leaf from one whose end is missing.
      return path.length <= 1
        ? ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate']
        : ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'];
    case 'self-signed-leaf':
      return ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'];
    case 'self-signed-in-chain':
      return ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'];
    case 'expired':
      return ['CERT_HAS_EXPIRED', 'certificate has expired'];
    case 'not-yet-valid':
      return ['CERT_NOT_YET_VALID', 'certificate is not yet valid'];
    case 'signature':
      return ['CERT_SIGNATURE_FAILURE', 'certificate signature failure'];
    case 'revoked':
      return ['CERT_REVOKED', 'certificate revoked'];
    case 'revocation-unknown':
      return ['UNABLE_TO_GET_CRL', 'unable to get certificate CRL'];
    case 'not-a-ca':
      return ['INVALID_CA', 'invalid CA certificate'];
    case 'path-length':
      return ['PATH_LENGTH_EXCEEDED', 'path length constraint exceeded'];
    case 'depth':
    case 'budget':
      return ['CERT_CHAIN_TOO_LONG', 'certificate chain too long'];
    case 'key-usage':
    case 'extended-key-usage':
      return ['INVALID_PURPOSE', 'unsuitable certificate purpose'];
    case 'host-name':
      return ['ERR_TLS_CERT_ALTNAME_INVALID', `Hostname/IP does not match certificate's altnames: ${failure.message}`];
    case 'rejected':
      return ['CERT_REJECTED', failure.message];
    default:
      return ['CERT_UNTRUSTED', `certificate not trusted: ${failure.message}`];
  }
}

const CODES: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['no_shared_cipher', 'ERR_SSL_NO_SHARED_CIPHER'],
  ['no_shared_group', 'ERR_SSL_NO_SUITABLE_KEY_SHARE'],
  ['no_shared_scheme', 'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM'],
  ['no_shared_version', 'ERR_SSL_UNSUPPORTED_PROTOCOL'],
  ['unsupported_version', 'ERR_SSL_UNSUPPORTED_PROTOCOL'],
  ['wrong_version', 'ERR_SSL_WRONG_SSL_VERSION'],
  ['wrong_record_version', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ['http_request', 'ERR_SSL_HTTP_REQUEST'],
  ['wrong_cipher', 'ERR_SSL_WRONG_CIPHER_RETURNED'],
  ['wrong_group', 'ERR_SSL_WRONG_CURVE'],
  ['wrong_scheme', 'ERR_SSL_WRONG_SIGNATURE_TYPE'],
  ['bad_record_mac', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'],
  ['record_overflow', 'ERR_SSL_DATA_LENGTH_TOO_LONG'],
  ['unexpected_message', 'ERR_SSL_UNEXPECTED_MESSAGE'],
  ['unexpected_record', 'ERR_SSL_UNEXPECTED_RECORD'],
  ['certificate_required', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
  ['bad_signature', 'ERR_SSL_BAD_SIGNATURE'],
  ['bad_finished', 'ERR_SSL_DIGEST_CHECK_FAILED'],
  ['decode_error', 'ERR_SSL_BAD_PACKET'],
  ['weak_key', 'ERR_SSL_EE_KEY_TOO_SMALL'],
  ['bad_dh_parameters', 'ERR_SSL_BAD_DH_VALUE'],
  ['inappropriate_fallback', 'ERR_SSL_INAPPROPRIATE_FALLBACK'],
  ['downgrade_detected', 'ERR_SSL_INAPPROPRIATE_FALLBACK'],
  ['no_application_protocol', 'ERR_SSL_NO_APPLICATION_PROTOCOL'],
  ['unrecognized_name', 'ERR_SSL_CALLBACK_FAILED'],
  ['callback_failed', 'ERR_SSL_CALLBACK_FAILED'],
  ['unsafe_legacy_renegotiation', 'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED'],
  ['no_renegotiation', 'ERR_SSL_NO_RENEGOTIATION'],
  ['unknown_psk_identity', 'ERR_SSL_PSK_IDENTITY_NOT_FOUND'],
  ['bad_psk_binder', 'ERR_SSL_BINDER_DOES_NOT_VERIFY'],
  ['unsolicited_extension', 'ERR_SSL_UNSOLICITED_EXTENSION'],
  ['missing_extension', 'ERR_SSL_MISSING_SIGALGS_EXTENSION'],
  ['closed', 'EPIPE'],
  ['aborted', 'ECONNABORTED'],
  ['timeout', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
  ['handshake_timeout', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
]);

/** The words of OpenSSL 3.0 for alerts: which of them begin with sslv3, tlsv1 or tlsv13 has grown, and is matched by users. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [10, 'sslv3 alert unexpected message'],
  [20, 'sslv3 alert bad record mac'],
  [21, 'tlsv1 alert decryption failed'],
  [22, 'tlsv1 alert record overflow'],
  [30, 'sslv3 alert decompression failure'],
  [40, 'sslv3 alert handshake failure'],
  [41, 'sslv3 alert no certificate'],
  [42, 'sslv3 alert bad certificate'],
  [43, 'sslv3 alert unsupported certificate'],
  [44, 'sslv3 alert certificate revoked'],
  [45, 'sslv3 alert certificate expired'],
  [46, 'sslv3 alert certificate unknown'],
  [47, 'sslv3 alert illegal parameter'],
  [48, 'tlsv1 alert unknown ca'],
  [49, 'tlsv1 alert access denied'],
  [50, 'tlsv1 alert decode error'],
  [51, 'tlsv1 alert decrypt error'],
  [60, 'tlsv1 alert export restriction'],
  [70, 'tlsv1 alert protocol version'],
  [71, 'tlsv1 alert insufficient security'],
  [80, 'tlsv1 alert internal error'],
  [86, 'tlsv1 alert inappropriate fallback'],
  [90, 'tlsv1 alert user cancelled'],
  [100, 'tlsv1 alert no renegotiation'],
  [109, 'tlsv13 alert missing extension'],
  [110, 'tlsv1 unsupported extension'],
  [111, 'tlsv1 certificate unobtainable'],
  [112, 'tlsv1 unrecognized name'],
  [113, 'tlsv1 bad certificate status response'],
  [114, 'tlsv1 bad certificate hash value'],
  [115, 'tlsv1 alert unknown psk identity'],
  [116, 'tlsv13 alert certificate required'],
  [120, 'tlsv1 alert no application protocol'],
]);
