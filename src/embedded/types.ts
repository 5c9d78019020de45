/** Types of the embedded interface: handles, out-parameters, addresses, notifications, certificates (guide 5.7). */
import type { t_tls_ret } from './constants.ts';

/** An out-parameter: the function writes `value`. */
export interface Ref<T> {
  value: T;
}

/** `ref(0)`, `ref<Uint8Array | null>(null)`: where a function may write. */
export function ref<T>(value: T): Ref<T> {
  return { value };
}

declare const HANDLE: unique symbol;
/** A number that names an object of one kind; 0 names none. It carries a generation: a stale one is never another object's. */
export type Handle<K extends string> = number & { readonly [HANDLE]: K };

/** A TCP connection, and the TLS connection over it. */
export type t_tcp_conn_hdl = Handle<'tcp-connection'>;
/** A port on which TCP connections are accepted. */
export type t_tcp_port_hdl = Handle<'tcp-port'>;
/** A listener of a DTLS server. */
export type t_udp_hdl = Handle<'udp'>;
/** A UDP port; a listener's handle is one too. */
export type t_udp_port_hdl = Handle<'udp'>;
/** A DTLS connection. */
export type t_dtls_hdl = Handle<'dtls-connection'>;
export type t_dtls_socket_hdl = t_dtls_hdl;
/** A session that can be resumed. */
export type t_tls_ticket = Handle<'ticket'>;
/** A driver of the Embedded Encryption Manager. */
export type t_enc_ifc_hdl = Handle<'encryption'>;

export const TCP_INVALID_CONN_HDL: t_tcp_conn_hdl = 0 as t_tcp_conn_hdl;
export const TCP_INVALID_PORT_HDL: t_tcp_port_hdl = 0 as t_tcp_port_hdl;
export const UDP_INVALID_HDL: t_udp_hdl = 0 as t_udp_hdl;
export const DTLS_INVALID_UDP_HDL: t_dtls_hdl = 0 as t_dtls_hdl;
export const TLS_INVALID_CONN_TICKET: t_tls_ticket = 0 as t_tls_ticket;
export const ENC_INVALID_IFC_HDL: t_enc_ifc_hdl = 0 as t_enc_ifc_hdl;

/** An address and a port; the address as text, IPv4 or IPv6. */
export interface t_ip_port {
  ipp_ip_addr: string;
  ipp_port: number;
}

/** Called with `param` and the notification. What it throws is counted and has no effect. */
export type t_ip_ntf_fn = (param: number, ntf: number) => void;

/** The notify structure. `p_ntf_next`: who is told as well. */
export interface t_ip_ntf {
  ntf_fn: t_ip_ntf_fn;
  ntf_param: number;
  p_ntf_next: t_ip_ntf | null;
}

/** Parameters of a connection (5.7). */
export interface t_tls_conn_inf {
  /** The connect timeout, ms. */
  tci_timeout?: number;
  p_tci_ntf?: t_ip_ntf | null;
  tci_flags?: number;
  p_tci_peer_name?: string | null;
}

/** An X.509 certificate (5.7). The block may hold the certificates above it as well, one after the other. */
export interface t_tls_certificate {
  cert_pub_key_len?: number;
  cert_priv_key_len?: number;
  cert_block_len?: number;
  /** DER of the SubjectPublicKeyInfo; null: it is taken from the certificate. */
  p_cert_pub_key?: Uint8Array | null;
  /** DER: PKCS #8, PKCS #1 or SEC 1. Null for certificates that are not ours. */
  p_cert_priv_key?: Uint8Array | null;
  p_cert_block: Uint8Array | null;
  cert_type: number;
}

/** A pre-shared key: beyond the guide. */
export interface t_tls_psk {
  psk_identity: Uint8Array;
  psk_key: Uint8Array;
}

/** What goes wrong inside and has its own return code. */
export class CodeError extends Error {
  readonly ret: t_tls_ret;

  constructor(ret: t_tls_ret, detail: string) {
    super(detail);
    this.name = 'CodeError';
    this.ret = ret;
  }
}
