/**
 * Numbers of the embedded interface: return codes (guide 5.6), notifications, statuses and flags (5.7), and the invalid
 * handles. Individual constants: what is not used is not bundled.
 */

/** What the functions return. */
export type t_tls_ret = number;
/** The same numbers, where the guide says so: accept and connect. */
export type t_ip_ret = number;

/** Successful execution. */
export const TLS_OK = 0;
/** Flag is set. */
export const TLS_SET = 1;
/** Flag is not set. */
export const TLS_NOT_SET = 2;
/** Specified object was found. */
export const TLS_FOUND = 3;
/** Signature should be verified. */
export const TLS_SIGN_VERIFY = 5;
/** Function not executed, should be repeated. */
export const TLS_WAIT = 6;
/** Initialization error. */
export const TLS_INIT_ERR = 7;
/** The specified object was not found. */
export const TLS_NOT_FOUND_ERR = 8;
/** IO operation error. */
export const TLS_IO_ERR = 9;
/** The certificate type is incorrect. */
export const TLS_TYPE_ERR = 10;
/** Array is full, no free slot found. */
export const TLS_FULL_ERR = 11;
/** One of the parameters was a NULL pointer. */
export const TLS_NULL_PTR_ERR = 12;
/** Handshake protocol error. */
export const TLS_HS_ERR = 13;
/** Invalid parameter error. */
export const TLS_PARAM_ERR = 14;
/** Memory allocation error. */
export const TLS_MEM_ERR = 15;
/** Signature verification error. */
export const TLS_VERIFY_ERR = 16;
/** A certificate is invalid. */
export const TLS_CERTIFICATE_ERR = 17;
/** Error returned by the Embedded Encryption Manager. */
export const TLS_ENCRYPTION_MODULE_ERR = 18;
/** Heartbeat message timeout error. */
export const TLS_HEARTBEAT_TIMEOUT_ERR = 19;
/** Drop current message silently. */
export const TLS_DROP_MESSAGE = 20;
/** Operation timed out. */
export const TLS_TIMEOUT_ERR = 21;
/** New connection found. */
export const TLS_DTLS_NEW_CONN = 22;
/** Drop DTLS message fragment. */
export const TLS_DTLS_DROP_FRMSG = 23;
/** Server is still connected. Cannot proceed with function. */
export const TLS_DTLS_CONNECT_ERR = 24;

/** TLS handshake failed. */
export const TLS_NTF_HANDSHAKE_FAILED = 0x10000;
/** TLS handshake succeeded. */
export const TLS_NTF_HANDSHAKE_DONE = 0x20000;
/** TLS handshake timed out; the connection is not closed by it. */
export const TLS_NTF_HANDSHAKE_TIMEOUT = 0x40000;
/** DTLS retransmit timeout. */
export const DTLS_NTF_TIMEOUT = 0x80000;
/** Ready to transmit; of a TLS or DTLS connection also: decoded data is ready to be read (5.2, 5.3). */
export const IP_NTF_TX_RDY = 0x2;
/** Of the TCP layer below: bytes have come. */
export const IP_NTF_RX_RDY = 0x1;
/** Of the layers below: the connection is established. */
export const IP_NTF_CONNECTED = 0x4;
/** The connection is closed, by the peer or by an error. */
export const IP_NTF_CLOSED = 0x8;

export type t_tls_conn_status = number;
/** The connection is closed or does not exist. */
export const TLS_CONNST_CLOSED = 0;
/** The connection is in handshake state. */
export const TLS_CONNST_HANDSHAKE = 1;
/** The connection is established and the user can send and receive data. */
export const TLS_CONNST_OPERATING = 2;

/** The handshake starts as soon as the connection stands. */
export const TLS_TCP_CONN_INF_FLAG_START = 0x1;
/** The client is verified. The guide calls it unsupported; here it works. */
export const TLS_TCP_CONN_INF_FLAG_VERIFY = 0x2;
/** The names that the DTLS functions of the guide use for the same flags. */
export const TLS_CONN_INF_FLAG_START: number = TLS_TCP_CONN_INF_FLAG_START;
export const TLS_CONN_INF_FLAG_VERIFY: number = TLS_TCP_CONN_INF_FLAG_VERIFY;

/** No handle: what every kind of handle looks like that names nothing. */
export const INVALID_HDL = 0;
export const IP_WAIT_FOREVER = 0xffffffff;
export const TRUE = 1;
export const FALSE = 0;

/** Hash algorithms that TLS has a place for. */
export type t_tls_hash_algorithm_index = number;
export const TLS_HASH_MD5 = 0;
export const TLS_HASH_SHA1 = 1;
export const TLS_HASH_SHA256 = 2;
export const TLS_HASH_SHA384 = 3;
export const TLS_HASH_SHA512 = 4;

/** Signature and key exchange algorithms that TLS has a place for. The last is beyond the guide. */
export type t_tls_sign_algorithm_index = number;
export const TLS_SIGN_RSA = 0;
export const TLS_SIGN_EDH = 1;
export const TLS_SIGN_DSS = 2;
export const TLS_SIGN_ECC = 3;

/** Bulk encryption algorithms that TLS has a place for. From AES-GCM on they are beyond the guide. */
export type t_tls_bulk_algorithm_index = number;
export const TLS_BULK_NULL = 0;
export const TLS_BULK_3DES_EDE_CBC = 1;
export const TLS_BULK_AES_128_CBC = 2;
export const TLS_BULK_AES_256_CBC = 3;
export const TLS_BULK_AES_128_GCM = 4;
export const TLS_BULK_AES_256_GCM = 5;
export const TLS_BULK_AES_128_CCM_8 = 6;
export const TLS_BULK_CHACHA20_POLY1305 = 7;

/** cert_type: the numbers of ClientCertificateType (RFC 5246 §7.4.4). */
export const TLS_CERT_TYPE_RSA = 1;
export const TLS_CERT_TYPE_DSS = 2;
export const TLS_CERT_TYPE_ECDSA = 64;

export const TLS_RANDOM_LEN = 32;
export const TLS_MASTER_SEC_LEN = 48;
export const TLS_MAX_SES_ID_LEN = 32;
export const TLS_RP_HDR_LEN = 5;
export const DTLS_RP_HDR_LEN = 13;
export const DTLS_MAX_COOKIE_LEN = 255;
