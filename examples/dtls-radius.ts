/**
 * RADIUS over DTLS, RFC 7360, for those who come from node:dgram: `createSocket`, `send` to an address, `message`. The first
 * datagram to a new address waits for the handshake with it. One socket asks and answers.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { RemoteInfo } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSocket } from 'veritls/dtls';

const ACCESS_REQUEST = 1;
const ACCESS_ACCEPT = 2;
const ACCESS_REJECT = 3;
const USER_NAME = 1;
const HEADER = 20;

/** RFC 2865 §3, with one attribute. */
function packet(code: number, id: number, user: string): Buffer {
  const name = Buffer.from(user);
  const length = HEADER + 2 + name.length;
  const header = Buffer.from([code, id, length >>> 8, length & 0xff]);
  return Buffer.concat([header, randomBytes(16), Buffer.from([USER_NAME, 2 + name.length]), name]);
}

function userOf(request: Buffer): string {
  return request.subarray(HEADER + 2, HEADER + request[HEADER + 1]!).toString();
}

const key = randomBytes(32);
const server = createSocket({ type: 'udp4', psk: { 'nas-1': key } }, (request: Buffer, rinfo: RemoteInfo) => {
  const user = userOf(request);
  server.send(packet(user === 'alice' ? ACCESS_ACCEPT : ACCESS_REJECT, request[1]!, user), rinfo.port, rinfo.address);
});
server.bind(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const client = createSocket({ type: 'udp4', psk: { identity: 'nas-1', key } });
const verdicts = new Map<string, number>();
client.on('message', (answer: Buffer) => verdicts.set(userOf(answer), answer[0]!));
for (const [id, user] of ['alice', 'mallory'].entries()) {
  // RFC 5080 §2.2.1: a request without an answer is repeated.
  for (let tries = 0; tries < 5 && !verdicts.has(user); tries++) {
    client.send(packet(ACCESS_REQUEST, id, user), port, '127.0.0.1');
    for (let waited = 0; waited < 20 && !verdicts.has(user); waited++) await sleep(50);
  }
  console.log(`${user}: ${verdicts.get(user) === ACCESS_ACCEPT ? 'accepted' : 'rejected'}`);
}
client.close();
server.close();
if (verdicts.get('alice') !== ACCESS_ACCEPT || verdicts.get('mallory') !== ACCESS_REJECT) process.exitCode = 1;
