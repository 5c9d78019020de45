/** An FTPS server, explicit and implicit, whose data connections must resume the session of their control connection. */
import { Readable } from 'node:stream';
import { ca, certificateFor } from './support/certificates.ts';
import { FtpServer } from './support/ftp-server.ts';
import { FtpsClient } from './support/ftps-client.ts';

const certificate = await certificateFor('localhost');
let failed = false;
for (const implicit of [false, true]) {
  const server = new FtpServer({ tls: certificate, implicit, user: 'me', password: 'secret' });
  const port = await server.listen();

  const client = new FtpsClient({ ca, servername: 'localhost' });
  await client.access({ host: '127.0.0.1', port, user: 'me', password: 'secret', secure: implicit ? 'implicit' : true });
  await client.uploadFrom(Readable.from(Buffer.alloc(100_000, 'x')), 'large.txt');
  const [listed] = await client.list();
  const { control } = client;
  console.log(
    `${implicit ? 'implicit' : 'explicit'}: ${control.getProtocol()}, ${control.getCipher().name}, ${listed?.name} ${listed?.size}`,
  );
  client.close();
  console.log(`  data connections resumed the session: ${server.resumed.join(', ')}`);
  failed ||= listed?.size !== 100_000 || server.resumed.length !== 2 || server.resumed.includes(false);

  server.close();
}
process.exitCode = failed ? 1 : 0;
