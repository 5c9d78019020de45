/** Certificates on both sides, resumption, an end by AbortSignal, and what the endpoint has counted. */
import { connect, listen } from 'veritls/dtls';
import { ca, certificateFor } from './support/certificates.ts';

const endpoint = listen(
  (session) => {
    const subject = session.peerX509Certificate?.subject ?? 'nobody';
    session.onmessage = (data) => session.send(`${subject} says ${data}`);
  },
  // Who has no certificate of this CA is refused.
  { host: '127.0.0.1', ...(await certificateFor('localhost')), ca, requestCert: true },
);
const { port } = (await endpoint.listening)!;
const options = { ca, ...(await certificateFor('device-1')), servername: 'localhost' };

const first = connect('127.0.0.1', port, options);
await first.opened;
first.send('hello');
let answer = '';
for await (const data of first) {
  answer = data.toString();
  break;
}
console.log(`${first.protocol}, ${first.cipher?.name}, authorized: ${first.authorized}`);
console.log(answer);
await first.close();

// The second handshake is shorter: one round trip less, no certificates, no signatures.
const timeout = new AbortController();
const second = connect('127.0.0.1', port, { ...options, signal: timeout.signal, ...(first.session && { session: first.session }) });
await second.opened;
console.log(`resumed: ${second.reused}`);
timeout.abort(new Error('no longer needed'));
const reason = await second.closed.then(
  () => 'none',
  (error: Error) => error.message,
);
console.log(`ended: ${reason}`);

// Without a certificate there is no session.
const { cert: _cert, key: _key, ...without } = options;
const refused = connect('127.0.0.1', port, { ...without, unprotectedAlerts: 'accept', handshakeTimeout: 5_000 });
const code = await refused.opened.then(
  () => 'none',
  (error: NodeJS.ErrnoException) => error.code,
);
console.log(`without a certificate: ${code}`);
const { cookiesSent, handshakesCompleted, handshakesFailed } = endpoint.stats;
console.log(`${cookiesSent} cookies, ${handshakesCompleted} handshakes, ${handshakesFailed} failed`);
await endpoint.close();
if (answer !== 'CN=device-1 says hello' || !second.reused || reason !== 'no longer needed' || code === 'none') process.exitCode = 1;
