/** What is looked at in the arguments of every function, and what several functions do with them. */
import {
  TLS_CONNST_OPERATING,
  TLS_HEARTBEAT_TIMEOUT_ERR,
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
  type t_tls_ret,
} from './constants.ts';
import { refuse } from './guard.ts';
import { ipBuffers, isNtf } from './ip.ts';
import type { Link } from './link.ts';
import type { Module } from './module.ts';
import type { Ref, t_ip_ntf, t_ip_port, t_tls_conn_inf, t_tls_ticket } from './types.ts';

export function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** TLS_NULL_PTR_ERR for a pointer that is none, TLS_PARAM_ERR for what is no pointer at all. */
export function checkPointers(...pointers: readonly unknown[]): t_tls_ret {
  if (pointers.some(isNull)) return refuse(TLS_NULL_PTR_ERR, 'null pointer');
  return pointers.every((one) => typeof one === 'object') ? TLS_OK : refuse(TLS_PARAM_ERR, 'pointer');
}

export const NOWHERE: t_ip_port = { ipp_ip_addr: '', ipp_port: 0 };

/** Writes to an out-parameter what names nothing, before anything is made that could be lost with it: it may refuse to be written. */
export function clear<T>(pointer: Ref<T> | null, nothing: T): void {
  if (pointer !== null && pointer !== undefined) pointer.value = nothing;
}

export function isPort(port: unknown, least = 1): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= least && port <= 65_535;
}

export function isAddress(value: t_ip_port): boolean {
  return typeof value.ipp_ip_addr === 'string' && value.ipp_ip_addr !== '' && isPort(value.ipp_port);
}

export function isLength(length: unknown, buffer: Uint8Array): length is number {
  return typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= buffer.length;
}

/** What every function gives before `tls_start`. */
export function notStarted(): t_tls_ret {
  return refuse(TLS_INIT_ERR, 'not started');
}

/** A uint8_t that is TRUE or FALSE. */
export function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255);
}

export function isTicket(module: Module, ticket: t_tls_ticket): boolean {
  return (ticket as number) === 0 || module.sessions?.get(ticket) !== undefined;
}

/** The name as text; undefined: it is none, or too long. */
export function peerNameOf(module: Module, name: string | null | undefined): string | undefined {
  if (isNull(name)) return '';
  return typeof name === 'string' && name.length <= module.config.TLS_PEER_NAME_SIZE ? name : undefined;
}

/** The parameters of a connection. */
export interface Parameters {
  readonly ntf: t_ip_ntf | null;
  readonly peerName: string;
  readonly starts: boolean;
  readonly verifies: boolean;
}

/** What is in t_tls_conn_inf; undefined: something is wrong with it. */
export function parametersOf(module: Module, inf: t_tls_conn_inf): Parameters | undefined {
  const { p_tci_ntf: ntf = null, tci_flags: flags = 0, tci_timeout: timeout = 0 } = inf;
  const peerName = peerNameOf(module, inf.p_tci_peer_name);
  const known = TLS_TCP_CONN_INF_FLAG_START | TLS_TCP_CONN_INF_FLAG_VERIFY;
  const isGood =
    (ntf === null || isNtf(ntf)) && Number.isInteger(flags) && (flags & ~known) === 0 && Number.isInteger(timeout) && timeout >= 0;
  if (!isGood || peerName === undefined) return undefined;
  return {
    ntf,
    peerName,
    starts: (flags & TLS_TCP_CONN_INF_FLAG_START) !== 0,
    verifies: (flags & TLS_TCP_CONN_INF_FLAG_VERIFY) !== 0,
  };
}

/** The ticket of a connection's session, for the functions that ask for it. */
export function giveTicket(link: Link | undefined, p_ticket: Ref<t_tls_ticket> | null): t_tls_ret {
  if (isNull(p_ticket) || typeof p_ticket !== 'object') return refuse(TLS_PARAM_ERR, 'p_conn_ticket');
  const ticket = link?.module.sessions?.ticketOf(link.handle);
  if (ticket === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no session');
  p_ticket.value = ticket;
  return TLS_OK;
}

/** The arguments of the functions that give buffers. */
export function checkBufferArguments(data_len: number, pp_buf: unknown, p_ntf: t_ip_ntf | null, p_buf_len: unknown): t_tls_ret {
  const ret = checkPointers(pp_buf, p_buf_len);
  if (ret !== TLS_OK) return ret;
  if (!isNull(p_ntf) && !isNtf(p_ntf)) return refuse(TLS_PARAM_ERR, 'p_ntf');
  return Number.isInteger(data_len) && data_len >= 0 && data_len <= 0xffff ? TLS_OK : refuse(TLS_PARAM_ERR, 'data_len');
}

/** Why a started connection gives no buffer; TLS_OK: it does. */
export function mayGiveBuffer(link: Link): t_tls_ret {
  if (link.status === TLS_CONNST_OPERATING) return TLS_OK;
  const ret = link.handshakeResult;
  return ret === TLS_OK ? refuse(TLS_IO_ERR, 'closed') : ret;
}

/** An IP buffer, of which at most `most` bytes may be used. */
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
    return refuse(TLS_MEM_ERR, 'IP_BUF_COUNT');
  }
  pp_buf.value = buffer;
  p_buf_len.value = Math.min(data_len, ipBuffers.size, most);
  return TLS_OK;
}

/** Sends what is in an IP buffer. On TLS_OK the buffer is the module's; else it stays the caller's. */
export function sendBuffer(link: { send(data: Uint8Array): t_tls_ret }, p_data: Uint8Array, data_len: number): t_tls_ret {
  if (!ipBuffers.has(p_data) || !isLength(data_len, p_data)) return refuse(TLS_PARAM_ERR, 'p_data');
  const ret = link.send(p_data.subarray(0, data_len));
  if (ret === TLS_OK) ipBuffers.give(p_data);
  return ret;
}

/** What a receive of a native interface gives when nothing is there. 5.2 and 5.3 know TLS_IO_ERR alone for what has ended. */
export function nothingReceived(link: Link): t_tls_ret {
  const ret = link.idleResult;
  return ret === TLS_WAIT || ret === TLS_HEARTBEAT_TIMEOUT_ERR ? ret : TLS_IO_ERR;
}
