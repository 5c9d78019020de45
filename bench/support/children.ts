/** The programs that benches run in processes of their own: bundled once, so that what is measured is what users run. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { credential, pemOf } from '../../test/support/certificates.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, '.cache/bench');

export type Kind = 'ours' | 'node' | 'net';

/** A certificate for `localhost`, and the root that made it, PEM. */
export interface Files {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export const FILES: Files = pemOf(credential('p256'));

let bundled: Promise<void> | undefined;

function bundle(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  bundled ??= build({
    entryPoints: [join(ROOT, 'bench/support/child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: join(OUT, 'child.mjs'),
    logLevel: 'error',
  }).then(() => undefined);
  return bundled;
}

/** A process that does one task at a time: `ask` gives its answer. */
export class Child {
  readonly #process: ChildProcess;
  #id = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** `flags`: of V8, beside those that all have. */
  static async start(...flags: readonly string[]): Promise<Child> {
    await bundle();
    const child = fork(join(OUT, 'child.mjs'), { execArgv: ['--expose-gc', ...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(child, 'message');
    return new Child(child);
  }

  async ask<T>(task: string, input: object = {}): Promise<T> {
    const id = ++this.#id;
    this.#process.send({ id, task, input });
    for (;;) {
      const [answer] = (await once(this.#process, 'message')) as [{ id: number; result: T; error?: string }];
      if (answer.id !== id) continue;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.result;
    }
  }

  stop(): void {
    this.#process.kill();
  }
}

export const quick: boolean = process.argv.includes('--quick');

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
