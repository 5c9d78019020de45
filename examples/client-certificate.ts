/** A server that asks its clients for a certificate, and refuses those without. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from '../src/node/tls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';

const server = tls.createServer({ ...(await certificateFor('localhost')), ca, requestCert: true }, (socket) => {
  socket.end(`hello ${socket.getPeerCertificate().subject.CN}`);
});
server.on('tlsClientError', (error: NodeJS.ErrnoException) => console.log(`server refused a client: ${error.code}`));
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const known = tls.connect({ port, host: 'localhost', ca, ...(await certificateFor('alice')) });
let text = '';
for await (const part of known) text += String(part);
console.log(text);

const anonymous = tls.connect({ port, host: 'localhost', ca });
anonymous.resume();
const [error] = (await once(anonymous, 'error')) as [NodeJS.ErrnoException];
console.log(`without certificate: ${error.code}`);
if (text !== 'hello alice') process.exitCode = 1;
server.close();
