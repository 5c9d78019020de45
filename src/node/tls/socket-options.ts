/** What a TLSSocket can be made with, and asked for. */
import type * as nodeTls from 'node:tls';
import type { AlpnInput } from './alpn.ts';
import type { CheckServerIdentity, ClientPskCallback } from './client.ts';
import type { SecureContextOptions } from './secure-context.ts';

/** As of node:tls, and what this library adds. */
export interface TLSSocketOptions extends SecureContextOptions {
  readonly isServer?: boolean | undefined;
  readonly server?: import('node:net').Server | undefined;
  readonly secureContext?: nodeTls.SecureContext | undefined;
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly ALPNProtocols?: AlpnInput | undefined;
  readonly ALPNCallback?: ((offer: { servername: string; protocols: string[] }) => string | undefined) | undefined;
  readonly SNICallback?: nodeTls.TlsOptions['SNICallback'];
  readonly session?: Buffer | undefined;
  readonly requestOCSP?: boolean | undefined;
  readonly enableTrace?: boolean | undefined;
  readonly allowHalfOpen?: boolean | undefined;
  readonly pskCallback?: ClientPskCallback | nodeTls.TlsOptions['pskCallback'] | undefined;
  readonly pskIdentityHint?: string | undefined;
  readonly servername?: string | undefined;
  readonly host?: string | undefined;
  readonly checkServerIdentity?: CheckServerIdentity | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The handshake must be over by then, in milliseconds; 0: no limit. Server: 120 000 by default; client: none. */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Whether it is an error, ECONNRESET, that the peer ends the TCP connection without close_notify: it may have been cut
   * off. Default false, as in node:tls: servers and browsers do so every day, and `truncated` tells. In the middle of a
   * record, and in the handshake, it is an error always.
   */
  readonly requireCloseNotify?: boolean | undefined;
  /** Bytes, of either direction. Default: writing 114 688, for seven records at once; reading what Node's streams have. */
  readonly highWaterMark?: number | undefined;
  readonly pauseOnConnect?: boolean | undefined;
}

/** As of node:tls. `rejectUnauthorized: false` lets a client go on without a certificate. */
export interface RenegotiateRequest {
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}
