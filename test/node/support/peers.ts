/** Servers and clients of both kinds, this library's and Node's, for tests over real sockets. */
import { once } from 'node:events';
import type { AddressInfo, Server as NetServer } from 'node:net';
import * as nodeTls from 'node:tls';
import * as ourTls from '../../../src/node/tls/index.ts';
import { credential, pemOf } from '../../support/certificates.ts';

export { nodeTls, ourTls };

/** What both modules have in common, as the tests use it. */
export type Tls = Pick<typeof nodeTls, 'connect' | 'createServer' | 'createSecureContext' | 'TLSSocket'>;
export const KINDS: Readonly<Record<'ours' | 'node', Tls>> = { ours: ourTls as unknown as Tls, node: nodeTls };
/** Client and server; node with node is left out. */
export const PAIRINGS = [
  ['ours', 'ours'],
  ['ours', 'node'],
  ['node', 'ours'],
] as const;
export const VERSIONS = ['TLSv1.3', 'TLSv1.2'] as const;

export const PEM: { cert: string; key: string; ca: string } = pemOf(credential('p256'));
export const RSA: { cert: string; key: string; ca: string } = pemOf(credential('rsa'));

export async function listen<S extends NetServer>(server: S): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export interface Ends {
  readonly client: nodeTls.TLSSocket;
  readonly server: nodeTls.TLSSocket;
  close(): Promise<void>;
}

/** A connection between two kinds of peers; rejects with the client's error. */
export async function connectEnds(
  kinds: readonly ['ours' | 'node', 'ours' | 'node'],
  clientOptions: nodeTls.ConnectionOptions = {},
  serverOptions: nodeTls.TlsOptions = {},
  prepare?: (server: nodeTls.Server) => void,
): Promise<Ends> {
  const server = KINDS[kinds[1]].createServer({ ...PEM, ca: undefined, ...serverOptions });
  prepare?.(server);
  const port = await listen(server);
  const accepted = once(server, 'secureConnection') as Promise<[nodeTls.TLSSocket]>;
  accepted.catch(() => {});
  const client = KINDS[kinds[0]].connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ...clientOptions });
  const close = async (): Promise<void> => {
    client.destroy();
    server.close();
    await once(server, 'close');
  };
  try {
    await once(client, 'secureConnect');
  } catch (error) {
    await close();
    throw error;
  }
  const [socket] = await accepted;
  socket.on('error', () => {});
  return {
    client,
    server: socket,
    close: async () => {
      socket.destroy();
      await close();
    },
  };
}

/** Everything that a stream gives, to its end; the stream is not destroyed by it. */
export async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  await once(stream, 'end');
  return Buffer.concat(parts);
}

/** The client's error of a connection that must fail, and the server's. */
export async function failure(
  kinds: readonly ['ours' | 'node', 'ours' | 'node'],
  clientOptions: nodeTls.ConnectionOptions,
  serverOptions: nodeTls.TlsOptions = {},
): Promise<{ client: NodeJS.ErrnoException | undefined; server: NodeJS.ErrnoException | undefined }> {
  const server = KINDS[kinds[1]].createServer({ ...PEM, ca: undefined, ...serverOptions });
  let serverError: NodeJS.ErrnoException | undefined;
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => void (serverError ??= error));
  server.on('secureConnection', (socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => void (serverError ??= error));
    socket.resume();
  });
  const port = await listen(server);
  const client = KINDS[kinds[0]].connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ...clientOptions });
  let clientError: NodeJS.ErrnoException | undefined;
  client.on('error', (error: NodeJS.ErrnoException) => void (clientError = error));
  client.resume();
  await new Promise<void>((resolve) => client.once('close', () => resolve()));
  server.close();
  await once(server, 'close');
  return { client: clientError, server: serverError };
}
