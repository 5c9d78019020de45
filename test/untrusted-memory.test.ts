/** A peer that is tolerated though it is not trusted: the connection keeps the reason, and not the handshake it was found in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../src/pki/x509/verifier.ts';
import { collect } from './support/collect.ts';
import { clientContext, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const COUNT = 200;
/** A TLS 1.3 pair takes about 12 KB, with the handshake 20. */
const MAX_BYTES = 16_000;

test('connections with an untrusted peer are as small as others', () => {
  // Native memory is given back by what the first collection leaves to be done.
  const collectTwice = (): void => {
    collect();
    collect();
  };
  const verifier = dangerouslyTrustAnyCertificate(createCertificateVerifier({ trustAnchors: [] }));
  const client = clientContext({ verifier, dangers: ['any certificate'] });
  const server = serverContext();
  const connect = (): Pair => {
    const pair = connectPair(client, server);
    pair.pump();
    pair.client.connection.rest();
    pair.server.connection.rest();
    pair.client.events.length = 0;
    pair.server.events.length = 0;
    return pair;
  };
  for (let i = 0; i < 50; i++) connect();
  collectTwice();
  const before = process.memoryUsage();
  const pairs = Array.from({ length: COUNT }, connect);
  collectTwice();
  const after = process.memoryUsage();
  assert.equal(pairs[0]!.client.connection.info?.trustError?.code, 'certificate_untrusted');
  const each = (after.heapUsed + after.external - before.heapUsed - before.external) / COUNT;
  assert.ok(each < MAX_BYTES, `${each.toFixed(0)} bytes a pair`);
});
