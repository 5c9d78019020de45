/**
 * A device that speaks nothing but SSL 3.0 with 3DES is reached by one option on one connection. Every other connection of the
 * process stays as it was: it refuses the device. The devices: a server of this library so restricted, and NSS where it is.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from 'veritls/tls';
import { startNssDevice } from './support/nss-device.ts';
import { rsaCertificate } from './support/rsa-certificate.ts';

interface Device {
  readonly name: string;
  readonly port: number;
  /** Its certificate, PEM. */
  readonly ca: string;
  stop(): void;
}

let failed = false;
for (const device of [await startOwnDevice(), await startNssDevice()]) {
  if (device === undefined) {
    console.log('NSS: selfserv and certutil are not here (package libnss3-tools), so only our own device was asked');
    continue;
  }
  const address = { host: 'localhost', port: device.port, ca: device.ca };

  const old = tls.connect({ ...address, dangerouslyAllowSsl30: true });
  await once(old, 'secureConnect');
  const dangers = old.connectionInfo?.dangers.join(', ') ?? '';
  console.log(`${device.name}, with the option: ${old.getProtocol()}, ${old.getCipher().standardName}, dangers: ${dangers}`);
  failed ||= old.getProtocol() !== 'SSLv3' || !/3DES/.test(old.getCipher().standardName) || !old.authorized || dangers === '';

  const modern = tls.connect(address);
  const [refusal] = (await once(modern, 'error')) as [NodeJS.ErrnoException];
  console.log(`${device.name}, meanwhile, without it: ${refusal.code}`);

  old.write('GET / HTTP/1.0\r\n\r\n');
  let answer = '';
  // CBC records of SSL 3.0 are split 1/n-1: the first part is one byte.
  for await (const part of old) {
    answer += String(part);
    if (answer.includes('\r\n')) break;
  }
  console.log(`  it says: ${answer.split('\r\n')[0]}`);
  device.stop();
}
process.exitCode = failed ? 1 : 0;

async function startOwnDevice(): Promise<Device> {
  const { cert, key } = await rsaCertificate();
  const options = { cert, key, dangerouslyAllowSsl30: true, maxVersion: 'SSLv3', ciphers: 'DES-CBC3-SHA' } as const;
  const server = tls.createServer(options, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return { name: 'our own device', port: (server.address() as AddressInfo).port, ca: cert, stop: () => void server.close() };
}
