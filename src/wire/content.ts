/** ContentType, RFC 9846 §5.1, RFC 6520, RFC 9146, RFC 9147. */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
export const HEARTBEAT = 24;
export const TLS12_CID = 25;
export const ACK = 26;
