/** What the user guide of the embedded interface lists, item by item, with its section: extracted from the guide's text. */

export interface GuideItem {
  readonly name: string;
  readonly section: string;
  /** The number that the guide gives: of codes, notifications, flags, and defaults of options. */
  readonly value?: number;
}

function list(section: string, names: string): GuideItem[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, section }));
}

function numbered(section: string, text: string): GuideItem[] {
  return text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [name, value] = pair.split('=') as [string, string | undefined];
      return value === undefined ? { name, section } : { name, section, value: Number(value) };
    });
}

/**
 * What a parameter is, which is what a test of wrong arguments needs to know: handles and descriptors name something, `out` is
 * written to, `in` points to a structure, those with `?` may be null.
 */
export type ParameterKind =
  | 'index'
  | 'enc_hdl'
  | 'alg_id'
  | 'tcp_conn'
  | 'tcp_conn?'
  | 'tcp_port'
  | 'dtls_conn'
  | 'udp'
  | 'socket'
  | 'dtls_socket'
  | 'ticket'
  | 'name?'
  | 'switch'
  | 'port'
  | 'in'
  | 'in?'
  | 'out'
  | 'ip_buffer'
  | 'bytes'
  | 'length'
  | 'size'
  | 'timeout'
  | 'ntf?';

export interface GuideFunction extends GuideItem {
  /** As the guide's prototype names them, in its order. */
  readonly parameters: readonly (readonly [name: string, kind: ParameterKind])[];
}

/** `name(parameter:kind …)`, one a line. */
function prototypes(section: string, text: string): GuideFunction[] {
  return [...text.matchAll(/(\w+)\(([^)]*)\)/g)].map(([, name, list]) => ({
    name: name!,
    section,
    parameters: list!
      .split(/\s+/)
      .filter((one) => one !== '')
      .map((one) => one.split(':') as [string, ParameterKind]),
  }));
}

export const FUNCTIONS: readonly GuideFunction[] = [
  ...prototypes(
    '5.1',
    `tls_init()
     tls_register_bulk(idx:index ifc_hdl:enc_hdl alg_id:alg_id)
     tls_register_hash(idx:index ifc_hdl:enc_hdl alg_id:alg_id)
     tls_register_sign(idx:index ifc_hdl:enc_hdl alg_id:alg_id)
     tls_start() tls_stop() tls_delete()`,
  ),
  ...prototypes(
    '5.2',
    `tls_start_tcp(conn_hdl:tcp_conn)
     tls_close_tcp(conn_hdl:tcp_conn)
     tls_client_handshake_tcp(conn_hdl:tcp_conn p_peer_name:name? resume_hdl:tcp_conn?)
     tls_server_handshake_tcp(conn_hdl:tcp_conn client_verify:switch p_peer_name:name?)
     tls_tcp_accept(tcp_port_hdl:tcp_port p_inf:in p_ip_port:out p_tcp_conn_hdl:out)
     tls_tcp_connect(p_ip_port:in p_inf:in conn_ticket:ticket p_tcp_conn_hdl:out)
     tls_send_tcp(conn_hdl:tcp_conn p_data:ip_buffer data_len:length)
     tls_receive_tcp(conn_hdl:tcp_conn pp_buf:out p_data_len:out)
     tls_get_buffer_tcp(conn_hdl:tcp_conn data_len:size pp_buf:out timeout:timeout p_ntf:ntf? p_buf_len:out)
     tls_get_ticket_tcp(conn_hdl:tcp_conn p_conn_ticket:out)
     tls_get_state_tcp(conn_hdl:tcp_conn)`,
  ),
  ...prototypes(
    '5.3',
    `dtls_start_udp(conn_hdl:dtls_conn)
     dtls_close_udp(conn_hdl:dtls_conn)
     dtls_udp_srv_open(port:port p_inf:in p_conn_hdl:out)
     dtls_udp_srv_close(conn_hdl:udp)
     dtls_get_srv_conn_udp(srv_hdl:udp p_conn_hdl:out)
     dtls_accept_udp(udp_port_hdl:udp p_inf:in p_ip_port:out p_dtls_conn_hdl:out)
     dtls_connect_udp(p_ip_port:in p_inf:in conn_ticket:ticket p_conn_hdl:out)
     dtls_send_udp(conn_hdl:dtls_conn p_data:ip_buffer data_len:length)
     dtls_receive_udp(conn_hdl:dtls_conn pp_buf:out p_data_len:out)
     dtls_get_buffer_udp(conn_hdl:dtls_conn data_len:size pp_buf:out timeout:timeout p_ntf:ntf? p_buf_len:out)
     dtls_get_ticket_udp(conn_hdl:dtls_conn p_conn_ticket:out)
     dtls_get_state_udp(conn_hdl:dtls_conn)`,
  ),
  ...prototypes(
    '5.4',
    `tls_client_handshake_socket(sockfd:socket p_peer_name:name? conn_ticket:ticket)
     tls_server_handshake_socket(sockfd:socket b_cli_verify:switch p_peer_name:name?)
     tls_send_socket(sockfd:socket p_data:bytes data_len:length)
     tls_receive_socket(sockfd:socket pp_buf:out buf_size:length p_data_len:out)
     tls_get_ticket_socket(sockfd:socket p_conn_ticket:out)
     tls_get_state_socket(sockfd:socket)
     tls_close_socket(sockfd:socket)`,
  ),
  ...prototypes(
    '5.5',
    `dtls_client_handshake_socket(sockfd:socket p_ip_port:in? p_peer_name:name? conn_ticket:ticket p_conn_hdl:out)
     dtls_server_handshake_socket(sockfd:socket client_verify:switch p_peer_name:name? p_conn_hdl:out)
     dtls_send_socket(conn_hdl:dtls_socket p_data:bytes data_len:length)
     dtls_receive_socket(conn_hdl:dtls_socket p_buf:bytes buf_size:length p_data_len:out)
     dtls_get_ticket_socket(conn_hdl:dtls_socket p_conn_ticket:out)
     dtls_get_state_socket(conn_hdl:dtls_socket)
     dtls_close_socket(p_conn_hdl:dtls_socket)`,
  ),
];

export const CODES: readonly GuideItem[] = numbered(
  '5.6',
  `TLS_OK=0 TLS_SET=1 TLS_NOT_SET=2 TLS_FOUND=3 TLS_SIGN_VERIFY=5 TLS_WAIT=6 TLS_INIT_ERR=7 TLS_NOT_FOUND_ERR=8 TLS_IO_ERR=9
   TLS_TYPE_ERR=10 TLS_FULL_ERR=11 TLS_NULL_PTR_ERR=12 TLS_HS_ERR=13 TLS_PARAM_ERR=14 TLS_MEM_ERR=15 TLS_VERIFY_ERR=16
   TLS_CERTIFICATE_ERR=17 TLS_ENCRYPTION_MODULE_ERR=18 TLS_HEARTBEAT_TIMEOUT_ERR=19 TLS_DROP_MESSAGE=20 TLS_TIMEOUT_ERR=21
   TLS_DTLS_NEW_CONN=22 TLS_DTLS_DROP_FRMSG=23 TLS_DTLS_CONNECT_ERR=24`,
);

export const NOTIFICATIONS: readonly GuideItem[] = numbered(
  '5.7',
  `TLS_NTF_HANDSHAKE_FAILED=0x10000 TLS_NTF_HANDSHAKE_DONE=0x20000 TLS_NTF_HANDSHAKE_TIMEOUT=0x40000 DTLS_NTF_TIMEOUT=0x80000
   IP_NTF_TX_RDY=2 TLS_TCP_CONN_INF_FLAG_START=1 TLS_TCP_CONN_INF_FLAG_VERIFY=2 TLS_CONNST_CLOSED TLS_CONNST_HANDSHAKE
   TLS_CONNST_OPERATING`,
);

export const OPTIONS: readonly GuideItem[] = [
  ...numbered(
    '3.2',
    `TLS_MIN_KEY_EX_SIZE=128 TLS_MAX_MKEY_LEN=20 TLS_MAX_BKEY_LEN=24 TLS_MAX_HMAC_LEN=64 TLS_MIN_PUB_KEY_SIZE=32
     TLS_MAX_PUB_KEY_SIZE=260 TLS_PRE_MASTER_SECRET_SIZE=64 TLS_MAX_HOST_CERT=1 TLS_MAX_CA_CERT=1 TLS_MAX_RV_CERT=1
     TLS_MAX_CIPHER_SUITES=1 TLS_MAX_HASH_ALG_SIZE=3 TLS_MAX_BULK_ALG_SIZE=2 TLS_MAX_SIGN_ALG_SIZE=3 TLS_MAX_CONN_SIZE=1
     TLS_MAX_SES_SIZE=1 TLS_PEER_NAME_SIZE=16 TLS_CBC_PADDING_LEN=9 TLS_MAX_DATA_LEN=2700 TLS_RECV_BUF_SIZE=2700
     TLS_DATA_BUF_SIZE=3400 TLS_HS_MSG_STORE_SIZE=8192 TLS_DIGEST_PREFIX_LEN=32 TLS_OID_SIZE=9 TLS_SOCKET_IFC_ENABLE=1
     TLS_TCPIP_IFC_ENABLE=1 TLS_CHECK_CERT_EXP=0 TLS_TCP_CONN_STACK_SIZE=1256 TLS_TIMER_PERIOD=100 TLS_TCP_HS_TIMEOUT=100
     TLS_HB_TIME=3 TLS_HB_ALLOW_PEER_REQ=0 TLS_EXT_HB_PAYLOAD_SIZE=8 TLS_TREAT_RSA512_CERT_INV=1 TLS_TRUST_ALL_CERT=0
     DTLS_IFC_ENABLE=0 DTLS_UDP_IFC_ENABLE=1 DTLS_SOCKET_IFC_ENABLE=1 DTLS_CLIENT_CONN_PORT=1000 DTLS_PMTU_SIZE=1400
     DTLS_SCKSRV_RCV_SIZE=500 DTLS_MSG_RETRY_NR=5 DTLS_UDP_MAX_PORT_SRV_CNT=1 DTLS_RETRANSMIT_INIT_TIME=10
     DTLS_RETRANSMIT_MAX_TIME=600`,
  ),
  ...numbered('3.3', 'RSA_KEY_MODULO_LEN=128 RSA_KEY_EXP_LEN=3'),
  ...numbered('4.4', 'g_tls_arr_host_cert g_tls_arr_ca_cert g_tls_arr_rv_cert'),
];

/** Structures with their elements. */
export const STRUCTURES: readonly (readonly [name: string, elements: readonly string[]])[] = [
  [
    't_tls_connection',
    `tc_encrypt_buf tc_cert_oid tc_recv_buf tc_conn_hdl tc_conn_hdl_dtls tc_ip_addr tc_host_port tc_conn_cnt tc_ntf_idx p_tc_rx_q
     p_tc_tx_q tc_timeout tc_dtls_tim_cnt tc_dtls_timeout tc_conn_hdl_sock tc_mutex tc_seq_num tc_peer_seq_num p_tc_hs_msg_store
     p_tc_next_pdu p_tc_pub_key tc_peer_name p_tc_rd_session p_tc_wr_session p_tc_pd_session p_tc_cert p_tc_key_ex_priv
     tc_host_sec_params tc_peer_sec_params tc_hs_count tc_pub_key_len tc_key_ex_len tc_rx_len tc_exp_count tc_state tc_flags
     tc_full_hs tc_client_verify tc_ver_minor tc_ext`,
  ],
  ['t_tls_session', 'ses_id ref_count ref_neg master_secret pre_master_secret_len p_cipher_suite'],
  ['t_tls_security_params', 'random_val mac_key bulk_key init_vector'],
  ['t_tls_hash_alg_attr', 'digest_prefix digest_prefix_len block_len key_len digest_len'],
  ['t_tls_certificate', 'cert_pub_key_len cert_priv_key_len cert_block_len p_cert_pub_key p_cert_priv_key p_cert_block cert_type'],
  ['t_tls_conn_inf', 'tci_timeout p_tci_ntf tci_flags p_tci_peer_name'],
  [
    't_dtls_conn_data',
    `dtd_cookie dtd_cookie_length dtd_hepoch dtd_hseq_num dtd_pepoch dtd_pseq_num dtd_ar_win_right dtd_ar_win_left dtd_ar_window
     dtd_frg_data_cnt dtd_hs_seq_num dtd_hs_peer_seqnum dtd_hs_frag_length dtd_hs_send_offset p_dtd_recv_msg p_dtd_frg_msg
     dtd_recv_msg_len dtd_flight_timeout dtd_rtr_cnt p_dtd_rtr_msg dtd_rtr_cnt_fl p_dtd_rtr_msg_fl dtd_rtr_cs_idx dtd_rtr_send_cnt
     dtd_rtr_prv_seq_num dtd_rtr_cur_seq_num`,
  ],
].map(([name, elements]) => [name!, elements!.trim().split(/\s+/)]);

export const PLATFORM: readonly GuideItem[] = list(
  '6.2',
  `psp_getcurrenttimedate psp_timedatecmp psp_get_tick_count psp_malloc psp_free psp_memcmp psp_memcpy psp_memset psp_strncpy
   psp_strncmp PSP_RD_BE16 PSP_RD_BE24 PSP_WR_BE16 PSP_WR_BE24 PSP_WR_BE32 PSP_WR_BE64`,
);

/** Samples, by the file that each has become. */
export const SAMPLES: readonly GuideItem[] = [
  ...list('7.1', 'tls-server-tcp dtls-server-udp tls-server-sockets dtls-server-sockets'),
  ...list('7.2', 'tls-client-tcp dtls-client-udp tls-client-sockets dtls-client-sockets'),
];

/** Where the guide contradicts itself or leaves something open, and what holds here. */
export const DIFFERENCES: readonly string[] = [
  '`TLS_DATA_BUF_SIZE` should be at least twice `TLS_RECV_BUF_SIZE` (3.2), which the defaults 3400 and 2700 do not keep: at least `TLS_RECV_BUF_SIZE` is demanded.',
  'The samples call `tls_tcp_connect` and `dtls_connect_udp` with a timeout as second parameter; the reference (5.2, 5.3) has none.',
  'The sample of a DTLS client over sockets leaves out `p_ip_port`; the reference (5.5) has it. It may be null where the socket is connected.',
  'The sample of a DTLS server over sockets opens `SOCK_STREAM`; it is `SOCK_DGRAM`.',
  'The samples call `dtls_receive_socket` with the address of a pointer; by the reference it is the buffer itself.',
  '5.3 gives `dtls_get_ticket_udp` and `dtls_get_state_udp` the prototypes of the TCP functions; the names of the headings hold.',
  '`tls_receive_tcp` is announced by `IP_NTF_TX_RDY`, which 5.7 calls "ready to transmit": it is both, as 5.2 says.',
  '5.7 types `tci_flags` as a pointer to a notify structure; it is a number.',
  '`TLS_TCP_CONN_INF_FLAG_VERIFY` is called unsupported in 5.7 and described in 5.2; here it works. `TLS_CONN_INF_FLAG_…` are the same numbers.',
  '`dtls_close_socket` and `dtls_server_handshake_socket` use `t_dtls_socket_hdl`, all others `t_dtls_hdl`: one type here.',
  'The fourth return code does not exist in 5.6, nor here.',
  'The samples set their event for every notification but `TLS_NTF_HANDSHAKE_DONE`; those here look at `TLS_NTF_HANDSHAKE_FAILED` and `IP_NTF_CLOSED` as well, so that they end.',
  '`tls_stop` while connections are open: `TLS_INIT_ERR` ("the TLS connection did not stop"), and nothing changes.',
  '5.2 and 5.3: a receive gives `TLS_IO_ERR` for every connection that has ended; why, the handshake functions and `tls_last_error` tell. `TLS_HEARTBEAT_TIMEOUT_ERR` comes from a receive as well: 5.6 has it, and no function lists it.',
  '5.1 lets `tls_start` give `TLS_INIT_ERR` alone, and `tls_init` any code: certificates and their keys are judged by `tls_init`.',
  '5.1 says of `tls_register_sign` alone that it replaces what has the same index; all three do.',
  '5.2 says that TLS has no timeout of the handshake, 3.2 and 5.7 that it notifies one: the polled functions have none, `tls_tcp_connect` and `tls_tcp_accept` notify.',
  '5.3: `dtls_get_buffer_udp` gives `TLS_WAIT` "before the handshake was finished", and `dtls_send_udp` sends before it is started: before the start there are buffers, during the handshake there are none.',
  '5.2 and 5.3: `timeout` of the functions that give buffers has no effect, as in a non-preemptive system: whoever gives a buffer back runs in the same thread.',
  '5.5: a heartbeat in vain is `TLS_TIMEOUT_ERR` over DTLS sockets, and goes out again; over the other interfaces it is `TLS_HEARTBEAT_TIMEOUT_ERR`. There is no call that sends one: here it is `tls_send_heartbeat`.',
  'Null pointers are `TLS_NULL_PTR_ERR`, but for the functions whose tables have `TLS_PARAM_ERR` for them: the receives of 5.2 and 5.3, and those that give tickets.',
  'A ticket whose session is gone is `TLS_NOT_FOUND_ERR`, as every handle that names nothing.',
  'The places for algorithms (`t_tls_bulk_algorithm_index` and its companions) have no numbers in the guide; those here are our own.',
];

/** Options that change nothing here, and why. */
export const NO_EFFECT: readonly (readonly [option: string, reason: string])[] = [
  ['TLS_CBC_PADDING_LEN', 'padding is as long as the block asks for, and a peer may send up to 255 bytes of it'],
  ['TLS_TCP_CONN_STACK_SIZE', 'the runtime manages its stacks'],
];
