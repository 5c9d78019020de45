/**
 * Two connections and the network between them under a virtual clock: seeded loss, duplication, reordering, delay, and a path
 * that swallows datagrams beyond its MTU. Nothing waits: the clock jumps to the next arrival or timeout.
 */
import type { Connection } from '../../src/engine/connection.ts';
import type { ConnectionEvent } from '../../src/engine/events.ts';
import { NumberMonitor } from './number-monitor.ts';
import { Random } from './random.ts';

export type LinkSide = 'client' | 'server';

export interface LinkOptions {
  readonly seed?: number;
  /** Probabilities, each way. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** One way, ms. */
  readonly delay?: number;
  /** Added to `delay` for what is reordered, ms. */
  readonly lateness?: number;
  /** Longer datagrams vanish. */
  readonly mtu?: number;
}

export interface Sent {
  readonly at: number;
  readonly from: LinkSide;
  readonly datagram: Uint8Array;
}

interface Flying {
  readonly at: number;
  readonly order: number;
  readonly to: LinkSide;
  readonly datagram: Uint8Array;
}

/** Decides on each datagram before chance does: false: it is lost; an array: what arrives instead. */
export type Meddler = (from: LinkSide, datagram: Uint8Array, index: number) => boolean | readonly Uint8Array[];

export class VirtualClock {
  now = 0;
  readonly read = (): number => this.now;
}

export class LinkEnd {
  readonly connection: Connection;
  readonly events: ConnectionEvent[] = [];
  readonly received: Uint8Array[] = [];

  constructor(connection: Connection) {
    this.connection = connection;
  }

  has(type: ConnectionEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }
}

export class DatagramLink {
  readonly clock: VirtualClock;
  readonly client: LinkEnd;
  readonly server: LinkEnd;
  readonly sent: Sent[] = [];
  meddler: Meddler = () => true;
  /** Datagrams handed to each side so far, by whoever sent them. */
  readonly #count = { client: 0, server: 0 };
  readonly #options: LinkOptions;
  readonly #random: Random;
  readonly #flying: Flying[] = [];
  readonly #numbers = new NumberMonitor();
  #order = 0;

  constructor(clock: VirtualClock, client: Connection, server: Connection, options: LinkOptions = {}) {
    this.clock = clock;
    this.client = new LinkEnd(client);
    this.server = new LinkEnd(server);
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
  }

  /** Runs until both handshakes are over, one connection has failed, or the clock passes `until`. Whether both are over. */
  handshake(until = 3_600_000): boolean {
    this.run(until, () => this.#isDecided());
    return this.client.has('handshake') && this.server.has('handshake');
  }

  /** Runs until nothing is left to happen before `until`, or `enough`. */
  run(until: number, enough: () => boolean = () => false): void {
    for (let steps = 0; ; steps++) {
      if (steps > 100_000) throw new Error('a storm: the link never comes to rest');
      this.#collect('client', this.client);
      this.#collect('server', this.server);
      if (enough()) return;
      const next = Math.min(this.#flying[0]?.at ?? Infinity, this.client.connection.nextTimeout, this.server.connection.nextTimeout);
      if (next > until) {
        this.clock.now = Math.max(this.clock.now, Math.min(until, next));
        return;
      }
      this.clock.now = Math.max(this.clock.now, next);
      while (this.#flying[0] !== undefined && this.#flying[0].at <= this.clock.now) {
        const { to, datagram } = this.#flying.shift()!;
        this.#end(to).connection.receive(datagram);
        this.#collect(to, this.#end(to));
      }
      for (const end of [this.client, this.server]) {
        if (end.connection.nextTimeout <= this.clock.now) end.connection.tick(this.clock.now);
      }
    }
  }

  /** Puts a datagram on its way past chance and meddler. */
  inject(to: LinkSide, datagram: Uint8Array, delay = 0): void {
    this.#fly(to, datagram, this.clock.now + delay);
  }

  #isDecided(): boolean {
    const ends = [this.client, this.server];
    return ends.every((end) => end.has('handshake')) || ends.some((end) => end.connection.error !== undefined);
  }

  #end(side: LinkSide): LinkEnd {
    return side === 'client' ? this.client : this.server;
  }

  #collect(side: LinkSide, end: LinkEnd): void {
    const { connection } = end;
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
      end.events.push(event);
      if (event.type === 'data') end.received.push(event.data.slice());
    }
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) this.#send(side, out);
  }

  #send(from: LinkSide, datagram: Uint8Array): void {
    const { clock } = this;
    this.#numbers.look(from, datagram);
    this.sent.push({ at: clock.now, from, datagram });
    const to = from === 'client' ? 'server' : 'client';
    const verdict = this.meddler(from, datagram, this.#count[from]++);
    if (verdict === false) return;
    if (verdict !== true) {
      for (const each of verdict) this.#fly(to, each, clock.now + (this.#options.delay ?? 0));
      return;
    }
    const { loss = 0, duplicate = 0, reorder = 0, delay = 0, lateness = 0, mtu = Infinity } = this.#options;
    if (datagram.length > mtu || this.#random.chance(loss)) return;
    const copies = this.#random.chance(duplicate) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = this.#random.chance(reorder) ? this.#random.next() * lateness : 0;
      this.#fly(to, datagram, clock.now + delay + late);
    }
  }

  #fly(to: LinkSide, datagram: Uint8Array, at: number): void {
    const flying = this.#flying;
    const item = { at, order: this.#order++, to, datagram: datagram.slice() };
    let i = flying.length;
    while (i > 0 && flying[i - 1]!.at > at) i--;
    flying.splice(i, 0, item);
  }
}
