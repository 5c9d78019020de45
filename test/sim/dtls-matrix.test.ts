/** The matrix of features over datagrams: every combination through losses, with data both ways and an orderly end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../src/session/session.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { dtlsPair } from '../support/dtls.ts';
import type { DatagramLink } from './datagram-link.ts';
import { legacyScenarios, type VersionPair } from './matrix.ts';
import { assertConnected, type Scenario, sessionsOf } from './scenario.ts';

const NETWORK = { delay: 10, loss: 0.1, duplicate: 0.1, reorder: 0.2, lateness: 30, config: { maxDatagram: 700 } };

function connect(scenario: Scenario, seed: number, session?: Session): DatagramLink {
  const client = { ...scenario.options, ...(session === undefined ? {} : { session }) };
  const link = dtlsPair(scenario.client, scenario.server, { ...NETWORK, seed, client });
  link.handshake();
  return link;
}

function play(scenario: Scenario, seed: number): void {
  const { name, expected } = scenario;
  let session: Session | undefined;
  if (scenario.resumes) {
    [session] = sessionsOf(connect(scenario, seed));
    assert.ok(session !== undefined, `${name}: no session to resume`);
    scenario.between?.();
  }
  const link = connect(scenario, seed + 1, session);
  assertConnected(scenario, link);
  // From here on nothing is lost: data would not be repeated.
  link.meddler = (from, datagram) => {
    link.inject(from === 'client' ? 'server' : 'client', datagram, 10);
    return false;
  };
  for (const side of ['client', 'server'] as const) {
    const { connection } = link[side];
    const most = connection.carrier.writeLimit;
    if (expected.recordLimit !== undefined) assert.equal(most, expected.recordLimit[side], `${name}: longest content of the ${side}`);
    connection.send(new Uint8Array(most).fill(most));
    assert.throws(() => connection.send(new Uint8Array(most + 1)), { code: 'message_too_large' }, name);
    link.run(link.clock.now + 50);
    const got = link[side === 'client' ? 'server' : 'client'].received;
    assert.deepEqual(
      got.map((each) => each.length),
      [most],
      `${name}: data of the ${side}`,
    );
  }
  link.client.connection.close();
  link.run(link.clock.now + 50);
  assert.ok(link.server.has('end'), `${name}: close_notify at the server`);
  link.server.connection.close();
  link.run(link.clock.now + 50);
  for (const side of ['client', 'server'] as const) {
    assert.equal(link[side].connection.error, undefined, `${name}: error at the end`);
    assert.ok(link[side].has('closed'), `${name}: not closed`);
  }
}

const PAIRS: readonly VersionPair[] = [
  { client: dtls12Client, server: dtls12Server },
  { client: dtls10Client, server: dtls10Server },
];

for (const pair of PAIRS) {
  test(`D30: ${pair.client.name}: every combination of features through losses`, () => {
    let count = 0;
    for (const scenario of legacyScenarios(pair)) {
      try {
        play(scenario, 1_000 + 2 * count);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        throw new Error(scenario.name, { cause: error });
      }
      count++;
    }
    assert.ok(count >= 300, `${count} scenarios`);
  });
}
