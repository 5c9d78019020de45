/** What a network or an enemy may put before DTLS: nothing changes but a counter, and no reply is larger than what provoked it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TLS_PSK_WITH_AES_128_GCM_SHA256 } from '../src/crypto/suites/aes-gcm.ts';
import { Endpoint } from '../src/engine/endpoint.ts';
import { datagramConfig } from '../src/record/datagram/config.ts';
import { RECORD_HEADER, RecordCursor } from '../src/record/datagram/record-header.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { Network, type Node } from './sim/network.ts';
import { Random } from './sim/random.ts';
import { clientContext, serverContext } from './support/contexts.ts';

const suites = [TLS_PSK_WITH_AES_128_GCM_SHA256];
const psk = { identity: Uint8Array.of(1), key: new Uint8Array(16).fill(9) };
const client = clientContext({ versions: [dtls12Client], suites, psk: () => psk });
const server = serverContext({ versions: [dtls12Server], suites, credentials: [], findPsk: () => psk });

const DELAY_MS = 10;

interface World {
  readonly network: Network;
  readonly client: Node;
  readonly server: Node;
}

/** A client with an address and a server, before the first datagram is delivered. */
function world(): World {
  const network = new Network({ delay: DELAY_MS });
  const config = datagramConfig({ clock: network.clock.read });
  const ours = network.add('10.0.0.1', 5_684, new Endpoint({ config, server }));
  const theirs = network.add('10.0.0.2', 40_000, new Endpoint({ config: datagramConfig({ clock: network.clock.read }) }));
  theirs.endpoint.connect(ours.address, client);
  return { network, client: theirs, server: ours };
}

function bothDone(w: World): boolean {
  return w.client.has('handshake') && w.server.has('handshake');
}

function established(): World {
  const w = world();
  w.network.run(1_000, () => bothDone(w));
  assert.ok(bothDone(w));
  return w;
}

function exporter(node: Node, peer: Node): string {
  const connection = node.endpoint.find(peer.address)?.connection;
  assert.ok(connection !== undefined);
  return Buffer.from(connection.exportKeyingMaterial(32, 'EXPORTER-test')).toString('hex');
}

function other(w: World, node: Node): Node {
  return node === w.client ? w.server : w.client;
}

interface Flown {
  readonly from: 'client' | 'server';
  readonly datagram: Uint8Array;
}

/** The datagrams of an undisturbed handshake. */
function recording(): { flown: Flown[]; time: number } {
  const w = world();
  const flown: Flown[] = [];
  for (const from of ['client', 'server'] as const)
    w[from].filter = (datagram) => {
      flown.push({ from, datagram: datagram.slice() });
      return true;
    };
  w.network.run(1_000, () => bothDone(w));
  assert.ok(bothDone(w));
  return { flown, time: w.network.clock.now };
}

/** Whether a change of this bit cannot pass for a message: it is in a record's header, or in a record that is protected. */
function isHarmless(datagram: Uint8Array, bit: number): boolean {
  const records = new RecordCursor(datagram);
  while (records.next()) {
    const inRecord = (bit >>> 3) - records.start;
    if (inRecord < records.end - records.start) return inRecord < RECORD_HEADER || records.epoch > 0;
  }
  return false;
}

for (const order of ['before', 'after', 'instead'] as const) {
  test(`D2: every bit of every datagram of a handshake, flipped in a copy that comes ${order === 'instead' ? order : `${order} the datagram`}`, () => {
    const clean = recording();
    assert.equal(clean.flown.length, 6);
    let tried = 0;
    for (const [victim, { datagram: example }] of clean.flown.entries()) {
      for (let bit = 0; bit < 8 * example.length; bit++) {
        const w = world();
        let seen = 0;
        let hitLength = 0;
        for (const node of [w.client, w.server])
          node.filter = (datagram) => {
            if (seen++ !== victim) return true;
            hitLength = datagram.length;
            const flipped = datagram.slice();
            flipped[bit >>> 3]! ^= 1 << (bit & 7);
            const inOrder = order === 'before' ? [flipped, datagram] : order === 'after' ? [datagram, flipped] : [flipped];
            for (const each of inOrder) w.network.inject(node.address, other(w, node), each, DELAY_MS);
            return false;
          };
        const harmless = isHarmless(example, bit);
        const what = `datagram ${victim}, byte ${bit >>> 3}, bit ${bit & 7}`;
        w.network.run(400_000, () => bothDone(w));
        assert.equal(hitLength, example.length, what);
        if (bothDone(w)) assert.equal(exporter(w.client, w.server), exporter(w.server, w.client), what);
        else assert.ok(!harmless, what);
        // What cannot pass for a message costs nothing, or as much as a loss does.
        if (harmless && order !== 'instead') assert.equal(w.network.clock.now, clean.time, what);
        for (const node of [w.client, w.server]) {
          assert.ok(!node.has('data'), what);
          assert.ok(node.datagramsOut < 40, `${what}: ${node.datagramsOut} datagrams`);
          for (const { event } of node.events)
            if (event.type === 'error') assert.ok(!harmless && event.error.code !== 'internal_error', what);
        }
        tried++;
      }
    }
    assert.ok(tried > 3_000, `${tried}`);
  });
}

/** A datagram of application data as the client sends it now. */
function sealed(w: World, data: Uint8Array): Uint8Array {
  const { connection } = w.client.endpoint.find(w.server.address)!;
  connection.send(data);
  return connection.takeOutput()!.slice();
}

function received(node: Node): number[] {
  return node.events.flatMap(({ event }) => (event.type === 'data' ? [event.data[0] ?? -1] : []));
}

/** Gives the server a datagram at once. What it answered, in bytes. */
function provoke(w: World, datagram: Uint8Array, from = w.client.address): number {
  const before = w.server.bytesOut;
  w.server.endpoint.receive(from, datagram.slice());
  w.network.drain(w.server);
  return w.server.bytesOut - before;
}

test('D2: every flipped bit of protected records: silence, one counter, and the window stays where it was', () => {
  const w = established();
  const connection = w.server.endpoint.find(w.client.address)!.connection;
  const good = Array.from({ length: 40 }, (_, i) => sealed(w, Uint8Array.of(i)));
  const events = w.server.events.length;
  const sent = w.server.datagramsOut;
  const material = exporter(w.server, w.client);
  const { nextTimeout, wants } = connection;
  for (const datagram of [good[0]!, good[39]!]) {
    for (let bit = 0; bit < 8 * datagram.length; bit++) {
      const before = w.server.endpoint.drops.total;
      const flipped = datagram.slice();
      flipped[bit >>> 3]! ^= 1 << (bit & 7);
      assert.equal(provoke(w, flipped), 0, `bit ${bit}`);
      const after = w.server.endpoint.drops.total;
      // A length that is too small makes a bad record and leaves a bad rest.
      assert.ok(after === before + 1 || after === before + 2, `bit ${bit}: ${after - before} counted`);
    }
  }
  assert.equal(w.server.events.length, events);
  assert.equal(w.server.datagramsOut, sent);
  assert.deepEqual([connection.nextTimeout, connection.wants], [nextTimeout, wants]);
  assert.equal(exporter(w.server, w.client), material);
  // Had a forged number 39 moved the window, the oldest would be gone; had one been marked, it would be a replay.
  for (const each of [...good].reverse()) provoke(w, each);
  assert.deepEqual(
    received(w.server),
    Array.from({ length: 40 }, (_, i) => 39 - i),
  );
});

test('D1: garbage before, between and after good records in one datagram', () => {
  const w = established();
  const random = new Random(11);
  for (let round = 0; round < 200; round++) {
    const good = [sealed(w, Uint8Array.of(1)), sealed(w, Uint8Array.of(2))];
    // What looks like a record: its length leads to the next one. At the end there may be anything.
    const junk = (): Uint8Array => {
      const length = random.below(40);
      const bytes = noise(random, RECORD_HEADER + length);
      bytes[11] = 0;
      bytes[12] = length;
      return bytes;
    };
    const before = received(w.server).length;
    const parts = [junk(), good[0]!, junk(), junk(), good[1]!, noise(random, random.below(60))];
    assert.equal(provoke(w, new Uint8Array(Buffer.concat(parts))), 0, `round ${round}`);
    assert.deepEqual(received(w.server).slice(before), [1, 2], `round ${round}`);
  }
  assert.equal(w.server.endpoint.find(w.client.address)!.connection.error, undefined);
});

test('S62, S68: records of every type and of other epochs after the handshake reach nobody and are not answered', () => {
  const w = established();
  const data = sealed(w, Uint8Array.of(7));
  const events = w.server.events.length;
  let tried = 0;
  for (let type = 0; type < 256; type++) {
    for (const epoch of [0, 2, 3, 255, 65_535]) {
      const forged = data.slice();
      forged[0] = type;
      forged[3] = epoch >>> 8;
      forged[4] = epoch & 0xff;
      const empty = Uint8Array.of(type, 0xfe, 0xfd, epoch >>> 8, epoch & 0xff, 0, 0, 0, 0, 0, tried & 0xff, 0, 0);
      for (const each of [forged, empty]) {
        const before = w.server.endpoint.drops.total;
        // What begins like a ClientHello is looked at as one.
        assert.equal(provoke(w, each), 0, `type ${type}, epoch ${epoch}`);
        assert.equal(w.server.endpoint.drops.total, before + 1, `type ${type}, epoch ${epoch}`);
        tried++;
      }
    }
  }
  assert.equal(w.server.events.length, events);
  provoke(w, data);
  assert.deepEqual(received(w.server), [7]);
});

test('D3, D33: everything that was said, again, from the same address and from others', () => {
  const { flown } = recording();
  const w = world();
  const said: Uint8Array[] = [];
  w.client.filter = (datagram) => {
    said.push(datagram.slice());
    return true;
  };
  w.network.run(1_000, () => bothDone(w));
  for (let i = 0; i < 10; i++) said.push(sealed(w, Uint8Array.of(i)));
  for (const each of said.slice(-10)) provoke(w, each);
  assert.equal(received(w.server).length, 10);
  const association = w.server.endpoint.find(w.client.address);
  const events = w.server.events.length;
  for (let round = 0; round < 100; round++) {
    for (const each of [...said, ...flown.map(({ datagram }) => datagram)]) {
      assert.ok(provoke(w, each) <= each.length, `round ${round}`);
      assert.ok(provoke(w, each, { address: '10.6.6.6', port: 1_000 + round }) <= each.length, `round ${round}, elsewhere`);
    }
  }
  assert.equal(w.server.endpoint.find(w.client.address), association);
  assert.equal(w.server.endpoint.size, 1);
  assert.equal(w.server.events.length, events);
});

test('S71, S72: a flood of forged ClientHellos at the address of a live association: it stays, and no byte more goes out than came in', () => {
  const w = established();
  const [first] = recording().flown;
  const association = w.server.endpoint.find(w.client.address);
  const { bytesIn, bytesOut } = { bytesIn: w.server.endpoint.statistics.bytesReceived, bytesOut: w.server.bytesOut };
  const random = new Random(3);
  for (let i = 0; i < 10_000; i++) {
    const forged = first!.datagram.slice();
    forged.set(noise(random, 32), 27);
    assert.ok(provoke(w, forged) <= forged.length);
  }
  const statistics = w.server.endpoint.statistics;
  assert.ok(w.server.bytesOut - bytesOut <= statistics.bytesReceived - bytesIn);
  assert.equal(w.server.endpoint.find(w.client.address), association);
  assert.deepEqual([w.server.endpoint.size, w.server.endpoint.halfOpen, statistics.restarts], [1, 0, 0]);
  provoke(w, sealed(w, Uint8Array.of(5)));
  assert.deepEqual(received(w.server), [5]);
  // The client is told by each HelloVerifyRequest of a handshake that it has behind it: it does not care.
  w.network.run(w.network.clock.now + 10_000);
  assert.equal(w.client.endpoint.find(w.server.address)!.connection.error, undefined);
});

/** After how many datagrams of the client the handshake is left standing. */
for (const stage of [0, 1, 2, 3]) {
  test(`noise and damaged messages with a client that has sent ${stage} datagrams: nothing escapes, nothing reaches the program, little is answered`, () => {
    const { flown } = recording();
    const random = new Random(100 + stage);
    for (let round = 0; round < 150; round++) {
      const w = world();
      let sent = 0;
      w.client.filter = () => ++sent <= stage;
      w.network.run(900);
      const from = random.chance(0.2) ? { address: '10.7.7.7', port: 7 } : w.client.address;
      let bytes = 0;
      let largest = 0;
      const events = w.server.events.length;
      const before = w.server.bytesOut;
      for (let i = 0; i < 30; i++) {
        const example = flown[random.below(flown.length)]!.datagram;
        const datagram = random.chance(0.3) ? noise(random, random.below(300)) : damaged(random, example);
        bytes += datagram.length;
        largest = Math.max(largest, provoke(w, datagram, from));
      }
      const answered = w.server.bytesOut - before;
      // D24: what the peer may have lost goes out again once in half a second at most, here once.
      assert.ok(answered <= bytes + 300, `round ${round}: ${answered} for ${bytes}`);
      assert.ok(largest <= 300, `round ${round}: ${largest}`);
      for (const { event } of w.server.events.slice(events)) {
        assert.notEqual(event.type, 'data');
        if (event.type === 'error') assert.ok(event.error.code !== 'internal_error', event.error.message);
      }
      assert.ok(w.server.endpoint.size <= 1);
    }
  });
}

test('D24: the second ClientHello over and over again brings the flight out once in half a second at most', () => {
  const { flown } = recording();
  const w = world();
  let sent = 0;
  let second: Uint8Array | undefined;
  w.client.filter = (datagram) => {
    if (++sent === 2) second = datagram.slice();
    return sent <= 2;
  };
  w.network.run(100);
  assert.ok(second !== undefined);
  const flight = flown[3]!.datagram.length;
  const before = w.server.bytesOut;
  for (let ms = 0; ms < 900; ms++) {
    w.network.clock.now = 100 + ms;
    provoke(w, second);
  }
  assert.equal(w.server.bytesOut - before, flight, 'once between 500 and 1000 ms after it went out first');
});

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

/** A datagram with some of its bytes changed, cut, doubled or put behind others. */
function damaged(random: Random, datagram: Uint8Array): Uint8Array {
  let bytes = datagram.slice();
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1:
      bytes = new Uint8Array(Buffer.concat([bytes, noise(random, random.below(40))]));
      break;
    case 2:
      bytes = new Uint8Array(Buffer.concat([noise(random, 13), bytes]));
      break;
    default:
  }
  for (let i = random.below(4); i >= 0; i--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
