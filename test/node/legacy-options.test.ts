/** What `veritls/tls` takes for old devices: SSL 3.0, weak keys, DSS and every suite by name; and that nothing else changes. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { nodeCrypto, privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import {
  connect,
  type ConnectionOptions,
  createSecureContext,
  createServer,
  getCiphers,
  type TlsOptions,
} from '../../src/node/tls/index.ts';
import { issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { AUTHORITY, credential, NOW, pemOf, toPem } from '../support/certificates.ts';
import { DSA_KEY, dsaCredential } from '../support/dsa.ts';

const { cert, key, ca } = pemOf(credential('rsa'));

async function serve(t: TestContext, options: TlsOptions): Promise<number> {
  const server = createServer({ cert, key, ...options }, (socket) => socket.on('error', () => {}).end('hello'));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** What became of it: version, suite and dangers, or the code of the error. */
function outcome(port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', ca, port, ...options });
    socket.on('secureConnect', () => {
      resolve([socket.getProtocol(), socket.getCipher().name, ...(socket.connectionInfo?.dangers ?? [])].join(' '));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const DEVICE: TlsOptions = { dangerouslyAllowSsl30: true, maxVersion: 'SSLv3', ciphers: 'DES-CBC3-SHA' };

test('S5, S40: SSL 3.0 by one option on one connection; another of the same process refuses the same device', async (t) => {
  const port = await serve(t, DEVICE);
  const both = await Promise.all([outcome(port, { dangerouslyAllowSsl30: true }), outcome(port), outcome(port, { minVersion: 'TLSv1' })]);
  assert.deepEqual(both, [
    'SSLv3 DES-CBC3-SHA dangerouslyAllowSsl30',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  ]);
});

test('with the option the newest version that both have is used', async (t) => {
  const modern = await serve(t, {});
  assert.match(await outcome(modern, { dangerouslyAllowSsl30: true }), /^TLSv1\.3 TLS_AES_128_GCM_SHA256 dangerouslyAllowSsl30$/);
  const wide = await serve(t, { dangerouslyAllowSsl30: true });
  assert.match(await outcome(wide), /^TLSv1\.3 TLS_AES_128_GCM_SHA256$/);
  assert.match(await outcome(wide, { minVersion: 'TLSv1', maxVersion: 'TLSv1' }), /^TLSv1 ECDHE-RSA-AES128-SHA$/);
});

test('SSL 3.0 cannot be named without its option', () => {
  for (const options of [{ minVersion: 'SSLv3' }, { maxVersion: 'SSLv3' }] as never[])
    assert.throws(() => createSecureContext(options), { code: 'ERR_TLS_INVALID_PROTOCOL_VERSION' });
  assert.throws(() => createSecureContext({ secureProtocol: 'SSLv3_method' }), { code: 'ERR_TLS_INVALID_PROTOCOL_METHOD' });
  const { versionNames } = createSecureContext({ secureProtocol: 'SSLv3_method', dangerouslyAllowSsl30: true });
  assert.deepEqual(versionNames, ['SSLv3']);
  assert.deepEqual(createSecureContext({}).versionNames, ['TLSv1.3', 'TLSv1.2']);
});

test('keys of 1024 bits: by the option or by @SECLEVEL=1, else refused', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const own = privateKeyFromKeyObject(privateKey);
  const der = issueCertificate({
    crypto: nodeCrypto,
    publicKey: own.spki!,
    issuer: { certificate: parseCertificate(AUTHORITY.der), key: AUTHORITY.key },
    subject: 'CN=localhost',
    subjectAltNames: ['localhost'],
    notBefore: NOW - 86_400_000,
    notAfter: NOW + 86_400_000,
  }) as Uint8Array;
  const port = await serve(t, { cert: toPem('CERTIFICATE', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) });
  assert.equal(await outcome(port), 'CERT_UNTRUSTED');
  assert.match(await outcome(port, { dangerouslyAllowWeakKeys: true }), /^TLSv1\.3 .*dangerouslyAllowWeakKeys$/);
  assert.match(await outcome(port, { ciphers: 'DEFAULT@SECLEVEL=1' }), /^TLSv1\.[23] .*dangerouslyAllowWeakKeys$/);
});

test('DSS certificates, where suites for them are named', async (t) => {
  const [leaf] = dsaCredential().chain;
  const port = await serve(t, { cert: toPem('CERTIFICATE', leaf!), key: DSA_KEY, ciphers: 'DHE-DSS-AES128-GCM-SHA256:DHE-DSS-AES128-SHA' });
  assert.match(await outcome(port, { ciphers: 'DHE-DSS-AES128-GCM-SHA256' }), /^TLSv1\.2 DHE-DSS-AES128-GCM-SHA256$/);
  const old = await serve(t, { ...DEVICE, cert: toPem('CERTIFICATE', leaf!), key: DSA_KEY, ciphers: 'DHE-DSS-DES-CBC3-SHA' });
  assert.equal(
    await outcome(old, { dangerouslyAllowSsl30: true, ciphers: 'DHE-DSS-DES-CBC3-SHA' }),
    'SSLv3 DHE-DSS-DES-CBC3-SHA dangerouslyAllowSsl30',
  );
});

test('every suite that this runtime has can be named in `ciphers`', () => {
  const names = getCiphers();
  assert.ok(names.length > 150, `${names.length}`);
  for (const name of names) {
    const { suites } = createSecureContext({ ciphers: `${name.toUpperCase()}:@SECLEVEL=0` });
    assert.ok(
      suites.some((suite) => suite.openssl.toLowerCase() === name),
      name,
    );
  }
});
