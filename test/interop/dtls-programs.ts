/** Foreign DTLS programs as peers: started on free ports, watched by what they print, ended after the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { credential, issue, type KeyKind, pemOf } from '../support/certificates.ts';

/** Other work on the machine may hold a program up. */
const PATIENCE_MS = 30_000;
/** A test that takes longer stands still: it waits for what will not come. */
export const LIMIT_MS = 120_000;

export function isThere(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: PATIENCE_MS }).error === undefined;
}

export interface Files {
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The certificate for `localhost` with a key of this kind, in files. */
export function files(t: TestContext, kind: KeyKind): Files & { readonly pem: { cert: string; key: string; ca: string } } {
  const pem = pemOf(credential(kind));
  return { ...write(t, pem), pem };
}

/** A client's certificate, in files. */
export function clientFiles(t: TestContext): Files & { readonly pem: { cert: string; key: string; ca: string } } {
  const pem = pemOf(issue('p256', { names: ['device'], subject: 'CN=device' }));
  return { ...write(t, pem), pem };
}

function write(t: TestContext, pem: { cert: string; key: string; ca: string }): Files {
  const folder = mkdtempSync(join(tmpdir(), 'veritls-dtls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return { folder, ca: put('ca.pem', pem.ca), cert: put('cert.pem', pem.cert), key: put('key.pem', pem.key) };
}

export async function freePort(): Promise<number> {
  const port = await bindOnce(0);
  if (port === undefined) throw new Error('no port is free');
  return port;
}

/** Two ports in a row: the second. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if ((await bindOnce(port - 1)) !== undefined) return port;
  }
}

/** Whether a port could be had a moment ago, and which. */
function bindOnce(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(undefined));
    socket.bind(wanted, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

export class Program {
  readonly child: ChildProcess;
  output = '';
  #watchers: (() => void)[] = [];

  constructor(t: TestContext, program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const more = (chunk: Buffer): void => {
      this.output += chunk.toString('latin1');
      for (const watcher of [...this.#watchers]) watcher();
    };
    this.child.stdout!.on('data', more);
    this.child.stderr!.on('data', more);
    this.child.stdin!.on('error', () => {});
    this.child.on('error', more.bind(undefined, Buffer.from('could not be started')));
    this.child.on('close', () => {
      for (const watcher of [...this.#watchers]) watcher();
    });
    t.after(() => void this.child.kill('SIGKILL'));
  }

  write(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Waits for a text in all that was printed. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await this.#until(() => pattern.exec(this.output) ?? undefined);
    if (found === undefined) throw new Error(`${pattern} was not printed, but:\n${this.output.slice(-3_000)}`);
    return found;
  }

  async ends(): Promise<void> {
    await this.#until(() => (this.child.exitCode === null && this.child.signalCode === null ? undefined : true));
  }

  #until<T>(test: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
      const check = (isLast: boolean): void => {
        const value = test();
        if (value === undefined && !isLast && this.child.exitCode === null && this.child.signalCode === null) return;
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((watcher) => watcher !== watch);
        resolve(value);
      };
      const watch = (): void => check(false);
      const timer = setTimeout(() => check(true), PATIENCE_MS);
      this.#watchers.push(watch);
      watch();
    });
  }
}
