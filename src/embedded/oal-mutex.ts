/** Mutexes of the OS abstraction layer (guide 6.1): in shared memory, so that threads can wait for each other. */

export type oal_ret_t = number;
export const OAL_SUCCESS = 0;
export const OAL_ERROR = 1;
export const OAL_ERR_TIMEOUT = 2;
export const OAL_ERR_OWNER = 3;
export const OAL_WAIT_FOREVER = 0xffffffff;

/** A 32-bit word that threads may share. */
export interface oal_mutex_t {
  oal_mutex_word: Int32Array | null;
}

export function oal_mutex_create(mutex: oal_mutex_t): oal_ret_t {
  if (!isObject(mutex)) return OAL_ERROR;
  mutex.oal_mutex_word = new Int32Array(new SharedArrayBuffer(4));
  return OAL_SUCCESS;
}

/** Waits until the mutex is free. It is not recursive: the guide's module does not nest its locks. */
export function oal_mutex_get(mutex: oal_mutex_t, timeout: number = OAL_WAIT_FOREVER): oal_ret_t {
  if (!isObject(mutex) || !(mutex.oal_mutex_word instanceof Int32Array)) return OAL_ERROR;
  const until = timeout === OAL_WAIT_FOREVER ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  while (Atomics.compareExchange(mutex.oal_mutex_word, 0, 0, 1) !== 0) {
    const left = until - performance.now();
    if (left <= 0 || Atomics.wait(mutex.oal_mutex_word, 0, 1, left) === 'timed-out') return OAL_ERR_TIMEOUT;
  }
  return OAL_SUCCESS;
}

export function oal_mutex_put(mutex: oal_mutex_t): oal_ret_t {
  if (!isObject(mutex) || !(mutex.oal_mutex_word instanceof Int32Array)) return OAL_ERROR;
  if (Atomics.exchange(mutex.oal_mutex_word, 0, 0) === 0) return OAL_ERR_OWNER;
  Atomics.notify(mutex.oal_mutex_word, 0, 1);
  return OAL_SUCCESS;
}

export function oal_mutex_delete(mutex: oal_mutex_t): oal_ret_t {
  if (!isObject(mutex) || mutex.oal_mutex_word === null) return OAL_ERROR;
  mutex.oal_mutex_word = null;
  return OAL_SUCCESS;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
