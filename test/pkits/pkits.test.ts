import assert from 'node:assert/strict';
import test from 'node:test';
import { available, loadCases, runCase } from './cases.ts';

test('NIST PKITS: all cases agree', available ? {} : { skip: 'the vectors are not here' }, async () => {
  const cases = loadCases();
  assert.equal(cases.length, 249);
  for (const one of cases) {
    const result = await runCase(one);
    assert.ok(result.agrees, `${one.number} ${one.title}: ${result.why}`);
  }
});
