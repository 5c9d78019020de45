import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { equal, toHex } from '../src/base/bytes.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as ccm from '../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as chacha from '../src/crypto/suites/chacha20.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import type { ClientOptions } from '../src/handshake/context.ts';
import type { Session } from '../src/session/session.ts';
import { createMemoryStore } from '../src/session/cache.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { secp256r1, secp384r1, x25519 } from '../src/wire/group.ts';
import * as s from '../src/wire/signature-scheme.ts';
import { credential, type KeyKind } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, SCHEMES, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const ECDHE_SUITES: readonly LegacySuite[] = [...Object.values(gcm), ...Object.values(ccm), ...Object.values(chacha)].filter(
  (suite) => suite.kx.name === 'ECDHE',
);

const both = { suites: ECDHE_SUITES } as const;
const client12 = (init: Partial<ClientContextInit> = {}) => clientContext({ ...both, versions: [tls12Client], ...init });
const server12 = (init: Partial<ServerContextInit> = {}) => serverContext({ ...both, versions: [tls12Server], ...init });

function run(client: Partial<ClientContextInit> = {}, server: Partial<ServerContextInit> = {}, options?: ClientOptions): Pair {
  const pair = connectPair(client12(client), server12(server), options);
  pair.pump();
  return pair;
}

function assertConnected(pair: Pair, what?: string): void {
  assert.equal(pair.server.connection.error, undefined, what);
  assert.equal(pair.client.connection.error, undefined, what);
  assert.equal(pair.client.connection.info?.version, 'TLSv1.2', what);
  assert.equal(pair.server.connection.info?.suite, pair.client.connection.info?.suite, what);
  pair.client.connection.send(Buffer.from('ping'));
  pair.server.connection.send(Buffer.from('pong'));
  pair.pump();
  assert.equal(Buffer.concat(pair.server.received).toString(), 'ping', what);
  assert.equal(Buffer.concat(pair.client.received).toString(), 'pong', what);
  const exported = (end: 'client' | 'server', context?: Uint8Array) =>
    pair[end].connection.exportKeyingMaterial(40, 'EXPORTER-test', context);
  assert.deepEqual(exported('client'), exported('server'), what);
  assert.deepEqual(exported('client', new Uint8Array(0)), exported('server', new Uint8Array(0)), what);
  assert.notDeepEqual(exported('client'), exported('client', new Uint8Array(0)), 'no context and an empty one differ');
  assert.deepEqual(pair.client.connection.finishedMessages, pair.server.connection.finishedMessages, what);
}

function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number): void {
  const other = by === 'client' ? 'server' : 'client';
  assert.equal(pair[by].connection.error?.code, code);
  assert.equal(pair[by].connection.error?.alert, alert);
  assert.equal(pair[other].connection.error?.code, 'alert_received');
  assert.equal(pair[other].connection.error?.alert, alert);
}

function sessionsOf(pair: Pair): Session[] {
  return pair.client.events.filter((event) => event.type === 'session').map((event) => event.session);
}

//= rfc8422#section-2.1
//= type=test
//# In ECDHE_ECDSA, the server's certificate MUST contain an ECDSA- or EdDSA-capable public key.
//= rfc8422#section-2.1
//= type=test
//# These parameters MUST be signed with ECDSA or EdDSA using the private key corresponding to the
//# public key in the server's Certificate.
//= rfc8422#section-2.2
//= type=test
//# This key exchange algorithm is the same as ECDHE_ECDSA except that the server's certificate MUST
//# contain an RSA public key authorized for signing and the signature in the ServerKeyExchange message
//# must be computed with the corresponding RSA private key.
//= rfc8422#section-2.3
//= type=test
//# The server MUST send an ephemeral ECDH public key and a specification of the corresponding curve in
//# the ServerKeyExchange message.
//= rfc8422#section-5.4
//= type=test
//# This structure MUST NOT be used with Ed25519 and Ed448 public keys.
//= rfc8422#section-5.9
//= type=test
//# EdDSA keys using the Ed25519 algorithm MUST use the ed25519 signature algorithm, and Ed448 keys MUST
//# use the ed448 signature algorithm.
//= rfc8422#section-5.10
//= type=test
//# A secure hash function such as SHA-256, SHA-384, or SHA-512 from [FIPS.180-4] MUST be used.
//= rfc8422#section-5.10
//= type=test
//# EdDSA signatures MUST have HashAlgorithm of 8 (Intrinsic).
//= rfc8422#section-5.9
//= type=test
//# Ed25519, Ed25519ph, Ed448, and Ed448ph keys MUST NOT be used with ECDSA.
//= rfc5246#section-7.4.9
//= type=test
//# For the PRF defined in Section 5, the Hash MUST be the Hash used as the basis for the PRF.
//= rfc7627#section-5.1
//= type=test
//# If the client and server agree on this extension and a full handshake takes place, both client and
//# server MUST use the extended master secret derivation algorithm, as defined in Section 4.
//= rfc9846#section-4.3.3
//= type=test
//# If TLS 1.2 is negotiated, implementations MUST be prepared to accept a signature that uses any curve
//# that they advertised in the "supported_groups" extension.
//= rfc9846#section-4.3.3
//= type=test
//# Implementations that advertise support for RSASSA-PSS (which is mandatory in TLS 1.3) MUST be
//# prepared to accept a signature using that scheme even when TLS 1.2 is negotiated.
//= rfc9846#section-4.3.3
//= type=test
//# TLS 1.3 implementations willing to negotiate TLS 1.2 MUST behave in accordance with the requirements
//# of [RFC5246] when negotiating that version.
//= rfc8422#section-5.2
//= type=test
//# A client that receives a ServerHello message containing a Supported Point Formats Extension MUST
//# respect the server's choice of point formats during the handshake (cf. Sections 5.6 and 5.7).
//= rfc5246#section-7.4.1.3
//= type=test
//# random This structure is generated by the server and MUST be independently generated from the
//# ClientHello.random.
test('TLS 1.2: every ECDHE suite, group and key', () => {
  for (const suite of ECDHE_SUITES) {
    const kind: KeyKind = suite.auth === 'rsa' ? 'rsa' : 'p256';
    const pair = run({ suites: [suite] }, { credentials: [credential(kind)] });
    assertConnected(pair, suite.name);
    assert.equal(pair.client.connection.info?.suite, suite.name);
    assert.equal(pair.client.connection.info?.extendedMasterSecret, true);
    assert.equal(pair.client.connection.info?.peerProof, 'certificate');
    assert.equal(pair.client.connection.info?.peerTrusted, true);
  }
  for (const group of [x25519, secp256r1, secp384r1]) {
    const pair = run({ groups: [secp256r1, group] }, { groups: [group, secp256r1] });
    assertConnected(pair, group.name);
    assert.equal(pair.client.connection.info?.group, group.id);
    assert.equal(pair.server.connection.info?.group, group.id);
  }
  for (const kind of ['p256', 'p384', 'rsa', 'rsa-pss', 'ed25519', 'ed448'] as const) {
    const pair = run({}, { credentials: [credential(kind)] });
    assertConnected(pair, kind);
    assert.notEqual(pair.client.connection.info?.peerScheme, 0);
    assert.equal(pair.client.connection.info?.peerScheme, pair.server.connection.info?.scheme);
  }
});

//= rfc8422#section-4
//= type=test
//# Servers implementing ECC cipher suites MUST support these extensions, and when a client uses these
//# extensions, servers MUST NOT negotiate the use of an ECC cipher suite unless they can complete the
//# handshake while respecting the choice of curves specified by the client.
//= rfc8422#section-5.1
//= type=test
//# A server that receives a ClientHello containing one or both of these extensions MUST use the
//# client's enumerated capabilities to guide its selection of an appropriate cipher suite.
//= rfc8422#section-5.1
//= type=test
//# The server MUST consider the extensions in both cases.
//= rfc8422#section-5.1
//= type=test
//# If a server does not understand the Supported Elliptic Curves Extension, does not understand the
//# Supported Point Formats Extension, or is unable to complete the ECC handshake while restricting
//# itself to the enumerated curves and point formats, it MUST NOT negotiate the use of an ECC cipher
//# suite.
//= rfc8422#section-5.3
//= type=test
//# A server that cannot satisfy this requirement MUST NOT choose an ECC cipher suite in its ServerHello
//# message.)
//= rfc5246#section-7.4.2
//= type=test
//# The certificate MUST be appropriate for the negotiated cipher suite's key exchange algorithm and any
//# negotiated extensions.
//= rfc5246#section-7.4.3
//= type=test
//# In order to negotiate correctly, the server MUST check any candidate cipher suites against the
//# "signature_algorithms" extension before selecting them.
//= rfc5246#section-7.4.1.2
//= type=test
//# If the list contains cipher suites the server does not recognize, support, or wish to use, the
//# server MUST ignore those cipher suites, and process the remaining ones as usual.
test('TLS 1.2: the suite, its certificate and its group are chosen together', () => {
  const rsaAndEc = [credential('rsa'), credential('p256')];
  const ecOnly = run({ suites: [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] }, { credentials: rsaAndEc });
  assertConnected(ecOnly);
  const noEcScheme = run(
    { schemes: SCHEMES.filter((scheme) => scheme === s.RSA_PSS_RSAE_SHA256 || scheme === s.ED25519) },
    { credentials: rsaAndEc },
  );
  assert.match(noEcScheme.server.connection.info!.suite, /ECDHE_RSA/);
  const order = run(
    { suites: [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384] },
    { preferServerOrder: false, suites: [...ECDHE_SUITES].reverse() },
  );
  assert.equal(order.client.connection.info?.suite, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  assertRefused(run({ groups: [x25519] }, { groups: [secp256r1] }), 'server', 'no_shared_cipher', alerts.HANDSHAKE_FAILURE);
  // RFC 8422 §5.1: the curve of the certificate counts too.
  assertRefused(run({ groups: [x25519] }), 'server', 'no_shared_cipher', alerts.HANDSHAKE_FAILURE);
  assertRefused(
    run({ suites: [gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] }, { suites: [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] }),
    'server',
    'no_shared_cipher',
    alerts.HANDSHAKE_FAILURE,
  );
  assertRefused(run({ suites: [gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] }), 'server', 'no_shared_cipher', alerts.HANDSHAKE_FAILURE);
});

//= rfc5246#section-7.4.6
//= type=test
//# If no suitable certificate is available, the client MUST send a certificate message containing no
//# certificates.
//= rfc5246#section-7.4.4
//= type=test
//# The end-entity certificate provided by the client MUST contain a key that is compatible with
//# certificate_types.
//= rfc5246#section-7.4.4
//= type=test
//# If the key is a signature key, it MUST be usable with some hash/signature algorithm pair in
//# supported_signature_algorithms.
//= rfc5246#section-7.4.6
//= type=test
//# The certificate MUST be appropriate for the negotiated cipher suite's key exchange algorithm, and
//# any negotiated extensions.
//= rfc8422#section-5.6
//= type=test
//# The certificate MUST contain an ECDSA- or EdDSA-capable public key.
test('TLS 1.2: client certificates: given, absent but optional, absent but required', () => {
  for (const kind of ['p256', 'p384', 'p521', 'rsa', 'rsa-pss', 'ed25519', 'ed448'] as const) {
    const pair = run({ credentials: [credential(kind)] }, { clientCertificate: 'require' });
    assertConnected(pair, kind);
    assert.equal(pair.server.connection.info?.peerProof, 'certificate');
    assert.equal(pair.server.connection.info?.peerChain.length, 2);
    assert.equal(pair.server.connection.info?.peerScheme, pair.client.connection.info?.scheme);
  }
  const optional = run({}, { clientCertificate: 'request' });
  assertConnected(optional);
  assert.equal(optional.server.connection.info?.peerProof, 'none');
  assertRefused(run({}, { clientCertificate: 'require' }), 'server', 'certificate_required', alerts.HANDSHAKE_FAILURE);
  // The server takes only schemes that the client's key cannot make.
  const unsuitable = run({ credentials: [credential('rsa')] }, { clientCertificate: 'request', schemes: [s.ECDSA_SECP256R1_SHA256] });
  assertConnected(unsuitable);
  assert.equal(unsuitable.server.connection.info?.peerProof, 'none');
});

test('TLS 1.2: asynchronous certificates and signatures', async () => {
  const key = credential('p256').key;
  const slow = {
    ...credential('p256'),
    key: {
      type: key.type,
      curve: key.curve!,
      schemes: key.schemes,
      sign: async (scheme: number, tbs: Uint8Array) => key.sign(scheme, tbs),
    },
  };
  const pair = connectPair(
    client12({ selectCredential: async () => slow }),
    server12({ clientCertificate: 'require', credentials: [], selectCredential: async () => slow }),
  );
  await pair.settle();
  assertConnected(pair);
  assert.equal(pair.server.connection.info?.peerProof, 'certificate');
  const failing = { ...slow, key: { ...slow.key, sign: async () => Promise.reject(new Error('the HSM is away')) } };
  const failed = connectPair(client12(), server12({ credentials: [failing] }));
  await failed.settle();
  assertRefused(failed, 'server', 'callback_failed', alerts.INTERNAL_ERROR);
});

//= rfc5077#section-3.2
//= type=test
//# If the client does not have a ticket and is prepared to receive one in the NewSessionTicket
//# handshake message, then it MUST include a zero-length ticket in the SessionTicket extension.
//= rfc5077#section-3.4
//= type=test
//# If the server accepts the ticket and the Session ID is not empty, then it MUST respond with the same
//# Session ID present in the ClientHello.
//= rfc5077#section-3.4
//= type=test
//# Since the client generates a Session ID, the server MUST NOT rely upon the Session ID having a
//# particular value when validating the ticket.
//= rfc5077#section-3.3
//= type=test
//# In the case of a full handshake, the server MUST verify the client's Finished message before sending
//# the ticket.
//= rfc5077#section-3.3
//= type=test
//# The client MUST NOT treat the ticket as valid until it has verified the server's Finished message.
//= rfc5246#section-7.4.1.2
//= type=test
//# If the session_id field is not empty (implying a session resumption request), this vector MUST
//# include at least the cipher_suite from that session.
//= rfc5246#section-7.4.1.3
//= type=test
//# Clients MUST be prepared to do a full negotiation -- including negotiating new cipher suites --
//# during any handshake.
test('TLS 1.2: resumption by ticket, with renewal under a new key', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const server = { tickets, credentials: [credential('p256')] };
  const first = run({}, server, { serverName: 'localhost' });
  assertConnected(first);
  const [session] = sessionsOf(first);
  assert.equal(session?.sessionId.length, 0);
  assert.equal(session?.lifetimeMs, 7_200_000);
  const second = run({}, server, { serverName: 'localhost', session: session });
  assertConnected(second);
  assert.equal(second.client.connection.info?.resumed, true);
  assert.equal(second.server.connection.info?.resumed, true);
  assert.equal(second.client.connection.info?.peerProof, 'resumption');
  assert.equal(second.client.connection.info?.peerTrusted, true);
  assert.equal(second.client.connection.info?.peerChain.length, 2);
  assert.equal(sessionsOf(second).length, 0, 'the ticket is still good');

  tickets.rotate();
  const third = run({}, server, { serverName: 'localhost', session: session });
  assertConnected(third);
  assert.equal(third.client.connection.info?.resumed, true);
  const [renewed] = sessionsOf(third);
  assert.notEqual(renewed, undefined);
  tickets.rotate();
  const fourth = run({}, server, { serverName: 'localhost', session: renewed! });
  assert.equal(fourth.client.connection.info?.resumed, true);
  const old = run({}, server, { serverName: 'localhost', session: session });
  assertConnected(old);
  assert.equal(old.client.connection.info?.resumed, false, 'its key is gone');
  assert.equal(sessionsOf(old).length, 1);
});

test('TLS 1.2: resumption by session ID', async () => {
  const store = createMemoryStore(Date.now);
  const slow = {
    ...store,
    get: async (id: Uint8Array) => store.get(id),
    put: async (id: Uint8Array, sealed: Uint8Array, ttl: number) => store.put(id, sealed, ttl),
  };
  for (const sessions of [store, slow]) {
    const server = server12({ tickets: undefined, sessions });
    const first = connectPair(client12(), server);
    await first.settle();
    assertConnected(first);
    const [session] = sessionsOf(first);
    assert.equal(session?.sessionId.length, 32);
    assert.equal(session?.ticket.length, 0);
    const second = connectPair(client12(), server, { serverName: 'localhost', session: session });
    await second.settle();
    assertConnected(second);
    assert.equal(second.client.connection.info?.resumed, true);
    assert.equal(sessionsOf(second).length, 0);
  }
});

//= rfc6066#section-3
//= type=test
//# A server that implements this extension MUST NOT accept the request to resume the session if the
//# server_name extension contains a different name.
//= rfc5246#section-7.4.1.2
//= type=test
//# If the session_id field is not empty (implying a session resumption request), this vector MUST
//# include at least the cipher_suite from that session.
//= rfc5246#section-7.4.1.2
//= type=test
//# Warning: Because the SessionID is transmitted without encryption or immediate MAC protection,
//# servers MUST NOT place confidential information in session identifiers or let the contents of fake
//# session identifiers cause any breach of security.
test('TLS 1.2: S29: a session is bound to name, suite, context, time and client certificate', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const [session] = sessionsOf(run({}, { tickets }));
  const resumes = (client: Partial<ClientContextInit>, server: Partial<ServerContextInit>, options: ClientOptions) => {
    const pair = run(client, { tickets, ...server }, options);
    assertConnected(pair);
    return pair.client.connection.info?.resumed;
  };
  const options = { serverName: 'localhost', session: session! };
  assert.equal(resumes({}, {}, options), true);
  assert.equal(resumes({}, {}, { ...options, serverName: '127.0.0.1' }), false, 'another name');
  assert.equal(resumes({}, { contextId: Uint8Array.of(1) }, options), false, 'another context');
  assert.equal(resumes({}, { now: () => Date.now() + 7_200_001 }, options), false, 'too old for the server');
  assert.equal(resumes({ now: () => Date.now() + 7_200_001 }, {}, options), false, 'too old for the client');
  const others = ECDHE_SUITES.filter((suite) => suite.id !== session!.suite);
  assert.equal(resumes({ suites: others }, {}, options), false, 'the client has lost the suite');
  assert.equal(resumes({}, { suites: others }, options), false, 'the server has lost the suite');
  assert.equal(resumes({ resumption: false }, {}, options), false, 'resumption is off');
  assert.equal(resumes({ credentials: [credential('p256')] }, { clientCertificate: 'require' }, options), false, 'a certificate is due');
  const [certified] = sessionsOf(run({ credentials: [credential('p256')] }, { tickets, clientCertificate: 'require' }));
  const again = run({}, { tickets, clientCertificate: 'require' }, { ...options, session: certified! });
  assertConnected(again);
  assert.equal(again.server.connection.info?.resumed, true);
  assert.equal(again.server.connection.info?.peerChain.length, 2);
});

//= rfc9846#section-4.2.3
//= type=test
//# The last 8 bytes MUST be overwritten as described below if negotiating TLS 1.2 or TLS 1.1, but the
//# remaining bytes MUST be random.
//= rfc9846#section-4.2.3
//= type=test
//# TLS 1.3 servers which negotiate TLS 1.2 or below in response to a ClientHello MUST set the last 8
//# bytes of their Random value specially in their ServerHello.
//= rfc9846#section-4.2.3
//= type=test
//# If negotiating TLS 1.2, TLS 1.3 servers MUST set the last 8 bytes of their Random value to the
//# bytes:
test('TLS 1.2 among newer versions: chosen, and the downgrade shows', () => {
  const suites = [...MODERN_SUITES, ...ECDHE_SUITES];
  const pair = run({ suites, versions: [tls13Client, tls12Client] }, {});
  assertConnected(pair);
  const other = run({}, { suites, versions: [tls13Server, tls12Server] });
  assertConnected(other);
  // supported_versions counts also for a server that has no TLS 1.3.
  const unknown = connectPair(client12({ suites: [...MODERN_SUITES, ...ECDHE_SUITES], versions: [tls13Client] }), server12({}));
  unknown.pump();
  assert.equal(unknown.server.connection.error?.code, 'no_shared_version');
  // A TLS 1.3 client of a TLS 1.3 server whose supported_versions is lost on the way.
  const attacked = connectPair(
    client12({ suites, versions: [tls13Client, tls12Client] }),
    server12({ suites, versions: [tls13Server, tls12Server] }),
  );
  attacked.wire = (from, bytes) => [from === 'client' ? withoutVersions(bytes) : bytes];
  attacked.pump();
  assert.equal(attacked.client.connection.error?.code, 'downgrade_detected');
  assert.equal(attacked.client.connection.error?.alert, alerts.ILLEGAL_PARAMETER);
});

//= rfc7301#section-3.1
//= type=test
//# The "extension_data" field of the ("application_layer_protocol_negotiation(16)") extension SHALL
//# contain a "ProtocolNameList" value.
//= rfc7301#section-3.2
//= type=test
//# The protocol identified in the "application_layer_protocol_negotiation" extension type in the
//# ServerHello SHALL be definitive for the connection, until renegotiated.
//= rfc7301#section-3.2
//= type=test
//# The server SHALL NOT respond with a selected protocol and subsequently use a different protocol for
//# application data exchange.
//= rfc6066#section-4
//= type=test
//# The "extension_data" field of this extension SHALL contain:
//= rfc6066#section-4
//= type=test
//# The "extension_data" field of this extension SHALL contain a "MaxFragmentLength" whose value is the
//# same as the requested maximum fragment length.
//= rfc6066#section-4
//= type=test
//# Once a maximum fragment length other than 2^14 has been successfully negotiated, the client and
//# server MUST immediately begin fragmenting messages (including handshake messages) to ensure that no
//# fragment larger than the negotiated length is sent.
//= rfc6066#section-8
//= type=test
//# The "extension_data" field of this extension SHALL contain "CertificateStatusRequest" where:
//= rfc6066#section-8
//= type=test
//# If a server returns a "CertificateStatus" message, then the server MUST have included an extension
//# of type "status_request" with empty "extension_data" in the extended server hello.
test('TLS 1.2: record limits, ALPN and OCSP', () => {
  const mfl = run({ maxFragmentLength: 512 }, {});
  assertConnected(mfl);
  const rsl = run({ recordSizeLimit: 100 }, { recordSizeLimit: 200 });
  assertConnected(rsl);
  const longest = { client: 0, server: 0 };
  rsl.wire = (from, bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
      longest[from] = Math.max(longest[from], length);
      at += 5 + length;
    }
    return [bytes];
  };
  rsl.client.connection.send(new Uint8Array(1000));
  rsl.server.connection.send(new Uint8Array(1000));
  rsl.pump();
  assert.ok(longest.client > 150 && longest.client <= 200 + 40, `${longest.client}`);
  assert.ok(longest.server > 90 && longest.server <= 100 + 40, `${longest.server}`);
  const alpn = run({ alpn: ['h2', 'http/1.1'] }, { alpn: ['http/1.1'] });
  assertConnected(alpn);
  assert.equal(alpn.client.connection.info?.alpn, 'http/1.1');
  assertRefused(run({ alpn: ['h2'] }, { alpn: ['http/1.1'] }), 'server', 'no_application_protocol', alerts.NO_APPLICATION_PROTOCOL);
});

test('TLS 1.2: extended master secret can be demanded', () => {
  const pair = connectPair(client12(), server12({ requireExtendedMasterSecret: true }));
  pair.wire = (from, bytes) => [from === 'client' ? renameExtension(bytes, 23) : bytes];
  pair.pump();
  assertRefused(pair, 'server', 'extended_master_secret_required', alerts.HANDSHAKE_FAILURE);
});

test('TLS 1.2: the key log and the trace of a full and a resumed handshake', () => {
  const lines: string[] = [];
  const names: string[] = [];
  const tickets = createTicketKeys(nodeCrypto);
  const first = run(
    { keyLog: (line) => lines.push(line) },
    { tickets },
    { serverName: 'localhost', trace: ({ name }) => names.push(name) },
  );
  assertConnected(first);
  assert.equal(lines.length, 1);
  const [session] = sessionsOf(first);
  assert.match(lines[0]!, /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
  assert.ok(lines[0]!.endsWith(toHex(session!.secret)));
  assert.deepEqual(names, [
    'ClientHello',
    'ServerHello',
    'ServerCertificate',
    'verify server certificate',
    'ServerKeyExchange',
    'ServerHelloDone',
    'ClientKeyExchange',
    'master secret',
    'forget messages',
    'ClientChangeCipherSpec',
    'client keys',
    'ClientFinished',
    'NewSessionTicket',
    'ServerChangeCipherSpec',
    'server keys',
    'ServerFinished',
    'complete',
  ]);
  names.length = 0;
  run({}, { tickets }, { serverName: 'localhost', session: session!, trace: ({ name }) => names.push(name) });
  assert.deepEqual(names, [
    'ClientHello',
    'ServerHello',
    'judge resumed server',
    'session secret',
    'forget messages',
    'ServerChangeCipherSpec',
    'server keys',
    'ServerFinished',
    'ClientChangeCipherSpec',
    'client keys',
    'ClientFinished',
    'complete',
  ]);
});

/** Makes an extension of the ClientHello in `bytes` one that nobody knows. */
function renameExtension(bytes: Uint8Array, type: number): Uint8Array {
  const out = bytes.slice();
  if (out[0] !== 22 || out[5] !== 1) return out;
  let at = 5 + 4 + 34;
  at += 1 + out[at]!;
  at += 2 + ((out[at]! << 8) | out[at + 1]!);
  at += 1 + out[at]! + 2;
  while (at + 4 <= out.length) {
    if (((out[at]! << 8) | out[at + 1]!) === type) {
      out[at] = 0xfa;
      out[at + 1] = 0xce;
      return out;
    }
    at += 4 + ((out[at + 2]! << 8) | out[at + 3]!);
  }
  return out;
}

function withoutVersions(bytes: Uint8Array): Uint8Array {
  const out = renameExtension(bytes, 43);
  if (bytes[5] === 1) assert.ok(!equal(out, bytes), 'supported_versions was there');
  return out;
}
