/** One handshake with all that is to come out of it, and its playing in memory: what the simulator, the negative tests and the diagrams share. */
import assert from 'node:assert/strict';
import { type CarrierFactory, Connection, type FrontFactory } from '../../src/engine/connection.ts';
import type { ConnectionEvent } from '../../src/engine/events.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';
import type { TraceEntry } from '../../src/handshake/flow.ts';
import { clientFront } from '../../src/handshake/front-client.ts';
import { serverFront } from '../../src/handshake/front-server.ts';
import { frontFlow } from '../../src/handshake/front.ts';
import type { PeerProof } from '../../src/handshake/peer-auth.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import type { Session } from '../../src/session/session.ts';
import { Pair } from '../support/pair.ts';

/** What both ends must report. */
export interface Expected {
  readonly version: string;
  readonly suite?: string | undefined;
  readonly group?: number | undefined;
  readonly alpn: string;
  readonly resumed: boolean;
  /** How the client knows the server, and the server the client. */
  readonly serverProof: PeerProof;
  readonly clientProof: PeerProof;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  /** HelloRetryRequest came. */
  readonly retried: boolean;
  /** Sessions that the client is told of. */
  readonly sessions: number;
  /** Longest content of a record in either direction, where it was limited. */
  readonly recordLimit?: { readonly client: number; readonly server: number } | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly client: ClientContext;
  readonly server: ServerContext;
  readonly options: ClientOptions;
  /** Played first, with the same contexts; its session is offered. Undefined: a first handshake. */
  readonly resumes: boolean;
  /** Done between the two. */
  readonly between?: (() => void) | undefined;
  readonly expected: Expected;
}

/** Two connections and what they told, whatever lies between them. */
export interface Ends {
  readonly client: { readonly connection: Connection; readonly events: readonly ConnectionEvent[] };
  readonly server: { readonly connection: Connection; readonly events: readonly ConnectionEvent[] };
}

export interface Ways {
  readonly carrier?: { readonly client?: CarrierFactory; readonly server?: CarrierFactory };
  readonly front?: FrontFactory;
  /** Told of each step at the client and at the server. */
  readonly trace?: (side: 'client' | 'server', entry: TraceEntry) => void;
}

const stream: CarrierFactory = (sink) => new StreamCarrier(sink);

export const streamFrontOf: FrontFactory = (context) => ({
  flow: frontFlow(context.versions),
  handlers: context.side === 'client' ? clientFront : serverFront,
});

/** The ends of a scenario, before a byte has moved; a session to resume has been fetched by an undisturbed handshake. */
export function prepare(scenario: Scenario, ways: Ways = {}): Pair {
  return connect(scenario, ways, fetchSession(scenario));
}

/** As `prepare`, with a session that is at hand. */
export function connect(scenario: Scenario, ways: Ways, session: Session | undefined): Pair {
  const front = ways.front ?? streamFrontOf;
  const { trace } = ways;
  const options: ClientOptions = {
    ...scenario.options,
    ...(session === undefined ? {} : { session }),
    ...(trace === undefined ? {} : { trace: (entry: TraceEntry) => trace('client', entry) }),
  };
  const serverOptions: ClientOptions = trace === undefined ? {} : { trace: (entry) => trace('server', entry) };
  return new Pair(
    new Connection(scenario.client, options, ways.carrier?.client ?? stream, front),
    new Connection(scenario.server, serverOptions, ways.carrier?.server ?? stream, front),
  );
}

/** A session of a first handshake, where the scenario resumes one. */
export function fetchSession(scenario: Scenario): Session | undefined {
  if (!scenario.resumes) return undefined;
  const pair = connect(scenario, {}, undefined);
  pair.pump();
  const [session] = sessionsOf(pair);
  assert.ok(session !== undefined, `${scenario.name}: no session to resume`);
  scenario.between?.();
  return session;
}

/** Plays a scenario undisturbed and checks all that was expected of it. */
export function play(scenario: Scenario, ways: Ways = {}): Pair {
  const traced: string[] = [];
  const pair = prepare(scenario, {
    ...ways,
    trace: (side, entry) => {
      if (side === 'client' && entry.kind === 'message') traced.push(entry.name);
      ways.trace?.(side, entry);
    },
  });
  pair.pump();
  assertConnected(scenario, pair);
  assert.equal(traced.includes('HelloRetryRequest'), scenario.expected.retried, `${scenario.name}: HelloRetryRequest`);
  return pair;
}

export function assertConnected(scenario: Scenario, pair: Ends): void {
  const { name, expected } = scenario;
  const client = pair.client.connection;
  const server = pair.server.connection;
  assert.equal(client.error?.message, undefined, `${name}: client`);
  assert.equal(server.error?.message, undefined, `${name}: server`);
  const ours = client.info!;
  const theirs = server.info!;
  assert.ok(ours !== undefined && theirs !== undefined, `${name}: not connected`);
  for (const [side, info] of [
    ['client', ours],
    ['server', theirs],
  ] as const) {
    const what = (field: string) => `${name}: ${field} at the ${side}`;
    assert.equal(info.version, expected.version, what('version'));
    if (expected.suite !== undefined) assert.equal(info.suite, expected.suite, what('suite'));
    if (expected.group !== undefined) assert.equal(info.group, expected.group, what('group'));
    assert.equal(info.alpn, expected.alpn, what('ALPN'));
    assert.equal(info.resumed, expected.resumed, what('resumed'));
    assert.equal(info.extendedMasterSecret, expected.extendedMasterSecret, what('extended_master_secret'));
    assert.equal(info.encryptThenMac, expected.encryptThenMac, what('encrypt_then_mac'));
    assert.equal(info.peerProof, side === 'client' ? expected.serverProof : expected.clientProof, what('proof of the peer'));
  }
  assert.equal(ours.suite, theirs.suite, `${name}: suites differ`);
  // SSL 3.0 has no supported_groups: a server that took ffdhe2048 by itself did not negotiate it.
  if (ours.version !== 'SSLv3') assert.equal(ours.group, theirs.group, `${name}: groups differ`);
  // A resumed session tells what the peer signed with then; we sign nothing now.
  if (!expected.resumed) {
    assert.equal(ours.scheme, theirs.peerScheme, `${name}: client's scheme`);
    assert.equal(theirs.scheme, ours.peerScheme, `${name}: server's scheme`);
  }
  assert.equal(sessionsOf(pair).length, expected.sessions, `${name}: sessions`);
  if (ours.extendedMasterSecret) {
    for (const context of [undefined, new Uint8Array(0), Uint8Array.of(1, 2, 3)]) {
      assert.deepEqual(
        client.exportKeyingMaterial(48, 'EXPORTER-simulator', context),
        server.exportKeyingMaterial(48, 'EXPORTER-simulator', context),
        `${name}: exporters differ`,
      );
    }
  } else {
    // RFC 7627 §5.4; SSL 3.0 has no exporter at all.
    for (const end of [client, server])
      assert.throws(() => end.exportKeyingMaterial(48, 'EXPORTER-simulator'), { code: 'unsupported' }, name);
  }
  assert.deepEqual(client.finishedMessages, server.finishedMessages, `${name}: verify_data differs`);
}

/** Sends data both ways, several records long, and checks what arrives. */
export function echo(scenario: Scenario, pair: Pair, length = 700): void {
  const longest = { client: 0, server: 0 };
  const wire = pair.wire;
  pair.wire = (from, bytes) => {
    longest[from] = Math.max(longest[from], ...recordLengths(bytes));
    return wire(from, bytes);
  };
  const ping = Uint8Array.from({ length }, (_, i) => i & 0xff);
  const pong = ping.map((byte) => byte ^ 0xff);
  assert.equal(pair.client.connection.send(ping), length);
  pair.pump();
  assert.equal(pair.server.connection.send(pong), length);
  pair.pump();
  pair.wire = wire;
  assert.deepEqual(Buffer.concat(pair.server.received), Buffer.from(ping), `${scenario.name}: data to the server`);
  assert.deepEqual(Buffer.concat(pair.client.received), Buffer.from(pong), `${scenario.name}: data to the client`);
  const { recordLimit } = scenario.expected;
  if (recordLimit === undefined) return;
  for (const side of ['client', 'server'] as const) {
    assert.ok(longest[side] <= recordLimit[side] + OVERHEAD, `${scenario.name}: a record of ${longest[side]} bytes from the ${side}`);
  }
}

/** Closes both ends and checks that they end without error. */
export function close(scenario: Scenario, pair: Pair): void {
  pair.client.connection.close();
  pair.pump();
  assert.ok(
    pair.server.events.some((event) => event.type === 'end'),
    `${scenario.name}: close_notify at the server`,
  );
  pair.server.connection.close();
  pair.pump();
  for (const end of [pair.client, pair.server]) {
    assert.equal(end.connection.error?.message, undefined, `${scenario.name}: error at the end`);
    assert.equal(end.events.at(-1)?.type, 'closed', `${scenario.name}: not closed`);
  }
}

export function sessionsOf(pair: Ends): Session[] {
  return pair.client.events.filter((event) => event.type === 'session').map((event) => event.session);
}

/** More than any protection adds: explicit IV, MAC and padding. */
const OVERHEAD = 16 + 48 + 16 + 1;

function recordLengths(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    lengths.push(length);
    at += 5 + length;
  }
  return lengths;
}
