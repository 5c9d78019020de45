/**
 * A connection that is over is garbage of the young generation: what it leaves in the old one is copied twice, and waits for a
 * major collection.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientContext, ServerContext } from '../src/handshake/context.ts';
import type { Session } from '../src/session/session.ts';
import { collect } from './support/collect.ts';
import { clientContext, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const COUNT = 100;
/** Of a pair: 1 to 5 KB, most of it objects of node:crypto; 12 to 20 where V8 makes one of its functions old. */
const MAX_BYTES = 8_000;

function connect(client: ClientContext, server: ServerContext, session?: Session): Pair {
  const pair = connectPair(client, server, { serverName: 'localhost', ...(session === undefined ? {} : { session }) });
  pair.pump();
  return pair;
}

function assertNothingLeft(client: ClientContext, server: ServerContext, session?: Session): void {
  assert.equal(connect(client, server, session).client.connection.info?.resumed, session !== undefined);
  for (let i = 0; i < COUNT; i++) connect(client, server, session);
  collect();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) connect(client, server, session);
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  const each = (process.memoryUsage().heapUsed - before) / COUNT;
  assert.ok(each < MAX_BYTES, `${each.toFixed(0)} bytes a pair`);
}

test('TLS 1.3: minor collections leave nothing of a connection, full or resumed', () => {
  const client = clientContext();
  const server = serverContext();
  assertNothingLeft(client, server);
  const event = connect(client, server).client.events.find(({ type }) => type === 'session');
  assert.ok(event?.type === 'session');
  assertNothingLeft(client, server, event.session);
});
