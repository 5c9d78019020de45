/** Guide 7.2: TLS client interface using sockets. Preemptive: every call blocks. Sends a line and prints what comes back. */
import {
  AF_INET,
  close,
  connect,
  ref,
  SOCK_STREAM,
  type sockaddr_in,
  socket,
  TLS_INVALID_CONN_TICKET,
  TLS_WAIT,
  tls_client_handshake_socket,
  tls_close_socket,
  tls_receive_socket,
  tls_send_socket,
} from 'veritls/embedded';
import { check, PRINTF, start, stop, TLS_PEER_NAME, TLS_PORT, TLS_SVR_IP_ADDR } from './config_tls.ts';

const dec_buf = new Uint8Array(1024);

start({ OAL_PREEMPTIVE: 1 });
const sd_conn = socket(AF_INET, SOCK_STREAM, 0);
const sa_addr: sockaddr_in = { sin_family: AF_INET, sin_addr: { s_addr: TLS_SVR_IP_ADDR }, sin_port: TLS_PORT };
check(connect(sd_conn, sa_addr));

let tls_res = TLS_WAIT;
while (tls_res === TLS_WAIT) tls_res = tls_client_handshake_socket(sd_conn, TLS_PEER_NAME, TLS_INVALID_CONN_TICKET);
check(tls_res);
console.log('handshake done');
check(tls_send_socket(sd_conn, Buffer.from('hello\n'), 6));
const recv_bytes = ref(0);
const p_buf = ref(dec_buf);
check(tls_receive_socket(sd_conn, p_buf, dec_buf.length, recv_bytes));
PRINTF(p_buf.value, recv_bytes.value);
tls_close_socket(sd_conn);
close(sd_conn);
stop();
