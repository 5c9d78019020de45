/** From `HOST:PORT` to an open TCP connection, with the time that each part took. */
import { connect, type Socket } from 'node:net';
import { CliError } from './errors.ts';
import { UsageError } from './options.ts';
import { clean } from './text.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface Dialled {
  readonly socket: Socket;
  /** The address that answered. */
  readonly address: string;
  /** Milliseconds; undefined where no name had to be looked up. */
  readonly dnsMs: number | undefined;
  readonly tcpMs: number;
}

/** `example.com:443`, `[::1]:443`, `https://example.com/`, or a host alone with a default port. @throws UsageError */
export function parseTarget(text: string, defaultPort: number | undefined): Target {
  const url = /^https:\/\/([^/?#]+)/.exec(text);
  const plainText = url === null ? text : url[1]!;
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(plainText);
  const bare = match === null && /^[0-9a-fA-F:]+:[0-9a-fA-F:.]*$/.test(plainText) && plainText.split(':').length > 2;
  const host = bare ? plainText : (match?.[1] ?? match?.[2]);
  if (host === undefined) throw new UsageError(`not HOST:PORT: ${clean(text)}`);
  const port = match?.[3] === undefined ? (url === null ? defaultPort : 443) : Number(match[3]);
  if (port === undefined) throw new UsageError(`a port is missing: ${clean(text)}:PORT`);
  if (port < 1 || port > 65_535) throw new UsageError(`not a port: ${port}`);
  return { host, port };
}

/** Opens a connection. Throws system errors; `timeout` after `timeoutMs`. */
export function dial(target: Target, timeoutMs: number): Promise<Dialled> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.host, port: target.port, autoSelectFamily: true, noDelay: true });
    let lookedUp: number | undefined;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new CliError('timeout', `no connection to ${clean(target.host)} port ${target.port} within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    socket.on('lookup', () => (lookedUp ??= performance.now()));
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      // Until somebody takes over: an early reset is told by the stream's end.
      socket.on('error', () => undefined);
      const isName = socket.remoteAddress !== target.host;
      const dnsMs = isName && lookedUp !== undefined ? lookedUp - started : undefined;
      resolve({
        socket,
        address: socket.remoteAddress ?? target.host,
        dnsMs,
        tcpMs: performance.now() - (dnsMs === undefined ? started : lookedUp!),
      });
    });
  });
}
