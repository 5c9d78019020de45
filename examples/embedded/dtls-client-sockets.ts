/** Guide 7.2: DTLS client interface using sockets. Preemptive: every call blocks. Sends a line and prints what comes back. */
import {
  AF_INET,
  DTLS_INVALID_UDP_HDL,
  dtls_client_handshake_socket,
  dtls_close_socket,
  dtls_receive_socket,
  dtls_send_socket,
  IN_ADDR_ANY,
  ref,
  SOCK_DGRAM,
  type sockaddr_in,
  socket,
  socket_bind,
  socket_close,
  type t_ip_port,
  TLS_INVALID_CONN_TICKET,
  TLS_TIMEOUT_ERR,
  TLS_WAIT,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PEER_NAME, TLS_PORT, TLS_SVR_IP_ADDR } from './config_tls.ts';

const dec_buf = new Uint8Array(1024);
const g_dtls_rx_conn_hdl = ref(DTLS_INVALID_UDP_HDL);

start({ OAL_PREEMPTIVE: 1 });
const sd_conn = socket(AF_INET, SOCK_DGRAM, 0);
const sa_addr: sockaddr_in = { sin_family: AF_INET, sin_addr: { s_addr: IN_ADDR_ANY }, sin_port: 0 };
socket_bind(sd_conn, sa_addr);
// The sample of the guide leaves the server's address out; the reference has it.
const server: t_ip_port = { ipp_ip_addr: TLS_SVR_IP_ADDR, ipp_port: TLS_PORT };

let tls_res = TLS_WAIT;
while (tls_res === TLS_WAIT || tls_res === TLS_TIMEOUT_ERR)
  tls_res = dtls_client_handshake_socket(sd_conn, server, TLS_PEER_NAME, TLS_INVALID_CONN_TICKET, g_dtls_rx_conn_hdl);
check(tls_res);
console.log('handshake done');
check(dtls_send_socket(g_dtls_rx_conn_hdl.value, Buffer.from('hello\n'), 6));
const recv_bytes = ref(0);
check(dtls_receive_socket(g_dtls_rx_conn_hdl.value, dec_buf, dec_buf.length, recv_bytes));
PRINTF(dec_buf, recv_bytes.value);
dtls_close_socket(g_dtls_rx_conn_hdl.value);
socket_close(sd_conn);
stop();
