/** Other people's programs: whether they are there, and running them. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The first line that a program prints of its version; undefined where there is no such program. */
export async function versionOf(program: string, argument: string): Promise<string | undefined> {
  const finished = await runProgram(program, [argument]).catch(() => undefined);
  return finished === undefined || finished.status !== 0 ? undefined : finished.stdout.split('\n')[0];
}

/** Runs a program to its end. Rejects where there is none, or when it takes too long. */
export function runProgram(program: string, args: readonly string[], timeoutMs = 15_000): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill(), timeoutMs);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}

/** Starts a program that stays; fulfilled with the match when `ready` appears in what it prints. */
export function startProgram(
  program: string,
  args: readonly string[],
  ready: RegExp,
  timeoutMs = 10_000,
): Promise<{ child: ChildProcess; match: RegExpExecArray }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`${program} does not start: ${printed.slice(0, 200)}`));
    }, timeoutMs);
    const listen = (chunk: string): void => {
      printed += chunk;
      const match = ready.exec(printed);
      if (match === null) return;
      clearTimeout(timer);
      resolve({ child, match });
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${program} ended with ${code}: ${printed.trim().slice(0, 200)}`));
    });
  });
}

/** Ends a program that we started. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill();
  await gone;
}
