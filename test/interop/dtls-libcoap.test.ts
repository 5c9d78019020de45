/** CoAP over DTLS with libcoap's client and server: pre-shared keys and certificates, OpenSSL's and GnuTLS's builds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCoap, serveCoap } from '../../examples/support/coap.ts';
import { type ConnectOptions, connect, type DTLSSession, listen, type ListenOptions } from '../../src/node/dtls/index.ts';
import { clientFiles, files, freePortPair, isThere, LIMIT_MS, Program } from './dtls-programs.ts';

const KEY = 'sesame-open-sesame';
const resources = new Map([['/temperature', () => ({ code: '2.05', payload: '21.5' })]]);

for (const build of ['openssl', 'gnutls']) {
  const client = `coap-client-${build}`;
  const server = `coap-server-${build}`;

  async function asks(t: Parameters<typeof files>[0], options: ListenOptions, args: readonly string[]): Promise<DTLSSession> {
    let session: DTLSSession | undefined;
    const endpoint = listen(
      (opened) => {
        session = opened;
        serveCoap(opened, resources);
      },
      { host: '127.0.0.1', ...options },
    );
    t.after(() => endpoint.destroy());
    const { port } = (await endpoint.listening)!;
    const program = new Program(t, client, ['-B', '20', ...args, `coaps://127.0.0.1:${port}/temperature`]);
    await program.sees(/21\.5/);
    assert.ok(session !== undefined);
    return session;
  }

  async function answers(t: Parameters<typeof files>[0], args: readonly string[], options: ConnectOptions): Promise<DTLSSession> {
    const port = await freePortPair();
    // It says nothing when it is ready. A ClientHello that comes too early is repeated.
    new Program(t, server, ['-A', '127.0.0.1', '-p', String(port - 1), ...args]);
    const session = connect('127.0.0.1', port, options);
    t.after(() => session.destroy());
    await session.opened;
    const { code, payload } = await askCoap(session, 'GET', '/');
    assert.equal(code, '2.05');
    assert.match(payload, /libcoap/);
    return session;
  }

  test(`${client}, our server: PSK`, {
    skip: isThere(client, '--help') ? false : `${client} is not installed`,
    timeout: LIMIT_MS,
  }, async (t) => {
    const session = await asks(t, { psk: { me: Buffer.from(KEY) } }, ['-k', KEY, '-u', 'me']);
    assert.equal(session.info?.peerProof, 'psk');
  });

  test(`${client}, our server: certificates on both sides`, {
    skip: isThere(client, '--help') ? false : `${client} is not installed`,
    timeout: LIMIT_MS,
  }, async (t) => {
    const own = files(t, 'p256');
    const device = clientFiles(t);
    const session = await asks(t, { cert: own.pem.cert, key: own.pem.key, ca: own.pem.ca, requestCert: true }, [
      '-R',
      own.ca,
      '-c',
      device.cert,
      '-j',
      device.key,
    ]);
    assert.equal(session.authorized, true);
  });

  test(`our client, ${server}: PSK`, {
    skip: isThere(server, '--help') ? false : `${server} is not installed`,
    timeout: LIMIT_MS,
  }, async (t) => {
    const session = await answers(t, ['-k', KEY, '-h', 'hint'], { psk: { identity: 'me', key: Buffer.from(KEY) } });
    await session.close();
  });

  test(`our client, ${server}: certificates on both sides`, {
    skip: isThere(server, '--help') ? false : `${server} is not installed`,
    timeout: LIMIT_MS,
  }, async (t) => {
    const own = files(t, 'p256');
    const device = clientFiles(t);
    const session = await answers(t, ['-c', own.cert, '-j', own.key, '-C', own.ca], {
      ca: own.pem.ca,
      cert: device.pem.cert,
      key: device.pem.key,
    });
    assert.equal(session.authorized, true);
    await session.close();
  });
}
