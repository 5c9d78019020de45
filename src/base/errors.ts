/**
 * The one error type. Whoever finds a fault says which (`code`) and what the peer is told (`alert`); one place, the
 * connection, catches it and sends the alert.
 */
/**
 * Who made the error: `local`: we refused what the peer sent; `peer`: the peer sent a fatal alert; `api`: a call that the
 * caller must not make; `transport`: the bytes stopped.
 */
export type ErrorOrigin = 'local' | 'peer' | 'api' | 'transport';

/** Stable, short, one per cause. Prose is in `messages.ts`, bundled only where it is imported. */
export type ErrorCode =
  // any message
  | 'decode_error'
  | 'unexpected_message'
  | 'message_too_long'
  | 'internal_error'
  // records
  | 'bad_record_mac'
  | 'bad_record'
  | 'record_overflow'
  | 'wrong_record_version'
  | 'http_request'
  | 'unexpected_record'
  | 'excess_handshake_data'
  | 'too_many_empty_records'
  | 'too_many_warnings'
  | 'too_many_key_updates'
  | 'too_many_ccs'
  | 'key_limit_reached'
  | 'bad_alert'
  | 'bad_change_cipher_spec'
  // negotiation
  | 'unsupported_version'
  | 'downgrade_detected'
  | 'inappropriate_fallback'
  | 'no_shared_cipher'
  | 'no_shared_group'
  | 'no_shared_scheme'
  | 'no_shared_version'
  | 'wrong_version'
  | 'wrong_cipher'
  | 'wrong_group'
  | 'wrong_scheme'
  | 'wrong_compression'
  | 'wrong_session_id'
  | 'unsolicited_extension'
  | 'duplicate_extension'
  | 'misplaced_extension'
  | 'missing_extension'
  | 'bad_extension'
  | 'no_application_protocol'
  | 'unrecognized_name'
  | 'bad_renegotiation_info'
  | 'unsafe_legacy_renegotiation'
  | 'no_renegotiation'
  | 'too_many_renegotiations'
  | 'renegotiation_mismatch'
  | 'extended_master_secret_required'
  | 'second_client_hello_changed'
  | 'useless_hello_retry_request'
  | 'duplicate_key_share'
  | 'bad_ec_point'
  | 'bad_key_share'
  | 'bad_dh_parameters'
  | 'weak_key'
  // authentication
  | 'bad_certificate'
  | 'certificate_required'
  | 'certificate_untrusted'
  | 'certificate_expired'
  | 'certificate_not_yet_valid'
  | 'certificate_revoked'
  | 'certificate_purpose'
  | 'certificate_name_mismatch'
  | 'certificate_rejected'
  | 'unsupported_certificate'
  | 'certificate_key_mismatch'
  | 'bad_certificate_status'
  | 'bad_signature'
  | 'bad_finished'
  | 'unknown_psk_identity'
  | 'bad_psk_binder'
  | 'bad_psk'
  | 'no_credentials'
  // resumption
  | 'session_mismatch'
  | 'bad_ticket'
  | 'bad_early_data'
  | 'early_data_limit'
  // life
  | 'alert_received'
  | 'closed'
  | 'truncated'
  | 'aborted'
  | 'timeout'
  | 'callback_failed'
  // the caller
  | 'invalid_argument'
  | 'invalid_configuration'
  | 'invalid_state'
  | 'unsupported'
  // certificates and keys, when parsed outside a connection
  | 'bad_der'
  | 'bad_pem'
  | 'bad_key'
  // datagrams
  | 'message_too_large'
  | 'fragment_mismatch'
  | 'peer_restarted'
  | 'association_limit'
  | 'handshake_timeout';

const BRAND: symbol = Symbol.for('veritls.TlsError');

/** What `TlsError` is made of. */
export interface TlsErrorInit {
  readonly code: ErrorCode;
  readonly origin: ErrorOrigin;
  /** The alert sent or received; absent where none was. */
  readonly alert?: number | undefined;
  /** Where and what, for a person. Never a secret, never peer-chosen text longer than a name. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Every failure of a connection, of a context and of a parser.
 *
 * `code` is stable and meant to be matched; the message is not.
 */
export class TlsError extends Error {
  readonly code: ErrorCode;
  readonly origin: ErrorOrigin;
  readonly alert: number | undefined;
  readonly detail: string | undefined;

  constructor(init: TlsErrorInit) {
    super(messageOf(init), init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'TlsError';
    this.code = init.code;
    this.origin = init.origin;
    this.alert = init.alert;
    this.detail = init.detail;
  }

  /** Two copies of the library in one process recognise each other's errors. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
Object.defineProperty(TlsError.prototype, BRAND, { value: true });

/** Refuses what the peer sent: the only way the handshake fails. */
export function fail(alert: number, code: ErrorCode, detail?: string): never {
  throw new TlsError({ code, alert, origin: 'local', detail });
}

/** Refuses a call: wrong argument, wrong state, wrong configuration. */
export function misuse(code: ErrorCode, detail: string): never {
  throw new TlsError({ code, origin: 'api', detail });
}

function messageOf(init: TlsErrorInit): string {
  const alert = init.alert === undefined ? '' : ` (alert ${init.alert})`;
  const detail = init.detail === undefined ? '' : `: ${init.detail}`;
  return `${init.code}${alert}${detail}`;
}
