/**
 * `veritls/dtls`: DTLS over UDP, or over anything that carries datagrams, with the names of node:dtls. What differs: host
 * names are resolved; callbacks for names and keys may return promises; a datagram that does not fit is refused and not left
 * to be cut up by IP; a session that the server will not resume is no error, and neither is one for another host.
 */
export { type ConnectOptions, connect } from './connect.ts';
export { DTLSEndpoint, type DTLSEndpointStats } from './endpoint.ts';
export { listen, type ListenOptions } from './listen.ts';
export { type Impairment, LossyProxy, type LossyProxyOptions, lossyProxy, type ProxyEvent, type ProxyStats } from './lossy-proxy.ts';
export {
  type ClientPsk,
  createSecureContext,
  DTLSSecureContext,
  type DTLSSecureContextOptions,
  type DtlsVersion,
  type PskIdentity,
  type ServerPsk,
  type Sni,
} from './secure-context.ts';
export { DTLSSession, type DTLSSessionStats, type Opened } from './session.ts';
export { createSocket, DTLSSocket, type DTLSSocketOptions } from './socket.ts';
export { type DatagramReceiver, type DatagramTransport, type LocalAddress, UdpTransport } from './transport.ts';
