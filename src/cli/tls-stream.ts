/** An engine's connection as a Duplex over another one, with every event handed on. */
import { Duplex } from 'node:stream';
import { TlsError } from '../base/errors.ts';
import type { Connection } from '../engine/connection.ts';
import { Driver, type DriverEvent, type DriverHost } from '../node/driver.ts';

export class TlsStream extends Duplex implements DriverHost {
  readonly connection: Connection;
  readonly #driver: Driver;
  readonly #onEvent: (event: DriverEvent) => void;
  #failed = false;
  #inputOver = false;

  /** Starts at once: `onEvent` may be called before this returns. */
  constructor(transport: Duplex, connection: Connection, onEvent: (event: DriverEvent) => void) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.connection = connection;
    this.#onEvent = onEvent;
    // Failures are events; a stream without listeners must not end the process.
    this.on('error', () => undefined);
    this.#driver = new Driver(connection, transport, this, false);
    this.#driver.start();
  }

  driverData(data: Uint8Array): boolean {
    return this.push(data);
  }

  driverEvent(event: DriverEvent): void {
    if (event.type === 'error') {
      this.#fail(event.error);
      return;
    }
    this.#onEvent(event);
    if (event.type === 'end' || event.type === 'closed') this.#endInput();
  }

  driverLost(error: Error | undefined): void {
    if (this.#inputOver && error === undefined) this.destroy();
    else this.#fail(lost(error));
  }

  override _read(): void {
    this.#driver.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#driver.write([chunk], done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this.#driver.write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#driver.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#driver.close();
    done(error);
  }

  #endInput(): void {
    if (this.#inputOver) return;
    this.#inputOver = true;
    this.push(null);
  }

  #fail(error: TlsError): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onEvent({ type: 'error', error });
    this.destroy(error);
  }
}

function lost(cause: Error | undefined): TlsError {
  const detail = cause === undefined ? undefined : ((cause as NodeJS.ErrnoException).code ?? cause.message);
  return new TlsError({ code: 'closed', origin: 'transport', detail, cause });
}
