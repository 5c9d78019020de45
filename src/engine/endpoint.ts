/**
 * Many DTLS peers on one socket, sans-I/O: datagrams with their addresses go in and out, RFC 6347.
 *
 * Always true: a sender costs nothing until it has shown that it can be reached at its address; nothing is answered before
 * that but a ClientHello, by less than was received; all that a peer can make us keep is capped.
 */
import { utf8 } from '../base/bytes.ts';
import { TlsError } from '../base/errors.ts';
import {
  DEFAULT_MAX_ASSOCIATIONS,
  DEFAULT_MAX_HALF_OPEN,
  DEFAULT_MAX_PER_HOST,
  MAX_FAREWELLS,
  MAX_PARTIAL_HELLO_BYTES,
  MAX_PARTIAL_HELLOS,
  MAX_TOMBSTONES,
} from '../base/limits.ts';
import { Queue } from '../base/queue.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../handshake/context.ts';
import { type PeekedHello, peekClientHello } from '../record/datagram/client-hello-peek.ts';
import type { DatagramConfig } from '../record/datagram/config.ts';
import { CookieKeys, helloVerifyRequest } from '../record/datagram/cookie.ts';
import { DROP_BAD_HELLO, DROP_LIMIT, DROP_UNKNOWN_PEER, type DropCounters } from '../record/datagram/drops.ts';
import { HelloPool } from '../record/datagram/hello-pool.ts';
import { HANDSHAKE } from '../wire/content.ts';
import { CLIENT_HELLO } from '../wire/handshake.ts';
import { Association, type AssociationHost, type PeerAddress } from './association.ts';
import { createDatagramClientConnection, createDatagramServerConnection, datagramCarrier } from './datagram.ts';
import type { ConnectionEvent } from './events.ts';
import { type Timed, TimerHeap } from './timer-heap.ts';
import { WANTS_EVENT } from './wants.ts';

export interface EndpointOptions {
  readonly config: DatagramConfig;
  /** What clients are answered with; absent: they are not. */
  readonly server?: ServerContext | undefined;
  /** Asked for each client whose address is proven; what it leaves out is as for all. */
  readonly receive?: ((peer: PeerAddress) => Reception) | undefined;
  /** Whether clients must prove their address by a cookie; true by default. A restart is proven in any case. */
  readonly cookies?: boolean | undefined;
  /** Shared by the servers of a cluster. */
  readonly cookieSecret?: Uint8Array | undefined;
  readonly cookiePeriodMs?: number | undefined;
  /**
   * A first fragment that ends before the cookie does: `drop` it, the default, or `hold` a few of them, in bounded memory that
   * all senders share.
   */
  readonly partialHellos?: 'drop' | 'hold' | undefined;
  readonly maxAssociations?: number | undefined;
  readonly maxPerHost?: number | undefined;
  /** Handshakes under way; the oldest gives way to the newest. */
  readonly maxHalfOpen?: number | undefined;
  /** 0: none. 240 s by default. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Associations that were not heard of for so long are closed. 0: none. 30 minutes by default: a close_notify can be lost. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a closed association waits for the peer's close_notify. 2 s by default. */
  readonly closeTimeoutMs?: number | undefined;
  /** How long the address of a closed association remembers why. 60 s by default. */
  readonly closedLingerMs?: number | undefined;
}

/** What a server connection is made with, when it is not the same for all. */
export interface Reception {
  readonly context?: ServerContext | undefined;
  readonly trace?: ClientOptions['trace'] | undefined;
  /** `Association.owner` from the beginning. */
  readonly owner?: unknown;
}

export interface EndpointEvent {
  readonly association: Association;
  readonly event: ConnectionEvent;
}

export interface OutgoingDatagram {
  readonly peer: PeerAddress;
  readonly datagram: Uint8Array;
}

/** What has happened so far. */
export interface EndpointStatistics {
  datagramsReceived: number;
  bytesReceived: number;
  datagramsSent: number;
  bytesSent: number;
  /** HelloVerifyRequests. */
  cookiesSent: number;
  /** ClientHellos with a cookie that was not good. */
  cookiesRefused: number;
  handshakesBegun: number;
  handshakesCompleted: number;
  handshakesFailed: number;
  handshakesTimedOut: number;
  /** Handshakes given up for newer ones. */
  handshakesDisplaced: number;
  /** Associations that their peer began anew. */
  restarts: number;
  closed: number;
  idleClosed: number;
}

/** Says to a peer that did not hear it why its association is gone. */
class Tombstone implements Timed {
  due: number = Number.POSITIVE_INFINITY;
  heapIndex: number = -1;
  readonly key: PeerKey;
  readonly farewell: Uint8Array;
  readonly fingerprint: number;
  repeats = 0;

  constructor(key: PeerKey, farewell: Uint8Array, fingerprint: number) {
    this.key = key;
    this.farewell = farewell;
    this.fingerprint = fingerprint;
  }
}

export class Endpoint implements AssociationHost {
  /** Called when something asynchronous has finished, or an association was used: take output and events again. */
  onWake: (() => void) | undefined;
  /** False: new clients are dropped. */
  accepting = true;
  readonly statistics: EndpointStatistics = {
    datagramsReceived: 0,
    bytesReceived: 0,
    datagramsSent: 0,
    bytesSent: 0,
    cookiesSent: 0,
    cookiesRefused: 0,
    handshakesBegun: 0,
    handshakesCompleted: 0,
    handshakesFailed: 0,
    handshakesTimedOut: 0,
    handshakesDisplaced: 0,
    restarts: 0,
    closed: 0,
    idleClosed: 0,
  };
  readonly #config: DatagramConfig;
  readonly #server: ServerContext | undefined;
  readonly #reception: ((peer: PeerAddress) => Reception) | undefined;
  readonly #cookies: CookieKeys | undefined;
  readonly #demandsCookie: boolean;
  readonly #pool: HelloPool | undefined;
  readonly #maxAssociations: number;
  readonly #maxPerHost: number;
  readonly #maxHalfOpen: number;
  readonly #handshakeTimeoutMs: number;
  readonly #idleTimeoutMs: number;
  readonly #closedLingerMs: number;
  readonly #closeTimeoutMs: number;
  readonly #associations = new Map<PeerKey, Association>();
  readonly #tombstones = new Map<PeerKey, Tombstone>();
  /** Server handshakes under way, oldest first. */
  readonly #halfOpen = new Set<Association>();
  readonly #perHost = new Map<string, number>();
  readonly #timers = new TimerHeap<Association | Tombstone>();
  readonly #toSend = new Queue<Association>();
  readonly #toTell = new Queue<Association>();
  readonly #direct = new Queue<OutgoingDatagram>();

  constructor(options: EndpointOptions) {
    this.#config = options.config;
    this.#server = options.server;
    this.#reception = options.receive;
    this.#demandsCookie = options.cookies ?? true;
    this.#cookies =
      options.server === undefined
        ? undefined
        : new CookieKeys({ crypto: options.server.crypto, secret: options.cookieSecret, periodMs: options.cookiePeriodMs });
    this.#pool =
      options.partialHellos === 'hold' ? new HelloPool(MAX_PARTIAL_HELLOS, MAX_PARTIAL_HELLO_BYTES, options.config.maxMessage) : undefined;
    this.#maxAssociations = options.maxAssociations ?? DEFAULT_MAX_ASSOCIATIONS;
    this.#maxPerHost = options.maxPerHost ?? DEFAULT_MAX_PER_HOST;
    this.#maxHalfOpen = options.maxHalfOpen ?? DEFAULT_MAX_HALF_OPEN;
    this.#handshakeTimeoutMs = options.handshakeTimeoutMs ?? 240_000;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? 1_800_000;
    this.#closedLingerMs = options.closedLingerMs ?? 60_000;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 2_000;
  }

  /** Takes one datagram. Never throws on what a peer sends. The bytes may be reused afterwards. */
  receive(peer: PeerAddress, datagram: Uint8Array): void {
    this.statistics.datagramsReceived++;
    this.statistics.bytesReceived += datagram.length;
    const key = keyOf(peer);
    const association = this.#associations.get(key);
    if (this.#server !== undefined && association?.side !== 'client' && beginsClientHello(datagram)) {
      this.#onClientHello(key, peer, association, datagram);
    } else if (association !== undefined) this.#deliver(association, datagram);
    else this.#onStranger(key, peer, datagram);
  }

  /** Begins an association as client. */
  connect(peer: PeerAddress, context: ClientContext, options: ClientOptions = {}): Association {
    const key = keyOf(peer);
    const old = this.#associations.get(key);
    if (old !== undefined) this.#replace(key, old);
    this.#forget(key);
    const connection = createDatagramClientConnection(context, this.#config, options);
    return this.#add(key, new Association(this, peer, connection, -1, this.#config.clock(), this.#handshakeDeadline()));
  }

  /** The next datagram to send. */
  takeOutput(): OutgoingDatagram | undefined {
    for (;;) {
      const direct = this.#direct.shift();
      if (direct !== undefined) return this.#count(direct);
      const association = this.#toSend.peek();
      if (association === undefined) return undefined;
      const datagram = association.connection.takeOutput();
      if (datagram !== undefined) return this.#count({ peer: association.peer, datagram });
      association.hasOutput = false;
      this.#toSend.shift();
    }
  }

  /** The next event, in order for each association. */
  poll(): EndpointEvent | undefined {
    for (;;) {
      const association = this.#toTell.peek();
      if (association === undefined) return undefined;
      const event = association.connection.poll();
      if (event !== undefined) {
        this.#note(association, event);
        return { association, event };
      }
      association.hasEvents = false;
      this.#toTell.shift();
    }
  }

  /** When `tick` is due, on the clock of the configuration; Infinity: never. */
  get nextTimeout(): number {
    return this.#timers.next;
  }

  tick(now: number): void {
    for (let timed = this.#timers.first(now); timed !== undefined; timed = this.#timers.first(now)) {
      if (timed instanceof Association) this.#onTime(timed, now);
      else this.#forget(timed.key);
    }
  }

  /** The network refused a datagram to this peer as too long (EMSGSIZE). */
  tooLarge(peer: PeerAddress): void {
    const association = this.#associations.get(keyOf(peer));
    if (association === undefined) return;
    datagramCarrier(association.connection)?.tooLarge();
    this.#settle(association);
  }

  /** Closes all associations and takes no new ones. */
  close(): void {
    this.accepting = false;
    for (const association of [...this.#associations.values()]) association.close();
  }

  /** Associations, those in their handshake included. */
  get size(): number {
    return this.#associations.size;
  }

  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** Why datagrams and records were dropped. */
  get drops(): DropCounters {
    return this.#config.drops;
  }

  associations(): IterableIterator<Association> {
    return this.#associations.values();
  }

  find(peer: PeerAddress): Association | undefined {
    return this.#associations.get(keyOf(peer));
  }

  /** An association was used by its owner. */
  changed(association: Association): void {
    this.#settle(association);
    this.onWake?.();
  }

  /** An association was closed by its owner: the peer's close_notify may never come. */
  closing(association: Association): void {
    if (!association.isClosing) {
      association.isClosing = true;
      association.deadline = this.#config.clock() + this.#closeTimeoutMs;
    }
    this.changed(association);
  }

  // --- peers without an association ---

  /** D22: what is no ClientHello opens nothing and is not answered, but for the address of one that has just closed. */
  #onStranger(key: PeerKey, peer: PeerAddress, datagram: Uint8Array): void {
    const tombstone = this.#tombstones.get(key);
    if (tombstone === undefined) this.drops.count(DROP_UNKNOWN_PEER);
    else this.#farewell(tombstone, peer, datagram);
  }

  #farewell(tombstone: Tombstone, peer: PeerAddress, datagram: Uint8Array): void {
    const { farewell } = tombstone;
    if (tombstone.repeats >= MAX_FAREWELLS || datagram.length < farewell.length) return this.drops.count(DROP_UNKNOWN_PEER);
    tombstone.repeats++;
    this.#direct.push({ peer, datagram: farewell });
  }

  #onClientHello(key: PeerKey, peer: PeerAddress, association: Association | undefined, datagram: Uint8Array): void {
    const hello = peekClientHello(datagram);
    if (hello === 'none') return this.drops.count(DROP_BAD_HELLO);
    if (hello === 'partial') return this.#onPartial(key, peer, association, datagram);
    const fingerprint = fingerprintOf(hello);
    if (association !== undefined && association.fingerprint === fingerprint) return this.#deliver(association, datagram);
    const tombstone = this.#tombstones.get(key);
    if (tombstone !== undefined && tombstone.fingerprint === fingerprint) return this.#farewell(tombstone, peer, datagram);
    //= rfc6347#section-4.2.8
    //# the server MUST NOT destroy the existing
    //# association until the client has demonstrated reachability either by
    //# completing a cookie exchange or by completing a complete handshake
    if (!this.#isProven(peer, hello, association !== undefined)) return;
    if (!this.accepting) return this.drops.count(DROP_LIMIT);
    if (association !== undefined) this.#replace(key, association);
    this.#forget(key);
    this.#accept(key, peer, hello, fingerprint, datagram);
  }

  /** Whether the sender has shown that it is where it says; asks for it otherwise (D17). */
  #isProven(peer: PeerAddress, hello: PeekedHello, isRestart: boolean): boolean {
    if (!this.#demandsCookie && !isRestart) return true;
    const where = utf8(`${peer.address} ${peer.port}`);
    const now = this.#server!.now();
    if (this.#cookies!.check(where, hello, now)) return true;
    if (hello.cookie.length > 0) this.statistics.cookiesRefused++;
    this.statistics.cookiesSent++;
    this.#direct.push({ peer, datagram: helloVerifyRequest(hello, this.#cookies!.make(where, hello, now)) });
    return false;
  }

  #onPartial(key: PeerKey, peer: PeerAddress, association: Association | undefined, datagram: Uint8Array): void {
    if (association !== undefined && !association.established) return this.#deliver(association, datagram);
    const whole = this.#pool?.add(String(key), datagram);
    if (whole === undefined) {
      if (this.#pool === undefined) this.drops.count(DROP_BAD_HELLO);
      return;
    }
    this.#onClientHello(key, peer, association, whole);
  }

  #accept(key: PeerKey, peer: PeerAddress, hello: PeekedHello, fingerprint: number, datagram: Uint8Array): void {
    if (this.#associations.size >= this.#maxAssociations || (this.#perHost.get(peer.address) ?? 0) >= this.#maxPerHost)
      return this.drops.count(DROP_LIMIT);
    this.#displaceOldest();
    const { context, trace, owner } = this.#reception?.(peer) ?? NO_RECEPTION;
    const options = trace === undefined ? {} : { trace };
    const connection = createDatagramServerConnection(context ?? this.#server!, this.#config, hello, options);
    const association = new Association(this, peer, connection, fingerprint, this.#config.clock(), this.#handshakeDeadline());
    association.owner = owner;
    this.#halfOpen.add(association);
    this.#add(key, association);
    this.#deliver(association, datagram);
  }

  #displaceOldest(): void {
    if (this.#halfOpen.size < this.#maxHalfOpen) return;
    for (const oldest of this.#halfOpen) {
      this.statistics.handshakesDisplaced++;
      oldest.connection.abort(new TlsError({ code: 'association_limit', origin: 'local', detail: 'too many handshakes' }));
      this.#remove(keyOf(oldest), oldest);
      this.#queue(oldest);
      return;
    }
  }

  // --- associations ---

  #add(key: PeerKey, association: Association): Association {
    this.statistics.handshakesBegun++;
    this.#associations.set(key, association);
    const { address } = association;
    this.#perHost.set(address, (this.#perHost.get(address) ?? 0) + 1);
    const changed = (): void => this.changed(association);
    association.connection.onWake = changed;
    this.#settle(association);
    return association;
  }

  #deliver(association: Association, datagram: Uint8Array): void {
    association.connection.receive(datagram);
    this.#settle(association);
  }

  #onTime(association: Association, now: number): void {
    if (now >= association.deadline && this.#onDeadline(association, now)) return;
    association.connection.tick(now);
    this.#settle(association);
    if (association.established && !association.hasEvents) association.connection.rest();
  }

  /** Whether the deadline ends the association. */
  #onDeadline(association: Association, now: number): boolean {
    if (!association.established) {
      this.statistics.handshakesTimedOut++;
      association.deadline = Number.POSITIVE_INFINITY;
      association.connection.abort(new TlsError({ code: 'handshake_timeout', origin: 'transport' }));
    } else if (association.isClosing) {
      association.deadline = Number.POSITIVE_INFINITY;
      association.connection.abort();
    } else {
      association.deadline = association.lastHeard + this.#idleTimeoutMs;
      if (now < association.deadline) return false;
      this.statistics.idleClosed++;
      association.deadline = Number.POSITIVE_INFINITY;
      association.connection.close();
      association.connection.abort(new TlsError({ code: 'timeout', origin: 'transport', detail: 'idle' }));
    }
    this.#settle(association);
    return true;
  }

  /** RFC 6347 §4.2.8: the peer has lost its state and begins anew. */
  #replace(key: PeerKey, old: Association): void {
    this.statistics.restarts++;
    old.connection.abort(new TlsError({ code: 'peer_restarted', origin: 'transport' }));
    this.#remove(key, old);
    this.#queue(old);
  }

  /** Whatever has changed in an association is noticed: output, events, timeout. */
  #settle(association: Association): void {
    this.#queue(association);
    if (this.#associations.get(keyOf(association)) === association)
      this.#timers.set(association, Math.min(association.connection.nextTimeout, association.deadline));
  }

  #queue(association: Association): void {
    const { connection } = association;
    if (!association.hasOutput && connection.carrier.hasOutput) {
      association.hasOutput = true;
      this.#toSend.push(association);
    }
    if (!association.hasEvents && (connection.wants & WANTS_EVENT) !== 0) {
      association.hasEvents = true;
      this.#toTell.push(association);
    }
  }

  /** Keeps the books of what the caller is told. */
  #note(association: Association, event: ConnectionEvent): void {
    switch (event.type) {
      case 'handshake':
        this.statistics.handshakesCompleted++;
        this.#halfOpen.delete(association);
        association.established = true;
        association.connection.onWake = undefined;
        association.lastHeard = this.#config.clock();
        association.deadline = this.#idleTimeoutMs === 0 ? Number.POSITIVE_INFINITY : association.lastHeard + this.#idleTimeoutMs;
        this.#settle(association);
        return;
      case 'data':
        association.lastHeard = this.#config.clock();
        return;
      case 'end':
        // RFC 5246 §7.2.1: the other party answers with a close_notify of its own and closes down.
        association.connection.close();
        this.#settle(association);
        return;
      case 'error':
        if (!association.established) this.statistics.handshakesFailed++;
        return;
      case 'closed':
        this.#onClosed(association);
        return;
      default:
    }
  }

  #onClosed(association: Association): void {
    const key = keyOf(association);
    if (this.#associations.get(key) !== association) return;
    this.statistics.closed++;
    this.#remove(key, association);
    let farewell: Uint8Array | undefined;
    for (let out = association.connection.takeOutput(); out !== undefined; out = association.connection.takeOutput()) {
      farewell = out;
      this.#direct.push({ peer: association.peer, datagram: out });
    }
    if (farewell !== undefined && this.#closedLingerMs > 0) this.#remember(key, association, farewell);
  }

  #remember(key: PeerKey, association: Association, farewell: Uint8Array): void {
    if (this.#tombstones.size >= MAX_TOMBSTONES) return;
    const tombstone = new Tombstone(key, farewell.slice(), association.fingerprint);
    this.#tombstones.set(key, tombstone);
    this.#timers.set(tombstone, this.#config.clock() + this.#closedLingerMs);
  }

  #forget(key: PeerKey): void {
    const tombstone = this.#tombstones.get(key);
    if (tombstone === undefined) return;
    this.#tombstones.delete(key);
    this.#timers.remove(tombstone);
  }

  #remove(key: PeerKey, association: Association): void {
    this.#associations.delete(key);
    this.#halfOpen.delete(association);
    this.#timers.remove(association);
    association.connection.onWake = undefined;
    datagramCarrier(association.connection)?.release();
    const { address } = association;
    const left = (this.#perHost.get(address) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(address);
    else this.#perHost.set(address, left);
  }

  #handshakeDeadline(): number {
    return this.#handshakeTimeoutMs === 0 ? Number.POSITIVE_INFINITY : this.#config.clock() + this.#handshakeTimeoutMs;
  }

  #count(out: OutgoingDatagram): OutgoingDatagram {
    this.statistics.datagramsSent++;
    this.statistics.bytesSent += out.datagram.length;
    return out;
  }
}

const NO_RECEPTION: Reception = {};

/** Addresses of IPv4 are numbers: a string with its pieces costs ten times as much. */
type PeerKey = number | string;

function keyOf(peer: PeerAddress): PeerKey {
  const { address, port } = peer;
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < address.length; i++) {
    const c = address.charCodeAt(i);
    if (c >= 48 && c <= 57 && ++digits <= 3) part = part * 10 + c - 48;
    else if (c === 46 && digits > 0 && ++dots <= 3 && part <= 255) {
      value = value * 256 + part;
      part = 0;
      digits = 0;
    } else return `${address} ${port}`;
  }
  if (dots !== 3 || digits === 0 || part > 255) return `${address} ${port}`;
  return (value * 256 + part) * 65_536 + port;
}

/** Whether the datagram begins with a (piece of a) ClientHello of epoch 0. */
function beginsClientHello(b: Uint8Array): boolean {
  return b.length > 13 && b[0] === HANDSHAKE && b[3] === 0 && b[4] === 0 && b[13] === CLIENT_HELLO;
}

/** 52 bits of the client's random: which ClientHello this is, for those who do not choose it to collide with their own. */
function fingerprintOf(hello: PeekedHello): number {
  const b = hello.head;
  let value = 0;
  for (let i = 2; i < 8; i++) value = value * 256 + b[i]!;
  return value * 16 + (b[8]! >>> 4);
}
