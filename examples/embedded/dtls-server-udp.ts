/** Guide 7.1: DTLS server interface using UDP. Opens a server port, takes the connection that a client makes and sends back what comes until it closes. */
import {
  dtls_close_udp,
  dtls_get_srv_conn_udp,
  DTLS_INVALID_UDP_HDL,
  dtls_receive_udp,
  dtls_send_udp,
  dtls_udp_srv_close,
  dtls_udp_srv_open,
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
  type t_tls_conn_inf,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_OK,
  TLS_TCP_CONN_INF_FLAG_START,
  UDP_INVALID_HDL,
  udp_release_buf,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PORT } from './config_tls.ts';

const TLS_TEST_EVENT = 0x1;
const g_tls_test_ntf: t_ip_ntf = { ntf_fn: tls_test_ntf_fn, ntf_param: 0, p_ntf_next: null };
const g_tls_test_event: oal_event_t = { oal_event_word: null };
const g_tls_test_task: oal_task_t = { oal_task_fn: null };
const g_conn_hdl = ref(DTLS_INVALID_UDP_HDL);
const g_tls_udp_hdl = ref(UDP_INVALID_HDL);
let is_closed = false;

start();
oal_event_create(g_tls_test_event);
oal_task_create(g_tls_test_task, tls_test_task);
const inf: t_tls_conn_inf = { p_tci_ntf: g_tls_test_ntf, p_tci_peer_name: null, tci_flags: TLS_TCP_CONN_INF_FLAG_START };
check(dtls_udp_srv_open(TLS_PORT, inf, g_tls_udp_hdl));

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
  if (g_conn_hdl.value === DTLS_INVALID_UDP_HDL && dtls_get_srv_conn_udp(g_tls_udp_hdl.value, g_conn_hdl) !== TLS_OK) return;
  const p_rx_buf = ref<Uint8Array | null>(null);
  const rx_bytes = ref(0);
  while (dtls_receive_udp(g_conn_hdl.value, p_rx_buf, rx_bytes) === TLS_OK) {
    const buffer = p_rx_buf.value!;
    buffer[rx_bytes.value] = 0;
    PRINTF(buffer, rx_bytes.value);
    if (dtls_send_udp(g_conn_hdl.value, buffer, rx_bytes.value) !== TLS_OK) udp_release_buf(buffer);
  }
  if (!is_closed) return;
  oal_task_delete(g_tls_test_task);
  dtls_close_udp(g_conn_hdl.value);
  dtls_udp_srv_close(g_tls_udp_hdl.value);
  // What close_notify needs of the event loop comes first.
  setTimeout(stop, 100);
}
