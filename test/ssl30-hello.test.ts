/** SSL 3.0, RFC 6101 §5.2.1: the record around the first hello of a client that knows nothing newer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TLS_RSA_WITH_AES_128_CBC_SHA } from '../src/crypto/suites/aes-cbc.ts';
import { createClientConnection } from '../src/engine/connection.ts';
import { ssl30Client } from '../src/versions/ssl30.ts';
import { tls10Client } from '../src/versions/tls10.ts';
import { clientContext } from './support/contexts.ts';

for (const { name, versions, record } of [
  { name: 'SSL 3.0 alone: the record says 3.0, as the hello does', versions: [ssl30Client], record: [22, 3, 0] },
  { name: 'with TLS 1.0: the record says 3.1', versions: [tls10Client, ssl30Client], record: [22, 3, 1] },
]) {
  test(name, () => {
    const client = createClientConnection(clientContext({ versions, suites: [TLS_RSA_WITH_AES_128_CBC_SHA], extensions: [] }));
    assert.deepEqual([...client.takeOutput()!.subarray(0, 3)], record);
  });
}
