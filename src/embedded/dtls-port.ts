/** One UDP port with DTLS on it: moves datagrams between the engine and the stack below, with one timer. */
import type { ConnectionInfo } from '../engine/info.ts';
import { DATAGRAM_DEFAULTS, type DatagramConfig, reassemblyFor } from '../record/datagram/config.ts';
import type { DropTally } from '../record/datagram/drops.ts';
import type { t_tls_ret } from './constants.ts';
import type { DtlsLink } from './dtls-link.ts';
import { codeOf } from './guard.ts';
import { type Held, onStop, type Started } from './module.ts';
import { psp_get_tick_count } from './psp.ts';
import type { StackDatagram, StackUdp } from './stack.ts';

/** Headers of IPv4 and UDP: what DTLS_PMTU_SIZE counts and a datagram does not. */
const HEADERS = 28;
/** setTimeout takes no more. */
const MAX_WAIT = 0x7fffffff;

export abstract class DtlsPort<Drops extends DropTally = DropTally> {
  readonly module: Started;
  readonly kind: Extract<Held['kind'], 'udp' | 'dtls-socket'>;
  udp: StackUdp;
  readonly config: DatagramConfig<Drops>;
  /** The connection that was established last. */
  latest: DtlsLink | undefined;
  /** Longer datagrams are dropped before they are looked at. */
  maxDatagram: number;
  tooLong = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #busy = false;
  /** For those that tell when something has come: one function for all of them. */
  protected readonly onMove = (): void => this.step();
  #closed = false;
  readonly #unlist: () => void;

  constructor(module: Started, kind: DtlsPort['kind'], udp: StackUdp, drops: Drops) {
    const { config } = module;
    const initialTimeoutMs = 100 * config.DTLS_RETRANSMIT_INIT_TIME;
    const maxMessage = config.TLS_HS_MSG_STORE_SIZE;
    this.module = module;
    this.kind = kind;
    this.udp = udp;
    this.maxDatagram = config.TLS_RECV_BUF_SIZE;
    // `tls_init` has checked the ranges.
    this.config = Object.freeze({
      ...DATAGRAM_DEFAULTS,
      clock: psp_get_tick_count,
      maxDatagram: config.DTLS_PMTU_SIZE - HEADERS,
      replayWindow: 32,
      initialTimeoutMs,
      minTimeoutMs: initialTimeoutMs,
      maxTimeoutMs: 100 * config.DTLS_RETRANSMIT_MAX_TIME,
      maxRetransmissions: config.DTLS_MSG_RETRY_NR,
      maxMessage,
      maxReassembly: reassemblyFor(maxMessage),
      drops,
    });
    this.listen(udp);
    this.#unlist = onStop(() => this.destroy());
  }

  /** Begins the handshake of a connection. */
  abstract start(link: DtlsLink): t_tls_ret;
  /** A connection was used: its output goes out. */
  abstract used(link: DtlsLink): void;
  /** A connection was closed by the user: what it has still to say goes out. */
  abstract leave(link: DtlsLink): void;
  /** When `step` is due, on the tick count. */
  abstract readonly nextTimeout: number;
  /** All has been said: the port can be closed. */
  protected abstract readonly isDone: boolean;
  protected abstract receive(datagram: StackDatagram): void;
  protected abstract tick(now: number): void;
  /** Tells the links their events, and sends what is to be sent. */
  protected abstract turn(): void;
  protected abstract abandon(): void;

  /** The operating system refused the port. */
  protected abstract onRefused(): void;

  protected listen(udp: StackUdp): void {
    this.udp = udp;
    udp.onchange = this.onMove;
  }

  /** Whether the peer is who it should be. */
  expects(_link: DtlsLink, _info: ConnectionInfo): boolean {
    return true;
  }

  transmit(address: string, port: number, datagram: Uint8Array): void {
    this.udp.send(address, port, datagram);
  }

  /** Moves all that can be moved, and looks at the clock. */
  step(): void {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      if (this.udp.failed) this.onRefused();
      for (let datagram = this.udp.receive(); datagram !== undefined; datagram = this.udp.receive()) {
        if (datagram.bytes.length > this.maxDatagram) this.tooLong++;
        else this.receive(datagram);
      }
      this.tick(psp_get_tick_count());
      this.turn();
    } catch (error) {
      codeOf(error);
    } finally {
      this.#busy = false;
    }
    try {
      if (this.isDone) this.destroy();
      else this.#arm();
    } catch (error) {
      codeOf(error);
    }
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unlist();
    this.abandon();
    this.udp.close();
  }

  #arm(): void {
    const at = this.nextTimeout;
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.step();
      },
      Math.min(MAX_WAIT, Math.max(1, Math.ceil(at - psp_get_tick_count()))),
    );
    this.#timer.unref?.();
  }
}
