/**
 * Work that may have to wait (a signature checked in another process) written once: a generator that yields only promises. With a
 * synchronous provider nothing is ever yielded and the result is there at once.
 */
import { isPromise, type MaybePromise } from '../../base/maybe-promise.ts';

export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>;

export function runSteps<T>(steps: Steps<T>): MaybePromise<T> {
  const first = steps.next();
  if (first.done === true) return first.value;
  return resume(steps, first.value);
}

/** The value, waited for where it is a promise: `yield* settle(x)`. */
export function* settle<T>(value: MaybePromise<T>): Steps<T> {
  return isPromise(value) ? ((yield value) as T) : value;
}

async function resume<T>(steps: Steps<T>, promise: PromiseLike<unknown>): Promise<T> {
  let waiting = promise;
  for (;;) {
    let value: unknown;
    let result: IteratorResult<PromiseLike<unknown>, T>;
    try {
      value = await waiting;
    } catch (error) {
      result = steps.throw(error);
      if (result.done === true) return result.value;
      waiting = result.value;
      continue;
    }
    result = steps.next(value);
    if (result.done === true) return result.value;
    waiting = result.value;
  }
}
