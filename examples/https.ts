/** HTTPS with `veritls/tls` under Node's own HTTP: a server, a client that trusts it, and one that does not. */
import { createServer as createHttpServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, createServer } from 'veritls/tls';
import { localhostCertificate } from './parts/certificate.ts';

const { certificatePem, keyPem } = await localhostCertificate();

const http = createHttpServer((_request, response) => response.end('a page over veritls\n'));
const server = createServer({ cert: certificatePem, key: keyPem }, (socket) => http.emit('connection', socket));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

const page = await new Promise<string>((resolve, reject) => {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: certificatePem });
  get({ host: 'localhost', headers: { connection: 'close' }, createConnection: () => socket }, (response) => {
    console.log(`${socket.getProtocol()}, ${socket.getCipher().name}, authorized: ${socket.authorized}`);
    text(response).then(resolve, reject);
  }).on('error', reject);
});
process.stdout.write(page);

const refused = await new Promise<string>((resolve) => {
  connect({ host: '127.0.0.1', port, servername: 'localhost' })
    .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    .on('secureConnect', () => resolve('nothing: it was trusted'));
});
console.log(`without the certificate: ${refused}`);
server.close();
process.exitCode = page.includes('veritls') && refused === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? 0 : 1;
