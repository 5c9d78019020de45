/** Hellos at the edge of what is allowed: fields of old, very many extensions and shares, names that are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { ascii, concat } from '../../src/base/bytes.ts';
import { MAX_SKIPPED_EARLY_DATA } from '../../src/base/limits.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { Connection } from '../../src/engine/connection.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ExtensionModule } from '../../src/handshake/extensions/module.ts';
import { keyShare } from '../../src/handshake/extensions/key-share.ts';
import { serverName } from '../../src/handshake/extensions/server-name.ts';
import { supportedGroups } from '../../src/handshake/extensions/supported-groups.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client } from '../../src/versions/tls13.ts';
import { EARLY_DATA, IN_CLIENT_HELLO } from '../../src/wire/extension.ts';
import { secp256r1, x25519 } from '../../src/wire/group.ts';
import { CLIENT_HELLO, SERVER_HELLO } from '../../src/wire/handshake.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import { clientContext, EXTENSIONS, serverContext } from '../support/contexts.ts';
import { Pair } from '../support/pair.ts';
import { type Hand, TamperCarrier, untouched } from './tamper-carrier.ts';

interface Setup {
  readonly client?: Partial<ClientContextInit>;
  readonly server?: Partial<ServerContextInit>;
  readonly clientHand?: Hand;
  readonly serverHand?: Hand;
}

function pairOf({ client, server, clientHand = untouched, serverHand = untouched }: Setup): Pair {
  return new Pair(
    new Connection(clientContext(client), { serverName: 'localhost' }, (sink) => new TamperCarrier(sink, clientHand), streamFrontOf),
    new Connection(serverContext(server), {}, (sink) => new TamperCarrier(sink, serverHand), streamFrontOf),
  );
}

function run(setup: Setup): Pair {
  const pair = pairOf(setup);
  pair.pump();
  return pair;
}

function assertConnected(pair: Pair, what?: string): void {
  assert.equal(pair.client.connection.error?.message, undefined, what);
  assert.equal(pair.server.connection.error?.message, undefined, what);
  assert.ok(pair.server.connection.info !== undefined, what);
}

function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what?: string): void {
  assert.equal(pair[by].connection.error?.code, code, what);
  assert.equal(pair[by].connection.error?.alert, alert, what);
  assert.equal(pair[by === 'client' ? 'server' : 'client'].connection.error?.alert, alert, what);
}

const legacyVersion =
  (type: number, version: number): Hand =>
  (message) => [
    message.type === type ? { ...message, body: concat(Uint8Array.of(version >>> 8, version & 0xff), message.body.subarray(2)) } : message,
  ];

test('TLS 1.3: a legacy_version other than 0x0303 in either hello is a protocol_version', () => {
  for (const version of [0x0000, 0x0200, 0x0300, 0x0301, 0x0302, 0x0304, 0x0400, 0xffff]) {
    const what = `0x${version.toString(16)}`;
    //= rfc9846#section-4.2.2
    //= type=test
    //# A server which receives a legacy_version value not equal to 0x0303 MUST abort
    //# the handshake with a "protocol_version" alert.
    assertRefused(run({ clientHand: legacyVersion(CLIENT_HELLO, version) }), 'server', 'wrong_version', alerts.PROTOCOL_VERSION, what);
    //= rfc9846#section-4.2.3
    //= type=test
    //# A client which receives a TLS 1.3 Server Hello with a legacy_version
    //# value not equal to 0x0303 MUST abort the handshake with a
    //# "protocol_version" alert.
    assertRefused(run({ serverHand: legacyVersion(SERVER_HELLO, version) }), 'client', 'wrong_version', alerts.PROTOCOL_VERSION, what);
  }
});

function unknown(type: number, length = 0): ExtensionModule {
  return {
    type,
    where: IN_CLIENT_HELLO,
    offer(_hs, w) {
      w.bytes(new Uint8Array(length));
      return true;
    },
  };
}

test('S36: as many extensions as a ClientHello holds are passed over, in a time that grows with their number', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => unknown(0x1000 + i));
  for (const count of [1, 127, 128, 1_000, 15_000]) {
    const pair = pairOf({ client: { extensions: [...EXTENSIONS, ...many(count)] } });
    const started = process.cpuUsage();
    pair.pump();
    const { user } = process.cpuUsage(started);
    assertConnected(pair, `${count} extensions`);
    assert.ok(user < 2_000_000, `${count} extensions: ${user} µs`);
  }
  const twice = run({ client: { extensions: [...EXTENSIONS, ...many(5_000), unknown(0x1000)] } });
  assertRefused(twice, 'server', 'duplicate_extension', alerts.ILLEGAL_PARAMETER);
});

test('TLS 1.3: shares of groups that nobody knows are passed over, however many', () => {
  const extra: ExtensionModule = {
    ...keyShare,
    offer(hs, w) {
      const at = w.length;
      const offered = keyShare.offer!(hs, w);
      const own = w.buffer.slice(at + 2, w.length);
      w.length = at;
      const list = w.open(2);
      for (let group = 0x2000; group < 0x2000 + 2_000; group++) {
        w.u16(group);
        w.vector(2, Uint8Array.of(1));
      }
      w.bytes(own);
      w.close(2, list);
      return offered;
    },
  };
  const groups: ExtensionModule = {
    ...supportedGroups,
    offer(_hs, w) {
      w.u16List(2, [...Array.from({ length: 2_000 }, (_, i) => 0x2000 + i), x25519.id]);
      return true;
    },
  };
  const version = {
    ...tls13Client,
    client: { ...tls13Client.client!, extensions: [extra, ...tls13Client.client!.extensions.filter((each) => each !== keyShare)] },
  };
  assertConnected(
    run({ client: { versions: [version], extensions: EXTENSIONS.map((each) => (each === supportedGroups ? groups : each)) } }),
  );
});

test('TLS 1.2: a client that names no groups gets P-256, whatever the server likes best', () => {
  const suites = [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
  const silent = EXTENSIONS.filter((each) => each !== supportedGroups);
  const pair = run({
    client: { versions: [tls12Client], suites, extensions: silent },
    server: { versions: [tls12Server], suites, groups: [x25519, secp256r1] },
  });
  assertConnected(pair);
  assert.equal(pair.server.connection.info?.group, secp256r1.id);
  const without = run({
    client: { versions: [tls12Client], suites, extensions: silent },
    server: { versions: [tls12Server], suites, groups: [x25519] },
  });
  assertConnected(without);
  assert.equal(without.server.connection.info?.group, x25519.id);
});

test('server_name: control characters, spaces and what is not ASCII is no host name', () => {
  const named = (bytes: Uint8Array): ExtensionModule => ({
    ...serverName,
    offer(_hs, w) {
      const at = w.open(2);
      w.u8(0);
      w.vector(2, bytes);
      w.close(2, at);
      return true;
    },
  });
  const others = EXTENSIONS.filter((each) => each !== serverName);
  for (const name of ['local\u0007host', 'local\u001b[31mhost', 'local host', 'localhost\u007f', '\u0000', 'localhost\u0000.example'])
    assertRefused(
      run({ client: { extensions: [named(ascii(name)), ...others] } }),
      'server',
      'bad_extension',
      alerts.ILLEGAL_PARAMETER,
      JSON.stringify(name),
    );
  const utf8 = run({ client: { extensions: [named(Buffer.from('löcalhost')), ...others] } });
  assertRefused(utf8, 'server', 'bad_extension', alerts.ILLEGAL_PARAMETER);
  for (const name of ['localhost', 'LOCALHOST', 'under_score.example', 'xn--lcalhost-n4a.example', 'a'.repeat(300)])
    assertConnected(run({ client: { extensions: [named(ascii(name)), ...others] } }), name);
});

test('TLS 1.3: S26: early data is skipped up to its bound, to the byte', () => {
  const record = (length: number) => concat(Uint8Array.of(23, 3, 3, length >>> 8, length & 0xff), new Uint8Array(length).fill(0x5a));
  for (const [lengths, skipped] of [
    [[MAX_SKIPPED_EARLY_DATA], true],
    [[MAX_SKIPPED_EARLY_DATA - 40, 40], true],
    [[MAX_SKIPPED_EARLY_DATA, 1], false],
  ] as const) {
    const client = clientContext({ extensions: [...EXTENSIONS, unknown(EARLY_DATA)] });
    const pair = new Pair(
      new Connection(client, { serverName: 'localhost' }, (sink) => new StreamCarrier(sink), streamFrontOf),
      new Connection(serverContext(), {}, (sink) => new StreamCarrier(sink), streamFrontOf),
    );
    let first = true;
    pair.wire = (from, bytes) => {
      const pieces = from === 'client' && first ? [bytes, ...lengths.map(record)] : [bytes];
      if (from === 'client') first = false;
      return pieces;
    };
    pair.pump();
    if (skipped) assertConnected(pair, `${lengths.join()}`);
    else assert.equal(pair.server.connection.error?.code, 'early_data_limit');
  }
});
