/** The DTLS sockets interface (guide 5.5): polled or blocking, as OAL_PREEMPTIVE says. */
import {
  TLS_CONNST_CLOSED,
  TLS_DTLS_NEW_CONN,
  TLS_INIT_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_FULL_ERR,
  TLS_TIMEOUT_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { DtlsLink, type DtlsPort } from './dtls-port.ts';
import { guarded, refuse } from './guard.ts';
import type { Started } from './link.ts';
import { running, ticketOfConnection } from './module.ts';
import { block, dtlsOf, findSocket, isBlocking, SOCK_DGRAM, type SocketEntry } from './sockets.ts';
import { isAddress, isLength } from './tcp.ts';
import { isNull, peerNameOf } from './tls-tcp.ts';
import { type Ref, TLS_INVALID_CONN_TICKET, type t_dtls_hdl, type t_dtls_socket_hdl, type t_ip_port, type t_tls_ticket } from './types.ts';

/** Connections of clients whose handshake is under way, by socket. */
const underWay = new Map<number, DtlsLink>();
const owners = new WeakMap<DtlsPort, SocketEntry>();

/** The handshake as client. `p_ip_port` may be null where the socket is connected. */
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
    if (isNull(p_conn_hdl)) return TLS_NULL_PTR_ERR;
    const entry = findSocket(sockfd);
    if (entry === undefined || entry.type !== SOCK_DGRAM) return refuse(TLS_NOT_FOUND_ERR, 'no datagram socket has this descriptor');
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    let link = underWay.get(sockfd);
    if (link === undefined) {
      if (isNull(p_ip_port) && entry.peer === undefined) return TLS_NULL_PTR_ERR;
      if (!isNull(p_ip_port) && !isAddress(p_ip_port)) return refuse(TLS_PARAM_ERR, 'p_ip_port');
      if (conn_ticket !== TLS_INVALID_CONN_TICKET && module.sessions.get(conn_ticket) === undefined)
        return refuse(TLS_PARAM_ERR, 'conn_ticket');
      if (module.connections.isFull) return refuse(TLS_FULL_ERR, 'TLS_MAX_CONN_SIZE');
      const to = isNull(p_ip_port) ? entry.peer! : { address: p_ip_port.ipp_ip_addr, port: p_ip_port.ipp_port };
      if (entry.udp === undefined && entry.port === 0) entry.port = clientPort(module);
      const port = dtlsOf(module, entry);
      owners.set(port, entry);
      link = port.client(to.address, to.port, name, conn_ticket);
      underWay.set(sockfd, link);
      const ret = port.start(link, true);
      if (ret !== TLS_OK) {
        underWay.delete(sockfd);
        link.drop();
        return ret;
      }
    }
    p_conn_hdl.value = link.dtlsHandle;
    const ret = settle(entry, link, () => link.handshakeResult);
    if (ret !== TLS_WAIT && ret !== TLS_TIMEOUT_ERR) underWay.delete(sockfd);
    if (ret !== TLS_OK && ret !== TLS_WAIT && ret !== TLS_TIMEOUT_ERR) link.drop();
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
    if (isNull(p_conn_hdl)) return TLS_NULL_PTR_ERR;
    const entry = findSocket(sockfd);
    if (entry === undefined || entry.type !== SOCK_DGRAM) return refuse(TLS_NOT_FOUND_ERR, 'no datagram socket has this descriptor');
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    const port = dtlsOf(module, entry);
    owners.set(port, entry);
    port.maxDatagram = module.config.DTLS_SCKSRV_RCV_SIZE;
    if (!port.serve(Boolean(client_verify), { ntf: null, starts: true, peerName: name }))
      return refuse(TLS_PARAM_ERR, 'client_verify differs from the call before');
    port.step();
    const next = (): t_tls_ret => {
      for (const link of port.arrivals) {
        const ret = link.handshakeResult;
        if (ret === TLS_WAIT) continue;
        port.arrivals.splice(port.arrivals.indexOf(link), 1);
        if (ret === TLS_OK) p_conn_hdl.value = link.dtlsHandle;
        else link.drop();
        return ret;
      }
      return TLS_WAIT;
    };
    let ret = next();
    if (ret === TLS_WAIT && isBlocking()) {
      const done = block(
        () => {
          port.step();
          ret = next();
          return ret !== TLS_WAIT;
        },
        entry.timeout,
        () => port.nextTimeout,
      );
      if (!done) return TLS_TIMEOUT_ERR;
    }
    return ret;
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
    if (isNull(p_buf) || isNull(p_data_len)) return TLS_NULL_PTR_ERR;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    p_data_len.value = 0;
    if (!(p_buf instanceof Uint8Array) || !isLength(buf_size, p_buf)) return refuse(TLS_PARAM_ERR, 'p_buf or buf_size');
    const entry = owners.get(link.port);
    const state = (): t_tls_ret => {
      const ret = link.peek() === undefined ? link.idleResult : TLS_OK;
      return ret === TLS_WAIT && link.port.arrivals.some((one) => one.handshakeResult === TLS_OK) ? TLS_DTLS_NEW_CONN : ret;
    };
    const ret = entry === undefined ? state() : settle(entry, link, state);
    if (ret !== TLS_OK) return ret;
    const datagram = link.peek()!;
    if (datagram.length > buf_size) return refuse(TLS_MEM_ERR, `the datagram has ${datagram.length} bytes`);
    p_buf.set(datagram);
    link.take();
    p_data_len.value = datagram.length;
    return TLS_OK;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function dtls_get_ticket_socket(conn_hdl: t_dtls_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
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
export function dtls_get_state_socket(conn_hdl: t_dtls_hdl): t_tls_conn_status {
  const link = find(conn_hdl);
  return typeof link === 'number' ? TLS_CONNST_CLOSED : link.status;
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

function find(handle: t_dtls_hdl): DtlsLink | t_tls_ret {
  const module = open();
  if (typeof module === 'number') return module;
  const held = module.connections.get(handle as number as never);
  return held instanceof DtlsLink && held.kind === 'dtls-socket' ? held : refuse(TLS_NOT_FOUND_ERR, 'no connection has this handle');
}

/** Waits where calls block; a flight that went out in vain too often is TLS_TIMEOUT_ERR, once. */
function settle(entry: SocketEntry, link: DtlsLink, state: () => t_tls_ret): t_tls_ret {
  const look = (): t_tls_ret => {
    link.port.step();
    const ret = state();
    if (ret !== TLS_WAIT || !link.timedOut) return ret;
    link.timedOut = false;
    return TLS_TIMEOUT_ERR;
  };
  let ret = look();
  if (ret !== TLS_WAIT || !isBlocking()) return ret;
  const done = block(
    () => {
      ret = look();
      return ret !== TLS_WAIT;
    },
    entry.timeout,
    () => link.port.nextTimeout,
  );
  return done ? ret : TLS_TIMEOUT_ERR;
}

let nextClient = 0;

function clientPort(module: Started): number {
  const first = module.config.DTLS_CLIENT_CONN_PORT;
  return first === 0 ? 0 : first + (nextClient++ % Math.min(1_000, 65_536 - first));
}
