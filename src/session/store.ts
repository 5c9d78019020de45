/** Where a server keeps sessions and what must be used once. One process or many: every operation may be asynchronous. */
import type { MaybePromise } from '../base/maybe-promise.ts';

export interface SessionStore {
  /** The sealed session of an ID; undefined when unknown or expired. */
  get(id: Uint8Array): MaybePromise<Uint8Array | undefined>;
  put(id: Uint8Array, sealed: Uint8Array, ttlMs: number): MaybePromise<void>;
  /** Reads and deletes in one step. */
  take(id: Uint8Array): MaybePromise<Uint8Array | undefined>;
  /** True when the key was not there before: a strike register. */
  addOnce(key: Uint8Array, ttlMs: number): MaybePromise<boolean>;
  delete(id: Uint8Array): MaybePromise<void>;
}
