/** Every suite of SSL 3.0 to TLS 1.2 in every version that may use it: handshake, data, resumption. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSUFFICIENT_SECURITY } from '../src/base/alerts.ts';
import { ascii, equal } from '../src/base/bytes.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as ccm from '../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as anon from '../src/crypto/suites/anon.ts';
import * as aria from '../src/crypto/suites/aria-gcm.ts';
import * as camelliaCbc from '../src/crypto/suites/camellia-cbc.ts';
import * as camelliaGcm from '../src/crypto/suites/camellia-gcm.ts';
import * as chacha from '../src/crypto/suites/chacha20.ts';
import * as nulls from '../src/crypto/suites/null.ts';
import * as rc4 from '../src/crypto/suites/rc4.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import * as tripleDes from '../src/crypto/suites/triple-des.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import type { ClientOptions, ExternalPsk } from '../src/handshake/context.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { createMemoryStore } from '../src/session/cache.ts';
import { ssl30Client, ssl30Server } from '../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { ffdhe2048, ffdhe3072, secp256r1, x25519 } from '../src/wire/group.ts';
import * as s from '../src/wire/signature-scheme.ts';
import { credential } from './support/certificates.ts';
import { clientContext, SCHEMES, serverContext } from './support/contexts.ts';
import { dsaCredential } from './support/dsa.ts';
import { connectPair, type Pair } from './support/pair.ts';

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
  ...anon,
  ...rc4,
});

const VERSIONS: readonly [ProtocolVersion, ProtocolVersion][] = [
  [tls12Client, tls12Server],
  [tls11Client, tls11Server],
  [tls10Client, tls10Server],
  [ssl30Client, ssl30Server],
];

const me: ExternalPsk = { identity: ascii('me'), key: ascii('a key of 25 bytes in this') };
const schemes = [...SCHEMES, s.DSA_SHA256, s.RSA_PKCS1_SHA1, s.ECDSA_SHA1, s.DSA_SHA1];
const groups = [x25519, secp256r1, ffdhe2048];
const credentials = [credential('rsa'), credential('p256'), dsaCredential()];

function contexts(
  versions: readonly [ProtocolVersion, ProtocolVersion],
  suite: LegacySuite,
  client: Partial<ClientContextInit> = {},
  server: Partial<ServerContextInit> = {},
) {
  const common = { suites: [suite], schemes, groups } as const;
  return [
    clientContext({ ...common, versions: [versions[0]], psk: () => me, ...client }),
    serverContext({
      ...common,
      versions: [versions[1]],
      credentials,
      findPsk: (identity) => (equal(identity, me.identity) ? me : undefined),
      ...server,
    }),
  ] as const;
}

function connect([client, server]: ReturnType<typeof contexts>, options: ClientOptions = { serverName: 'localhost' }): Pair {
  const pair = connectPair(client, server, options);
  pair.pump();
  return pair;
}

function assertWorks(pair: Pair, what: string): void {
  assert.equal(pair.server.connection.error?.message, undefined, what);
  assert.equal(pair.client.connection.error?.message, undefined, what);
  const data = Uint8Array.from({ length: 40_000 }, (_, i) => i * 7);
  // In pieces, so that records straddle them: what was handed out of one must not change with the next.
  pair.wire = (_from, bytes) =>
    Array.from({ length: Math.ceil(bytes.length / 10_000) }, (_, i) => bytes.slice(i * 10_000, (i + 1) * 10_000));
  for (const [from, to] of [
    ['client', 'server'],
    ['server', 'client'],
  ] as const) {
    const sent = [1, 15, 16, 17, 40_000].map((length) => data.subarray(0, length));
    for (const part of sent) pair[from].connection.send(part);
    pair.pump();
    assert.ok(equal(Buffer.concat(pair[to].received), Buffer.concat(sent)), what);
  }
}

function rank(version: ProtocolVersion): number {
  return 0x0300 + version.rank;
}

function isLacking(suite: LegacySuite): boolean {
  if (suite.name.includes('RC4')) return nodeCrypto.stream === undefined || nodeCrypto.lacks('rc4-128') !== undefined;
  return /CAMELLIA_\d+_GCM/.test(suite.name) && nodeCrypto.lacks('camellia-128-gcm') !== undefined;
}

for (const versions of VERSIONS) {
  const { name } = versions[0];
  //= rfc5246#section-7.4.2
  //= type=test
  //# RSA RSA public key; the certificate MUST allow the RSA_PSK key to be used for encryption (the
  //# keyEncipherment bit MUST be set if the key usage extension is present).
  //= rfc5246#section-7.4.2
  //= type=test
  //# DHE_RSA RSA public key; the certificate MUST allow the ECDHE_RSA key to be used for signing (the
  //# digitalSignature bit MUST be set if the key usage extension is present) with the signature scheme
  //# and hash algorithm that will be employed in the server key exchange message.
  //= rfc5246#section-7.4.2
  //= type=test
  //# DHE_DSS DSA public key; the certificate MUST allow the key to be used for signing with the hash
  //# algorithm that will be employed in the server key exchange message.
  //= rfc8422#section-2.3
  //= type=test
  //# In ECDH_anon, the server's Certificate, the CertificateRequest, the client's Certificate, and the
  //# CertificateVerify messages MUST NOT be sent.
  //= rfc8422#section-2.3
  //= type=test
  //# These parameters MUST NOT be signed.
  //= rfc7366#section-2
  //= type=test
  //# The client and server MUST NOT use encrypt-then-MAC unless both sides have successfully exchanged
  //# encrypt_then_mac extensions.
  //= rfc5246#section-6.2.3.2
  //= type=test
  //# padding_length The padding length MUST be such that the total size of the GenericBlockCipher
  //# structure is a multiple of the cipher's block length.
  test(`${name}: every suite`, (t) => {
    let count = 0;
    for (const suite of SUITES) {
      if (suite.minVersion > rank(versions[0])) continue;
      if (isLacking(suite)) {
        t.diagnostic(`${suite.name}: not in this provider`);
        continue;
      }
      const pair = connect(contexts(versions, suite));
      assertWorks(pair, `${name} ${suite.name}`);
      const { info } = pair.client.connection;
      assert.equal(info?.version, name);
      assert.equal(info?.suite, suite.name);
      const proof = { rsa: 'certificate', ecdsa: 'certificate', dss: 'certificate', psk: 'psk', anon: 'none' }[suite.auth];
      assert.equal(info?.peerProof, proof, suite.name);
      assert.equal(pair.server.connection.info?.peerProof, suite.kx.usesPsk ? 'psk' : 'none', suite.name);
      assert.equal(info?.extendedMasterSecret, name !== 'SSLv3');
      assert.equal(info?.encryptThenMac, name !== 'SSLv3' && suite.protection.cbc);
      count++;
    }
    assert.ok(count > 5);
    t.diagnostic(`${count} suites`);
  });

  test(`${name}: resumption by ticket and by session ID`, () => {
    for (const suite of SUITES.filter((each) => each.minVersion <= rank(versions[0]) && /AES_128_CBC_SHA$/.test(each.name))) {
      const [client, byTicket] = contexts(versions, suite, {}, { tickets: createTicketKeys(nodeCrypto) });
      const [, byId] = contexts(versions, suite, {}, { tickets: undefined, sessions: createMemoryStore(Date.now) });
      for (const server of [byTicket, byId]) {
        if (name === 'SSLv3' && server === byTicket) continue;
        const first = connect([client, server]);
        const event = first.client.events.find((each) => each.type === 'session');
        assert.ok(event?.type === 'session', suite.name);
        const second = connect([client, server], { serverName: 'localhost', session: event.session });
        assertWorks(second, suite.name);
        assert.equal(second.client.connection.info?.resumed, true, suite.name);
        assert.equal(second.client.connection.info?.encryptThenMac, first.client.connection.info?.encryptThenMac);
      }
    }
  });

  test(`${name}: client certificates`, () => {
    const suite = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
    for (const own of credentials) {
      const pair = connect(contexts(versions, suite, { credentials: [own] }, { clientCertificate: 'request' }));
      assertWorks(pair, own.key.type);
      // SSL 3.0 knows RSA and DSS.
      const proof = name === 'SSLv3' && own.key.type === 'ec' ? 'none' : 'certificate';
      assert.equal(pair.server.connection.info?.peerProof, proof);
      if (proof === 'none') continue;
      const { key } = own;
      const forged = (signature: Uint8Array): Uint8Array => signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
      const forger = {
        chain: own.chain,
        key: {
          ...(key.curve === undefined ? {} : { curve: key.curve }),
          type: key.type,
          schemes: key.schemes,
          sign: (scheme: number, tbs: Uint8Array) => forged(key.sign(scheme, tbs) as Uint8Array),
          ...(key.signPrehashed === undefined
            ? {}
            : { signPrehashed: (hashes: Uint8Array) => forged(key.signPrehashed!(hashes) as Uint8Array) }),
        },
      };
      const refused = connect(contexts(versions, suite, { credentials: [forger] }, { clientCertificate: 'request' }));
      assert.equal(refused.server.connection.error?.code, 'bad_signature');
    }
    const none = connect(contexts(versions, suite, {}, { clientCertificate: 'require' }));
    assert.equal(none.server.connection.info, undefined);
    assert.equal(none.client.connection.info, undefined);
  });
}

test('RSA key exchange: the key decrypts, and the client need not know its signature schemes', () => {
  const suite = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
  const pair = connect(contexts(VERSIONS[0]!, suite, { schemes: [s.ECDSA_SECP256R1_SHA256] }));
  assertWorks(pair, suite.name);
  const wrongKind = connect(contexts(VERSIONS[0]!, suite, {}, { credentials: [credential('p256'), credential('rsa-pss')] }));
  assert.equal(wrongKind.server.connection.error?.code, 'no_shared_cipher');
});

test('DHE: RFC 7919 groups where the client names some, an own one where it does not, no suite where none is shared', () => {
  const suite = cbc.TLS_DHE_RSA_WITH_AES_128_CBC_SHA;
  const named = connect(contexts(VERSIONS[0]!, suite, { groups: [x25519, ffdhe3072, ffdhe2048] }, { groups: [ffdhe3072, x25519] }));
  assertWorks(named, 'named');
  assert.equal(named.client.connection.info?.group, ffdhe3072.id);
  const unnamed = connect(contexts(VERSIONS[0]!, suite, { groups: [x25519] }, { groups: [ffdhe3072, x25519] }));
  assertWorks(unnamed, 'unnamed');
  const refused = connect(contexts(VERSIONS[0]!, suite, { groups: [x25519, ffdhe3072] }, { groups: [x25519, ffdhe2048] }));
  // RFC 7919 §4.
  assert.equal(refused.server.connection.error?.code, 'no_shared_group');
  assert.equal(refused.server.connection.error?.alert, INSUFFICIENT_SECURITY);
  const weak = connect(contexts(VERSIONS[0]!, suite, { groups: [x25519], minDhBits: 3072 }));
  assert.equal(weak.client.connection.error?.code, 'weak_key');
});

test('PSK: hint, identity, asynchronous look-up, unknown identity told or hidden', async () => {
  for (const suite of [
    cbc.TLS_PSK_WITH_AES_128_CBC_SHA,
    gcm.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    gcm.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
    gcm.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256,
  ]) {
    const hints: (Uint8Array | undefined)[] = [];
    const [client, server] = contexts(
      VERSIONS[0]!,
      suite,
      {
        psk: async (hint) => {
          hints.push(hint);
          return me;
        },
      },
      { pskHint: ascii('hint'), findPsk: async () => me },
    );
    const pair = connectPair(client, server);
    await pair.settle();
    assertWorks(pair, suite.name);
    assert.deepEqual(hints, [ascii('hint')]);
    const unknown = { findPsk: () => undefined };
    const hidden = connect(contexts(VERSIONS[0]!, suite, {}, unknown));
    assert.equal(hidden.server.connection.error?.code, 'bad_record_mac', suite.name);
    const told = connect(contexts(VERSIONS[0]!, suite, {}, { ...unknown, tellUnknownPsk: true }));
    assert.equal(told.server.connection.error?.code, 'unknown_psk_identity', suite.name);
    const without = connect(contexts(VERSIONS[0]!, suite, { psk: () => undefined }));
    assert.equal(without.client.connection.error?.code, 'no_credentials', suite.name);
  }
});

//= rfc9846#section-4.2.3
//= type=test
//# However, server implementations which do not follow that guidance MUST set the last 8 bytes of their
//# ServerHello.random value to the bytes:
//= rfc5246#appendix-E.1
//= type=test
//# If the version chosen by the server is not supported by the client (or not acceptable), the client
//# MUST send a "protocol_version" alert message and close the connection.
//= rfc5246#appendix-E.1
//= type=test
//# If a TLS server receives a ClientHello containing a version number greater than the highest version
//# supported by the server, it MUST reply according to the highest version supported by the server.
//= rfc9846#appendix-E.1
//= type=test
//# If the version chosen by the server is not supported by the client (or is not acceptable), the
//# client MUST abort the handshake with a "protocol_version" alert.
test('an older version is chosen by either side, and never from a newer one that both have', () => {
  const suite = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
  const all = { client: VERSIONS.map(([client]) => client), server: VERSIONS.map(([, server]) => server) };
  for (let i = 0; i < VERSIONS.length; i++) {
    const byServer = connect(contexts(VERSIONS[0]!, suite, { versions: all.client }, { versions: all.server.slice(i) }));
    assertWorks(byServer, `server ${i}`);
    assert.equal(byServer.client.connection.info?.version, VERSIONS[i]![0].name);
    const byClient = connect(contexts(VERSIONS[0]!, suite, { versions: all.client.slice(i) }, { versions: all.server }));
    assertWorks(byClient, `client ${i}`);
    assert.equal(byClient.client.connection.info?.version, VERSIONS[i]![0].name);
  }
});
