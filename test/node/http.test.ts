/** Node's own users of TLS sockets: http, https, http2, agents, over sockets of this library. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { listen, type nodeTls, ourTls, PEM } from './support/peers.ts';

const BODY = randomBytes(300_000);

function handler(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (request.method === 'POST') {
    request.pipe(response);
    return;
  }
  response.setHeader('x-encrypted', String((request.socket as nodeTls.TLSSocket).encrypted));
  response.end(request.url === '/big' ? BODY : 'hello');
}

async function ask(options: https.RequestOptions, body?: Buffer): Promise<{ body: Buffer; response: http.IncomingMessage }> {
  const request = https.request({ host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { body: Buffer.concat(parts), response };
}

/** `createConnection` as http takes it. */
const connection = {
  createConnection: (options: object) => ourTls.connect(options as ourTls.ConnectionOptions),
} as unknown as https.RequestOptions;

/** An agent whose sockets are ours. */
class OurAgent extends https.Agent {
  override createConnection(options: object): Duplex {
    return ourTls.connect(options as ourTls.ConnectionOptions);
  }
}

/** An http server over connections of a server of ours. */
function httpOverOurs(): { server: ourTls.Server; http: http.Server } {
  const inner = http.createServer(handler);
  const server = ourTls.createServer(
    { ...PEM, ca: undefined, ALPNProtocols: ['http/1.1'] },
    (socket) => void inner.emit('connection', socket),
  );
  return { server, http: inner };
}

test('https.request over our connect, node:https server', async () => {
  const server = https.createServer({ cert: PEM.cert, key: PEM.key }, handler);
  const port = await listen(server);
  assert.equal((await ask({ port, ...connection })).body.toString(), 'hello');
  assert.ok((await ask({ port, path: '/big', ...connection })).body.equals(BODY));
  assert.ok((await ask({ port, method: 'POST', ...connection }, BODY)).body.equals(BODY));
  server.close();
});

test('https.Agent with keep-alive: one connection for many requests, then its sockets are let go', async () => {
  const server = https.createServer({ cert: PEM.cert, key: PEM.key }, handler);
  const port = await listen(server);
  const agent = new OurAgent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (let i = 0; i < 5; i++) {
    const { response, body } = await ask({ port, agent, path: i % 2 === 0 ? '/' : '/big' });
    sockets.add(response.socket);
    assert.equal(body.length, i % 2 === 0 ? 5 : BODY.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(sockets.size, 1);
  agent.destroy();
  server.close();
});

test('an http server over our connections, asked by node:https', async () => {
  const { server, http: inner } = httpOverOurs();
  const port = await listen(server);
  const agent = new https.Agent({ keepAlive: true });
  const { body, response } = await ask({ port, agent });
  assert.equal(body.toString(), 'hello');
  assert.equal(response.headers['x-encrypted'], 'true');
  assert.ok((await ask({ port, agent, path: '/big' })).body.equals(BODY));
  assert.ok((await ask({ port, agent, method: 'POST' }, BODY)).body.equals(BODY));
  assert.equal((await ask({ port, ...connection })).body.toString(), 'hello');
  agent.destroy();
  inner.closeAllConnections();
  server.close();
});

test('a client that goes away while the answer is under way', async () => {
  const { server, http: inner } = httpOverOurs();
  const port = await listen(server);
  const closed = new Promise<void>((resolve) => inner.on('connection', (socket) => socket.once('close', () => resolve())));
  const request = https.request({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, path: '/big', ...connection });
  request.on('error', () => {});
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.destroy();
  await closed;
  server.close();
});

test('http2: our client and node’s server', async () => {
  const server = http2.createSecureServer({ cert: PEM.cert, key: PEM.key }, (request, response) => {
    response.end(request.url === '/big' ? BODY : 'h2');
  });
  const port = await listen(server);
  const session = http2.connect('https://localhost', {
    createConnection: () => ourTls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ALPNProtocols: ['h2'] }),
  });
  const stream = session.request({ ':path': '/big' });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  assert.ok(Buffer.concat(parts).equals(BODY));
  session.close();
  server.close();
});

test('http2: node’s client and a server over our connections', async () => {
  const inner = http2.createServer((request, response) => {
    response.end(request.url === '/big' ? BODY : 'h2');
  });
  const server = ourTls.createServer({ ...PEM, ca: undefined, ALPNProtocols: ['h2'] }, (socket) => {
    assert.equal(socket.alpnProtocol, 'h2');
    inner.emit('connection', socket);
  });
  const port = await listen(server);
  const session = http2.connect(`https://localhost:${port}`, { ca: PEM.ca, host: '127.0.0.1' } as http2.SecureClientSessionOptions);
  const stream = session.request({ ':path': '/big' });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  assert.ok(Buffer.concat(parts).equals(BODY));
  session.close();
  server.close();
});

test('an upgrade hands over the socket', async () => {
  const { server, http: inner } = httpOverOurs();
  inner.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  const port = await listen(server);
  const request = https.request({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: PEM.ca,
    headers: { connection: 'Upgrade', upgrade: 'echo' },
    ...connection,
  });
  request.end();
  const [, socket] = (await once(request, 'upgrade')) as [unknown, Duplex];
  socket.write('ping');
  assert.equal(String((await once(socket, 'data'))[0]), 'ping');
  socket.destroy();
  server.close();
});
