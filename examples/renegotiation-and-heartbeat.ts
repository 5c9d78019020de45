/** Behind the first handshake, where both ends want it: a server asks for a certificate in mid-connection, and either looks whether the other is alive. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'veritls/tls';
import { localhostCertificate } from './parts/certificate.ts';

const { certificatePem, keyPem } = await localhostCertificate();
const both = { maxVersion: 'TLSv1.2', renegotiation: 'allow', heartbeat: true, ca: certificatePem } as const;

const server = createServer({ ...both, cert: certificatePem, key: keyPem });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
const { port } = server.address() as AddressInfo;
const client = connect({ ...both, port, host: '127.0.0.1', servername: 'localhost', cert: certificatePem, key: keyPem });
client.resume();
const [socket] = await accepted;

console.log(`at first the server knows its client: ${socket.authorized}`);
await new Promise<void>((resolve, reject) => {
  socket.renegotiate({ requestCert: true }, (error) => (error === null ? resolve() : reject(error)));
});
console.log(`behind another handshake: ${socket.authorized}, ${socket.getPeerCertificate().subject.CN}`);

const alive = once(socket, 'heartbeat') as Promise<[{ outcome: string }]>;
socket.heartbeat();
const [{ outcome }] = await alive;
console.log(`a heartbeat: ${outcome}`);

client.end();
server.close();
process.exitCode = socket.authorized && outcome === 'answered' ? 0 : 1;
