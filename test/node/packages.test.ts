/** Packages that people use over TLS, each by the way in that it has itself: nothing of Node's is replaced. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { Aedes } from 'aedes';
import { type AbstractConnector, Redis } from 'ioredis';
import mqtt from 'mqtt';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import * as undici from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import * as https from '../../src/node/https/index.ts';
import * as http2 from '../../src/node/http2/index.ts';
import { listen, ourTls, PEM, RSA } from './support/peers.ts';

const own = { cert: PEM.cert, key: PEM.key };
const trust = { ca: PEM.ca, servername: 'localhost' } as const;

test('ws: client and server over veritls/https', async (t) => {
  const server = https.createServer(own);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    assert.ok((request.socket as unknown as ourTls.TLSSocket).encrypted);
    socket.on('message', (message) => socket.send(message.toString('utf8').toUpperCase()));
  });
  const port = await listen(server);
  t.after(() => void server.close());
  const client = new WebSocket(`wss://localhost:${port}`, { agent: new https.Agent({ ca: PEM.ca, family: 4 }) });
  await once(client, 'open');
  const big = 'a'.repeat(200_000);
  for (const message of ['hello', big]) {
    client.send(message);
    assert.equal(String(((await once(client, 'message')) as [Buffer])[0]), message.toUpperCase());
  }
  client.close();
  await once(client, 'close');
});

/** undici's own hook: what gives it a connected socket. */
function connector(options: ourTls.ConnectionOptions): undici.buildConnector.connector {
  return ({ hostname, port }, callback) => {
    const socket = ourTls.connect({ host: hostname, port: Number(port), servername: 'localhost', ...options });
    const failed = (error: Error): void => void callback(error, null);
    socket.once('error', failed).once('secureConnect', () => {
      socket.off('error', failed);
      callback(null, socket);
    });
  };
}

test('undici: request and fetch, HTTP/1.1 and HTTP/2', async (t) => {
  const server = http2.createSecureServer({ ...own, allowHTTP1: true }, (request, response) => {
    response.end(`${request.httpVersion} ${request.url}`);
  });
  const port = await listen(server);
  const one = new undici.Agent({ connect: connector(trust) });
  const two = new undici.Agent({ allowH2: true, connect: connector({ ...trust, ALPNProtocols: ['h2', 'http/1.1'] }) });
  t.after(async () => {
    await Promise.all([one.close(), two.close()]);
    server.close();
  });
  const origin = `https://127.0.0.1:${port}`;
  assert.equal(await (await undici.request(`${origin}/a`, { dispatcher: one })).body.text(), '1.1 /a');
  assert.equal(await (await undici.fetch(`${origin}/b`, { dispatcher: one })).text(), '1.1 /b');
  assert.equal(await (await undici.request(`${origin}/c`, { dispatcher: two })).body.text(), '2.0 /c');
  const wrong = new undici.Agent({ connect: connector({ ...trust, servername: 'other.example' }) });
  await assert.rejects(undici.request(origin, { dispatcher: wrong }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await wrong.close();
});

/** Up to Node 25 `read()` gave all that had come; 26 gives a chunk, and aedes asks once for each `readable`. */
const stalls = Number.parseInt(process.versions.node, 10) >= 26 && 'aedes does not read on with Node 26';

test('mqtt and aedes: a broker over our server, a client over our connect', { skip: stalls }, async (t) => {
  const broker = await Aedes.createBroker();
  const server = ourTls.createServer(own, (socket) => broker.handle(socket));
  const port = await listen(server);
  const client = new mqtt.MqttClient(() => ourTls.connect({ host: '127.0.0.1', port, ...trust }), { reconnectPeriod: 0 });
  t.after(async () => {
    await client.endAsync();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });
  await client.subscribeAsync('a/+');
  const arrived = new Promise<[string, Buffer]>((resolve) => client.once('message', (name, content) => resolve([name, content])));
  await client.publishAsync('a/b', 'x'.repeat(50_000), { qos: 1 });
  const [topic, payload] = await arrived;
  assert.equal(`${topic} ${payload.length}`, 'a/b 50000');
});

test('nodemailer and smtp-server: mail over a connection that is given to each', async (t) => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      void text(stream).then((mail) => {
        mails.push(mail);
        callback();
      });
    },
  });
  const server = ourTls.createServer(own, (socket) => void smtp.server.emit('connection', socket));
  const port = await listen(server);
  t.after(() => void server.close());
  const socket = ourTls.connect({ host: '127.0.0.1', port, ...trust });
  await once(socket, 'secureConnect');
  const transport = nodemailer.createTransport({ connection: socket, secured: true, port } as never);
  await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'hello', text: 'a mail\n'.repeat(10_000) });
  assert.equal(mails.length, 1);
  assert.match(mails[0]!, /Subject: hello/);
  transport.close();
});

const redis = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
const noRedis = redis.status !== 0 ? 'there is no redis-server here' : false;

test('ioredis: a redis-server with TLS, through a connector', { skip: noRedis }, async (t) => {
  const port = await startRedis(t);
  if (port === undefined) {
    t.skip('this redis-server is built without TLS');
    return;
  }
  class Connector {
    readonly #socket = ourTls.connect({
      host: '127.0.0.1',
      port: port!,
      ca: RSA.ca,
      cert: RSA.cert,
      key: RSA.key,
      servername: 'localhost',
    });
    connecting = true;
    check(): boolean {
      return true;
    }
    disconnect(): void {
      this.connecting = false;
      this.#socket.end();
    }
    connect(): Promise<ourTls.TLSSocket> {
      return Promise.resolve(this.#socket);
    }
  }
  const client = new Redis({ Connector: Connector as unknown as new (options: unknown) => AbstractConnector, maxRetriesPerRequest: 0 });
  t.after(() => client.disconnect());
  const big = 'y'.repeat(300_000);
  await client.set('key', big);
  assert.equal(await client.get('key'), big);
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.incrby('n', i)));
  assert.equal(answers.at(-1), 4950);
});

async function startRedis(t: TestContext): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'veritls-redis-'));
  for (const [name, content] of Object.entries(RSA)) writeFileSync(join(folder, `${name}.pem`), content);
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const args = ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const files = ['cert', 'key', 'ca'].flatMap((name) => [`--tls-${name === 'ca' ? 'ca-cert' : name}-file`, join(folder, `${name}.pem`)]);
  const child = spawn('redis-server', [...args, ...files], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  for await (const part of child.stdout) if (/ready to accept connections/i.test(String(part))) return port;
  return undefined;
}
