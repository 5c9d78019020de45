/** The TLS sockets interface (guide 5.4): polled or blocking, as OAL_PREEMPTIVE says. */
import { checkPointers, giveTicket, isLength, isNull, isSwitch, isTicket, peerNameOf } from './arguments.ts';
import {
  TLS_CONNST_CLOSED,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_IO_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { guarded, refuse } from './guard.ts';
import { staleTicket } from './link.ts';
import { running, type Started } from './module.ts';
import { findSocket, type SocketEntry, waitFor } from './sockets.ts';
import { type Plan, TlsLink } from './tls-link.ts';
import { type Ref, TLS_INVALID_CONN_TICKET, type t_tls_ticket } from './types.ts';

/** The handshake as client over a connected socket. Polled: call it again until it gives no TLS_WAIT. */
export function tls_client_handshake_socket(sockfd: number, p_peer_name: string | null, conn_ticket: t_tls_ticket): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    if (findSocket(sockfd)?.link === undefined && !isTicket(module, conn_ticket)) return staleTicket();
    return handshake(module, sockfd, { role: 'client', peerName, verify: false, ticket: conn_ticket, isPolled: true });
  });
}

/** The handshake as server over an accepted socket. Polled: call it again until it gives no TLS_WAIT. */
export function tls_server_handshake_socket(sockfd: number, b_cli_verify: number, p_peer_name: string | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined || !isSwitch(b_cli_verify)) return refuse(TLS_PARAM_ERR, 'b_cli_verify or p_peer_name');
    const verify = Boolean(b_cli_verify);
    return handshake(module, sockfd, { role: 'server', peerName, verify, ticket: TLS_INVALID_CONN_TICKET, isPolled: true });
  });
}

/** Encrypts and sends. */
export function tls_send_socket(sockfd: number, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const entry = find(sockfd);
    if (typeof entry === 'number') return entry;
    if (!(p_data instanceof Uint8Array) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data or data_len');
    return waitFor(entry, () => {
      entry.link.step();
      return entry.link.send(p_data.subarray(0, data_len));
    });
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
    let ret = checkPointers(pp_buf, p_data_len);
    if (ret === TLS_OK && isNull(pp_buf!.value)) ret = TLS_NULL_PTR_ERR;
    if (ret !== TLS_OK) return ret;
    p_data_len!.value = 0;
    const entry = find(sockfd);
    if (typeof entry === 'number') return entry;
    const buffer = pp_buf!.value;
    if (!(buffer instanceof Uint8Array) || !isLength(buf_size, buffer) || buf_size === 0)
      return refuse(TLS_PARAM_ERR, 'pp_buf or buf_size');
    const { link } = entry;
    ret = waitFor(entry, () => {
      link.step();
      return link.waitingBytes > 0 ? TLS_OK : link.idleResult;
    });
    const piece = ret === TLS_OK ? link.take(buf_size) : undefined;
    if (piece === undefined) return ret;
    buffer.set(piece);
    p_data_len!.value = piece.length;
    return TLS_OK;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function tls_get_ticket_socket(sockfd: number, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => giveTicket(findSocket(sockfd)?.link, p_conn_ticket));
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

function handshake(module: Started, sockfd: number, plan: Plan): t_tls_ret {
  const entry = findSocket(sockfd);
  if (entry === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no socket has this descriptor');
  const { stream } = entry;
  if (stream === undefined) return refuse(TLS_IO_ERR, 'the socket is not connected');
  if (entry.link === undefined) {
    const link = TlsLink.open(module, 'socket', sockfd, plan, true);
    if (link === undefined) return refuse(TLS_FULL_ERR, 'TLS_MAX_CONN_SIZE');
    const ret = link.attach(stream);
    if (ret !== TLS_OK) {
      link.drop();
      return ret;
    }
    entry.link = link;
  }
  const { link } = entry;
  return waitFor(entry, () => {
    link.step();
    return link.handshakeResult;
  });
}
