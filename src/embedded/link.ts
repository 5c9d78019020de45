/**
 * One TLS connection over a stream of the stack below: moves bytes between the two, keeps what was decoded, and knows how it
 * stands. Native and socket interfaces are faces of it.
 */
import { type Connection, createClientConnection, createServerConnection } from '../engine/connection.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { WANTS_SEND, WANTS_WORK } from '../engine/wants.ts';
import type { ClientOptions } from '../handshake/context.ts';
import { TlsError } from '../base/errors.ts';
import { INTERNAL_ERROR, RECORD_OVERFLOW } from '../base/alerts.ts';
import { COMMON_NAME } from '../pki/asn1/oids.ts';
import { Certificate } from '../pki/x509/certificate.ts';
import { matchHostName } from '../pki/x509/host-name.ts';
import type { Session } from '../session/session.ts';
import {
  IP_NTF_CLOSED,
  IP_NTF_TX_RDY,
  TLS_CERTIFICATE_ERR,
  TLS_CONNST_CLOSED,
  TLS_CONNST_HANDSHAKE,
  TLS_CONNST_OPERATING,
  TLS_HEARTBEAT_TIMEOUT_ERR,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_NTF_HANDSHAKE_TIMEOUT,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { codeOf, noteError, refuse } from './guard.ts';
import { notify } from './ip.ts';
import { type ConnectionHandle, type Held, keepSession, type Module, type Running } from './module.ts';
import { psp_get_tick_count } from './psp.ts';
import { RecordWatch } from './record-watch.ts';
import type { StackStream } from './stack.ts';
import { every } from './timers.ts';
import type { t_ip_ntf, t_tls_ticket } from './types.ts';

/** Decoded bytes that wait for the user before no more are taken from the peer. */
const MAX_WAITING = 65_536;

export type Started = Module & { running: Running };

export class TlsLink implements Held {
  readonly kind: 'tcp' | 'socket';
  readonly module: Started;
  readonly stream: StackStream;
  readonly handle: ConnectionHandle;
  readonly sent: RecordWatch = new RecordWatch();
  readonly received: RecordWatch = new RecordWatch();
  ntf: t_ip_ntf | null = null;
  engine: Connection | undefined;
  /** TLS_OK while all is well; then why not. */
  result: t_tls_ret = TLS_OK;
  session: Session | undefined;
  peerName = '';
  verifies = false;
  /** A heartbeat was not answered, and nobody has been told yet. */
  heartbeatTimedOut = false;
  /** The native interface's handle of the TCP connection, or the descriptor of a socket. */
  readonly below: number;
  #info: ConnectionInfo | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #blocked = false;
  #busy = false;
  #ended = false;
  #stopTimer: (() => void) | undefined;
  #stopHeartbeat: (() => void) | undefined;
  #resumed: t_tls_ticket | undefined;

  /** Throws nothing; undefined when all places are taken. */
  static open(module: Started, kind: 'tcp' | 'socket', stream: StackStream, below: number): TlsLink | undefined {
    if (module.connections.isFull) return undefined;
    return new TlsLink(module, kind, stream, below);
  }

  private constructor(module: Started, kind: 'tcp' | 'socket', stream: StackStream, below: number) {
    this.module = module;
    this.kind = kind;
    this.stream = stream;
    this.below = below;
    this.handle = module.connections.add(this)!;
  }

  get status(): t_tls_conn_status {
    if (this.engine === undefined || this.result !== TLS_OK || this.#ended) return TLS_CONNST_CLOSED;
    return this.#info === undefined ? TLS_CONNST_HANDSHAKE : TLS_CONNST_OPERATING;
  }

  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  /** What a poll of the handshake gives. */
  get handshakeResult(): t_tls_ret {
    if (this.result !== TLS_OK) return this.result;
    return this.#info === undefined ? TLS_WAIT : TLS_OK;
  }

  /** Bytes that are decoded and not yet taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Begins the handshake as client. */
  beginClient(peerName: string, ticket: t_tls_ticket): t_tls_ret {
    if (this.engine !== undefined) return TLS_OK;
    const { sessions, running } = this.module;
    let session: Session | undefined;
    if (ticket !== 0) {
      const kept = sessions.get(ticket);
      if (kept === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no session has this ticket');
      kept.references++;
      this.#resumed = ticket;
      session = kept.session;
    }
    this.peerName = peerName;
    const options: ClientOptions = {
      ...(peerName === '' ? { checkName: false } : { serverName: peerName }),
      ...(session === undefined ? {} : { session }),
    };
    this.#start(createClientConnection(running.client('tls'), options));
    return TLS_OK;
  }

  /** Begins the handshake as server. */
  beginServer(verify: boolean, peerName: string): t_tls_ret {
    if (this.engine !== undefined) return TLS_OK;
    this.peerName = peerName;
    this.verifies = verify;
    this.#start(createServerConnection(this.module.running.server('tls', verify)));
    return TLS_OK;
  }

  /** Moves all that can be moved. Called on every change below. */
  step(): void {
    if (this.#busy || this.engine === undefined) return;
    this.#busy = true;
    try {
      if (this.engine.nextTimeout !== Number.POSITIVE_INFINITY) this.engine.tick(psp_get_tick_count());
      this.#input();
      this.#turn();
    } catch (error) {
      this.#fail(codeOf(error));
    } finally {
      this.#busy = false;
    }
  }

  /** Encrypts and sends. */
  send(data: Uint8Array): t_tls_ret {
    const { engine } = this;
    if (this.result !== TLS_OK) return this.result;
    if (engine === undefined) return refuse(TLS_IO_ERR, 'the handshake has not been started');
    if (data.length > this.module.config.TLS_MAX_DATA_LEN) return refuse(TLS_PARAM_ERR, 'more than TLS_MAX_DATA_LEN');
    if (this.#info === undefined) return TLS_WAIT;
    if ((engine.wants & WANTS_SEND) === 0) return refuse(TLS_IO_ERR, 'the connection is closed');
    if (!this.stream.writable) {
      this.#blocked = true;
      return TLS_WAIT;
    }
    const accepted = engine.send(data);
    this.#flush();
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

  /** What a receive gives when nothing is there. */
  get idleResult(): t_tls_ret {
    if (this.heartbeatTimedOut) {
      this.heartbeatTimedOut = false;
      return refuse(TLS_HEARTBEAT_TIMEOUT_ERR, 'no answer to a heartbeat');
    }
    if (this.result !== TLS_OK) return this.result;
    return this.#ended ? refuse(TLS_IO_ERR, 'the peer has closed the connection') : TLS_WAIT;
  }

  /** close_notify, then the end of the stream; the place is free. */
  close(): void {
    this.#stopTimer?.();
    this.stream.onchange = undefined;
    if (this.engine !== undefined && this.result === TLS_OK) {
      this.engine.close();
      this.#flush();
    }
    this.#release();
    this.stream.end();
    lingering(this.stream);
  }

  drop(): void {
    this.#stopTimer?.();
    this.stream.onchange = undefined;
    this.#release();
    this.stream.destroy();
  }

  #start(engine: Connection): void {
    this.engine = engine;
    engine.onWake = () => this.step();
    this.stream.onchange = () => this.step();
    if (this.kind === 'tcp') {
      const { TLS_TIMER_PERIOD, TLS_TCP_HS_TIMEOUT } = this.module.config;
      const due = performance.now() + TLS_TCP_HS_TIMEOUT;
      this.#stopTimer = every(TLS_TIMER_PERIOD, (now) => {
        if (now < due) return;
        this.#stopTimer?.();
        if (this.status === TLS_CONNST_HANDSHAKE) notify(this.ntf, TLS_NTF_HANDSHAKE_TIMEOUT);
      });
    }
    this.step();
  }

  #input(): void {
    const engine = this.engine!;
    const { config } = this.module;
    while (this.#waitingBytes < MAX_WAITING && (engine.wants & WANTS_WORK) === 0 && engine.error === undefined) {
      const bytes = this.stream.read();
      if (bytes === undefined) break;
      this.received.stream(bytes);
      if (this.received.longest > config.TLS_RECV_BUF_SIZE) this.#overflow('a record exceeds TLS_RECV_BUF_SIZE', RECORD_OVERFLOW);
      if (this.#info === undefined && this.received.handshakeBytes + this.sent.handshakeBytes > config.TLS_HS_MSG_STORE_SIZE)
        this.#overflow('the handshake exceeds TLS_HS_MSG_STORE_SIZE', INTERNAL_ERROR);
      if (this.result !== TLS_OK) return;
      engine.receive(bytes);
      this.#events();
      this.#flush();
    }
    const { state } = this.stream;
    if ((state === 'ended' || state === 'closed') && !this.#ended && engine.error === undefined && this.#waitingBytes < MAX_WAITING) {
      engine.receiveEnd();
    }
  }

  #turn(): void {
    this.#flush();
    this.#events();
    this.#flush();
    if (this.#blocked && this.stream.writable) {
      this.#blocked = false;
      notify(this.ntf, IP_NTF_TX_RDY);
    }
  }

  #events(): void {
    const engine = this.engine!;
    for (let event = engine.poll(); event !== undefined; event = engine.poll()) {
      switch (event.type) {
        case 'handshake':
          this.#onHandshake(event.info);
          break;
        case 'session':
          this.session = event.session;
          keepSession(this.module, event.session, this.handle);
          break;
        case 'data':
          if (event.data.length === 0) break;
          this.#waiting.push(event.data.slice());
          this.#waitingBytes += event.data.length;
          if (this.#waiting.length === 1) notify(this.ntf, IP_NTF_TX_RDY);
          break;
        case 'heartbeat':
          if (event.outcome === 'timeout') this.#heartbeatLost();
          break;
        case 'end':
          this.#ended = true;
          notify(this.ntf, IP_NTF_CLOSED);
          break;
        case 'error':
          this.#fail(codeOf(event.error));
          break;
        default:
      }
    }
  }

  /** Asks the peer for a sign of life; TLS_HEARTBEAT_TIMEOUT_ERR of a receive tells that none has come. */
  heartbeat(payload: Uint8Array): void {
    this.engine!.heartbeat({ payload });
    this.#turn();
    this.#stopHeartbeat?.();
    this.#stopHeartbeat = every(this.module.config.TLS_TIMER_PERIOD, () => {
      this.engine!.tick(psp_get_tick_count());
      this.step();
      if (this.engine!.nextTimeout === Number.POSITIVE_INFINITY) this.#stopHeartbeat?.();
    });
  }

  /** When `tick` is due, where a heartbeat is under way. */
  get nextTimeout(): number {
    return this.engine?.nextTimeout ?? Number.POSITIVE_INFINITY;
  }

  #heartbeatLost(): void {
    this.heartbeatTimedOut = true;
    notify(this.ntf, IP_NTF_TX_RDY);
  }

  #onHandshake(info: ConnectionInfo): void {
    this.#stopTimer?.();
    if (this.verifies && this.peerName !== '' && !isNamed(info.peerChain[0], this.peerName)) {
      noteError('the certificate is not for the client of this name');
      this.engine!.abort(new TlsError({ code: 'certificate_name_mismatch', origin: 'local', alert: 42 }));
      this.#flush();
      this.#fail(TLS_CERTIFICATE_ERR);
      return;
    }
    this.#info = info;
    notify(this.ntf, TLS_NTF_HANDSHAKE_DONE);
  }

  #flush(): void {
    const engine = this.engine!;
    for (let out = engine.takeOutput(); out !== undefined; out = engine.takeOutput()) {
      this.sent.stream(out);
      this.stream.write(out);
    }
  }

  #overflow(detail: string, alert: number): void {
    this.engine!.abort(new TlsError({ code: 'record_overflow', origin: 'local', alert, detail }));
    this.#flush();
    noteError(detail);
    this.#fail(TLS_MEM_ERR);
  }

  #fail(ret: t_tls_ret): void {
    if (this.result !== TLS_OK) return;
    this.#stopTimer?.();
    this.result = ret === TLS_OK ? TLS_IO_ERR : ret;
    notify(this.ntf, this.#info === undefined ? TLS_NTF_HANDSHAKE_FAILED : IP_NTF_CLOSED);
  }

  #release(): void {
    this.#stopHeartbeat?.();
    if (this.#resumed !== undefined) {
      const kept = this.module.sessions.get(this.#resumed);
      if (kept !== undefined) kept.references--;
      this.#resumed = undefined;
    }
    this.module.connections.remove(this.handle);
  }
}

/** Whether a certificate is for a name: a client's may have it as its common name. */
export function isNamed(der: Uint8Array | undefined, name: string): boolean {
  if (der === undefined) return false;
  try {
    const certificate = new Certificate(der);
    return certificate.subject.values(COMMON_NAME).includes(name) || matchHostName(certificate, name, { legacyCommonName: true });
  } catch {
    return false;
  }
}

/** What the peer still sends is read and thrown away: closing with unread input would reset the connection. */
function lingering(stream: StackStream): void {
  const drain = (): void => {
    while (stream.read() !== undefined);
    if (stream.state === 'ended') stream.destroy();
  };
  stream.onchange = drain;
  const timer = setTimeout(() => stream.destroy(), 1_000);
  timer.unref();
  drain();
}
