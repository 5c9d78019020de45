/** The native TCP layer (guide 5.2 and its samples): ports, connections, IP buffers. TLS stands on it. */
import {
  IP_NTF_CLOSED,
  IP_NTF_CONNECTED,
  IP_NTF_RX_RDY,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_ip_ret,
} from './constants.ts';
import { checkPointers, clear, isAddress, isLength, isNull, isPort } from './arguments.ts';
import { attempt, guarded, refuse } from './guard.ts';
import { ipBuffers, isNtf, ip_release_proto_buf, notify } from './ip.ts';
import type { TlsLink } from './tls-link.ts';
import { initialized, onDelete } from './module.ts';
import { nativeStack } from './stacks.ts';
import { Slots } from './slots.ts';
import type { StackListener, StackStream } from './stack.ts';
import {
  type Ref,
  TCP_INVALID_CONN_HDL,
  TCP_INVALID_PORT_HDL,
  type t_ip_ntf,
  type t_ip_port,
  type t_tcp_conn_hdl,
  type t_tcp_port_hdl,
} from './types.ts';

export interface TcpPort {
  readonly listener: StackListener;
  readonly ntf: t_ip_ntf | null;
  /** Who waits for a connection, oldest first. */
  readonly pending: { readonly connection: TcpConnection; readonly p_ip_port: Ref<t_ip_port> | null; ready(): void }[];
}

export interface TcpConnection {
  handle: t_tcp_conn_hdl;
  /** Undefined while nobody has connected to an accepting handle. */
  stream: StackStream | undefined;
  ntf: t_ip_ntf | null;
  link: TlsLink | undefined;
  rest: Uint8Array | undefined;
  told: boolean;
  port: TcpPort | undefined;
}

const MAX_TCP = 4096;
const MAX_PORTS = 64;
export const tcpConnections: Slots<TcpConnection, 'tcp-connection'> = new Slots('tcp-connection', MAX_TCP);
export const tcpPorts: Slots<TcpPort, 'tcp-port'> = new Slots('tcp-port', MAX_PORTS);

/** Opens a port on which connections are accepted; 0: any, see `tcp_get_port`. `p_ntf` is told of new connections. */
export function tcp_open(port: number, backlog: number, p_ntf: t_ip_ntf | null, p_port_hdl: Ref<t_tcp_port_hdl> | null): t_ip_ret {
  return guarded(() => {
    if (initialized() === undefined) return refuse(TLS_INIT_ERR, 'tls_init has not been called');
    const ret = checkPointers(p_port_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_port_hdl, TCP_INVALID_PORT_HDL);
    if (!isPort(port, 0) || !Number.isInteger(backlog) || backlog < 1) return refuse(TLS_PARAM_ERR, 'port or backlog');
    if (!isNull(p_ntf) && !isNtf(p_ntf)) return refuse(TLS_PARAM_ERR, 'p_ntf');
    if (tcpPorts.isFull) return TLS_FULL_ERR;
    const listener = nativeStack().listen('0.0.0.0', port, backlog);
    const entry: TcpPort = { listener, ntf: p_ntf ?? null, pending: [] };
    const onchange = (): void => {
      while (entry.pending.length > 0) {
        const stream = listener.accept();
        if (stream === undefined) return;
        const { connection, p_ip_port, ready } = entry.pending.shift()!;
        attach(connection, stream);
        attempt(() => clear(p_ip_port, remoteOf(stream)));
        ready();
      }
      notify(entry.ntf, IP_NTF_CONNECTED);
    };
    listener.onchange = onchange;
    p_port_hdl!.value = tcpPorts.add(entry)!;
    onDelete(closeAll);
    return TLS_OK;
  });
}

/** The number of an open port; TLS_WAIT until it is known. */
export function tcp_get_port(port_hdl: t_tcp_port_hdl, p_port: Ref<number> | null): t_ip_ret {
  return guarded(() => {
    const ret = checkPointers(p_port);
    if (ret !== TLS_OK) return ret;
    const entry = tcpPorts.get(port_hdl);
    if (entry === undefined) return TLS_NOT_FOUND_ERR;
    const { failed, port } = entry.listener;
    if (failed) return refuse(TLS_IO_ERR, 'the port cannot be opened');
    p_port!.value = port;
    return port === 0 ? TLS_WAIT : TLS_OK;
  });
}

/** Closes a port; its connections go on, handles that wait for one are gone. */
export function tcp_close_port(port_hdl: t_tcp_port_hdl): t_ip_ret {
  return guarded(() => {
    const entry = tcpPorts.remove(port_hdl);
    if (entry === undefined) return TLS_NOT_FOUND_ERR;
    entry.listener.onchange = undefined;
    for (const { connection } of entry.pending) dropConnection(connection);
    entry.listener.close();
    return TLS_OK;
  });
}

/** Connects; `p_ntf` is told when the connection stands. */
export function tcp_connect(
  p_ip_port: t_ip_port | null,
  _timeout: number,
  p_ntf: t_ip_ntf | null,
  p_conn_hdl: Ref<t_tcp_conn_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    if (initialized() === undefined) return refuse(TLS_INIT_ERR, 'tls_init has not been called');
    const ret = checkPointers(p_ip_port, p_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_conn_hdl, TCP_INVALID_CONN_HDL);
    if (!isAddress(p_ip_port!)) return refuse(TLS_PARAM_ERR, 'p_ip_port');
    if (!isNull(p_ntf) && !isNtf(p_ntf)) return refuse(TLS_PARAM_ERR, 'p_ntf');
    const connection = newConnection(p_ntf ?? null);
    if (connection === undefined) return TLS_FULL_ERR;
    attach(connection, nativeStack().connect(p_ip_port!.ipp_ip_addr, p_ip_port!.ipp_port));
    p_conn_hdl!.value = connection.handle;
    return TLS_OK;
  });
}

/** Takes a connection that has come; TLS_WAIT: there is none. */
export function tcp_accept(
  port_hdl: t_tcp_port_hdl,
  p_ntf: t_ip_ntf | null,
  p_ip_port: Ref<t_ip_port> | null,
  p_conn_hdl: Ref<t_tcp_conn_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const ret = checkPointers(p_conn_hdl);
    if (ret !== TLS_OK) return ret;
    if (!isNull(p_ntf) && !isNtf(p_ntf)) return refuse(TLS_PARAM_ERR, 'p_ntf');
    clear(p_conn_hdl, TCP_INVALID_CONN_HDL);
    const entry = tcpPorts.get(port_hdl);
    if (entry === undefined) return TLS_NOT_FOUND_ERR;
    if (tcpConnections.isFull) return TLS_FULL_ERR;
    const stream = entry.listener.accept();
    if (stream === undefined) return TLS_WAIT;
    const connection = newConnection(p_ntf ?? null)!;
    attach(connection, stream);
    if (!isNull(p_ip_port)) p_ip_port.value = remoteOf(stream);
    p_conn_hdl!.value = connection.handle;
    return TLS_OK;
  });
}

/** Sends an IP buffer unencrypted, and gives it back to the pool. */
export function tcp_send(conn_hdl: t_tcp_conn_hdl, p_data: Uint8Array | null, data_len: number): t_ip_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    if (!ipBuffers.has(p_data) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data is no IP buffer of this length');
    const { stream, link } = connection;
    if (link !== undefined) return refuse(TLS_PARAM_ERR, 'the connection is one of TLS');
    if (stream === undefined || stream.state === 'connecting') return TLS_WAIT;
    if (stream.state === 'closed') return TLS_IO_ERR;
    stream.write(p_data.slice(0, data_len));
    ipBuffers.give(p_data);
    return TLS_OK;
  });
}

/** The next bytes as they came, in an IP buffer. */
export function tcp_receive(conn_hdl: t_tcp_conn_hdl, pp_buf: Ref<Uint8Array | null> | null, p_data_len: Ref<number> | null): t_ip_ret {
  return guarded(() => {
    const ret = checkPointers(pp_buf, p_data_len);
    if (ret !== TLS_OK) return ret;
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    clear(pp_buf, null);
    clear(p_data_len, 0);
    const { stream } = connection;
    if (stream === undefined) return TLS_WAIT;
    const bytes = connection.rest ?? stream.read();
    if (bytes === undefined) return stream.state === 'open' || stream.state === 'connecting' ? TLS_WAIT : TLS_IO_ERR;
    const buffer = ipBuffers.take();
    if (buffer === undefined) {
      connection.rest = bytes;
      return TLS_MEM_ERR;
    }
    const length = Math.min(bytes.length, ipBuffers.size);
    buffer.set(bytes.subarray(0, length));
    connection.rest = length < bytes.length ? bytes.subarray(length) : undefined;
    pp_buf!.value = buffer;
    p_data_len!.value = length;
    return TLS_OK;
  });
}

/** Closes a connection without a word of TLS. */
export function tcp_close(conn_hdl: t_tcp_conn_hdl): t_ip_ret {
  return guarded(() => {
    const connection = tcpConnections.get(conn_hdl);
    if (connection === undefined) return TLS_NOT_FOUND_ERR;
    dropConnection(connection);
    return TLS_OK;
  });
}

/** Gives an IP buffer back. */
export function tcp_release_buf(p_buf: Uint8Array | null): t_ip_ret {
  return isNull(p_buf) ? TLS_NULL_PTR_ERR : ip_release_proto_buf(p_buf);
}

// --- for the TLS functions ---

export function newConnection(ntf: t_ip_ntf | null): TcpConnection | undefined {
  onDelete(closeAll);
  const connection: TcpConnection = {
    handle: 0 as t_tcp_conn_hdl,
    stream: undefined,
    ntf,
    link: undefined,
    rest: undefined,
    told: false,
    port: undefined,
  };
  const handle = tcpConnections.add(connection);
  if (handle === undefined) return undefined;
  connection.handle = handle;
  return connection;
}

/** The stream of a connection, and its notifications until TLS takes over. */
export function attach(connection: TcpConnection, stream: StackStream): void {
  connection.stream = stream;
  const onchange = (): void => {
    if (stream.state === 'closed' || stream.state === 'ended') notify(connection.ntf, IP_NTF_CLOSED);
    else if (stream.state === 'open') {
      notify(connection.ntf, connection.told ? IP_NTF_RX_RDY : IP_NTF_CONNECTED);
      connection.told = true;
    }
  };
  stream.onchange = onchange;
}

export function dropConnection(connection: TcpConnection): void {
  tcpConnections.remove(connection.handle);
  const waiting = connection.port?.pending.findIndex((one) => one.connection === connection) ?? -1;
  if (waiting >= 0) connection.port!.pending.splice(waiting, 1);
  const { stream, link } = connection;
  if (link !== undefined) link.drop();
  else if (stream !== undefined) {
    stream.onchange = undefined;
    stream.end();
    stream.destroy();
  }
}

export function remoteOf(stream: StackStream): t_ip_port {
  return { ipp_ip_addr: stream.remoteAddress, ipp_port: stream.remotePort };
}

/** What is still there at `tls_delete`. */
function closeAll(): void {
  for (const [handle] of tcpPorts.entries()) tcp_close_port(handle);
  for (const connection of tcpConnections) dropConnection(connection);
}
