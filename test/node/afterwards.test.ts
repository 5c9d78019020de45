/** What happens on a socket behind its first handshake: renegotiation with node:tls in both roles, heartbeats. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TLSSocket } from '../../src/node/tls/index.ts';
import { issue, pemOf } from '../support/certificates.ts';
import { connectEnds, type nodeTls, ourTls, PAIRINGS, PEM } from './support/peers.ts';

const CLIENT = pemOf(issue('p256', { names: ['a client'], subject: 'CN=a client' }));
const TLS12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
/** node:tls lets its client renegotiate, and its types do not know our options. */
const ALLOW = { renegotiation: 'allow' } as object;

function renegotiate(socket: nodeTls.TLSSocket, options: nodeTls.TlsOptions = {}): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    socket.renegotiate({ rejectUnauthorized: options.rejectUnauthorized ?? true, requestCert: options.requestCert ?? false }, resolve);
  });
}

/** Both ends can still talk. */
async function assertTalks({ client, server }: { client: nodeTls.TLSSocket; server: nodeTls.TLSSocket }): Promise<void> {
  client.write('ping');
  assert.equal(String((await once(server, 'data'))[0]), 'ping');
  server.write('pong');
  assert.equal(String((await once(client, 'data'))[0]), 'pong');
}

for (const kinds of PAIRINGS) {
  const name = `${kinds[0]} client, ${kinds[1]} server`;

  test(`renegotiate, begun by the client: ${name}`, async () => {
    const ends = await connectEnds(kinds, { ...TLS12, ...ALLOW }, ALLOW);
    const before = ends.client.getFinished()!;
    assert.equal(await renegotiate(ends.client), null);
    assert.notDeepEqual(ends.client.getFinished(), before);
    await assertTalks(ends);
    assert.equal(await renegotiate(ends.client), null, 'and again');
    await assertTalks(ends);
    assert.equal(ends.client.authorized, true);
    await ends.close();
  });

  test(`renegotiate, asked for by the server, with a client certificate: ${name}`, async () => {
    const ends = await connectEnds(kinds, { ...TLS12, ...ALLOW, cert: CLIENT.cert, key: CLIENT.key }, { ...ALLOW, ca: PEM.ca });
    assert.equal(ends.server.authorized, false);
    ends.client.resume();
    assert.equal(await renegotiate(ends.server, { requestCert: true }), null);
    assert.equal(ends.server.getPeerCertificate().subject.CN, 'a client');
    if (kinds[1] === 'ours') assert.equal(ends.server.authorized, true);
    await ends.close();
  });
}

test('renegotiate: not unless the context has it, not in TLS 1.3, not with a peer that refuses', async () => {
  const without = await connectEnds(['ours', 'ours'], TLS12);
  assert.equal((await renegotiate(without.client))?.code, 'ERR_TLS_RENEGOTIATION_DISABLED');
  await assertTalks(without);
  await without.close();

  const modern = await connectEnds(['ours', 'ours'], ALLOW, ALLOW);
  assert.equal((await renegotiate(modern.client))?.code, 'ERR_TLS_RENEGOTIATION_DISABLED');
  await assertTalks(modern);
  await modern.close();

  const refused = await connectEnds(['ours', 'ours'], { ...TLS12, ...ALLOW });
  assert.equal((await renegotiate(refused.client))?.code, 'ERR_SSL_NO_RENEGOTIATION');
  await assertTalks(refused);
  await refused.close();

  const disabled = await connectEnds(['ours', 'ours'], { ...TLS12, ...ALLOW }, ALLOW);
  disabled.server.disableRenegotiation();
  assert.equal((await renegotiate(disabled.client))?.code, 'ERR_SSL_NO_RENEGOTIATION');
  await assertTalks(disabled);
  await disabled.close();
});

test('renegotiate: a client of node:tls that asks too often ends its connection (S14)', async () => {
  const ends = await connectEnds(['node', 'ours'], TLS12, { renegotiation: { policy: 'allow', limit: 2, windowMs: 60_000 } } as object);
  ends.client.on('error', () => {});
  const errors: NodeJS.ErrnoException[] = [];
  ends.server.on('error', (error) => errors.push(error));
  assert.equal(await renegotiate(ends.client), null);
  assert.equal(await renegotiate(ends.client), null);
  const closed = new Promise<void>((resolve) => ends.server.once('close', () => resolve()));
  ends.client.renegotiate({}, () => {});
  await closed;
  assert.match(String(errors[0]?.message), /too_many_renegotiations/);
  await ends.close();
});

test('renegotiate: a connection that ends meanwhile tells the caller', async () => {
  const ends = await connectEnds(['ours', 'ours'], { ...TLS12, ...ALLOW }, ALLOW);
  ends.client.on('error', () => {});
  const result = renegotiate(ends.client);
  ends.client.destroy();
  assert.equal((await result)?.code, 'ECONNRESET');
  await ends.close();
});

test('wrong values of the options', () => {
  for (const options of [{ renegotiation: 'yes' }, { renegotiation: { policy: 1 } }, { heartbeat: 'yes' }])
    assert.throws(() => ourTls.createSecureContext(options as object), { code: 'ERR_INVALID_ARG_TYPE' });
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`heartbeat, ${version}: asked and answered in both directions, in the midst of data`, async () => {
    const only = { minVersion: version, maxVersion: version, heartbeat: true } as object;
    const ends = await connectEnds(['ours', 'ours'], only, { heartbeat: true } as object);
    for (const end of ['client', 'server'] as const) {
      const socket = ends[end] as unknown as TLSSocket;
      const payload = Buffer.from(`from the ${end}`);
      const reported = once(socket, 'heartbeat');
      socket.heartbeat({ payload });
      const [report] = (await reported) as [{ outcome: string; payload: Uint8Array }];
      assert.equal(report.outcome, 'answered');
      assert.deepEqual(Buffer.from(report.payload), payload);
      await assertTalks(ends);
    }
    await ends.close();
  });
}

test('heartbeat: not without the option, not where the peer takes no requests, a timeout is told', async () => {
  const without = await connectEnds(['ours', 'ours'], { heartbeat: true } as object);
  assert.throws(() => (without.client as unknown as TLSSocket).heartbeat(), { code: 'unsupported' });
  await without.close();
  const deaf = await connectEnds(
    ['ours', 'ours'],
    { heartbeat: { timeoutMs: 50 } } as object,
    {
      heartbeat: { allowRequests: false },
    } as object,
  );
  assert.throws(() => (deaf.client as unknown as TLSSocket).heartbeat(), { code: 'unsupported' });
  await deaf.close();
});
