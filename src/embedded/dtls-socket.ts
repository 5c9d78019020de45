/** The DTLS sockets interface (guide 5.5): polled or blocking, as OAL_PREEMPTIVE says. */
import { checkPointers, clear, giveTicket, isAddress, isLength, isNull, isSwitch, isTicket, peerNameOf } from './arguments.ts';
import {
  TLS_CONNST_CLOSED,
  TLS_DTLS_NEW_CONN,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_TIMEOUT_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { DtlsLink } from './dtls-link.ts';
import { DtlsSharedPort } from './dtls-shared-port.ts';
import { clientPort } from './dtls-udp.ts';
import { guarded, refuse } from './guard.ts';
import { staleTicket } from './link.ts';
import { running, type Started } from './module.ts';
import { dtlsOf, findSocket, SOCK_DGRAM, type SocketEntry, waitFor } from './sockets.ts';
import { DTLS_INVALID_UDP_HDL, type Ref, type t_dtls_hdl, type t_dtls_socket_hdl, type t_ip_port, type t_tls_ticket } from './types.ts';

/** Connections of clients whose handshake is under way, by socket. */
const underWay = new Map<number, DtlsLink>();
const owners = new WeakMap<DtlsLink['port'], SocketEntry>();

/** The handshake as client. `p_ip_port` may be null where the socket is connected. Polled: call it again until it gives no TLS_WAIT. */
export function dtls_client_handshake_socket(
  sockfd: number,
  p_ip_port: t_ip_port | null,
  p_peer_name: string | null,
  conn_ticket: t_tls_ticket,
  p_conn_hdl: Ref<t_dtls_hdl> | null,
): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const bad = checkPointers(p_conn_hdl);
    if (bad !== TLS_OK) return bad;
    clear(p_conn_hdl, DTLS_INVALID_UDP_HDL);
    const entry = findDatagramSocket(sockfd);
    if (typeof entry === 'number') return entry;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    const link = underWay.get(sockfd) ?? begin(module, entry, p_ip_port, peerName, conn_ticket);
    if (typeof link === 'number') return link;
    p_conn_hdl!.value = link.dtlsHandle;
    const ret = settle(entry, link, () => link.handshakeResult);
    if (ret === TLS_WAIT || ret === TLS_TIMEOUT_ERR) return ret;
    underWay.delete(sockfd);
    if (ret !== TLS_OK) link.drop();
    return ret;
  });
}

/** The handshake as server: TLS_OK with the handle of a client whose handshake is over. Call it again for further clients. */
export function dtls_server_handshake_socket(
  sockfd: number,
  client_verify: number,
  p_peer_name: string | null,
  p_conn_hdl: Ref<t_dtls_socket_hdl> | null,
): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const bad = checkPointers(p_conn_hdl);
    if (bad !== TLS_OK) return bad;
    const entry = findDatagramSocket(sockfd);
    if (typeof entry === 'number') return entry;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined || !isSwitch(client_verify)) return refuse(TLS_PARAM_ERR, 'client_verify or p_peer_name');
    const port = portOf(module, entry);
    port.maxDatagram = Math.min(port.maxDatagram, module.config.DTLS_SCKSRV_RCV_SIZE);
    if (!port.serve(Boolean(client_verify), { ntf: null, starts: true, peerName }))
      return refuse(TLS_PARAM_ERR, 'client_verify differs from the call before');
    clear(p_conn_hdl, DTLS_INVALID_UDP_HDL);
    const next = (): t_tls_ret => {
      port.step();
      const link = port.arrivals.find((one) => one.handshakeResult !== TLS_WAIT);
      if (link === undefined) return TLS_WAIT;
      port.arrivals.splice(port.arrivals.indexOf(link), 1);
      if (link.handshakeResult === TLS_OK) p_conn_hdl!.value = link.dtlsHandle;
      else link.drop();
      return link.handshakeResult;
    };
    return waitFor(entry, next, () => port.nextTimeout);
  });
}

/** Sends one datagram. */
export function dtls_send_socket(conn_hdl: t_dtls_hdl, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (!(p_data instanceof Uint8Array) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data or data_len');
    return link.send(p_data.subarray(0, data_len));
  });
}

/**
 * The next datagram into the caller's buffer. TLS_MEM_ERR: it is longer than `buf_size` and stays. TLS_DTLS_NEW_CONN: there is
 * none, but another client has come; `dtls_server_handshake_socket` gives its handle.
 */
export function dtls_receive_socket(
  conn_hdl: t_dtls_hdl,
  p_buf: Uint8Array | null,
  buf_size: number,
  p_data_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    const bad = checkPointers(p_buf, p_data_len);
    if (bad !== TLS_OK) return bad;
    p_data_len!.value = 0;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (!(p_buf instanceof Uint8Array) || !isLength(buf_size, p_buf)) return refuse(TLS_PARAM_ERR, 'p_buf or buf_size');
    const { port } = link;
    const ret = settle(owners.get(port)!, link, () => {
      const idle = link.peek() === undefined ? link.idleResult : TLS_OK;
      const others = port instanceof DtlsSharedPort ? port.arrivals : [];
      return idle === TLS_WAIT && others.some((one) => one.handshakeResult === TLS_OK) ? TLS_DTLS_NEW_CONN : idle;
    });
    if (ret !== TLS_OK) return ret;
    const datagram = link.peek()!;
    if (datagram.length > buf_size) return refuse(TLS_MEM_ERR, `the datagram has ${datagram.length} bytes`);
    p_buf.set(datagram);
    link.take();
    p_data_len!.value = datagram.length;
    return TLS_OK;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function dtls_get_ticket_socket(conn_hdl: t_dtls_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => giveTicket(linkOf(conn_hdl), p_conn_ticket));
}

/** How a DTLS connection stands. */
export function dtls_get_state_socket(conn_hdl: t_dtls_hdl): t_tls_conn_status {
  return linkOf(conn_hdl)?.status ?? TLS_CONNST_CLOSED;
}

/** Closes the DTLS connection; the socket is the caller's to close. */
export function dtls_close_socket(p_conn_hdl: t_dtls_socket_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(p_conn_hdl);
    if (typeof link === 'number') return link;
    for (const [fd, one] of underWay) if (one === link) underWay.delete(fd);
    link.close();
    return TLS_OK;
  });
}

function open(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
  const { DTLS_IFC_ENABLE, DTLS_SOCKET_IFC_ENABLE } = module.config;
  return DTLS_IFC_ENABLE === 1 && DTLS_SOCKET_IFC_ENABLE === 1
    ? module
    : refuse(TLS_INIT_ERR, 'DTLS_IFC_ENABLE or DTLS_SOCKET_IFC_ENABLE is 0');
}

function findDatagramSocket(sockfd: number): SocketEntry | t_tls_ret {
  const entry = findSocket(sockfd);
  return entry?.type === SOCK_DGRAM ? entry : refuse(TLS_NOT_FOUND_ERR, 'no datagram socket has this descriptor');
}

function find(handle: t_dtls_hdl): DtlsLink | t_tls_ret {
  const module = open();
  if (typeof module === 'number') return module;
  return linkOf(handle) ?? refuse(TLS_NOT_FOUND_ERR, 'no connection has this handle');
}

function linkOf(handle: t_dtls_hdl): DtlsLink | undefined {
  const held = running()?.connections.get(handle as number as never);
  return held instanceof DtlsLink && held.kind === 'dtls-socket' ? held : undefined;
}

function portOf(module: Started, entry: SocketEntry): DtlsSharedPort {
  const port = dtlsOf(module, entry);
  owners.set(port, entry);
  return port;
}

/** A client's connection, and its handshake. */
function begin(
  module: Started,
  entry: SocketEntry,
  p_ip_port: t_ip_port | null,
  peerName: string,
  ticket: t_tls_ticket,
): DtlsLink | t_tls_ret {
  if (isNull(p_ip_port) && entry.peer === undefined) return TLS_NULL_PTR_ERR;
  if (!isNull(p_ip_port) && !isAddress(p_ip_port)) return refuse(TLS_PARAM_ERR, 'p_ip_port');
  if (!isTicket(module, ticket)) return staleTicket();
  if (module.connections.isFull) return refuse(TLS_FULL_ERR, 'TLS_MAX_CONN_SIZE');
  const to = isNull(p_ip_port) ? entry.peer! : { address: p_ip_port.ipp_ip_addr, port: p_ip_port.ipp_port };
  if (entry.udp === undefined && entry.port === 0) entry.port = clientPort(module);
  const link = portOf(module, entry).client(to.address, to.port);
  link.peerName = peerName;
  link.ticket = ticket;
  const ret = link.start();
  if (ret !== TLS_OK) {
    link.drop();
    return ret;
  }
  underWay.set(entry.fd, link);
  return link;
}

/** Waits where calls block; a flight that went out in vain too often is TLS_TIMEOUT_ERR, once. */
function settle(entry: SocketEntry, link: DtlsLink, state: () => t_tls_ret): t_tls_ret {
  const look = (): t_tls_ret => {
    link.port.step();
    return link.orTimeout(state());
  };
  return waitFor(entry, look, () => link.port.nextTimeout);
}
