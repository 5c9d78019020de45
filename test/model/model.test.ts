/** The model checker: what it explores at one fault, and that it finds what is wrong with an endpoint that is broken. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from './explore.ts';
import { type ModelScenario, SCENARIOS } from './scenarios.ts';
import { Interned, World } from './world.ts';

for (const scenario of SCENARIOS) {
  test(`model check: ${scenario.name}: every way to go wrong once`, () => {
    const { failure, runs } = explore(scenario, 1);
    assert.equal(failure?.problem, undefined, failure?.trace.join('\n'));
    assert.ok(runs > 15);
  });
}

const [first] = SCENARIOS as [ModelScenario];

test('model check: merging what is the same loses no failure: without it the same plans end alike', () => {
  const interned = new Interned();
  const visited = new Set<string>();
  const whole = new World(first, [], interned).run();
  let merged = 0;
  for (let at = 0; at < whole.arrivals; at++) {
    for (const fault of whole.possible[at]!) {
      const plan = [{ at, fault }];
      const alone = new World(first, plan, interned).run();
      const known = new World(first, plan, interned, visited).run();
      assert.equal(alone.problem, undefined, `${fault} at ${at}`);
      assert.equal(known.problem, undefined);
      if (known.isKnown) merged++;
    }
  }
  assert.ok(merged > 0);
});

test('model check: a client that never repeats itself is found by one loss, and the way is shown', () => {
  const broken: ModelScenario = {
    ...first,
    start(clock) {
      const ends = first.start(clock);
      Object.defineProperty(ends.client, 'nextTimeout', { get: () => Number.POSITIVE_INFINITY });
      return ends;
    },
  };
  const { failure } = explore(broken, 2);
  assert.match(failure?.problem ?? '', /deadlock/);
  assert.equal(failure?.plan.length, 1);
  assert.match(failure?.trace.join('\n') ?? '', /lose: ClientHello/);
});

test('model check: a server that takes what does not authenticate is found', () => {
  const broken: ModelScenario = {
    ...first,
    start(clock) {
      const ends = first.start(clock);
      const receive = ends.server.receive.bind(ends.server);
      // Three datagrams come from an undisturbed client; the altered one is mended here.
      ends.server.receive = (peer, datagram) => receive(peer, datagram.length < 200 ? mended(datagram) : datagram);
      return ends;
    },
  };
  const { failure } = explore(broken, 1);
  assert.match(failure?.problem ?? '', /without a proof/);
});

/** The forger flips the last bit: its twin, which is genuine, has the other. */
function mended(datagram: Uint8Array): Uint8Array {
  const genuine = seen.find(
    (each) => each.length === datagram.length && each.every((byte, i) => byte === datagram[i] || i === each.length - 1),
  );
  if (genuine === undefined) seen.push(datagram.slice());
  return genuine ?? datagram;
}
const seen: Uint8Array[] = [];
