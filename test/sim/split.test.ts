/**
 * S37: how the transport cuts the bytes makes no difference. Flights are recorded between deterministic ends; then each end
 * alone gets them again, cut at every position, byte by byte and all at once, and must send the same bytes and tell the same.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equal } from '../../src/base/bytes.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { Connection } from '../../src/engine/connection.ts';
import { createClientContext, createServerContext } from '../../src/engine/context.ts';
import type { CryptoProvider } from '../../src/crypto/port.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import type { Session } from '../../src/session/session.ts';
import { createTicketKeys, type TicketKeys } from '../../src/session/ticket.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { fixedCrypto, seededRandom } from '../support/fixed-crypto.ts';
import { credential } from '../support/certificates.ts';
import * as matrix from './matrix.ts';
import { type Scenario, sessionsOf, streamFrontOf } from './scenario.ts';
import { Pair } from '../support/pair.ts';

type Side = 'client' | 'server';

/** A piece of the wire, in the order of the recording. */
interface Piece {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** Ed25519 signs without randomness, so that all that is left of it comes from the provider. */
function end(scenario: Scenario, side: Side, session?: Session): Connection {
  const key = seededRandom(side === 'client' ? 11 : 13);
  const crypto = fixedCrypto({
    random: seededRandom(side === 'client' ? 3 : 7),
    keys: Array.from({ length: 4 }, (_, i) => [i % 2 === 0 ? ('x25519' as const) : ('secp256r1' as const), key(32)] as const),
  });
  const { key: signer, chain } = credential('ed25519');
  const [given] = scenario[side].credentials;
  const ocsp = given?.ocspResponse === undefined ? {} : { ocspResponse: given.ocspResponse };
  const common = { crypto, now: () => NOW, credentials: given === undefined ? [] : [{ key: signer, chain: chain.slice(0, 1), ...ocsp }] };
  const context =
    side === 'client'
      ? createClientContext({ ...scenario.client, ...common })
      : createServerContext({
          ...scenario.server,
          ...common,
          sessions: scenario.server.sessions === undefined ? undefined : storeOf(scenario),
          tickets:
            scenario.server.tickets === undefined ? undefined : ticketKeys(crypto, scenario.between !== undefined && rotated.has(scenario)),
        });
  const options = side === 'client' ? { ...scenario.options, ...(session === undefined ? {} : { session }) } : {};
  return new Connection(context, options, (sink) => new StreamCarrier(sink), streamFrontOf);
}

const NOW = Date.now();

/** Servers whose newest ticket key is not the one of the session at hand. */
const rotated = new WeakSet<Scenario>();

function ticketKeys(crypto: CryptoProvider, renewed: boolean): TicketKeys {
  const keys = createTicketKeys(crypto, new Uint8Array(48).fill(1));
  if (renewed) keys.rotate(new Uint8Array(48).fill(2));
  return keys;
}

const stores = new WeakMap<Scenario, ReturnType<typeof createMemoryStore>>();
function storeOf(scenario: Scenario) {
  let store = stores.get(scenario);
  if (store === undefined) stores.set(scenario, (store = createMemoryStore(Date.now)));
  return store;
}

const PING = Uint8Array.from({ length: 40 }, (_, i) => i);

/** What an end is told to do of itself: data when connected, and the end. */
function act(connection: Connection, told: string[], side: Side): void {
  for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
    const detail = event.type === 'data' ? Buffer.from(event.data).toString('hex') : event.type === 'error' ? event.error.message : '';
    // Data may come in one event or in two.
    if (event.type === 'data' && told.at(-1)?.startsWith('data ')) told[told.length - 1] += detail;
    else told.push(`${event.type} ${detail}`);
    if (event.type === 'handshake') connection.send(PING);
    if (event.type === 'data' && side === 'client') connection.close();
    if (event.type === 'end') connection.close();
  }
}

function record(scenario: Scenario, session: Session | undefined): { pieces: Piece[]; told: Record<Side, string[]> } {
  const pieces: Piece[] = [];
  const told = { client: [] as string[], server: [] as string[] };
  const ends = { client: end(scenario, 'client', session), server: end(scenario, 'server') };
  for (let round = 0, moved = true; moved; round++) {
    assert.ok(round < 50);
    moved = false;
    for (const side of ['client', 'server'] as const) {
      act(ends[side], told[side], side);
      for (let out = ends[side].takeOutput(); out !== undefined; out = ends[side].takeOutput()) {
        moved = true;
        pieces.push({ from: side, bytes: out.slice() });
        const other = side === 'client' ? 'server' : 'client';
        ends[other].receive(out.slice());
        act(ends[other], told[other], other);
      }
    }
  }
  return { pieces, told };
}

/** Gives an end the recorded pieces of the other, each cut by `cut`, and compares what it does. */
function replay(
  scenario: Scenario,
  side: Side,
  session: Session | undefined,
  recorded: ReturnType<typeof record>,
  cut: (bytes: Uint8Array, piece: number) => Uint8Array[],
  what: string,
): void {
  const connection = end(scenario, side, session);
  const told: string[] = [];
  const sent: Uint8Array[] = [];
  const collect = (): void => {
    act(connection, told, side);
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) sent.push(out);
  };
  collect();
  recorded.pieces.forEach(({ from, bytes }, index) => {
    if (from === side) return;
    for (const part of cut(bytes, index)) {
      // The array may be used again by its owner as soon as the call returns.
      const chunk = part.slice();
      connection.receive(chunk);
      chunk.fill(0xee);
      collect();
    }
  });
  assert.deepEqual(told, recorded.told[side], what);
  const before = Buffer.concat(recorded.pieces.filter(({ from }) => from === side).map(({ bytes }) => bytes));
  assert.ok(equal(Buffer.concat(sent), before), `${what}: other bytes were sent`);
}

const base13 = { psk: 'none', retry: false, 'client certificate': 'not asked', staple: 'not asked', compatibility: true } as const;
const base12 = { hint: false, 'client certificate': 'not asked', keeping: 'nothing', staple: 'not asked' } as const;
const aead = gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

const SCENARIOS: readonly Scenario[] = [
  matrix.modernScenario(base13),
  matrix.modernScenario({ ...base13, psk: 'ticket', retry: true }),
  matrix.modernScenario({ ...base13, 'client certificate': 'demanded, given', compatibility: false }, { ...matrix.PLAIN13, limit: 'rsl' }),
  matrix.legacyScenario(matrix.TLS12, {
    ...base12,
    suite: aead,
    keeping: 'ticket',
    'client certificate': 'demanded, given',
    staple: 'asked, given',
  }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: aead, keeping: 'ticket, renewed' }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: aead, keeping: 'ID, resumed' }),
  matrix.legacyScenario(matrix.TLS11, { ...base12, suite: cbc.TLS_PSK_WITH_AES_128_CBC_SHA, hint: true }),
  matrix.legacyScenario(
    matrix.TLS10,
    { ...base12, suite: cbc.TLS_PSK_WITH_AES_128_CBC_SHA },
    { ...matrix.PLAIN12, encryptThenMac: false, limit: 'mfl' },
  ),
];

for (const scenario of SCENARIOS) {
  test(`every split: ${scenario.name}`, () => {
    let session: Session | undefined;
    if (scenario.resumes) {
      session = sessionOf(scenario);
      rotated.add(scenario);
    }
    const recorded = record(scenario, session);
    for (const side of ['client', 'server'] as const) {
      assert.ok(
        recorded.told[side].some((line) => line.startsWith('handshake')),
        recorded.told[side].join(', '),
      );
      assert.ok(recorded.told[side].includes(`data ${Buffer.from(PING).toString('hex')}`));
      assert.equal(recorded.told[side].at(-1), 'closed ', recorded.told[side].join(', '));
      replay(scenario, side, session, recorded, (bytes) => [bytes], `${side}: as recorded`);
      replay(scenario, side, session, recorded, (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)), `${side}: byte by byte`);
      recorded.pieces.forEach(({ from, bytes }, piece) => {
        if (from === side) return;
        for (let at = 1; at < bytes.length; at++) {
          replay(
            scenario,
            side,
            session,
            recorded,
            (all, index) => (index === piece ? [all.subarray(0, at), all.subarray(at)] : [all]),
            `${side}: piece ${piece} at ${at}`,
          );
        }
      });
    }
  });
}

/** A session of an undisturbed handshake between the same contexts. */
function sessionOf(scenario: Scenario): Session {
  const pair = new Pair(end(scenario, 'client'), end(scenario, 'server'));
  pair.pump();
  return sessionsOf(pair)[0]!;
}
