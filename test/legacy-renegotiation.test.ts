/** Renegotiation, RFC 5746: the handshake within the connection, who may start it, and all that must not change by it. S12 to S14. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { EMPTY } from '../src/base/bytes.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { CipherSuite, LegacySuite } from '../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import type { ClientOptions } from '../src/handshake/context.ts';
import type { ExtensionModule } from '../src/handshake/extensions/module.ts';
import { renegotiationInfo } from '../src/handshake/extensions/renegotiation-info.ts';
import { renegotiation } from '../src/handshake/legacy/renegotiation.ts';
import type { Handshake } from '../src/handshake/state.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import { createMemoryStore } from '../src/session/cache.ts';
import type { Session } from '../src/session/session.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { ssl30Client, ssl30Server } from '../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { CLIENT_HELLO, HELLO_REQUEST } from '../src/wire/handshake.ts';
import { EXTENDED_MASTER_SECRET, ENCRYPT_THEN_MAC, RENEGOTIATION_INFO } from '../src/wire/extension.ts';
import { credential, issue } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, serverContext } from './support/contexts.ts';
import { dtlsPair } from './support/dtls.ts';
import { connectPair, type End, type Pair } from './support/pair.ts';

const GCM = gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
const CBC = cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
const RSA = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
const LEGACY = 'dangerouslyAllowLegacyRenegotiation';

type Init = { client?: Partial<ClientContextInit>; server?: Partial<ServerContextInit>; options?: ClientOptions };

function connect({ client = {}, server = {}, options }: Init = {}): Pair {
  const pair = connectPair(
    clientContext({ suites: [GCM, CBC], versions: [tls12Client], renegotiation: renegotiation('refuse'), ...client }),
    serverContext({ suites: [GCM, CBC], versions: [tls12Server], renegotiation: renegotiation('refuse'), ...server }),
    options,
  );
  pair.pump();
  return pair;
}

const count = (end: End): number | undefined => end.connection.info?.renegotiations;
const alertsOf = (end: End): number[] => end.events.filter((event) => event.type === 'alert').map((event) => event.description);

function assertRenegotiated(pair: Pair, times: number, what?: string): void {
  assert.equal(pair.client.connection.error?.message, undefined, what);
  assert.equal(pair.server.connection.error?.message, undefined, what);
  assert.equal(count(pair.client), times, what);
  assert.equal(count(pair.server), times, what);
  for (const end of [pair.client, pair.server]) {
    assert.equal(end.events.filter((event) => event.type === 'handshake').length, 1, what);
    assert.equal(end.events.filter((event) => event.type === 'renegotiated').length, times, what);
    end.received.length = 0;
  }
  pair.client.connection.send(Buffer.from('ping'));
  pair.server.connection.send(Buffer.from('pong'));
  pair.pump();
  assert.equal(Buffer.concat(pair.server.received).toString(), 'ping', what);
  assert.equal(Buffer.concat(pair.client.received).toString(), 'pong', what);
  assert.deepEqual(pair.client.connection.finishedMessages, pair.server.connection.finishedMessages, what);
}

function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what?: string): void {
  const other = by === 'client' ? 'server' : 'client';
  assert.equal(pair[by].connection.error?.code, code, what);
  assert.equal(pair[by].connection.error?.alert, alert, what);
  assert.equal(pair[other].connection.error?.code, 'alert_received', what);
  assert.equal(pair[other].connection.error?.alert, alert, what);
}

/** A version whose role has other extension modules: a peer that errs on purpose. */
function withModules(
  version: ProtocolVersion,
  change: (modules: readonly ExtensionModule[]) => readonly ExtensionModule[],
): ProtocolVersion {
  return {
    ...version,
    ...(version.client === undefined ? {} : { client: { ...version.client, extensions: change(version.client.extensions) } }),
    ...(version.server === undefined ? {} : { server: { ...version.server, extensions: change(version.server.extensions) } }),
  };
}

/** renegotiation_info with another value, or none at all, in first or later handshakes. */
function erring(version: ProtocolVersion, value: (hs: Handshake) => Uint8Array | undefined): ProtocolVersion {
  const module: ExtensionModule = {
    ...renegotiationInfo,
    offer(hs, w) {
      const bytes = hs.previous === undefined ? undefined : value(hs);
      if (bytes !== undefined) w.vector(1, bytes);
      return bytes !== undefined;
    },
    onOffer(hs, r) {
      r.rest();
      hs.secureRenegotiation = true;
    },
    answer(hs, w) {
      const bytes = value(hs);
      if (bytes !== undefined) w.vector(1, bytes);
      return bytes !== undefined;
    },
    onAnswer(hs, r) {
      r.rest();
      hs.secureRenegotiation = true;
    },
  };
  return withModules(version, (modules) => modules.map((each) => (each.type === RENEGOTIATION_INFO ? module : each)));
}

const verifyData = (hs: Handshake): [Uint8Array, Uint8Array] => [
  hs.previous?.binding('client') ?? EMPTY,
  hs.previous?.binding('server').subarray(hs.previous.binding('client').length) ?? EMPTY,
];
/** As the RFC wants it. */
const right = (hs: Handshake): Uint8Array => (hs.side === 'client' ? verifyData(hs)[0] : Uint8Array.from(Buffer.concat(verifyData(hs))));

const VERSIONS: readonly [ProtocolVersion, ProtocolVersion, LegacySuite][] = [
  [tls12Client, tls12Server, GCM],
  [tls12Client, tls12Server, CBC],
  [tls12Client, tls12Server, RSA],
  [tls11Client, tls11Server, CBC],
  [tls10Client, tls10Server, CBC],
  [tls10Client, tls10Server, RSA],
  [ssl30Client, ssl30Server, RSA],
];

//= rfc5746#section-3.5
//= type=test
//# The client MUST include the "renegotiation_info" extension in the ClientHello, containing the saved
//# client_verify_data.
//= rfc5746#section-3.7
//= type=test
//# The server MUST include a "renegotiation_info" extension containing the saved client_verify_data and
//# server_verify_data in the ServerHello.
//= rfc5746#section-3.5
//= type=test
//# The SCSV MUST NOT be included.
test('renegotiation: either side starts it, again and again, in every version', () => {
  for (const [client, server, suite] of VERSIONS) {
    for (const by of ['client', 'server'] as const) {
      const pair = connect({
        client: { versions: [client], suites: [suite], renegotiation: renegotiation('allow') },
        server: {
          versions: [server],
          suites: [suite],

          renegotiation: renegotiation('allow'),
          credentials: [credential('rsa'), credential('p256')],
        },
      });
      const unique = [pair.client.connection.finishedMessages];
      for (let times = 1; times <= 3; times++) {
        pair[by].connection.renegotiate();
        pair.pump();
        assertRenegotiated(pair, times, `${client.name} ${suite.name} by ${by}`);
        unique.push(pair.client.connection.finishedMessages);
      }
      assert.equal(
        new Set(unique.map((each) => Buffer.from(each!.client).toString('hex'))).size,
        4,
        'each handshake has its own verify_data',
      );
      assert.equal(pair.client.connection.info?.secureRenegotiation, true);
    }
  }
});

test('renegotiation: what a call starts needs no permission of the context, and the next of the peer does', () => {
  const pair = connect();
  pair.server.connection.renegotiate();
  pair.pump();
  // The server asked, but nothing lets its client obey.
  assert.equal(count(pair.client), 0);
  assert.deepEqual(alertsOf(pair.server), [alerts.NO_RENEGOTIATION]);
  const obedient = connect({ client: { renegotiation: renegotiation('allow') } });
  obedient.server.connection.renegotiate();
  obedient.pump();
  assertRenegotiated(obedient, 1);
  obedient.client.connection.renegotiate();
  obedient.pump();
  assert.deepEqual(alertsOf(obedient.client), [alerts.NO_RENEGOTIATION]);
  assertRenegotiated(obedient, 1);
});

test('renegotiation: a server gets the certificate that it had not asked for', () => {
  for (const demand of ['request', 'require'] as const) {
    const pair = connect({ client: { renegotiation: renegotiation('allow'), credentials: [credential('rsa')] } });
    assert.equal(pair.server.connection.info?.peerProof, 'none');
    pair.server.connection.renegotiate({ clientCertificate: demand });
    pair.pump();
    assertRenegotiated(pair, 1);
    assert.equal(pair.server.connection.info?.peerProof, 'certificate');
    assert.deepEqual(pair.server.connection.info?.peerChain, credential('rsa').chain);
    assert.equal(pair.server.connection.info?.peerTrusted, true);
    // It stays asked for.
    pair.server.connection.renegotiate();
    pair.pump();
    assertRenegotiated(pair, 2);
    assert.equal(pair.server.connection.info?.peerProof, 'certificate');
  }
  const none = connect({ client: { renegotiation: renegotiation('allow') } });
  none.server.connection.renegotiate({ clientCertificate: 'require' });
  none.pump();
  assertRefused(none, 'server', 'certificate_required', alerts.HANDSHAKE_FAILURE);
});

test('renegotiation: asynchronous callbacks', async () => {
  const key = credential('p256').key;
  const slow = {
    chain: credential('p256').chain,
    key: {
      ...key,
      type: key.type,
      schemes: key.schemes,
      curve: key.curve!,
      spki: key.spki!,
      sign: async (scheme: number, tbs: Uint8Array) => key.sign(scheme, tbs),
    },
  };
  const pair = connect({ server: { credentials: [slow], renegotiation: renegotiation('allow') } });
  await pair.settle();
  pair.client.connection.renegotiate();
  assert.equal(pair.client.connection.send(Buffer.from('later')), 0);
  await pair.settle();
  assertRenegotiated(pair, 1);
});

//= rfc5246#section-6.2.1
//= type=test
//# Recipients MUST receive and process interleaved application layer traffic during handshakes
//# subsequent to the first one on a connection.
test('renegotiation: data under the old keys passes between the messages; none is sent in the meantime', () => {
  const pair = connect({ client: { renegotiation: renegotiation('allow') }, server: { renegotiation: renegotiation('allow') } });
  const { client, server } = pair;
  // HelloRequest and data cross each other.
  server.connection.renegotiate();
  server.connection.send(Buffer.from('one'));
  client.connection.send(Buffer.from('two'));
  pair.pump();
  assert.equal(Buffer.concat(client.received).toString(), 'one');
  assert.equal(Buffer.concat(server.received).toString(), 'two');
  assertRenegotiated(pair, 1);
  // The client has sent its ClientHello when data of the server comes.
  client.connection.renegotiate();
  const hello = client.connection.takeOutput()!;
  server.connection.send(Buffer.from('three'));
  assert.equal(client.connection.send(Buffer.from('held')), 0);
  assert.equal(client.connection.wants & 8, 0);
  client.connection.receive(server.connection.takeOutput()!);
  server.connection.receive(hello);
  assert.equal(server.connection.send(Buffer.from('held')), 0);
  pair.pump();
  assert.equal(Buffer.concat(client.received.splice(0)).toString(), 'pongthree');
  assertRenegotiated(pair, 2);
});

test('renegotiation: behind ChangeCipherSpec data waits for Finished', () => {
  const pair = connect({ server: { renegotiation: renegotiation('allow') } });
  pair.client.connection.renegotiate();
  let flights = 0;
  pair.wire = (from, bytes) => {
    if (from === 'client') {
      flights++;
      // The second flight ends in ChangeCipherSpec and Finished: leave Finished out, and put data in its place.
      if (flights === 2) return [bytes.subarray(0, lastRecord(bytes))];
    }
    return [bytes];
  };
  pair.pump();
  assert.equal(count(pair.server), 0);
  pair.wire = (_from, bytes) => [bytes];
  pair.client.connection.carrier.writeData(23, Buffer.from('too early'));
  pair.pump();
  // The record is under the new keys, but its number is one too high; with the right one it were unexpected all the same.
  assert.equal(pair.server.received.length, 0);
  assert.ok(pair.server.connection.error !== undefined);
});

function lastRecord(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const next = at + 5 + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
    if (next >= bytes.length) return at;
    at = next;
  }
}

//= rfc5746#section-4.2
//= type=test
//# Clients that do so MUST respond to such requests with a "no_renegotiation" alert (RFC 5246 requires
//# this alert to be at the "warning" level).
//= rfc5746#section-4.3
//= type=test
//# In order to enable clients to probe, even servers that do not support renegotiation MUST implement
//# the minimal version of the extension described in this document for initial handshakes, thus
//# signaling that they have been upgraded.
test('renegotiation: refused by default with a warning; the one who asked goes on', () => {
  const pair = connect();
  pair.client.connection.renegotiate();
  pair.pump();
  assert.deepEqual(alertsOf(pair.client), [alerts.NO_RENEGOTIATION]);
  assertRenegotiated(pair, 0);
});

test('renegotiation: a context without it', () => {
  const pair = connect({ client: { renegotiation: undefined }, server: { renegotiation: undefined } });
  for (const end of [pair.client, pair.server]) assert.throws(() => end.connection.renegotiate(), { code: 'unsupported' });
  pair.server.connection.carrier.message(HELLO_REQUEST, () => {});
  pair.server.connection.carrier.endFlight();
  pair.pump();
  assert.deepEqual(alertsOf(pair.server), [alerts.NO_RENEGOTIATION]);
  assertRenegotiated(pair, 0);
});

test('renegotiation: aborted, ignored, asked about', () => {
  for (const by of ['client', 'server'] as const) {
    const other = by === 'client' ? 'server' : 'client';
    const pair = connect({ [other]: { renegotiation: renegotiation('abort') } });
    pair[by].connection.renegotiate();
    pair.pump();
    assertRefused(pair, other, 'no_renegotiation', alerts.NO_RENEGOTIATION);
  }
  const ignoring = connect({ client: { renegotiation: renegotiation('ignore') }, server: { renegotiation: renegotiation('ignore') } });
  ignoring.server.connection.renegotiate();
  ignoring.pump();
  assert.deepEqual(alertsOf(ignoring.server), []);
  ignoring.client.connection.renegotiate();
  ignoring.pump();
  // It was asked for.
  assertRenegotiated(ignoring, 1);
  ignoring.client.connection.renegotiate();
  ignoring.pump();
  assert.deepEqual(alertsOf(ignoring.client), [alerts.NO_RENEGOTIATION], 'a client that waits is told');
  const asking = connect({ client: { renegotiation: renegotiation('ask') } });
  asking.server.connection.renegotiate();
  asking.pump();
  assert.equal(asking.client.events.at(-1)?.type, 'renegotiationRequest');
  assertRenegotiated(asking, 0);
  asking.client.connection.renegotiate();
  asking.pump();
  assertRenegotiated(asking, 1);
});

test('S14: requests in a row are bounded, and so are renegotiations in a time', () => {
  for (const policy of ['refuse', 'ignore', 'ask'] as const) {
    const pair = connect({ client: { renegotiation: renegotiation(policy) } });
    for (let i = 0; i < 4; i++) pair.server.connection.renegotiate();
    pair.pump();
    assert.equal(pair.client.connection.error, undefined);
    pair.server.connection.renegotiate();
    pair.pump();
    assertRefused(pair, 'client', 'no_renegotiation', alerts.UNEXPECTED_MESSAGE, policy);
  }
  let now = Date.now();
  const pair = connect({ server: { renegotiation: renegotiation('allow'), now: () => now } });
  for (let times = 1; times <= 3; times++) {
    pair.client.connection.renegotiate();
    pair.pump();
    assertRenegotiated(pair, times);
  }
  now += 600_000;
  for (let times = 4; times <= 6; times++) {
    pair.client.connection.renegotiate();
    pair.pump();
    assertRenegotiated(pair, times);
  }
  now += 599_999;
  pair.client.connection.renegotiate();
  pair.pump();
  assertRefused(pair, 'server', 'too_many_renegotiations', alerts.NO_RENEGOTIATION);
});

test('S14: a flood of HelloRequests in a handshake ends it', () => {
  const pair = connect({ client: { renegotiation: renegotiation('allow') } });
  pair.client.connection.renegotiate();
  for (let i = 0; i < 17; i++) pair.server.connection.carrier.message(HELLO_REQUEST, () => {});
  pair.server.connection.carrier.endFlight();
  const flood = pair.server.connection.takeOutput()!;
  pair.client.connection.receive(flood);
  assert.equal(pair.client.connection.error?.code, 'no_renegotiation');
  assert.equal(pair.client.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
});

//= rfc5746#section-3.4
//= type=test
//# The client MUST then verify that the length of the "renegotiated_connection" field is zero, and if
//# it is not, MUST abort the handshake (by sending a fatal handshake_failure alert).
//= rfc5746#section-3.5
//= type=test
//# When a ServerHello is received, the client MUST verify that the "renegotiation_info" extension is
//# present; if it is not, the client MUST abort the handshake.
//= rfc5746#section-3.5
//= type=test
//# The client MUST then verify that the first half of the "renegotiated_connection" field is equal to
//# the saved client_verify_data value, and the second half is equal to the saved server_verify_data
//# value.
//= rfc5746#section-3.5
//= type=test
//# If they are not, the client MUST abort the handshake.
//= rfc5746#section-3.6
//= type=test
//# The server MUST check if the "renegotiation_info" extension is included in the ClientHello.
//= rfc5746#section-3.6
//= type=test
//# The server MUST then verify that the length of the "renegotiated_connection" field is zero, and if
//# it is not, MUST abort the handshake.
//= rfc5746#section-3.7
//= type=test
//# The server MUST verify that the "renegotiation_info" extension is present; if it is not, the server
//# MUST abort the handshake.
//= rfc5746#section-3.7
//= type=test
//# The server MUST verify that the value of the "renegotiated_connection" field is equal to the saved
//# client_verify_data value; if it is not, the server MUST abort the handshake.
//= rfc5746#section-3.4
//= type=test
//# When a ServerHello is received, the client MUST check if it includes the "renegotiation_info"
//# extension:
test('S13, RFC 5746 §3.4 to §3.7: each value of renegotiation_info but the right one', () => {
  const wrong: [string, (hs: Handshake) => Uint8Array | undefined][] = [
    ['missing', (hs) => (hs.previous === undefined ? right(hs) : undefined)],
    ['empty', () => EMPTY],
    ['first byte', (hs) => flip(right(hs), 0)],
    ['last byte', (hs) => flip(right(hs), -1)],
    ['middle', (hs) => flip(right(hs), right(hs).length >> 1)],
    ['short', (hs) => right(hs).subarray(1)],
    ['long', (hs) => Uint8Array.from([...right(hs), 0])],
    ['the other side’s', (hs) => (hs.side === 'client' ? verifyData(hs)[1] : Uint8Array.from(Buffer.concat(verifyData(hs).reverse())))],
  ];
  for (const [what, value] of wrong) {
    const client = connect({ client: { versions: [erring(tls12Client, value)] }, server: { renegotiation: renegotiation('allow') } });
    client.client.connection.renegotiate();
    client.pump();
    assertRefused(client, 'server', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE, `client: ${what}`);
    const first = (hs: Handshake): Uint8Array | undefined => (hs.previous === undefined ? EMPTY : value(hs));
    const server = connect({ server: { versions: [erring(tls12Server, first)], renegotiation: renegotiation('allow') } });
    server.client.connection.renegotiate();
    server.pump();
    assertRefused(server, 'client', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE, `server: ${what}`);
  }
  // Not empty in a first handshake.
  const early = connect({ server: { versions: [erring(tls12Server, () => Uint8Array.of(1))] } });
  assertRefused(early, 'client', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE);
  // The same lying module with the right values is believed.
  const honest = connect({
    client: { versions: [erring(tls12Client, right)] },
    server: { versions: [erring(tls12Server, right)], renegotiation: renegotiation('allow') },
  });
  honest.client.connection.renegotiate();
  honest.pump();
  assertRenegotiated(honest, 1);
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) copy[at < 0 ? copy.length + at : at]! ^= 1;
  return copy;
}

//= rfc5746#section-3.7
//= type=test
//# When a ClientHello is received, the server MUST verify that it does not contain the
//# TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.
//= rfc5746#section-3.7
//= type=test
//# If the SCSV is present, the server MUST abort the handshake.
//= rfc5746#section-4.4
//= type=test
//# When a ClientHello is received, the server MUST verify that it does not contain the
//# TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.
//= rfc5746#section-4.4
//= type=test
//# If the SCSV is present, the server MUST abort the handshake.
test('S13: the signalling suite in a later handshake, RFC 5746 §3.7', () => {
  const scsv: CipherSuite = { ...GCM, id: 0x00ff, name: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV' };
  const pair = connect({ client: { suites: [GCM, scsv] }, server: { renegotiation: renegotiation('allow') } });
  pair.client.connection.renegotiate();
  pair.pump();
  assertRefused(pair, 'server', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE);
});

test('S13: the first handshake of a victim, spliced onto the connection of an attacker', () => {
  // The server knows RFC 5746, as does the victim: its ClientHello says that it is the first of a connection.
  const attack = connect({ server: { renegotiation: renegotiation('allow') } });
  const victim = connect.call(undefined, {}).client.connection;
  assert.ok(victim !== undefined);
  const hello = firstHello();
  attack.client.connection.carrier.message(CLIENT_HELLO, (w) => w.bytes(hello));
  attack.client.connection.carrier.endFlight();
  attack.pump();
  assert.equal(attack.server.connection.error?.code, 'bad_renegotiation_info');
  assert.equal(attack.server.connection.error?.alert, alerts.HANDSHAKE_FAILURE);
  // The other way: what a client takes for its second handshake is the first of another server.
  const relayed = connect({ server: { renegotiation: renegotiation('allow'), versions: [erring(tls12Server, () => EMPTY)] } });
  relayed.client.connection.renegotiate();
  relayed.pump();
  assertRefused(relayed, 'client', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE);
});

/** The body of the ClientHello of a new connection. */
function firstHello(): Uint8Array {
  const pair = connectPair(
    clientContext({ suites: [GCM], versions: [tls12Client] }),
    serverContext({ suites: [GCM], versions: [tls12Server] }),
  );
  return pair.client.connection.takeOutput()!.subarray(9);
}

//= rfc5746#section-4.1
//= type=test
//# Such clients MUST generate a fatal "handshake_failure" alert prior to terminating the connection.
//= rfc5746#section-4.2
//= type=test
//# Clients that choose to renegotiate MUST provide either the TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV or
//# "renegotiation_info" in their ClientHello.
//= rfc5746#section-4.2
//= type=test
//# When the ServerHello is received, the client MUST verify that it does not contain the
//# "renegotiation_info" extension.
//= rfc5746#section-4.2
//= type=test
//# If it does, the client MUST abort the handshake.
test('RFC 5746 §4: a peer that does not know it: refused, tolerated, renegotiated with under a dangerous switch', () => {
  const unknowing = unaware(() => true);
  assertRefused(connect({ server: { versions: [unknowing] } }), 'client', 'unsafe_legacy_renegotiation', alerts.HANDSHAKE_FAILURE);
  const tolerated = connect({
    client: { requireSecureRenegotiation: false, renegotiation: renegotiation('allow') },
    server: { versions: [unknowing], dangers: [LEGACY] },
  });
  assert.equal(tolerated.client.connection.info?.secureRenegotiation, false);
  assert.equal(tolerated.server.connection.info?.secureRenegotiation, false);
  assert.throws(() => tolerated.client.connection.renegotiate(), { code: 'unsupported' });
  tolerated.server.connection.carrier.message(HELLO_REQUEST, () => {});
  tolerated.server.connection.carrier.endFlight();
  tolerated.pump();
  assert.deepEqual(alertsOf(tolerated.server), [alerts.NO_RENEGOTIATION]);
  assertRenegotiated(tolerated, 0);

  const dangerous = connect({
    client: { requireSecureRenegotiation: false, renegotiation: renegotiation('allow'), dangers: [LEGACY] },
    server: { versions: [unknowing], dangers: [LEGACY], renegotiation: renegotiation('allow') },
  });
  assert.ok(dangerous.client.connection.info?.dangers.includes(LEGACY));
  // §4.2: the client says renegotiation_info, and a server that answers in kind is not the one of before.
  dangerous.client.connection.renegotiate();
  dangerous.pump();
  assertRenegotiated(dangerous, 1);
  let first = true;
  const awakened = connect({
    client: { requireSecureRenegotiation: false, renegotiation: renegotiation('allow'), dangers: [LEGACY] },
    server: {
      versions: [erring(tls12Server, () => (first ? undefined : EMPTY))],
      dangers: [LEGACY],
      renegotiation: renegotiation('allow'),
    },
  });
  first = false;
  assert.equal(awakened.client.connection.info?.secureRenegotiation, false);
  awakened.client.connection.renegotiate();
  awakened.pump();
  assertRefused(awakened, 'client', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE);
});

//= rfc5746#section-4.4
//= type=test
//# The server MUST verify that the "renegotiation_info" extension is not present; if it is, the server
//# MUST abort the handshake.
test('RFC 5746 §4.4: a server lets no client renegotiate that shows only now that it knows the extension', () => {
  for (const scsv of [false, true]) {
    let first = true;
    const suites = scsv ? [GCM, { ...GCM, id: 0x00ff, name: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV' }] : [GCM];
    const silent = withModules(tls12Client, (modules) => modules.filter((each) => each.type !== RENEGOTIATION_INFO));
    const pair = connect({
      client: { versions: [scsv ? silent : tls12Client], suites, requireSecureRenegotiation: false, dangers: [LEGACY] },
      server: { versions: [unaware(() => first)], dangers: [LEGACY], renegotiation: renegotiation('allow') },
    });
    first = false;
    pair.client.connection.renegotiate();
    pair.pump();
    assertRefused(pair, 'server', 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE);
  }
});

/** A server that sees neither the signalling suite nor the extension, as long as `when` says so. */
function unaware(when: () => boolean): ProtocolVersion {
  const role = tls12Server.server!;
  return {
    ...tls12Server,
    server: {
      ...role,
      extensions: role.extensions.map((each) =>
        each.type === RENEGOTIATION_INFO ? { ...each, onOffer: (hs, r) => (when() ? void r.rest() : each.onOffer!(hs, r)) } : each,
      ),
      onClientHello(hs, hello) {
        if (when()) hs.renegotiationScsv = false;
        return role.onClientHello(hs, hello);
      },
    },
  };
}

test('S12: the peer stays who it was', () => {
  // The server's certificate.
  let chosen = credential('p256');
  const server = connect({ server: { renegotiation: renegotiation('allow'), selectCredential: () => chosen } });
  chosen = issue('p256');
  server.client.connection.renegotiate();
  server.pump();
  assertRefused(server, 'client', 'renegotiation_mismatch', alerts.ILLEGAL_PARAMETER);
  // The client's.
  let mine = credential('p256');
  const client = connect({
    client: { selectCredential: () => mine },
    server: { renegotiation: renegotiation('allow'), clientCertificate: 'request' },
  });
  assert.equal(client.server.connection.info?.peerProof, 'certificate');
  client.client.connection.renegotiate();
  client.pump();
  assertRenegotiated(client, 1);
  mine = issue('p256');
  client.client.connection.renegotiate();
  client.pump();
  assertRefused(client, 'server', 'renegotiation_mismatch', alerts.ILLEGAL_PARAMETER);
  // None, where there was one.
  let none = false;
  const gone = connect({
    client: { credentials: [], selectCredential: () => (none ? undefined : credential('p256')) },
    server: { renegotiation: renegotiation('allow'), clientCertificate: 'request' },
  });
  none = true;
  gone.client.connection.renegotiate();
  gone.pump();
  assertRefused(gone, 'server', 'renegotiation_mismatch', alerts.ILLEGAL_PARAMETER);
});

//= rfc7366#section-3.1
//= type=test
//# As the above table points out, implementations MUST NOT renegotiate a downgrade from
//# encrypt-then-MAC to MAC-then-encrypt.
test('S12: extended master secret and encrypt-then-MAC do not change', () => {
  const without = (type: number, when: (hs: Handshake) => boolean) => (modules: readonly ExtensionModule[]) =>
    modules.map((module) =>
      module.type !== type
        ? module
        : {
            ...module,
            offer: (hs: Handshake, w: Parameters<NonNullable<ExtensionModule['offer']>>[1]) => !when(hs) && module.offer!(hs, w),
          },
    );
  const cases = [
    [EXTENDED_MASTER_SECRET, (hs: Handshake) => hs.previous !== undefined],
    [EXTENDED_MASTER_SECRET, (hs: Handshake) => hs.previous === undefined],
    [ENCRYPT_THEN_MAC, (hs: Handshake) => hs.previous !== undefined],
  ] as const;
  for (const [type, when] of cases) {
    const pair = connect({
      client: { versions: [withModules(tls12Client, without(type, when))], suites: [CBC] },
      server: { suites: [CBC], renegotiation: renegotiation('allow') },
    });
    assert.equal(pair.client.connection.error, undefined);
    pair.client.connection.renegotiate();
    pair.pump();
    assertRefused(pair, 'server', 'renegotiation_mismatch', alerts.HANDSHAKE_FAILURE, `${type}`);
  }
  // RFC 7366 §3.1: nor by way of an AEAD.
  const ways = [
    { offers: [true, true, true], agreed: [true, false, true], ends: 'well' },
    { offers: [true, true, false], agreed: [true, false], ends: 'refused' },
    { offers: [false, true, true], agreed: [false, false, true], ends: 'well' },
    { offers: [false, false, false], agreed: [false, false, false], ends: 'well' },
  ];
  for (const { offers, agreed, ends } of ways) {
    let turn = 0;
    const suites: CipherSuite[] = [CBC];
    const pair = connect({
      client: {
        versions: [
          withModules(
            tls12Client,
            without(ENCRYPT_THEN_MAC, () => !offers[turn]!),
          ),
        ],
      },
      server: { suites, renegotiation: renegotiation('allow') },
    });
    const got = [pair.client.connection.info?.encryptThenMac];
    for (turn = 1; turn < 3; turn++) {
      suites[0] = turn === 1 ? GCM : CBC;
      pair.client.connection.renegotiate();
      pair.pump();
      if (pair.client.connection.error === undefined) got.push(pair.client.connection.info?.encryptThenMac);
    }
    assert.deepEqual(got, agreed);
    if (ends === 'refused') assertRefused(pair, 'server', 'renegotiation_mismatch', alerts.HANDSHAKE_FAILURE);
    else assertRenegotiated(pair, 2);
  }
});

//= rfc9846#section-4.2.2
//= type=test
//# If a server established a TLS connection with a previous version of TLS and receives a TLS 1.3
//# ClientHello in a renegotiation, it MUST retain the previous protocol version.
//= rfc9846#section-4.2.2
//= type=test
//# In particular, it MUST NOT negotiate TLS 1.3.
//= rfc9846#section-4.2.3
//= type=test
//# A legacy TLS client performing renegotiation with TLS 1.2 or prior and which receives a TLS 1.3
//# ServerHello during renegotiation MUST abort the handshake with a "protocol_version" alert.
test('renegotiation: name and application protocol stay, the version is not open to choice', () => {
  const pair = connect({
    client: { alpn: ['foo', 'bar'], versions: [tls13Client, tls12Client, tls11Client], suites: [...MODERN_SUITES, GCM, CBC] },
    server: { alpn: ['bar'], versions: [tls12Server, tls11Server], renegotiation: renegotiation('allow'), suites: [GCM, CBC] },
  });
  assert.equal(pair.client.connection.info?.alpn, 'bar');
  pair.client.connection.renegotiate();
  pair.pump();
  assertRenegotiated(pair, 1);
  for (const end of [pair.client, pair.server]) {
    assert.equal(end.connection.info?.alpn, 'bar');
    assert.equal(end.connection.info?.serverName, 'localhost');
    assert.equal(end.connection.info?.version, 'TLSv1.2');
  }
});

//= rfc7627#section-5.4
//= type=test
//# Hence, the client or server MUST NOT use the current handshake's "verify_data" for application-level
//# authentication.
//= rfc7627#section-5.4
//= type=test
//# In particular, the client MUST disable renegotiation and any use of the "tls-unique" channel binding
//# [RFC5929] on the current connection.
test('renegotiation: not in TLS 1.3, HTTP/2, a handshake, after close, nor on sessions resumed without extended master secret', () => {
  const modern = connect({
    client: { versions: [tls13Client], suites: MODERN_SUITES },
    server: { versions: [tls13Server], suites: MODERN_SUITES },
  });
  for (const end of [modern.client, modern.server]) assert.throws(() => end.connection.renegotiate(), { code: 'unsupported' });
  const h2 = connect({
    client: { alpn: ['h2'], renegotiation: renegotiation('allow') },
    server: { alpn: ['h2'], renegotiation: renegotiation('allow') },
  });
  for (const end of [h2.client, h2.server]) assert.throws(() => end.connection.renegotiate(), { code: 'unsupported' });
  const pair = connect({ server: { renegotiation: renegotiation('allow') } });
  pair.client.connection.renegotiate();
  assert.throws(() => pair.client.connection.renegotiate(), { code: 'invalid_state' });
  pair.pump();
  pair.client.connection.close();
  assert.throws(() => pair.client.connection.renegotiate(), { code: 'invalid_state' });
  const noEms = withModules(tls12Client, (modules) => modules.filter((each) => each.type !== EXTENDED_MASTER_SECRET));
  const sessions = createMemoryStore(() => Date.now());
  const init = { client: { versions: [noEms] }, server: { sessions, tickets: undefined } };
  const first = connect(init);
  first.client.connection.renegotiate();
  const session = first.client.events.find((event): event is { type: 'session'; session: Session } => event.type === 'session')!.session;
  const second = connect({ ...init, options: { serverName: 'localhost', session } });
  assert.equal(second.client.connection.info?.resumed, true);
  for (const end of [second.client, second.server]) assert.throws(() => end.connection.renegotiate(), { code: 'unsupported' });
});

test('renegotiation: a close in the middle is an end like any other', () => {
  const pair = connect({ server: { renegotiation: renegotiation('allow') } });
  pair.client.connection.renegotiate();
  pair.client.connection.close();
  pair.pump();
  assert.equal(pair.client.connection.error, undefined);
  assert.equal(pair.server.connection.error, undefined);
  assert.ok(pair.server.events.some((event) => event.type === 'end'));
  assert.ok(pair.server.events.some((event) => event.type === 'closed'));
  const other = connect({ client: { renegotiation: renegotiation('allow') }, server: { renegotiation: renegotiation('allow') } });
  other.client.connection.renegotiate();
  other.server.connection.close();
  other.pump();
  assert.equal(other.client.connection.error, undefined);
  assert.ok(other.client.events.some((event) => event.type === 'closed'));
});

test('D38: renegotiation over datagrams: either side, with losses, and refused', () => {
  const pair = (policy: 'allow' | 'refuse', seed: number, loss: number) => {
    const init = { suites: [GCM, CBC], renegotiation: renegotiation(policy) };
    const link = dtlsPair(clientContext({ ...init, versions: [dtls12Client] }), serverContext({ ...init, versions: [dtls12Server] }), {
      seed,
      loss,
    });
    link.run(100_000);
    return link;
  };
  for (let seed = 1; seed <= 8; seed++) {
    for (const by of ['client', 'server'] as const) {
      const link = pair('allow', seed, seed === 1 ? 0 : 0.2);
      for (let times = 1; times <= 3; times++) {
        link[by].connection.renegotiate();
        link.run(100_000 * (times + 1));
        for (const end of [link.client, link.server]) {
          assert.equal(end.connection.error, undefined);
          assert.equal(end.connection.info?.renegotiations, times, `${by}, seed ${seed}`);
        }
      }
      assert.deepEqual(link.client.connection.finishedMessages, link.server.connection.finishedMessages);
    }
  }
  for (const by of ['client', 'server'] as const) {
    const link = pair('refuse', 1, 0);
    link[by].connection.renegotiate();
    link.run(200_000);
    assert.ok(link[by].events.some((event) => event.type === 'alert' && event.description === alerts.NO_RENEGOTIATION));
    assert.equal(link[by].connection.nextTimeout, Number.POSITIVE_INFINITY, 'nothing is repeated');
    link.client.connection.send(Buffer.from('ping'));
    link.run(300_000);
    assert.equal(Buffer.concat(link.server.received).toString(), 'ping');
  }
});
