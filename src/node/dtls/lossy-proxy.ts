/**
 * A UDP proxy that is a bad network: it loses, repeats, delays, reorders and damages datagrams, and swallows long ones. Seeded:
 * the same seed makes the same decisions for the same sequence of datagrams.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { LocalAddress } from './transport.ts';

export interface Impairment {
  /** Probabilities from 0 to 1, each way. */
  readonly loss?: number | undefined;
  readonly duplicate?: number | undefined;
  /** Delayed by up to `lateness` more than the others. */
  readonly reorder?: number | undefined;
  /** One bit is flipped. */
  readonly corrupt?: number | undefined;
  /** ms, each way. */
  readonly delay?: number | undefined;
  /** ms; 200 by default. */
  readonly lateness?: number | undefined;
  /** Longer datagrams vanish. */
  readonly mtu?: number | undefined;
  readonly seed?: number | undefined;
}

export interface LossyProxyOptions extends Impairment {
  readonly target: { readonly host: string; readonly port: number };
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** What happens to each datagram; for those who watch. */
  readonly onDatagram?: ((event: ProxyEvent) => void) | undefined;
}

export interface ProxyEvent {
  readonly from: 'client' | 'server';
  readonly length: number;
  readonly fate: 'passed' | 'lost' | 'repeated' | 'late' | 'corrupted' | 'too long';
}

export interface ProxyStats {
  datagrams: number;
  passed: number;
  lost: number;
  repeated: number;
  late: number;
  corrupted: number;
  tooLong: number;
}

/** Clients for which there is a socket of their own; the oldest give way. */
const MAX_CLIENTS = 1_024;

export class LossyProxy {
  readonly stats: ProxyStats = { datagrams: 0, passed: 0, lost: 0, repeated: 0, late: 0, corrupted: 0, tooLong: 0 };
  /** May be changed at any time. */
  impairment: Impairment;
  readonly #options: LossyProxyOptions;
  readonly #front: Socket;
  readonly #backs = new Map<string, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #random: number;
  #closed = false;

  /** @internal */
  constructor(options: LossyProxyOptions) {
    this.#options = options;
    this.impairment = options;
    this.#random = Math.imul((options.seed ?? 1) + 1, 0x9e37_79b1) >>> 0;
    this.#front = createSocket(isIP(options.host ?? '127.0.0.1') === 6 ? 'udp6' : 'udp4');
  }

  /** @internal */
  open(): Promise<this> {
    const { host = '127.0.0.1', port = 0 } = this.#options;
    this.#front.on('message', (datagram, { address, port: from }) => this.#fromClient(datagram, address, from));
    return new Promise((resolve, reject) => {
      this.#front.once('error', reject);
      this.#front.bind(port, host, () => {
        this.#front.off('error', reject);
        this.#front.on('error', () => {});
        resolve(this);
      });
    });
  }

  get address(): LocalAddress {
    return this.#front.address();
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const back of this.#backs.values()) back.close();
    return new Promise((resolve) => this.#front.close(() => resolve()));
  }

  #fromClient(datagram: Uint8Array, address: string, port: number): void {
    const key = `${address} ${port}`;
    let back = this.#backs.get(key);
    if (back === undefined) {
      back = this.#open(key, address, port);
      this.#backs.set(key, back);
    }
    const { target } = this.#options;
    const to = back;
    this.#impair('client', datagram, (bytes) => to.send(bytes, target.port, target.host, () => {}));
  }

  #open(key: string, address: string, port: number): Socket {
    if (this.#backs.size >= MAX_CLIENTS) {
      const [oldest] = this.#backs.keys();
      this.#backs.get(oldest!)!.close();
      this.#backs.delete(oldest!);
    }
    const back = createSocket(isIP(this.#options.target.host) === 6 ? 'udp6' : 'udp4');
    back.on('message', (datagram) => this.#impair('server', datagram, (bytes) => this.#front.send(bytes, port, address, () => {})));
    back.on('error', () => this.#backs.delete(key));
    return back;
  }

  #impair(from: 'client' | 'server', datagram: Uint8Array, send: (bytes: Uint8Array) => void): void {
    const {
      loss = 0,
      duplicate = 0,
      reorder = 0,
      corrupt = 0,
      delay = 0,
      lateness = 200,
      mtu = Number.POSITIVE_INFINITY,
    } = this.impairment;
    const { stats } = this;
    const { length } = datagram;
    stats.datagrams++;
    if (length > mtu) {
      stats.tooLong++;
      return this.#tell({ from, length, fate: 'too long' });
    }
    if (this.#chance(loss)) {
      stats.lost++;
      return this.#tell({ from, length, fate: 'lost' });
    }
    let bytes = datagram;
    if (length > 0 && this.#chance(corrupt)) {
      stats.corrupted++;
      bytes = datagram.slice();
      const bit = Math.floor(this.#next() * 8 * length);
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
      this.#tell({ from, length, fate: 'corrupted' });
    }
    let fate: ProxyEvent['fate'] = 'passed';
    const copies = this.#chance(duplicate) ? 2 : 1;
    if (copies === 2) {
      stats.repeated++;
      fate = 'repeated';
    }
    for (let i = 0; i < copies; i++) {
      let wait = delay;
      if (this.#chance(reorder)) {
        stats.late++;
        fate = 'late';
        wait += this.#next() * lateness;
      }
      this.#later(wait, () => send(bytes));
    }
    stats.passed++;
    if (bytes === datagram) this.#tell({ from, length, fate });
  }

  #later(wait: number, send: () => void): void {
    if (wait <= 0) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) send();
    }, wait);
    this.#timers.add(timer);
  }

  #tell(event: ProxyEvent): void {
    this.#options.onDatagram?.(event);
  }

  #chance(p: number): boolean {
    return p > 0 && this.#next() < p;
  }

  /** mulberry32. */
  #next(): number {
    this.#random = (this.#random + 0x6d2b_79f5) >>> 0;
    let t = this.#random;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Starts a proxy; fulfilled when it can be reached. */
export function lossyProxy(options: LossyProxyOptions): Promise<LossyProxy> {
  return new LossyProxy(options).open();
}
