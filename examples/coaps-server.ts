/**
 * A CoAP server over DTLS, for devices with a pre-shared key and for those with certificates, on one port. It is asked by
 * libcoap's coap-client where that is installed (Debian: libcoap3-bin), and by our own client.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, listen } from '../src/node/dtls/index.ts';
import { ca, certificateFor } from './support/certificates.ts';
import { askCoap, type Resource, serveCoap } from './support/coap.ts';

const key = Buffer.from('sesame-open-sesame');
let light = 'off';
const resources = new Map<string, Resource>([
  ['/temperature', () => ({ code: '2.05', payload: '21.5' })],
  [
    '/light',
    (method, payload) => {
      if (method === 'PUT') light = payload.toString();
      return { code: method === 'PUT' ? '2.04' : '2.05', payload: light };
    },
  ],
]);

const endpoint = listen((session) => serveCoap(session, resources), {
  host: '127.0.0.1',
  ...(await certificateFor('localhost', '127.0.0.1')),
  psk: { 'sensor-7': key },
});
const { port } = (await endpoint.listening)!;
let right = true;
const check = (what: string, got: string, expected: string): void => {
  console.log(`${what}: ${got}`);
  if (got !== expected) right = false;
};

const mine = connect('127.0.0.1', port, { psk: { identity: 'sensor-7', key } });
await mine.opened;
check(`our client, ${mine.cipher?.name}`, (await askCoap(mine, 'GET', '/temperature')).payload, '21.5');
check('our client switches the light', (await askCoap(mine, 'PUT', '/light', 'on')).code, '2.04');
await mine.close();

const run = promisify(execFile);
const libcoap = async (...args: string[]): Promise<string> => (await run('coap-client-openssl', ['-B', '10', ...args])).stdout.trim();
const folder = mkdtempSync(join(tmpdir(), 'coaps-'));
try {
  writeFileSync(join(folder, 'ca.pem'), ca);
  const uri = `coaps://127.0.0.1:${port}`;
  check('coap-client with the key', await libcoap('-k', key.toString(), '-u', 'sensor-7', `${uri}/light`), 'on');
  check('coap-client with a certificate', await libcoap('-R', join(folder, 'ca.pem'), `${uri}/temperature`), '21.5');
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  console.log('coap-client is not installed: only our own client has asked');
} finally {
  rmSync(folder, { recursive: true });
}
await endpoint.close();
if (!right) process.exitCode = 1;
