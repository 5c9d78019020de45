/** Guide 7.1: TLS server interface using native TCP. Opens a port, accepts a connection and sends back what comes until the client closes. */
import {
  ip_enter_task,
  IP_NTF_CLOSED,
  oal_event_create,
  oal_event_get,
  oal_event_set,
  type oal_event_t,
  OAL_SUCCESS,
  oal_task_create,
  oal_task_delete,
  type oal_task_t,
  ref,
  type t_ip_ntf,
  type t_ip_port,
  type t_tls_conn_inf,
  tcp_close_port,
  TCP_INVALID_CONN_HDL,
  TCP_INVALID_PORT_HDL,
  tcp_open,
  tcp_release_buf,
  tls_close_tcp,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_OK,
  tls_receive_tcp,
  tls_send_tcp,
  tls_tcp_accept,
  TLS_TCP_CONN_INF_FLAG_START,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PORT } from './config_tls.ts';

const TLS_TEST_EVENT = 0x1;
const g_tls_test_ntf: t_ip_ntf = { ntf_fn: tls_test_ntf_fn, ntf_param: 0, p_ntf_next: null };
const g_tls_test_event: oal_event_t = { oal_event_word: null };
const g_tls_test_task: oal_task_t = { oal_task_fn: null };
const g_conn_hdl = ref(TCP_INVALID_CONN_HDL);
const g_tls_port_hdl = ref(TCP_INVALID_PORT_HDL);
const ip_rx_port = ref<t_ip_port>({ ipp_ip_addr: '', ipp_port: 0 });
let is_closed = false;

start();
oal_event_create(g_tls_test_event);
oal_task_create(g_tls_test_task, tls_test_task);
const inf: t_tls_conn_inf = { p_tci_ntf: g_tls_test_ntf, p_tci_peer_name: null, tci_flags: TLS_TCP_CONN_INF_FLAG_START };
check(tcp_open(TLS_PORT, 1, null, g_tls_port_hdl));
check(tls_tcp_accept(g_tls_port_hdl.value, inf, ip_rx_port, g_conn_hdl));

function tls_test_ntf_fn(_param: number, ntf: number): void {
  if (ntf === TLS_NTF_HANDSHAKE_DONE) console.log('handshake done');
  if (ntf === TLS_NTF_HANDSHAKE_FAILED) console.log('handshake failed');
  if (ntf === IP_NTF_CLOSED || ntf === TLS_NTF_HANDSHAKE_FAILED) is_closed = true;
  if (ntf !== TLS_NTF_HANDSHAKE_DONE) oal_event_set(g_tls_test_event, TLS_TEST_EVENT, g_tls_test_task);
}

/** OAL_TASK_FN, in poll mode: called after every event. */
function tls_test_task(): void {
  ip_enter_task();
  const event_flags = ref(0);
  const oal_ret = oal_event_get(g_tls_test_event, TLS_TEST_EVENT, event_flags, 0);
  if (oal_ret !== OAL_SUCCESS || event_flags.value !== TLS_TEST_EVENT) return;
  const p_rx_buf = ref<Uint8Array | null>(null);
  const rx_bytes = ref(0);
  while (tls_receive_tcp(g_conn_hdl.value, p_rx_buf, rx_bytes) === TLS_OK) {
    const buffer = p_rx_buf.value!;
    buffer[rx_bytes.value] = 0;
    PRINTF(buffer, rx_bytes.value);
    if (tls_send_tcp(g_conn_hdl.value, buffer, rx_bytes.value) !== TLS_OK) tcp_release_buf(buffer);
  }
  if (!is_closed) return;
  oal_task_delete(g_tls_test_task);
  tls_close_tcp(g_conn_hdl.value);
  tcp_close_port(g_tls_port_hdl.value);
  // What close_notify needs of the event loop comes first.
  setTimeout(stop, 100);
}
