/**
 * A CoAP client over DTLS with a pre-shared key, through a network that loses every fourth datagram. It asks libcoap's
 * coap-server where that is installed (Debian: libcoap3-bin), else a server of our own.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DTLSSession, listen, lossyProxy } from '../src/node/dtls/index.ts';
import { askCoap, serveCoap } from './support/coap.ts';

const key = Buffer.from('sesame-open-sesame');
const own = listen((session) => serveCoap(session, new Map([['/time', () => ({ code: '2.05', payload: new Date().toISOString() })]])), {
  host: '127.0.0.1',
  psk: { me: key },
});
let target = (await own.listening)!.port;

const plain = 20_000 + (process.pid % 20_000);
const libcoap = spawn('coap-server-openssl', ['-A', '127.0.0.1', '-p', String(plain), '-k', key.toString(), '-h', 'hint'], {
  stdio: 'ignore',
});
const isThere = await new Promise<boolean>((resolve) => {
  libcoap.once('error', () => resolve(false));
  libcoap.once('spawn', () => resolve(true));
});
if (isThere) target = plain + 1;
else console.log('coap-server is not installed: a server of our own is asked');
await sleep(isThere ? 500 : 0);

const proxy = await lossyProxy({ target: { host: '127.0.0.1', port: target }, loss: 0.25, delay: 20, seed: 4 });
const session: DTLSSession = connect('127.0.0.1', proxy.address.port, { psk: { identity: 'me', key }, lossyLink: true });
session.onretransmit = (attempts) => console.log(`no answer yet, repeated (${attempts})`);
await session.opened;
console.log(`${session.protocol}, ${session.cipher?.name}`);
const answer = await askCoap(session, 'GET', '/time');
console.log(`${answer.code} ${answer.payload}`);
console.log(`${proxy.stats.lost} of ${proxy.stats.datagrams} datagrams were lost on the way`);
await session.close();
await proxy.close();
await own.close();
libcoap.kill();
if (answer.code !== '2.05') process.exitCode = 1;
