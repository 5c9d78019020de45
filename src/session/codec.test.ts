import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSession, encodeSession } from './codec.ts';
import type { Session } from './session.ts';

const session: Session = {
  version: 0x0303,
  suite: 0xc02b,
  hash: 'sha256',
  secret: new Uint8Array(48).fill(1),
  sessionId: new Uint8Array(32).fill(2),
  ticket: new Uint8Array(300).fill(3),
  created: 1_800_000_000_123,
  lifetimeMs: 604_800_000,
  ageAdd: 0xffffffff,
  extendedMasterSecret: true,
  encryptThenMac: false,
  // A name as a peer may send it.
  serverName: 'caf\u00e9\u0001',
  alpn: 'h2',
  maxEarlyData: 0,
  peerChain: [new Uint8Array(1000).fill(4), new Uint8Array(5)],
  peerScheme: 0x0403,
  peerTrusted: true,
  contextId: Uint8Array.of(9),
};

test('a session survives its encoding', () => {
  const bytes = encodeSession(session);
  assert.deepEqual(decodeSession(bytes), session);
  for (let length = 0; length < bytes.length; length++) assert.equal(decodeSession(bytes.subarray(0, length)), undefined);
  assert.equal(decodeSession(Uint8Array.of(...bytes, 0)), undefined);
});

test('a decoded session has memory of its own, and the secret lies apart from what lives longer', () => {
  const bytes = encodeSession(session);
  const before = bytes.slice();
  const decoded = decodeSession(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))!;
  assert.deepEqual(bytes, before, 'what was given is as it was');
  bytes.fill(0);
  assert.deepEqual(decoded, session);
  const kept = new Uint8Array(decoded.ticket.buffer);
  assert.ok(!Buffer.from(kept).includes(Buffer.from(session.secret)));
});
