/** One TLS connection over a stream of the stack below. Native and socket interfaces are faces of it. */
import { INTERNAL_ERROR, RECORD_OVERFLOW } from '../base/alerts.ts';
import { TlsError } from '../base/errors.ts';
import { type Connection, createClientConnection, createServerConnection } from '../engine/connection.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { WANTS_SEND, WANTS_WORK } from '../engine/wants.ts';
import { isNamed } from './certificates.ts';
import type { Engine } from './composition.ts';
import {
  IP_NTF_RX_RDY,
  IP_NTF_TX_RDY,
  TLS_CONNST_HANDSHAKE,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_NTF_HANDSHAKE_TIMEOUT,
  TLS_OK,
  TLS_WAIT,
  type t_tls_ret,
} from './constants.ts';
import { codeOf, noteError, refuse } from './guard.ts';
import { notify } from './ip.ts';
import { Link, staleTicket } from './link.ts';
import type { Started } from './module.ts';
import { psp_get_tick_count } from './psp.ts';
import { restLater } from './rest.ts';
import type { StackStream } from './stack.ts';
import { every } from './timers.ts';
import type { t_tls_ticket } from './types.ts';

/** Decoded bytes that wait for the user before no more are taken from the peer. */
const MAX_WAITING = 65_536;
/** How long a closed stream is read on, ms. */
const LINGER = 1_000;

/** What a handshake begins with. */
export interface Plan {
  readonly role: 'client' | 'server';
  readonly peerName: string;
  /** A server's. */
  readonly verify: boolean;
  /** A client's. */
  readonly ticket: t_tls_ticket;
  /** The user polls: it is told of what comes from below, and the time is its own. */
  readonly isPolled: boolean;
}

export class TlsLink extends Link {
  /** The native interface's handle of the TCP connection, or the descriptor of a socket. */
  readonly below: number;
  readonly plan: Plan;
  stream: StackStream | undefined;
  /** Begin as soon as there is a stream. */
  starts: boolean;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #blocked = false;
  #busy = false;
  #stopTimer: (() => void) | undefined;
  #stopHeartbeat: (() => void) | undefined;

  /** Undefined when all places are taken. */
  static open(module: Started, kind: 'tcp' | 'socket', below: number, plan: Plan, starts: boolean): TlsLink | undefined {
    return module.connections.isFull ? undefined : new TlsLink(module, kind, below, plan, starts);
  }

  private constructor(module: Started, kind: 'tcp' | 'socket', below: number, plan: Plan, starts: boolean) {
    super(module, kind);
    this.below = below;
    this.plan = plan;
    this.starts = starts;
    this.peerName = plan.peerName;
    this.verifies = plan.verify;
  }

  /** The connection below stands, or is on its way. */
  attach(stream: StackStream): t_tls_ret {
    this.stream = stream;
    return this.starts ? this.start() : TLS_OK;
  }

  /** Begins the handshake; it waits for the connection below. */
  start(): t_tls_ret {
    this.starts = true;
    const { stream, plan, module } = this;
    if (this.engine !== undefined || stream === undefined) return TLS_OK;
    if (stream.state === 'closed') return refuse(TLS_IO_ERR, 'the connection below is closed');
    if (plan.role === 'server') this.#begin(createServerConnection(module.running.server('tls', plan.verify)), stream);
    else {
      const options = this.clientOptions(plan.peerName, plan.ticket);
      if (options === undefined) return staleTicket();
      this.#begin(createClientConnection(module.running.client('tls'), options), stream);
    }
    return TLS_OK;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Moves all that can be moved. Called on every change below. */
  step(): void {
    const { engine, stream } = this;
    if (this.#busy || engine === undefined || stream === undefined) return;
    this.#busy = true;
    try {
      if (engine.nextTimeout !== Number.POSITIVE_INFINITY) engine.tick(psp_get_tick_count());
      this.#input(engine, stream);
      this.#turn();
    } catch (error) {
      this.fail(codeOf(error));
    } finally {
      this.#busy = false;
    }
    restLater(this);
  }

  /** Encrypts and sends. */
  send(data: Uint8Array): t_tls_ret {
    const problem = this.mayNotSend(data);
    if (problem !== TLS_OK) return problem;
    const { engine, stream } = this;
    if (engine === undefined || stream === undefined) return refuse(TLS_IO_ERR, 'the handshake has not been started');
    if ((engine.wants & WANTS_SEND) === 0) return refuse(TLS_IO_ERR, 'the connection is closed');
    if (!stream.writable) {
      this.#blocked = true;
      return TLS_WAIT;
    }
    const accepted = engine.send(data);
    this.flush();
    return accepted === data.length ? TLS_OK : TLS_WAIT;
  }

  /** The next piece of decoded data, at most `room` bytes. */
  take(room: number): Uint8Array | undefined {
    const first = this.#waiting[0];
    if (first === undefined) return undefined;
    const piece = first.length <= room ? first : first.subarray(0, room);
    if (piece.length === first.length) this.#waiting.shift();
    else this.#waiting[0] = first.subarray(room);
    const wasFull = this.#waitingBytes >= MAX_WAITING;
    this.#waitingBytes -= piece.length;
    if (wasFull && this.#waitingBytes < MAX_WAITING) this.step();
    else if (this.#waiting.length > 0) notify(this.ntf, IP_NTF_TX_RDY);
    return piece;
  }

  /** close_notify, then the end of the stream; the place is free. */
  close(): void {
    const { engine, stream } = this;
    if (engine !== undefined && this.result === TLS_OK) {
      engine.close();
      this.flush();
    }
    this.release();
    if (stream === undefined) return;
    stream.end();
    lingering(stream);
  }

  drop(): void {
    this.release();
    this.stream?.destroy();
  }

  protected override arrived(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#waiting.push(data.slice());
    this.#waitingBytes += data.length;
    if (this.#waiting.length === 1) notify(this.ntf, IP_NTF_TX_RDY);
  }

  override heartbeat(payload: Uint8Array): void {
    super.heartbeat(payload);
    this.#stopHeartbeat?.();
    this.#stopHeartbeat = every(this.module.config.TLS_TIMER_PERIOD, () => {
      this.step();
      if (this.engine?.nextTimeout === Number.POSITIVE_INFINITY) this.#stopHeartbeat?.();
    });
  }

  protected override onHandshake(info: ConnectionInfo): void {
    this.#stopTimer?.();
    super.onHandshake(info);
  }

  protected override isExpected(info: ConnectionInfo): boolean {
    return !this.verifies || this.peerName === '' || isNamed(info.peerChain[0], this.peerName);
  }

  override fail(ret: t_tls_ret): void {
    this.#stopTimer?.();
    super.fail(ret);
  }

  protected override flush(): void {
    const { engine } = this;
    for (let out = engine?.takeOutput(); out !== undefined; out = engine?.takeOutput()) {
      this.sent?.stream(out);
      this.stream?.write(out);
    }
  }

  protected override release(): void {
    this.#stopTimer?.();
    this.#stopHeartbeat?.();
    if (this.stream !== undefined) this.stream.onchange = undefined;
    super.release();
  }

  #begin(engine: Connection, stream: StackStream): void {
    const { isPolled } = this.plan;
    this.engine = engine;
    const step = (): void => this.step();
    const stepAndTell = (): void => {
      this.step();
      if (isPolled && this.status === TLS_CONNST_HANDSHAKE) notify(this.ntf, IP_NTF_RX_RDY);
    };
    engine.onWake = step;
    stream.onchange = stepAndTell;
    if (this.kind === 'tcp' && !isPolled) this.#limitHandshake();
    this.step();
  }

  /** TLS_TCP_HS_TIMEOUT: the user is told, and decides. */
  #limitHandshake(): void {
    const { TLS_TIMER_PERIOD, TLS_TCP_HS_TIMEOUT } = this.module.config;
    const due = performance.now() + TLS_TCP_HS_TIMEOUT;
    this.#stopTimer = every(TLS_TIMER_PERIOD, (now) => {
      if (now < due) return;
      this.#stopTimer?.();
      if (this.status === TLS_CONNST_HANDSHAKE) notify(this.ntf, TLS_NTF_HANDSHAKE_TIMEOUT);
    });
  }

  #input(engine: Engine, stream: StackStream): void {
    while (this.#waitingBytes < MAX_WAITING && (engine.wants & WANTS_WORK) === 0 && engine.error === undefined) {
      const bytes = stream.read();
      if (bytes === undefined) break;
      this.received?.stream(bytes);
      this.#checkBuffers();
      if (this.result !== TLS_OK) return;
      engine.receive(bytes);
      this.#events(engine);
      this.flush();
    }
    const isOver = stream.state === 'ended' || stream.state === 'closed';
    if (isOver && !this.ended && engine.error === undefined && this.#waitingBytes < MAX_WAITING) engine.receiveEnd?.();
  }

  #checkBuffers(): void {
    const { sent, received, module } = this;
    const { TLS_RECV_BUF_SIZE, TLS_HS_MSG_STORE_SIZE } = module.config;
    if (sent === undefined || received === undefined) return;
    if (received.longest > TLS_RECV_BUF_SIZE) this.#overflow('a record exceeds TLS_RECV_BUF_SIZE', RECORD_OVERFLOW);
    else if (this.info === undefined && received.handshakeBytes + sent.handshakeBytes > TLS_HS_MSG_STORE_SIZE)
      this.#overflow('the handshake exceeds TLS_HS_MSG_STORE_SIZE', INTERNAL_ERROR);
  }

  #turn(): void {
    this.flush();
    this.#events(this.engine!);
    this.flush();
    if (this.#blocked && this.stream?.writable === true) {
      this.#blocked = false;
      notify(this.ntf, IP_NTF_TX_RDY);
    }
  }

  #events(engine: Engine): void {
    for (let event = engine.poll(); event !== undefined; event = engine.poll()) this.onEvent(event);
  }

  #overflow(detail: string, alert: number): void {
    this.engine?.abort(new TlsError({ code: 'record_overflow', origin: 'local', alert, detail }));
    this.flush();
    noteError(detail);
    this.fail(TLS_MEM_ERR);
  }
}

/** What the peer still sends is read and thrown away: closing with unread input would reset the connection. */
function lingering(stream: StackStream): void {
  const drain = (): void => {
    while (stream.read() !== undefined);
    if (stream.state === 'ended') stream.destroy();
  };
  stream.onchange = drain;
  const timer = setTimeout(() => stream.destroy(), LINGER);
  timer.unref();
  drain();
}
