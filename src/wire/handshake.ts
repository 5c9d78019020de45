/** HandshakeType, RFC 9846 §4, RFC 5246 §7.4, RFC 6347 §4.3.2, RFC 5077, RFC 6066. */
export const HELLO_REQUEST = 0;
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const HELLO_VERIFY_REQUEST = 3;
export const NEW_SESSION_TICKET = 4;
export const END_OF_EARLY_DATA = 5;
export const ENCRYPTED_EXTENSIONS = 8;
export const CERTIFICATE = 11;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;
export const CERTIFICATE_VERIFY = 15;
export const CLIENT_KEY_EXCHANGE = 16;
export const FINISHED = 20;
export const CERTIFICATE_URL = 21;
export const CERTIFICATE_STATUS = 22;
export const KEY_UPDATE = 24;
export const COMPRESSED_CERTIFICATE = 25;
export const MESSAGE_HASH = 254;

/** Not handshake types: how a flow names what has no type of its own. Wire types are below 256. */
export const CCS_MESSAGE = 0x100;
/** A ServerHello with the random of RFC 9846 §4.2.3. */
export const HELLO_RETRY_REQUEST = 0x102;

const NAMES: Readonly<Partial<Record<number, string>>> = {
  [HELLO_REQUEST]: 'HelloRequest',
  [CLIENT_HELLO]: 'ClientHello',
  [SERVER_HELLO]: 'ServerHello',
  [HELLO_VERIFY_REQUEST]: 'HelloVerifyRequest',
  [NEW_SESSION_TICKET]: 'NewSessionTicket',
  [END_OF_EARLY_DATA]: 'EndOfEarlyData',
  [ENCRYPTED_EXTENSIONS]: 'EncryptedExtensions',
  [CERTIFICATE]: 'Certificate',
  [SERVER_KEY_EXCHANGE]: 'ServerKeyExchange',
  [CERTIFICATE_REQUEST]: 'CertificateRequest',
  [SERVER_HELLO_DONE]: 'ServerHelloDone',
  [CERTIFICATE_VERIFY]: 'CertificateVerify',
  [CLIENT_KEY_EXCHANGE]: 'ClientKeyExchange',
  [FINISHED]: 'Finished',
  [CERTIFICATE_STATUS]: 'CertificateStatus',
  [KEY_UPDATE]: 'KeyUpdate',
  [CCS_MESSAGE]: 'ChangeCipherSpec',
  [HELLO_RETRY_REQUEST]: 'HelloRetryRequest',
};

/** The RFC's name of a message, or its number. */
export function messageName(type: number): string {
  return NAMES[type] ?? `message ${type}`;
}
