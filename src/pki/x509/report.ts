/** Which of several refusals is the one to tell. */
import type { PathFailure } from './failure.ts';

/** The refusal that says most: of a path that reached an anchor before a dead end, and of those the first tried. */
export function chooseFailure(failures: readonly PathFailure[]): PathFailure {
  return failures.find((one) => one.reason !== 'no-issuer' && one.reason !== 'budget') ?? failures[0]!;
}
