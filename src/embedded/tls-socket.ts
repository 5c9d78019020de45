/** The TLS sockets interface (guide 5.4): polled or blocking, as OAL_PREEMPTIVE says. */
import {
  TLS_CONNST_CLOSED,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_IO_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_TIMEOUT_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { guarded, refuse } from './guard.ts';
import { type Started, TlsLink } from './link.ts';
import { running, ticketOfConnection } from './module.ts';
import { block, findSocket, isBlocking, type SocketEntry } from './sockets.ts';
import { isLength } from './tcp.ts';
import { isNull, peerNameOf } from './tls-tcp.ts';
import { type Ref, TLS_INVALID_CONN_TICKET, type t_tls_ticket } from './types.ts';

/** The handshake as client over a connected socket. */
export function tls_client_handshake_socket(sockfd: number, p_peer_name: string | null, conn_ticket: t_tls_ticket): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    if (conn_ticket !== TLS_INVALID_CONN_TICKET && findSocket(sockfd)?.link === undefined && module.sessions.get(conn_ticket) === undefined)
      return refuse(TLS_PARAM_ERR, 'conn_ticket');
    return handshake(module, sockfd, (link) => link.beginClient(name, conn_ticket));
  });
}

/** The handshake as server over an accepted socket. */
export function tls_server_handshake_socket(sockfd: number, b_cli_verify: number, p_peer_name: string | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    return handshake(module, sockfd, (link) => link.beginServer(Boolean(b_cli_verify), name));
  });
}

/** Encrypts and sends. */
export function tls_send_socket(sockfd: number, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const entry = find(sockfd);
    if (typeof entry === 'number') return entry;
    if (!(p_data instanceof Uint8Array) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data or data_len');
    const { link } = entry;
    let ret = link.send(p_data.subarray(0, data_len));
    if (ret === TLS_WAIT && isBlocking()) {
      const done = block(() => {
        link.step();
        ret = link.send(p_data.subarray(0, data_len));
        return ret !== TLS_WAIT;
      }, entry.timeout);
      if (!done) return TLS_TIMEOUT_ERR;
    }
    return ret;
  });
}

/** Decoded data, at most `buf_size` bytes, into the caller's buffer; what is more comes with the next call. */
export function tls_receive_socket(
  sockfd: number,
  pp_buf: Ref<Uint8Array> | null,
  buf_size: number,
  p_data_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    if (isNull(pp_buf) || isNull(p_data_len) || isNull(pp_buf.value)) return TLS_NULL_PTR_ERR;
    const entry = find(sockfd);
    if (typeof entry === 'number') return entry;
    const buffer = pp_buf.value;
    p_data_len.value = 0;
    if (!(buffer instanceof Uint8Array) || !isLength(buf_size, buffer) || buf_size === 0)
      return refuse(TLS_PARAM_ERR, 'pp_buf or buf_size');
    const { link } = entry;
    link.step();
    if (link.waitingBytes === 0 && isBlocking()) {
      const done = block(() => {
        link.step();
        return link.waitingBytes > 0 || link.idleResult !== TLS_WAIT;
      }, entry.timeout);
      if (!done) return TLS_TIMEOUT_ERR;
    }
    const piece = link.take(buf_size);
    if (piece === undefined) return link.idleResult;
    buffer.set(piece);
    p_data_len.value = piece.length;
    return TLS_OK;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function tls_get_ticket_socket(sockfd: number, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_conn_ticket) || typeof p_conn_ticket !== 'object') return TLS_PARAM_ERR;
    const link = findSocket(sockfd)?.link;
    const ticket = link === undefined ? undefined : ticketOfConnection(module, link.handle);
    if (ticket === undefined) return refuse(TLS_NOT_FOUND_ERR, 'the socket has no session');
    p_conn_ticket.value = ticket;
    return TLS_OK;
  });
}

/** How a TLS connection stands. */
export function tls_get_state_socket(sockfd: number): t_tls_conn_status {
  return findSocket(sockfd)?.link?.status ?? TLS_CONNST_CLOSED;
}

/** Closes the TLS connection; the socket is the caller's to close. */
export function tls_close_socket(sockfd: number): t_tls_ret {
  return guarded(() => {
    const entry = find(sockfd);
    if (typeof entry === 'number') return entry;
    const { link } = entry;
    (entry as SocketEntry).link = undefined;
    link.close();
    return TLS_OK;
  });
}

function open(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
  return module.config.TLS_SOCKET_IFC_ENABLE === 1 ? module : refuse(TLS_INIT_ERR, 'TLS_SOCKET_IFC_ENABLE is 0');
}

function find(sockfd: number): (SocketEntry & { link: TlsLink }) | t_tls_ret {
  const module = open();
  if (typeof module === 'number') return module;
  const entry = findSocket(sockfd);
  return entry?.link === undefined
    ? refuse(TLS_NOT_FOUND_ERR, 'no TLS connection on this socket')
    : (entry as SocketEntry & { link: TlsLink });
}

function handshake(module: Started, sockfd: number, begin: (link: TlsLink) => t_tls_ret): t_tls_ret {
  const entry = findSocket(sockfd);
  if (entry === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no socket has this descriptor');
  const { stream } = entry;
  if (stream === undefined) return refuse(TLS_IO_ERR, 'the socket is not connected');
  if (entry.link === undefined) {
    const link = TlsLink.open(module, 'socket', stream, sockfd);
    if (link === undefined) return refuse(TLS_FULL_ERR, 'TLS_MAX_CONN_SIZE');
    entry.link = link;
    const ret = begin(link);
    if (ret !== TLS_OK) {
      entry.link = undefined;
      link.drop();
      return ret;
    }
  }
  const { link } = entry;
  link.step();
  if (isBlocking()) {
    const done = block(() => {
      link.step();
      return link.handshakeResult !== TLS_WAIT;
    }, entry.timeout);
    if (!done) return TLS_TIMEOUT_ERR;
  }
  return link.handshakeResult;
}
