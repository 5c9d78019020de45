/** The seed of this run: `FUZZ_SEED`, else 1. Whatever a test draws follows from it. `npm run fuzz:x509` goes through many. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
if (!Number.isSafeInteger(SEED)) throw new Error('FUZZ_SEED is no number');

/** Numbers below `below`, the same for the same seed. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
