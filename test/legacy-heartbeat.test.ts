/** Heartbeat, RFC 6520, over TLS and DTLS: requests, answers, repetition, probes, and all that must pass without effect. S1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import { heartbeat, type HeartbeatOptions, type HeartbeatReport } from '../src/handshake/features/heartbeat.ts';
import { renegotiation } from '../src/handshake/legacy/renegotiation.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import { dtls10Client, dtls10Server } from '../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { tls10Client, tls10Server } from '../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { HEARTBEAT } from '../src/wire/content.ts';
import { HEARTBEAT as HEARTBEAT_EXTENSION } from '../src/wire/extension.ts';
import type { DatagramLink } from './sim/datagram-link.ts';
import { clientContext, MODERN_SUITES, serverContext } from './support/contexts.ts';
import { dtlsPair, type DtlsPairOptions } from './support/dtls.ts';
import { connectPair, type End, type Pair } from './support/pair.ts';

const GCM = gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
const CBC = cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
const REQUEST = 1;
const RESPONSE = 2;

const clock = { now: 0 };
const beats = (options: Partial<HeartbeatOptions> = {}) => heartbeat({ clock: () => clock.now, ...options });

interface Init {
  readonly client?: Partial<ClientContextInit>;
  readonly server?: Partial<ServerContextInit>;
  readonly versions?: readonly [ProtocolVersion, ProtocolVersion];
}

function connect({ client, server, versions = [tls12Client, tls12Server] }: Init = {}): Pair {
  const suites = [...MODERN_SUITES, GCM, CBC];
  const pair = connectPair(
    clientContext({ suites, versions: [versions[0]], heartbeat: beats(), ...client }),
    serverContext({ suites, versions: [versions[1]], heartbeat: beats(), ...server }),
  );
  pair.pump();
  assert.equal(pair.client.connection.error?.message, undefined);
  return pair;
}

type Events = Pick<End, 'events'>;
const reports = (end: Events): HeartbeatReport[] => end.events.filter((event) => event.type === 'heartbeat');
const outcomes = (end: Events): string[] => reports(end).map((report) => report.outcome);

/** A heartbeat record of one's own making. */
function raw(pair: Pair, from: 'client' | 'server', content: Uint8Array): void {
  pair[from].connection.carrier.writeData(HEARTBEAT, content);
}

function message(type: number, claimed: number, payload: Uint8Array, padding = 16): Uint8Array {
  return Uint8Array.from([type, claimed >> 8, claimed & 255, ...payload, ...new Uint8Array(padding).fill(0xaa)]);
}

const VERSIONS: readonly (readonly [ProtocolVersion, ProtocolVersion])[] = [
  [tls10Client, tls10Server],
  [tls11Client, tls11Server],
  [tls12Client, tls12Server],
  [tls13Client, tls13Server],
];

test('heartbeat over TLS: asked and answered by both sides in every version', () => {
  for (const versions of VERSIONS) {
    const pair = connect({ versions });
    for (const end of [pair.client, pair.server]) {
      assert.equal(end.connection.info?.heartbeat, true);
      for (const payload of [undefined, Buffer.alloc(0), Buffer.from('are you there'), new Uint8Array(16_365)]) {
        end.events.length = 0;
        end.connection.heartbeat(payload === undefined ? {} : { payload });
        assert.throws(() => end.connection.heartbeat(), { code: 'invalid_state' }, 'one in flight');
        clock.now += 7;
        pair.pump();
        const [report] = reports(end);
        assert.equal(report?.outcome, 'answered');
        assert.equal(report.elapsedMs, 7);
        assert.equal(report.attempts, 1);
        if (payload !== undefined) assert.deepEqual(Buffer.from(report.payload), Buffer.from(payload));
        assert.equal(end.connection.nextTimeout, Number.POSITIVE_INFINITY);
      }
      assert.throws(() => end.connection.heartbeat({ payload: new Uint8Array(16_366) }), { code: 'message_too_large' });
      assert.throws(() => end.connection.heartbeat({ datagramSize: 1_000 }), { code: 'unsupported' });
    }
    pair.client.connection.send(Buffer.from('data'));
    pair.pump();
    assert.equal(Buffer.concat(pair.server.received).toString(), 'data');
  }
});

test('heartbeat: the modes: who may ask, and who may not', () => {
  const quiet = connect({ client: { heartbeat: beats({ allowRequests: false }) } });
  assert.equal(quiet.server.connection.info?.heartbeat, false);
  assert.throws(() => quiet.server.connection.heartbeat(), { code: 'unsupported' });
  quiet.client.connection.heartbeat();
  quiet.pump();
  assert.deepEqual(outcomes(quiet.client), ['answered']);
  // A server that asks all the same gets no answer, and no alert.
  raw(quiet, 'server', message(REQUEST, 4, Buffer.from('hey!')));
  let answered = false;
  quiet.wire = (from, bytes) => {
    answered ||= from === 'client';
    return [bytes];
  };
  quiet.pump();
  assert.equal(answered, false);
  assert.equal(quiet.client.connection.error, undefined);
  for (const [client, server] of [
    [beats(), undefined],
    [undefined, beats()],
  ] as const) {
    const none = connect({ client: { heartbeat: client }, server: { heartbeat: server } });
    for (const end of [none.client, none.server]) assert.throws(() => end.connection.heartbeat(), { code: 'unsupported' });
  }
  const mode = (value: number) => ({
    ...beats(),
    extension: { ...beats().extension, offer: write(value), answer: write(value) },
  });
  for (const value of [0, 3, 255]) {
    const pair = connectPair(
      clientContext({ suites: [GCM], versions: [tls12Client], heartbeat: mode(value) }),
      serverContext({ suites: [GCM], versions: [tls12Server], heartbeat: beats() }),
    );
    pair.pump();
    assert.equal(pair.server.connection.error?.alert, alerts.ILLEGAL_PARAMETER);
  }
});

function write(value: number) {
  return (_hs: unknown, w: { u8(value: number): void }): boolean => {
    w.u8(value);
    return true;
  };
}

test('S1: a request that claims more than it brings is dropped, and so is all that is malformed', () => {
  for (const versions of VERSIONS) {
    const pair = connect({ versions });
    const cases: [string, Uint8Array][] = [
      ['claims 65535 of nothing', message(REQUEST, 65_535, new Uint8Array(0))],
      ['Heartbleed', message(REQUEST, 16_384, new Uint8Array(0), 0)],
      ['one more than there is', message(REQUEST, 5, Buffer.from('four'))],
      ['the padding as payload', message(REQUEST, 20, Buffer.from('four'))],
      ['15 bytes of padding', message(REQUEST, 4, Buffer.from('four'), 15)],
      ['no padding', message(REQUEST, 4, Buffer.from('four'), 0)],
      ['a header alone', message(REQUEST, 0, new Uint8Array(0), 0)],
      ['type and half a length', Uint8Array.of(REQUEST, 0)],
      ['type alone', Uint8Array.of(REQUEST)],
      ['type 0', message(0, 4, Buffer.from('four'))],
      ['type 3', message(3, 4, Buffer.from('four'))],
      ['an answer that nobody asked for', message(RESPONSE, 4, Buffer.from('four'))],
    ];
    let answers = 0;
    pair.wire = (from, bytes) => {
      if (from === 'server') answers += bytes.length;
      return [bytes];
    };
    for (const [what, content] of cases) {
      raw(pair, 'client', content);
      pair.pump();
      assert.equal(answers, 0, what);
      assert.equal(pair.server.connection.error, undefined, what);
      assert.equal(reports(pair.server).length, 0, what);
    }
    // What is well-formed is answered, and by no more bytes than it had.
    for (const [payload, padding] of [
      [0, 16],
      [1, 16],
      [100, 500],
      [16_365, 16],
    ] as const) {
      let asked = 0;
      answers = 0;
      pair.wire = (from, bytes) => {
        if (from === 'server') answers += bytes.length;
        else asked += bytes.length;
        return [bytes];
      };
      raw(pair, 'client', message(REQUEST, payload, new Uint8Array(payload), padding));
      pair.pump();
      assert.ok(answers > 0 && answers <= asked, `${payload} and ${padding}: ${answers} for ${asked}`);
    }
  }
});

test('S1: any bytes in a heartbeat record are survived, and no memory of others comes back', () => {
  const pair = connect();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const mark = 0x5a;
  for (let round = 0; round < 2_000; round++) {
    const length = 1 + random(80);
    const content = new Uint8Array(length).fill(mark);
    content[0] = random(4);
    if (length > 1) content[1] = random(3) === 0 ? random(256) : 0;
    if (length > 2) content[2] = random(100);
    raw(pair, 'client', content);
    const before = pair.client.connection.carrier.outputLength;
    const out = pair.client.connection.takeOutput()!;
    assert.ok(before > 0);
    pair.server.connection.receive(out);
    const answer = pair.server.connection.takeOutput();
    const claimed = (content[1]! << 8) | content[2]!;
    const valid = content[0] === REQUEST && length >= 19 && 3 + claimed + 16 <= length;
    assert.equal(answer !== undefined, valid);
    if (answer !== undefined) assert.ok(answer.length <= out.length);
  }
  assert.equal(pair.server.connection.error, undefined);
});

test('heartbeat: an answer to another request, or altered, is none', () => {
  const pair = connect();
  pair.client.connection.heartbeat({ payload: Buffer.from('question') });
  pair.wire = (from, bytes) => (from === 'client' ? [] : [bytes]);
  pair.pump();
  raw(pair, 'server', message(RESPONSE, 8, Buffer.from('Question')));
  raw(pair, 'server', message(RESPONSE, 7, Buffer.from('questio')));
  pair.pump();
  assert.deepEqual(outcomes(pair.client), []);
  raw(pair, 'server', message(RESPONSE, 8, Buffer.from('question'), 99));
  pair.pump();
  assert.deepEqual(outcomes(pair.client), ['answered']);
});

test('heartbeat over TLS: without an answer there is one event, and the connection ends where that is wanted', () => {
  for (const endOnTimeout of [false, true]) {
    const pair = connect({ client: { heartbeat: beats({ timeoutMs: 1_000, endOnTimeout }) } });
    pair.wire = () => [];
    const { connection } = pair.client;
    connection.heartbeat();
    assert.equal(connection.nextTimeout, clock.now + 1_000);
    connection.tick((clock.now += 999));
    pair.pump();
    assert.deepEqual(outcomes(pair.client), []);
    connection.tick((clock.now += 1));
    pair.pump();
    assert.deepEqual(outcomes(pair.client), ['timeout']);
    assert.equal(reports(pair.client)[0]?.attempts, 1);
    assert.equal(connection.error?.code, endOnTimeout ? 'timeout' : undefined);
    assert.equal(connection.nextTimeout, Number.POSITIVE_INFINITY);
    if (!endOnTimeout) connection.heartbeat();
  }
});

test('heartbeat: not in a handshake', () => {
  // Before it is agreed on, the record is unexpected; afterwards, until the end of the handshake, it is dropped.
  const client = clientContext({ suites: [GCM], versions: [tls12Client], heartbeat: beats() });
  const server = serverContext({ suites: [GCM], versions: [tls12Server], heartbeat: beats() });
  const record = Uint8Array.from([HEARTBEAT, 3, 3, 0, 23, ...message(REQUEST, 4, Buffer.from('four'))]);
  const early = connectPair(client, server);
  early.server.connection.receive(record);
  assert.equal(early.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
  const amid = connectPair(client, server);
  let flights = 0;
  amid.wire = (from, bytes) =>
    from === 'server' && flights++ === 0 ? [bytes, record, record] : from === 'client' && flights === 1 ? [record, bytes] : [bytes];
  amid.pump();
  assert.equal(amid.client.connection.error, undefined);
  assert.equal(amid.server.connection.error, undefined);
  assert.equal(amid.client.connection.info?.heartbeat, true);

  const pair = connect({ client: { renegotiation: renegotiation('allow') }, server: { renegotiation: renegotiation('allow') } });
  pair.client.connection.heartbeat();
  const asked = pair.client.connection.takeOutput()!;
  pair.client.connection.renegotiate();
  assert.deepEqual(pair.client.connection.poll()?.type, 'heartbeat');
  assert.throws(() => pair.client.connection.heartbeat(), { code: 'invalid_state' });
  const hello = pair.client.connection.takeOutput()!;
  // The answer comes when it does not count any more, and a request in the handshake gets none.
  pair.server.connection.receive(asked);
  pair.server.connection.receive(hello);
  raw(pair, 'client', message(REQUEST, 4, Buffer.from('four')));
  pair.pump();
  assert.equal(pair.client.connection.info?.renegotiations, 1);
  pair.client.connection.heartbeat();
  pair.pump();
  assert.deepEqual(outcomes(pair.client), ['answered']);
});

// --- datagrams ---

function dtls(
  options: DtlsPairOptions = {},
  beat: Partial<HeartbeatOptions> = {},
  versions = [dtls12Client, dtls12Server],
  suite = GCM,
): DatagramLink {
  let link: DatagramLink | undefined;
  const own = heartbeat({ clock: () => link?.clock.now ?? 0, ...beat });
  link = dtlsPair(
    clientContext({ suites: [suite], versions: [versions[0]!], heartbeat: own, renegotiation: renegotiation('allow') }),
    serverContext({ suites: [suite], versions: [versions[1]!], heartbeat: own, renegotiation: renegotiation('allow') }),
    options,
  );
  assert.ok(link.handshake());
  link.run(link.clock.now + 50_000);
  assert.equal(link.client.connection.info?.heartbeat, true);
  return link;
}

test('D40: heartbeat over DTLS, also where datagrams are lost: repeated after 3, 6, 12, 24 s', () => {
  for (const versions of [
    [dtls12Client, dtls12Server],
    [dtls10Client, dtls10Server],
  ])
    for (const by of ['client', 'server'] as const) {
      const link = dtls({}, {}, versions, CBC);
      link[by].connection.heartbeat();
      link.run(link.clock.now + 60_000);
      assert.deepEqual(outcomes(link[by]), ['answered']);
    }
  let answered = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const link = dtls({ seed, loss: 0.3 });
    link.client.connection.heartbeat();
    link.run(link.clock.now + 200_000);
    const [report] = reports(link.client);
    assert.ok(report !== undefined);
    if (report.outcome === 'answered') answered++;
  }
  assert.ok(answered >= 19, `${answered} of 20`);
  const link = dtls();
  const times: number[] = [];
  const start = link.clock.now;
  link.meddler = (from) => {
    if (from === 'client') times.push(link.clock.now - start);
    return from !== 'client';
  };
  link.client.connection.heartbeat();
  link.run(start + 300_000);
  assert.deepEqual(times, [0, 3_000, 9_000, 21_000, 45_000]);
  assert.deepEqual(outcomes(link.client), ['timeout']);
  assert.equal(reports(link.client)[0]?.attempts, 5);
});

test('D40: probes of the path: a datagram of the wanted size, sent once', () => {
  for (const suite of [GCM, CBC]) {
    const link = dtls({ mtu: 1_300, config: { maxDatagram: 600 } }, {}, undefined, suite);
    const sizes: number[] = [];
    link.meddler = (from, datagram) => {
      if (from === 'client') sizes.push(datagram.length);
      return true;
    };
    const before = link.client.connection.carrier.writeLimit;
    link.client.connection.heartbeat({ datagramSize: 1_200 });
    link.run(link.clock.now + 60_000);
    assert.deepEqual(outcomes(link.client), ['answered']);
    assert.ok(sizes.length === 1 && sizes[0]! <= 1_200 && sizes[0]! > 1_200 - (suite === GCM ? 1 : 16), `${sizes}`);
    assert.ok(link.client.connection.carrier.writeLimit >= before + 580, 'what the path took is used');
    sizes.length = 0;
    link.client.connection.heartbeat({ datagramSize: 1_400 });
    link.run(link.clock.now + 60_000);
    assert.deepEqual(outcomes(link.client), ['answered', 'timeout']);
    assert.equal(sizes.length, 1, 'not repeated');
    assert.equal(reports(link.client)[1]?.datagramSize, 1_400);
    assert.equal(link.client.connection.error, undefined);
    assert.throws(() => link.client.connection.heartbeat({ datagramSize: 50 }), { code: 'message_too_large' });
  }
});

test('D40: malformed datagrams of heartbeat have no effect; unasked ones none either', () => {
  const link = dtls();
  for (const content of [
    message(REQUEST, 65_535, new Uint8Array(0)),
    message(REQUEST, 4, Buffer.from('four'), 15),
    message(9, 0, new Uint8Array(0)),
  ])
    link.client.connection.carrier.writeData(HEARTBEAT, content);
  let answers = 0;
  link.meddler = (from) => {
    if (from === 'server') answers++;
    return true;
  };
  link.run(link.clock.now + 60_000);
  assert.equal(answers, 0);
  assert.equal(link.server.connection.error, undefined);
  const plain = dtlsPair(
    clientContext({ suites: [GCM], versions: [dtls12Client] }),
    serverContext({ suites: [GCM], versions: [dtls12Server] }),
  );
  plain.run(10_000);
  plain.client.connection.carrier.writeData(HEARTBEAT, message(REQUEST, 4, Buffer.from('four')));
  plain.run(20_000);
  assert.equal(plain.server.connection.error, undefined);
  assert.ok(!plain.server.events.some((event) => event.type === 'other'));
});

test('heartbeat: the extension is not answered unasked, and stands where it may', () => {
  const pair = connect({ client: { heartbeat: undefined } });
  assert.equal(pair.server.connection.info?.heartbeat, false);
  assert.equal(beats().extension.type, HEARTBEAT_EXTENSION);
  assert.throws(() => heartbeat({ clock: () => 0, timeoutMs: 0 }), { code: 'invalid_configuration' });
});
