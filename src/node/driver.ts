/**
 * Drives an engine connection over a byte transport: any Duplex, a net.Socket best of all. Back-pressure is real both
 * ways: the transport is paused while its reader is not taken or the connection waits for a promise, and `write` says
 * when there is room again. An idle connection holds no buffer and no cipher object.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TlsError } from '../base/errors.ts';
import type { Connection } from '../engine/connection.ts';
import type { ConnectionEvent } from '../engine/events.ts';
import { WANTS_INPUT, WANTS_SEND, WANTS_WORK } from '../engine/wants.ts';
import { readInto } from './read-buffer.ts';

/** Who a driver works for. */
export interface DriverHost {
  /** Application data in bytes of its own. False: no more until `resume`. */
  driverData(data: Uint8Array): boolean;
  /** Every other event of the connection, in order. */
  driverEvent(event: DriverEvent): void;
  /** The transport failed, or closed before it was told to. */
  driverLost(error: Error | undefined): void;
  /** The handshake is not over yet: told every two seconds. */
  driverSlow?(): void;
}

export type DriverEvent = Exclude<ConnectionEvent, { type: 'data' }>;

/**
 * Plaintext for one turn and one write to the transport, which is asked then whether it has room: seven records, which one read
 * of the peer's driver takes whole. Four of them cost 8 % more, eight 15.
 */
export const SLICE = 114_688;
/** A connection on which nothing moved for this long, and at most twice as long, drops what it holds for speed. */
export const REST_MS = 2_000;
/** How long a transport is kept after a fatal alert, so that the alert arrives: closing with unread input would reset it. */
const LINGER_MS = 1_000;

const DRIVER: unique symbol = Symbol('veritls.driver');
interface Carried extends Duplex {
  [DRIVER]?: Driver | undefined;
}

export class Driver {
  readonly connection: Connection;
  readonly transport: Duplex;
  readonly #host: DriverHost;
  /** The host takes no more data for now. */
  #held = false;
  /** The transport is paused, for one reason or both. */
  #paused = false;
  #busy = false;
  #moved = true;
  /** Its place in `awake`; -1: it is at rest. */
  #place = -1;
  #ended = false;
  #detached = false;
  /** A FIN at the boundary of records is an end like close_notify. */
  readonly #lenient: boolean;
  /** The transport is a TCP socket and nothing derived from it. */
  readonly #plain: boolean;
  /** What is being written: pieces, the one at hand, and how much of it is gone. */
  #pieces: readonly Uint8Array[] | undefined;
  #piece = 0;
  #offset = 0;
  #done: ((error?: Error | null) => void) | undefined;
  /** Output that a TCP socket still holds: what is in it has gone when the socket says `drain`. */
  #lent: Uint8Array | undefined;
  /** The connection waits for a time: a heartbeat's answer is due. */
  #timer: NodeJS.Timeout | undefined;

  /** `lenient`: accept that the peer ends the transport without close_notify. */
  constructor(connection: Connection, transport: Duplex, host: DriverHost, lenient: boolean) {
    this.connection = connection;
    this.transport = transport;
    this.#host = host;
    this.#lenient = lenient;
    this.#plain = transport.constructor === Socket;
    this.#wake();
    (transport as Carried)[DRIVER] = this;
    if (!this.#plain || !readInto(transport as Socket, onRead)) transport.on('data', onData);
    transport.on('end', onEnd);
    transport.on('error', onError);
    transport.on('close', onClose);
    transport.on('drain', onDrain);
  }

  /** Begins: what the connection has to say goes out, and input is taken. */
  start(): void {
    this.#turn();
    if (!this.#paused) this.transport.resume();
  }

  /** Bytes of the peer. Gives false to be paused. */
  receive(bytes: Uint8Array): boolean {
    if (this.#detached) return true;
    this.#touch();
    this.connection.receive(bytes);
    this.#turn();
    return !this.#paused;
  }

  /** Seals and sends; of several pieces, none of which shares a record with another. `done` is called when the transport has room for more. One at a time. */
  write(data: Uint8Array | readonly Uint8Array[], done: (error?: Error | null) => void): void {
    if (this.#detached) {
      done(closedError());
      return;
    }
    this.#touch();
    this.#pieces = data instanceof Uint8Array ? [data] : data;
    this.#piece = 0;
    this.#offset = 0;
    this.#done = done;
    this.#pump();
  }

  /** The host takes data again. */
  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#regulate();
  }

  /** close_notify, then the end of the transport's writable side; `done` when it is through. */
  end(done: (error?: Error | null) => void): void {
    this.#ended = true;
    this.connection.close();
    this.#flush();
    if (this.transport.writableEnded || this.transport.destroyed) done();
    else this.transport.end(() => done());
    this.#turn();
  }

  /** Sends what the connection has ready: after a key update or an alert of the caller's. */
  flush(): void {
    this.#turn();
  }

  /** Lets go of the transport and closes it: at once, or, where an alert is on its way, when the peer had time for it. */
  close(): void {
    if (this.#detached) return;
    const alerting = this.connection.error?.alert !== undefined && this.connection.error.origin === 'local';
    this.#flush();
    this.#detach();
    const { transport } = this;
    if (transport.destroyed) return;
    if (!alerting || transport.writableEnded) transport.destroy();
    else linger(transport);
  }

  /** The callback of a write that will not be finished. */
  takePending(): ((error?: Error | null) => void) | undefined {
    const done = this.#done;
    this.#done = undefined;
    this.#pieces = undefined;
    return done;
  }

  /** Some time has passed. */
  look(): void {
    if (this.connection.handshaking) this.#host.driverSlow?.();
    else if (!this.#moved) {
      this.connection.rest();
      this.#sleep();
    }
    this.#moved = false;
  }

  /** What waited for the application's first words goes without them. */
  sendTickets(): void {
    if (this.#detached || !this.connection.holdsTickets) return;
    this.connection.sendTickets();
    this.#turn();
  }

  // --- what the transport tells ---

  ended(): void {
    const { connection } = this;
    if (this.#detached) return;
    const lenient = this.#ended || (this.#lenient && !connection.handshaking && !connection.carrier.hasPartialInput);
    if (lenient && (connection.wants & WANTS_INPUT) !== 0) this.#host.driverEvent({ type: 'end' });
    else {
      connection.receiveEnd();
      this.#turn();
    }
  }

  failed(error: Error): void {
    if (!this.#detached) this.#host.driverLost(error);
  }

  closed(): void {
    if (this.#detached) return;
    // A destroyed transport says nothing more: what it had not said is lost.
    this.ended();
    if (!this.#detached) this.#host.driverLost(undefined);
  }

  drained(): void {
    if (this.#detached) return;
    const lent = this.#lent;
    this.#lent = undefined;
    if (lent !== undefined && this.transport.writableLength === 0) this.connection.giveBack(lent);
    this.#pump();
  }

  // --- the loop ---

  /** Takes output and events until there are none. */
  #turn(): void {
    if (this.#busy) return;
    this.#busy = true;
    const { connection } = this;
    try {
      this.#flush();
      for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
        if (this.#detached) break;
        if (event.type !== 'data') this.#tell(event);
        else if (!this.#host.driverData(event.data)) this.#held = true;
      }
      this.#flush();
    } finally {
      this.#busy = false;
    }
    // A write that a renegotiation held up goes on.
    if (this.#pieces !== undefined && (connection.wants & WANTS_SEND) !== 0 && !this.transport.writableNeedDrain) this.#pump();
    if (this.#timer !== undefined || connection.nextTimeout !== Number.POSITIVE_INFINITY) this.#arm();
    this.#regulate();
  }

  #tell(event: DriverEvent): void {
    // Tickets share a packet with what the application says at once; for more they do not wait.
    if (event.type === 'handshake' && this.connection.holdsTickets) setImmediate(sendTickets, this);
    this.#host.driverEvent(event);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { nextTimeout } = this.connection;
    if (nextTimeout === Number.POSITIVE_INFINITY || this.#detached) {
      this.#timer = undefined;
      return;
    }
    this.#timer = setTimeout(
      () => {
        this.connection.tick(performance.now());
        this.#turn();
      },
      Math.max(0, Math.ceil(nextTimeout - performance.now())),
    );
  }

  /** Pauses or resumes the transport. */
  #regulate(): void {
    if (this.#detached) return;
    const { wants } = this.connection;
    const waiting = (wants & WANTS_WORK) !== 0;
    if (waiting && this.connection.onWake === undefined) {
      const woken = (): void => this.#woken();
      this.connection.onWake = woken;
    }
    const pause = this.#held || waiting;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.transport.pause();
    else this.transport.resume();
  }

  #woken(): void {
    if (this.#detached) return;
    this.connection.onWake = undefined;
    this.#touch();
    this.#turn();
  }

  #flush(): boolean {
    let room = true;
    for (let out = this.connection.takeOutput(); out !== undefined; out = this.connection.takeOutput()) {
      if (this.transport.destroyed || this.transport.writableEnded) return true;
      room = this.transport.write(out);
      // A socket that has nothing queued has handed it to the kernel. Other streams may hold on to what they took.
      if (!this.#plain) continue;
      if (this.transport.writableLength === 0) this.connection.giveBack(out);
      else this.#lent = out;
    }
    return room;
  }

  #pump(): void {
    const pieces = this.#pieces;
    if (pieces === undefined) return;
    const { connection } = this;
    while (this.#piece < pieces.length) {
      const piece = pieces[this.#piece]!;
      const slice = this.#offset === 0 && piece.length <= SLICE ? piece : piece.subarray(this.#offset, this.#offset + SLICE);
      let accepted: number;
      try {
        accepted = connection.send(slice);
      } catch (error) {
        this.#finishWrite(error as Error);
        return;
      }
      // Nothing is taken while the connection renegotiates: `#turn` comes back to it.
      if (accepted === 0 && slice.length > 0) return;
      this.#offset += accepted;
      if (this.#offset >= piece.length) {
        this.#piece++;
        this.#offset = 0;
      }
      // Several pieces go to the transport together.
      if (this.#piece < pieces.length && connection.carrier.outputLength < SLICE) continue;
      if (!this.#flush()) return;
    }
    if (!this.transport.writableNeedDrain) this.#finishWrite();
  }

  #finishWrite(error?: Error): void {
    const done = this.#done;
    this.#done = undefined;
    this.#pieces = undefined;
    done?.(error ?? null);
    if (error !== undefined) this.#turn();
  }

  #touch(): void {
    if (this.#moved) return;
    this.#moved = true;
    if (this.#place < 0) this.#wake();
  }

  #wake(): void {
    this.#place = awake.push(this) - 1;
    sweeper ??= setInterval(sweep, REST_MS).unref();
  }

  #sleep(): void {
    if (this.#place < 0) return;
    const last = awake.pop()!;
    if (last !== this) {
      awake[this.#place] = last;
      last.#place = this.#place;
    }
    this.#place = -1;
  }

  #detach(): void {
    this.#detached = true;
    clearTimeout(this.#timer);
    // The listeners stay, and say nothing any more: errors of a transport that nobody needs must not become uncaught.
    (this.transport as Carried)[DRIVER] = undefined;
    this.connection.onWake = undefined;
    this.#sleep();
  }
}

/** The error of a write or a call on a connection that is not there any more. */
export function closedError(): TlsError {
  return new TlsError({ code: 'closed', origin: 'api', detail: 'the connection is closed' });
}

/** Those on which something moved lately, or whose handshake goes on. */
const awake: Driver[] = [];
let sweeper: NodeJS.Timeout | undefined;

function sweep(): void {
  // Backwards: one that goes is replaced by the last, which has been looked at.
  for (let at = awake.length - 1; at >= 0; at--) awake[at]?.look();
  if (awake.length > 0) return;
  clearInterval(sweeper);
  sweeper = undefined;
}

function sendTickets(driver: Driver): void {
  driver.sendTickets();
}

function linger(transport: Duplex): void {
  const destroy = (): void => void transport.destroy();
  const timer = setTimeout(destroy, LINGER_MS).unref();
  transport.once('close', () => clearTimeout(timer));
  transport.once('end', destroy);
  transport.on('data', () => {});
  transport.resume();
  transport.end();
}

// One listener of each kind for all transports: closures would cost each connection half a kilobyte.

function onRead(this: Carried, length: number, buffer: Uint8Array): boolean {
  return this[DRIVER]?.receive(buffer.subarray(0, length)) ?? true;
}
function onData(this: Carried, chunk: Uint8Array): void {
  this[DRIVER]?.receive(chunk);
}
function onEnd(this: Carried): void {
  this[DRIVER]?.ended();
}
function onError(this: Carried, error: Error): void {
  this[DRIVER]?.failed(error);
}
function onClose(this: Carried): void {
  this[DRIVER]?.closed();
}
function onDrain(this: Carried): void {
  this[DRIVER]?.drained();
}
