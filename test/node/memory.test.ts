/** Memory that is given back early: never under somebody who may still look at it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { connectEnds, listen, ourTls, PEM } from './support/peers.ts';

const DATA = randomBytes(2_000_000);

/** Reads so many bytes, and looks at each of them only when all are there. */
async function receive(socket: NodeJS.ReadableStream, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let got = 0;
  for await (const part of socket) {
    parts.push(part as Buffer);
    if ((got += (part as Buffer).length) >= length) break;
  }
  return Buffer.concat(parts);
}

test('what was sent can change afterwards, and what was received stays, on sockets of both kinds', async () => {
  const ends = await connectEnds(['ours', 'ours']);
  for (const [from, to] of [
    [ends.client, ends.server],
    [ends.server, ends.client],
  ] as const) {
    const copy = Buffer.from(DATA);
    from.write(copy, () => copy.fill(0));
    const got: Buffer[] = [];
    let length = 0;
    to.on('data', (part: Buffer) => {
      got.push(part);
      length += part.length;
    });
    while (length < DATA.length) await once(to, 'data');
    assert.ok(Buffer.concat(got).equals(DATA));
    to.removeAllListeners('data');
  }
  await ends.close();
});

for (const kind of ['ours', 'node'] as const) {
  test(`what a plain socket reads is for TLS alone: ${kind}`, async () => {
    let raw: net.Socket | undefined;
    let heard = 0;
    const ends = await connectEnds(['ours', kind], {}, {}, (server) => {
      server.on('connection', (socket: net.Socket) => {
        raw = socket;
        setTimeout(() => void socket.on('data', () => heard++), 5);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    ends.client.write(DATA);
    const got = await receive(ends.server, DATA.length);
    await ends.close();
    assert.ok(got.equals(DATA));
    assert.equal(heard, 0);
    assert.ok(raw !== undefined && raw.bytesRead > DATA.length, `${raw?.bytesRead} bytes of records`);
  });
}

test('who read a socket before it was handed over keeps what he read', async () => {
  const server = ourTls.createServer({ cert: PEM.cert, key: PEM.key });
  let first: Buffer | undefined;
  const front = net.createServer((socket) => {
    socket.once('data', (chunk: Buffer) => {
      first = chunk;
      socket.pause();
      socket.unshift(chunk);
      server.emit('connection', socket);
    });
  });
  const port = await listen(front);
  const ALPNProtocols = Array.from({ length: 60 }, (_, i) => String(i).padEnd(150, '.'));
  const client = ourTls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: PEM.ca, ALPNProtocols });
  const [accepted] = (await once(server, 'secureConnection')) as [net.Socket];
  client.destroy();
  accepted.destroy();
  front.close();
  assert.ok(first !== undefined && first.length > 8_192, `a ClientHello of ${first?.length} bytes, whole in its memory`);
  assert.equal(first.length, first.buffer.byteLength);
  assert.equal(first[0], 22);
});
