/** What a DTLS stack must get right, one connection against another under a virtual clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import { datagramConfig } from '../src/record/datagram/config.ts';
import type { DropCounters } from '../src/record/datagram/drops.ts';
import { DropCounters as Counters } from '../src/record/datagram/drops.ts';
import { RecordCursor } from '../src/record/datagram/record-header.ts';
import { createDatagramServerConnection, datagramCarrier } from '../src/engine/datagram.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { dtls10Client, dtls10Server } from '../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import { DatagramLink, type LinkSide } from './sim/datagram-link.ts';
import { Random } from './sim/random.ts';
import { credential } from './support/certificates.ts';
import { clientContext, serverContext } from './support/contexts.ts';
import { dtlsPair, type DtlsPairOptions } from './support/dtls.ts';

const suites = Object.values(gcm);
const client = clientContext({ versions: [dtls12Client], suites });
const server = serverContext({ versions: [dtls12Server], suites, tickets: createTicketKeys(nodeCrypto) });
const mutual = {
  client: clientContext({ versions: [dtls12Client], suites, credentials: [credential('p256')] }),
  server: serverContext({ versions: [dtls12Server], suites, clientCertificate: 'require' }),
};

interface Watched {
  readonly link: DatagramLink;
  readonly drops: DropCounters;
}

/** Established, with the server's drop counters at hand. */
function established(options: DtlsPairOptions = {}): Watched {
  const drops = new Counters();
  const link = dtlsPair(client, server, { delay: 10, ...options, serverConfig: { ...options.serverConfig, drops } });
  assert.ok(link.handshake());
  return { link, drops };
}

/** A record of application data as the client sends it now. */
function sealed(link: DatagramLink, text: string): Uint8Array {
  link.client.connection.send(Buffer.from(text));
  const datagram = link.client.connection.takeOutput();
  assert.ok(datagram !== undefined);
  return datagram;
}

function receivedBy(link: DatagramLink, side: LinkSide): string[] {
  return link[side].received.map((each) => Buffer.from(each).toString());
}

function settle(link: DatagramLink, ms = 200): void {
  link.run(link.clock.now + ms);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** What identifies a record: for tests that count or drop records. */
function describe(datagram: Uint8Array): string[] {
  const cursor = new RecordCursor(datagram);
  const all: string[] = [];
  while (cursor.next()) all.push(cursor.epoch === 0 && cursor.type === 22 ? `m${cursor.fragment[0]}` : `${cursor.epoch}:${cursor.type}`);
  return all;
}

test('D1: garbage, a good record and a truncated one in one datagram: the good one is taken, the others are counted', () => {
  const { link, drops } = established();
  const unknown = sealed(link, 'lost');
  unknown[0] = 99;
  const foreign = sealed(link, 'lost too');
  foreign[1] = 3;
  const good = sealed(link, 'kept');
  const cut = sealed(link, 'cut').subarray(0, 20);
  link.inject('server', join(unknown, foreign, good, cut));
  settle(link);
  assert.deepEqual(receivedBy(link, 'server'), ['kept']);
  assert.deepEqual(drops.toJSON(), { type: 1, version: 1, truncated: 1 });
  assert.equal(link.server.connection.error, undefined);
});

//= rfc7366#section-3
//= type=test
//# For DTLS, the record MUST be discarded, and a fatal bad_record_mac MAY be generated [4].
test('D2: every flipped bit of a protected record: no data, no alert, no answer, no change but of a counter', () => {
  const { link, drops } = established();
  const datagram = sealed(link, 'x');
  const events = link.server.events.length;
  const sent = link.sent.length;
  for (let bit = 0; bit < 8 * datagram.length; bit++) {
    const flipped = datagram.slice();
    flipped[bit >>> 3]! ^= 1 << (bit & 7);
    link.server.connection.receive(flipped);
  }
  settle(link);
  assert.equal(link.server.events.length, events);
  assert.equal(link.sent.length, sent);
  assert.ok(drops.total >= 8 * datagram.length);
  // The window did not move: the record itself is still good.
  link.inject('server', datagram);
  settle(link);
  assert.deepEqual(receivedBy(link, 'server'), ['x']);
});

test('D2: every flipped bit of every datagram of a handshake leaves it able to complete', () => {
  const clean = dtlsPair(client, server, { delay: 10 });
  assert.ok(clean.handshake());
  const lengths = clean.sent.map((sent) => sent.datagram.length);
  const random = new Random(7);
  for (let round = 0; round < 150; round++) {
    const victim = random.below(lengths.length);
    const bit = random.below(8 * 13);
    let seen = 0;
    const link = dtlsPair(client, server, { delay: 10 });
    // A copy with one bit of the record header changed comes before the datagram itself.
    link.meddler = (_from, datagram) => {
      if (seen++ !== victim) return true;
      const flipped = datagram.slice();
      flipped[bit >>> 3]! ^= 1 << (bit & 7);
      return [flipped, datagram];
    };
    assert.ok(link.handshake(60_000), `datagram ${victim}, bit ${bit}`);
  }
});

test('D3: replays, old and new; a window of each size', () => {
  for (const replayWindow of [32, 64, 128] as const) {
    const { link, drops } = established({ serverConfig: { replayWindow } });
    const records = Array.from({ length: 200 }, (_, i) => sealed(link, `${i}`));
    link.inject('server', records[199]!);
    settle(link);
    for (const each of records) link.inject('server', each);
    for (const each of records) link.inject('server', each);
    settle(link);
    assert.equal(link.server.received.length, replayWindow, 'what is left of the window is old');
    assert.equal(drops.get('replay'), 400 - (replayWindow - 1));
  }
});

test('D5: data, alerts and handshake of epoch 0 after the handshake are dropped', () => {
  const { link, drops } = established();
  for (const type of [20, 21, 22, 23, 24]) {
    const content = type === 21 ? [2, 40] : type === 20 ? [1] : [1, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0];
    link.inject('server', Uint8Array.of(type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 1, type, 0, content.length, ...content));
  }
  settle(link);
  assert.equal(drops.get('epoch'), 5);
  assert.equal(link.server.connection.error, undefined);
  assert.deepEqual(link.server.received, []);
});

test('D5: data before there are keys, and data of a keyed epoch before Finished, does not reach the program early', () => {
  const drops = new Counters();
  const link = dtlsPair(client, server, { delay: 10, serverConfig: { drops } });
  link.inject('server', Uint8Array.of(23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 65), 15);
  // The client's Finished is late; its first data overtakes it.
  link.meddler = (from, datagram) => {
    if (from === 'client' && describe(datagram).includes('1:22')) {
      link.inject('server', datagram, 400);
      return false;
    }
    return true;
  };
  link.run(5_000, () => link.client.has('handshake'));
  assert.equal(drops.get('earlyData'), 1);
  assert.deepEqual(link.server.received, []);
});

test('D6, D7: Finished overtakes the messages before it: held, not lost', () => {
  const link = dtlsPair(mutual.client, mutual.server, { delay: 10, config: { maxDatagram: 300 } });
  link.meddler = (from, datagram) => {
    // The client's second flight arrives backwards.
    if (from !== 'client' || link.clock.now < 15) return true;
    const late = describe(datagram).includes('1:22') ? 0 : 300;
    link.inject('server', datagram, 10 + late);
    return false;
  };
  assert.ok(link.handshake(900), 'no retransmission was needed');
});

test('D7: 10 000 records of the next epoch do not grow what is held', () => {
  const drops = new Counters();
  const link = dtlsPair(client, server, { delay: 10, serverConfig: { drops } });
  link.run(25);
  for (let i = 0; i < 10_000; i++) {
    link.server.connection.receive(Uint8Array.of(23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, i >> 8, i, 0, 30, ...new Uint8Array(30)));
  }
  assert.equal(drops.get('full'), 10_000 - 8);
  assert.ok(link.handshake(60_000));
});

test('D8: an association whose key was attacked too often ends', () => {
  const { link } = established({ serverConfig: { integrityLimit: 100 } });
  const codeOf = (): string | undefined => link.server.connection.error?.code;
  const datagram = sealed(link, 'x');
  datagram[datagram.length - 1]! ^= 1;
  for (let i = 0; i < 99; i++) link.server.connection.receive(datagram);
  assert.equal(codeOf(), undefined);
  link.server.connection.receive(datagram);
  assert.equal(codeOf(), 'key_limit_reached');
});

test('D12: fragments that contradict each other: dropped before there are keys, or fatal where that is asked for', () => {
  for (const strictFragments of [false, true]) {
    const drops = new Counters();
    const link = dtlsPair(client, server, { delay: 10, serverConfig: { drops, strictFragments } });
    const first = Uint8Array.of(22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 9, 0, 13, 16, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 7);
    const other = first.slice();
    other[16] = 99;
    link.inject('server', first);
    link.inject('server', other);
    link.run(5);
    assert.equal(drops.get('mismatch'), 1);
    assert.equal(link.server.connection.error?.code, strictFragments ? 'fragment_mismatch' : undefined);
  }
});

test('D10, D15: from 100 to 1500 bytes no datagram of a handshake or of data is longer, and they are used', () => {
  for (let maxDatagram = 100; maxDatagram <= 1_500; maxDatagram += 25) {
    const link = dtlsPair(mutual.client, mutual.server, { config: { maxDatagram } });
    assert.ok(link.handshake(), `${maxDatagram}`);
    const { connection } = link.client;
    connection.send(new Uint8Array(connection.carrier.writeLimit));
    settle(link);
    assert.equal(link.server.received[0]?.length, connection.carrier.writeLimit);
    const lengths = link.sent.map(({ datagram }) => datagram.length);
    assert.equal(Math.max(...lengths), maxDatagram, 'the data fills one');
    const bytes = lengths.reduce((sum, each) => sum + each, 0);
    // Five flights end in a datagram that need not be full; the others leave no room for a fragment worth sending.
    assert.ok(lengths.length <= 6 + bytes / (maxDatagram - 76), `${maxDatagram}: ${lengths.join()}`);
  }
});

/** A HelloVerifyRequest as a server without state makes it. */
function helloVerifyRequest(messageSeq: number, cookie: Uint8Array, version = 0xfeff): Uint8Array {
  const body = 3 + cookie.length;
  const size = 12 + body;
  return Uint8Array.of(
    ...[22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, messageSeq, size >>> 8, size & 0xff],
    ...[3, 0, body >>> 8, body & 0xff, 0, messageSeq, 0, 0, 0, 0, body >>> 8, body & 0xff],
    ...[version >>> 8, version & 0xff, cookie.length, ...cookie],
  );
}

/** The cookie of a ClientHello. */
function cookieOf(datagram: Uint8Array): Uint8Array {
  const sessionId = 13 + 12 + 34;
  const cookie = sessionId + 1 + datagram[sessionId]!;
  return datagram.subarray(cookie + 1, cookie + 1 + datagram[cookie]!);
}

for (const length of [0, 1, 32, 255]) {
  for (const version of [0xfeff, 0xfefd, 0xfefc]) {
    test(`D19, S74: a cookie of ${length} bytes from a server that says ${version.toString(16)}: it comes back, message_seq goes on, the handshake is of 1.2`, () => {
      const link = dtlsPair(client, server, { delay: 10 });
      const cookie = Uint8Array.from({ length }, (_, i) => i + 1);
      const hellos: Uint8Array[] = [];
      link.meddler = (from, datagram) => {
        if (from !== 'client') return true;
        hellos.push(datagram.slice());
        if (hellos.length > 1) return false;
        link.inject('client', helloVerifyRequest(0, cookie, version), 10);
        return false;
      };
      link.run(500);
      assert.equal(hellos.length, 2);
      assert.deepEqual(cookieOf(hellos[1]!), cookie);
      assert.equal(hellos[1]![13 + 5], 1, 'message_seq');
      assert.deepEqual(hellos[1]!.subarray(25, 59), hellos[0]!.subarray(25, 59), 'version and random as before');
      assert.equal(link.client.connection.error, undefined);
      // A server that takes up there: neither the first ClientHello nor HelloVerifyRequest is in its transcript.
      const clock = link.clock;
      const fresh = new DatagramLink(
        clock,
        link.client.connection,
        createDatagramServerConnection(server, datagramConfig({ clock: clock.read }), { recordSeq: 1, messageSeq: 1 }),
        { delay: 10 },
      );
      fresh.inject('server', hellos[1]!);
      assert.ok(fresh.handshake(), `${fresh.client.connection.error} ${fresh.server.connection.error}`);
      assert.equal(fresh.client.connection.info?.version, 'DTLSv1.2');
    });
  }
}

test('D19: up to four HelloVerifyRequests are answered, a fifth ends it', () => {
  const link = dtlsPair(client, server, { delay: 10 });
  const seen: number[] = [];
  link.meddler = (from, datagram) => {
    if (from !== 'client' || datagram[0] !== 22) return false;
    const seq = datagram[13 + 5]!;
    seen.push(seq);
    link.inject('client', helloVerifyRequest(seq, Uint8Array.of(9, seq)), 10);
    return false;
  };
  link.run(900);
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
  assert.equal(link.client.connection.error?.code, 'unexpected_message');
});

test('D16: both ends hash the same messages, however they were cut', () => {
  for (const maxDatagram of [100, 150, 256, 500, 1_400]) {
    const link = dtlsPair(mutual.client, mutual.server, { config: { maxDatagram }, serverConfig: { maxDatagram: 1_500 - maxDatagram } });
    assert.ok(link.handshake(), `${maxDatagram}`);
  }
});

test('D23: a client without an answer asks after 1, 2, 4, 8, 16, 32, 60 and 60 s', () => {
  const link = dtlsPair(client, server);
  link.meddler = () => false;
  link.run(200_000);
  assert.deepEqual(
    link.sent.map((sent) => sent.at / 1_000),
    [0, 1, 3, 7, 15, 31, 63, 123, 183],
  );
  const noted = link.client.events.filter((event) => event.type === 'retransmission');
  assert.deepEqual(
    noted.map((event) => event.exhausted),
    [false, false, false, false, false, true, true, true],
  );
});

test('D24: fifty duplicates of a flight bring the answer out again once; two ends on a duplicating link do not storm', () => {
  const link = dtlsPair(client, server, { delay: 10 });
  let hello: Uint8Array | undefined;
  link.meddler = (from, datagram) => {
    if (from === 'client') {
      hello ??= datagram.slice();
      return true;
    }
    return false;
  };
  link.run(700);
  const before = link.sent.filter((sent) => sent.from === 'server').length;
  for (let i = 0; i < 50; i++) link.inject('server', hello!);
  link.run(750);
  assert.equal(link.sent.filter((sent) => sent.from === 'server').length - before, before);

  const noisy = dtlsPair(client, server, { delay: 10, duplicate: 1 });
  assert.ok(noisy.handshake());
  noisy.run(noisy.clock.now + 100_000);
  assert.ok(noisy.sent.length < 15, `${noisy.sent.length}`);
});

for (const resumed of [false, true]) {
  test(`D25: the last flight is lost once to five times, ${resumed ? 'abbreviated (client last)' : 'full (server last)'}`, () => {
    const first = dtlsPair(client, server, { delay: 10 });
    assert.ok(first.handshake());
    const session = first.client.events.find((event) => event.type === 'session')?.session;
    assert.ok(session !== undefined);
    const last: LinkSide = resumed ? 'client' : 'server';
    for (let lost = 1; lost <= 5; lost++) {
      const options = { serverName: 'localhost', ...(resumed ? { session } : {}) };
      const link = dtlsPair(client, server, { delay: 10, client: options });
      let dropped = 0;
      link.meddler = (from, datagram) => !(from === last && describe(datagram).includes('1:22') && dropped++ < lost);
      assert.ok(link.handshake(), `${lost} times`);
      assert.equal(link.client.connection.info?.resumed, resumed);
      assert.equal(dropped, lost + 1);
    }
  });
}

test('D26: retries that are used up are told, and the handshake goes on, or fails where that is asked for', () => {
  const patient = dtlsPair(client, server, { delay: 10, config: { maxRetransmissions: 2 } });
  patient.meddler = () => patient.clock.now > 10_000;
  assert.ok(patient.handshake());
  assert.ok(patient.client.events.some((event) => event.type === 'retransmission' && event.exhausted));

  const strict = dtlsPair(client, server, { config: { maxRetransmissions: 5, onExhausted: 'fail' } });
  strict.meddler = () => false;
  assert.equal(strict.handshake(), false);
  assert.equal(strict.client.connection.error?.code, 'handshake_timeout');
  assert.equal(strict.clock.now, 63_000, '1 + 2 + 4 + 8 + 16 + 32 s');
});

test('D27: ChangeCipherSpec and Finished lost separately', () => {
  for (const victim of ['0:20', '1:22']) {
    for (const side of ['client', 'server'] as const) {
      const link = dtlsPair(client, server, { delay: 10 });
      let done = false;
      link.meddler = (from, datagram) => {
        if (done || from !== side || !describe(datagram).includes(victim)) return true;
        done = true;
        const kept: Uint8Array[] = [];
        const cursor = new RecordCursor(datagram);
        while (cursor.next()) if (`${cursor.epoch}:${cursor.type}` !== victim) kept.push(cursor.copy());
        return kept.length === 0 ? false : [join(...kept)];
      };
      assert.ok(link.handshake(), `${victim} of the ${side}`);
      assert.ok(done);
    }
  }
});

test('D28: a path that swallows what is longer than 600 bytes', () => {
  const link = dtlsPair(mutual.client, mutual.server, { delay: 10, mtu: 600, config: { maxDatagram: 1_400 } });
  assert.ok(link.handshake(20_000));
  // Once the path is known, datagrams fit it.
  const last = link.sent.filter((sent) => sent.from === 'server').slice(-2);
  assert.ok(last.every((sent) => sent.datagram.length <= 600));
});

test('D28: EMSGSIZE makes datagrams shorter at once', () => {
  const link = dtlsPair(mutual.client, mutual.server, { delay: 10, config: { maxDatagram: 1_400 } });
  link.meddler = (from, datagram) => {
    if (datagram.length <= 520) return true;
    datagramCarrier(link[from].connection)!.tooLarge();
    return false;
  };
  assert.ok(link.handshake(1_900));
});

test('D10: what is known of the path may be told at any time', () => {
  const link = dtlsPair(mutual.client, mutual.server, { delay: 10, config: { maxDatagram: 1_400 } });
  const carrier = datagramCarrier(link.server.connection)!;
  carrier.setMaxDatagram(300);
  assert.ok(link.handshake(20_000));
  const longest = Math.max(...link.sent.filter((sent) => sent.from === 'server').map((sent) => sent.datagram.length));
  assert.ok(longest <= 300 && longest > 200, `${longest}`);
  assert.throws(() => carrier.setMaxDatagram(0), { code: 'invalid_argument' });
  assert.throws(() => carrier.setInitialTimeout(0), { code: 'invalid_argument' });
});

test('D31: every order of the datagrams of each flight', () => {
  const clean = dtlsPair(mutual.client, mutual.server, { delay: 10, config: { maxDatagram: 420 } });
  assert.ok(clean.handshake());
  const flights = new Map<string, number>();
  for (const { at, from } of clean.sent) flights.set(`${from} ${at}`, (flights.get(`${from} ${at}`) ?? 0) + 1);
  let tried = 0;
  for (const [flight, count] of flights) {
    if (count < 2) continue;
    for (const order of permutations(Math.min(count, 4))) {
      const link = dtlsPair(mutual.client, mutual.server, { delay: 10, config: { maxDatagram: 420 } });
      const queue: Uint8Array[] = [];
      link.meddler = (from, datagram) => {
        if (`${from} ${link.clock.now}` !== flight) return true;
        const index = queue.push(datagram) - 1;
        const delay = 10 + (order[index] ?? index);
        link.inject(from === 'client' ? 'server' : 'client', datagram, delay);
        return false;
      };
      assert.ok(link.handshake(900), `${flight}: ${order.join()}`);
      tried++;
    }
  }
  assert.ok(tried >= 24, `${tried}`);
});

test('D31: ChangeCipherSpec too early, too often, and before any key exchange', () => {
  const ccs = (seq: number): Uint8Array => Uint8Array.of(20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, seq, 0, 1, 1);
  for (const at of [0, 5, 15, 25, 35]) {
    const link = dtlsPair(mutual.client, mutual.server, { delay: 10 });
    for (let i = 0; i < 3; i++) {
      link.inject('server', ccs(60 + i), at);
      link.inject('client', ccs(60 + i), at);
    }
    assert.ok(link.handshake(60_000), `at ${at} ms`);
  }
});

test('D32: handshake messages left over, and messages of an unknown kind, do not harm an established connection', () => {
  const { link } = established();
  const handshake = link.sent.slice();
  for (const { from, datagram } of handshake) link.inject(from === 'client' ? 'server' : 'client', datagram);
  settle(link, 5_000);
  link.client.connection.send(Buffer.from('alive'));
  settle(link);
  assert.deepEqual(receivedBy(link, 'server'), ['alive']);
  assert.equal(link.client.connection.error, undefined);
});

test('D34: an alert that anyone could have sent', () => {
  const alert = (level: number, description: number): Uint8Array =>
    Uint8Array.of(21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 77, 0, 2, level, description);
  const descriptions = [0, 10, 20, 40, 42, 47, 70, 80, 90, 100];
  // At each state, and the true peer answers: nothing comes of it.
  for (const at of [0, 5, 15, 25, 35, 45]) {
    const link = dtlsPair(mutual.client, mutual.server, { delay: 10 });
    for (const description of descriptions) {
      for (const level of [1, 2]) {
        link.inject('client', alert(level, description), at);
        link.inject('server', alert(level, description), at);
      }
    }
    assert.ok(link.handshake(60_000), `at ${at} ms`);
    settle(link, 10_000);
    assert.equal(link.client.connection.error, undefined);
  }
  // Nobody answers: it was meant.
  for (const [policy, time] of [
    ['delay', 1_000],
    ['accept', 5],
  ] as const) {
    const link = dtlsPair(client, server, { config: { unprotectedAlerts: policy } });
    link.meddler = () => false;
    link.inject('client', alert(2, 40), 5);
    link.handshake(30_000);
    assert.equal(link.client.connection.error?.alert, 40);
    assert.equal(link.clock.now, time, policy);
  }
  const deaf = dtlsPair(client, server, { config: { unprotectedAlerts: 'ignore' } });
  deaf.meddler = () => false;
  deaf.inject('client', alert(2, 40), 5);
  deaf.handshake(30_000);
  assert.equal(deaf.client.connection.error, undefined);
});

test('D35, D36: close_notify in the handshake ends it, and both close after it', () => {
  const early = dtlsPair(client, server, { delay: 10 });
  early.run(15);
  early.client.connection.close();
  early.run(10_000);
  assert.equal(early.client.connection.error?.code, 'aborted');
  assert.equal(early.server.connection.error?.alert, 0);
  assert.equal(early.client.connection.nextTimeout, Number.POSITIVE_INFINITY);
  assert.equal(early.server.connection.nextTimeout, Number.POSITIVE_INFINITY);

  const { link } = established();
  link.client.connection.close();
  settle(link);
  assert.ok(link.server.has('end'));
  link.server.connection.close();
  settle(link);
  assert.ok(link.client.has('closed') && link.server.has('closed'));
});

test('D37: resumption by ticket through loss', () => {
  for (let seed = 0; seed < 20; seed++) {
    const first = dtlsPair(client, server, { seed, delay: 10, loss: 0.3 });
    assert.ok(first.handshake());
    const session = first.client.events.find((event) => event.type === 'session')?.session;
    const again = dtlsPair(client, server, {
      seed: seed + 100,
      delay: 10,
      loss: 0.3,
      client: { serverName: 'localhost', session: session! },
    });
    assert.ok(again.handshake());
    assert.equal(again.client.connection.info?.resumed, true);
    assert.deepEqual(
      again.client.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
      again.server.connection.exportKeyingMaterial(32, 'EXPORTER-x'),
    );
  }
});

test('D39: versions: the best that both have, and none', () => {
  const both = { suites: [...suites, ...Object.values(cbc)] };
  const pick = (clientVersions: readonly (typeof dtls12Client)[], serverVersions: readonly (typeof dtls12Server)[]): string | undefined => {
    const link = dtlsPair(clientContext({ ...both, versions: clientVersions }), serverContext({ ...both, versions: serverVersions }), {
      config: { unprotectedAlerts: 'accept' },
    });
    link.handshake(5_000);
    return link.client.connection.info?.version;
  };
  assert.equal(pick([dtls12Client, dtls10Client], [dtls12Server, dtls10Server]), 'DTLSv1.2');
  assert.equal(pick([dtls12Client, dtls10Client], [dtls10Server]), 'DTLSv1');
  assert.equal(pick([dtls10Client], [dtls12Server, dtls10Server]), 'DTLSv1');
  assert.equal(pick([dtls12Client], [dtls10Server]), undefined);
  assert.equal(pick([dtls10Client], [dtls12Server]), undefined);
});

test('D45: boundaries are kept, an empty datagram is one, and one that does not fit is refused', () => {
  const { link } = established({ config: { maxDatagram: 500 } });
  const { connection } = link.client;
  connection.send(Buffer.from('a'));
  connection.send(new Uint8Array(0));
  connection.send(Buffer.from('b'));
  const most = connection.carrier.writeLimit;
  assert.equal(most, 500 - 13 - 24);
  connection.send(new Uint8Array(most));
  assert.throws(() => connection.send(new Uint8Array(most + 1)), { code: 'message_too_large' });
  settle(link);
  assert.deepEqual(
    link.server.received.map((each) => each.length),
    [1, 0, 1, most],
  );
  assert.ok(
    Math.max(...link.sent.filter((sent) => sent.from === 'client').map((sent) => sent.datagram.length)) <= 500,
    'never longer than the path takes',
  );
});

function permutations(n: number): number[][] {
  if (n === 1) return [[0]];
  return permutations(n - 1).flatMap((shorter) =>
    Array.from({ length: n }, (_, at) => [...shorter.slice(0, at), n - 1, ...shorter.slice(at)]),
  );
}
