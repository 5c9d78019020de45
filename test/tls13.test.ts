import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTERNAL_ERROR } from '../src/base/alerts.ts';
import { ascii, latin1 } from '../src/base/bytes.ts';
import { type Connection, createClientConnection, createServerConnection } from '../src/engine/connection.ts';
import { ffdhe2048, ffdhe3072, ffdhe4096, SECP384R1, secp256r1, secp384r1, secp521r1, x448, x25519 } from '../src/wire/group.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { credential } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, serverContext } from './support/contexts.ts';
import { connectPair, Pair } from './support/pair.ts';

//= rfc9846#section-7.5
//= type=test
//# Implementations MUST use the exporter_secret unless explicitly specified by the application.
//= rfc9846#section-4.2.2
//= type=test
//# When a client first connects to a server, it is REQUIRED to send the ClientHello as its first TLS
//# message.
//= rfc9846#section-4.2.3
//= type=test
//# Upon receiving a message with type server_hello, implementations MUST first examine the Random value
//# and, if it matches this value, process it as described in Section 4.2.4.
//= rfc9846#section-4.5.3
//= type=test
//# Any records following a Finished message MUST be encrypted under the appropriate application traffic
//# key as described in Section 7.2.
//= rfc9846#section-5.3
//= type=test
//# Each sequence number is set to zero at the beginning of a connection and whenever the key is
//# changed; the first record transmitted under a particular traffic key MUST use sequence number 0.
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

//= rfc9846#section-4.2.1
//= type=test
//# If the server selects an asymmetric key exchange group and the client did not offer a compatible
//# "key_share" extension in the initial ClientHello, the server MUST respond with a HelloRetryRequest
//# (Section 4.2.4) message.
//= rfc9846#section-4.2.4
//= type=test
//# send a second updated ClientHello
//= rfc9846#section-4.2.4
//= type=test
//# Servers MUST ensure that they negotiate the same cipher suite when receiving a conformant updated
//# ClientHello (if the server selects the cipher suite as the first step in the negotiation, then this
//# will happen automatically).
//= rfc9846#section-4.3.8
//= type=test
//# the client MUST replace the original "key_share" extension with one containing only a new
//# KeyShareEntry
test('TLS 1.3: HelloRetryRequest for a group without a share', () => {
  const pair = connectPair(clientContext({ groups: [x25519, secp384r1] }), serverContext({ groups: [secp384r1] }));
  pair.pump();
  assert.equal(pair.client.connection.error, undefined);
  assert.equal(pair.client.connection.info?.group, SECP384R1);
  assert.equal(pair.server.connection.info?.group, SECP384R1);
});

test('TLS 1.3: resumption by ticket, also after HelloRetryRequest', () => {
  const server = serverContext({ groups: [secp384r1] });
  for (const groups of [[secp384r1], [x25519, secp384r1]]) {
    const client = clientContext({ groups });
    const first = connectPair(client, server);
    first.pump();
    const sessions = first.client.events.filter((event) => event.type === 'session');
    assert.equal(sessions.length, 2);
    const second = connectPair(client, server, { serverName: 'localhost', session: sessions[0]!.session });
    second.pump();
    assert.equal(second.client.connection.error, undefined);
    assert.equal(second.client.connection.info?.resumed, true);
    assert.equal(second.server.connection.info?.resumed, true);
    assert.deepEqual(second.client.connection.info?.peerChain.length, 2);
    const other = connectPair(client, server, { serverName: '127.0.0.1', session: sessions[1]!.session });
    other.pump();
    assert.equal(other.client.connection.info?.resumed, false);
  }
});

test('TLS 1.3: tickets that are held go before the first data, when asked for, and before the end', () => {
  const held = (tickets = serverContext().tickets) => {
    const server = serverContext(tickets === undefined ? {} : { tickets });
    const pair = new Pair(
      createClientConnection(clientContext(), { serverName: 'localhost' }),
      createServerConnection(server, { holdTickets: true }),
    );
    pair.pump();
    const sessions = () => pair.client.events.filter((event) => event.type === 'session').length;
    assert.equal(sessions(), 0);
    assert.equal(pair.server.connection.holdsTickets, true);
    assert.equal(pair.server.connection.takeOutput(), undefined);
    return { pair, sessions };
  };
  for (const release of [
    (connection: Connection) => void connection.send(ascii('hello')),
    (connection: Connection) => connection.sendTickets(),
    (connection: Connection) => connection.close(),
  ]) {
    const { pair, sessions } = held();
    const { connection } = pair.server;
    release(connection);
    assert.equal(connection.holdsTickets, false);
    connection.sendTickets();
    const output = connection.takeOutput();
    assert.ok(output !== undefined && connection.takeOutput() === undefined, 'all together');
    pair.client.connection.receive(output);
    pair.pump();
    assert.equal(sessions(), 2);
    assert.deepEqual([pair.client.connection.error, connection.error], [undefined, undefined]);
  }
  const broken = held({ ...createTicketKeys(nodeCrypto), seal: () => assert.fail('no key') });
  broken.pair.server.connection.sendTickets();
  broken.pair.pump();
  assert.equal(broken.pair.server.connection.error?.code, 'callback_failed');
  assert.equal(broken.pair.client.connection.error?.alert, INTERNAL_ERROR);
});

//= rfc9846#section-4.3.11
//= type=test
//# For externally established PSKs, the Hash algorithm MUST be set when the PSK is established or
//# default to SHA-256 if no such algorithm is defined.
//= rfc9846#section-9.2
//= type=test
//# "pre_shared_key" is REQUIRED for PSK key agreement.
//= rfc9846#section-9.2
//= type=test
//# "psk_key_exchange_modes" is REQUIRED for PSK key agreement.
test('TLS 1.3: external PSK, and an unknown one falls back to the certificate', () => {
  const key = new Uint8Array(32).fill(7);
  const server = serverContext({
    findPsk: (identity) => (latin1(identity) === 'me' ? { identity, key } : undefined),
  });
  const known = connectPair(clientContext({ psk: () => ({ identity: ascii('me'), key }) }), server);
  known.pump();
  assert.equal(known.client.connection.info?.peerProof, 'psk');
  const unknown = connectPair(clientContext({ psk: async () => ({ identity: ascii('you'), key }) }), server);
  return unknown.settle().then(() => {
    assert.equal(unknown.client.connection.error, undefined);
    assert.equal(unknown.client.connection.info?.peerProof, 'certificate');
    const wrong = connectPair(clientContext({ psk: () => ({ identity: ascii('me'), key: new Uint8Array(32) }) }), server);
    wrong.pump();
    assert.equal(wrong.server.connection.error?.code, 'bad_psk_binder');
    assert.equal(wrong.client.connection.error?.alert, 51);
  });
});

//= rfc9846#section-4.3.3
//= type=test
//# The length of the Salt MUST be equal to the length of the output of the digest algorithm.
//= rfc9846#section-4.3.3
//= type=test
//# If the public key is carried in an X.509 certificate, it MUST use the rsaEncryption OID [RFC3279].
//= rfc9846#section-4.3.3
//= type=test
//# The length of the Salt MUST be equal to the length of the digest algorithm.
//= rfc9846#section-4.3.3
//= type=test
//# If the public key is carried in an X.509 certificate, it MUST use the RSASSA-PSS OID [RFC5756].
//= rfc9846#section-4.5.1
//= type=test
//# If the server requests certificate-based client authentication but no suitable certificate is
//# available, the client MUST send a Certificate message containing no certificates (i.e., with the
//# "certificate_list" field having length 0).
//= rfc9846#section-4.5.1
//= type=test
//# A Finished message MUST be sent regardless of whether the Certificate message is empty.
//= rfc9846#section-4.5.2
//= type=test
//# Clients MUST send this message whenever authenticating via a certificate (i.e., when the Certificate
//# message is non-empty).
//= rfc9846#section-4.3.3
//= type=test
//# The keys found in certificates MUST also be of appropriate type for the signature algorithms they
//# are used with.
//= rfc9846#section-4.5.1.2
//= type=test
//# The end-entity certificate MUST allow the key to be used for signing with a signature scheme
//# indicated in the peer's "signature_algorithms" extension (see Section 4.3.3).
//= rfc8422#section-3.1
//= type=test
//# To use this authentication mechanism, the client MUST possess a certificate containing an ECDSA- or
//# EdDSA-capable public key.
//= rfc8422#section-5.9
//= type=test
//# EdDSA keys using the Ed25519 algorithm MUST use the ed25519 signature algorithm, and Ed448 keys MUST
//# use the ed448 signature algorithm.
test('TLS 1.3: client certificates: given, absent but optional, absent but required', () => {
  for (const kind of ['p256', 'p384', 'p521', 'rsa', 'rsa-pss', 'ed25519', 'ed448'] as const) {
    const pair = connectPair(
      clientContext({ credentials: [credential(kind)] }),
      serverContext({ clientCertificate: 'require', credentials: [credential(kind)] }),
    );
    pair.pump();
    assert.equal(pair.client.connection.error, undefined, kind);
    assert.equal(pair.server.connection.error, undefined, kind);
    assert.equal(pair.server.connection.info?.peerProof, 'certificate');
    assert.equal(pair.server.connection.info?.peerChain.length, 2);
  }
  const optional = connectPair(clientContext(), serverContext({ clientCertificate: 'request' }));
  optional.pump();
  assert.equal(optional.server.connection.error, undefined);
  assert.equal(optional.server.connection.info?.peerProof, 'none');
  const required = connectPair(clientContext(), serverContext({ clientCertificate: 'require' }));
  required.pump();
  assert.equal(required.server.connection.error?.code, 'certificate_required');
  assert.equal(required.client.connection.error?.alert, 116);
});

//= rfc9846#section-4.7.3
//= type=test
//# After sending a KeyUpdate message, the sender SHALL send all its traffic using the next generation
//# of keys, computed as described in Section 7.2.
//= rfc9846#section-4.7.3
//= type=test
//# Upon receiving a KeyUpdate, the receiver MUST update its receiving keys.
//= rfc9846#section-4.7.3
//= type=test
//# Both sender and receiver MUST encrypt their KeyUpdate messages with the old keys.
//= rfc9846#section-4.7.3
//= type=test
//# Additionally, both sides MUST enforce that a KeyUpdate with the old key is received before accepting
//# any messages encrypted with the new key.
test('TLS 1.3: KeyUpdate in both directions, with data around it', () => {
  const pair = connectPair(clientContext(), serverContext());
  pair.pump();
  for (let i = 0; i < 5; i++) {
    pair.client.connection.updateKeys(i % 2 === 0);
    pair.client.connection.send(Uint8Array.of(i));
    pair.server.connection.send(Uint8Array.of(i + 100));
    pair.pump();
  }
  assert.deepEqual([...Buffer.concat(pair.server.received)], [0, 1, 2, 3, 4]);
  assert.deepEqual([...Buffer.concat(pair.client.received)], [100, 101, 102, 103, 104]);
});

//= rfc9846#section-9.1
//= type=test
//# A TLS-compliant application MUST implement the TLS_AES_128_GCM_SHA256 [GCM] cipher suite and SHOULD
//# implement the TLS_AES_256_GCM_SHA384 [GCM] and TLS_CHACHA20_POLY1305_SHA256 [RFC8439] cipher suites
//# (see Appendix B.4).
//= rfc9846#section-9.1
//= type=test
//# A TLS-compliant application MUST support key exchange with secp256r1 (NIST P-256) and SHOULD support
//# key exchange with X25519 [RFC7748].
//= rfc9846#section-4.3.8.2
//= type=test
//# For the curves secp256r1, secp384r1, and secp521r1, peers MUST validate each other's public value Q
//# by ensuring that the point is a valid point on the elliptic curve.
//= rfc9846#section-4.3.8.1
//= type=test
//# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
//= rfc9846#section-7.4.2
//= type=test
//# Note that the octet string Z as output by the Field-Element-to-Byte String Conversion specified in
//# Appendix C.2 of [KEYAGREEMENT] has constant length for any given field; leading zeros found in this
//# octet string MUST NOT be truncated.
test('TLS 1.3: every suite and every group', () => {
  for (const suite of MODERN_SUITES) {
    const pair = connectPair(clientContext({ suites: [suite] }), serverContext());
    pair.pump();
    assert.equal(pair.client.connection.info?.suite, suite.name);
  }
  for (const group of [x25519, x448, secp256r1, secp384r1, secp521r1, ffdhe2048, ffdhe3072, ffdhe4096]) {
    const pair = connectPair(clientContext({ groups: [group] }), serverContext({ groups: [group] }));
    pair.pump();
    assert.equal(pair.client.connection.info?.group, group.id);
  }
});
