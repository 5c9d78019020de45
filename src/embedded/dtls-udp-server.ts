/** The DTLS native UDP interface (guide 5.3), what servers need beside it. */
import { checkPointers, clear, isPort, NOWHERE, parametersOf } from './arguments.ts';
import {
  TLS_DTLS_CONNECT_ERR,
  TLS_FULL_ERR,
  TLS_IO_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_ip_ret,
  type t_tls_ret,
} from './constants.ts';
import { takeDrop } from './dtls-drops.ts';
import { DtlsLink } from './dtls-link.ts';
import { DtlsSharedPort } from './dtls-shared-port.ts';
import { openUdp } from './dtls-udp.ts';
import { attempt, guarded, refuse } from './guard.ts';
import { onDelete, running, stackOf, type Started } from './module.ts';
import { Slots } from './slots.ts';
import {
  DTLS_INVALID_UDP_HDL,
  type Ref,
  type t_dtls_hdl,
  type t_ip_port,
  type t_tls_conn_inf,
  type t_udp_hdl,
  type t_udp_port_hdl,
  UDP_INVALID_HDL,
} from './types.ts';

interface UdpEntry {
  readonly port: DtlsSharedPort;
  /** Opened by dtls_udp_srv_open, and not only as a port. */
  readonly isServer: boolean;
}
const MAX_PORTS = 1024;
const udpPorts: Slots<UdpEntry, 'udp'> = new Slots('udp', MAX_PORTS);

/** Starts a DTLS server: clients that connect get connections by themselves, told to the notify structure of `p_inf`. */
export function dtls_udp_srv_open(port: number, p_inf: t_tls_conn_inf | null, p_conn_hdl: Ref<t_udp_hdl> | null): t_ip_ret {
  return guarded(() => {
    const module = openUdp();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_inf, p_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_conn_hdl, UDP_INVALID_HDL);
    if (!isPort(port, 0)) return refuse(TLS_PARAM_ERR, 'port');
    const parameters = parametersOf(module, p_inf!);
    if (parameters === undefined) return refuse(TLS_PARAM_ERR, 'p_inf');
    if (udpPorts.entries().filter(([, entry]) => entry.isServer).length >= module.config.DTLS_UDP_MAX_PORT_SRV_CNT)
      return refuse(TLS_FULL_ERR, 'DTLS_UDP_MAX_PORT_SRV_CNT');
    if (udpPorts.isFull) return TLS_FULL_ERR;
    const entry = newPort(module, port);
    entry.serve(parameters.verifies, parameters);
    p_conn_hdl!.value = udpPorts.add({ port: entry, isServer: true })!;
    return TLS_OK;
  });
}

/** Closes a DTLS server, or a port of `udp_open`. Fails while it has connections. */
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
    const ret = checkPointers(p_conn_hdl);
    if (ret !== TLS_OK) return ret;
    const latest = udpPorts.get(srv_hdl)?.port.latest;
    if (latest === undefined) return TLS_NOT_FOUND_ERR;
    p_conn_hdl!.value = latest.dtlsHandle;
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
    const module = openUdp();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_inf, p_ip_port, p_dtls_conn_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_dtls_conn_hdl, DTLS_INVALID_UDP_HDL);
    clear(p_ip_port, { ...NOWHERE });
    const port = udpPorts.get(udp_port_hdl)?.port;
    if (port === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no port has this handle');
    const parameters = parametersOf(module, p_inf!);
    if (parameters === undefined) return refuse(TLS_PARAM_ERR, 'p_inf');
    const { ntf, starts, verifies, peerName } = parameters;
    if (!port.serve(verifies, { ntf: null, starts, peerName: '' }))
      return refuse(TLS_PARAM_ERR, 'the port accepts with another setting of VERIFY');
    port.step();
    const waiting = port.arrivals.shift();
    if (waiting !== undefined) {
      waiting.ntf = ntf;
      waiting.peerName = peerName;
      p_ip_port!.value = { ipp_ip_addr: waiting.address, ipp_port: waiting.peerPort };
      p_dtls_conn_hdl!.value = waiting.dtlsHandle;
      return TLS_OK;
    }
    if (ntf === null || !starts) return TLS_WAIT;
    if (module.connections.isFull) return refuse(TLS_NOT_FOUND_ERR, 'no free connection');
    // The place is taken now, the address comes with the client.
    const link = port.await(ntf, peerName, (address, from) => {
      attempt(() => clear(p_ip_port, { ipp_ip_addr: address, ipp_port: from }));
    });
    p_dtls_conn_hdl!.value = link.dtlsHandle;
    return TLS_OK;
  });
}

/** Opens a UDP port on which `dtls_accept_udp` accepts; 0: any. Beyond the guide: its UDP module has it. */
export function udp_open(port: number, p_port_hdl: Ref<t_udp_port_hdl> | null): t_ip_ret {
  return guarded(() => {
    const module = openUdp();
    if (typeof module === 'number') return module;
    const ret = checkPointers(p_port_hdl);
    if (ret !== TLS_OK) return ret;
    clear(p_port_hdl, UDP_INVALID_HDL);
    if (!isPort(port, 0)) return refuse(TLS_PARAM_ERR, 'port');
    if (udpPorts.isFull) return TLS_FULL_ERR;
    p_port_hdl!.value = udpPorts.add({ port: newPort(module, port), isServer: false })!;
    return TLS_OK;
  });
}

/** The number of an open port; TLS_WAIT until it is known. */
export function udp_get_port(port_hdl: t_udp_port_hdl, p_port: Ref<number> | null): t_ip_ret {
  return guarded(() => {
    const ret = checkPointers(p_port);
    if (ret !== TLS_OK) return ret;
    const udp = udpPorts.get(port_hdl)?.port.udp;
    if (udp === undefined) return TLS_NOT_FOUND_ERR;
    if (udp.failed) return refuse(TLS_IO_ERR, 'the port cannot be opened');
    p_port!.value = udp.port;
    return udp.port === 0 ? TLS_WAIT : TLS_OK;
  });
}

/** Whether something was dropped on a connection's port since the last call: TLS_DROP_MESSAGE, TLS_DTLS_DROP_FRMSG or TLS_OK. Beyond the guide. */
export function dtls_get_drop(conn_hdl: t_dtls_hdl): t_tls_ret {
  const held = running()?.connections.get(conn_hdl as number as never);
  return held instanceof DtlsLink ? takeDrop(held.port) : TLS_NOT_FOUND_ERR;
}

function newPort(module: Started, port: number): DtlsSharedPort {
  onDelete(closeAll);
  return new DtlsSharedPort(module, 'udp', stackOf(module).udp('0.0.0.0', port));
}

/** What is still there at `tls_delete`. */
function closeAll(): void {
  for (const [handle] of udpPorts.entries()) udpPorts.remove(handle)?.port.destroy();
}
