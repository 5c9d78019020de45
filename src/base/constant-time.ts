/**
 * Comparisons and selections whose steps do not depend on the secret. Algorithmic only: a JIT compiler may still choose
 * otherwise, so providers with a native comparison use that.
 */

/** Whether two byte strings of public length are equal. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** All ones when `value` (an unsigned 31-bit number) is zero, else 0. */
export function maskIfZero(value: number): number {
  return ((value | -value) >>> 31) - 1;
}

/** All ones when `a` equals `b` (unsigned 31-bit numbers), else 0. */
export function maskIfEqual(a: number, b: number): number {
  return maskIfZero(a ^ b);
}

/** All ones when `a < b` (unsigned 31-bit numbers), else 0. */
export function maskIfLess(a: number, b: number): number {
  return (a - b) >> 31;
}

/** `a` where the mask is all ones, `b` where it is 0. */
export function select(mask: number, a: number, b: number): number {
  return (a & mask) | (b & ~mask);
}
