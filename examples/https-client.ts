/** An HTTPS client: requests over an agent that keeps its connection, and resumes the session where it does not. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as https from 'veritls/https';
import type { TLSSocket } from 'veritls/tls';
import { ca, certificateFor } from './support/certificates.ts';

const server = https.createServer(await certificateFor('localhost'), (request, response) => response.end(`page ${request.url}`));
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const agent = new https.Agent({ keepAlive: true, ca });
const sockets = new Set<unknown>();
for (const path of ['/1', '/2', '/3']) {
  const [response] = (await once(https.get(`https://localhost:${port}${path}`, { agent }), 'response')) as [IncomingMessage];
  sockets.add(response.socket);
  console.log(`${response.statusCode} ${await text(response)}`);
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(`${sockets.size} connection for 3 requests`);
agent.destroy();

const brief = new https.Agent({ ca });
let resumed = false;
for (const path of ['/4', '/5']) {
  const [response] = (await once(https.get(`https://localhost:${port}${path}`, { agent: brief }), 'response')) as [IncomingMessage];
  resumed = (response.socket as TLSSocket).isSessionReused();
  console.log(`${response.statusCode} ${await text(response)}, session resumed: ${resumed}`);
}
if (sockets.size !== 1 || !resumed) process.exitCode = 1;
server.close();
