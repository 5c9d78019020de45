/**
 * The OS abstraction layer (guide 6.1): mutexes, events, tasks. In poll mode nothing blocks and tasks are functions that run
 * after an event was set; in preemptive mode events and mutexes live in shared memory, so that threads can wait for each other.
 */
import { isObject, OAL_ERR_TIMEOUT, OAL_ERROR, OAL_SUCCESS, OAL_WAIT_FOREVER, type oal_ret_t } from './oal-mutex.ts';
import type { Ref } from './types.ts';

export {
  OAL_ERR_OWNER,
  OAL_ERR_TIMEOUT,
  OAL_ERROR,
  oal_mutex_create,
  oal_mutex_delete,
  oal_mutex_get,
  oal_mutex_put,
  OAL_SUCCESS,
  OAL_WAIT_FOREVER,
  type oal_mutex_t,
  type oal_ret_t,
} from './oal-mutex.ts';

export type oal_event_flags_t = number;

/** A 32-bit word that threads may share. */
export interface oal_event_t {
  oal_event_word: Int32Array | null;
}

/** A task of poll mode: called again after every event. */
export interface oal_task_t {
  oal_task_fn: (() => void) | null;
}

const tasks = new Set<oal_task_t>();
let scheduled = false;
/** Failures of tasks: what they throw is counted and has no effect. */
export const oal_task_failures: { count: number; last: unknown } = { count: 0, last: undefined };

export function oal_event_create(event: oal_event_t): oal_ret_t {
  if (!isObject(event)) return OAL_ERROR;
  event.oal_event_word = new Int32Array(new SharedArrayBuffer(4));
  return OAL_SUCCESS;
}

export function oal_event_delete(event: oal_event_t): oal_ret_t {
  if (!isObject(event) || event.oal_event_word === null) return OAL_ERROR;
  event.oal_event_word = null;
  return OAL_SUCCESS;
}

/** Sets flags and wakes who waits for them. */
export function oal_event_set(event: oal_event_t, flags: oal_event_flags_t, _task?: oal_task_t | null): oal_ret_t {
  if (!isObject(event) || !(event.oal_event_word instanceof Int32Array)) return OAL_ERROR;
  Atomics.or(event.oal_event_word, 0, flags);
  Atomics.notify(event.oal_event_word, 0);
  schedule();
  return OAL_SUCCESS;
}

/** Takes those of `mask` that are set; waits for one, at most `timeout` ms: 0 in poll mode. */
export function oal_event_get(event: oal_event_t, mask: oal_event_flags_t, p_flags: Ref<oal_event_flags_t>, timeout: number): oal_ret_t {
  if (!isObject(event) || !(event.oal_event_word instanceof Int32Array) || !isObject(p_flags)) return OAL_ERROR;
  const word = event.oal_event_word;
  const until = timeout === OAL_WAIT_FOREVER ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  for (;;) {
    const seen = Atomics.load(word, 0);
    if ((seen & mask) !== 0) {
      p_flags.value = Atomics.and(word, 0, ~mask) & mask;
      return OAL_SUCCESS;
    }
    const left = until - performance.now();
    if (left <= 0 || Atomics.wait(word, 0, seen, left) === 'timed-out') {
      p_flags.value = 0;
      return OAL_ERR_TIMEOUT;
    }
  }
}

/** Poll mode: `fn` runs once soon, and again after every event that is set. */
export function oal_task_create(task: oal_task_t, fn: () => void): oal_ret_t {
  if (!isObject(task) || typeof fn !== 'function') return OAL_ERROR;
  task.oal_task_fn = fn;
  tasks.add(task);
  schedule();
  return OAL_SUCCESS;
}

export function oal_task_delete(task: oal_task_t): oal_ret_t {
  return tasks.delete(task) ? OAL_SUCCESS : OAL_ERROR;
}

/** Runs every task once. The event loop does so by itself after an event. */
export function oal_task_poll(): void {
  for (const task of tasks) {
    try {
      task.oal_task_fn?.();
    } catch (error) {
      oal_task_failures.count++;
      oal_task_failures.last = error;
    }
  }
}

/** What a task calls first in the guide's samples; there is nothing to do. */
export function ip_enter_task(): void {}

function schedule(): void {
  if (scheduled || tasks.size === 0) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    oal_task_poll();
  });
}
