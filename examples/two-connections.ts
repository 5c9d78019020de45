/**
 * The engine by itself: a client and a server in one process, no socket between them. Whatever carries bytes can stand where
 * `carry` stands: a pipe, a message queue, another protocol.
 */
import {
  type Connection,
  createCertificateVerifier,
  createClientConnection,
  createClientContext,
  createServerConnection,
  createServerContext,
} from 'veritls';
import { nodeCrypto } from 'veritls/crypto/node';
import { modernClient, modernServer } from 'veritls/presets/modern';
import { localhostCertificate } from './parts/certificate.ts';

const certificate = await localhostCertificate();
const verifier = createCertificateVerifier({ trustAnchors: [certificate.der] });
const now = () => Date.now();

const client = createClientConnection(createClientContext({ ...modernClient(nodeCrypto), verifier, now }), { serverName: 'localhost' });
const server = createServerConnection(
  createServerContext({ ...modernServer(nodeCrypto), verifier, now, credentials: [{ chain: [certificate.der], key: certificate.key }] }),
);

let answered = '';
do {
  const moved = carry(client, server) || carry(server, client);
  for (let event = server.poll(); event !== undefined; event = server.poll()) {
    if (event.type === 'data') server.send(new TextEncoder().encode(`you said: ${new TextDecoder().decode(event.data)}`));
  }
  for (let event = client.poll(); event !== undefined; event = client.poll()) {
    if (event.type === 'handshake') {
      console.log(`${event.info.version}, ${event.info.suite}`);
      client.send(new TextEncoder().encode('hello'));
    }
    if (event.type === 'data') answered = new TextDecoder().decode(event.data);
    if (event.type === 'error') throw event.error;
  }
  // Nothing moves while a signature or a verification is being waited for.
  if (!moved) await new Promise((resolve) => setImmediate(resolve));
} while (answered === '');
console.log(answered);

/** Takes what one has to send to the other; whether there was something. */
function carry(from: Connection, to: Connection): boolean {
  const bytes = from.takeOutput();
  if (bytes !== undefined) to.receive(bytes);
  return bytes !== undefined;
}
