/** Runs programs of node_modules/.bin one after the other, all of them, and tells how each ended. */
import { join } from 'node:path';
import { ROOT, run, typescript } from './bootstrap.mjs';

/** A title, a program (or a TypeScript file) and its arguments. */
export type Task = readonly [title: string, program: string, args: readonly string[]];

/** The exit status of the first that failed, or 0. */
export async function inSequence(tasks: readonly Task[]): Promise<number> {
  let first = 0;
  for (const [title, program, args] of tasks) {
    const started = Date.now();
    const status = program.endsWith('.ts')
      ? await run(process.execPath, typescript(program, ...args))
      : await run(join(ROOT, 'node_modules', '.bin', program), args, { shell: process.platform === 'win32' });
    console.log(`${status === 0 ? '✔' : '✖'} ${title}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (first === 0) first = status;
  }
  return first;
}
