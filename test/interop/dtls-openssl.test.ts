/** DTLS 1.2 and 1.0 with OpenSSL's s_client and s_server, in both roles. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  type ConnectOptions,
  connect,
  type DTLSEndpoint,
  type DTLSSession,
  listen,
  type ListenOptions,
} from '../../src/node/dtls/index.ts';
import { clientFiles, type Files, files, freePort, isThere, LIMIT_MS, Program } from './dtls-programs.ts';

const skip = isThere('openssl', 'version') ? false : 'openssl is not installed';
const LABEL = 'EXPORTER-veritls-test';

/** Our echo server; what its first session was comes with the promise. */
async function serve(
  t: TestContext,
  options: ListenOptions,
): Promise<{ endpoint: DTLSEndpoint; port: number; first: Promise<DTLSSession> }> {
  let tell!: (session: DTLSSession) => void;
  const first = new Promise<DTLSSession>((resolve) => {
    tell = resolve;
  });
  const endpoint = listen(
    (session) => {
      session.onmessage = (data) => session.send(`echo ${data}`);
      tell(session);
    },
    { host: '127.0.0.1', ...options },
  );
  t.after(() => endpoint.destroy());
  const address = await endpoint.listening;
  return { endpoint, port: address!.port, first };
}

function exporterOf(output: string): string | undefined {
  return /Keying material: ([0-9A-F]+)/.exec(output)?.[1]?.toLowerCase();
}

const CLIENT_CASES: {
  name: string;
  kind: 'p256' | 'rsa';
  args: string[];
  options?: Partial<ListenOptions>;
  check?: (session: DTLSSession, output: string) => void;
}[] = [
  { name: '1.2, ECDSA', kind: 'p256', args: ['-dtls1_2'] },
  { name: '1.2, RSA', kind: 'rsa', args: ['-dtls1_2'] },
  { name: '1.2, MTU 256 both ways', kind: 'rsa', args: ['-dtls1_2', '-mtu', '256'], options: { mtu: 256 } },
  { name: '1.2, MTU 100 from us', kind: 'p256', args: ['-dtls1_2'], options: { mtu: 128 } },
  { name: '1.2, ChaCha20', kind: 'p256', args: ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'] },
  { name: '1.2, CCM', kind: 'p256', args: ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-AES128-CCM:@SECLEVEL=0'] },
  { name: '1.2, CCM_8', kind: 'p256', args: ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0'] },
  { name: '1.2, AES-256-GCM', kind: 'rsa', args: ['-dtls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384'] },
  {
    name: '1.2, CBC with encrypt_then_mac',
    kind: 'rsa',
    args: ['-dtls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA256'],
    options: { ciphers: 'ECDHE-RSA-AES128-SHA256' },
    check: (session) => assert.equal(session.info?.encryptThenMac, true),
  },
  {
    name: '1.2, RSA key exchange, CBC',
    kind: 'rsa',
    args: ['-dtls1_2', '-cipher', 'AES128-SHA'],
    options: { ciphers: 'AES128-SHA' },
  },
  {
    name: '1.2, DHE',
    kind: 'rsa',
    args: ['-dtls1_2', '-cipher', 'DHE-RSA-AES128-GCM-SHA256'],
    options: { ciphers: 'DHE-RSA-AES128-GCM-SHA256' },
  },
  {
    name: '1.0, CBC',
    kind: 'rsa',
    args: ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0'],
    options: { minVersion: 'DTLSv1' },
    check: (session) => assert.equal(session.protocol, 'DTLSv1'),
  },
  {
    name: '1.0, ECDSA, MTU 256',
    kind: 'p256',
    args: ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0', '-mtu', '256'],
    options: { minVersion: 'DTLSv1', mtu: 256 },
    check: (session) => assert.equal(session.protocol, 'DTLSv1'),
  },
  {
    name: '1.2 or 1.0: 1.2 is chosen',
    kind: 'rsa',
    args: ['-dtls', '-cipher', 'ALL:@SECLEVEL=0'],
    options: { minVersion: 'DTLSv1' },
    check: (session) => assert.equal(session.protocol, 'DTLSv1.2'),
  },
  {
    name: '1.2, ALPN',
    kind: 'p256',
    args: ['-dtls1_2', '-alpn', 'x,coap'],
    options: { alpn: ['coap'] },
    check: (session) => assert.equal(session.alpnProtocol, 'coap'),
  },
  {
    name: '1.2, use_srtp',
    kind: 'p256',
    args: ['-dtls1_2', '-use_srtp', 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80'],
    options: { srtp: 'SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM' },
    check: (session, output) => {
      assert.equal(session.srtpProfile, 'SRTP_AES128_CM_SHA1_80');
      assert.match(output, /SRTP_AES128_CM_SHA1_80/);
    },
  },
  {
    name: '1.2, max_fragment_length',
    kind: 'rsa',
    args: ['-dtls1_2', '-maxfraglen', '512'],
    check: (session) => assert.ok(session.maxPayload <= 512),
  },
  { name: '1.2, without cookies', kind: 'p256', args: ['-dtls1_2'], options: { cookies: false } },
];

for (const { name, kind, args, options, check } of CLIENT_CASES) {
  test(`OpenSSL client, our server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    const { port, first, endpoint } = await serve(t, { cert: own.pem.cert, key: own.pem.key, ...options });
    const client = new Program(t, 'openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', own.ca, ...exporterArgs(), ...args]);
    await client.sees(/Verify return code: 0 \(ok\)/);
    client.write('hello\n');
    await client.sees(/echo hello/);
    const session = await first;
    assert.equal(exporterOf(client.output), session.exportKeyingMaterial(20, LABEL).toString('hex'));
    check?.(session, client.output);
    client.write('Q\n');
    await session.closed;
    assert.equal(endpoint.stats.handshakesFailed, 0);
    assert.deepEqual(endpoint.stats.dropped, {});
  });
}

test('OpenSSL client, our server: PSK', { skip, timeout: LIMIT_MS }, async (t) => {
  for (const cipher of ['PSK-AES128-GCM-SHA256', 'ECDHE-PSK-CHACHA20-POLY1305', 'DHE-PSK-AES128-CCM', 'PSK-AES128-CCM8']) {
    const { port, first } = await serve(t, { psk: { device: Buffer.from('0123456789abcdef') } });
    const client = new Program(t, 'openssl', [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-dtls1_2', '-psk_identity', 'device', '-cipher', `${cipher}:@SECLEVEL=0`],
      ...['-psk', Buffer.from('0123456789abcdef').toString('hex'), ...exporterArgs()],
    ]);
    await client.sees(/Keying material: /);
    client.write('hello\n');
    await client.sees(/echo hello/);
    const session = await first;
    assert.equal(session.cipher?.name, cipher);
    assert.equal(exporterOf(client.output), session.exportKeyingMaterial(20, LABEL).toString('hex'));
    client.write('Q\n');
    await session.closed;
  }
});

test('OpenSSL client, our server: client certificate, and one that is missing', { skip, timeout: LIMIT_MS }, async (t) => {
  const own = files(t, 'p256');
  const device = clientFiles(t);
  const { port, first } = await serve(t, { cert: own.pem.cert, key: own.pem.key, ca: own.pem.ca, requestCert: true });
  const without = new Program(t, 'openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', own.ca, '-dtls1_2']);
  await without.sees(/alert/);
  const client = new Program(t, 'openssl', [
    ...[
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-CAfile',
      own.ca,
      '-cert',
      device.cert,
      '-key',
      device.key,
      '-dtls1_2',
      '-mtu',
      '300',
    ],
  ]);
  await client.sees(/Verify return code: 0/);
  client.write('hello\n');
  await client.sees(/echo hello/);
  const session = await first;
  assert.equal(session.authorized, true);
  assert.match(session.peerX509Certificate!.subject, /CN=device/);
});

test('OpenSSL client, our server: resumption by ticket and by session ID', { skip, timeout: LIMIT_MS }, async (t) => {
  for (const ticket of [true, false]) {
    const own = files(t, 'p256');
    const { createMemoryStore } = await import('../../src/session/cache.ts');
    const sessions: DTLSSession[] = [];
    const endpoint = listen(
      (session) => {
        sessions.push(session);
        session.onmessage = (data) => session.send(`echo ${data}`);
      },
      { host: '127.0.0.1', cert: own.pem.cert, key: own.pem.key, sessionStore: createMemoryStore(Date.now) },
    );
    t.after(() => endpoint.destroy());
    const { port } = (await endpoint.listening)!;
    for (const use of ['-sess_out', '-sess_in']) {
      const client = new Program(t, 'openssl', [
        ...['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', own.ca, '-dtls1_2', use, `${own.folder}/session`],
        ...(ticket ? [] : ['-no_ticket']),
      ]);
      await client.sees(/Verify return code: 0/);
      client.write('hello\n');
      await client.sees(/echo hello/);
      client.write('Q\n');
      await client.ends();
      await sessions.at(-1)!.closed;
    }
    assert.deepEqual(
      sessions.map((session) => session.reused),
      [false, true],
      ticket ? 'ticket' : 'session ID',
    );
  }
});

interface ServerCase {
  name: string;
  kind: 'p256' | 'rsa';
  args: string[];
  options?: ConnectOptions;
  check?: (session: DTLSSession, output: string) => void;
}

const SERVER_CASES: ServerCase[] = [
  { name: '1.2, ECDSA', kind: 'p256', args: ['-dtls1_2'] },
  { name: '1.2, RSA', kind: 'rsa', args: ['-dtls1_2'] },
  { name: '1.2, cookie', kind: 'rsa', args: ['-dtls1_2', '-listen'] },
  { name: '1.2, MTU 256 both ways', kind: 'rsa', args: ['-dtls1_2', '-mtu', '256'], options: { mtu: 256 } },
  { name: '1.2, CCM_8', kind: 'p256', args: ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0'] },
  { name: '1.2, AES-256-GCM', kind: 'rsa', args: ['-dtls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384'] },
  {
    name: '1.2, CBC with encrypt_then_mac',
    kind: 'rsa',
    args: ['-dtls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA'],
    options: { ciphers: 'ECDHE-RSA-AES128-SHA' },
    check: (session) => assert.equal(session.info?.encryptThenMac, true),
  },
  {
    name: '1.0',
    kind: 'rsa',
    args: ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0'],
    options: { minVersion: 'DTLSv1' },
    check: (session) => assert.equal(session.protocol, 'DTLSv1'),
  },
  {
    name: '1.0, cookie, MTU 256',
    kind: 'p256',
    args: ['-dtls1', '-listen', '-mtu', '256', '-cipher', 'ALL:@SECLEVEL=0'],
    options: { minVersion: 'DTLSv1', mtu: 256 },
    check: (session) => assert.equal(session.protocol, 'DTLSv1'),
  },
  {
    name: '1.2, ALPN',
    kind: 'p256',
    args: ['-dtls1_2', '-alpn', 'coap'],
    options: { alpn: ['x', 'coap'] },
    check: (session) => assert.equal(session.alpnProtocol, 'coap'),
  },
  {
    name: '1.2, use_srtp',
    kind: 'p256',
    args: ['-dtls1_2', '-use_srtp', 'SRTP_AES128_CM_SHA1_80'],
    options: { srtp: 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80' },
    check: (session) => assert.equal(session.srtpProfile, 'SRTP_AES128_CM_SHA1_80'),
  },
  {
    name: '1.2, max_fragment_length',
    kind: 'rsa',
    args: ['-dtls1_2'],
    options: { maxFragmentLength: 512 },
    check: (session) => assert.ok(session.maxPayload <= 512),
  },
];

async function opensslServer(t: TestContext, own: Files, args: readonly string[]): Promise<{ server: Program; port: number }> {
  const port = await freePort();
  const server = new Program(t, 'openssl', [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    own.cert,
    '-key',
    own.key,
    ...exporterArgs(),
    ...args,
  ]);
  await server.sees(/ACCEPT/);
  return { server, port };
}

for (const { name, kind, args, options, check } of SERVER_CASES) {
  test(`our client, OpenSSL server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    const { server, port } = await opensslServer(t, own, args);
    const session = connect('127.0.0.1', port, { ca: own.pem.ca, ...options });
    t.after(() => session.destroy());
    await session.opened;
    assert.equal(session.authorized, true);
    await exchange(session, server);
    check?.(session, server.output);
    await session.close();
  });
}

test('our client, OpenSSL server: PSK, client certificate, resumption', { skip, timeout: LIMIT_MS }, async (t) => {
  const own = files(t, 'p256');
  const device = clientFiles(t);
  const psk = await opensslServer(t, own, ['-dtls1_2', '-psk', '6b6579', '-psk_identity', 'me', '-nocert', '-cipher', 'PSK:@SECLEVEL=0']);
  const byKey = connect('127.0.0.1', psk.port, { psk: { identity: 'me', key: Buffer.from('key') } });
  await byKey.opened;
  assert.equal(byKey.info?.peerProof, 'psk');
  await exchange(byKey, psk.server);
  await byKey.close();

  const asking = await opensslServer(t, own, ['-dtls1_2', '-Verify', '1', '-CAfile', own.ca, '-verify_return_error']);
  const certified = connect('127.0.0.1', asking.port, { ca: own.pem.ca, cert: device.pem.cert, key: device.pem.key, mtu: 300 });
  await certified.opened;
  await exchange(certified, asking.server);
  assert.match(asking.server.output, /CN ?= ?device/);
  const { session } = certified;
  await certified.close();

  for (const extra of [[], ['-no_ticket']]) {
    const { port } = await opensslServer(t, own, ['-dtls1_2', ...extra]);
    const first = connect('127.0.0.1', port, { ca: own.pem.ca });
    await first.opened;
    await first.close();
    const second = connect('127.0.0.1', port, { ca: own.pem.ca, ...(first.session === undefined ? {} : { session: first.session }) });
    await second.opened;
    assert.equal(second.reused, true, extra.join());
    await second.close();
  }
  assert.ok(session !== undefined);
});

test('our client, OpenSSL server: a certificate for another name, and a server without a common suite', {
  skip,
  timeout: LIMIT_MS,
}, async (t) => {
  const own = files(t, 'p256');
  const { port } = await opensslServer(t, own, ['-dtls1_2']);
  const session = connect('127.0.0.1', port, { ca: own.pem.ca, servername: 'elsewhere.example' });
  await assert.rejects(session.opened, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  const other = await opensslServer(t, own, ['-dtls1_2', '-cipher', 'ECDHE-ECDSA-AES256-SHA384']);
  const refused = connect('127.0.0.1', other.port, { ca: own.pem.ca });
  // D34: an alert that anyone could have sent counts when nothing better has come.
  await assert.rejects(refused.opened, { code: /HANDSHAKE_FAILURE/ });
});

async function exchange(session: DTLSSession, server: Program): Promise<void> {
  session.send('from us\n');
  await server.sees(/from us/);
  const material = exporterOf(server.output);
  if (material !== undefined) assert.equal(material, session.exportKeyingMaterial(20, LABEL).toString('hex'));
  server.write('from openssl\n');
  for await (const data of session) {
    assert.equal(data.toString(), 'from openssl\n');
    break;
  }
}

function exporterArgs(): string[] {
  return ['-keymatexport', LABEL, '-keymatexportlen', '20'];
}
