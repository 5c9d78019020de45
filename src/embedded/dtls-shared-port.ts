/**
 * A UDP port that many DTLS connections share: those that clients make to it, and, over sockets, those that it makes to servers.
 * The engine's endpoint tells them apart and proves addresses by cookies.
 */
import type { Association } from '../engine/association.ts';
import { Endpoint } from '../engine/endpoint.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { DropCounters } from '../record/datagram/drops.ts';
import { isNamed } from './certificates.ts';
import { IP_NTF_CONNECTED, TLS_IO_ERR, TLS_OK, type t_tls_ret } from './constants.ts';
import { DtlsLink } from './dtls-link.ts';
import { DtlsPort } from './dtls-port.ts';
import { notify } from './ip.ts';
import { staleTicket } from './link.ts';
import type { Started } from './module.ts';
import { restLater } from './rest.ts';
import type { StackDatagram, StackUdp } from './stack.ts';
import type { t_ip_ntf } from './types.ts';

const HANDSHAKE = 22;
const DTLS_MAJOR = 0xfe;

/** How connections that clients make come about. */
export interface ServerPlan {
  readonly ntf: t_ip_ntf | null;
  /** The handshake begins with the first datagram; otherwise with `dtls_start_udp`. */
  readonly starts: boolean;
  readonly peerName: string;
}

/** Somebody waits for a connection (dtls_accept_udp). */
interface Awaiting {
  readonly link: DtlsLink;
  settled(address: string, port: number): void;
}

export class DtlsSharedPort extends DtlsPort<DropCounters> {
  /** Server connections that nobody has taken yet, in order. */
  readonly arrivals: DtlsLink[] = [];
  readonly pending: Awaiting[] = [];
  #verifies = false;
  #plan: ServerPlan | undefined;
  #endpoint: Endpoint | undefined;
  readonly #links = new Map<string, DtlsLink>();
  readonly #associations = new WeakMap<DtlsLink, Association>();

  constructor(module: Started, kind: DtlsPort['kind'], udp: StackUdp) {
    super(module, kind, udp, new DropCounters());
  }

  /** Connections that are not closed. */
  get links(): number {
    return this.#links.size;
  }

  /** Accepts clients. False: it does already, and verifies them otherwise, or it is a client's. */
  serve(verify: boolean, plan: ServerPlan): boolean {
    if (this.#plan !== undefined) return this.#verifies === verify;
    if (this.#endpoint !== undefined) return false;
    const most = this.module.config.TLS_MAX_CONN_SIZE + 1;
    this.#verifies = verify;
    this.#plan = plan;
    this.#endpoint = this.#newEndpoint({
      server: this.module.running.server('dtls', verify),
      maxAssociations: most,
      maxPerHost: most,
      maxHalfOpen: most,
    });
    return true;
  }

  /** A connection to a server, not started. The caller has seen that there is a place. */
  client(address: string, port: number): DtlsLink {
    const link = new DtlsLink(this, address, port, true);
    this.#links.set(keyOf(address, port), link);
    return link;
  }

  start(link: DtlsLink): t_tls_ret {
    const { address, peerPort: port } = link;
    if (link.isClient) {
      const options = link.options();
      if (options === undefined) return staleTicket();
      this.#endpoint ??= this.#newEndpoint({});
      this.#bind(link, this.#endpoint.connect({ address, port }, this.module.running.client('dtls'), options));
    } else {
      link.wasStarted = true;
      const { hello } = link;
      link.hello = undefined;
      if (hello !== undefined) this.#toEndpoint(address, port, hello);
    }
    this.step();
    return TLS_OK;
  }

  /** A server's handle that waits for its client. */
  await(ntf: t_ip_ntf | null, peerName: string, settled: Awaiting['settled']): DtlsLink {
    const link = new DtlsLink(this, '', 0, false);
    link.ntf = ntf;
    link.peerName = peerName;
    this.pending.push({ link, settled });
    return link;
  }

  used(link: DtlsLink): void {
    const association = this.#associations.get(link);
    if (association !== undefined) this.#endpoint!.changed(association);
    this.step();
  }

  leave(link: DtlsLink): void {
    this.#forget(link);
    const association = this.#associations.get(link);
    if (association !== undefined) {
      association.owner = undefined;
      this.#endpoint!.closing(association);
    }
    this.step();
  }

  get nextTimeout(): number {
    return this.#endpoint?.nextTimeout ?? Number.POSITIVE_INFINITY;
  }

  protected get isDone(): boolean {
    return false;
  }

  override expects(link: DtlsLink, info: ConnectionInfo): boolean {
    return !link.verifies || link.peerName === '' || isNamed(info.peerChain[0], link.peerName);
  }

  protected onRefused(): void {
    for (const link of this.#links.values()) link.fail(TLS_IO_ERR);
  }

  protected receive({ address, port, bytes }: StackDatagram): void {
    const link = this.#links.get(keyOf(address, port));
    if (link?.wasStarted === false) this.#early(link, bytes);
    else if (link === undefined && this.#plan?.starts === false) this.#adoptUnstarted(address, port, bytes);
    else {
      link?.noteIn(bytes);
      this.#toEndpoint(address, port, bytes);
    }
  }

  protected tick(now: number): void {
    this.#endpoint?.tick(now);
  }

  protected turn(): void {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    for (let next = endpoint.poll(); next !== undefined; next = endpoint.poll()) {
      const { owner } = next.association;
      if (owner instanceof DtlsLink) {
        owner.onEvent(next.event);
        restLater(owner);
      }
    }
    for (let out = endpoint.takeOutput(); out !== undefined; out = endpoint.takeOutput()) {
      const { address, port } = out.peer;
      this.#links.get(keyOf(address, port))?.noteOut(out.datagram);
      this.transmit(address, port, out.datagram);
    }
  }

  protected abandon(): void {
    for (const link of [...this.#links.values(), ...this.pending.map((one) => one.link)]) {
      this.#forget(link);
      link.lost();
    }
  }

  #newEndpoint(more: Partial<ConstructorParameters<typeof Endpoint>[0]>): Endpoint {
    const endpoint = new Endpoint({ config: this.config, handshakeTimeoutMs: 0, idleTimeoutMs: 0, ...more });
    endpoint.onWake = this.onMove;
    return endpoint;
  }

  #bind(link: DtlsLink, association: Association): void {
    link.wasStarted = true;
    link.engine = association.connection;
    association.owner = link;
    this.#associations.set(link, association);
  }

  #toEndpoint(address: string, port: number, bytes: Uint8Array): void {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    const peer = { address, port };
    endpoint.accepting = !this.module.connections.isFull || this.#links.has(keyOf(address, port)) || this.pending.length > 0;
    endpoint.receive(peer, bytes);
    const association = endpoint.find(peer);
    if (association !== undefined && association.owner === undefined && association.side === 'server' && !association.isClosing)
      this.#adopt(association, bytes);
    this.turn();
  }

  /** A client has shown that it is where it says: it gets a connection. */
  #adopt(association: Association, hello: Uint8Array): void {
    const { address, port } = association.peer;
    const link = this.#known(address, port) ?? this.#awaited(address, port) ?? this.#planned(address, port);
    if (link === undefined) {
      association.abort();
      return;
    }
    link.noteIn(hello);
    link.verifies = this.#verifies;
    this.#bind(link, association);
  }

  /** One whose `dtls_start_udp` has been called and whose hello comes now. */
  #known(address: string, port: number): DtlsLink | undefined {
    const link = this.#links.get(keyOf(address, port));
    return link?.wasStarted === true && link.engine === undefined ? link : undefined;
  }

  #awaited(address: string, port: number): DtlsLink | undefined {
    const next = this.pending.shift();
    if (next === undefined) return undefined;
    const { link } = next;
    link.address = address;
    link.peerPort = port;
    this.#links.set(keyOf(address, port), link);
    next.settled(address, port);
    return link;
  }

  /** One of its own, as the plan of the port has it. */
  #planned(address: string, port: number): DtlsLink | undefined {
    if (this.module.connections.isFull) return undefined;
    const link = new DtlsLink(this, address, port, false);
    link.ntf = this.#plan?.ntf ?? null;
    link.peerName = this.#plan?.peerName ?? '';
    this.#links.set(keyOf(address, port), link);
    this.arrivals.push(link);
    return link;
  }

  #adoptUnstarted(address: string, port: number, bytes: Uint8Array): void {
    const link = this.#planned(address, port);
    if (link === undefined) return;
    this.latest = link;
    this.#early(link, bytes);
    notify(link.ntf, IP_NTF_CONNECTED);
  }

  /** Before the start: a hello is kept for it, all else is plain data. */
  #early(link: DtlsLink, bytes: Uint8Array): void {
    link.noteIn(bytes);
    if (!link.isClient && bytes[0] === HANDSHAKE && bytes[1] === DTLS_MAJOR) link.hello = bytes;
    else link.arrived(bytes);
  }

  #forget(link: DtlsLink): void {
    const key = keyOf(link.address, link.peerPort);
    if (this.#links.get(key) === link) this.#links.delete(key);
    if (this.latest === link) this.latest = undefined;
    const at = this.arrivals.indexOf(link);
    if (at >= 0) this.arrivals.splice(at, 1);
    const waiting = this.pending.findIndex((one) => one.link === link);
    if (waiting >= 0) this.pending.splice(waiting, 1);
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
