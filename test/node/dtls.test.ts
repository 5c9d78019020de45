/** `veritls/dtls` with itself: sessions, their ends, injected transports, names, keys, the socket shaped like dgram's. */
import assert from 'node:assert/strict';
import { createSocket as createUdpSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import {
  connect,
  createSecureContext,
  createSocket,
  type DatagramReceiver,
  type DatagramTransport,
  type DTLSEndpoint,
  type DTLSSession,
  listen,
  type ListenOptions,
  lossyProxy,
} from '../../src/node/dtls/index.ts';
import { credential, issue, pemOf } from '../support/certificates.ts';

const pem = pemOf(credential('p256'));

async function serve(
  t: TestContext,
  options: ListenOptions = {},
): Promise<{ endpoint: DTLSEndpoint; port: number; sessions: DTLSSession[] }> {
  const sessions: DTLSSession[] = [];
  const endpoint = listen(
    (session) => {
      sessions.push(session);
      session.onmessage = (data) => session.send(data);
    },
    { host: '127.0.0.1', cert: pem.cert, key: pem.key, ...options },
  );
  t.after(() => endpoint.destroy());
  return { endpoint, port: (await endpoint.listening)!.port, sessions };
}

async function next(session: DTLSSession): Promise<string> {
  for await (const data of session) return data.toString();
  throw new Error('the session ended');
}

test('opened, send, async iteration, closed; await using', async (t) => {
  const { port, endpoint, sessions } = await serve(t);
  const session = connect('localhost', port, { ca: pem.ca });
  assert.deepEqual(await session.opened, { protocol: 'DTLSv1.2' });
  assert.equal(session.authorized, true);
  assert.equal(session.servername, 'localhost');
  assert.match(session.peerCertificate!, /BEGIN CERTIFICATE/);
  for (const text of ['one', 'two', '']) session.send(text);
  const got: string[] = [];
  for await (const data of session) {
    got.push(data.toString());
    if (got.length === 3) break;
  }
  assert.deepEqual(got, ['one', 'two', '']);
  assert.deepEqual(session.exportKeyingMaterial(32, 'EXPORTER-x'), sessions[0]!.exportKeyingMaterial(32, 'EXPORTER-x'));
  assert.throws(() => session.send(new Uint8Array(session.maxPayload + 1)), { code: 'message_too_large' });
  await session[Symbol.asyncDispose]();
  await sessions[0]!.closed;
  assert.equal(session.destroyed, true);
  assert.throws(() => session.send('late'), { code: 'closed' });
  await endpoint.close();
});

test('resumption, ALPN, SRTP, names', async (t) => {
  const other = pemOf(issue('p256', { names: ['other.example'] }));
  const { port } = await serve(t, {
    alpn: ['coap'],
    srtp: 'SRTP_AEAD_AES_128_GCM',
    sni: { localhost: { cert: pem.cert, key: pem.key }, 'other.example': { cert: other.cert, key: other.key } },
  });
  const first = connect('127.0.0.1', port, { ca: pem.ca, servername: 'other.example', alpn: ['coap'], srtp: 'SRTP_AEAD_AES_128_GCM' });
  await first.opened;
  assert.equal(first.alpnProtocol, 'coap');
  assert.equal(first.srtpProfile, 'SRTP_AEAD_AES_128_GCM');
  assert.match(first.peerX509Certificate!.subject, /other\.example/);
  await first.close();
  const again = connect('127.0.0.1', port, { ca: pem.ca, servername: 'other.example', session: first.session! });
  await again.opened;
  assert.equal(again.reused, true);
  await again.close();
  const unknown = connect('127.0.0.1', port, { ca: pem.ca, servername: 'nobody.example', unprotectedAlerts: 'accept' });
  await assert.rejects(unknown.opened, /unrecognized.name/);
});

test('keys that are looked up asynchronously, and one that is unknown', async (t) => {
  const key = Buffer.from('0123456789abcdef');
  const { port, sessions } = await serve(t, { psk: async (identity) => (identity === 'known' ? key : null) });
  const known = connect('127.0.0.1', port, { psk: async () => ({ identity: 'known', key }) });
  await known.opened;
  assert.equal(known.info?.peerProof, 'psk');
  known.send('x');
  assert.equal(await next(known), 'x');
  await known.close();
  const unknown = connect('127.0.0.1', port, { psk: { identity: 'unknown', key }, unprotectedAlerts: 'accept', handshakeTimeout: 3_000 });
  await assert.rejects(unknown.opened);
  assert.equal(sessions.length, 1);
});

test('failures: an untrusted certificate, no server, an abort, a wrong option', async (t) => {
  const { port } = await serve(t);
  await assert.rejects(connect('127.0.0.1', port).opened, (error: NodeJS.ErrnoException) => typeof error.code === 'string');
  const open = connect('127.0.0.1', port, { rejectUnauthorized: false });
  await open.opened;
  assert.equal(open.authorized, false);
  assert.equal(typeof open.authorizationError, 'string');
  await open.close();
  await assert.rejects(connect('127.0.0.1', 9, { handshakeTimeout: 200 }).opened, { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' });
  const abort = new AbortController();
  const session = connect('127.0.0.1', 9, { signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(session.opened, /enough/);
  assert.throws(() => connect('127.0.0.1', port, { mtu: 10 }), { code: 'invalid_argument' });
  assert.throws(() => listen(() => {}, { secureContext: createSecureContext() }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => connect('127.0.0.1', port, { srtp: 'NONE' }), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('an address that is taken', async (t) => {
  const { port } = await serve(t);
  const second = listen(() => {}, { host: '127.0.0.1', port, cert: pem.cert, key: pem.key });
  await assert.rejects(second.listening, { code: 'EADDRINUSE' });
  await assert.rejects(second.closed, { code: 'EADDRINUSE' });
});

test('a handshake and data through a lossy proxy; garbage from elsewhere changes nothing', async (t) => {
  const { port, endpoint } = await serve(t, { lossyLink: true, retransmitInitial: 100 });
  const proxy = await lossyProxy({
    target: { host: '127.0.0.1', port },
    loss: 0.2,
    duplicate: 0.2,
    reorder: 0.2,
    lateness: 30,
    corrupt: 0.05,
    seed: 3,
  });
  t.after(() => proxy.close());
  const noise = createUdpSocket('udp4');
  for (let i = 0; i < 100; i++) noise.send(Buffer.alloc(i, i), port, '127.0.0.1');
  const session = connect('127.0.0.1', proxy.address.port, { ca: pem.ca, lossyLink: true, retransmitInitial: 100, mtu: 300 });
  await session.opened;
  session.onmessage = () => {};
  proxy.impairment = {};
  for (let i = 0; i < 20; i++) session.send(`${i}`);
  for (let wait = 0; wait < 100 && session.stats.messagesReceived < 20; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(session.stats.messagesReceived, 20);
  const { dropped } = endpoint.stats;
  assert.ok((dropped.unknownPeer ?? 0) + (dropped.badHello ?? 0) > 50, JSON.stringify(dropped));
  noise.close();
  await session.close();
});

/** Two transports that hand each other datagrams: a tunnel. */
class Tunnel implements DatagramTransport {
  other!: Tunnel;
  #receiver: DatagramReceiver | undefined;

  open(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    queueMicrotask(() => receiver.listening());
  }

  send(datagram: Uint8Array, _peer: unknown, done: (error: Error | null) => void): void {
    const copy = datagram.slice();
    setImmediate(() => {
      this.other.#receiver?.message(copy, { address: 'tunnel', port: 1 });
      done(null);
    });
  }

  close(): void {
    this.#receiver?.closed();
  }
}

test('over any transport: a tunnel without addresses', async (t) => {
  const near = new Tunnel();
  const far = new Tunnel();
  near.other = far;
  far.other = near;
  await serve(t, { transport: far }).catch(() => undefined);
  const session = connect('tunnel', 1, { transport: near, ca: pem.ca, servername: 'localhost' });
  await session.opened;
  session.send('through');
  assert.equal(await next(session), 'through');
  await session.close();
});

test('createSocket: like dgram, both roles on one socket', async (t) => {
  const key = Buffer.from('0123456789abcdef');
  const server = createSocket({ type: 'udp4', psk: { me: key } }, (data, rinfo: RemoteInfo) =>
    server.send(`${data}!`, rinfo.port, rinfo.address),
  );
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const client = createSocket({ type: 'udp4', psk: { identity: 'me', key } });
  client.send('hello', server.address().port, '127.0.0.1');
  const [data] = (await once(client, 'message')) as [Buffer];
  assert.equal(data.toString(), 'hello!');
  client.close();
  await once(client, 'close');
});

test('createSocket: names, lists, parts of a buffer, errors, AbortSignal', async (t) => {
  const { port } = await serve(t);
  const abort = new AbortController();
  const socket = createSocket({ type: 'udp4', ca: pem.ca, signal: abort.signal });
  const got: string[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer, rinfo: RemoteInfo) => {
      assert.equal(rinfo.port, port);
      if (got.push(data.toString()) === 3) resolve();
    });
  });
  // The name is looked up, and is the one that the certificate must bear.
  const bytes = await new Promise<number>((resolve, reject) => {
    socket.send('by name', port, 'localhost', (error, sent) => (error === null ? resolve(sent) : reject(error)));
  });
  assert.equal(bytes, 7);
  socket.send(['a ', Buffer.from('list')], port, 'localhost');
  socket.send(Buffer.from('only a part of it'), 5, 6, port, 'localhost');
  await all;
  assert.deepEqual(got.sort(), ['a list', 'a part', 'by name']);
  assert.equal(socket.session(port, '127.0.0.1')?.authorized, true);
  const failed = await new Promise<Error | null>((resolve) => {
    socket.send(new Uint8Array(5_000), port, 'localhost', (error) => resolve(error));
  });
  assert.equal((failed as NodeJS.ErrnoException).code, 'message_too_large');
  assert.throws(() => socket.send('x', 0, 'localhost'), { code: 'ERR_SOCKET_BAD_PORT' });
  abort.abort();
  await once(socket, 'close');
  assert.throws(() => createSocket({ type: 'udp4', signal: abort.signal }), { name: 'AbortError' });
});

test('createSocket: a certificate for another name is refused', async (t) => {
  const other = pemOf(issue('p256', { names: ['other.example'] }));
  const { port } = await serve(t, { cert: other.cert, key: other.key });
  const socket = createSocket({ type: 'udp4', ca: pem.ca });
  t.after(() => socket.close());
  const error = await new Promise<Error | null>((resolve) => {
    socket.send('x', port, 'localhost', (cause) => resolve(cause));
  });
  assert.equal((error as NodeJS.ErrnoException).code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test('record_size_limit, max_fragment_length, key logs and SRTP keys of both sides', async (t) => {
  const logs: { client: string[]; server: string[] } = { client: [], server: [] };
  const { port, sessions } = await serve(t, {
    recordSizeLimit: 300,
    srtp: 'SRTP_AES128_CM_SHA1_80',
    keylog: (line) => logs.server.push(line),
  });
  const common = { ca: pem.ca, srtp: 'SRTP_AES128_CM_SHA1_80' };
  const limited = connect('localhost', port, { ...common, recordSizeLimit: 200, keylog: (line) => logs.client.push(line) });
  await limited.opened;
  assert.equal(limited.maxPayload, 300);
  assert.equal(sessions[0]!.maxPayload, 200);
  assert.match(logs.client.join('\n'), /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
  assert.deepEqual(logs.server, logs.client);
  const keys = limited.exportKeyingMaterial(60, 'EXTRACTOR-dtls_srtp');
  assert.deepEqual(sessions[0]!.exportKeyingMaterial(60, 'EXTRACTOR-dtls_srtp'), keys);
  await limited.close();
  const cut = connect('localhost', port, { ...common, maxFragmentLength: 512 });
  await cut.opened;
  assert.equal(cut.maxPayload, 512);
  assert.equal(sessions[1]!.maxPayload, 512);
  await cut.close();
  assert.throws(() => connect('localhost', port, { recordSizeLimit: 10 }), { code: 'invalid_configuration' });
});

test('many sessions on one socket', async (t) => {
  const { port, endpoint } = await serve(t);
  const context = createSecureContext({ ca: pem.ca });
  const sessions = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const session = connect('127.0.0.1', port, { secureContext: context, servername: 'localhost' });
      await session.opened;
      session.send(`${i}`);
      assert.equal(await next(session), `${i}`);
      return session;
    }),
  );
  assert.equal(endpoint.stats.sessions, 50);
  await Promise.all(sessions.map((session) => session.close()));
  await endpoint.close();
  assert.equal(endpoint.stats.sessions, 0);
});
