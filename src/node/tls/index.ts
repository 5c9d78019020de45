/**
 * `veritls/tls`: TLS over sockets in the shape of node:tls. What differs: certificates are judged in the handshake, so a
 * peer that is refused learns it from an alert; a name is checked by RFC 9525, without common names; server_name is sent
 * without being asked for; NODE_TLS_REJECT_UNAUTHORIZED has no effect.
 */
import { rootCertificates as nodeRootCertificates } from 'node:tls';
import { DEFAULTS } from './versions.ts';

export { convertALPNProtocols } from './alpn.ts';
export { DEFAULT_CIPHERS, getCiphers } from './ciphers.ts';
export { connect, type ConnectionOptions } from './connect.ts';
export type { CodedError } from './errors.ts';
export { checkServerIdentity } from './identity.ts';
export { type CACertificateType, getCACertificates, setDefaultCACertificates } from './roots.ts';
export { createSecureContext, SecureContext, type SecureContextOptions } from './secure-context.ts';
export { createServer, Server, type TlsOptions } from './server.ts';
export { TLSSocket } from './socket.ts';
export type { TLSSocketOptions } from './socket-options.ts';
export type { KeyInput } from './credentials.ts';

/** The roots that Node brings, PEM. */
export const rootCertificates: readonly string[] = nodeRootCertificates;
export const DEFAULT_ECDH_CURVE = 'auto';
export const DEFAULT_MIN_VERSION: string = DEFAULTS.min;
export const DEFAULT_MAX_VERSION: string = DEFAULTS.max;
export const CLIENT_RENEG_LIMIT = 0;
export const CLIENT_RENEG_WINDOW = 600;
