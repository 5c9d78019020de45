/** The TLS native TCP interface (guide 5.2): event-driven, nothing blocks, results come as notifications. */
import {
  TLS_CONNST_CLOSED,
  TLS_CONNST_OPERATING,
  TLS_INIT_ERR,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NTF_HANDSHAKE_FAILED,
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
import { guarded, refuse } from './guard.ts';
import { ipBuffers, isNtf, notify } from './ip.ts';
import { type Started, TlsLink } from './link.ts';
import { nativeStack, running, ticketOfConnection } from './module.ts';
import type { StackStream } from './stack.ts';
import {
  attach,
  dropConnection,
  isAddress,
  isLength,
  newConnection,
  remoteOf,
  tcpConnections,
  type TcpConnection,
  tcpPorts,
} from './tcp.ts';
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

/** What `tls_tcp_connect` and `tls_tcp_accept` keep for `tls_start_tcp`. */
interface Plan {
  readonly role: 'client' | 'server';
  readonly peerName: string;
  readonly verify: boolean;
  readonly ticket: t_tls_ticket;
  started: boolean;
}
const plans = new WeakMap<TcpConnection, Plan>();
/** Connection handles by TCP handle, kept as long as their sessions: a closed connection can be resumed. */
const origins = new Map<t_tcp_conn_hdl, number>();
const MAX_ORIGINS = 4096;

/** Starts the TLS handshake of a connection of `tls_tcp_connect` or `tls_tcp_accept` without the START flag. */
export function tls_start_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const connection = tcpConnections.get(conn_hdl);
    const plan = connection === undefined ? undefined : plans.get(connection);
    if (connection === undefined || plan === undefined) return TLS_NOT_FOUND_ERR;
    plan.started = true;
    return begin(module, connection, plan);
  });
}

/** Closes the TLS connection: close_notify, and the TCP connection with it. */
export function tls_close_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined || (connection.link === undefined && !plans.has(connection))) return TLS_NOT_FOUND_ERR;
    if (connection.link === undefined) {
      dropConnection(connection);
      return TLS_OK;
    }
    tcpConnections.remove(conn_hdl);
    connection.link.close();
    return TLS_OK;
  });
}

/** The handshake as client over an established TCP connection: call it again until it gives no TLS_WAIT. */
export function tls_client_handshake_tcp(conn_hdl: t_tcp_conn_hdl, p_peer_name: string | null, resume_hdl: t_tcp_conn_hdl): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    let ticket: t_tls_ticket = TLS_INVALID_CONN_TICKET;
    if (resume_hdl !== TCP_INVALID_CONN_HDL && connection.link === undefined) {
      const origin = origins.get(resume_hdl);
      const found = origin === undefined ? undefined : ticketOfConnection(module, origin);
      if (found === undefined) return refuse(TLS_NOT_FOUND_ERR, 'resume_hdl has no session');
      ticket = found;
    }
    return poll(module, connection, { role: 'client', peerName: name, verify: false, ticket, started: true });
  });
}

/** The handshake as server over an established TCP connection: call it again until it gives no TLS_WAIT. */
export function tls_server_handshake_tcp(conn_hdl: t_tcp_conn_hdl, client_verify: number, p_peer_name: string | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    const name = peerNameOf(module, p_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_peer_name');
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    return poll(module, connection, {
      role: 'server',
      peerName: name,
      verify: Boolean(client_verify),
      ticket: TLS_INVALID_CONN_TICKET,
      started: true,
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
    if (isNull(p_inf) || isNull(p_ip_port) || isNull(p_tcp_conn_hdl)) return TLS_NULL_PTR_ERR;
    const port = tcpPorts.get(tcp_port_hdl);
    if (port === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no port has this handle');
    const problem = checkInf(p_inf);
    if (problem !== undefined) return refuse(TLS_PARAM_ERR, problem);
    const name = peerNameOf(module, p_inf.p_tci_peer_name ?? null);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    const ntf = p_inf.p_tci_ntf ?? null;
    const flags = p_inf.tci_flags ?? 0;
    const stream = port.listener.accept();
    if (stream === undefined && ntf === null) return TLS_WAIT;
    const connection = newConnection(ntf);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    const plan: Plan = {
      role: 'server',
      peerName: name,
      verify: (flags & TLS_TCP_CONN_INF_FLAG_VERIFY) !== 0,
      ticket: TLS_INVALID_CONN_TICKET,
      started: (flags & TLS_TCP_CONN_INF_FLAG_START) !== 0,
    };
    plans.set(connection, plan);
    p_tcp_conn_hdl.value = connection.handle;
    if (stream === undefined) {
      connection.port = port;
      port.pending.push({ connection, p_ip_port, ready: () => whenConnected(module, connection, plan) });
      return TLS_OK;
    }
    p_ip_port.value = remoteOf(stream);
    attach(connection, stream);
    whenConnected(module, connection, plan);
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
    if (isNull(p_ip_port) || isNull(p_inf) || isNull(p_tcp_conn_hdl)) return TLS_NULL_PTR_ERR;
    const problem = isAddress(p_ip_port) ? checkInf(p_inf) : 'p_ip_port';
    if (problem !== undefined) return refuse(TLS_PARAM_ERR, problem);
    if (isNull(p_inf.p_tci_peer_name) || p_inf.p_tci_peer_name === '') return refuse(TLS_PARAM_ERR, 'p_tci_peer_name is needed');
    const name = peerNameOf(module, p_inf.p_tci_peer_name);
    if (name === undefined) return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    if (conn_ticket !== TLS_INVALID_CONN_TICKET && module.sessions.get(conn_ticket) === undefined)
      return refuse(TLS_PARAM_ERR, 'conn_ticket');
    const connection = newConnection(p_inf.p_tci_ntf ?? null);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    const started = ((p_inf.tci_flags ?? 0) & TLS_TCP_CONN_INF_FLAG_START) !== 0;
    const plan: Plan = { role: 'client', peerName: name, verify: false, ticket: conn_ticket, started };
    plans.set(connection, plan);
    const stream = nativeStack().connect(p_ip_port.ipp_ip_addr, p_ip_port.ipp_port);
    attach(connection, stream);
    limitConnect(connection, stream, p_inf.tci_timeout);
    whenConnected(module, connection, plan);
    p_tcp_conn_hdl.value = connection.handle;
    return TLS_OK;
  });
}

/** Encrypts and sends what is in an IP buffer. On TLS_OK the buffer is the module's; else it stays the caller's. */
export function tls_send_tcp(conn_hdl: t_tcp_conn_hdl, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const link = tcpConnections.get(conn_hdl)?.link;
    if (link === undefined) return TLS_NOT_FOUND_ERR;
    if (!ipBuffers.has(p_data) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data is no IP buffer of this length');
    const ret = link.send(p_data.subarray(0, data_len));
    if (ret === TLS_OK) ipBuffers.give(p_data);
    return ret;
  });
}

/** The next decoded data, in an IP buffer that the caller gives back with `tcp_release_buf` or sends on. */
export function tls_receive_tcp(
  conn_hdl: t_tcp_conn_hdl,
  pp_buf: Ref<Uint8Array | null> | null,
  p_data_len: Ref<number> | null,
): t_tls_ret {
  return guarded(() => {
    if (isNull(pp_buf) || isNull(p_data_len)) return TLS_NULL_PTR_ERR;
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no connection has this handle');
    p_data_len.value = 0;
    const { link } = connection;
    if (link === undefined) return TLS_WAIT;
    if (link.waitingBytes === 0) return link.idleResult;
    const buffer = ipBuffers.take();
    if (buffer === undefined) return TLS_MEM_ERR;
    const piece = link.take(ipBuffers.size)!;
    buffer.set(piece);
    pp_buf.value = buffer;
    p_data_len.value = piece.length;
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
    if (isNull(pp_buf) || isNull(p_buf_len)) return TLS_NULL_PTR_ERR;
    if (!isNull(p_ntf) && !isNtf(p_ntf)) return refuse(TLS_PARAM_ERR, 'p_ntf');
    if (!Number.isInteger(data_len) || data_len < 0 || data_len > 0xffff) return refuse(TLS_PARAM_ERR, 'data_len');
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    const { link } = connection;
    if (link === undefined) return TLS_WAIT;
    if (link.status !== TLS_CONNST_OPERATING) return link.handshakeResult === TLS_OK ? TLS_IO_ERR : link.handshakeResult;
    return giveBuffer(data_len, link.module.config.TLS_MAX_DATA_LEN, pp_buf, p_ntf, p_buf_len);
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function tls_get_ticket_tcp(conn_hdl: t_tcp_conn_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => {
    const module = open();
    if (typeof module === 'number') return module;
    if (isNull(p_conn_ticket) || typeof p_conn_ticket !== 'object') return TLS_PARAM_ERR;
    const link = tcpConnections.get(conn_hdl)?.link;
    const ticket = link === undefined ? undefined : ticketOfConnection(module, link.handle);
    if (ticket === undefined) return refuse(TLS_NOT_FOUND_ERR, 'the connection has no session');
    p_conn_ticket.value = ticket;
    return TLS_OK;
  });
}

/** How a TLS connection stands. */
export function tls_get_state_tcp(conn_hdl: t_tcp_conn_hdl): t_tls_conn_status {
  return tcpConnections.get(conn_hdl)?.link?.status ?? TLS_CONNST_CLOSED;
}

// --- shared with the UDP interface ---

export function giveBuffer(
  data_len: number,
  most: number,
  pp_buf: Ref<Uint8Array | null>,
  p_ntf: t_ip_ntf | null,
  p_buf_len: Ref<number>,
): t_tls_ret {
  const buffer = ipBuffers.take();
  if (buffer === undefined) {
    p_buf_len.value = 0;
    if (!isNull(p_ntf)) ipBuffers.await(p_ntf);
    return refuse(TLS_MEM_ERR, 'all IP buffers are in use');
  }
  pp_buf.value = buffer;
  p_buf_len.value = Math.min(data_len, ipBuffers.size, most);
  return TLS_OK;
}

/** What is wrong with the parameters of a connection. */
export function checkInf(inf: t_tls_conn_inf): string | undefined {
  if (typeof inf !== 'object') return 'p_inf';
  const { p_tci_ntf, tci_flags = 0, tci_timeout = 0 } = inf;
  if (!isNull(p_tci_ntf) && !isNtf(p_tci_ntf)) return 'p_tci_ntf';
  if (!Number.isInteger(tci_flags) || (tci_flags & ~(TLS_TCP_CONN_INF_FLAG_START | TLS_TCP_CONN_INF_FLAG_VERIFY)) !== 0) return 'tci_flags';
  return Number.isInteger(tci_timeout) && tci_timeout >= 0 ? undefined : 'tci_timeout';
}

/** The name as text; undefined: it is none, or too long. */
export function peerNameOf(module: Started, name: string | null | undefined): string | undefined {
  if (name === null || name === undefined) return '';
  return typeof name === 'string' && name.length <= module.config.TLS_PEER_NAME_SIZE ? name : undefined;
}

export function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

// --- helpers ---

function open(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
  return module.config.TLS_TCPIP_IFC_ENABLE === 1 ? module : refuse(TLS_INIT_ERR, 'TLS_TCPIP_IFC_ENABLE is 0');
}

function whenConnected(module: Started, connection: TcpConnection, plan: Plan): void {
  if (plan.started && begin(module, connection, plan) !== TLS_OK) notify(connection.ntf, TLS_NTF_HANDSHAKE_FAILED);
}

function poll(module: Started, connection: TcpConnection, plan: Plan): t_tls_ret {
  if (connection.link === undefined) {
    const ret = begin(module, connection, plan);
    if (ret !== TLS_OK) return ret;
  }
  connection.link?.step();
  return connection.link?.handshakeResult ?? TLS_WAIT;
}

function begin(module: Started, connection: TcpConnection, plan: Plan): t_tls_ret {
  const { stream } = connection;
  if (connection.link !== undefined || stream === undefined) return TLS_OK;
  if (stream.state === 'closed') return refuse(TLS_IO_ERR, 'the TCP connection is closed');
  const link = TlsLink.open(module, 'tcp', stream, connection.handle);
  if (link === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
  connection.link = link;
  link.ntf = connection.ntf;
  remember(connection.handle, link.handle);
  const ret = plan.role === 'client' ? link.beginClient(plan.peerName, plan.ticket) : link.beginServer(plan.verify, plan.peerName);
  if (ret !== TLS_OK) {
    connection.link = undefined;
    link.drop();
  }
  return ret;
}

function remember(handle: t_tcp_conn_hdl, link: number): void {
  origins.set(handle, link);
  if (origins.size <= MAX_ORIGINS) return;
  const oldest = origins.keys().next();
  if (oldest.done !== true) origins.delete(oldest.value);
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
