/** What `veritls/tls` adds to the trust options of node:tls: pins, sources of revocation, the revoked store. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { connect, createServer, type SecureContextOptions } from '../../src/node/tls/index.ts';
import { createCrl } from '../../src/pki/certs/revocation.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { parseCrl } from '../../src/pki/x509/crl.ts';
import { createRevokedStore } from '../../src/pki/x509/revoked-store.ts';
import { AUTHORITY, credential, NOW, pemOf } from '../support/certificates.ts';

const { cert, key, ca } = pemOf(credential('p256'));
const leaf = parseCertificate(credential('p256').chain[0]!);
const server = createServer({ cert, key }, (socket) => socket.on('error', () => {}).end('hello'));
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => void server.close());

/** `connected`, or the code of the error. */
function outcome(options: SecureContextOptions): Promise<string> {
  return new Promise((resolve) => {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', ca, port, ...options });
    socket.on('secureConnect', () => {
      resolve('connected');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const pin = (spki: Uint8Array): string => `sha256/${Buffer.from(nodeCrypto.digest('sha256', spki)).toString('base64')}`;

test('pinnedKeys: a key of the path, or no connection', async () => {
  assert.equal(await outcome({ pinnedKeys: [pin(leaf.spki)] }), 'connected');
  assert.equal(await outcome({ pinnedKeys: [pin(new Uint8Array(32)), pin(parseCertificate(AUTHORITY.der).spki)] }), 'connected');
  assert.notEqual(await outcome({ pinnedKeys: [pin(new Uint8Array(32))] }), 'connected');
  assert.throws(() => connect({ port: 1, pinnedKeys: ['sha256/AAAA'] }), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('revoked, revocationSource and revocation', async () => {
  assert.equal(await outcome({ revoked: createRevokedStore([leaf]) }), 'CERT_REVOKED');
  const issuer = { certificate: parseCertificate(AUTHORITY.der), key: AUTHORITY.key };
  const list = (serials: readonly Uint8Array[]) =>
    parseCrl(
      createCrl({
        crypto: nodeCrypto,
        issuer,
        thisUpdate: NOW - 1000,
        nextUpdate: NOW + 3_600_000,
        number: 1,
        entries: serials.map((serial) => ({ serial, revocationDate: NOW - 1000 })),
      }) as Uint8Array,
    );
  const source = (serials: readonly Uint8Array[]) => ({ find: () => Promise.resolve({ crls: [list(serials)] }) });
  assert.equal(await outcome({ revocationSource: source([leaf.serial]) }), 'CERT_REVOKED');
  assert.equal(await outcome({ revocationSource: source([]), revocation: 'required' }), 'connected');
  const silent = { find: () => Promise.reject(new Error('no network')) };
  assert.equal(await outcome({ revocationSource: silent }), 'connected');
  assert.notEqual(await outcome({ revocationSource: silent, revocation: 'required' }), 'connected');
});
