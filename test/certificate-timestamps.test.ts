/** RFC 6962 §3.3.1: signed certificate timestamps beside the certificate; and tickets that a server does not give. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import { signedCertificateTimestamp } from '../src/handshake/extensions/signed-certificate-timestamp.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { credential } from './support/certificates.ts';
import { clientContext, EXTENSIONS, MODERN_SUITES, serverContext, testVerifier } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const VERSIONS = [
  { name: 'TLS 1.3', client: [tls13Client], server: [tls13Server], suites: MODERN_SUITES },
  { name: 'TLS 1.2', client: [tls12Client], server: [tls12Server], suites: Object.values(gcm) },
] as const;
const WITH = [...EXTENSIONS, signedCertificateTimestamp];
/** Two timestamps, of two bytes and of one. */
const LIST = Uint8Array.of(0, 7, 0, 2, 1, 2, 0, 1, 3);

function run(
  { client, server, suites }: (typeof VERSIONS)[number],
  asks: Partial<ClientContextInit>,
  gives: Partial<ServerContextInit>,
  session?: NonNullable<Parameters<typeof connectPair>[2]>['session'],
): Pair {
  const pair = connectPair(
    clientContext({ versions: client, suites, extensions: WITH, ...asks }),
    serverContext({ versions: server, suites, extensions: WITH, ...gives }),
    session === undefined ? {} : { session },
  );
  pair.pump();
  return pair;
}

for (const version of VERSIONS) {
  const shown = { ...credential('p256'), signedCertificateTimestamps: LIST };

  test(`${version.name}: timestamps reach the verifier and the info of a client that asks`, () => {
    const seen: (Uint8Array | undefined)[] = [];
    const verifier = {
      verify: (request: Parameters<typeof testVerifier.verify>[0]) => {
        seen.push(request.signedCertificateTimestamps);
        return testVerifier.verify(request);
      },
    };
    const { client } = run(version, { verifier }, { credentials: [shown] });
    assert.equal(client.connection.error, undefined);
    assert.deepEqual(
      seen.map((list) => [...(list ?? [])]),
      [[...LIST]],
    );
    assert.deepEqual([...(client.connection.info?.peerTimestamps ?? [])], [...LIST]);
  });

  test(`${version.name}: nobody gets timestamps unasked, nor does a credential without them send any`, () => {
    for (const pair of [
      run(version, { extensions: EXTENSIONS }, { credentials: [shown] }),
      run(version, {}, { credentials: [shown], extensions: version.name === 'TLS 1.2' ? EXTENSIONS : WITH.slice(0, -1) }),
      run(version, {}, { credentials: [credential('p256')] }),
    ]) {
      assert.equal(pair.client.connection.error, undefined);
      assert.equal(pair.client.connection.info?.peerTimestamps, undefined);
    }
  });

  for (const [what, list] of [
    ['an empty list', [0, 0]],
    ['an empty timestamp', [0, 5, 0, 1, 7, 0, 0]],
    ['a list that is cut short', [0, 9, 0, 2, 1, 2]],
    ['bytes behind the list', [...LIST, 0]],
  ] as const) {
    test(`${version.name}: ${what} is refused`, () => {
      const { client, server } = run(version, {}, { credentials: [{ ...shown, signedCertificateTimestamps: Uint8Array.from(list) }] });
      assert.match(client.connection.error?.code ?? '', /^(decode_error|bad_extension)$/);
      assert.equal(server.connection.error?.origin, 'peer');
    });
  }

  test(`${version.name}: a resumed session brings no timestamps`, () => {
    const tickets = createTicketKeys(nodeCrypto);
    const first = run(version, {}, { credentials: [shown], tickets });
    const session = first.client.events.find((event) => event.type === 'session')?.session;
    assert.ok(session !== undefined);
    const { client } = run(version, {}, { credentials: [shown], tickets }, session);
    assert.equal(client.connection.info?.resumed, true);
    assert.equal(client.connection.info?.peerTimestamps, undefined);
  });

  test(`${version.name}: ticket keys that seal to nothing give no ticket, and the connection stands`, () => {
    const tickets = { ...createTicketKeys(nodeCrypto), seal: () => new Uint8Array(0) };
    const { client } = run(version, {}, { credentials: [shown], tickets });
    assert.equal(client.connection.error, undefined);
    assert.ok(client.connection.info !== undefined);
    assert.equal(
      client.events.some((event) => event.type === 'session'),
      false,
    );
  });
}
