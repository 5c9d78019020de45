/** What is negotiated and carried, in every pairing of this library with node:tls, over TCP. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { issue, pemOf } from '../support/certificates.ts';
import { connectEnds, failure, KINDS, listen, type nodeTls, PAIRINGS, PEM, readAll, RSA, VERSIONS } from './support/peers.ts';

const CLIENT = pemOf(issue('p256', { names: ['a client'], subject: 'CN=a client' }));

for (const kinds of PAIRINGS) {
  for (const version of VERSIONS) {
    const name = `${kinds[0]} client, ${kinds[1]} server, ${version}`;
    const only = { minVersion: version, maxVersion: version } as const;

    test(`${name}: data both ways, exporter, close_notify`, async () => {
      const { client, server, close } = await connectEnds(kinds, only);
      assert.equal(client.getProtocol(), version);
      assert.equal(server.getProtocol(), version);
      assert.deepEqual(client.getCipher(), server.getCipher());
      assert.equal(client.authorized, true);
      assert.equal(server.authorized, false);
      assert.equal(client.encrypted, true);
      const context = Buffer.from('context');
      assert.deepEqual(client.exportKeyingMaterial(40, 'EXPORTER-a', context), server.exportKeyingMaterial(40, 'EXPORTER-a', context));
      const up = randomBytes(300_001);
      const down = randomBytes(200_003);
      client.end(up);
      server.end(down);
      const [got, echoed] = await Promise.all([readAll(server), readAll(client)]);
      assert.ok(got.equals(up));
      assert.ok(echoed.equals(down));
      await close();
    });

    test(`${name}: many small writes`, async () => {
      const { client, server, close } = await connectEnds(kinds, only);
      for (let i = 0; i < 3000; i++) client.write(`${i},`);
      client.end();
      assert.equal((await readAll(server)).toString(), Array.from({ length: 3000 }, (_, i) => `${i},`).join(''));
      await close();
    });

    test(`${name}: ALPN and server name`, async () => {
      const { client, server, close } = await connectEnds(kinds, { ...only, ALPNProtocols: ['x', 'h2'] }, { ALPNProtocols: ['h2', 'x'] });
      assert.equal(client.alpnProtocol, 'h2');
      assert.equal(server.alpnProtocol, 'h2');
      assert.equal((server as unknown as { servername: string }).servername, 'localhost');
      await close();
      const plain = await connectEnds(kinds, only);
      assert.equal(plain.client.alpnProtocol, false);
      await plain.close();
    });

    test(`${name}: no shared ALPN protocol`, async () => {
      const { client } = await failure(kinds, { ...only, ALPNProtocols: ['a'] }, { ALPNProtocols: ['b'] });
      assert.match(String(client?.code), /NO_APPLICATION_PROTOCOL/);
    });

    test(`${name}: client certificate`, async () => {
      const options = { requestCert: true, rejectUnauthorized: true, ca: PEM.ca };
      const { server, client, close } = await connectEnds(kinds, { ...only, cert: CLIENT.cert, key: CLIENT.key }, options);
      assert.equal(server.authorized, true);
      assert.equal(server.getPeerCertificate().subject.CN, 'a client');
      assert.equal((client.getCertificate() as { subject: { CN: string } }).subject.CN, 'a client');
      await close();
    });

    test(`${name}: client certificate asked for, none given`, async () => {
      const { server, close } = await connectEnds(kinds, only, { requestCert: true, rejectUnauthorized: false, ca: PEM.ca });
      assert.equal(server.authorized, false);
      assert.deepEqual(server.getPeerCertificate(), {});
      await close();
      const refused = await failure(kinds, only, { requestCert: true, rejectUnauthorized: true, ca: PEM.ca });
      assert.ok(refused.server !== undefined || refused.client !== undefined);
    });

    test(`${name}: resumption`, async () => {
      const server = KINDS[kinds[1]].createServer({ ...PEM, ca: undefined }, (socket) => {
        socket.on('error', () => {});
        socket.end(socket.isSessionReused() ? 'reused' : 'new');
      });
      const port = await listen(server);
      const go = async (session?: Buffer): Promise<[Buffer | undefined, string, TLSSocket]> => {
        const client = KINDS[kinds[0]].connect({
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: PEM.ca,
          ...only,
          ...(session && { session }),
        });
        let ticket: Buffer | undefined;
        client.on('session', (one) => (ticket = one));
        const text = (await readAll(client)).toString();
        return [ticket ?? client.getSession(), text, client];
      };
      const [session, first, one] = await go();
      assert.equal(first, 'new');
      assert.equal(one.isSessionReused(), false);
      assert.ok(session);
      const [, second, two] = await go(session);
      assert.equal(second, 'reused');
      assert.equal(two.isSessionReused(), true);
      assert.equal(two.authorized, true);
      server.close();
    });

    test(`${name}: the certificate for the name (SNI)`, async () => {
      const other = pemOf(issue('p384', { names: ['*.example.org'] }));
      const { client, close } = await connectEnds(kinds, { ...only, servername: 'www.example.org' }, {}, (server) => {
        server.addContext('*.example.org', { cert: other.cert, key: other.key });
      });
      assert.equal(client.getPeerCertificate().subject.CN, '*.example.org');
      await close();
      const callback = await connectEnds(
        kinds,
        { ...only, servername: 'b.example.org' },
        {
          SNICallback: (name, done) => {
            const context = KINDS[kinds[1]].createSecureContext({ cert: other.cert, key: other.key });
            setImmediate(() => done(null, name === 'b.example.org' ? context : undefined));
          },
        },
      );
      assert.equal(callback.client.getPeerCertificate().subject.CN, '*.example.org');
      await callback.close();
    });

    test(`${name}: pre-shared key`, async () => {
      const psk = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
      const ciphers =
        version === 'TLSv1.2' ? 'PSK+AES128:ECDHE-PSK-AES128-CBC-SHA256@SECLEVEL=0' : 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256';
      const { client, server, close } = await connectEnds(
        kinds,
        { ...only, ca: undefined, ciphers, checkServerIdentity: () => undefined, pskCallback: () => ({ psk, identity: 'someone' }) },
        {
          ciphers,
          cert: undefined,
          key: undefined,
          pskCallback: (_socket: TLSSocket, identity: string) => (identity === 'someone' ? psk : null),
        },
      );
      client.write('x');
      assert.equal(String((await once(server, 'data'))[0]), 'x');
      await close();
    });

    test(`${name}: RSA certificate, P-384, AES-256`, async () => {
      const ciphers = version === 'TLSv1.2' ? 'ECDHE-RSA-AES256-GCM-SHA384' : 'TLS_AES_256_GCM_SHA384';
      const { client, close } = await connectEnds(kinds, { ...only, ciphers, ecdhCurve: 'P-384' }, { cert: RSA.cert, key: RSA.key });
      assert.equal(client.getCipher().name, ciphers);
      assert.deepEqual(client.getEphemeralKeyInfo(), { type: 'ECDH', name: 'secp384r1', size: 384 });
      await close();
    });

    test(`${name}: key log`, async () => {
      const lines: [string[], string[]] = [[], []];
      const server = KINDS[kinds[1]].createServer({ ...PEM, ca: undefined }, (socket) => socket.end());
      server.on('keylog', (line) => lines[1].push(String(line)));
      const port = await listen(server);
      const client = KINDS[kinds[0]].connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ...only });
      client.on('keylog', (line) => lines[0].push(String(line)));
      await readAll(client);
      server.close();
      assert.ok(lines[0].length > 0);
      assert.deepEqual([...lines[0]].sort(), [...lines[1]].sort());
      assert.ok(lines[0].every((line) => line.endsWith('\n')));
    });

    test(`${name}: half-open`, async () => {
      const { client, server, close } = await connectEnds(kinds, { ...only, allowHalfOpen: true } as nodeTls.ConnectionOptions, {
        allowHalfOpen: true,
      });
      client.end('question');
      assert.equal((await readAll(server)).toString(), 'question');
      server.end('answer after the end');
      assert.equal((await readAll(client)).toString(), 'answer after the end');
      await close();
    });
  }
}

test('a version that the server does not have', async () => {
  for (const kinds of PAIRINGS) {
    const { client, server } = await failure(kinds, { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' });
    assert.equal(client?.code, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    assert.equal(server?.code, 'ERR_SSL_UNSUPPORTED_PROTOCOL');
  }
});

test('no shared cipher', async () => {
  for (const kinds of PAIRINGS) {
    const { client, server } = await failure(
      kinds,
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' },
    );
    // OpenSSL 3.5 has another name for it; ours is the same with every Node.
    const renamed = kinds[0] === 'node' && client?.code === 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE';
    if (!renamed) assert.equal(client?.code, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
    assert.equal(server?.code, 'ERR_SSL_NO_SHARED_CIPHER');
  }
});
