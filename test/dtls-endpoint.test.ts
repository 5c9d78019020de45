import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { PeerAddress } from '../src/engine/association.ts';
import { Endpoint, type EndpointOptions } from '../src/engine/endpoint.ts';
import { datagramConfig, type DatagramOptions } from '../src/record/datagram/config.ts';
import type { MemoryBudget } from '../src/record/datagram/reassembly.ts';
import { RecordCursor } from '../src/record/datagram/record-header.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { Network, type NetworkOptions, type Node } from './sim/network.ts';
import { clientContext, serverContext } from './support/contexts.ts';

const suites = Object.values(gcm);
const client = clientContext({ versions: [dtls12Client], suites });
const server = serverContext({ versions: [dtls12Server], suites });

interface World {
  readonly network: Network;
  readonly server: Node;
  client(port?: number, host?: string): Node;
}

function world(
  options: Partial<EndpointOptions> & { network?: NetworkOptions; datagrams?: Partial<DatagramOptions>; budget?: MemoryBudget } = {},
): World {
  const network = new Network({ delay: 25, ...options.network });
  const make = (extra: Partial<DatagramOptions> = {}) => datagramConfig({ ...options.datagrams, ...extra, clock: network.clock.read });
  const config = make({ reassemblyBudget: options.budget });
  const node = network.add('10.0.0.1', 5684, new Endpoint({ config, server, ...options }));
  return {
    network,
    server: node,
    client: (port = 40_000, host = '10.0.0.2') => network.add(host, port, new Endpoint({ config: make() })),
  };
}

function connect(w: World, node: Node): void {
  node.endpoint.connect(w.server.address, client, { serverName: 'localhost' });
}

/** What went from a node, as it went. */
function record(node: Node): Uint8Array[] {
  const all: Uint8Array[] = [];
  node.filter = (datagram) => {
    all.push(datagram.slice());
    return true;
  };
  return all;
}

test('D17, D20: a handshake with a cookie: the numbers of ServerHello go on from the second ClientHello', () => {
  const w = world();
  const node = w.client();
  const fromClient = record(node);
  const fromServer = record(w.server);
  connect(w, node);
  w.network.run(10_000, () => node.has('handshake') && w.server.has('handshake'));
  assert.ok(node.has('handshake') && w.server.has('handshake'));
  assert.equal(w.server.endpoint.statistics.cookiesSent, 1);
  const second = new RecordCursor(fromClient[1]!);
  assert.ok(second.next());
  assert.equal(second.seq, 1);
  const hello = new RecordCursor(fromServer[1]!);
  assert.ok(hello.next());
  assert.equal(hello.seq, 1, 'record number');
  assert.equal(hello.fragment[5], 1, 'message_seq');
  const association = node.endpoint.find(w.server.address)!;
  association.send(Uint8Array.of(1, 2, 3));
  association.send(new Uint8Array(0));
  w.network.run(20_000, () => w.server.events.filter(({ event }) => event.type === 'data').length === 2);
  const data = w.server.events.filter(({ event }) => event.type === 'data').map(({ event }) => ('data' in event ? [...event.data] : []));
  assert.deepEqual(data, [[1, 2, 3], []], 'D45: boundaries are kept, and an empty datagram is one');
});

test('D20: also when the second ClientHello is itself repeated', () => {
  const w = world();
  const node = w.client();
  let dropped = 0;
  w.server.filter = (datagram) => {
    const isHello = datagram[13] === 2;
    if (isHello && dropped < 2) {
      dropped++;
      return false;
    }
    return true;
  };
  connect(w, node);
  w.network.run(60_000, () => node.has('handshake') && w.server.has('handshake'));
  assert.ok(node.has('handshake'));
  assert.equal(dropped, 2);
});

test('D18: before the address is proven, no byte more goes out than came in', () => {
  const w = world();
  const node = w.client();
  const hellos = record(node);
  connect(w, node);
  w.network.drain(node);
  const hello = hellos[0]!;
  for (let i = 0; i < 1_000; i++) {
    const forged = hello.slice();
    forged.fill(i, 27, 59);
    w.network.inject({ address: `10.1.${i >> 8}.${i & 255}`, port: 1_000 + i }, w.server, forged);
  }
  w.network.remove(node);
  w.network.run(1_000);
  assert.ok(w.server.bytesOut <= w.server.bytesIn, `${w.server.bytesOut} for ${w.server.bytesIn}`);
  assert.equal(w.server.datagramsOut, 1_001);
  assert.equal(w.server.endpoint.size, 0);
  assert.equal(w.server.endpoint.nextTimeout, Number.POSITIVE_INFINITY, 'no timer for HelloVerifyRequest');
});

test('D17: a cookie from another port is refused with a new one', () => {
  const w = world();
  const node = w.client();
  const sent = record(node);
  connect(w, node);
  w.network.run(500, () => sent.length >= 2);
  const before = w.server.endpoint.statistics.cookiesRefused;
  w.network.inject({ address: '10.0.0.2', port: 40_001 }, w.server, sent[1]!);
  w.network.run(1_000, () => w.server.endpoint.statistics.cookiesRefused > before);
  assert.equal(w.server.endpoint.statistics.cookiesRefused, before + 1);
  assert.equal(w.server.endpoint.find({ address: '10.0.0.2', port: 40_001 }), undefined);
});

test('D22: alerts, junk and records of later epochs from unknown peers are counted and not answered', () => {
  const w = world();
  const strange: PeerAddress = { address: '10.9.9.9', port: 9 };
  const datagrams = [
    Uint8Array.of(21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40),
    Uint8Array.of(23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    Uint8Array.of(25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    new Uint8Array(0),
    new Uint8Array(2_000).fill(0x5a),
  ];
  for (const each of datagrams) w.network.inject(strange, w.server, each);
  w.network.run(1_000);
  assert.equal(w.server.datagramsOut, 0);
  assert.equal(w.server.endpoint.size, 0);
  assert.equal(w.server.endpoint.drops.get('unknownPeer'), datagrams.length);
});

test('D33: a forged ClientHello from a live address changes nothing; a true restart replaces the association', () => {
  const w = world();
  const node = w.client();
  const sent = record(node);
  connect(w, node);
  w.network.run(10_000, () => node.has('handshake') && w.server.has('handshake'));
  const association = w.server.endpoint.find(node.address)!;
  // Another ClientHello, with a cookie that is no good; and one with none; and the first ones again.
  const forged = sent[1]!.slice();
  forged.fill(0x11, 27, 59);
  for (const each of [forged, sent[0]!, sent[1]!]) w.network.inject(node.address, w.server, each);
  w.network.run(w.network.clock.now + 1_000);
  assert.equal(w.server.endpoint.find(node.address), association);
  node.endpoint.find(w.server.address)!.send(Uint8Array.of(9));
  w.network.run(w.network.clock.now + 1_000);
  assert.ok(w.server.events.some(({ event }) => event.type === 'data'));

  // The client loses its state and comes back at the same address.
  w.network.remove(node);
  const again = w.client();
  connect(w, again);
  w.network.run(w.network.clock.now + 10_000, () => again.has('handshake') && w.server.endpoint.find(again.address)?.established === true);
  assert.ok(again.has('handshake'));
  assert.notEqual(w.server.endpoint.find(again.address), association);
  assert.equal(w.server.endpoint.statistics.restarts, 1);
  const end = w.server.events.filter((each) => each.association === association).map(({ event }) => event.type);
  assert.deepEqual(end.slice(-2), ['error', 'closed']);
});

test('D33: the restart is proven by a cookie even where first contacts are not', () => {
  const w = world({ cookies: false });
  const node = w.client();
  const sent = record(node);
  connect(w, node);
  w.network.run(10_000, () => node.has('handshake') && w.server.has('handshake'));
  assert.equal(w.server.endpoint.statistics.cookiesSent, 0);
  const association = w.server.endpoint.find(node.address);
  const forged = sent[0]!.slice();
  forged.fill(0x11, 27, 59);
  w.network.inject(node.address, w.server, forged);
  w.network.run(w.network.clock.now + 1_000);
  assert.equal(w.server.endpoint.find(node.address), association);
  assert.equal(w.server.endpoint.statistics.cookiesSent, 1);
});

test('D21: caps on associations, on those of one host, and on handshakes under way, of which the oldest gives way', () => {
  const w = world({ maxAssociations: 4, maxPerHost: 2 });
  const nodes = Array.from({ length: 4 }, (_, i) => w.client(41_000 + i));
  nodes.push(...Array.from({ length: 4 }, (_, i) => w.client(42_000 + i, `10.0.1.${i}`)));
  for (const node of nodes) connect(w, node);
  w.network.run(30_000);
  assert.equal(w.server.endpoint.size, 4);
  assert.equal(nodes.filter((node) => node.has('handshake')).length, 4);
  assert.equal(nodes.slice(0, 4).filter((node) => node.has('handshake')).length, 2);
  assert.ok(w.server.endpoint.drops.get('limit') > 0);
});

test('D21: half-open handshakes are capped, the oldest gives way', () => {
  const w = world({ maxHalfOpen: 3 });
  // These clients vanish as soon as their cookie is proven.
  for (let i = 0; i < 10; i++) {
    const node = w.client(43_000 + i);
    let sent = 0;
    node.filter = () => ++sent <= 2;
    connect(w, node);
    w.network.run(w.network.clock.now + 200);
  }
  assert.equal(w.server.endpoint.halfOpen, 3);
  assert.equal(w.server.endpoint.size, 3);
  assert.equal(w.server.endpoint.statistics.handshakesDisplaced, 7);
  const good = w.client(44_000);
  connect(w, good);
  w.network.run(w.network.clock.now + 5_000, () => good.has('handshake'));
  assert.ok(good.has('handshake'), 'a flood does not keep others out');
});

test('D21: a handshake has a deadline', () => {
  const w = world({ handshakeTimeoutMs: 30_000 });
  const node = w.client();
  let sent = 0;
  node.filter = () => ++sent <= 2;
  connect(w, node);
  w.network.run(29_000);
  assert.equal(w.server.endpoint.size, 1);
  w.network.run(31_000);
  assert.equal(w.server.endpoint.size, 0);
  assert.equal(w.server.endpoint.statistics.handshakesTimedOut, 1);
});

test('D14: a ClientHello in pieces: by its first one where that holds the cookie, and by a bounded pool where it does not', () => {
  const long = clientContext({
    versions: [dtls12Client],
    suites,
    alpn: Array.from({ length: 40 }, (_, i) => `a-protocol-with-a-long-name-${i}`),
  });
  for (const [maxDatagram, partialHellos] of [
    [512, 'drop'],
    [100, 'hold'],
  ] as const) {
    const w = world({ datagrams: { maxDatagram }, partialHellos });
    const node = w.client();
    node.endpoint.connect(w.server.address, long, { serverName: 'localhost' });
    w.network.run(20_000, () => node.has('handshake') && w.server.has('handshake'));
    assert.ok(node.has('handshake'), `${maxDatagram}`);
  }
  // Forged first pieces leave nothing behind.
  const w = world({ datagrams: { maxDatagram: 512 } });
  const node = w.client();
  const sent = record(node);
  node.endpoint.connect(w.server.address, long, { serverName: 'localhost' });
  w.network.drain(node);
  w.network.remove(node);
  for (let i = 0; i < 100; i++) for (const each of sent) w.network.inject({ address: '10.2.0.1', port: i + 1 }, w.server, each);
  w.network.run(1_000);
  assert.equal(w.server.endpoint.size, 0);
});

test('D35: close_notify ends both sides; a late record or alert opens nothing, and who did not hear it is told again', () => {
  const w = world();
  const node = w.client();
  connect(w, node);
  w.network.run(10_000, () => node.has('handshake') && w.server.has('handshake'));
  const association = node.endpoint.find(w.server.address)!;
  const atServer = w.server.endpoint.find(node.address)!;
  // The server closes, and its alert is lost.
  let lost = 0;
  w.server.filter = () => ++lost > 1;
  atServer.close();
  atServer.abort();
  w.network.run(w.network.clock.now + 1_000);
  assert.equal(w.server.endpoint.size, 0);
  assert.ok(!node.has('end'));
  association.send(new Uint8Array(100));
  w.network.run(w.network.clock.now + 1_000);
  assert.ok(node.has('end'), 'the farewell came with the next datagram');
  assert.equal(w.server.endpoint.size, 0);
  for (let i = 0; i < 20; i++) w.network.inject(node.address, w.server, new Uint8Array(100).fill(23));
  const before = w.server.datagramsOut;
  w.network.run(w.network.clock.now + 1_000);
  assert.ok(w.server.datagramsOut - before <= 2, 'a few times, not for ever');
  w.network.run(w.network.clock.now + 120_000);
  assert.equal(w.server.endpoint.nextTimeout, Number.POSITIVE_INFINITY, 'nothing is left');
});

test('idle associations are closed: a close_notify can be lost', () => {
  const w = world({ idleTimeoutMs: 60_000 });
  const node = w.client();
  connect(w, node);
  w.network.run(10_000, () => node.has('handshake') && w.server.has('handshake'));
  w.network.run(w.network.clock.now + 50_000);
  node.endpoint.find(w.server.address)!.send(Uint8Array.of(1));
  w.network.run(w.network.clock.now + 50_000);
  assert.equal(w.server.endpoint.size, 1);
  w.network.run(w.network.clock.now + 20_000);
  assert.equal(w.server.endpoint.size, 0);
  assert.equal(w.server.endpoint.statistics.idleClosed, 1);
});

test('D46: after 10 000 handshakes with faults, everything is as at the beginning', () => {
  const budget = { used: 0, limit: 1_000_000 };
  const psk = { identity: Uint8Array.of(1), key: new Uint8Array(16).fill(9) };
  const byKey = { suites: [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256] };
  const keyed = clientContext({ ...byKey, versions: [dtls12Client], psk: () => psk });
  const w = world({
    budget,
    server: serverContext({ ...byKey, versions: [dtls12Server], credentials: [], findPsk: () => psk }),
    datagrams: { maxDatagram: 120, lingerMs: 1_000 },
    network: { loss: 0.3, duplicate: 0.2, reorder: 0.2, lateness: 500 },
    partialHellos: 'hold',
    handshakeTimeoutMs: 20_000,
    idleTimeoutMs: 30_000,
    closedLingerMs: 5_000,
  });
  let completed = 0;
  let begun = 0;
  let left = 0;
  for (let round = 0; round < 100; round++) {
    const nodes = Array.from({ length: 100 }, (_, i) => w.client(45_000 + i, `10.3.0.${round}`));
    for (const node of nodes) {
      node.endpoint.connect(w.server.address, keyed);
      begun++;
    }
    w.network.run(w.network.clock.now + 15_000);
    for (const [i, node] of nodes.entries()) {
      if (node.has('handshake')) completed++;
      if (i % 3 === 0) node.endpoint.close();
    }
    w.network.run(w.network.clock.now + 1_000);
    left = Math.max(left, w.server.endpoint.size);
    for (const node of nodes) w.network.remove(node);
  }
  assert.equal(begun, 10_000);
  assert.ok(completed > 5_000, `${completed}`);
  assert.ok(w.server.endpoint.statistics.handshakesTimedOut > 100 && w.server.endpoint.statistics.idleClosed > 100);
  assert.ok(left > 50, 'there was something to release');
  w.network.run(w.network.clock.now + 200_000);
  assert.equal(w.server.endpoint.size, 0);
  assert.equal(w.server.endpoint.halfOpen, 0);
  assert.equal(budget.used, 0);
  assert.equal(w.server.endpoint.nextTimeout, Number.POSITIVE_INFINITY);
});
