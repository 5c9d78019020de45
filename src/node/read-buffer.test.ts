import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { type OnRead, readInto, sharedReadBuffer } from './read-buffer.ts';

const HELLO = Buffer.from('from the kernel');

/** An accepted socket and the one that speaks to it. */
async function accepted(prepare: (socket: net.Socket) => void): Promise<{ near: net.Socket; far: net.Socket; close(): void }> {
  const server = net.createServer({ pauseOnConnect: true }, prepare);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [net.Socket];
  return {
    near,
    far,
    close: () => {
      near.destroy();
      far.destroy();
      server.close();
    },
  };
}

test('an accepted socket reads into the shared buffer, pauses when it is told to, and ends', {
  skip: sharedReadBuffer === undefined && 'reads are posted ahead',
}, async () => {
  const got: string[] = [];
  let more: (() => void) | undefined;
  const onRead: OnRead = function (this: net.Socket, length, buffer) {
    assert.ok(this instanceof net.Socket);
    assert.equal(buffer, sharedReadBuffer);
    got.push(Buffer.from(buffer.buffer, buffer.byteOffset, length).toString());
    more?.();
    return false;
  };
  const ends = await accepted((socket) => assert.equal(readInto(socket, onRead), true));
  for (let i = 1; i <= 3; i++) {
    const read = new Promise<void>((resolve) => (more = resolve));
    ends.far.write(HELLO);
    ends.near.resume();
    await read;
    assert.equal(got.length, i);
    assert.equal(got[i - 1], HELLO.toString());
    ends.far.write('.');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(got.length, i, 'nothing is read until it is asked for');
    const rest = new Promise<void>((resolve) => (more = resolve));
    ends.near.resume();
    await rest;
    assert.equal(got.pop(), '.');
  }
  ends.near.resume();
  ends.far.end();
  await once(ends.near, 'end');
  ends.close();
});

test('a socket that somebody read or listens to is left alone', async () => {
  const never: OnRead = () => assert.fail('it was taken');
  const ends = await accepted((socket) => {
    socket.on('data', () => {});
    assert.equal(readInto(socket, never), false);
    socket.removeAllListeners('data');
    socket.on('readable', () => {});
    assert.equal(readInto(socket, never), false);
    socket.removeAllListeners('readable');
    socket.resume();
  });
  ends.far.write(HELLO);
  const [chunk] = (await once(ends.near, 'data')) as [Buffer];
  assert.deepEqual(chunk, HELLO);
  assert.equal(readInto(ends.near, never), false, 'it was read');
  ends.close();
  assert.equal(readInto(new net.Socket(), never), false, 'it has no handle');
});
