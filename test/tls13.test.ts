import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientContext, serverContext } from './support/contexts.ts';
import { connectPair } from './support/pair.ts';

test('TLS 1.3: full handshake, data both ways, close', () => {
  const pair = connectPair(clientContext(), serverContext());
  pair.pump();
  assert.deepEqual(pair.client.connection.error, undefined);
  assert.deepEqual(pair.server.connection.error, undefined);
  assert.equal(pair.client.connection.info?.version, 'TLSv1.3');
  pair.client.connection.send(Buffer.from('ping'));
  pair.server.connection.send(Buffer.from('pong'));
  pair.pump();
  assert.equal(Buffer.concat(pair.server.received).toString(), 'ping');
  assert.equal(Buffer.concat(pair.client.received).toString(), 'pong');
  assert.deepEqual(
    pair.client.connection.exportKeyingMaterial(32, 'EXPORTER-test', Uint8Array.of(1)),
    pair.server.connection.exportKeyingMaterial(32, 'EXPORTER-test', Uint8Array.of(1)),
  );
  pair.client.connection.close();
  pair.server.connection.close();
  pair.pump();
  assert.deepEqual(pair.client.events.map((event) => event.type).at(-1), 'closed');
});
