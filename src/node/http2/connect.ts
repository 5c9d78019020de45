/** `connect` of node:http2. */
import * as http2 from 'node:http2';
import { isIP } from 'node:net';
import { markEncrypted } from './encrypted.ts';
import { connect as connectTls, type ConnectionOptions } from '../tls/connect.ts';

/** As of node:http2, and what `connect` of `veritls/tls` takes besides. */
export interface ClientSessionOptions extends http2.ClientSessionOptions, Omit<ConnectionOptions, keyof http2.ClientSessionOptions> {}

type Listener = (session: http2.ClientHttp2Session) => void;

const HTTPS_PORT = 443;

/** A session of HTTP/2 with `https://host[:port]`. `listener` is told when it is set up. */
export function connect(authority: string | URL, options: ClientSessionOptions = {}, listener?: Listener): http2.ClientHttp2Session {
  const url = typeof authority === 'string' ? new URL(authority) : authority;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const createConnection =
    options.createConnection ??
    (() =>
      connectTls({
        host,
        port: url.port === '' ? HTTPS_PORT : Number(url.port),
        // RFC 6066 §3: an address is no name to ask for.
        servername: isIP(host) === 0 ? host : '',
        ...options,
        ALPNProtocols: options.ALPNProtocols ?? ['h2'],
      } as ConnectionOptions));
  const session = http2.connect(url, { ...options, createConnection } as http2.SecureClientSessionOptions, listener);
  session.once('connect', () => markEncrypted(session));
  return session;
}
