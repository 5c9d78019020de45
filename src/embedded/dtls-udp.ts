/** The DTLS native UDP interface (guide 5.3): event-driven, nothing blocks, results come as notifications. */
import {
  TLS_CONNST_CLOSED,
  TLS_CONNST_OPERATING,
  TLS_DTLS_CONNECT_ERR,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_TCP_CONN_INF_FLAG_START,
  TLS_TCP_CONN_INF_FLAG_VERIFY,
  TLS_WAIT,
  type t_ip_ret,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { DtlsLink, DtlsPort } from './dtls-port.ts';
import { guarded, refuse } from './guard.ts';
import { ipBuffers, ip_release_proto_buf } from './ip.ts';
import type { Started } from './link.ts';
import { nativeStack, running, ticketOfConnection } from './module.ts';
import { Slots } from './slots.ts';
import type { StackUdp } from './stack.ts';
import { isAddress, isLength, isPort } from './tcp.ts';
import { checkInf, giveBuffer, isNull, peerNameOf } from './tls-tcp.ts';
import {
  type Ref,
  TLS_INVALID_CONN_TICKET,
  type t_dtls_hdl,
  type t_ip_ntf,
  type t_ip_port,
  type t_tls_conn_inf,
  type t_tls_ticket,
  type t_udp_hdl,
  type t_udp_port_hdl,
} from './types.ts';

interface UdpEntry {
  readonly port: DtlsPort;
  /** Opened by dtls_udp_srv_open, and not only as a port. */
  readonly isServer: boolean;
}
const udpPorts: Slots<UdpEntry, 'udp'> = new Slots(1024);
/** Which connections are a client's. */
const clients = new WeakSet<DtlsLink>();

/** Starts the handshake of a connection that was made without the START flag. */
export function dtls_start_udp(conn_hdl: t_dtls_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    return link.port.start(link, clients.has(link));
  });
}

/** Closes a DTLS connection. */
export function dtls_close_udp(conn_hdl: t_dtls_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    link.close();
    return TLS_OK;
  });
}

/** Starts a DTLS server: clients that connect get connections by themselves, told to the notify structure of `p_inf`. */
export function dtls_udp_srv_open(port: number, p_inf: t_tls_conn_inf | null, p_conn_hdl: Ref<t_udp_hdl> | null): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_inf) || isNull(p_conn_hdl)) return TLS_NULL_PTR_ERR;
    if (!isPort(port, 0)) return refuse(TLS_PARAM_ERR, 'port');
    const problem = checkInf(p_inf);
    if (problem !== undefined) return refuse(TLS_PARAM_ERR, problem);
    const peerName = peerNameOf(module, p_inf.p_tci_peer_name);
    if (peerName === undefined) return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    if (serverCount() >= module.config.DTLS_UDP_MAX_PORT_SRV_CNT) return refuse(TLS_FULL_ERR, 'DTLS_UDP_MAX_PORT_SRV_CNT');
    const flags = p_inf.tci_flags ?? 0;
    const entry = new DtlsPort(module, 'udp', nativeStack().udp('0.0.0.0', port));
    entry.serve((flags & TLS_TCP_CONN_INF_FLAG_VERIFY) !== 0, {
      ntf: p_inf.p_tci_ntf ?? null,
      starts: (flags & TLS_TCP_CONN_INF_FLAG_START) !== 0,
      peerName,
    });
    p_conn_hdl.value = udpPorts.add({ port: entry, isServer: true })!;
    return TLS_OK;
  });
}

/** Closes a DTLS server. Fails while it has connections. */
export function dtls_udp_srv_close(conn_hdl: t_udp_hdl): t_tls_ret {
  return guarded(() => {
    const entry = udpPorts.get(conn_hdl);
    if (entry === undefined) return TLS_NOT_FOUND_ERR;
    if (entry.port.links > 0) return refuse(TLS_DTLS_CONNECT_ERR, `${entry.port.links} connections are open`);
    udpPorts.remove(conn_hdl);
    entry.port.destroy();
    return TLS_OK;
  });
}

/** The connection of a server that was established last. */
export function dtls_get_srv_conn_udp(srv_hdl: t_udp_hdl, p_conn_hdl: Ref<t_dtls_hdl> | null): t_tls_ret {
  return guarded(() => {
    if (isNull(p_conn_hdl)) return TLS_NULL_PTR_ERR;
    const latest = udpPorts.get(srv_hdl)?.port.latest;
    if (latest === undefined) return TLS_NOT_FOUND_ERR;
    p_conn_hdl.value = latest.dtlsHandle;
    return TLS_OK;
  });
}

/**
 * Accepts a client on a port. With a notify structure the handle may be one that waits for its client; without one, TLS_WAIT
 * says that nobody has come yet.
 */
export function dtls_accept_udp(
  udp_port_hdl: t_udp_port_hdl,
  p_inf: t_tls_conn_inf | null,
  p_ip_port: Ref<t_ip_port> | null,
  p_dtls_conn_hdl: Ref<t_dtls_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_inf) || isNull(p_ip_port) || isNull(p_dtls_conn_hdl)) return TLS_NULL_PTR_ERR;
    const entry = udpPorts.get(udp_port_hdl);
    if (entry === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no port has this handle');
    const problem = checkInf(p_inf);
    if (problem !== undefined) return refuse(TLS_PARAM_ERR, problem);
    const peerName = peerNameOf(module, p_inf.p_tci_peer_name);
    if (peerName === undefined) return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    const { port } = entry;
    const flags = p_inf.tci_flags ?? 0;
    const ntf = p_inf.p_tci_ntf ?? null;
    const starts = (flags & TLS_TCP_CONN_INF_FLAG_START) !== 0;
    if (!port.serve((flags & TLS_TCP_CONN_INF_FLAG_VERIFY) !== 0, { ntf: null, starts, peerName: '' }))
      return refuse(TLS_PARAM_ERR, 'the port accepts with another setting of VERIFY');
    port.step();
    const waiting = port.arrivals.shift() ?? (starts ? undefined : port.latest);
    if (waiting !== undefined) {
      port.latest = undefined;
      waiting.ntf = ntf;
      waiting.peerName = peerName;
      p_ip_port.value = { ipp_ip_addr: waiting.address, ipp_port: waiting.peerPort };
      p_dtls_conn_hdl.value = waiting.dtlsHandle;
      return TLS_OK;
    }
    if (ntf === null || !starts) return TLS_WAIT;
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    // The place is taken now, the address comes with the client.
    const link = new DtlsLink(port, '', 0);
    link.ntf = ntf;
    link.peerName = peerName;
    port.pending.push({ link, settled: (address, peerPort) => (p_ip_port.value = { ipp_ip_addr: address, ipp_port: peerPort }) });
    p_dtls_conn_hdl.value = link.dtlsHandle;
    return TLS_OK;
  });
}

/** Connects to a server, and with the START flag begins the handshake at once. */
export function dtls_connect_udp(
  p_ip_port: t_ip_port | null,
  p_inf: t_tls_conn_inf | null,
  conn_ticket: t_tls_ticket,
  p_conn_hdl: Ref<t_dtls_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_ip_port) || isNull(p_inf) || isNull(p_conn_hdl)) return TLS_NULL_PTR_ERR;
    const problem = isAddress(p_ip_port) ? checkInf(p_inf) : 'p_ip_port';
    if (problem !== undefined) return refuse(TLS_PARAM_ERR, problem);
    if (isNull(p_inf.p_tci_peer_name) || p_inf.p_tci_peer_name === '') return refuse(TLS_PARAM_ERR, 'p_tci_peer_name is needed');
    const name = peerNameOf(module, p_inf.p_tci_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    if (conn_ticket !== TLS_INVALID_CONN_TICKET && module.sessions.get(conn_ticket) === undefined)
      return refuse(TLS_PARAM_ERR, 'conn_ticket');
    const port = new DtlsPort(module, 'udp', clientUdp(module, p_ip_port.ipp_ip_addr));
    const link = port.client(p_ip_port.ipp_ip_addr, p_ip_port.ipp_port, name, conn_ticket);
    port.isSingle = true;
    clients.add(link);
    link.ntf = p_inf.p_tci_ntf ?? null;
    p_conn_hdl.value = link.dtlsHandle;
    return ((p_inf.tci_flags ?? 0) & TLS_TCP_CONN_INF_FLAG_START) === 0 ? TLS_OK : port.start(link, true);
  });
}

/** Sends what is in an IP buffer as one datagram. On TLS_OK the buffer is the module's; else it stays the caller's. */
export function dtls_send_udp(conn_hdl: t_dtls_hdl, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (!ipBuffers.has(p_data) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data is no IP buffer of this length');
    const ret = link.send(p_data.subarray(0, data_len));
    if (ret === TLS_OK) ipBuffers.give(p_data);
    return ret;
  });
}

/** The next decoded datagram, in an IP buffer that the caller gives back with `udp_release_buf` or sends on. */
export function dtls_receive_udp(conn_hdl: t_dtls_hdl, pp_buf: Ref<Uint8Array | null> | null, p_data_len: Ref<number> | null): t_tls_ret {
  return guarded(() => {
    if (isNull(pp_buf) || isNull(p_data_len)) return TLS_PARAM_ERR;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    p_data_len.value = 0;
    for (let datagram = link.peek(); datagram !== undefined; datagram = link.peek()) {
      if (datagram.length > ipBuffers.size) {
        link.port.tooLong++;
        link.take();
        continue;
      }
      const buffer = ipBuffers.take();
      if (buffer === undefined) return TLS_MEM_ERR;
      buffer.set(datagram);
      link.take();
      pp_buf.value = buffer;
      p_data_len.value = datagram.length;
      return TLS_OK;
    }
    return link.idleResult;
  });
}

/** An IP buffer for data to send. `timeout` has no effect: nothing blocks here. */
export function dtls_get_buffer_udp(
  conn_hdl: t_dtls_hdl,
  data_len: number,
  pp_buf: Ref<Uint8Array | null> | null,
  _timeout: number,
  p_ntf: t_ip_ntf | null,
  p_buf_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    if (isNull(pp_buf) || isNull(p_buf_len)) return TLS_NULL_PTR_ERR;
    if (!Number.isInteger(data_len) || data_len < 0 || data_len > 0xffff) return refuse(TLS_PARAM_ERR, 'data_len');
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (link.started && link.status !== TLS_CONNST_OPERATING) return link.handshakeResult === TLS_OK ? TLS_IO_ERR : link.handshakeResult;
    const most = link.association === undefined ? link.module.config.TLS_MAX_DATA_LEN : link.association.maxPayload;
    return giveBuffer(data_len, most, pp_buf, p_ntf, p_buf_len);
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function dtls_get_ticket_udp(conn_hdl: t_dtls_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => {
    if (isNull(p_conn_ticket) || typeof p_conn_ticket !== 'object') return TLS_PARAM_ERR;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    const ticket = ticketOfConnection(link.module, link.handle);
    if (ticket === undefined) return refuse(TLS_NOT_FOUND_ERR, 'the connection has no session');
    p_conn_ticket.value = ticket;
    return TLS_OK;
  });
}

/** How a DTLS connection stands. */
export function dtls_get_state_udp(conn_hdl: t_dtls_hdl): t_tls_conn_status {
  const link = find(conn_hdl);
  return typeof link === 'number' ? TLS_CONNST_CLOSED : link.status;
}

// --- the UDP layer below, as the samples use it ---

/** Opens a UDP port on which `dtls_accept_udp` accepts; 0: any. */
export function udp_open(port: number, p_port_hdl: Ref<t_udp_port_hdl> | null): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_port_hdl)) return TLS_NULL_PTR_ERR;
    if (!isPort(port, 0)) return refuse(TLS_PARAM_ERR, 'port');
    p_port_hdl.value = udpPorts.add({ port: new DtlsPort(module, 'udp', nativeStack().udp('0.0.0.0', port)), isServer: false })!;
    return TLS_OK;
  });
}

/** The number of an open port; TLS_WAIT until it is known. */
export function udp_get_port(port_hdl: t_udp_port_hdl, p_port: Ref<number> | null): t_ip_ret {
  if (isNull(p_port)) return TLS_NULL_PTR_ERR;
  const entry = udpPorts.get(port_hdl);
  if (entry === undefined) return TLS_NOT_FOUND_ERR;
  if (entry.port.udp.failed) return refuse(TLS_IO_ERR, 'the port cannot be opened');
  p_port.value = entry.port.udp.port;
  return p_port.value === 0 ? TLS_WAIT : TLS_OK;
}

/** Gives an IP buffer back. */
export function udp_release_buf(p_buf: Uint8Array | null): t_ip_ret {
  return isNull(p_buf) ? TLS_NULL_PTR_ERR : ip_release_proto_buf(p_buf);
}

/** Whether something was dropped on a connection's port since the last call: TLS_DROP_MESSAGE, TLS_DTLS_DROP_FRMSG or TLS_OK. Beyond the guide. */
export function dtls_get_drop(conn_hdl: t_dtls_hdl): t_tls_ret {
  const held = running()?.connections.get(conn_hdl as number as never);
  return held instanceof DtlsLink ? held.port.takeDrop() : TLS_NOT_FOUND_ERR;
}

// --- helpers ---

function open(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
  const { DTLS_IFC_ENABLE, DTLS_UDP_IFC_ENABLE } = module.config;
  return DTLS_IFC_ENABLE === 1 && DTLS_UDP_IFC_ENABLE === 1 ? module : refuse(TLS_INIT_ERR, 'DTLS_IFC_ENABLE or DTLS_UDP_IFC_ENABLE is 0');
}

function find(handle: t_dtls_hdl): DtlsLink | t_tls_ret {
  const module = open();
  if (typeof module === 'number') return module;
  const held = module.connections.get(handle as number as never);
  return held instanceof DtlsLink && held.kind === 'udp' ? held : refuse(TLS_NOT_FOUND_ERR, 'no connection has this handle');
}

function serverCount(): number {
  let count = 0;
  for (const entry of udpPorts) if (entry.isServer) count++;
  return count;
}

let nextClient = 0;

/** DTLS_CLIENT_CONN_PORT and the ports behind it, one after the other. */
function clientUdp(module: Started, to: string): StackUdp {
  const first = module.config.DTLS_CLIENT_CONN_PORT;
  const address = to.includes(':') ? '::' : '0.0.0.0';
  if (first === 0) return nativeStack().udp(address, 0);
  const port = first + (nextClient++ % Math.min(1_000, 65_536 - first));
  return nativeStack().udp(address, port);
}
