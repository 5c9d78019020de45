/** `veritls/https` and `veritls/http2`: with themselves, with Node's own, and with curl where it is. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type * as http from 'node:http';
import * as nodeHttp2 from 'node:http2';
import * as nodeHttps from 'node:https';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import * as http2 from '../../src/node/http2/index.ts';
import * as https from '../../src/node/https/index.ts';
import { createRevokedStore } from '../../src/pki/x509/revoked-store.ts';
import { issue, pemOf } from '../support/certificates.ts';
import { listen, ourTls, PEM } from './support/peers.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

const own = { cert: PEM.cert, key: PEM.key };
const at = (port: number) => ({ host: 'localhost', port, ca: PEM.ca, family: 4 }) as const;

async function serve(t: TestContext, options: https.ServerOptions = {}, listener: http.RequestListener = hello) {
  const server = https.createServer({ ...own, ...options }, listener);
  const port = await listen(server);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port };
}

function hello(request: http.IncomingMessage, response: http.ServerResponse): void {
  const socket = request.socket as unknown as ourTls.TLSSocket;
  response.setHeader('x-resumed', String(socket.isSessionReused()));
  response.end(`hello ${request.url}`);
}

async function ask(options: https.RequestOptions): Promise<{ body: string; response: http.IncomingMessage }> {
  const request = https.get(options);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { body: await text(response), response };
}

const codeOf = (options: https.RequestOptions): Promise<string | undefined> =>
  ask(options).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );

test('get and request by URL, by options and both, over the global agent', async (t) => {
  const { port } = await serve(t);
  t.after(() => https.globalAgent.destroy());
  const url = `https://localhost:${port}/a`;
  for (const send of [
    () => https.get(url, { ca: PEM.ca, family: 4 }),
    () => https.get(new URL(url), { ca: PEM.ca, family: 4 }),
    () => https.get({ ...at(port), path: '/a' }),
    () => https.request(url, { ca: PEM.ca, family: 4, method: 'GET' }).end(),
    () => https.get(url, { ca: PEM.ca, family: 4, agent: false }),
  ]) {
    const [response] = (await once(send(), 'response')) as [http.IncomingMessage];
    assert.ok(response.socket instanceof ourTls.TLSSocket);
    assert.equal(await text(response), 'hello /a');
  }
  const answered = await new Promise<http.IncomingMessage>((resolve) => https.get(url, { ca: PEM.ca, family: 4 }, resolve));
  assert.equal(await text(answered), 'hello /a');
});

test('keep-alive: one connection; without it the TLS session is resumed, by ticket and by ID', async (t) => {
  for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
    const { port } = await serve(t, { maxVersion });
    const kept = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    for (let i = 0; i < 4; i++) {
      sockets.add((await ask({ ...at(port), agent: kept })).response.socket);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(sockets.size, 1);
    kept.destroy();

    const agent = new https.Agent();
    const resumed: unknown[] = [];
    for (let i = 0; i < 4; i++) resumed.push((await ask({ ...at(port), agent })).response.headers['x-resumed']);
    assert.deepEqual(resumed, ['false', 'true', 'true', 'true'], maxVersion);
    const none = new https.Agent({ maxCachedSessions: 0 });
    for (let i = 0; i < 2; i++) assert.equal((await ask({ ...at(port), agent: none })).response.headers['x-resumed'], 'false');
  }
});

test('connections and sessions are told apart by what decides on trust', async (t) => {
  const { port } = await serve(t);
  const agent = new https.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  assert.equal((await ask({ ...at(port), agent })).body, 'hello /');
  await new Promise((resolve) => setImmediate(resolve));
  const identity = () => new Error('not this one');
  assert.notEqual(await codeOf({ ...at(port), agent, pinnedKeys: [`sha256/${Buffer.alloc(32).toString('base64')}`] }), undefined);
  await assert.rejects(ask({ ...at(port), agent, checkServerIdentity: identity }), /not this one/);
  const names = [
    {},
    { dangerouslyAllowSsl30: true },
    { dangerouslyAllowWeakKeys: true },
    { revoked: createRevokedStore([]) },
    { checkServerIdentity: identity },
    { secureContext: ourTls.createSecureContext({}) },
    { secureContext: ourTls.createSecureContext({}) },
    { rejectUnauthorized: false },
  ].map((options) => agent.getName({ ...at(port), ...options }));
  assert.equal(new Set(names).size, names.length);
});

test('RFC 9110 §4.3.4, RFC 2818: the certificate must be for the host of the URL, or of the Host header', async (t) => {
  const { port } = await serve(t);
  const agent = () => new https.Agent({ maxCachedSessions: 0 });
  const named = issue('p256', { names: ['localhost'] });
  const { port: namedPort } = await serve(t, pemOf(named));
  const ip = { ...at(namedPort), host: '127.0.0.1' };
  assert.equal(await codeOf({ ...at(port), host: '127.0.0.1', agent: agent() }), undefined);
  assert.equal(await codeOf({ ...at(port), agent: agent() }), undefined);
  assert.equal(await codeOf({ ...ip, agent: agent() }), 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(await codeOf({ ...ip, agent: agent(), headers: { host: 'localhost' } }), undefined);
  assert.equal(await codeOf({ ...at(port), agent: agent(), headers: { host: 'other.example' } }), 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(await codeOf({ ...at(port), agent: agent(), servername: 'other.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(await codeOf({ ...at(port), agent: agent(), ca: undefined }), 'SELF_SIGNED_CERT_IN_CHAIN');
  assert.equal(await codeOf({ ...ip, agent: agent(), rejectUnauthorized: false }), undefined);
});

test('S21: a client that agrees to nothing but ftp is refused', async (t) => {
  const { port } = await serve(t);
  const socket = ourTls.connect({ ...at(port), ALPNProtocols: ['ftp'] });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
});

test('the server is node:http: upgrade, 100-continue, clientError, timeouts, close', async (t) => {
  const { server, port } = await serve(t, {
    headersTimeout: 300,
    requestTimeout: 300,
    connectionsCheckingInterval: 50,
  });
  assert.deepEqual([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout], [300, 300, 5000]);

  server.once('upgrade', (_request: http.IncomingMessage, socket: ourTls.TLSSocket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  const upgrading = https.get({ ...at(port), headers: { connection: 'Upgrade', upgrade: 'echo' }, agent: new https.Agent() });
  const [, upgraded] = (await once(upgrading, 'upgrade')) as [unknown, ourTls.TLSSocket];
  upgraded.write('ping');
  assert.equal(String((await once(upgraded, 'data'))[0]), 'ping');
  upgraded.destroy();

  server.once('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
    response.writeContinue();
    request.pipe(response);
  });
  const asking = https.request({ ...at(port), method: 'POST', headers: { expect: '100-continue' }, agent: new https.Agent() });
  asking.flushHeaders();
  await once(asking, 'continue');
  asking.end('body');
  const [echoed] = (await once(asking, 'response')) as [http.IncomingMessage];
  assert.equal(await text(echoed), 'body');

  const raw = async (bytes: string): Promise<string> => {
    const socket = ourTls.connect({ ...at(port), ALPNProtocols: ['http/1.1'] });
    socket.write(bytes);
    return text(socket);
  };
  assert.match(await raw('no request at all\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await raw('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '), /^HTTP\/1\.1 408 /);

  const errors: (string | undefined)[] = [];
  server.on('clientError', (error: NodeJS.ErrnoException, socket: ourTls.TLSSocket) => {
    errors.push(error.code);
    socket.destroy();
  });
  await raw('no request at all\r\n\r\n').catch(() => {});
  const plain = connectTcp(port, '127.0.0.1');
  plain.end('GET / HTTP/1.1\r\n\r\n');
  plain.on('error', () => {}).resume();
  await once(plain, 'close');
  assert.deepEqual(errors, ['HPE_INVALID_METHOD', 'ERR_SSL_HTTP_REQUEST']);

  const agent = new https.Agent({ keepAlive: true });
  await ask({ ...at(port), agent });
  const closed = once(server, 'close');
  server.close();
  await closed;
  agent.destroy();
});

test('our server, asked by node:https; our agent, asking node:https', async (t) => {
  const { port } = await serve(t);
  const theirs = nodeHttps.createServer(own, (_request, response) => void response.end('node'));
  const theirPort = await listen(theirs);
  t.after(() => void theirs.close());
  const asked = nodeHttps.get({ ...at(port), agent: false });
  const [response] = (await once(asked, 'response')) as [http.IncomingMessage];
  assert.equal(await text(response), 'hello /');
  assert.equal((await ask({ ...at(theirPort), agent: new https.Agent() })).body, 'node');
  const ofNode = new https.Agent();
  const throughNode = nodeHttps.get({ ...at(theirPort), agent: ofNode });
  const [second] = (await once(throughNode, 'response')) as [http.IncomingMessage];
  assert.ok(second.socket instanceof ourTls.TLSSocket);
  assert.equal(await text(second), 'node');
});

const answer = (request: nodeHttp2.Http2ServerRequest, response: nodeHttp2.Http2ServerResponse): void =>
  void response.end(`${request.httpVersion} ${request.url}`);

async function fetchOver(session: nodeHttp2.ClientHttp2Session, path: string): Promise<string> {
  const body = await text(session.request({ ':path': path }));
  session.close();
  return body;
}

test('HTTP/2: our client and server, each with Node’s, and HTTP/1.1 where it is allowed', async (t) => {
  const server = http2.createSecureServer({ ...own, allowHTTP1: true }, answer);
  const only = http2.createSecureServer(own, answer);
  const theirs = nodeHttp2.createSecureServer(own, answer);
  const [port, onlyPort, theirPort] = [await listen(server), await listen(only), await listen(theirs)];
  t.after(() => [server, only, theirs].forEach((one) => one.close()));
  const ours = http2.connect(`https://localhost:${port}`, { ca: PEM.ca, family: 4 });
  await once(ours, 'connect');
  assert.equal(ours.alpnProtocol, 'h2');
  assert.equal(ours.encrypted, true);
  assert.equal(await fetchOver(ours, '/1'), '2.0 /1');
  assert.equal(await fetchOver(http2.connect(new URL(`https://localhost:${theirPort}`), { ca: PEM.ca, family: 4 }), '/2'), '2.0 /2');
  const node = nodeHttp2.connect(`https://localhost:${onlyPort}`, { ca: PEM.ca, family: 4 } as nodeHttp2.SecureClientSessionOptions);
  assert.equal(await fetchOver(node, '/3'), '2.0 /3');
  assert.equal((await ask({ ...at(port), agent: new https.Agent(), path: '/4' })).body, '1.1 /4');
  assert.equal((await ask({ ...at(port), agent: new https.Agent({ ALPNProtocols: ['http/1.1'] }), path: '/5' })).body, '1.1 /5');
  const wrong = http2.connect(`https://localhost:${port}`, { ca: PEM.ca, family: 4, servername: 'other.example' });
  assert.equal(((await once(wrong, 'error')) as [NodeJS.ErrnoException])[0].code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

const version = spawnSync('curl', ['--version'], { encoding: 'utf8' });
const noCurl = version.status === 0 ? false : 'there is no curl here';

test('curl: HTTP/1.1 and HTTP/2, sessions resumed', { skip: noCurl }, async (t) => {
  const server = http2.createSecureServer({ ...own, allowHTTP1: true }, answer);
  const port = await listen(server);
  const folder = mkdtempSync(join(tmpdir(), 'veritls-https-'));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, PEM.ca);
  const curl = async (...args: string[]): Promise<string> => {
    const all = ['-sS', '--max-time', '10', '--cacert', ca, '--resolve', `localhost:${port}:127.0.0.1`, ...args];
    const child = spawn('curl', all, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return out + err;
  };
  const url = (path: string): string => `https://localhost:${port}${path}`;
  assert.equal(await curl('--http1.1', url('/a')), '1.1 /a');
  if (version.stdout.includes('HTTP2')) assert.equal(await curl('--http2', url('/b')), '2.0 /b');
  else t.diagnostic('this curl has no HTTP/2');
  assert.equal(await curl('--http1.1', '-H', 'Connection: close', url('/c'), url('/d')), '1.1 /c1.1 /d');
});
