/** `listen`: a server endpoint. */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { DTLSEndpoint, type SessionListener } from './endpoint.ts';
import { contextOf, type DatagramTuning, tuning } from './options.ts';
import type { DTLSSecureContext, DTLSSecureContextOptions, ServerPsk } from './secure-context.ts';
import { type DatagramTransport, UdpTransport } from './transport.ts';

export interface ListenOptions extends Omit<DTLSSecureContextOptions, 'isServer' | 'psk' | 'maxFragmentLength'>, DatagramTuning {
  readonly psk?: ServerPsk | undefined;
  readonly secureContext?: DTLSSecureContext | undefined;
  /** 0 by default: any that is free. */
  readonly port?: number | undefined;
  /** `0.0.0.0` by default. */
  readonly host?: string | undefined;
  /** Instead of a UDP socket of its own. */
  readonly transport?: DatagramTransport | undefined;
  readonly ipv6Only?: boolean | undefined;
  readonly reuseAddr?: boolean | undefined;
  readonly udpReceiveBufferSize?: number | undefined;
  readonly udpSendBufferSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether clients must show that they can be reached at their address; true by default. */
  readonly cookies?: boolean | undefined;
  /** At least 16 bytes, the same for all processes that serve one address. */
  readonly cookieSecret?: Uint8Array | undefined;
  /** ClientHellos so cut that the cookie is not in the first piece: held in a small common pool, or dropped (default). */
  readonly partialHellos?: 'drop' | 'hold' | undefined;
  /** 10000, 1000 and 1000 by default; 0: no limit. */
  readonly maxSessions?: number | undefined;
  readonly maxSessionsPerHost?: number | undefined;
  readonly maxHandshakes?: number | undefined;
  /** ms; 0: none. 60 s and 30 min by default. */
  readonly handshakeTimeout?: number | undefined;
  readonly idleTimeout?: number | undefined;
  /** Lines of the NSS key log: secrets. */
  readonly keylog?: ((line: string) => void) | undefined;
}

/** Serves DTLS: `callback` is called with each session whose handshake is over. */
export function listen(callback: SessionListener, options: ListenOptions): DTLSEndpoint {
  const context = contextOf(options, true);
  const { signal, keylog } = options;
  signal?.throwIfAborted();
  const none = (value: number | undefined, normal: number): number => (value === 0 ? Number.POSITIVE_INFINITY : (value ?? normal));
  const endpoint = new DTLSEndpoint(
    options.transport ?? udp(options),
    {
      config: tuning(options),
      server: keylog === undefined ? context.serverContext() : context.serverContextWith(keylog),
      cookies: options.cookies,
      cookieSecret: options.cookieSecret,
      partialHellos: options.partialHellos,
      maxAssociations: none(options.maxSessions, 10_000),
      maxPerHost: none(options.maxSessionsPerHost, 1_000),
      maxHalfOpen: none(options.maxHandshakes, 1_000),
      handshakeTimeoutMs: options.handshakeTimeout ?? 60_000,
      idleTimeoutMs: options.idleTimeout,
    },
    callback,
    false,
  );
  if (signal !== undefined) {
    const abort = (): void => void endpoint.close();
    signal.addEventListener('abort', abort, { once: true });
    void endpoint.closed.catch(() => {}).then(() => signal.removeEventListener('abort', abort));
  }
  return endpoint;
}

function udp(options: ListenOptions): DatagramTransport {
  const host = options.host ?? '0.0.0.0';
  const socket = createSocket({
    type: isIP(host) === 6 ? 'udp6' : 'udp4',
    reuseAddr: options.reuseAddr ?? false,
    ipv6Only: options.ipv6Only ?? false,
    ...(options.udpReceiveBufferSize === undefined ? {} : { recvBufferSize: options.udpReceiveBufferSize }),
    ...(options.udpSendBufferSize === undefined ? {} : { sendBufferSize: options.udpSendBufferSize }),
  });
  return new UdpTransport(socket, { owned: true, bind: { port: options.port ?? 0, address: host, exclusive: false } });
}
