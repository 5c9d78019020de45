/** Datagrams under a pre-shared key: what small devices speak. Server and client, an echo, and a key that is not known. */
import { randomBytes } from 'node:crypto';
import { connect, listen } from 'veritls/dtls';

const keys = new Map([['sensor-7', randomBytes(16)]]);

const endpoint = listen(
  (session) => {
    console.log(`server: ${session.protocol}, ${session.cipher?.name}`);
    session.onmessage = (data) => session.send(`${data}, said the server`);
  },
  // The look-up may be asynchronous: a database, another process.
  { host: '127.0.0.1', psk: async (identity) => keys.get(identity) },
);
const { port } = (await endpoint.listening)!;

const session = connect('127.0.0.1', port, { psk: { identity: 'sensor-7', key: keys.get('sensor-7')! } });
await session.opened;
session.send('hello');
let answer = '';
for await (const data of session) {
  answer = data.toString();
  break;
}
console.log(`client: ${answer}`);
await session.close();

// Records that do not authenticate are dropped in silence, so a wrong key shows as a timeout.
const stranger = connect('127.0.0.1', port, { psk: { identity: 'sensor-7', key: randomBytes(16) }, handshakeTimeout: 1_500 });
const error = await stranger.opened.then(
  () => undefined,
  (cause: NodeJS.ErrnoException) => cause,
);
console.log(`with another key: ${error?.code}`);
await endpoint.close();
if (answer !== 'hello, said the server' || error?.code !== 'ERR_TLS_HANDSHAKE_TIMEOUT') process.exitCode = 1;
