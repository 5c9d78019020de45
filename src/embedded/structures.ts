/** The structures of guide 5.7, as types. What fills them are views: made when asked for, copies, nothing in them changes a connection. */
import type { t_tls_conn_status } from './constants.ts';
import type { oal_mutex_t } from './oal-mutex.ts';
import type { t_ip_port, t_tls_certificate } from './types.ts';

export interface t_tls_cipher_suite {
  readonly id: number;
  readonly name: string;
}

/** The session (5.7). */
export interface t_tls_session {
  /** The session ID, one byte for its length first. */
  readonly ses_id: Uint8Array;
  readonly ref_count: number;
  readonly ref_neg: number;
  readonly master_secret: Uint8Array | null;
  readonly pre_master_secret_len: number;
  /** Null until ServerHello has chosen it. */
  readonly p_cipher_suite: t_tls_cipher_suite | null;
}

/** Security parameters of one side (5.7). */
export interface t_tls_security_params {
  readonly random_val: Uint8Array;
  readonly mac_key: Uint8Array | null;
  readonly bulk_key: Uint8Array | null;
  readonly init_vector: Uint8Array | null;
}

/** A hash algorithm (5.7). */
export interface t_tls_hash_alg_attr {
  readonly digest_prefix: Uint8Array;
  readonly digest_prefix_len: number;
  readonly block_len: number;
  readonly key_len: number;
  readonly digest_len: number;
}

/** TLS extension-specific parameters. */
export interface t_tls_ext {
  readonly ext_extended_master_secret: number;
  readonly ext_encrypt_then_mac: number;
  readonly ext_secure_renegotiation: number;
  readonly ext_server_name: string;
}

/** Role and type of a connection. */
export interface t_tls_conn_flags {
  readonly role: 'client' | 'server' | null;
  readonly type: 'tcp' | 'socket' | 'udp' | 'dtls-socket';
}

/** A connection (5.7). */
export interface t_tls_connection {
  readonly tc_encrypt_buf: Uint8Array | null;
  readonly tc_cert_oid: Uint8Array;
  readonly tc_recv_buf: Uint8Array | null;
  readonly tc_conn_hdl: number;
  readonly tc_conn_hdl_dtls: number;
  readonly tc_ip_addr: t_ip_port | null;
  readonly tc_host_port: number;
  readonly tc_conn_cnt: number;
  readonly tc_ntf_idx: number;
  readonly p_tc_rx_q: number;
  readonly p_tc_tx_q: number;
  readonly tc_timeout: number;
  readonly tc_dtls_tim_cnt: number;
  readonly tc_dtls_timeout: number;
  readonly tc_conn_hdl_sock: number;
  readonly tc_mutex: oal_mutex_t;
  readonly tc_seq_num: bigint;
  readonly tc_peer_seq_num: bigint;
  readonly p_tc_hs_msg_store: number;
  readonly p_tc_next_pdu: Uint8Array | null;
  readonly p_tc_pub_key: Uint8Array | null;
  readonly tc_peer_name: string;
  readonly p_tc_rd_session: t_tls_session | null;
  readonly p_tc_wr_session: t_tls_session | null;
  readonly p_tc_pd_session: t_tls_session | null;
  readonly p_tc_cert: t_tls_certificate | null;
  readonly p_tc_key_ex_priv: null;
  readonly tc_host_sec_params: t_tls_security_params;
  readonly tc_peer_sec_params: t_tls_security_params;
  readonly tc_hs_count: number;
  readonly tc_pub_key_len: number;
  readonly tc_key_ex_len: number;
  readonly tc_rx_len: number;
  readonly tc_exp_count: number;
  readonly tc_state: t_tls_conn_status;
  readonly tc_flags: t_tls_conn_flags;
  readonly tc_full_hs: number;
  readonly tc_client_verify: number;
  readonly tc_ver_minor: number;
  readonly tc_ext: t_tls_ext;
}

/** Parameters of a DTLS connection (5.7). */
export interface t_dtls_conn_data {
  readonly dtd_cookie: Uint8Array;
  readonly dtd_cookie_length: number;
  readonly dtd_hepoch: number;
  readonly dtd_hseq_num: bigint;
  readonly dtd_pepoch: number;
  readonly dtd_pseq_num: bigint;
  readonly dtd_ar_win_right: bigint;
  readonly dtd_ar_win_left: bigint;
  readonly dtd_ar_window: number;
  readonly dtd_frg_data_cnt: number;
  readonly dtd_hs_seq_num: number;
  readonly dtd_hs_peer_seqnum: number;
  readonly dtd_hs_frag_length: number;
  readonly dtd_hs_send_offset: number;
  readonly p_dtd_recv_msg: Uint8Array | null;
  readonly p_dtd_frg_msg: Uint8Array | null;
  readonly dtd_recv_msg_len: number;
  readonly dtd_flight_timeout: number;
  readonly dtd_rtr_cnt: number;
  readonly p_dtd_rtr_msg: Uint8Array | null;
  readonly dtd_rtr_cnt_fl: number;
  readonly p_dtd_rtr_msg_fl: Uint8Array | null;
  readonly dtd_rtr_cs_idx: number;
  readonly dtd_rtr_send_cnt: number;
  readonly dtd_rtr_prv_seq_num: bigint;
  readonly dtd_rtr_cur_seq_num: bigint;
}
