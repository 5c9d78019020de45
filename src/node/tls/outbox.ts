/**
 * What a TLSSocket is given to write, on its way to the driver. Small chunks wait for the end of the tick, so that they share a
 * record; long ones go as they are.
 */
import { TlsError } from '../../base/errors.ts';
import { type Driver, SLICE } from '../driver.ts';
import { batches } from './batches.ts';
import { codedError, connectionError } from './errors.ts';

export type Done = (error?: Error | null) => void;

/** Whose chunks they are. */
export interface OutboxHost {
  /** Something moved. @internal */
  _touch(): void;
  destroy(error?: Error): unknown;
}

export class Outbox {
  readonly #host: OutboxHost;
  /** Undefined until the handshake is over. */
  #driver: Driver | undefined;
  /** Written before the handshake was over, or while the driver was busy. */
  #waiting: readonly Uint8Array[] | undefined;
  #waitingDone: Done | undefined;
  #final: Done | undefined;
  #writing = false;
  /** Small chunks of this tick. */
  #small: Uint8Array[] | undefined;
  #smallBytes = 0;
  /** Longest content of a record, where it is limited; 0: not. */
  fragment = 0;

  constructor(host: OutboxHost) {
    this.#host = host;
  }

  /** The handshake is over: from now on chunks are taken. */
  open(driver: Driver): void {
    this.#driver = driver;
  }

  /** Whether a writer waits for what has not gone out. */
  get isBusy(): boolean {
    return this.#writing || this.#waitingDone !== undefined;
  }

  /** Small chunks are taken, and the writer goes on at once; `done` of others is called when there is room for more. */
  take(chunks: readonly Uint8Array[], bytes: number, done: Done): void {
    if (this.#driver === undefined || this.#writing) {
      this.#waiting = chunks;
      this.#waitingDone = done;
      return;
    }
    this.#host._touch();
    if (this.#smallBytes + bytes >= SLICE) {
      const all = this.#small === undefined ? chunks : [...this.#small, ...chunks];
      this.#small = undefined;
      this.#smallBytes = 0;
      this.#send(this.#driver, all, done);
      return;
    }
    if (bytes > 0) {
      if (this.#small === undefined) {
        this.#small = [];
        process.nextTick(flushLater, this);
      }
      this.#small.push(...chunks);
      this.#smallBytes += bytes;
    }
    done();
  }

  /** Nothing is written any more: close_notify follows what is left. */
  end(done: Done): void {
    if (this.#driver === undefined || this.#writing) this.#final = done;
    else if (this.#small !== undefined) {
      this.#final = done;
      this.flushSmall();
    } else this.#driver.end(done);
  }

  flushSmall(): void {
    const small = this.#small;
    if (small === undefined || this.#writing || this.#driver === undefined) return;
    this.#small = undefined;
    this.#smallBytes = 0;
    this.#send(this.#driver, small, undefined);
  }

  /** The stream is destroyed. What was written in this tick is on its way, as with a net.Socket: HTTP answers a bad request so, and goes. */
  flushLast(): void {
    const small = this.#small;
    this.#small = undefined;
    this.#waiting = undefined;
    this.#final = undefined;
    if (small !== undefined && !this.#writing) this.#driver?.write(batches(small, this.fragment), () => {});
  }

  /** The writers that nothing will be sent of are told so, in the next tick: the stream speaks of what it holds back itself. */
  failPending(error: Error | null): void {
    const pending = [this.#waitingDone, this.#driver?.takePending()].filter((one) => one !== undefined);
    this.#waitingDone = undefined;
    if (pending.length > 0) process.nextTick(failAll, pending, error);
  }

  /** What had to wait goes out. */
  goOn(): void {
    const chunks = this.#waiting;
    const done = this.#waitingDone;
    if (chunks !== undefined && done !== undefined) {
      this.#waiting = undefined;
      this.#waitingDone = undefined;
      let bytes = 0;
      for (const chunk of chunks) bytes += chunk.length;
      this.take(chunks, bytes, done);
      return;
    }
    const final = this.#final;
    if (final === undefined) return;
    this.#final = undefined;
    this.end(final);
  }

  #send(driver: Driver, chunks: readonly Uint8Array[], done: Done | undefined): void {
    this.#writing = true;
    driver.write(batches(chunks, this.fragment), (error) => {
      this.#writing = false;
      if (error !== undefined && error !== null) {
        const coded = error instanceof TlsError ? connectionError(error, false) : error;
        if (done !== undefined) done(coded);
        else this.#host.destroy(coded);
        return;
      }
      this.#host._touch();
      done?.();
      if (!this.#writing) this.goOn();
    });
  }
}

function flushLater(outbox: Outbox): void {
  outbox.flushSmall();
}

function failAll(pending: readonly Done[], error: Error | null): void {
  const reason = error ?? codedError('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
  for (const done of pending) done(reason);
}
