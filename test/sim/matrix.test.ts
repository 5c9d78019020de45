/** The simulator: each scenario of the matrix connects as its choice says, carries data both ways and closes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as matrix from './matrix.ts';
import { close, echo, play, type Scenario } from './scenario.ts';

function playAll(scenarios: Iterable<Scenario>, atLeast: number): void {
  const failures: string[] = [];
  let count = 0;
  for (const scenario of scenarios) {
    count++;
    try {
      const pair = play(scenario);
      echo(scenario, pair);
      close(scenario, pair);
    } catch (error) {
      failures.push(error instanceof assert.AssertionError ? error.message : `${scenario.name}: ${String((error as Error).stack)}`);
    }
  }
  assert.ok(failures.length === 0, `${failures.length} of ${count} failed:\n${failures.slice(0, 20).join('\n')}`);
  assert.ok(count >= atLeast, `${count} scenarios`);
}

test('TLS 1.3: every combination of features', () => playAll(matrix.modernScenarios(), 144));
for (const version of matrix.LEGACY_VERSIONS) {
  test(`${version.client.name}: every combination of features`, () =>
    playAll(matrix.legacyScenarios(version), version === matrix.SSL30 ? 6 : 300));
}
test('every suite in every version that has it', () => playAll(matrix.suiteScenarios(), 300));
test('every group in every version that has it', () => playAll(matrix.groupScenarios(), 16));
test('every kind of key on both sides', () => playAll(matrix.keyScenarios(), 14));
test('every set of versions on either side', () => playAll(matrix.versionScenarios(), 50));
