/** `veritls/http2`: node:http2 over TLS of this library. HTTP/2 is Node's, TLS and the choice of protocol are ours. */
export { connect, type ClientSessionOptions } from './connect.ts';
export { createSecureServer, Http2SecureServer, type SecureServerOptions } from './server.ts';
