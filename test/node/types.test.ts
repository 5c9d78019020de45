/** What this module exports can stand where node:tls stands: the compiler checks, the test only names what is missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeTls, ourTls } from './support/peers.ts';

/** Compiles only when `ours` is assignable to Node's types. */
type Assignable<T, _Ours extends T> = true;
export type Checks = [
  Assignable<nodeTls.TLSSocket, ourTls.TLSSocket>,
  Assignable<nodeTls.SecureContext, ourTls.SecureContext>,
  Assignable<(options: nodeTls.ConnectionOptions, listener?: () => void) => nodeTls.TLSSocket, typeof ourTls.connect>,
  Assignable<
    (port: number, host?: string, options?: nodeTls.ConnectionOptions, listener?: () => void) => nodeTls.TLSSocket,
    typeof ourTls.connect
  >,
  Assignable<(options?: nodeTls.SecureContextOptions) => nodeTls.SecureContext, typeof ourTls.createSecureContext>,
  Assignable<typeof nodeTls.checkServerIdentity, typeof ourTls.checkServerIdentity>,
  Assignable<typeof nodeTls.getCiphers, typeof ourTls.getCiphers>,
  Assignable<readonly string[], typeof ourTls.rootCertificates>,
];

test('everything that node:tls exports is there', () => {
  // Gone from newer versions of Node, or of this one's own making.
  const without = ['createSecurePair', 'getCertificateCompressionAlgorithms'];
  for (const name of Object.keys(nodeTls)) {
    if (name === 'default' || without.includes(name)) continue;
    assert.equal(typeof (ourTls as Record<string, unknown>)[name], typeof (nodeTls as unknown as Record<string, unknown>)[name], name);
  }
  for (const name of ['getCACertificates', 'setDefaultCACertificates'])
    assert.equal(typeof (ourTls as Record<string, unknown>)[name], 'function');
});

test('methods of TLSSocket and Server', () => {
  for (const [ours, theirs] of [
    [ourTls.TLSSocket.prototype, nodeTls.TLSSocket.prototype],
    [ourTls.Server.prototype, nodeTls.Server.prototype],
  ]) {
    for (const name of Object.getOwnPropertyNames(theirs)) {
      if (name.startsWith('_') || name === 'setOptions') continue;
      assert.equal(typeof (ours as unknown as Record<string, unknown>)[name], 'function', name);
    }
  }
});

test('cipher strings', () => {
  const names = (ciphers: string): string[] => ourTls.createSecureContext({ ciphers }).suites.map((suite) => suite.openssl);
  assert.deepEqual(names('ECDHE-RSA-AES128-GCM-SHA256'), ['ECDHE-RSA-AES128-GCM-SHA256']);
  assert.deepEqual(names('TLS_AES_256_GCM_SHA384'), ['TLS_AES_256_GCM_SHA384']);
  assert.deepEqual(names('ECDHE+AESGCM:!ECDSA:!AES256'), ['ECDHE-RSA-AES128-GCM-SHA256']);
  assert.deepEqual(names('AES128-SHA,AES256-SHA AES256-SHA256'), ['AES128-SHA', 'AES256-SHA', 'AES256-SHA256']);
  assert.deepEqual(names('AES128-SHA:AES256-SHA:-AES128-SHA'), ['AES256-SHA']);
  assert.deepEqual(names('AES128-SHA:AES256-SHA:+AES128-SHA'), ['AES256-SHA', 'AES128-SHA']);
  assert.deepEqual(names('AES128-SHA:AES256-SHA:@STRENGTH'), ['AES256-SHA', 'AES128-SHA']);
  assert.deepEqual(names('TLS_AES_128_GCM_SHA256:AES128-SHA@SECLEVEL=0'), ['TLS_AES_128_GCM_SHA256', 'AES128-SHA']);
  const high = names('HIGH:!aNULL:!eNULL');
  assert.ok(high.includes('ECDHE-RSA-AES128-GCM-SHA256') && high.includes('AES256-SHA'));
  assert.ok(!high.some((name) => /NULL|RC4|DES/.test(name)));
  const normal = ourTls.createSecureContext().suites.map((suite) => suite.openssl);
  assert.ok(!normal.some((name) => /NULL|RC4|DES|PSK|ADH|AECDH|CAMELLIA/.test(name)), normal.join());
  assert.equal(normal[0], 'TLS_AES_128_GCM_SHA256');
  assert.ok(nodeTls.getCiphers().filter((name) => ourTls.getCiphers().includes(name)).length > 40);
});

test('versions', () => {
  const versions = (options: object): readonly string[] => ourTls.createSecureContext(options).versionNames;
  assert.deepEqual(versions({}), ['TLSv1.3', 'TLSv1.2']);
  assert.deepEqual(versions({ minVersion: 'TLSv1' }), ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1']);
  assert.deepEqual(versions({ maxVersion: 'TLSv1.2' }), ['TLSv1.2']);
  assert.deepEqual(versions({ secureProtocol: 'TLSv1_2_method' }), ['TLSv1.2']);
  assert.deepEqual(versions({ ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }), ['TLSv1.2']);
  assert.deepEqual(versions({ ciphers: 'TLS_AES_128_GCM_SHA256' }), ['TLSv1.3']);
});

test('checkServerIdentity over Node’s certificate objects', () => {
  const cert = (subjectaltname: string): nodeTls.PeerCertificate =>
    ({ subjectaltname, subject: { CN: 'common.example' } }) as nodeTls.PeerCertificate;
  const good: [string, string][] = [
    ['a.example', 'DNS:a.example'],
    ['A.EXAMPLE.', 'DNS:a.example'],
    ['b.a.example', 'DNS:x, DNS:*.a.example'],
    ['127.0.0.1', 'IP Address:127.0.0.1'],
    ['::1', 'IP Address:0:0:0:0:0:0:0:1'],
    ['a.example', 'DNS:"quoted, \\u0000", DNS:a.example'],
  ];
  for (const [host, names] of good) assert.equal(ourTls.checkServerIdentity(host, cert(names)), undefined, `${host} ${names}`);
  const bad: [string, string][] = [
    ['b.example', 'DNS:a.example'],
    ['c.b.a.example', 'DNS:*.a.example'],
    ['127.0.0.1', 'DNS:127.0.0.1'],
    ['127.0.0.2', 'IP Address:127.0.0.1'],
    ['common.example', ''],
    ['evil.example', 'DNS:"x, DNS:evil.example"'],
  ];
  for (const [host, names] of bad) {
    const error = ourTls.checkServerIdentity(host, cert(names)) as { code?: string } | undefined;
    assert.equal(error?.code, 'ERR_TLS_CERT_ALTNAME_INVALID', `${host} ${names}`);
  }
});
