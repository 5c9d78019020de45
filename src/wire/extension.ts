/** ExtensionType, RFC 9846 §4.3 and the registry. */
export const SERVER_NAME = 0;
//= rfc9846#appendix-E.5
//= type=implication
//# Implementations MUST NOT use the Truncated HMAC extension
export const MAX_FRAGMENT_LENGTH = 1;
export const STATUS_REQUEST = 5;
export const SUPPORTED_GROUPS = 10;
export const EC_POINT_FORMATS = 11;
export const SIGNATURE_ALGORITHMS = 13;
export const USE_SRTP = 14;
export const HEARTBEAT = 15;
export const APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16;
export const STATUS_REQUEST_V2 = 17;
export const SIGNED_CERTIFICATE_TIMESTAMP = 18;
export const CLIENT_CERTIFICATE_TYPE = 19;
export const SERVER_CERTIFICATE_TYPE = 20;
export const PADDING = 21;
export const ENCRYPT_THEN_MAC = 22;
export const EXTENDED_MASTER_SECRET = 23;
export const COMPRESS_CERTIFICATE = 27;
export const RECORD_SIZE_LIMIT = 28;
export const SESSION_TICKET = 35;
export const PRE_SHARED_KEY = 41;
export const EARLY_DATA = 42;
export const SUPPORTED_VERSIONS = 43;
export const COOKIE = 44;
export const PSK_KEY_EXCHANGE_MODES = 45;
export const CERTIFICATE_AUTHORITIES = 47;
export const OID_FILTERS = 48;
export const POST_HANDSHAKE_AUTH = 49;
export const SIGNATURE_ALGORITHMS_CERT = 50;
export const KEY_SHARE = 51;
export const CONNECTION_ID = 54;
export const RENEGOTIATION_INFO = 0xff01;

const NAMES: readonly (readonly [number, string])[] = [
  [SERVER_NAME, 'server_name'],
  [MAX_FRAGMENT_LENGTH, 'max_fragment_length'],
  [STATUS_REQUEST, 'status_request'],
  [SUPPORTED_GROUPS, 'supported_groups'],
  [EC_POINT_FORMATS, 'ec_point_formats'],
  [SIGNATURE_ALGORITHMS, 'signature_algorithms'],
  [USE_SRTP, 'use_srtp'],
  [HEARTBEAT, 'heartbeat'],
  [APPLICATION_LAYER_PROTOCOL_NEGOTIATION, 'application_layer_protocol_negotiation'],
  [STATUS_REQUEST_V2, 'status_request_v2'],
  [SIGNED_CERTIFICATE_TIMESTAMP, 'signed_certificate_timestamp'],
  [CLIENT_CERTIFICATE_TYPE, 'client_certificate_type'],
  [SERVER_CERTIFICATE_TYPE, 'server_certificate_type'],
  [PADDING, 'padding'],
  [ENCRYPT_THEN_MAC, 'encrypt_then_mac'],
  [EXTENDED_MASTER_SECRET, 'extended_master_secret'],
  [RECORD_SIZE_LIMIT, 'record_size_limit'],
  [SESSION_TICKET, 'session_ticket'],
  [PRE_SHARED_KEY, 'pre_shared_key'],
  [EARLY_DATA, 'early_data'],
  [SUPPORTED_VERSIONS, 'supported_versions'],
  [COOKIE, 'cookie'],
  [PSK_KEY_EXCHANGE_MODES, 'psk_key_exchange_modes'],
  [CERTIFICATE_AUTHORITIES, 'certificate_authorities'],
  [POST_HANDSHAKE_AUTH, 'post_handshake_auth'],
  [SIGNATURE_ALGORITHMS_CERT, 'signature_algorithms_cert'],
  [KEY_SHARE, 'key_share'],
  [CONNECTION_ID, 'connection_id'],
  [RENEGOTIATION_INFO, 'renegotiation_info'],
];

/** The registered name, or the number. */
export function extensionName(type: number): string {
  for (const [number, name] of NAMES) if (number === type) return name;
  return `extension ${type}`;
}

/** The messages in which an extension may stand: bits of `ExtensionModule.where`. RFC 9846 §4.3's table. */
export const IN_CLIENT_HELLO = 1;
/** ServerHello of SSL 3.0 to (D)TLS 1.2. */
export const IN_LEGACY_SERVER_HELLO = 2;
export const IN_SERVER_HELLO = 4;
export const IN_HELLO_RETRY_REQUEST = 8;
export const IN_ENCRYPTED_EXTENSIONS = 16;
export const IN_CERTIFICATE_REQUEST = 32;
export const IN_CERTIFICATE = 64;
export const IN_NEW_SESSION_TICKET = 128;
