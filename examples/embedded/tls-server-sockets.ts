/** Guide 7.1: TLS server interface using sockets. Preemptive: every call blocks. Sends back what comes until the client closes. */
import {
  accept,
  AF_INET,
  bind,
  close,
  FALSE,
  IN_ADDR_ANY,
  listen,
  ref,
  SOCK_STREAM,
  socket,
  type sockaddr_in,
  TLS_OK,
  TLS_WAIT,
  tls_close_socket,
  tls_receive_socket,
  tls_send_socket,
  tls_server_handshake_socket,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PORT } from './config_tls.ts';

const dec_buf = new Uint8Array(1024);

start({ OAL_PREEMPTIVE: 1 });
const sd_svr = socket(AF_INET, SOCK_STREAM, 0);
const sa_addr: sockaddr_in = { sin_family: AF_INET, sin_addr: { s_addr: IN_ADDR_ANY }, sin_port: TLS_PORT };
const sa_peer_addr: sockaddr_in = { sin_family: AF_INET, sin_addr: { s_addr: '' }, sin_port: 0 };
bind(sd_svr, sa_addr);
if (listen(sd_svr, 4) > -1) {
  const sd_conn = accept(sd_svr, sa_peer_addr);
  let tls_res = TLS_WAIT;
  while (tls_res === TLS_WAIT) tls_res = tls_server_handshake_socket(sd_conn, FALSE, null);
  check(tls_res);
  console.log('handshake done');
  while (tls_res === TLS_OK) {
    const recv_bytes = ref(0);
    const p_buf = ref(dec_buf);
    tls_res = tls_receive_socket(sd_conn, p_buf, dec_buf.length, recv_bytes);
    if (recv_bytes.value > 0) {
      PRINTF(p_buf.value, recv_bytes.value);
      tls_send_socket(sd_conn, p_buf.value, recv_bytes.value);
    }
  }
  tls_close_socket(sd_conn);
  close(sd_conn);
}
close(sd_svr);
stop();
