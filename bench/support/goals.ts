/**
 * The figures of a bench, one a line, each with what it has to reach. `--check`: exit status 1 when one does not. The file that
 * BENCH_FIGURES names, where it does, gets those with goals, one line of JSON each: `npm run bench` closes with a table of them.
 */
import { appendFileSync } from 'node:fs';

export interface Goal {
  readonly most: number;
  /** What is aimed at beyond that. */
  readonly budget?: number;
}

let missed = 0;

/** Prints a figure. With a goal: whether it is reached. */
export function figure(name: string, value: number, unit: string, goal?: Goal, note = ''): void {
  const text = `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
  let verdict = '';
  if (goal !== undefined) {
    const isReached = value <= goal.most;
    if (!isReached) missed++;
    const file = process.env['BENCH_FIGURES'];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, figure: text, ...goal, isReached })}\n`);
    verdict = `${isReached ? 'reached' : 'MISSED'}, at most ${goal.most}`;
    if (goal.budget !== undefined) verdict += `; budget ${goal.budget} ${value <= goal.budget ? 'reached' : 'missed'}`;
  }
  console.log(`${name.padEnd(52)} ${text.padStart(14)}  ${[verdict, note].filter((part) => part !== '').join('; ')}`);
}

/** Says how it went, and fails where that is asked for. To be called at the end. */
export function conclude(): void {
  if (missed > 0) console.log(`${missed} missed`);
  if (missed > 0 && process.argv.includes('--check')) process.exitCode = 1;
}
