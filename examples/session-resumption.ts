/** The second connection resumes the session of the first: no certificates, no signatures. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from '../src/node/tls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';

const server = tls.createServer(await certificateFor('localhost'), (socket) => socket.end('hello'));
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function visit(session?: Buffer): Promise<{ ticket: Buffer | undefined; reused: boolean }> {
  const client = tls.connect({ port, host: 'localhost', ca, ...(session === undefined ? {} : { session }) });
  let ticket: Buffer | undefined;
  // The ticket comes after the handshake: it holds a secret, keep it as you would keep a key.
  client.on('session', (one: Buffer) => (ticket = one));
  for await (const _ of client);
  return { ticket, reused: client.isSessionReused() };
}

const first = await visit();
const second = await visit(first.ticket);
console.log(`first connection: ${first.reused ? 'resumed' : 'full handshake'}`);
console.log(`second connection: ${second.reused ? 'resumed' : 'full handshake'}`);
if (first.reused || !second.reused) process.exitCode = 1;
server.close();
