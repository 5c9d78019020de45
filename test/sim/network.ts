/**
 * A network of endpoints under one virtual clock: any number of addresses, seeded loss, duplication, reordering and delay on
 * every path, and a path MTU. The clock jumps to the next arrival or timeout.
 */
import type { PeerAddress } from '../../src/engine/association.ts';
import type { Endpoint, EndpointEvent } from '../../src/engine/endpoint.ts';
import { VirtualClock } from './datagram-link.ts';
import { Random } from './random.ts';

export interface NetworkOptions {
  readonly seed?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly delay?: number;
  readonly lateness?: number;
  readonly mtu?: number;
}

export class Node {
  readonly address: PeerAddress;
  readonly endpoint: Endpoint;
  readonly events: EndpointEvent[] = [];
  datagramsIn = 0;
  bytesIn = 0;
  datagramsOut = 0;
  bytesOut = 0;
  /** Told of each event as it comes. */
  onEvent: ((event: EndpointEvent) => void) | undefined;
  /** Decides on what this node sends: false: it is lost. */
  filter: ((datagram: Uint8Array, to: PeerAddress) => boolean) | undefined;

  constructor(address: PeerAddress, endpoint: Endpoint) {
    this.address = address;
    this.endpoint = endpoint;
  }

  has(type: EndpointEvent['event']['type']): boolean {
    return this.events.some(({ event }) => event.type === type);
  }
}

interface Flying {
  readonly at: number;
  readonly from: PeerAddress;
  readonly to: string;
  readonly datagram: Uint8Array;
}

export class Network {
  readonly clock = new VirtualClock();
  readonly options: NetworkOptions;
  readonly #random: Random;
  readonly #nodes = new Map<string, Node>();
  readonly #flying: Flying[] = [];
  steps = 0;

  constructor(options: NetworkOptions = {}) {
    this.options = options;
    this.#random = new Random(options.seed ?? 1);
  }

  add(host: string, port: number, endpoint: Endpoint): Node {
    const node = new Node({ address: host, port }, endpoint);
    this.#nodes.set(`${host} ${port}`, node);
    return node;
  }

  remove(node: Node): void {
    this.#nodes.delete(`${node.address.address} ${node.address.port}`);
  }

  /** Runs until nothing is left to happen before `until`, or `enough`. */
  run(until: number, enough: () => boolean = () => false): void {
    for (let steps = 0; ; steps++) {
      if (steps > 200_000) throw new Error('a storm: the network never comes to rest');
      for (const node of this.#nodes.values()) this.drain(node);
      if (enough()) return;
      let next = this.#flying[0]?.at ?? Number.POSITIVE_INFINITY;
      for (const node of this.#nodes.values()) next = Math.min(next, node.endpoint.nextTimeout);
      if (next > until) {
        this.clock.now = Math.max(this.clock.now, Math.min(until, next));
        return;
      }
      this.clock.now = Math.max(this.clock.now, next);
      while (this.#flying[0] !== undefined && this.#flying[0].at <= this.clock.now) {
        const { from, to, datagram } = this.#flying.shift()!;
        const node = this.#nodes.get(to);
        if (node === undefined) continue;
        node.datagramsIn++;
        node.bytesIn += datagram.length;
        node.endpoint.receive(from, datagram);
        this.drain(node);
      }
      for (const node of this.#nodes.values()) {
        if (node.endpoint.nextTimeout <= this.clock.now) node.endpoint.tick(this.clock.now);
      }
    }
  }

  /** A datagram with any sender address, as a forger sends it. */
  inject(from: PeerAddress, to: Node, datagram: Uint8Array, delay = 0): void {
    this.#fly({ at: this.clock.now + delay, from, to: `${to.address.address} ${to.address.port}`, datagram: datagram.slice() });
  }

  drain(node: Node): void {
    const { endpoint } = node;
    for (let event = endpoint.poll(); event !== undefined; event = endpoint.poll()) {
      node.events.push(event);
      node.onEvent?.(event);
    }
    for (let out = endpoint.takeOutput(); out !== undefined; out = endpoint.takeOutput()) this.#send(node, out.peer, out.datagram);
  }

  #send(from: Node, to: PeerAddress, datagram: Uint8Array): void {
    from.datagramsOut++;
    from.bytesOut += datagram.length;
    if (from.filter?.(datagram, to) === false) return;
    const { loss = 0, duplicate = 0, reorder = 0, delay = 0, lateness = 0, mtu = Number.POSITIVE_INFINITY } = this.options;
    if (datagram.length > mtu || this.#random.chance(loss)) return;
    const copies = this.#random.chance(duplicate) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = this.#random.chance(reorder) ? this.#random.next() * lateness : 0;
      this.#fly({ at: this.clock.now + delay + late, from: from.address, to: `${to.address} ${to.port}`, datagram: datagram.slice() });
    }
  }

  #fly(item: Flying): void {
    const flying = this.#flying;
    let i = flying.length;
    while (i > 0 && flying[i - 1]!.at > item.at) i--;
    flying.splice(i, 0, item);
  }
}
