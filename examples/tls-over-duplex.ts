/** TLS over any pair of streams: here over a Duplex that is no socket, as in a tunnel, a proxy or a test. */
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import * as tls from '../src/node/tls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';

/** Two streams; what is written to one is read from the other. */
function pair(): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const a: Duplex = make(() => b);
  const b: Duplex = make(() => a);
  return [a, b];
}

const [near, far] = pair();
const server = new tls.TLSSocket(far, { isServer: true, ...(await certificateFor('inside.example')) });
server.pipe(server);

const client = tls.connect({ socket: near, servername: 'inside.example', ca });
await once(client, 'secureConnect');
const protocol = client.getProtocol();
client.end('through the tunnel');
let text = '';
for await (const part of client) text += String(part);
console.log(`${protocol}: ${text}`);
if (text !== 'through the tunnel') process.exitCode = 1;
