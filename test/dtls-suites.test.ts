/** Every suite of TLS 1.2 and 1.1 that may be used over datagrams, through a bad network: handshake, data, numbers, resumption. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascii, equal } from '../src/base/bytes.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as ccm from '../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as aria from '../src/crypto/suites/aria-gcm.ts';
import * as camelliaCbc from '../src/crypto/suites/camellia-cbc.ts';
import * as camelliaGcm from '../src/crypto/suites/camellia-gcm.ts';
import * as chacha from '../src/crypto/suites/chacha20.ts';
import * as nulls from '../src/crypto/suites/null.ts';
import * as rc4 from '../src/crypto/suites/rc4.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import * as tripleDes from '../src/crypto/suites/triple-des.ts';
import type { ExternalPsk } from '../src/handshake/context.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import { RecordCursor } from '../src/record/datagram/record-header.ts';
import { createMemoryStore } from '../src/session/cache.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { dtls10Client, dtls10Server } from '../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { ffdhe2048, secp256r1, x25519 } from '../src/wire/group.ts';
import * as s from '../src/wire/signature-scheme.ts';
import type { DatagramLink } from './sim/datagram-link.ts';
import { credential } from './support/certificates.ts';
import { clientContext, SCHEMES, serverContext } from './support/contexts.ts';
import { dsaCredential } from './support/dsa.ts';
import { dtlsPair } from './support/dtls.ts';

const SUITES = Object.values<LegacySuite>({
  ...gcm,
  ...ccm,
  ...chacha,
  ...cbc,
  ...camelliaCbc,
  ...camelliaGcm,
  ...aria,
  ...tripleDes,
  ...nulls,
}).filter((suite) => suite.auth !== 'anon');

const me: ExternalPsk = { identity: ascii('me'), key: ascii('a key of 25 bytes in this') };
const common = {
  schemes: [...SCHEMES, s.DSA_SHA256, s.RSA_PKCS1_SHA1, s.ECDSA_SHA1, s.DSA_SHA1],
  groups: [x25519, secp256r1, ffdhe2048],
} as const;
const credentials = [credential('rsa'), credential('p256'), dsaCredential()];

function contexts(versions: readonly [ProtocolVersion, ProtocolVersion], suite: LegacySuite, sessions = false) {
  return [
    clientContext({ ...common, versions: [versions[0]], suites: [suite], psk: () => me }),
    serverContext({
      ...common,
      versions: [versions[1]],
      suites: [suite],
      credentials,
      findPsk: (identity) => (equal(identity, me.identity) ? me : undefined),
      ...(sessions ? { tickets: undefined, sessions: createMemoryStore(Date.now) } : { tickets: createTicketKeys(nodeCrypto) }),
    }),
  ] as const;
}

/** Records of application data, the explicit part of the nonce of each compared with its number (D8). */
function explicitNonces(link: DatagramLink): number {
  let count = 0;
  for (const { datagram } of link.sent) {
    const records = new RecordCursor(datagram);
    while (records.next()) {
      if (records.epoch === 0) continue;
      const number = records.bytes.subarray(records.start + 3, records.start + 11);
      assert.deepEqual(records.fragment.subarray(0, 8), number);
      count++;
    }
  }
  return count;
}

for (const versions of [
  [dtls12Client, dtls12Server],
  [dtls10Client, dtls10Server],
] as const) {
  const { name, rank } = versions[0];
  test(`D4, D8, D30: ${name}: every suite through losses; no number twice, and where the nonce is sent it is the number`, (t) => {
    let count = 0;
    for (const [index, suite] of SUITES.entries()) {
      if (suite.minVersion > 0x0300 + rank) continue;
      if (/CAMELLIA_\d+_GCM/.test(suite.name) && nodeCrypto.lacks('camellia-128-gcm') !== undefined) {
        t.diagnostic(`${suite.name}: not in this provider`);
        continue;
      }
      // The link itself throws when a number comes twice.
      const link = dtlsPair(...contexts(versions, suite), {
        seed: index,
        delay: 10,
        loss: 0.15,
        duplicate: 0.1,
        reorder: 0.1,
        lateness: 50,
        config: { maxDatagram: 400 },
      });
      assert.ok(link.handshake(), `${suite.name}: ${link.client.connection.error} ${link.server.connection.error}`);
      assert.equal(link.client.connection.info?.suite, suite.name);
      assert.equal(link.client.connection.info?.version, name);
      assert.deepEqual(
        link.client.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
        link.server.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
      );
      link.meddler = (from, datagram) => {
        link.inject(from === 'client' ? 'server' : 'client', datagram, 10);
        return false;
      };
      for (let i = 0; i < 50; i++) for (const side of ['client', 'server'] as const) link[side].connection.send(new Uint8Array(i).fill(i));
      link.run(link.clock.now + 100);
      for (const side of ['client', 'server'] as const)
        assert.deepEqual(
          link[side].received.map((each) => each.length),
          Array.from({ length: 50 }, (_, i) => i),
          suite.name,
        );
      if (/GCM|CCM/.test(suite.name)) assert.ok(explicitNonces(link) >= 102);
      count++;
    }
    assert.ok(count > 20, `${count}`);
    t.diagnostic(`${count} suites`);
  });

  test(`D37: ${name}: resumption by ticket and by session ID through losses`, () => {
    const suite = name === 'DTLSv1' ? cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA : gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    for (const byId of [true, false]) {
      const [client, server] = contexts(versions, suite, byId);
      for (let seed = 0; seed < 20; seed++) {
        const network = { delay: 10, loss: 0.3 };
        const first = dtlsPair(client, server, { ...network, seed });
        assert.ok(first.handshake());
        const session = first.client.events.find((event) => event.type === 'session')?.session;
        assert.ok(session !== undefined);
        assert.equal(session.ticket.length > 0, !byId);
        const again = dtlsPair(client, server, { ...network, seed: seed + 100, client: { serverName: 'localhost', session } });
        assert.ok(again.handshake());
        assert.equal(again.client.connection.info?.resumed, true, `${byId}, seed ${seed}`);
        assert.equal(again.server.connection.info?.resumed, true);
        assert.deepEqual(
          again.client.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
          again.server.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
        );
        // For another name it is not the same server (S29).
        const elsewhere = dtlsPair(client, server, {
          delay: 10,
          client: { serverName: 'elsewhere.example', checkName: false, session },
        });
        assert.ok(elsewhere.handshake());
        assert.equal(elsewhere.client.connection.info?.resumed, false);
      }
    }
  });
}

test('RFC 6347 §4.1.2.2: RC4 cannot be used over datagrams', () => {
  for (const make of [
    () => clientContext({ ...common, versions: [dtls12Client], suites: [rc4.TLS_RSA_WITH_RC4_128_SHA] }),
    () =>
      serverContext({ ...common, versions: [dtls12Server], suites: [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256, rc4.TLS_PSK_WITH_RC4_128_SHA] }),
  ])
    assert.throws(make, { code: 'invalid_configuration' });
});
