/** Guide 7.1: DTLS server interface using sockets. Preemptive: every call blocks. Sends back what comes until the client closes. */
import {
  AF_INET,
  DTLS_INVALID_UDP_HDL,
  dtls_close_socket,
  dtls_receive_socket,
  dtls_send_socket,
  dtls_server_handshake_socket,
  FALSE,
  IN_ADDR_ANY,
  ref,
  SOCK_DGRAM,
  type sockaddr_in,
  socket_bind,
  socket_close,
  socket_open,
  TLS_DTLS_NEW_CONN,
  TLS_OK,
  TLS_WAIT,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PORT } from './config_tls.ts';

const dec_buf = new Uint8Array(1024);
const conn_hdl = ref(DTLS_INVALID_UDP_HDL);

start({ OAL_PREEMPTIVE: 1 });
// The guide opens SOCK_STREAM here: a slip, DTLS stands on datagrams.
const sd_svr = socket_open(AF_INET, SOCK_DGRAM, 0);
const sa_addr: sockaddr_in = { sin_family: AF_INET, sin_addr: { s_addr: IN_ADDR_ANY }, sin_port: TLS_PORT };
socket_bind(sd_svr, sa_addr);

let tls_res = TLS_WAIT;
while (tls_res === TLS_WAIT) tls_res = dtls_server_handshake_socket(sd_svr, FALSE, null, conn_hdl);
check(tls_res);
console.log('handshake done');
while (tls_res === TLS_OK || tls_res === TLS_WAIT || tls_res === TLS_DTLS_NEW_CONN) {
  const recv_bytes = ref(0);
  tls_res = dtls_receive_socket(conn_hdl.value, dec_buf, dec_buf.length, recv_bytes);
  if (recv_bytes.value > 0) {
    PRINTF(dec_buf, recv_bytes.value);
    dtls_send_socket(conn_hdl.value, dec_buf, recv_bytes.value);
  }
}
dtls_close_socket(conn_hdl.value);
socket_close(sd_svr);
stop();
