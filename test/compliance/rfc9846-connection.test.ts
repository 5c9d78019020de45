/** RFC 9846, records, key updates, alerts and the end of a connection: requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { MAX_PLAINTEXT } from '../../src/base/limits.ts';
import { Connection } from '../../src/engine/connection.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import * as h from '../../src/wire/handshake.ts';
import { connected, contexts, forging, sendForged } from '../negative/lying-pair.ts';
import { TamperCarrier, untouched } from '../negative/tamper-carrier.ts';
import { Pair } from '../support/pair.ts';
import { streamFrontOf } from '../sim/scenario.ts';

//= rfc9846#section-4.7.3
//= type=test
//# After sending a KeyUpdate message, the sender SHALL send all its traffic using the next generation
//# of keys, computed as described in Section 7.2.
//= rfc9846#section-4.7.3
//= type=test
//# If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate of
//# its own with request_update set to "update_not_requested" prior to sending its next Application Data
//# record.
//= rfc9846#section-4.7.3
//= type=test
//# Until receiving a subsequent KeyUpdate from the peer, the sender MUST NOT send another KeyUpdate
//# with request_update set to "update_requested".
test('RFC 9846: KeyUpdate is asked for once until the peer has sent one; the answer goes before the next data', () => {
  const { client, server } = contexts('TLS 1.3');
  const carriers: TamperCarrier[] = [];
  const pair = new Pair(
    ...([client, server].map(
      (context) =>
        new Connection(
          context,
          context.side === 'client' ? { serverName: 'localhost' } : {},
          (sink) => {
            const carrier = new TamperCarrier(sink, untouched);
            carriers.push(carrier);
            return carrier;
          },
          streamFrontOf,
        ),
    ) as [Connection, Connection]),
  );
  pair.pump();
  const updatesOf = (index: number): number[] =>
    carriers[index]!.meant.filter(({ type }) => type === h.KEY_UPDATE).map(({ body }) => body[0]!);
  for (let i = 0; i < 3; i++) pair.client.connection.updateKeys(true);
  pair.pump();
  assert.deepEqual(updatesOf(0), [1, 0, 0]);
  assert.deepEqual(updatesOf(1), []);
  pair.server.connection.send(Uint8Array.of(1));
  pair.pump();
  assert.deepEqual(updatesOf(1), [0]);
  pair.client.connection.updateKeys(true);
  pair.pump();
  assert.deepEqual(updatesOf(0), [1, 0, 0, 1]);
  pair.client.connection.send(Uint8Array.of(2));
  pair.server.connection.send(Uint8Array.of(3));
  pair.pump();
  assert.deepEqual([...Buffer.concat(pair.server.received), ...Buffer.concat(pair.client.received)], [2, 1, 3]);
});

//= rfc9846#section-5.5
//= type=test
//# Implementations MUST either close the connection or do a key update as described in Section 4.7.3
//# prior to reaching these limits.
//= rfc9846#section-5.3
//= type=test
//# If a TLS implementation would need to wrap a sequence number, it MUST either rekey (Section 4.7.3)
//# or terminate the connection.
test('RFC 9846: a key that has protected its number of records is changed, and none goes out under it', () => {
  const few = 5;
  const suite: CipherSuite = {
    ...modern.TLS_AES_128_GCM_SHA256,
    protection: { ...modern.TLS_AES_128_GCM_SHA256.protection, recordLimit: few },
  };
  const pair = connected('TLS 1.3', { client: { suites: [suite] } });
  let most = 0;
  for (let i = 0; i < 4 * few; i++) {
    pair.client.connection.send(Uint8Array.of(i));
    most = Math.max(most, pair.client.connection.carrier.sealedRecords);
    pair.pump();
  }
  assert.ok(most <= few + 1, `${most} records`);
  assert.ok(pair.server.events.filter(({ type }) => type === 'keyUpdate').length >= 3);
  assert.equal(Buffer.concat(pair.server.received).length, 4 * few);
});

//= rfc9846#section-6
//= type=test
//# Unknown Alert types MUST be treated as error alerts.
//= rfc9846#section-6
//= type=test
//# Upon receiving an error alert, the TLS implementation SHOULD indicate an error to the application
//# and MUST NOT allow any further data to be sent or received on the connection.
//= rfc9846#section-6.2
//= type=test
//# Whenever an implementation encounters a fatal error condition, it SHOULD send an appropriate fatal
//# alert and MUST close the connection without sending or receiving any additional data.
test('RFC 9846: unknown alerts end the connection, at whatever level; so do unknown levels', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    for (const alert of [
      [2, 200],
      [2, 255],
      [1, 201],
      [3, 0],
    ] as const) {
      if (version === 'TLS 1.2' && alert[0] === 1) continue;
      const pair = sendForged(forging(version), 21, Uint8Array.from(alert));
      assert.ok(pair.server.connection.error !== undefined, `${version}: ${alert}`);
      const before = pair.server.received.length;
      pair.client.connection.carrier.writeData(23, Uint8Array.of(1));
      pair.pump();
      assert.equal(pair.server.received.length, before);
      assert.throws(() => pair.server.connection.send(Uint8Array.of(1)), { code: 'closed' });
    }
  }
});

//= rfc9846#section-6.1
//= type=test
//# Any data received after a closure alert has been received MUST be ignored.
//= rfc9846#section-6.1
//= type=test
//# This alert MUST be sent with AlertLevel=warning.
//= rfc9846#section-6.1
//= type=test
//# This alert MUST be followed by a "close_notify".
//= rfc9846#section-6.1
//= type=test
//# Each party MUST send a "close_notify" alert before closing its write side of the connection, unless
//# it has already sent some error alert.
test('RFC 9846: close_notify, user_canceled before it in a handshake, and nothing behind it', () => {
  const { client } = contexts('TLS 1.3');
  const connection = new Connection(client, { serverName: 'localhost' }, (sink) => new StreamCarrier(sink), streamFrontOf);
  connection.takeOutput();
  connection.close();
  assert.deepEqual([...connection.takeOutput()!], [21, 3, 1, 0, 2, 1, alerts.USER_CANCELED, 21, 3, 1, 0, 2, 1, alerts.CLOSE_NOTIFY]);
  const pair = connected('TLS 1.3');
  pair.client.connection.close();
  pair.pump();
  assert.equal(pair.server.events.at(-1)?.type, 'end');
  pair.client.connection.carrier.writeData(23, Uint8Array.of(9));
  pair.pump();
  assert.equal(pair.server.received.length, 0);
  // Its own direction stays open until it closes it.
  pair.server.connection.send(Uint8Array.of(1));
  pair.pump();
  assert.deepEqual([...Buffer.concat(pair.client.received)], [1]);
  pair.server.connection.close();
  pair.pump();
  for (const end of [pair.client, pair.server]) assert.equal(end.events.at(-1)?.type, 'closed');
});

//= rfc9846#section-6.1
//= type=test
//# If the application protocol using TLS provides that any data may be carried over the underlying
//# transport after the TLS connection is closed, the TLS implementation MUST receive a "close_notify"
//# alert before indicating end-of-data to the application layer.
test('RFC 9846: the end of the transport without close_notify is no end of data', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    const pair = connected(version);
    pair.client.connection.send(Uint8Array.of(1));
    pair.pump();
    pair.server.connection.receiveEnd();
    pair.pump();
    assert.equal(pair.server.connection.error?.code, 'truncated');
    assert.ok(pair.server.events.every(({ type }) => type !== 'end'));
  }
});

//= rfc9846#section-5.1
//= type=test
//# Note that Application Data records MUST NOT be written to the wire unprotected (see Section 2 for
//# details).
//= rfc9846#section-5.1
//= type=test
//# Handshake messages MUST NOT be interleaved with other record types.
//= rfc9846#section-5.1
//= type=test
//# That is, if a handshake message is split over two or more records, there MUST NOT be any other
//# records between them.
test('RFC 9846: data in the clear, and a part of a message between records of another kind', () => {
  const clear = forging('TLS 1.3').pair;
  clear.server.connection.receive(Uint8Array.of(23, 3, 3, 0, 1, 7));
  assert.equal(clear.server.connection.error?.code, 'bad_record_mac');
  const inHandshake = new Connection(contexts('TLS 1.3').server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  inHandshake.receive(Uint8Array.of(23, 3, 3, 0, 1, 7));
  assert.equal(inHandshake.error?.alert, alerts.UNEXPECTED_MESSAGE);
  const split = forging('TLS 1.3');
  sendForged(split, 22, Uint8Array.of(h.KEY_UPDATE, 0));
  sendForged(split, 23, Uint8Array.of(1));
  assert.equal(split.pair.server.connection.error?.code, 'unexpected_record');
  assert.equal(split.pair.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#appendix-E.5
//= type=test
//# Implementations MUST NOT negotiate TLS 1.3 or later using an SSL version 2.0 compatible
//# CLIENT-HELLO.
test('RFC 9846: a hello of SSL 2.0', () => {
  const hello = Uint8Array.from([0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10, ...new Uint8Array(37)]);
  const connection = new Connection(contexts('TLS 1.3').server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  connection.receive(hello);
  assert.equal(connection.error?.code, 'wrong_record_version');
  assert.equal(connection.error?.alert, alerts.PROTOCOL_VERSION);
});

//= rfc6066#section-4
//= type=test
//# This means that in this event a TLS record-layer peer receiving a TLS record-layer message larger
//# than 805 bytes MUST discard the message and send a "record_overflow" alert, without decrypting the
//# message.
test('RFC 6066: a record longer than what was negotiated is refused before it is opened', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    const pair = connected(version, { client: { maxFragmentLength: 512 } });
    assert.ok(pair.server.connection.carrier.writeLimit <= 512);
    const length = 512 + 24 + 255 + 1;
    pair.client.connection.receive(Uint8Array.from([23, 3, 3, length >>> 8, length & 0xff, ...new Uint8Array(length)]));
    assert.equal(pair.client.connection.error?.code, 'record_overflow');
    assert.equal(pair.client.connection.error?.alert, alerts.RECORD_OVERFLOW);
  }
  assert.equal(connected('TLS 1.2').client.connection.carrier.writeLimit, MAX_PLAINTEXT);
});
