/** The TLS native TCP interface (guide 5.2): event-driven, nothing blocks, results come as notifications. */
import {
  checkBufferArguments,
  checkPointers,
  clear,
  NOWHERE,
  giveBuffer,
  giveTicket,
  isAddress,
  isNull,
  isSwitch,
  isTicket,
  mayGiveBuffer,
  nothingReceived,
  parametersOf,
  peerNameOf,
  sendBuffer,
} from './arguments.ts';
import {
  TLS_CONNST_CLOSED,
  TLS_INIT_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_ip_ret,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { guarded, refuse } from './guard.ts';
import { ipBuffers, notify } from './ip.ts';
import { staleTicket } from './link.ts';
import { running, type Started } from './module.ts';
import type { StackStream } from './stack.ts';
import { nativeStack } from './stacks.ts';
import { attach, dropConnection, newConnection, remoteOf, tcpConnections, type TcpConnection, tcpPorts } from './tcp.ts';
import { type Plan, TlsLink } from './tls-link.ts';
import {
  type Ref,
  TCP_INVALID_CONN_HDL,
  TLS_INVALID_CONN_TICKET,
  type t_ip_ntf,
  type t_ip_port,
  type t_tcp_conn_hdl,
  type t_tcp_port_hdl,
  type t_tls_conn_inf,
  type t_tls_ticket,
} from './types.ts';

/** Connection handles by TCP handle, kept as long as their sessions: a closed connection can be resumed. */
const origins = new Map<t_tcp_conn_hdl, number>();
const MAX_ORIGINS = 4096;

/** Starts the TLS handshake of a connection of `tls_tcp_connect` or `tls_tcp_accept` without the START flag. */
export function tls_start_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(conn_hdl);
    return typeof link === 'number' ? link : link.start();
  });
}

/** Closes the TLS connection: close_notify, and the TCP connection with it. */
export function tls_close_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (!link.started) {
      dropConnection(tcpConnections.get(conn_hdl)!);
      return TLS_OK;
    }
    tcpConnections.remove(conn_hdl);
    link.close();
    return TLS_OK;
  });
}

/** The handshake as client over an established TCP connection: call it again until it gives no TLS_WAIT. */
export function tls_client_handshake_tcp(conn_hdl: t_tcp_conn_hdl, p_peer_name: string | null, resume_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    let ticket: t_tls_ticket = TLS_INVALID_CONN_TICKET;
    if (resume_hdl !== TCP_INVALID_CONN_HDL && connection.link === undefined) {
      const found = module.sessions?.ticketOf(origins.get(resume_hdl) ?? 0);
      if (found === undefined) return refuse(TLS_NOT_FOUND_ERR, 'resume_hdl has no session');
      ticket = found;
    }
    return poll(module, connection, { role: 'client', peerName, verify: false, ticket, isPolled: true });
  });
}

/** The handshake as server over an established TCP connection: call it again until it gives no TLS_WAIT. */
export function tls_server_handshake_tcp(conn_hdl: t_tcp_conn_hdl, client_verify: number, p_peer_name: string | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const peerName = peerNameOf(module, p_peer_name);
    if (peerName === undefined || !isSwitch(client_verify)) return refuse(TLS_PARAM_ERR, 'client_verify or p_peer_name');
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    return poll(module, connection, {
      role: 'server',
      peerName,
      verify: Boolean(client_verify),
      ticket: TLS_INVALID_CONN_TICKET,
      isPolled: true,
    });
  });
}

/**
 * Accepts a connection. With a notify structure the handle may be one that waits for its connection; the notification tells
 * when the handshake is over. Without one, TLS_WAIT says that nobody has connected yet.
 */
export function tls_tcp_accept(
  tcp_port_hdl: t_tcp_port_hdl,
  p_inf: t_tls_conn_inf | null,
  p_ip_port: Ref<t_ip_port> | null,
  p_tcp_conn_hdl: Ref<t_tcp_conn_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_inf, p_ip_port, p_tcp_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_tcp_conn_hdl, TCP_INVALID_CONN_HDL);
    clear(p_ip_port, { ...NOWHERE });
    const port = tcpPorts.get(tcp_port_hdl);
    if (port === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no port has this handle');
    const parameters = parametersOf(module, p_inf!);
    if (parameters === undefined) return refuse(TLS_PARAM_ERR, 'p_inf');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    const { ntf, peerName, starts, verifies } = parameters;
    const stream = port.listener.accept();
    if (stream === undefined && ntf === null) return TLS_WAIT;
    const plan: Plan = { role: 'server', peerName, verify: verifies, ticket: TLS_INVALID_CONN_TICKET, isPolled: false };
    const connection = connectionFor(module, plan, ntf, starts);
    if (connection === undefined) {
      stream?.destroy();
      return TLS_WAIT;
    }
    p_tcp_conn_hdl!.value = connection.handle;
    if (stream === undefined) {
      connection.port = port;
      port.pending.push({ connection, p_ip_port, ready: () => attachLink(connection) });
      return TLS_OK;
    }
    p_ip_port!.value = remoteOf(stream);
    attach(connection, stream);
    attachLink(connection);
    return TLS_OK;
  });
}

/** Connects, and with the START flag begins the handshake at once. */
export function tls_tcp_connect(
  p_ip_port: t_ip_port | null,
  p_inf: t_tls_conn_inf | null,
  conn_ticket: t_tls_ticket,
  p_tcp_conn_hdl: Ref<t_tcp_conn_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_ip_port, p_inf, p_tcp_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_tcp_conn_hdl, TCP_INVALID_CONN_HDL);
    if (!isAddress(p_ip_port!)) return refuse(TLS_PARAM_ERR, 'p_ip_port');
    const parameters = parametersOf(module, p_inf!);
    if (parameters === undefined || parameters.peerName === '') return refuse(TLS_PARAM_ERR, 'p_inf, or it has no p_tci_peer_name');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    if (!isTicket(module, conn_ticket)) return staleTicket();
    const { ntf, peerName, starts } = parameters;
    const connection = connectionFor(
      module,
      { role: 'client', peerName, verify: false, ticket: conn_ticket, isPolled: false },
      ntf,
      starts,
    );
    if (connection === undefined) return TLS_WAIT;
    p_tcp_conn_hdl!.value = connection.handle;
    const stream = nativeStack().connect(p_ip_port!.ipp_ip_addr, p_ip_port!.ipp_port);
    attach(connection, stream);
    limitConnect(connection, stream, p_inf!.tci_timeout);
    attachLink(connection);
    return TLS_OK;
  });
}

/** Encrypts and sends what is in an IP buffer. On TLS_OK the buffer is the module's; else it stays the caller's. */
export function tls_send_tcp(conn_hdl: t_tcp_conn_hdl, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const link = find(conn_hdl);
    return typeof link === 'number' ? link : sendBuffer(link, p_data, data_len);
  });
}

/** The next decoded data, in an IP buffer that the caller gives back with `tcp_release_buf` or sends on. */
export function tls_receive_tcp(
  conn_hdl: t_tcp_conn_hdl,
  pp_buf: Ref<Uint8Array | null> | null,
  p_data_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    if (checkPointers(pp_buf, p_data_len) !== TLS_OK) return TLS_PARAM_ERR;
    clear(pp_buf, null);
    clear(p_data_len, 0);
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    if (!link.started && link.result === TLS_OK) return TLS_WAIT;
    if (link.waitingBytes === 0) return nothingReceived(link);
    const buffer = ipBuffers.take();
    if (buffer === undefined) return refuse(TLS_MEM_ERR, 'all IP buffers are in use');
    const piece = link.take(ipBuffers.size)!;
    buffer.set(piece);
    pp_buf!.value = buffer;
    p_data_len!.value = piece.length;
    return TLS_OK;
  });
}

/** An IP buffer for data to send: as long as asked for, or as long as there is. `timeout` has no effect: nothing blocks here. */
export function tls_get_buffer_tcp(
  conn_hdl: t_tcp_conn_hdl,
  data_len: number,
  pp_buf: Ref<Uint8Array | null> | null,
  _timeout: number,
  p_ntf: t_ip_ntf | null,
  p_buf_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    let ret = checkBufferArguments(data_len, pp_buf, p_ntf, p_buf_len);
    if (ret !== TLS_OK) return ret;
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    ret = link.started ? mayGiveBuffer(link) : TLS_WAIT;
    return ret === TLS_OK ? giveBuffer(data_len, link.module.config.TLS_MAX_DATA_LEN, pp_buf!, p_ntf, p_buf_len!) : ret;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function tls_get_ticket_tcp(conn_hdl: t_tcp_conn_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => giveTicket(tcpConnections.get(conn_hdl)?.link, p_conn_ticket));
}

/** How a TLS connection stands. */
export function tls_get_state_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_conn_status {
  return tcpConnections.get(conn_hdl)?.link?.status ?? TLS_CONNST_CLOSED;
}

// --- helpers ---

function open(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
  return module.config.TLS_TCPIP_IFC_ENABLE === 1 ? module : refuse(TLS_INIT_ERR, 'TLS_TCPIP_IFC_ENABLE is 0');
}

function find(conn_hdl: t_tcp_conn_hdl): TlsLink | t_tls_ret {
  const module = open();
  if (typeof module === 'number') return module;
  return tcpConnections.get(conn_hdl)?.link ?? refuse(TLS_NOT_FOUND_ERR, 'no connection has this handle');
}

/** A TCP connection with a place for TLS on it; undefined: all are taken below. */
function connectionFor(module: Started, plan: Plan, ntf: t_ip_ntf | null, starts: boolean): TcpConnection | undefined {
  const connection = newConnection(ntf);
  if (connection !== undefined) linkFor(module, connection, plan, starts);
  return connection;
}

/** Undefined when all places for TLS are taken. */
function linkFor(module: Started, connection: TcpConnection, plan: Plan, starts: boolean): TlsLink | undefined {
  const link = TlsLink.open(module, 'tcp', connection.handle, plan, starts);
  if (link === undefined) return undefined;
  connection.link = link;
  link.ntf = connection.ntf;
  origins.set(connection.handle, link.handle);
  const oldest = origins.keys().next();
  if (origins.size > MAX_ORIGINS && oldest.done !== true) origins.delete(oldest.value);
  return link;
}

/** The connection below is there, or on its way. */
function attachLink({ link, stream, ntf }: TcpConnection): void {
  if (link === undefined || stream === undefined) return;
  const ret = link.attach(stream);
  if (ret === TLS_OK) return;
  link.result = ret;
  notify(ntf, TLS_NTF_HANDSHAKE_FAILED);
}

function poll(module: Started, connection: TcpConnection, plan: Plan): t_tls_ret {
  if (connection.link === undefined) {
    const { stream } = connection;
    if (stream === undefined) return TLS_WAIT;
    const link = linkFor(module, connection, plan, true);
    if (link === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    const ret = link.attach(stream);
    if (ret !== TLS_OK) {
      connection.link = undefined;
      link.drop();
      return ret;
    }
  }
  connection.link!.step();
  return connection.link!.handshakeResult;
}

/** tci_timeout: a connection that does not come about fails. */
function limitConnect(connection: TcpConnection, stream: StackStream, timeout: number | undefined): void {
  if (timeout === undefined || timeout === 0 || timeout === 0xffffffff) return;
  const timer = setTimeout(
    () => {
      if (stream.state === 'connecting' && tcpConnections.get(connection.handle) === connection) stream.destroy();
    },
    Math.min(timeout, 0x7fffffff),
  );
  timer.unref();
}
