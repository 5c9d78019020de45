/** The port of one DTLS client over native UDP: one connection, and the port goes with it. */
import { DropTally } from '../record/datagram/drops.ts';
import { TLS_IO_ERR, TLS_OK, type t_tls_ret } from './constants.ts';
import { DtlsLink } from './dtls-link.ts';
import { DtlsPort } from './dtls-port.ts';
import { staleTicket } from './link.ts';
import type { Started } from './module.ts';
import type { StackDatagram, StackUdp } from './stack.ts';
import type { t_ip_port, t_tls_ticket } from './types.ts';

/** Ports that are tried. */
const MAX_REFUSALS = 16;

export class DtlsClientPort extends DtlsPort {
  readonly link: DtlsLink;
  readonly #open: () => StackUdp;
  #refusals = 0;
  #closing = false;

  /** `open` gives another port each time. */
  constructor(module: Started, open: () => StackUdp, to: t_ip_port, peerName: string, ticket: t_tls_ticket) {
    super(module, 'udp', open(), new DropTally());
    this.#open = open;
    this.link = new DtlsLink(this, to.ipp_ip_addr, to.ipp_port, true);
    this.link.peerName = peerName;
    this.link.ticket = ticket;
  }

  start(link: DtlsLink): t_tls_ret {
    const options = link.options();
    if (options === undefined) return staleTicket();
    link.wasStarted = true;
    const { composition, running } = this.module;
    link.engine = composition.dtlsClient(running.client('dtls'), this.config, options);
    link.engine.onWake = this.onMove;
    this.step();
    return TLS_OK;
  }

  used(): void {
    this.step();
  }

  leave(): void {
    this.#closing = true;
    this.step();
  }

  get nextTimeout(): number {
    return this.link.engine?.nextTimeout ?? Number.POSITIVE_INFINITY;
  }

  protected get isDone(): boolean {
    return this.#closing;
  }

  /** Another one may be free. What was sent is lost, as datagrams are. */
  protected onRefused(): void {
    if (++this.#refusals > MAX_REFUSALS) this.link.fail(TLS_IO_ERR);
    else this.listen(this.#open());
  }

  protected receive({ address, port, bytes }: StackDatagram): void {
    const { link } = this;
    if (port !== link.peerPort || !isSameAddress(address, link.address)) return;
    link.noteIn(bytes);
    if (link.engine === undefined) link.arrived(bytes);
    else link.engine.receive(bytes);
  }

  protected tick(now: number): void {
    this.link.engine?.tick(now);
  }

  protected turn(): void {
    const { link } = this;
    const connection = link.engine;
    if (connection === undefined) return;
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
      if (!this.#closing) link.onEvent(event);
      // RFC 5246 §7.2.1: the other party answers with a close_notify of its own.
      if (event.type === 'end') connection.close();
    }
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) {
      link.noteOut(out);
      this.transmit(link.address, link.peerPort, out);
    }
  }

  protected abandon(): void {
    if (!this.#closing) this.link.lost();
  }
}

/** IPv6 addresses have more than one form. What is another's does not authenticate. */
function isSameAddress(from: string, to: string): boolean {
  return from === to || to.includes(':');
}
