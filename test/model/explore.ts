/**
 * Plays every plan of at most so many faults, fewest first: so that what fails first fails with the fewest. Runs that come to a
 * state which has been played already stop there; a state is all that each end has been told, what is on its way, and the time.
 */
import type { ModelScenario } from './scenarios.ts';
import { Interned, type Plan, World } from './world.ts';

export interface Explored {
  /** Plans that were played. */
  readonly runs: number;
  /** Of those, the ones that came to a state that was known. */
  readonly merged: number;
  readonly states: number;
  /** The most that one run took. */
  readonly datagrams: number;
  readonly timeouts: number;
  /** The first plan that fails: none has fewer faults. */
  readonly failure: { readonly plan: Plan; readonly problem: string; readonly trace: readonly string[] } | undefined;
}

/** `onLevel`: told before the plans of a number of faults are played, and how many they are at least. */
export function explore(
  scenario: ModelScenario,
  depth: number,
  onLevel: (faults: number, plans: number) => void = () => undefined,
): Explored {
  const interned = new Interned();
  const visited = new Set<string>();
  const count = { runs: 0, merged: 0, datagrams: 0, timeouts: 0 };
  let level: Plan[] = [[]];
  for (let faults = 0; faults <= depth; faults++) {
    onLevel(faults, level.length);
    const longer: Plan[] = [];
    for (const plan of level) {
      const outcome = new World(scenario, plan, interned, visited).run();
      count.runs++;
      if (outcome.isKnown) count.merged++;
      count.datagrams = Math.max(count.datagrams, outcome.datagrams);
      count.timeouts = Math.max(count.timeouts, outcome.timeouts);
      if (outcome.problem !== undefined) {
        const trace: string[] = [];
        new World(scenario, plan, interned, undefined, trace).run();
        return { ...count, states: visited.size, failure: { plan, problem: outcome.problem, trace } };
      }
      if (faults === depth) continue;
      const first = plan.length === 0 ? 0 : plan.at(-1)!.at + 1;
      for (let at = first; at < outcome.arrivals; at++)
        for (const fault of outcome.possible[at] ?? []) longer.push([...plan, { at, fault }]);
    }
    level = longer;
  }
  return { ...count, states: visited.size, failure: undefined };
}
