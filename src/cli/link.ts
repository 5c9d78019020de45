/** Moves bytes between a stream and an engine's connection, and hands on its events. */
import type { Duplex } from 'node:stream';
import { TlsError } from '../base/errors.ts';
import type { Connection } from '../engine/connection.ts';
import type { ConnectionEvent } from '../engine/events.ts';

const LAST_WORDS_MS = 500;

export class Link {
  readonly connection: Connection;
  readonly #socket: Duplex;
  readonly #onEvent: (event: ConnectionEvent) => void;
  #pumping = false;
  #ended = false;
  #waiters: (() => void)[] = [];

  /** `first`: bytes that were read from the socket before. */
  constructor(socket: Duplex, connection: Connection, onEvent: (event: ConnectionEvent) => void) {
    this.connection = connection;
    this.#socket = socket;
    this.#onEvent = onEvent;
    connection.onWake = () => this.#pump();
    socket.on('data', (chunk: Uint8Array) => {
      connection.receive(chunk);
      this.#pump();
    });
    socket.on('end', () => this.#transportEnded());
    socket.on('close', () => this.#transportEnded());
    socket.on('error', (error) => {
      if (!this.#ended) connection.abort(new TlsError({ code: 'closed', origin: 'transport', detail: codeOf(error), cause: error }));
      this.#pump();
    });
    socket.on('drain', () => this.#release());
    socket.resume();
    this.#pump();
  }

  /** Sends all of it; fulfilled when the socket wants more. */
  async send(data: Uint8Array): Promise<void> {
    let rest = data;
    while (rest.length > 0) {
      rest = rest.subarray(this.connection.send(rest));
      this.#pump();
      if (this.#socket.writableNeedDrain && !this.#ended) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Says goodbye: nothing is sent after it. */
  close(): void {
    this.connection.close();
    this.#pump();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#ended = true;
    this.#release();
    this.#socket.destroy();
  }

  /** What an API call on the connection produced. */
  flush(): void {
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let busy = true; busy; ) {
      busy = false;
      for (let out = this.connection.takeOutput(); out !== undefined; out = this.connection.takeOutput()) {
        busy = true;
        if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(out);
      }
      for (let event = this.connection.poll(); event !== undefined; event = this.connection.poll()) {
        busy = true;
        if (event.type === 'closed') this.#finish();
        this.#onEvent(event);
      }
    }
    this.#pumping = false;
  }

  #transportEnded(): void {
    this.connection.receiveEnd();
    this.#pump();
  }

  /** Lets an alert out, then closes whatever the peer does. */
  #finish(): void {
    this.#ended = true;
    this.#release();
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LAST_WORDS_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.resume();
  }

  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
