/** One DTLS connection. Native and socket interfaces are faces of it; its port moves the datagrams. */
import type { ConnectionEvent } from '../engine/events.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { DTLS_NTF_TIMEOUT, IP_NTF_TX_RDY, TLS_OK, TLS_PARAM_ERR, TLS_TIMEOUT_ERR, TLS_WAIT, type t_tls_ret } from './constants.ts';
import type { DtlsPort } from './dtls-port.ts';
import { refuse } from './guard.ts';
import { notify } from './ip.ts';
import { Link } from './link.ts';
import type { t_dtls_hdl, t_tls_ticket } from './types.ts';

/** Decoded datagrams of one connection that wait for the user; beyond, they are lost, as datagrams are. */
const MAX_WAITING = 64;

export class DtlsLink extends Link {
  readonly port: DtlsPort;
  address: string;
  peerPort: number;
  /** A client's: what `dtls_start_udp` begins with. */
  ticket: t_tls_ticket = 0 as t_tls_ticket;
  readonly isClient: boolean;
  /** A server's before its start: the hello that came too early. */
  hello: Uint8Array | undefined;
  /** `dtls_start_udp` was called, or is not needed; a server's may still wait for its client. */
  wasStarted = false;
  retransmissions = 0;
  lastMessage: Uint8Array | undefined;
  /** A flight went out more often than DTLS_MSG_RETRY_NR, and nobody has been told yet. */
  #timedOut = false;
  readonly #waiting: Uint8Array[] = [];

  constructor(port: DtlsPort, address: string, peerPort: number, isClient: boolean) {
    super(port.module, port.kind);
    this.port = port;
    this.address = address;
    this.peerPort = peerPort;
    this.isClient = isClient;
  }

  get dtlsHandle(): t_dtls_hdl {
    return this.handle as number as t_dtls_hdl;
  }

  override get started(): boolean {
    return this.wasStarted;
  }

  /** Begins the handshake; a server's goes on when its client comes. */
  start(): t_tls_ret {
    return this.wasStarted ? TLS_OK : this.port.start(this);
  }

  /** What a client's handshake begins with; undefined: there is no such session. */
  options(): ReturnType<Link['clientOptions']> {
    return this.clientOptions(this.peerName, this.ticket);
  }

  /** Sends one datagram: protected, or, before the handshake was started, as it is. */
  send(data: Uint8Array): t_tls_ret {
    const problem = this.mayNotSend(data);
    if (problem !== TLS_OK) return problem;
    const { engine } = this;
    if (engine === undefined) {
      this.port.transmit(this.address, this.peerPort, data.slice());
      return TLS_OK;
    }
    if (data.length > this.maxPayload) return refuse(TLS_PARAM_ERR, 'DTLS_PMTU_SIZE');
    const accepted = engine.send(data);
    this.flush();
    return accepted === data.length ? TLS_OK : TLS_WAIT;
  }

  /** The longest that `send` takes. */
  get maxPayload(): number {
    return Math.min(this.module.config.TLS_MAX_DATA_LEN, this.engine?.carrier.writeLimit ?? this.port.config.maxDatagram);
  }

  /** A datagram of the peer's passes. */
  noteIn(bytes: Uint8Array): void {
    this.received?.datagram(bytes);
    this.sent?.endFlight();
  }

  /** One of ours passes. */
  noteOut(bytes: Uint8Array): void {
    this.sent?.datagram(bytes);
    this.received?.endFlight();
  }

  /** The next datagram: it stays until `take`. */
  peek(): Uint8Array | undefined {
    return this.#waiting[0];
  }

  take(): void {
    this.#waiting.shift();
    if (this.#waiting.length > 0) notify(this.ntf, IP_NTF_TX_RDY);
  }

  get waitingBytes(): number {
    return this.peek()?.length ?? 0;
  }

  /** TLS_TIMEOUT_ERR instead of TLS_WAIT, once for each flight or heartbeat that went out in vain too often: what sockets give. */
  orTimeout(ret: t_tls_ret): t_tls_ret {
    if (ret !== TLS_WAIT || !this.#timedOut) return ret;
    this.#timedOut = false;
    return TLS_TIMEOUT_ERR;
  }

  override arrived(data: Uint8Array): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    const own = data.slice();
    this.lastMessage = own;
    this.#waiting.push(own);
    if (this.#waiting.length === 1) notify(this.ntf, IP_NTF_TX_RDY);
  }

  override onEvent(event: ConnectionEvent): void {
    if (event.type !== 'retransmission') {
      super.onEvent(event);
      return;
    }
    this.retransmissions++;
    if (!event.exhausted) return;
    this.#timedOut = true;
    notify(this.ntf, DTLS_NTF_TIMEOUT);
  }

  protected override onHandshake(info: ConnectionInfo): void {
    super.onHandshake(info);
    if (this.info !== undefined) this.port.latest = this;
  }

  protected override isExpected(info: ConnectionInfo): boolean {
    return this.port.expects(this, info);
  }

  protected override onHeartbeatLost(payload: Uint8Array): void {
    super.onHeartbeatLost(payload);
    // Over sockets the guide has TLS_TIMEOUT_ERR for it.
    if (this.kind === 'udp') return;
    this.heartbeatLost = false;
    this.#timedOut = true;
  }

  protected override flush(): void {
    this.port.used(this);
  }

  /** close_notify; the place is free. */
  override close(): void {
    if (this.result === TLS_OK) this.engine?.close();
    this.#leave();
  }

  override drop(): void {
    this.engine?.abort();
    this.#leave();
  }

  #leave(): void {
    this.release();
    this.port.leave(this);
  }

  /** The port is closed. */
  lost(): void {
    this.release();
  }
}
