/** Foreign programs: started, watched, and ended with us. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

const running = new Set<ChildProcess>();
process.on('exit', endAll);

/** Ends every program that was started here. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class Program {
  output = '';
  exited: number | undefined;
  readonly #child: ChildProcess;
  #waiting: (() => void)[] = [];

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.#child);
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString('latin1');
      this.#wake();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#child.stdin?.on('error', () => {});
    this.#child.on('error', (error) => {
      this.output += error.message;
      this.exited = 127;
      this.#wake();
    });
    this.#child.on('exit', (code) => {
      this.exited = code ?? 128;
      running.delete(this.#child);
      this.#wake();
    });
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits for something in the output; `from`: where to look. Throws with the end of the output. */
  async until(pattern: RegExp | string, limitMs = 10_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (typeof pattern === 'string' ? !this.output.includes(pattern) : !pattern.test(this.output)) {
      if (this.exited !== undefined) throw new Error(`ended with ${this.exited}: ${this.tail()}`);
      if (Date.now() > deadline) throw new Error(`never said ${String(pattern)}: ${this.tail()}`);
      await this.#change();
    }
  }

  async end(limitMs = 10_000): Promise<number> {
    const deadline = Date.now() + limitMs;
    while (this.exited === undefined && Date.now() < deadline) await this.#change();
    return this.exited ?? -1;
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  tail(): string {
    return this.output.trim().split('\n').slice(-4).join(' | ').slice(-300);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 100);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The output of a program that ends by itself; undefined when there is no such program. */
export function outputOf(command: string, args: readonly string[]): string | undefined {
  const result = spawnSync(command, args, { encoding: 'latin1', timeout: 20_000 });
  return result.error === undefined ? `${result.stdout}${result.stderr}` : undefined;
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
