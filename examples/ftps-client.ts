/** An FTPS client: basic-ftp over veritls. Control and data connections share one TLS session, which servers ask for. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ca, certificateFor } from './support/certificates.ts';
import { FtpServer } from './support/ftp-server.ts';
import { FtpsClient } from './support/ftps-client.ts';

const server = new FtpServer({ tls: await certificateFor('localhost'), user: 'me', password: 'secret' });
const port = await server.listen();

const client = new FtpsClient({ ca, servername: 'localhost' });
await client.access({ host: '127.0.0.1', port, user: 'me', password: 'secret', secure: true });
const { control } = client;
console.log(`${control.getProtocol()}, ${control.getCipher().name}, authorized: ${control.authorized}`);

await client.uploadFrom(Readable.from(['a file\n']), 'a.txt');
const into = new PassThrough();
const [content] = await Promise.all([text(into), client.downloadTo(into, 'a.txt')]);
console.log(`a.txt: ${content.trim()}; data connections resumed the session: ${client.resumed.join(', ')}`);
client.close();

const stranger = new FtpsClient({ servername: 'localhost' });
const refusal = await stranger.access({ host: '127.0.0.1', port, secure: true }).then(
  () => 'none',
  (error: NodeJS.ErrnoException) => error.code ?? error.message,
);
console.log(`without the certificate's authority: ${refusal}`);
stranger.close();
server.close();
process.exitCode = content === 'a file\n' && client.resumed.every(Boolean) && refusal !== 'none' ? 0 : 1;
