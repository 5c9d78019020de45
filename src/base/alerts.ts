/** Alert descriptions (RFC 9846 §6, RFC 5246 §7.2, and the registry for the later ones). */

export const CLOSE_NOTIFY = 0;
export const UNEXPECTED_MESSAGE = 10;
export const BAD_RECORD_MAC = 20;
//= rfc9846#appendix-B
//= type=implication
//# TLS 1.3 implementations MUST NOT send them
export const DECRYPTION_FAILED_RESERVED = 21;
export const RECORD_OVERFLOW = 22;
export const DECOMPRESSION_FAILURE = 30;
export const HANDSHAKE_FAILURE = 40;
export const NO_CERTIFICATE_RESERVED = 41;
export const BAD_CERTIFICATE = 42;
export const UNSUPPORTED_CERTIFICATE = 43;
export const CERTIFICATE_REVOKED = 44;
export const CERTIFICATE_EXPIRED = 45;
export const CERTIFICATE_UNKNOWN = 46;
export const ILLEGAL_PARAMETER = 47;
export const UNKNOWN_CA = 48;
export const ACCESS_DENIED = 49;
export const DECODE_ERROR = 50;
export const DECRYPT_ERROR = 51;
export const PROTOCOL_VERSION = 70;
export const INSUFFICIENT_SECURITY = 71;
export const INTERNAL_ERROR = 80;
export const INAPPROPRIATE_FALLBACK = 86;
export const USER_CANCELED = 90;
export const NO_RENEGOTIATION = 100;
export const MISSING_EXTENSION = 109;
export const UNSUPPORTED_EXTENSION = 110;
export const CERTIFICATE_UNOBTAINABLE = 111;
export const UNRECOGNIZED_NAME = 112;
export const BAD_CERTIFICATE_STATUS_RESPONSE = 113;
export const BAD_CERTIFICATE_HASH_VALUE = 114;
export const UNKNOWN_PSK_IDENTITY = 115;
export const CERTIFICATE_REQUIRED = 116;
export const NO_APPLICATION_PROTOCOL = 120;

/** `AlertLevel`; TLS 1.3 keeps the byte and ignores its value. */
export const WARNING = 1;
export const FATAL = 2;

const NAMES: readonly (readonly [number, string])[] = [
  [CLOSE_NOTIFY, 'close_notify'],
  [UNEXPECTED_MESSAGE, 'unexpected_message'],
  [BAD_RECORD_MAC, 'bad_record_mac'],
  [DECRYPTION_FAILED_RESERVED, 'decryption_failed_RESERVED'],
  [RECORD_OVERFLOW, 'record_overflow'],
  [DECOMPRESSION_FAILURE, 'decompression_failure'],
  [HANDSHAKE_FAILURE, 'handshake_failure'],
  [NO_CERTIFICATE_RESERVED, 'no_certificate_RESERVED'],
  [BAD_CERTIFICATE, 'bad_certificate'],
  [UNSUPPORTED_CERTIFICATE, 'unsupported_certificate'],
  [CERTIFICATE_REVOKED, 'certificate_revoked'],
  [CERTIFICATE_EXPIRED, 'certificate_expired'],
  [CERTIFICATE_UNKNOWN, 'certificate_unknown'],
  [ILLEGAL_PARAMETER, 'illegal_parameter'],
  [UNKNOWN_CA, 'unknown_ca'],
  [ACCESS_DENIED, 'access_denied'],
  [DECODE_ERROR, 'decode_error'],
  [DECRYPT_ERROR, 'decrypt_error'],
  [PROTOCOL_VERSION, 'protocol_version'],
  [INSUFFICIENT_SECURITY, 'insufficient_security'],
  [INTERNAL_ERROR, 'internal_error'],
  [INAPPROPRIATE_FALLBACK, 'inappropriate_fallback'],
  [USER_CANCELED, 'user_canceled'],
  [NO_RENEGOTIATION, 'no_renegotiation'],
  [MISSING_EXTENSION, 'missing_extension'],
  [UNSUPPORTED_EXTENSION, 'unsupported_extension'],
  [CERTIFICATE_UNOBTAINABLE, 'certificate_unobtainable'],
  [UNRECOGNIZED_NAME, 'unrecognized_name'],
  [BAD_CERTIFICATE_STATUS_RESPONSE, 'bad_certificate_status_response'],
  [BAD_CERTIFICATE_HASH_VALUE, 'bad_certificate_hash_value'],
  [UNKNOWN_PSK_IDENTITY, 'unknown_psk_identity'],
  [CERTIFICATE_REQUIRED, 'certificate_required'],
  [NO_APPLICATION_PROTOCOL, 'no_application_protocol'],
];

/** The registered name of an alert description, or `alert N` for one that has none. */
export function alertName(alert: number): string {
  for (const [number, name] of NAMES) if (number === alert) return name;
  return `alert ${alert}`;
}
