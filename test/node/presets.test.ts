import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { createClientContext, createServerContext } from '../../src/index.ts';
import { compatibleClient, compatibleServer } from '../../src/presets/compatible.ts';
import { modernClient, modernServer } from '../../src/presets/modern.ts';
import { credential } from '../support/certificates.ts';
import { testVerifier } from '../support/contexts.ts';
import { connectPair } from '../support/pair.ts';

const PRESETS = { modern: [modernClient, modernServer], compatible: [compatibleClient, compatibleServer] } as const;

for (const [clientName, [client]] of Object.entries(PRESETS)) {
  for (const [serverName, [, server]] of Object.entries(PRESETS)) {
    for (const [index, version] of [
      [0, 'TLSv1.3'],
      [1, 'TLSv1.2'],
    ] as const) {
      test(`${clientName} client with ${serverName} server: ${version}`, () => {
        const options = client(nodeCrypto);
        const pair = connectPair(
          createClientContext({ ...options, versions: options.versions.slice(index), verifier: testVerifier, now: Date.now }),
          createServerContext({ ...server(nodeCrypto), credentials: [credential('p256')], verifier: testVerifier, now: Date.now }),
        );
        pair.pump();
        assert.equal(pair.client.connection.error, undefined);
        assert.equal(pair.client.connection.info?.version, version);
        assert.equal(pair.client.connection.info?.peerTrusted, true);
      });
    }
  }
}
