/**
 * Code written for `node:tls` compiles with `veritls/tls`. Nothing here runs: `npm run types` compiles it.
 */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import type * as nodeTls from 'node:tls';
import * as tls from '../../src/node/tls/index.ts';

declare const duplex: Duplex;
declare const listener: RequestListener;

/** A socket is node's, to those who ask for that. */
export function sockets(): nodeTls.TLSSocket {
  const socket = tls.connect({ host: 'localhost', port: 443, servername: 'localhost', ALPNProtocols: ['h2', 'http/1.1'] }, () => {});
  socket.on('secureConnect', () => {});
  socket.on('data', (chunk: Buffer) => void chunk.length);
  const authorized: boolean = socket.authorized;
  const protocol: string | null = socket.getProtocol();
  const session: Buffer | undefined = socket.getSession();
  void [authorized, protocol, session];
  return socket;
}

/** The forms of `connect`. */
export function connections(): void {
  tls.connect(443);
  tls.connect(443, 'localhost');
  tls.connect(443, 'localhost', { rejectUnauthorized: true }, () => {});
  tls.connect(443, { ca: '' });
  tls.connect({ socket: duplex, host: 'localhost', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
  tls.connect({ port: 443, signal: new AbortController().signal });
  // @ts-expect-error no such version
  tls.connect({ port: 443, minVersion: 'TLSv1.4' });
  // @ts-expect-error a number is no name
  tls.connect({ port: 443, servername: 1 });
}

/** Node's own clients and servers over our sockets. */
export function users(): void {
  request({ host: 'localhost', createConnection: () => tls.connect(443, 'localhost') });
  connectHttp2('https://localhost', { createConnection: () => tls.connect({ port: 443, ALPNProtocols: ['h2'] }) });
  const http = createHttpServer(listener);
  tls.createServer({ key: '', cert: '' }, (socket) => http.emit('connection', socket)).listen(0);
}

export function servers(): void {
  const server = tls.createServer({
    key: '',
    cert: '',
    requestCert: true,
    SNICallback: (name, done) => done(null, name === '' ? undefined : tls.createSecureContext({ key: '', cert: '' })),
  });
  server.on('secureConnection', (socket: tls.TLSSocket) => socket.end('bye'));
  server.on('tlsClientError', (error: Error) => void error.message);
}
