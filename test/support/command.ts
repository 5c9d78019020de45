/** The `veritls` command under test: in this process with streams of ours, or as a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.ts';
import { credential, type KeyKind, pemOf } from './certificates.ts';

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. `input`: standard input; undefined: empty. */
export async function command(
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const started = startCommand(args, env);
  started.stdin.end(input);
  return started.result;
}

export interface StartedCommand {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly result: Promise<CommandResult>;
  /** Fulfilled with the match when it appears in what was printed. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export function startCommand(args: readonly string[], env: Record<string, string> = {}): StartedCommand {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = { stdout: '', stderr: '' };
  const looks = new Set<() => void>();
  stdout.on('data', (chunk: Buffer) => {
    out.stdout += chunk.toString();
    for (const look of looks) look();
  });
  stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  const result = run(args, { stdin, stdout, stderr, env }).then(async (status) => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return { status, ...out };
  });
  return {
    stdin,
    stdout,
    result,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(out.stdout);
          if (match === null) return;
          looks.delete(look);
          resolve(match);
        };
        looks.add(look);
        result.then((ended) => reject(new Error(`ended with ${ended.status}: ${ended.stdout}${ended.stderr}`)), reject);
        look();
      }),
  };
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs the command as a process. */
export function commandProcess(
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Record<string, string> = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...out }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** A folder with the test root (`ca.pem`) and a certificate with its key (`cert.pem`, `key.pem`) for each kind asked. */
export class CertificateFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'veritls-test-'));

  file(name: string): string {
    return join(this.path, name);
  }

  write(kind: KeyKind): { cert: string; key: string; ca: string } {
    const pem = pemOf(credential(kind));
    const names = { cert: this.file(`${kind}-cert.pem`), key: this.file(`${kind}-key.pem`), ca: this.file('ca.pem') };
    writeFileSync(names.cert, pem.cert);
    writeFileSync(names.key, pem.key);
    writeFileSync(names.ca, pem.ca);
    return names;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
