/** The page that `serve --http` and the demo serve: what was negotiated, as text. */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionInfo } from '../engine/info.ts';
import { viewNegotiated } from './report.ts';

/** An HTTP server that is handed connections instead of listening. */
export class PageServer {
  readonly #http: Server;
  readonly #infos: WeakMap<Duplex, ConnectionInfo> = new WeakMap();
  readonly #onRequest: ((method: string, url: string) => void) | undefined;

  constructor(onRequest?: (method: string, url: string) => void) {
    this.#onRequest = onRequest;
    this.#http = createServer((request, response) => {
      this.#onRequest?.(request.method ?? '', request.url ?? '');
      request.resume();
      const info = this.#infos.get(request.socket);
      const body = info === undefined ? 'Hello.\n' : pageText(info);
      response.writeHead(request.method === 'GET' || request.method === 'HEAD' ? 200 : 405, {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  }

  /** Serves HTTP over a connection. */
  serve(stream: Duplex, info: ConnectionInfo): void {
    this.#infos.set(stream, info);
    this.#http.emit('connection', stream);
  }

  close(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }
}

export const GREETING = 'Hello over veritls.';

export function pageText(info: ConnectionInfo): string {
  const view = viewNegotiated(info);
  const lines = [
    GREETING,
    '',
    `protocol: ${view.version}`,
    `cipher suite: ${view.suite}`,
    `key exchange: ${view.group ?? 'none'}`,
    `resumed: ${view.resumed ? 'yes' : 'no'}`,
  ];
  if (view.serverName !== null) lines.push(`server name: ${view.serverName}`);
  if (view.alpn !== null) lines.push(`ALPN: ${view.alpn}`);
  return `${lines.join('\n')}\n`;
}
