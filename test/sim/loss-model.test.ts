import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handshakeTime, modelShares } from './loss-model.ts';
import { Random } from './random.ts';

test('without loss a handshake with a cookie takes three round trips', () => {
  assert.equal(handshakeTime({ loss: 0, rtt: 50, retain: true }, new Random(1)), 150);
});

test('the first round trip bounds what can be through: 1 - (1 - p²)^n after n attempts', () => {
  // Attempts at 0, 1, 3, 7, 15 and 31 s.
  const [share = 0] = modelShares({ loss: 0.5, rtt: 50, retain: false }, [60_000]);
  assert.ok(share < 100 * (1 - 0.75 ** 6) && share > 60, `${share}`);
});

test('timeouts that stay cost time', () => {
  const times = [10_000, 30_000, 60_000];
  const kept = modelShares({ loss: 0.5, rtt: 50, retain: true }, times, 5_000);
  const reset = modelShares({ loss: 0.5, rtt: 50, retain: false }, times, 5_000);
  for (const [index, share] of kept.entries()) assert.ok(share < reset[index]!);
});
