/**
 * The platform support package (guide 6.2): clock, ticks, memory, strings, byte order. The functions can be replaced by those
 * of another platform with `psp_install`; the module calls what is installed.
 */

/** A point in time, ms since 1970. */
export type t_psp_timedate = number;

export interface PspPort {
  psp_getcurrenttimedate(): t_psp_timedate;
  psp_get_tick_count(): number;
  psp_malloc(size: number): Uint8Array | null;
  psp_free(block: Uint8Array): void;
}

/** What is allocated, and how much may be. */
export interface PspAccounting {
  /** Bytes now, and most so far. */
  allocated: number;
  peak: number;
  blocks: number;
  /** Allocations beyond this fail. */
  limit: number;
}

export const psp_accounting: PspAccounting = { allocated: 0, peak: 0, blocks: 0, limit: Number.POSITIVE_INFINITY };
const blocks = new WeakSet<Uint8Array>();

const standard: PspPort = {
  psp_getcurrenttimedate: () => Date.now(),
  psp_get_tick_count: () => performance.now(),
  psp_malloc(size) {
    const a = psp_accounting;
    if (a.allocated + size > a.limit) return null;
    a.allocated += size;
    a.peak = Math.max(a.peak, a.allocated);
    a.blocks++;
    const block = new Uint8Array(size);
    blocks.add(block);
    return block;
  },
  psp_free(block) {
    if (!blocks.delete(block)) return;
    psp_accounting.allocated -= block.length;
    psp_accounting.blocks--;
  },
};

let installed: PspPort = standard;

/** Replaces functions of the platform; without argument, puts all of them back. */
export function psp_install(port: Partial<PspPort> = standard): void {
  installed = { ...standard, ...port };
}

/** The current time and date. */
export function psp_getcurrenttimedate(): t_psp_timedate {
  return installed.psp_getcurrenttimedate();
}

/** Compares the current time with another: less than 0 before it, 0 at it, more than 0 after it. */
export function psp_timedatecmp(other: t_psp_timedate): number {
  return Math.sign(installed.psp_getcurrenttimedate() - other);
}

/** Milliseconds since the system was started. */
export function psp_get_tick_count(): number {
  return installed.psp_get_tick_count();
}

/** Allocates a block; null when there is no memory. */
export function psp_malloc(size: number): Uint8Array | null {
  if (!Number.isInteger(size) || size < 0) return null;
  return installed.psp_malloc(size);
}

/** Gives a block back. */
export function psp_free(block: Uint8Array | null): void {
  if (block !== null) installed.psp_free(block);
}

/** Compares two blocks: 0 when the first `length` bytes are equal. */
export function psp_memcmp(a: Uint8Array, b: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Copies `length` bytes. */
export function psp_memcpy(to: Uint8Array, from: Uint8Array, length: number): Uint8Array {
  to.set(from.subarray(0, length));
  return to;
}

/** Sets `length` bytes to `value`. */
export function psp_memset(to: Uint8Array, value: number, length: number): Uint8Array {
  to.fill(value, 0, length);
  return to;
}

/** Copies a string of at most `length` bytes, and fills the rest with zeros. */
export function psp_strncpy(to: Uint8Array, from: string, length: number): Uint8Array {
  for (let i = 0; i < length && i < to.length; i++) to[i] = i < from.length ? from.charCodeAt(i) & 0xff : 0;
  return to;
}

/** Compares at most `length` characters. */
export function psp_strncmp(a: string, b: string, length: number): number {
  const left = a.slice(0, length);
  const right = b.slice(0, length);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Reads 16 bits, big-endian. */
export function PSP_RD_BE16(at: Uint8Array, offset = 0): number {
  return (at[offset]! << 8) | at[offset + 1]!;
}

/** Reads 24 bits, big-endian. */
export function PSP_RD_BE24(at: Uint8Array, offset = 0): number {
  return (at[offset]! << 16) | (at[offset + 1]! << 8) | at[offset + 2]!;
}

/** Writes 16 bits, big-endian. */
export function PSP_WR_BE16(at: Uint8Array, value: number, offset = 0): void {
  at[offset] = value >>> 8;
  at[offset + 1] = value;
}

/** Writes 24 bits, big-endian. */
export function PSP_WR_BE24(at: Uint8Array, value: number, offset = 0): void {
  at[offset] = value >>> 16;
  at[offset + 1] = value >>> 8;
  at[offset + 2] = value;
}

/** Writes 32 bits, big-endian. */
export function PSP_WR_BE32(at: Uint8Array, value: number, offset = 0): void {
  PSP_WR_BE16(at, (value >>> 16) & 0xffff, offset);
  PSP_WR_BE16(at, value & 0xffff, offset + 2);
}

/** Writes 64 bits, big-endian. */
export function PSP_WR_BE64(at: Uint8Array, value: bigint, offset = 0): void {
  PSP_WR_BE32(at, Number((value >> 32n) & 0xffffffffn), offset);
  PSP_WR_BE32(at, Number(value & 0xffffffffn), offset + 4);
}
