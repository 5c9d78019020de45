/** The stream itself: back-pressure, ends, aborts, timeouts, transports that are no sockets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as net from 'node:net';
import { Duplex, type DuplexOptions, finished, pipeline } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, TLSSocket } from '../../src/node/tls/index.ts';
import { TRANSPORT } from '../../src/node/tls/socket-shape.ts';
import { REST_MS } from '../../src/node/driver.ts';
import { connectEnds, KINDS, listen, nodeTls, ourTls, PAIRINGS, PEM, readAll } from './support/peers.ts';

/** Two Duplexes, each of which gives what the other is given; asynchronous, and with room for `highWaterMark` only. */
function duplexPair(options: DuplexOptions = {}): [Duplex, Duplex] {
  class Half extends Duplex {
    other: Half | undefined;
    waiting: (() => void) | undefined;
    override _read(): void {
      const { waiting } = this;
      this.waiting = undefined;
      waiting?.();
    }
    override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
      const { other } = this;
      if (other === undefined) return;
      setImmediate(() => {
        if (other.push(chunk)) done();
        else other.waiting = done;
      });
    }
    override _final(done: () => void): void {
      this.other?.push(null);
      done();
    }
  }
  const [a, b] = [new Half(options), new Half(options)];
  a.other = b;
  b.other = a;
  return [a, b];
}

test('a session ticket shares a packet with what the server says at once, and waits for nothing else', async () => {
  for (const greeting of ['hello', '']) {
    const [a, b] = duplexPair();
    let written = 0;
    const write = b._write.bind(b);
    b._write = (...args) => {
      written++;
      write(...args);
    };
    const server = new TLSSocket(b, { isServer: true, ...PEM });
    server.on('secure', () => void server.write(greeting));
    const client = ourTls.connect({ socket: a, ca: PEM.ca, servername: 'localhost' });
    let said = '';
    client.on('data', (data: Buffer) => (said += data.toString()));
    await once(client, 'session');
    await sleep(5);
    assert.deepEqual([said, written], [greeting, 2], 'the flight of the handshake, and one packet more');
    client.destroy();
    server.destroy();
  }
});

test('100 MB to a reader that pauses: memory stays bounded, every byte arrives', { timeout: 120_000 }, async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  const TOTAL = 100 * 1024 * 1024;
  const chunk = randomBytes(65_536);
  let sent = 0;
  let received = 0;
  let most = 0;
  const write = (): void => {
    while (sent < TOTAL) {
      sent += chunk.length;
      if (!client.write(chunk)) break;
    }
    if (sent >= TOTAL) client.end();
  };
  client.on('drain', write);
  write();
  server.on('data', (data: Buffer) => {
    received += data.length;
    most = Math.max(most, sent - received);
    if (received % (16 * 1024 * 1024) < data.length) {
      server.pause();
      setTimeout(() => server.resume(), 30);
    }
  });
  await once(server, 'end');
  assert.equal(received, TOTAL);
  // Kernel buffers of both ends count too: the loopback takes several megabytes by itself.
  assert.ok(most < 24 * 1024 * 1024, `${most} bytes under way`);
  assert.ok(client.writableLength === 0);
  await close();
});

test('a writer that does not wait is held back by `write`, and a reader that does not read holds it back', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  let blocked = false;
  for (let i = 0; i < 2000 && !blocked; i++) {
    if (!client.write(randomBytes(65_536))) {
      await Promise.race([once(client, 'drain'), sleep(300).then(() => (blocked = true))]);
    }
  }
  assert.equal(blocked, true);
  assert.ok(server.readableLength <= 512 * 1024, `${server.readableLength}`);
  await close();
});

for (const kinds of PAIRINGS) {
  test(`over Duplexes that are no sockets: ${kinds.join(' client, ')} server`, async () => {
    const [left, right] = duplexPair({ highWaterMark: 1000 });
    const server = new KINDS[kinds[1]].TLSSocket(right, { isServer: true, cert: PEM.cert, key: PEM.key });
    const client = KINDS[kinds[0]].connect({ socket: left, servername: 'localhost', ca: PEM.ca });
    const data = randomBytes(500_000);
    server.end(data);
    const [got] = await Promise.all([readAll(client), once(client, 'secureConnect')]);
    assert.ok(got.equals(data));
    client.destroy();
    server.destroy();
  });
}

test('STARTTLS: plain lines first, then TLS on the same socket, on both sides', async () => {
  for (const kinds of PAIRINGS) {
    const server = net.createServer((socket) => {
      socket.write('220 ready\r\n');
      socket.once('data', (line) => {
        assert.equal(String(line), 'STARTTLS\r\n');
        socket.write('220 go ahead\r\n');
        const secure = new KINDS[kinds[1]].TLSSocket(socket, {
          isServer: true,
          secureContext: KINDS[kinds[1]].createSecureContext({ cert: PEM.cert, key: PEM.key }),
        });
        secure.once('secure', () => secure.end(`hello over ${secure.getProtocol()}`));
        secure.on('error', () => {});
      });
    });
    const port = await listen(server);
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'data');
    socket.write('STARTTLS\r\n');
    assert.equal(String((await once(socket, 'data'))[0]), '220 go ahead\r\n');
    const client = KINDS[kinds[0]].connect({ socket, servername: 'localhost', ca: PEM.ca });
    assert.equal(String(await readAll(client)), 'hello over TLSv1.3');
    client.destroy();
    server.close();
  }
});

test('TLS within TLS', async () => {
  const outer = await connectEnds(['ours', 'ours']);
  const inner = new TLSSocket(outer.server, { isServer: true, cert: PEM.cert, key: PEM.key });
  const client = ourTls.connect({ socket: outer.client, servername: 'localhost', ca: PEM.ca });
  const data = randomBytes(300_000);
  client.write(data);
  let got = 0;
  for await (const part of inner) if ((got += (part as Buffer).length) === data.length) break;
  assert.equal(got, data.length);
  client.destroy();
  await outer.close();
});

test('signal: before, during and after the handshake', async () => {
  const silent = net.createServer(() => {});
  const port = await listen(silent);
  await assert.rejects(once(ourTls.connect({ port, host: '127.0.0.1', signal: AbortSignal.abort() }), 'secureConnect'), {
    name: 'AbortError',
  });
  const during = new AbortController();
  const client = ourTls.connect({ port, host: '127.0.0.1', signal: during.signal });
  setTimeout(() => during.abort(), 50);
  await assert.rejects(once(client, 'secureConnect'), { name: 'AbortError', code: 'ABORT_ERR' });
  assert.equal(client.destroyed, true);
  silent.close();

  const after = new AbortController();
  const ends = await connectEnds(['ours', 'ours'], { signal: after.signal } as nodeTls.ConnectionOptions);
  const failed = once(ends.client, 'error');
  after.abort();
  assert.equal(((await failed)[0] as Error).name, 'AbortError');
  await ends.close();
});

test('handshakeTimeout on both sides', async () => {
  const silent = net.createServer(() => {});
  const silentPort = await listen(silent);
  const client = ourTls.connect({ port: silentPort, host: '127.0.0.1', handshakeTimeout: 50 });
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ERR_TLS_HANDSHAKE_TIMEOUT');
  silent.close();

  const server = ourTls.createServer({ ...PEM, ca: undefined, handshakeTimeout: 50 });
  const port = await listen(server);
  const raw = net.connect(port, '127.0.0.1');
  raw.resume();
  raw.on('error', () => {});
  const [refused] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException];
  assert.equal(refused.code, 'ERR_TLS_HANDSHAKE_TIMEOUT');
  await once(raw, 'close');
  server.close();
});

test('handshakeTimeout that is long: its timer is made late, and is on time', async () => {
  const limit = 2 * REST_MS + 100;
  const server = ourTls.createServer({ ...PEM, ca: undefined, handshakeTimeout: limit });
  const start = performance.now();
  const raw = net.connect(await listen(server), '127.0.0.1');
  raw.resume();
  const [refused] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException];
  const took = performance.now() - start;
  assert.equal(refused.code, 'ERR_TLS_HANDSHAKE_TIMEOUT');
  assert.ok(took >= limit - 5 && took < limit + 1000, `${took.toFixed(0)} ms`);
  await once(raw, 'close');
  server.close();
});

test('setTimeout: fires when nothing moves, not while something does, and not after 0', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  let fired = 0;
  client.setTimeout(120, () => fired++);
  assert.equal(client.timeout, 120);
  for (let i = 0; i < 6; i++) {
    await sleep(40);
    server.write('x');
  }
  client.resume();
  assert.equal(fired, 0);
  await once(client, 'timeout');
  assert.equal(fired, 1);
  client.setTimeout(0);
  await sleep(150);
  assert.equal(fired, 1);
  await close();
});

test('the end: one side’s end is the other’s, `finish`, `end` and `close` once each', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  const seen: string[] = [];
  for (const event of ['finish', 'end', 'close'] as const) {
    client.on(event, () => seen.push(`client ${event}`));
    server.on(event, () => seen.push(`server ${event}`));
  }
  client.resume();
  server.resume();
  client.end('last');
  await Promise.all([once(client, 'close'), once(server, 'close')]);
  assert.deepEqual(seen.sort(), ['client close', 'client end', 'client finish', 'server close', 'server end', 'server finish']);
  assert.equal((client as unknown as { truncated: boolean }).truncated, false);
  await close();
});

test('an end without close_notify is told; in the middle of a record it is an error; it is one always where demanded', async () => {
  const run = async (
    options: object,
    cut: number,
  ): Promise<{ error: NodeJS.ErrnoException | undefined; truncated: boolean; text: string }> => {
    const server = ourTls.createServer({ ...PEM, ca: undefined });
    const port = await listen(server);
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.write('some of it');
    });
    // A proxy that cuts the connection off when the server's data has passed.
    const proxy = net.createServer((near) => {
      const far = net.connect(port, '127.0.0.1');
      near.on('error', () => {});
      far.on('error', () => {});
      near.pipe(far);
      let records = 0;
      far.on('data', (data: Buffer) => {
        near.write(cut === 0 ? data : data);
        records += 1;
        setTimeout(() => {
          if (cut > 0) near.write(Buffer.from([23, 3, 3, 0, 100, 1, 2, 3]));
          near.end();
          far.destroy();
        }, 100);
      });
      assert.ok(records >= 0);
    });
    const proxyPort = await listen(proxy);
    const client = ourTls.connect({ port: proxyPort, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ...options });
    let error: NodeJS.ErrnoException | undefined;
    let text = '';
    client.on('data', (data: Buffer) => void (text += data.toString()));
    client.on('error', (one: NodeJS.ErrnoException) => void (error = one));
    await new Promise<void>((resolve) => client.once('close', () => resolve()));
    proxy.close();
    server.close();
    return { error, truncated: client.truncated, text };
  };
  const told = await run({}, 0);
  assert.deepEqual({ ...told, error: told.error?.code }, { error: undefined, truncated: true, text: 'some of it' });
  assert.equal((await run({ requireCloseNotify: true }, 0)).error?.code, 'ECONNRESET');
  assert.equal((await run({}, 1)).error?.code, 'ECONNRESET');
});

test('destroy: pending writes fail, `close` comes, nothing is emitted afterwards', async () => {
  const { client, close } = await connectEnds(['ours', 'ours']);
  const failed = new Promise<Error | null | undefined>((resolve) => {
    for (let i = 0; i < 200; i++) client.write(randomBytes(65_536));
    client.write('last', resolve);
  });
  const closed = once(client, 'close');
  client.destroy();
  assert.ok((await failed) instanceof Error);
  await closed;
  assert.equal(client.getProtocol(), null);
  await close();
});

test('writes before the handshake is over, and an end', async () => {
  const server = ourTls.createServer({ ...PEM, ca: undefined }, (socket) => socket.pipe(socket));
  const port = await listen(server);
  const client = ourTls.connect(port, '127.0.0.1', { servername: 'localhost', ca: PEM.ca });
  assert.equal(client.connecting, true);
  assert.equal(client.secureConnecting, true);
  client.write('early ');
  client.end('bird');
  assert.equal(String(await readAll(client)), 'early bird');
  assert.equal(client.secureConnecting, false);
  server.close();
});

test('pipeline, finished, async iteration', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  pipeline(server, server, () => {});
  const data = randomBytes(1_000_000);
  client.end(data);
  const parts: Buffer[] = [];
  for await (const part of client) parts.push(part as Buffer);
  assert.ok(Buffer.concat(parts).equals(data));
  await new Promise<void>((resolve) => finished(client, () => resolve()));
  await close();
});

test('the writes of one tick reach the transport together, up to seven records, each long one in records of its own', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  const transport = Reflect.get(client, TRANSPORT) as { write(chunk: Buffer): boolean };
  const writes: Buffer[] = [];
  const write = transport.write.bind(transport);
  transport.write = (chunk) => {
    // Its memory is used again.
    writes.push(Buffer.from(chunk));
    return write(chunk);
  };
  const data = randomBytes(8 * 16_384);
  const arrived = new Promise<Buffer>((resolve) => {
    let all = Buffer.alloc(0);
    server.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      if (all.length === data.length) resolve(all);
    });
  });
  for (let at = 0; at < data.length; at += 16_384) client.write(data.subarray(at, at + 16_384));
  assert.ok((await arrived).equals(data));
  const counts = writes.map((bytes) => {
    let records = 0;
    for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) records++;
    return records;
  });
  assert.deepEqual(counts, [7, 1]);
  await close();
});

test('setMaxSendFragment cuts records', async () => {
  const [left, right] = duplexPair();
  let records = 0;
  right.on('data', (data: Buffer) => {
    for (let at = 0; at < data.length; at += 5 + data.readUInt16BE(at + 3)) if (data[at] === 23) records++;
  });
  const server = new TLSSocket(right, { isServer: true, cert: PEM.cert, key: PEM.key });
  const client = ourTls.connect({ socket: left, servername: 'localhost', ca: PEM.ca });
  await once(client, 'secureConnect');
  assert.equal(client.setMaxSendFragment(511), false);
  assert.equal(client.setMaxSendFragment(1000), true);
  const before = records;
  client.write(Buffer.alloc(10_000));
  let got = 0;
  for await (const part of server) if ((got += (part as Buffer).length) === 10_000) break;
  assert.ok(records - before >= 10);
  client.destroy();
});

test('what net.Socket has', async () => {
  const { client, server, close } = await connectEnds(['ours', 'ours']);
  assert.equal(client.remoteAddress, '127.0.0.1');
  assert.equal(client.remotePort, server.localPort);
  assert.equal(client.readyState, 'open');
  assert.equal((client.address() as net.AddressInfo).port, client.localPort);
  assert.equal(client.setNoDelay(true), client);
  assert.equal(client.setKeepAlive(true, 1000), client);
  assert.equal(client.unref().ref(), client);
  assert.ok(client.bytesRead > 0 && client.bytesWritten > 0);
  assert.ok(client instanceof nodeTls.TLSSocket);
  assert.ok(client instanceof net.Socket);
  assert.ok(client instanceof TLSSocket);
  assert.ok(client instanceof Duplex);
  await close();
});

test('no member of node’s own sockets works on ours by accident', () => {
  const ours = new Set<string | symbol>();
  for (
    let prototype: object = TLSSocket.prototype;
    prototype !== nodeTls.TLSSocket.prototype;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    for (const key of Reflect.ownKeys(prototype)) ours.add(key);
  }
  for (const prototype of [nodeTls.TLSSocket.prototype, net.Socket.prototype]) {
    for (const key of Reflect.ownKeys(prototype)) assert.ok(ours.has(key), String(key));
  }
});

test('Server: contexts, ticket keys, close', async () => {
  const server = new Server({ ...PEM, ca: undefined });
  assert.ok(server instanceof net.Server);
  const keys = server.getTicketKeys();
  assert.equal(keys.length, 48);
  const next = randomBytes(48);
  server.setTicketKeys(next);
  assert.ok(server.getTicketKeys().equals(next));
  assert.throws(() => server.setTicketKeys(Buffer.alloc(3)), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => server.addContext('', {}), { code: 'ERR_TLS_REQUIRED_SERVER_NAME' });
  const port = await listen(server);
  const client = ourTls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca });
  await once(client, 'secureConnect');
  client.end();
  server.close();
  await once(server, 'close');
});

test('sessions of TLS 1.2 by events', async () => {
  const store = new Map<string, Buffer>();
  const server = ourTls.createServer({ ...PEM, ca: undefined, maxVersion: 'TLSv1.2', secureOptions: 0 }, (socket) => {
    socket.on('error', () => {});
    socket.end(socket.isSessionReused() ? 'reused' : 'new');
  });
  server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
    store.set(id.toString('hex'), data);
    done();
  });
  server.on('resumeSession', (id: Buffer, done: (error: Error | null, data: Buffer | null) => void) =>
    done(null, store.get(id.toString('hex')) ?? null),
  );
  const port = await listen(server);
  const client = nodeTls.connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: PEM.ca,
    secureOptions: (await import('node:crypto')).constants.SSL_OP_NO_TICKET,
  });
  assert.equal(String(await readAll(client)), 'new');
  const session = client.getSession()!;
  assert.equal(store.size, 1);
  const again = nodeTls.connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: PEM.ca,
    session,
    secureOptions: (await import('node:crypto')).constants.SSL_OP_NO_TICKET,
  });
  assert.equal(String(await readAll(again)), 'reused');
  server.close();
});

test('STARTTLS: a plain socket is taken over with the listeners and the encoding that were put on it before', async () => {
  for (const [clientKind, serverKind] of PAIRINGS) {
    const wrongly: unknown[] = [];
    let done = (): void => {};
    const accepted = new Promise<void>((resolve) => (done = resolve));
    const server = net.createServer((raw) => {
      raw.setEncoding('utf8').on('data', (line) => {
        if (String(line) !== 'STARTTLS\n') {
          wrongly.push(line);
          return;
        }
        const secureContext = KINDS[serverKind].createSecureContext({ cert: PEM.cert, key: PEM.key });
        const secured = new KINDS[serverKind].TLSSocket(raw, { isServer: true, secureContext });
        secured.on('data', (data: Buffer) => void secured.end(data)).on('close', done);
        raw.write('go\n');
      });
    });
    const port = await listen(server);
    const raw = net.connect(port, '127.0.0.1').setEncoding('utf8');
    raw.on('data', (line) => void (String(line) === 'go\n' || wrongly.push(line)));
    raw.write('STARTTLS\n');
    await once(raw, 'data');
    const client = KINDS[clientKind].connect({ socket: raw, servername: 'localhost', ca: PEM.ca });
    client.write('hello');
    assert.equal((await readAll(client)).toString(), 'hello', `${clientKind} ${serverKind}`);
    await accepted;
    assert.deepEqual(wrongly, []);
    server.close();
  }
});

test('what was written just before destroy is sent, as by a net.Socket', async () => {
  const { client, server, close } = await connectEnds(['node', 'ours']);
  const read = readAll(client);
  server.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  server.destroy();
  assert.equal((await read).toString(), 'HTTP/1.1 400 Bad Request\r\n\r\n');
  await close();
});
