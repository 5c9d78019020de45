/**
 * Syslog over DTLS, RFC 6012: devices with certificates send their messages one way, a message in a datagram. Nothing is
 * answered and nothing repeated; what the collector has counted says whether something is missing.
 */
import { once } from 'node:events';
import { connect, createSocket, type DTLSSession } from 'veritls/dtls';
import { ca, certificateFor } from './support/certificates.ts';

const collector = createSocket({ type: 'udp4', ...(await certificateFor('collector.example')), ca, requestCert: true });
const lines: string[] = [];
const all = new Promise<void>((resolve) => {
  collector.on('message', (data: Buffer, _rinfo: unknown, session: DTLSSession) => {
    // Who it comes from says the certificate, not the message.
    const line = `${session.peerX509Certificate?.subject}: ${data}`;
    console.log(line);
    if (lines.push(line) === 4) resolve();
  });
});
collector.bind(0, '127.0.0.1');
await once(collector, 'listening');
const { port } = collector.address();

for (const name of ['router-1', 'router-2']) {
  const device = connect('127.0.0.1', port, { ...(await certificateFor(name)), ca, servername: 'collector.example' });
  await device.opened;
  for (const text of ['interface up', 'interface down']) {
    const message = `<165>1 ${new Date().toISOString()} ${name} ifd - - - ${text}`;
    // RFC 6012 §5.4.2: a message has to fit into a datagram.
    if (Buffer.byteLength(message) <= device.maxPayload) device.send(message);
  }
  await device.close();
}
await all;
collector.close();
if (!lines.every((line) => /^CN=(router-\d): <165>1 \S+ \1 /.test(line))) process.exitCode = 1;
