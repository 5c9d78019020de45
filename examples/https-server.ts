/** An HTTPS server: node:http over connections of veritls. Asks itself once and ends. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as tls from '../src/node/tls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';

const web = http.createServer((request, response) => {
  const { socket } = request as unknown as { socket: tls.TLSSocket };
  response.end(`You asked for ${request.url} over ${socket.getProtocol()} with ${socket.getCipher().name}.\n`);
});
const server = tls.createServer({ ...(await certificateFor('localhost')), ALPNProtocols: ['http/1.1'] }, (socket) => {
  web.emit('connection', socket);
});
server.listen(0);
await once(server, 'listening');

const request = https.get({ host: 'localhost', port: (server.address() as AddressInfo).port, path: '/hello', ca, agent: false });
const [response] = (await once(request, 'response')) as [http.IncomingMessage];
for await (const part of response) process.stdout.write(part as Buffer);
if (response.statusCode !== 200) process.exitCode = 1;
server.close();
