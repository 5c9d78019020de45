/**
 * DTLS connections over one UDP port: drives the engine's endpoint over the stack below, with one timer. Native and socket
 * interfaces are faces of it.
 */
import type { Association } from '../engine/association.ts';
import { Endpoint } from '../engine/endpoint.ts';
import type { ConnectionEvent } from '../engine/events.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { datagramConfig, type DatagramConfig } from '../record/datagram/config.ts';
import { DropCounters, type DropReason } from '../record/datagram/drops.ts';
import type { Session } from '../session/session.ts';
import {
  DTLS_NTF_TIMEOUT,
  IP_NTF_CLOSED,
  IP_NTF_CONNECTED,
  IP_NTF_TX_RDY,
  TLS_CERTIFICATE_ERR,
  TLS_CONNST_CLOSED,
  TLS_CONNST_HANDSHAKE,
  TLS_CONNST_OPERATING,
  TLS_DROP_MESSAGE,
  TLS_DTLS_DROP_FRMSG,
  TLS_HEARTBEAT_TIMEOUT_ERR,
  TLS_IO_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { codeOf, noteError, refuse } from './guard.ts';
import { notify } from './ip.ts';
import { isNamed, type Started } from './link.ts';
import { type ConnectionHandle, type Held, keepSession, onStop } from './module.ts';
import { psp_get_tick_count } from './psp.ts';
import { RecordWatch } from './record-watch.ts';
import type { StackDatagram, StackUdp } from './stack.ts';
import type { t_dtls_hdl, t_ip_ntf, t_tls_ticket } from './types.ts';

/** Headers of IPv4 and UDP: what DTLS_PMTU_SIZE counts and a datagram does not. */
const HEADERS = 28;
/** Decoded datagrams of one connection that wait for the user; beyond, they are lost, as datagrams are. */
const MAX_WAITING = 64;
const HANDSHAKE = 22;
const DTLS_MAJOR = 0xfe;

const FRAGMENT_DROPS: readonly DropReason[] = ['fragment', 'mismatch', 'messageTooLong', 'ahead', 'stale', 'full'];

export class DtlsLink implements Held {
  readonly kind: 'udp' | 'dtls-socket';
  readonly module: Started;
  readonly port: DtlsPort;
  address: string;
  peerPort: number;
  readonly handle: ConnectionHandle;
  readonly sent: RecordWatch = new RecordWatch();
  readonly received: RecordWatch = new RecordWatch();
  ntf: t_ip_ntf | null = null;
  association: Association | undefined;
  result: t_tls_ret = TLS_OK;
  session: Session | undefined;
  peerName = '';
  verifies = false;
  /** Client: what `dtls_start_udp` begins with. */
  ticket: t_tls_ticket = 0 as t_tls_ticket;
  /** Before the start: a hello that came too early. */
  hello: Uint8Array | undefined;
  started = false;
  /** A flight went out more often than DTLS_MSG_RETRY_NR, and nobody has been told yet. */
  timedOut = false;
  heartbeatTimedOut = false;
  retransmissions = 0;
  lastMessage: Uint8Array | undefined;
  info: ConnectionInfo | undefined;
  readonly #waiting: Uint8Array[] = [];
  #ended = false;

  constructor(port: DtlsPort, address: string, peerPort: number) {
    this.port = port;
    this.kind = port.kind;
    this.module = port.module;
    this.address = address;
    this.peerPort = peerPort;
    const handle = port.module.connections.add(this);
    if (handle === undefined) throw new RangeError('no free connection');
    this.handle = handle;
  }

  get dtlsHandle(): t_dtls_hdl {
    return this.handle as number as t_dtls_hdl;
  }

  get status(): t_tls_conn_status {
    if (!this.started || this.result !== TLS_OK || this.#ended) return TLS_CONNST_CLOSED;
    return this.info === undefined ? TLS_CONNST_HANDSHAKE : TLS_CONNST_OPERATING;
  }

  get handshakeResult(): t_tls_ret {
    if (this.result !== TLS_OK) return this.result;
    return this.info === undefined ? TLS_WAIT : TLS_OK;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Sends one datagram: protected, or, before the handshake was started, as it is. */
  send(data: Uint8Array): t_tls_ret {
    if (this.result !== TLS_OK) return this.result;
    if (data.length > this.module.config.TLS_MAX_DATA_LEN) return refuse(TLS_PARAM_ERR, 'more than TLS_MAX_DATA_LEN');
    if (!this.started) {
      this.port.udp.send(this.address, this.peerPort, data.slice());
      return TLS_OK;
    }
    if (this.info === undefined) return TLS_WAIT;
    const { association } = this;
    if (association === undefined || this.#ended) return refuse(TLS_IO_ERR, 'the connection is closed');
    if (data.length > association.maxPayload) return refuse(TLS_PARAM_ERR, `at most ${association.maxPayload} bytes fit into a datagram`);
    const accepted = association.send(data);
    this.port.step();
    return accepted || data.length === 0 ? TLS_OK : TLS_WAIT;
  }

  /** The next datagram; `room` is less: it stays. */
  peek(): Uint8Array | undefined {
    return this.#waiting[0];
  }

  take(): void {
    this.#waiting.shift();
    if (this.#waiting.length > 0) notify(this.ntf, IP_NTF_TX_RDY);
  }

  get idleResult(): t_tls_ret {
    // Over sockets the guide has TLS_TIMEOUT_ERR for it, which `timedOut` tells.
    if (this.heartbeatTimedOut && this.kind === 'udp') {
      this.heartbeatTimedOut = false;
      return refuse(TLS_HEARTBEAT_TIMEOUT_ERR, 'no answer to a heartbeat');
    }
    if (this.result !== TLS_OK) return this.result;
    return this.#ended ? refuse(TLS_IO_ERR, 'the peer has closed the connection') : TLS_WAIT;
  }

  arrived(data: Uint8Array): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.lastMessage = data;
    this.#waiting.push(data);
    if (this.#waiting.length === 1) notify(this.ntf, IP_NTF_TX_RDY);
  }

  onEvent(event: ConnectionEvent): void {
    switch (event.type) {
      case 'handshake':
        if (this.verifies && this.peerName !== '' && !isNamed(event.info.peerChain[0], this.peerName)) {
          noteError('the certificate is not for the client of this name');
          this.association?.abort();
          this.fail(TLS_CERTIFICATE_ERR);
          return;
        }
        this.info = event.info;
        this.port.latest = this;
        notify(this.ntf, TLS_NTF_HANDSHAKE_DONE);
        return;
      case 'data':
        this.arrived(event.data.slice());
        return;
      case 'session':
        this.session = event.session;
        keepSession(this.module, event.session, this.handle);
        return;
      case 'retransmission':
        this.retransmissions++;
        if (!event.exhausted) return;
        this.timedOut = true;
        notify(this.ntf, DTLS_NTF_TIMEOUT);
        return;
      case 'heartbeat':
        if (event.outcome !== 'timeout') return;
        this.timedOut = true;
        this.heartbeatTimedOut = true;
        notify(this.ntf, IP_NTF_TX_RDY);
        return;
      case 'end':
        this.#ended = true;
        notify(this.ntf, IP_NTF_CLOSED);
        return;
      case 'error':
        this.fail(codeOf(event.error));
        return;
      default:
    }
  }

  fail(ret: t_tls_ret): void {
    if (this.result !== TLS_OK) return;
    this.result = ret === TLS_OK ? TLS_IO_ERR : ret;
    notify(this.ntf, this.info === undefined ? TLS_NTF_HANDSHAKE_FAILED : IP_NTF_CLOSED);
  }

  /** close_notify; the place is free. */
  close(): void {
    this.port.forget(this);
    if (this.result === TLS_OK) this.association?.close();
    this.port.step();
    this.port.closeIfDone();
  }

  drop(): void {
    this.port.forget(this);
    this.association?.abort();
    this.port.step();
    this.port.closeIfDone();
  }
}

/** How connections that clients make come about. */
export interface ServerPlan {
  readonly ntf: t_ip_ntf | null;
  readonly starts: boolean;
  readonly peerName: string;
}

export class DtlsPort {
  readonly module: Started;
  readonly kind: 'udp' | 'dtls-socket';
  readonly udp: StackUdp;
  readonly drops: DropCounters = new DropCounters();
  readonly config: DatagramConfig;
  /** The connection that was established last. */
  latest: DtlsLink | undefined;
  /** Server connections that nobody has taken yet, in order. */
  readonly arrivals: DtlsLink[] = [];
  /** Who waits for a connection (dtls_accept_udp). */
  readonly pending: { readonly link: DtlsLink; settled(address: string, port: number): void }[] = [];
  /** What is dropped as too long before it is looked at; 0: nothing. */
  maxDatagram = 0;
  tooLong = 0;
  /** A client's own port: closes with its connection. */
  isSingle = false;
  verifies = false;
  onarrival: ((link: DtlsLink) => void) | undefined;
  #plan: ServerPlan | undefined;
  #endpoint: Endpoint | undefined;
  #isServing = false;
  readonly #links = new Map<string, DtlsLink>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #busy = false;
  #closed = false;
  readonly #unlist: () => void;
  #droppedBefore = [0, 0];

  constructor(module: Started, kind: 'udp' | 'dtls-socket', udp: StackUdp) {
    this.module = module;
    this.kind = kind;
    this.udp = udp;
    const { config } = module;
    this.config = datagramConfig({
      clock: psp_get_tick_count,
      maxDatagram: config.DTLS_PMTU_SIZE - HEADERS,
      replayWindow: 32,
      initialTimeoutMs: 100 * config.DTLS_RETRANSMIT_INIT_TIME,
      maxTimeoutMs: 100 * config.DTLS_RETRANSMIT_MAX_TIME,
      maxRetransmissions: config.DTLS_MSG_RETRY_NR,
      onExhausted: 'notify',
      maxMessage: Math.max(256, config.TLS_HS_MSG_STORE_SIZE),
      drops: this.drops,
    });
    udp.onchange = () => this.step();
    this.#unlist = onStop(() => this.destroy());
  }

  get links(): number {
    return this.#links.size;
  }

  /** Accepts clients. False: it does already, and verifies them otherwise. */
  serve(verify: boolean, plan: ServerPlan | undefined): boolean {
    if (this.#isServing) return this.verifies === verify;
    if (this.#endpoint !== undefined) return false;
    this.#isServing = true;
    this.verifies = verify;
    this.#plan = plan;
    this.#endpoint = new Endpoint({
      config: this.config,
      server: this.module.running.server('dtls', verify),
      handshakeTimeoutMs: 0,
      idleTimeoutMs: 0,
      maxAssociations: this.module.config.TLS_MAX_CONN_SIZE + 1,
      maxPerHost: this.module.config.TLS_MAX_CONN_SIZE + 1,
      maxHalfOpen: this.module.config.TLS_MAX_CONN_SIZE + 1,
    });
    this.#endpoint.onWake = () => this.step();
    return true;
  }

  /** A connection to a server, not started. Throws RangeError when all places are taken. */
  client(address: string, port: number, peerName: string, ticket: t_tls_ticket): DtlsLink {
    const link = new DtlsLink(this, address, port);
    link.peerName = peerName;
    link.ticket = ticket;
    this.#links.set(keyOf(address, port), link);
    return link;
  }

  /** Begins the handshake of a connection. */
  start(link: DtlsLink, isClient: boolean): t_tls_ret {
    if (link.started) return TLS_OK;
    const key = { address: link.address, port: link.peerPort };
    if (isClient) {
      const kept = link.ticket === 0 ? undefined : this.module.sessions.get(link.ticket);
      if (link.ticket !== 0 && kept === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no session has this ticket');
      this.#endpoint ??= new Endpoint({ config: this.config, handshakeTimeoutMs: 0, idleTimeoutMs: 0 });
      this.#endpoint.onWake = () => this.step();
      link.started = true;
      link.association = this.#endpoint.connect(key, this.module.running.client('dtls'), {
        ...(link.peerName === '' ? { checkName: false } : { serverName: link.peerName }),
        ...(kept === undefined ? {} : { session: kept.session }),
      });
      link.association.owner = link;
    } else {
      link.started = true;
      const { hello } = link;
      link.hello = undefined;
      if (hello !== undefined) this.#toEndpoint(key.address, key.port, hello);
    }
    this.step();
    return TLS_OK;
  }

  /** Moves all that can be moved, and looks at the clock. */
  step(): void {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      for (let datagram = this.udp.receive(); datagram !== undefined; datagram = this.udp.receive()) this.#receive(datagram);
      this.#endpoint?.tick(psp_get_tick_count());
      this.#turn();
    } catch (error) {
      codeOf(error);
    } finally {
      this.#busy = false;
    }
    this.#arm();
    if (this.isSingle) this.closeIfDone();
  }

  /** When `step` is due, on the tick count. */
  get nextTimeout(): number {
    return this.#endpoint?.nextTimeout ?? Number.POSITIVE_INFINITY;
  }

  forget(link: DtlsLink): void {
    this.module.connections.remove(link.handle);
    const key = keyOf(link.address, link.peerPort);
    if (this.#links.get(key) === link) this.#links.delete(key);
    if (this.latest === link) this.latest = undefined;
    const at = this.arrivals.indexOf(link);
    if (at >= 0) this.arrivals.splice(at, 1);
    const waiting = this.pending.findIndex((one) => one.link === link);
    if (waiting >= 0) this.pending.splice(waiting, 1);
    if (link.association !== undefined) link.association.owner = undefined;
  }

  /** A client's port, when its last word has been said. */
  closeIfDone(): void {
    if (this.isSingle && this.#links.size === 0 && (this.#endpoint === undefined || this.#endpoint.size === 0)) this.destroy();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unlist();
    for (const link of [...this.#links.values()]) this.forget(link);
    this.udp.close();
  }

  /** What has been dropped since the last look. */
  takeDrop(): t_tls_ret {
    let fragments = 0;
    for (const reason of FRAGMENT_DROPS) fragments += this.drops.get(reason);
    const others = this.drops.total - fragments + this.tooLong;
    const [beforeFragments, beforeOthers] = this.#droppedBefore;
    this.#droppedBefore = [fragments, others];
    if (fragments > beforeFragments!) return TLS_DTLS_DROP_FRMSG;
    return others > beforeOthers! ? TLS_DROP_MESSAGE : TLS_OK;
  }

  #receive({ address, port, bytes }: StackDatagram): void {
    if (this.maxDatagram > 0 && bytes.length > this.maxDatagram) {
      this.tooLong++;
      return;
    }
    const link = this.#links.get(keyOf(address, port));
    if (link !== undefined) link.received.datagram(bytes);
    if (link !== undefined && !link.started) {
      if (bytes[0] === HANDSHAKE && bytes[1] === DTLS_MAJOR) link.hello = bytes;
      else link.arrived(bytes);
      return;
    }
    if (link === undefined && this.#plan?.starts === false) {
      this.#adoptUnstarted(address, port, bytes);
      return;
    }
    this.#toEndpoint(address, port, bytes);
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
    this.#turn();
  }

  /** A client has shown that it is where it says: it gets a connection. */
  #adopt(association: Association, hello: Uint8Array): void {
    const { address, port } = association.peer;
    const known = this.#links.get(keyOf(address, port));
    let link: DtlsLink;
    let wasAwaited = false;
    if (known?.started && known.association === undefined) link = known;
    else {
      const next = this.pending.shift();
      if (next === undefined && this.module.connections.isFull) {
        association.abort();
        return;
      }
      link = next === undefined ? new DtlsLink(this, address, port) : next.link;
      if (next !== undefined) {
        link.address = address;
        link.peerPort = port;
        next.settled(address, port);
        wasAwaited = true;
      }
      link.received.datagram(hello);
      if (next === undefined) this.#planned(link);
      this.#links.set(keyOf(address, port), link);
    }
    link.started = true;
    link.association = association;
    link.verifies = this.verifies;
    association.owner = link;
    if (known === undefined && !wasAwaited) this.arrivals.push(link);
    this.onarrival?.(link);
  }

  #adoptUnstarted(address: string, port: number, bytes: Uint8Array): void {
    if (this.module.connections.isFull) return;
    const link = new DtlsLink(this, address, port);
    this.#planned(link);
    this.#links.set(keyOf(address, port), link);
    this.latest = link;
    link.received.datagram(bytes);
    if (bytes[0] === HANDSHAKE && bytes[1] === DTLS_MAJOR) link.hello = bytes;
    else link.arrived(bytes);
    notify(link.ntf, IP_NTF_CONNECTED);
  }

  #planned(link: DtlsLink): void {
    link.ntf = this.#plan?.ntf ?? null;
    link.peerName = this.#plan?.peerName ?? '';
  }

  #turn(): void {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    for (let next = endpoint.poll(); next !== undefined; next = endpoint.poll()) {
      const { owner } = next.association;
      if (owner instanceof DtlsLink) owner.onEvent(next.event);
    }
    for (let out = endpoint.takeOutput(); out !== undefined; out = endpoint.takeOutput()) {
      const { address, port } = out.peer;
      this.#links.get(keyOf(address, port))?.sent.datagram(out.datagram);
      this.udp.send(address, port, out.datagram);
    }
  }

  #arm(): void {
    const at = this.nextTimeout;
    if (at === this.#timerAt || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(0x7fffffff, Math.max(1, Math.ceil(at - psp_get_tick_count())));
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.step();
    }, wait);
    this.#timer.unref();
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
