/** A TLS server over TCP whose connections are recorded: what `serve` and the demo run. */
import { createServer, type Server, type Socket } from 'node:net';
import { TlsError } from '../base/errors.ts';
import { createServerConnection } from '../engine/connection.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import type { ServerContext } from '../handshake/context.ts';
import { HandshakeLog } from './handshake-log.ts';
import { TlsStream } from './tls-stream.ts';
import type { TrustWitness } from './trust.ts';

/** One connection of a client. */
export interface ServedConnection {
  readonly number: number;
  /** Address and port of the client. */
  readonly peer: string;
  readonly log: HandshakeLog;
  readonly witness: TrustWitness | undefined;
  readonly stream: TlsStream;
  info: ConnectionInfo | undefined;
  error: TlsError | undefined;
  handshakeMs: number | undefined;
}

export interface ServerHooks {
  /** The context of a connection, with its witness where clients show certificates. */
  readonly context: () => { readonly context: ServerContext; readonly witness?: TrustWitness | undefined };
  /** The handshake is over: the stream may be used. */
  readonly ready: (connection: ServedConnection) => void;
  /** It failed, in the handshake or after it. */
  readonly failed?: (connection: ServedConnection) => void;
  readonly handshakeTimeoutMs?: number;
}

const HANDSHAKE_TIMEOUT_MS = 30_000;

export interface RunningServer {
  readonly port: number;
  readonly address: string;
  /** Stops listening and hangs up on everybody. */
  close(): Promise<void>;
}

/** Listens; fulfilled when it does. Rejects with system errors. */
export function startServer(hooks: ServerHooks, port: number, host: string): Promise<RunningServer> {
  const open = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(hooks, socket, ++count);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(running(server, open));
    });
  });
}

function running(server: Server, open: Set<Socket>): RunningServer {
  const where = server.address();
  if (where === null || typeof where === 'string') throw new RangeError('not a TCP server');
  return {
    port: where.port,
    address: where.address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serve(hooks: ServerHooks, socket: Socket, number: number): void {
  const { context, witness } = hooks.context();
  const log = new HandshakeLog(() => performance.now());
  const engine = createServerConnection(context, { trace: log.trace });
  const started = performance.now();
  // Events may come before the stream is there to be named.
  const connection = {
    number,
    peer: `${socket.remoteAddress ?? '?'} port ${socket.remotePort ?? 0}`,
    log,
    witness,
    info: undefined,
    error: undefined,
    handshakeMs: undefined,
  } as Omit<ServedConnection, 'stream'> & { stream: TlsStream };
  const timer = setTimeout(() => {
    engine.abort(new TlsError({ code: 'timeout', origin: 'local', detail: 'the client does not go on with the handshake' }));
    connection.stream.destroy();
    connection.error ??= engine.error;
    hooks.failed?.(connection);
  }, hooks.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS);
  timer.unref();
  connection.stream = new TlsStream(socket, engine, (event) => {
    switch (event.type) {
      case 'handshake':
        clearTimeout(timer);
        connection.info = event.info;
        connection.handshakeMs = performance.now() - started;
        // Not from within the event: the tickets that follow belong to what is shown.
        setImmediate(() => hooks.ready(connection));
        break;
      case 'alert':
        log.alert('client', event.description);
        break;
      case 'error':
        clearTimeout(timer);
        connection.error = event.error;
        if (event.error.alert !== undefined) log.alert(event.error.origin === 'peer' ? 'client' : 'server', event.error.alert);
        hooks.failed?.(connection);
        break;
      default:
        break;
    }
  });
}
