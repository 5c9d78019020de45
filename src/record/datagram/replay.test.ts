import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplayWindow, type WindowSize } from './replay.ts';

const SIZES: readonly WindowSize[] = [32, 64, 128];

/** A small generator of our own: the sequences are the same on every run. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const size of SIZES) {
  test(`D3: a window of ${size} answers as a set of all numbers seen does, over 100 000 records`, () => {
    const next = random(size);
    const window = new ReplayWindow(size);
    const seen = new Set<number>();
    let top = -1;
    let at = 0;
    for (let i = 0; i < 100_000; i++) {
      const r = next();
      if (r < 0.5) at += 1;
      else if (r < 0.6) at += Math.floor(next() * 2 * size);
      else if (r < 0.601) at += Math.floor(next() * 2 ** 33);
      const seq = r < 0.7 ? at : Math.max(0, at - Math.floor(next() * (size + 8)));
      const expected = !seen.has(seq) && seq > top - size;
      assert.equal(window.fresh(seq), expected, `seq ${seq}, top ${top}`);
      if (expected && next() < 0.9) {
        window.accept(seq);
        seen.add(seq);
        top = Math.max(top, seq);
      }
    }
    assert.ok(seen.size > 10_000);
  });

  test(`D3: edges of a window of ${size}`, () => {
    const window = new ReplayWindow(size);
    assert.ok(window.fresh(0));
    window.accept(0);
    assert.ok(!window.fresh(0), 'number 0 is not fresh twice');
    window.accept(size - 1);
    assert.ok(!window.fresh(0), 'still inside, still known');
    assert.ok(window.fresh(1));
    window.accept(size);
    assert.ok(!window.fresh(0), 'left the window');
    const last = 2 ** 48 - 1;
    window.accept(last);
    assert.ok(!window.fresh(last));
    assert.ok(window.fresh(last - 1));
    assert.ok(window.fresh(last - size + 1));
    assert.ok(!window.fresh(last - size), 'one behind the left edge');
    window.accept(last - size + 1);
    assert.ok(!window.fresh(last - size + 1));
  });
}

for (const size of SIZES) {
  test(`D3: accepting what has left a window of ${size} changes nothing in it`, () => {
    const window = new ReplayWindow(size);
    assert.equal(window.top, -1);
    window.accept(1_000);
    for (const behind of [size, size + 1, size + 8, size + 31, 3 * size]) window.accept(1_000 - behind);
    assert.equal(window.top, 1_000);
    for (let behind = 1; behind < size; behind++) assert.ok(window.fresh(1_000 - behind), `${behind} behind`);
  });
}

test('D3: the first number may be any, and what is before it by less than the window may follow', () => {
  const window = new ReplayWindow(64);
  window.accept(1_000);
  assert.ok(window.fresh(999));
  assert.ok(window.fresh(937));
  assert.ok(!window.fresh(936));
});
