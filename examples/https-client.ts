/** An HTTPS client: https.request and a keep-alive agent over connections of veritls. */
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from '../src/node/tls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';

const server = https.createServer(await certificateFor('localhost'), (request, response) => response.end(`page ${request.url}`));
server.listen(0);
await once(server, 'listening');

class Agent extends https.Agent {
  override createConnection(options: object): Duplex {
    return tls.connect(options as tls.ConnectionOptions);
  }
}
const agent = new Agent({ keepAlive: true, ca });
const sockets = new Set<unknown>();
for (const path of ['/1', '/2', '/3']) {
  const request = https.get({ host: 'localhost', port: (server.address() as AddressInfo).port, path, agent });
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const part of response) text += String(part);
  sockets.add(response.socket);
  console.log(`${response.statusCode} ${text}`);
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(`${sockets.size} connection for 3 requests`);
if (sockets.size !== 1) process.exitCode = 1;
agent.destroy();
server.close();
