/** How a connection ends, and that it ends once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { clientContext, serverContext } from './support/contexts.ts';
import { connectPair } from './support/pair.ts';

test('abort of a connection that both sides have closed changes nothing: closed was the last event', () => {
  const pair = connectPair(clientContext(), serverContext());
  pair.pump();
  pair.client.connection.close();
  pair.pump();
  pair.server.connection.close();
  pair.pump();
  for (const { connection, events } of [pair.client, pair.server]) {
    assert.equal(events.at(-1)?.type, 'closed');
    connection.abort();
    assert.equal(connection.poll(), undefined);
    assert.equal(connection.error, undefined);
  }
});
