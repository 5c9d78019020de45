/** `hosts`: a server's certificates out of a store, chosen for each handshake. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import * as tls from '../../src/node/tls/index.ts';
import { writePem } from '../../src/pki/asn1/pem.ts';
import { createHostStore } from '../../src/pki/certs/host-store.ts';
import { DAY, issue, root, testKey } from '../x509/ca.ts';

const life = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
const anchor = root('CN=Hosts root', life);
const host = (name: string, kind: 'p256' | 'rsa' = 'p256') => {
  const key = testKey(kind, name);
  const { certificate } = issue(anchor, `CN=${kind} ${name}`, { subjectAltNames: [name], ...life }, key);
  return { chain: [certificate.der], key: key.handle };
};

test('hosts: by name and by schemes, replaced while the server runs, beside cert and key', async () => {
  const store = createHostStore([host('a.example'), host('a.example', 'rsa'), host('b.example')]);
  const server = tls.createServer({ hosts: store }, (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = writePem('CERTIFICATE', anchor.certificate.der);
  const ask = async (servername: string, more: tls.ConnectionOptions = {}): Promise<string> => {
    const socket = tls.connect({ port, host: '127.0.0.1', servername, ca, ...more });
    socket.resume();
    try {
      await once(socket, 'secureConnect');
      return String(socket.getPeerCertificate().subject.CN);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      socket.destroy();
    }
  };
  try {
    assert.equal(await ask('a.example'), 'p256 a.example');
    assert.equal(await ask('b.example'), 'p256 b.example');
    assert.equal(await ask('a.example', { sigalgs: 'rsa_pss_rsae_sha256:RSA+SHA256' }), 'rsa a.example');
    assert.equal(await ask('c.example'), 'ERR_TLS_CERT_ALTNAME_INVALID');
    store.replace([host('c.example')]);
    assert.equal(await ask('c.example'), 'p256 c.example');
    store.replace([]);
    assert.match(await ask('c.example'), /HANDSHAKE_FAILURE/);
  } finally {
    server.close();
  }
});
