/**
 * What the native interfaces share: IP buffers from a bounded pool, and notifications. Notifications are told in order, never
 * from within a call of the user's; what a notify function throws is counted and has no effect.
 */
import { IP_NTF_TX_RDY, TLS_MEM_ERR, TLS_OK, TLS_PARAM_ERR, type t_tls_ret } from './constants.ts';
import { psp_free, psp_malloc } from './psp.ts';
import type { t_ip_ntf } from './types.ts';

/** Buffers that are out, and who waits for one. */
class BufferPool {
  #count = 0;
  #size = 0;
  readonly #out = new Set<Uint8Array>();
  readonly #waiting: t_ip_ntf[] = [];

  configure(count: number, size: number): void {
    this.clear();
    this.#count = count;
    this.#size = size;
  }

  /** Bytes of one buffer. */
  get size(): number {
    return this.#size;
  }

  get inUse(): number {
    return this.#out.size;
  }

  take(): Uint8Array | undefined {
    if (this.#out.size >= this.#count) return undefined;
    // One byte more than can be asked for: programs end a text in it with a zero.
    const buffer = psp_malloc(this.#size + 1);
    if (buffer === null) return undefined;
    this.#out.add(buffer);
    return buffer;
  }

  has(buffer: unknown): boolean {
    return buffer instanceof Uint8Array && this.#out.has(buffer);
  }

  give(buffer: Uint8Array): boolean {
    if (!this.#out.delete(buffer)) return false;
    psp_free(buffer);
    const next = this.#waiting.shift();
    if (next !== undefined) notify(next, IP_NTF_TX_RDY);
    return true;
  }

  /** Tells `ntf` as soon as a buffer is free. */
  await(ntf: t_ip_ntf): void {
    if (!this.#waiting.includes(ntf)) this.#waiting.push(ntf);
  }

  clear(): void {
    for (const buffer of this.#out) psp_free(buffer);
    this.#out.clear();
    this.#waiting.length = 0;
  }
}

export const ipBuffers: BufferPool = new BufferPool();

/** Gives an IP buffer back to the pool. */
export function ip_release_proto_buf(p_buf: Uint8Array | null): t_tls_ret {
  if (!(p_buf instanceof Uint8Array)) return TLS_PARAM_ERR;
  return ipBuffers.give(p_buf) ? TLS_OK : TLS_PARAM_ERR;
}

/** Allocates an IP buffer without a connection. */
export function ip_get_proto_buf(): { ret: t_tls_ret; p_buf: Uint8Array | null } {
  const buffer = ipBuffers.take();
  return buffer === undefined ? { ret: TLS_MEM_ERR, p_buf: null } : { ret: TLS_OK, p_buf: buffer };
}

/** Notify functions that threw. */
export const ip_ntf_failures: { count: number; last: unknown } = { count: 0, last: undefined };

const pending: [t_ip_ntf, number][] = [];
let scheduled = false;

/** Tells a notify structure and those linked to it. */
export function notify(ntf: t_ip_ntf | null | undefined, code: number): void {
  if (ntf === null || ntf === undefined) return;
  pending.push([ntf, code]);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(deliver);
}

function deliver(): void {
  scheduled = false;
  const seen = new Set<t_ip_ntf>();
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const [first, code] = next;
    seen.clear();
    for (let ntf: t_ip_ntf | null | undefined = first; ntf !== null && ntf !== undefined && !seen.has(ntf); ntf = ntf.p_ntf_next) {
      seen.add(ntf);
      try {
        ntf.ntf_fn(ntf.ntf_param, code);
      } catch (error) {
        ip_ntf_failures.count++;
        ip_ntf_failures.last = error;
      }
    }
  }
}

/** Whether a value may be used as notify structure. */
export function isNtf(value: unknown): value is t_ip_ntf {
  return typeof value === 'object' && value !== null && typeof (value as t_ip_ntf).ntf_fn === 'function';
}
