/** The DTLS native UDP interface (guide 5.3), what connections of both roles need: event-driven, nothing blocks. */
import {
  checkBufferArguments,
  checkPointers,
  clear,
  giveBuffer,
  giveTicket,
  isAddress,
  isNull,
  isTicket,
  mayGiveBuffer,
  nothingReceived,
  notStarted,
  parametersOf,
  sendBuffer,
} from './arguments.ts';
import {
  TLS_CONNST_CLOSED,
  TLS_INIT_ERR,
  TLS_MEM_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NULL_PTR_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  type t_ip_ret,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import { DtlsClientPort } from './dtls-client-port.ts';
import { DtlsLink } from './dtls-link.ts';
import { guarded, refuse } from './guard.ts';
import { ipBuffers, ip_release_proto_buf } from './ip.ts';
import { staleTicket } from './link.ts';
import { running, stackOf, type Started } from './module.ts';
import type { StackUdp } from './stack.ts';
import {
  DTLS_INVALID_UDP_HDL,
  type Ref,
  type t_dtls_hdl,
  type t_ip_ntf,
  type t_ip_port,
  type t_tls_conn_inf,
  type t_tls_ticket,
} from './types.ts';

/** Starts the handshake of a connection that was made without the START flag. */
export function dtls_start_udp(conn_hdl: t_dtls_hdl): t_tls_ret {
  return guarded(() => {
    const link = find(conn_hdl);
    return typeof link === 'number' ? link : link.start();
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

/** Connects to a server, and with the START flag begins the handshake at once. */
export function dtls_connect_udp(
  p_ip_port: t_ip_port | null,
  p_inf: t_tls_conn_inf | null,
  conn_ticket: t_tls_ticket,
  p_conn_hdl: Ref<t_dtls_hdl> | null,
): t_ip_ret {
  return guarded(() => {
    const module = openUdp();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_ip_port, p_inf, p_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_conn_hdl, DTLS_INVALID_UDP_HDL);
    if (!isAddress(p_ip_port!)) return refuse(TLS_PARAM_ERR, 'p_ip_port');
    const parameters = parametersOf(module, p_inf!);
    if (parameters === undefined || parameters.peerName === '') return refuse(TLS_PARAM_ERR, 'p_tci_peer_name');
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'TLS_MAX_CONN_SIZE');
    if (!isTicket(module, conn_ticket)) return staleTicket();
    const address = p_ip_port!.ipp_ip_addr.includes(':') ? '::' : '0.0.0.0';
    const { link } = new DtlsClientPort(module, () => clientUdp(module, address), p_ip_port!, parameters.peerName, conn_ticket);
    link.ntf = parameters.ntf;
    p_conn_hdl!.value = link.dtlsHandle;
    return parameters.starts ? link.start() : TLS_OK;
  });
}

/** Sends what is in an IP buffer as one datagram. On TLS_OK the buffer is the module's; else it stays the caller's. */
export function dtls_send_udp(conn_hdl: t_dtls_hdl, p_data: Uint8Array | null, data_len: number): t_tls_ret {
  return guarded(() => {
    if (isNull(p_data)) return TLS_NULL_PTR_ERR;
    const link = find(conn_hdl);
    return typeof link === 'number' ? link : sendBuffer(link, p_data, data_len);
  });
}

/** The next decoded datagram, in an IP buffer that the caller gives back with `udp_release_buf` or sends on. */
export function dtls_receive_udp(conn_hdl: t_dtls_hdl, pp_buf: Ref<Uint8Array | null> | null, p_data_len: Ref<number> | null): t_tls_ret {
  return guarded(() => {
    if (checkPointers(pp_buf, p_data_len) !== TLS_OK) return TLS_PARAM_ERR;
    clear(pp_buf, null);
    clear(p_data_len, 0);
    const link = find(conn_hdl);
    if (typeof link === 'number') return link;
    for (let datagram = link.peek(); datagram !== undefined; datagram = link.peek()) {
      if (datagram.length > ipBuffers.size) {
        link.port.tooLong++;
        link.take();
        continue;
      }
      const buffer = ipBuffers.take();
      if (buffer === undefined) return refuse(TLS_MEM_ERR, 'IP_BUF_COUNT');
      buffer.set(datagram);
      link.take();
      pp_buf!.value = buffer;
      p_data_len!.value = datagram.length;
      return TLS_OK;
    }
    return nothingReceived(link);
  });
}

/** An IP buffer for data to send; before the handshake is started too. `timeout` has no effect: nothing blocks here. */
export function dtls_get_buffer_udp(
  conn_hdl: t_dtls_hdl,
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
    ret = link.started ? mayGiveBuffer(link) : TLS_OK;
    return ret === TLS_OK ? giveBuffer(data_len, link.maxPayload, pp_buf!, p_ntf, p_buf_len!) : ret;
  });
}

/** The ticket with which a later connection resumes the session of this one. */
export function dtls_get_ticket_udp(conn_hdl: t_dtls_hdl, p_conn_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  return guarded(() => giveTicket(linkOf(conn_hdl), p_conn_ticket));
}

/** How a DTLS connection stands. */
export function dtls_get_state_udp(conn_hdl: t_dtls_hdl): t_tls_conn_status {
  return linkOf(conn_hdl)?.status ?? TLS_CONNST_CLOSED;
}

/** Gives an IP buffer back. */
export function udp_release_buf(p_buf: Uint8Array | null): t_ip_ret {
  return isNull(p_buf) ? TLS_NULL_PTR_ERR : ip_release_proto_buf(p_buf);
}

// --- for the servers as well ---

export function openUdp(): Started | t_tls_ret {
  const module = running();
  if (module === undefined) return notStarted();
  const { DTLS_IFC_ENABLE, DTLS_UDP_IFC_ENABLE } = module.config;
  return DTLS_IFC_ENABLE === 1 && DTLS_UDP_IFC_ENABLE === 1 ? module : refuse(TLS_INIT_ERR, 'DTLS_UDP_IFC_ENABLE');
}

function find(handle: t_dtls_hdl): DtlsLink | t_tls_ret {
  const module = openUdp();
  if (typeof module === 'number') return module;
  return linkOf(handle) ?? refuse(TLS_NOT_FOUND_ERR, 'conn_hdl');
}

function linkOf(handle: t_dtls_hdl): DtlsLink | undefined {
  const held = running()?.connections.get(handle as number as never);
  return held instanceof DtlsLink && held.kind === 'udp' ? held : undefined;
}

let nextClient = 0;

/** DTLS_CLIENT_CONN_PORT, and the ports behind it one after the other. */
export function clientPort({ config }: Started): number {
  const first = config.DTLS_CLIENT_CONN_PORT;
  return first === 0 ? 0 : first + (nextClient++ % Math.min(1_000, 65_536 - first));
}

function clientUdp(module: Started, address: string): StackUdp {
  return stackOf(module).udp(address, clientPort(module));
}
