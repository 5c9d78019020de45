/** DTLS 1.2 and 1.0 with GnuTLS, in both roles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectOptions, connect, type DTLSSession, listen, type ListenOptions } from '../../src/node/dtls/index.ts';
import { clientFiles, files, freePort, isThere, LIMIT_MS, Program } from './dtls-programs.ts';

const skip = isThere('gnutls-cli', '--version') && isThere('gnutls-serv', '--version') ? false : 'gnutls-bin is not installed';

interface Case {
  name: string;
  kind: 'p256' | 'rsa';
  /** Behind `NONE:+VERS-…`. */
  priority: string;
  listen?: Partial<ListenOptions>;
  connect?: ConnectOptions;
  args?: string[];
}

const DTLS12 = 'NORMAL:-VERS-ALL:+VERS-DTLS1.2';
const DTLS10 = 'NORMAL:-VERS-ALL:+VERS-DTLS1.0:%COMPAT';

const CASES: Case[] = [
  { name: '1.2, ECDSA', kind: 'p256', priority: DTLS12 },
  { name: '1.2, RSA', kind: 'rsa', priority: DTLS12 },
  { name: '1.2, MTU 256', kind: 'rsa', priority: DTLS12, args: ['--mtu', '256'], listen: { mtu: 256 }, connect: { mtu: 256 } },
  { name: '1.2, ChaCha20', kind: 'p256', priority: `${DTLS12}:-CIPHER-ALL:+CHACHA20-POLY1305` },
  { name: '1.2, CCM_8', kind: 'p256', priority: `${DTLS12}:-CIPHER-ALL:+AES-128-CCM-8` },
  {
    name: '1.2, CBC with encrypt_then_mac',
    kind: 'rsa',
    priority: `${DTLS12}:-CIPHER-ALL:+AES-128-CBC`,
    listen: { ciphers: 'ECDHE-RSA-AES128-SHA' },
    connect: { ciphers: 'ECDHE-RSA-AES128-SHA' },
  },
  { name: '1.0', kind: 'rsa', priority: DTLS10, listen: { minVersion: 'DTLSv1' }, connect: { minVersion: 'DTLSv1' } },
];

for (const { name, kind, priority, args = [], ...options } of CASES) {
  test(`GnuTLS client, our server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    let tell!: (session: DTLSSession) => void;
    const first = new Promise<DTLSSession>((resolve) => {
      tell = resolve;
    });
    const endpoint = listen(
      (session) => {
        session.onmessage = (data) => session.send(`echo ${data}`);
        tell(session);
      },
      { host: '127.0.0.1', cert: own.pem.cert, key: own.pem.key, ...options.listen },
    );
    t.after(() => endpoint.destroy());
    const { port } = (await endpoint.listening)!;
    const client = new Program(t, 'gnutls-cli', [
      '-p',
      String(port),
      '--x509cafile',
      own.ca,
      '--udp',
      '--priority',
      priority,
      ...args,
      'localhost',
    ]);
    await client.sees(/Handshake was completed/);
    client.write('hello\n');
    await client.sees(/echo hello/);
    const session = await first;
    client.child.stdin!.end();
    await session.closed;
    assert.equal(endpoint.stats.handshakesFailed, 0);
  });

  test(`our client, GnuTLS server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    const port = await freePort();
    const server = new Program(t, 'gnutls-serv', [
      ...['--echo', '--udp', '-p', String(port), '--x509certfile', own.cert, '--x509keyfile', own.key, '--disable-client-cert'],
      ...['--priority', priority, ...args],
    ]);
    await server.sees(/listening/);
    const session = connect('127.0.0.1', port, { ca: own.pem.ca, ...options.connect });
    t.after(() => session.destroy());
    await session.opened;
    session.send('hello\n');
    for await (const data of session) {
      assert.equal(data.toString(), 'hello\n');
      break;
    }
    await session.close();
  });
}

test('our client, GnuTLS server: PSK, client certificate, resumption', { skip, timeout: LIMIT_MS }, async (t) => {
  const own = files(t, 'p256');
  const device = clientFiles(t);
  const port = await freePort();
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${own.folder}/psk`, 'me:6b6579\n');
  const byKey = new Program(t, 'gnutls-serv', [
    ...[
      '--echo',
      '--udp',
      '-p',
      String(port),
      '--pskpasswd',
      `${own.folder}/psk`,
      '--priority',
      `${DTLS12}:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK`,
    ],
  ]);
  await byKey.sees(/listening/);
  const session = connect('127.0.0.1', port, { psk: { identity: 'me', key: Buffer.from('key') } });
  await session.opened;
  assert.equal(session.info?.peerProof, 'psk');
  await session.close();

  const other = await freePort();
  const asking = new Program(t, 'gnutls-serv', [
    ...['--echo', '--udp', '-p', String(other), '--x509certfile', own.cert, '--x509keyfile', own.key, '--x509cafile', own.ca],
    ...['--require-client-cert', '--verify-client-cert', '--priority', DTLS12],
  ]);
  await asking.sees(/listening/);
  const certified = connect('127.0.0.1', other, { ca: own.pem.ca, cert: device.pem.cert, key: device.pem.key });
  await certified.opened;
  certified.send('hello');
  for await (const data of certified) {
    assert.equal(data.toString(), 'hello');
    break;
  }
  const ticket = certified.session;
  await certified.close();
  assert.ok(ticket !== undefined);
  const again = connect('127.0.0.1', other, { ca: own.pem.ca, cert: device.pem.cert, key: device.pem.key, session: ticket });
  await again.opened;
  assert.equal(again.reused, true);
  await again.close();
});

test('GnuTLS client, our server: resumption', { skip, timeout: LIMIT_MS }, async (t) => {
  const own = files(t, 'p256');
  const reused: boolean[] = [];
  const endpoint = listen(
    (session) => {
      reused.push(session.reused);
      session.onmessage = (data) => session.send(data);
    },
    { host: '127.0.0.1', cert: own.pem.cert, key: own.pem.key },
  );
  t.after(() => endpoint.destroy());
  const { port } = (await endpoint.listening)!;
  const client = new Program(t, 'gnutls-cli', [
    '-p',
    String(port),
    '--x509cafile',
    own.ca,
    '--udp',
    '--resume',
    '--priority',
    DTLS12,
    'localhost',
  ]);
  await client.sees(/This is a resumed session/);
  client.write('hello\n');
  await client.sees(/hello/);
  assert.deepEqual(reused, [false, true]);
});
