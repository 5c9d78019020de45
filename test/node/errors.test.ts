/** Errors under the codes that users of node:tls match, compared with what node:tls itself says in the same situation. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { TlsError } from '../../src/index.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import { createSelfSigned, issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { issue, makeKey, NOW, pemOf, toPem } from '../support/certificates.ts';
import { connectEnds, failure, KINDS, listen, ourTls, PEM } from './support/peers.ts';

const DAY = 86_400_000;

function selfSigned(names: readonly string[]): { cert: string; key: string } {
  const privateKey = makeKey('p256');
  const der = createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(privateKey),
    subject: `CN=${names[0]}`,
    subjectAltNames: names,
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
  }) as Uint8Array;
  return { cert: toPem('CERTIFICATE', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** A leaf below an intermediate below a root that nobody trusts. */
const unknown = (() => {
  const [rootKey, middleKey, leafKey] = [makeKey('p256'), makeKey('p256'), makeKey('p256')];
  const root = createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(rootKey),
    subject: 'CN=unknown root',
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ca: true,
  }) as Uint8Array;
  const below = (issuer: Uint8Array, issuerKey: typeof rootKey, key: typeof rootKey, subject: string, ca: boolean): Uint8Array =>
    issueCertificate({
      crypto: nodeCrypto,
      publicKey: privateKeyFromKeyObject(key).spki!,
      issuer: { certificate: parseCertificate(issuer), key: privateKeyFromKeyObject(issuerKey) },
      subject,
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
      ...(ca ? { ca } : { subjectAltNames: ['localhost'] }),
    }) as Uint8Array;
  const middle = below(root, rootKey, middleKey, 'CN=unknown middle', true);
  const leaf = below(middle, middleKey, leafKey, 'CN=localhost', false);
  const key = leafKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const pem = (...ders: Uint8Array[]): string => ders.map((der) => toPem('CERTIFICATE', der)).join('');
  return { key, leaf: pem(leaf), middle: pem(leaf, middle), root: pem(leaf, middle, root), middleOnly: pem(middle), rootOnly: pem(root) };
})();

const expired = pemOf(issue('p256', { notBefore: NOW - 10 * DAY, notAfter: NOW - DAY }));
const future = pemOf(issue('p256', { notBefore: NOW + DAY, notAfter: NOW + 10 * DAY }));
const otherName = pemOf(issue('p256', { names: ['example.org', '10.0.0.1'] }));
const clientOnly = pemOf(issue('p256', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }));
const own = selfSigned(['localhost']);

const CASES: readonly { name: string; server: { cert: string; key: string }; client?: object; code: string }[] = [
  { name: 'expired', server: expired, code: 'CERT_HAS_EXPIRED' },
  { name: 'not yet valid', server: future, code: 'CERT_NOT_YET_VALID' },
  { name: 'another name', server: otherName, code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { name: 'self-signed', server: own, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  { name: 'leaf alone', server: { cert: unknown.leaf, key: unknown.key }, code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  { name: 'root missing', server: { cert: unknown.middle, key: unknown.key }, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
  { name: 'untrusted root sent', server: { cert: unknown.root, key: unknown.key }, code: 'SELF_SIGNED_CERT_IN_CHAIN' },
  { name: 'for clients only', server: clientOnly, code: 'INVALID_PURPOSE' },
  {
    name: 'trusted intermediate without its root',
    server: { cert: unknown.middle, key: unknown.key },
    client: { ca: unknown.middleOnly },
    code: 'UNABLE_TO_GET_ISSUER_CERT',
  },
];

for (const { name, server, client = {}, code } of CASES) {
  test(`certificate: ${name}`, async () => {
    const theirs = (await failure(['node', 'node'], client, server)).client;
    const ours = (await failure(['ours', 'node'], client, server)).client;
    assert.equal(ours?.code, theirs?.code);
    assert.equal(ours?.code, code);
    // Newer versions of Node add advice about an option of their own.
    if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') assert.equal(ours?.message, theirs?.message.replace(/; if the root CA is .*$/, ''));
    else {
      assert.deepEqual(
        { host: (ours as { host?: string }).host, reason: (ours as { reason?: string }).reason },
        { host: (theirs as { host?: string }).host, reason: (theirs as { reason?: string }).reason },
      );
      assert.equal((ours as unknown as { cert: { subject: { CN: string } } }).cert.subject.CN, 'example.org');
    }
    assert.ok(ours?.cause instanceof TlsError);
    const open = await connectEnds(['ours', 'node'], { ...client, rejectUnauthorized: false }, server);
    const openNode = await connectEnds(['node', 'node'], { ...client, rejectUnauthorized: false }, server);
    assert.equal(open.client.authorized, false);
    assert.equal(open.client.authorizationError, openNode.client.authorizationError);
    await open.close();
    await openNode.close();
  });
}

test('the intermediate is trusted where that is allowed, the self-signed one where it is named', async () => {
  const server = { cert: unknown.leaf, key: unknown.key };
  const one = await connectEnds(['ours', 'node'], { ca: unknown.middleOnly, allowPartialTrustChain: true }, server);
  assert.equal(one.client.authorized, true);
  await one.close();
  const two = await connectEnds(['ours', 'node'], { ca: own.cert }, own);
  assert.equal(two.client.authorized, true);
  await two.close();
});

test('checkServerIdentity: its error is the connection’s, its exception too, and its consent is enough', async () => {
  const refusal = Object.assign(new Error('not this one'), { code: 'MY_CODE' });
  const refused = await failure(['ours', 'node'], { checkServerIdentity: () => refusal });
  assert.equal(refused.client, refusal);
  const boom = new Error('boom');
  const thrown = await failure(['ours', 'node'], {
    checkServerIdentity: () => {
      throw boom;
    },
  });
  assert.equal(thrown.client, boom);
  const seen: unknown[] = [];
  const { client, close } = await connectEnds(
    ['ours', 'node'],
    {
      checkServerIdentity: (host, cert) => {
        seen.push(
          host,
          cert.subject.CN,
          (cert as unknown as { issuerCertificate: { subject: { CN: string } } }).issuerCertificate.subject.CN,
        );
        return undefined;
      },
    },
    otherName,
  );
  assert.deepEqual(seen, ['localhost', 'example.org', 'veritls test root']);
  assert.equal(client.authorized, true);
  await close();
});

test('alerts of the peer', async () => {
  const { client } = await failure(
    ['ours', 'node'],
    {},
    { requestCert: true, rejectUnauthorized: true, ca: PEM.ca, maxVersion: 'TLSv1.2' },
  );
  assert.ok(client === undefined || typeof client.code === 'string');
  const untrusted = await failure(['ours', 'ours'], { ca: own.cert });
  assert.equal(untrusted.server?.code, 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  assert.ok(untrusted.server?.cause instanceof TlsError);
});

test('a server that does not speak TLS, and a client that does not', async () => {
  const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const port = await listen(plain);
  const client = ourTls.connect({ port, host: '127.0.0.1' });
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ERR_SSL_WRONG_VERSION_NUMBER');
  plain.close();

  const server = ourTls.createServer({ ...PEM, ca: undefined });
  const tlsPort = await listen(server);
  const raw = net.connect(tlsPort, '127.0.0.1', () => raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  const [refusal] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException];
  assert.equal(refusal.code, 'ERR_SSL_HTTP_REQUEST');
  raw.destroy();
  server.close();
});

test('the connection is refused, ends before the handshake, or never begins', async () => {
  const silent = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end());
  });
  const port = await listen(silent);
  for (const kind of ['ours', 'node'] as const) {
    const client = KINDS[kind].connect({ port, host: '127.0.0.1' });
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET', kind);
    assert.equal(error.message, 'Client network socket disconnected before secure TLS connection was established');
  }
  silent.close();
  await once(silent, 'close');
  const nobody = ourTls.connect({ port, host: '127.0.0.1' });
  const [error] = (await once(nobody, 'error')) as [NodeJS.ErrnoException & { port?: number }];
  assert.equal(error.code, 'ECONNREFUSED');
  assert.equal(error.port, port);
});

test('options that cannot be are refused at once, with Node’s codes', () => {
  const code = (options: object): unknown => {
    try {
      ourTls.createSecureContext(options);
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return undefined;
  };
  assert.equal(code({ minVersion: 'TLSv9' }), 'ERR_TLS_INVALID_PROTOCOL_VERSION');
  assert.equal(code({ minVersion: 'TLSv1.2', secureProtocol: 'TLS_method' }), 'ERR_TLS_PROTOCOL_VERSION_CONFLICT');
  assert.equal(code({ secureProtocol: 'SSLv3_method' }), 'ERR_TLS_INVALID_PROTOCOL_METHOD');
  assert.equal(code({ ciphers: 'NONSENSE' }), 'ERR_SSL_NO_CIPHER_MATCH');
  assert.equal(code({ ciphers: 7 }), 'ERR_INVALID_ARG_TYPE');
  assert.equal(code({ ecdhCurve: 'nonsense' }), 'ERR_CRYPTO_OPERATION_FAILED');
  assert.equal(code({ ticketKeys: Buffer.alloc(47) }), 'ERR_INVALID_ARG_VALUE');
  assert.equal(code({ cert: PEM.cert, key: own.key }), 'ERR_OSSL_X509_KEY_VALUES_MISMATCH');
  assert.equal(code({ cert: 3 }), 'ERR_INVALID_ARG_TYPE');
});

test('an exception in a server’s callback fails its connection only', async () => {
  const boom = new Error('boom');
  const server = ourTls.createServer({
    ...PEM,
    ca: undefined,
    SNICallback: (name, done) => {
      if (name === 'throw.example') throw boom;
      if (name === 'error.example') done(boom);
      else done(null);
    },
  });
  const errors: unknown[] = [];
  server.on('secureConnection', (socket) => void socket.on('error', () => {}));
  server.on('tlsClientError', (error) => errors.push(error));
  const port = await listen(server);
  for (const servername of ['throw.example', 'error.example']) {
    const client = ourTls.connect({ port, host: '127.0.0.1', servername, ca: PEM.ca });
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR');
  }
  assert.deepEqual(errors, [boom, boom]);
  const fine = ourTls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca });
  await once(fine, 'secureConnect');
  fine.destroy();
  server.close();
});
