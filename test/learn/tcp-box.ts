/** A server program behind TCP as a black box for a learner that does not know how to wait: a thread does the waiting. */
import { Worker } from 'node:worker_threads';
import type { BlackBox } from './peer.ts';

const MOST_BYTES = 65_536;
const PATIENCE_MS = 30_000;
const ASKED = 1;

export interface TcpServerOptions {
  /** Prints `ACCEPT address:port` when it listens; takes one connection. */
  readonly command: string;
  readonly args: readonly string[];
  /** After so long without a first byte there is no answer; after so long without another it is complete. */
  readonly silenceMs: number;
  readonly quietMs: number;
  /** The silence of a server that has sent ChangeCipherSpec. */
  readonly laterSilenceMs: number;
}

const CHANGE_CIPHER_SPEC = 20;

export class TcpServer {
  readonly #shared = new SharedArrayBuffer(12 + MOST_BYTES);
  readonly #state = new Int32Array(this.#shared, 0, 3);
  readonly #worker: Worker;

  readonly #options: TcpServerOptions;

  constructor(options: TcpServerOptions) {
    this.#options = options;
    this.#worker = new Worker(new URL('tcp-worker.mjs', import.meta.url), {
      workerData: { shared: this.#shared, ...options },
      execArgv: [],
    });
  }

  /** Another connection; the one before is given up. */
  open(): BlackBox {
    this.#ask({ kind: 'open' });
    const pending: Uint8Array[] = [];
    let silenceMs = this.#options.silenceMs;
    const box = {
      ended: false,
      receive: (bytes: Uint8Array): void => void pending.push(bytes),
      take: (): readonly Uint8Array[] => {
        const sent = pending.splice(0);
        if (box.ended || sent.length === 0) return [];
        this.#ask({ kind: 'send', bytes: Buffer.concat(sent), silenceMs });
        box.ended = this.#state[2] === 1;
        if (this.#state[1] === 0) return [];
        const came = new Uint8Array(this.#shared, 12, this.#state[1]).slice();
        if (came[0] === CHANGE_CIPHER_SPEC) silenceMs = this.#options.laterSilenceMs;
        return [came];
      },
    };
    return box;
  }

  /** Ends the program and the thread. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage({ kind: 'end' });
    await ended;
  }

  #ask(request: object): void {
    Atomics.store(this.#state, 0, ASKED);
    this.#worker.postMessage(request);
    if (Atomics.wait(this.#state, 0, ASKED, PATIENCE_MS) === 'timed-out') throw new Error('the server does not answer');
  }
}
