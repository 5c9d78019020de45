import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascii, latin1 } from '../src/base/bytes.ts';
import { ffdhe2048, ffdhe3072, ffdhe4096, SECP384R1, secp256r1, secp384r1, secp521r1, x448, x25519 } from '../src/wire/group.ts';
import { credential } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, serverContext } from './support/contexts.ts';
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
