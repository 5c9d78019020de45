/** D30: every cell with a few seeds; `npm run sim` has as many as one likes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cells, MODES, nameOf, run } from './dtls-cells.ts';

for (const mode of MODES) {
  test(`D30: handshakes under loss, duplication, reordering, at every MTU: ${mode}`, () => {
    let count = 0;
    for (const cell of cells()) {
      if (cell.mode !== mode) continue;
      for (let seed = 0; seed < 2; seed++) {
        const { time, datagrams } = run(cell, 1_000 + seed);
        assert.ok(time !== undefined, `${nameOf(cell)}, seed ${seed} never ended`);
        assert.ok(datagrams < 10_000, `${nameOf(cell)}: ${datagrams} datagrams`);
        count++;
      }
    }
    assert.equal(count, 2 * 160);
  });
}
