/** STARTTLS: a conversation in plain text turns into TLS on the same socket, on both sides. */
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { connect, createSecureContext, TLSSocket } from 'veritls/tls';
import { localhostCertificate } from './parts/certificate.ts';

const { certificatePem, keyPem } = await localhostCertificate();
const secureContext = createSecureContext({ cert: certificatePem, key: keyPem });

const server = createServer((plain) => {
  plain.write('220 ready\n');
  plain.once('data', (command) => {
    if (command.toString() !== 'STARTTLS\n') return void plain.end('500 what?\n');
    plain.write('220 go ahead\n');
    const secure = new TLSSocket(plain, { isServer: true, secureContext });
    secure.on('data', (data) => secure.end(`250 ${data.toString().trim()} to you, in private\n`));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const plain = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
const line = async () => String((await once(plain, 'data'))[0]).trim();
console.log(await line());
plain.write('STARTTLS\n');
console.log(await line());

const secure = connect({ socket: plain, servername: 'localhost', ca: certificatePem });
await once(secure, 'secureConnect');
secure.write('hello\n');
const answer = String((await once(secure, 'data'))[0]).trim();
console.log(`${secure.getProtocol()}: ${answer}`);
secure.end();
server.close();
process.exitCode = answer === '250 hello to you, in private' ? 0 : 1;
