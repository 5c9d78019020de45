import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { dtlsPair } from '../support/dtls.ts';

const suites = Object.values(gcm);
const client = clientContext({ versions: [dtls12Client], suites });
const server = serverContext({ versions: [dtls12Server], suites });

test('DTLS 1.2: full handshake, data both ways, close', () => {
  const link = dtlsPair(client, server, { delay: 25 });
  assert.ok(link.handshake(), `${link.client.connection.error} ${link.server.connection.error}`);
  assert.equal(link.client.connection.info?.version, 'DTLSv1.2');
});
