/** The connection behind a handle of any interface, for the views of it. */
import { DtlsLink } from './dtls-link.ts';
import { running } from './module.ts';
import { tcpConnections } from './tcp.ts';
import { TlsLink } from './tls-link.ts';
import type { t_dtls_hdl, t_tcp_conn_hdl } from './types.ts';

/** A handle of a TCP connection, of a DTLS connection, or a socket's descriptor. */
export type AnyHandle = t_tcp_conn_hdl | t_dtls_hdl | number;

/** Undefined: there is none. */
export function linkOf(handle: AnyHandle): TlsLink | DtlsLink | undefined {
  const module = running();
  if (module === undefined) return undefined;
  const over = tcpConnections.get(handle as t_tcp_conn_hdl)?.link;
  if (over !== undefined) return over;
  const held = module.connections.get(handle as never);
  if (held instanceof DtlsLink) return held;
  for (const each of module.connections) if (each instanceof TlsLink && each.kind === 'socket' && each.below === handle) return each;
  return undefined;
}
