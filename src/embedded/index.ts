/**
 * `veritls/embedded`: the interface of the user guide, function by function. Every function returns a code and never throws;
 * handles are numbers; out-parameters are `Ref`s. docs/embedded.md is the table of all of it.
 */
export * from './constants.ts';
export * from './types.ts';
export type { TlsConfig } from './config.ts';
export { config_tls, defaultConfig, GUIDE_DEFAULTS, tls_config_reset } from './config-tls.ts';
export { tls_init } from './complete.ts';
export { tls_check_certificate } from './certificates.ts';
export { tls_last_error } from './guard.ts';
export * from './psp.ts';
export * from './oal.ts';
export * from './bignum.ts';
export * from './algorithms.ts';
export * from './drivers.ts';
export {
  enc_delete,
  enc_driver_deregister,
  enc_driver_register,
  enc_init,
  enc_start,
  enc_stop,
  type SignOperations,
  type t_enc_driver,
} from './eem.ts';
export {
  tls_conn_mutex,
  tls_delete,
  tls_mutex,
  tls_register_bulk,
  tls_register_hash,
  tls_register_sign,
  tls_start,
  tls_stop,
} from './module.ts';
export type { IpStack, StackDatagram, StackListener, StackStream, StackUdp, StreamState, UdpStack } from './stack.ts';
export { tls_install_ip_stack } from './stacks.ts';
export { ip_ntf_failures, ip_release_proto_buf } from './ip.ts';
export {
  tcp_accept,
  tcp_close,
  tcp_close_port,
  tcp_connect,
  tcp_get_port,
  tcp_open,
  tcp_receive,
  tcp_release_buf,
  tcp_send,
} from './tcp.ts';
export {
  tls_client_handshake_tcp,
  tls_close_tcp,
  tls_get_buffer_tcp,
  tls_get_state_tcp,
  tls_get_ticket_tcp,
  tls_receive_tcp,
  tls_send_tcp,
  tls_server_handshake_tcp,
  tls_start_tcp,
  tls_tcp_accept,
  tls_tcp_connect,
} from './tls-tcp.ts';
export {
  dtls_close_udp,
  dtls_connect_udp,
  dtls_get_buffer_udp,
  dtls_get_state_udp,
  dtls_get_ticket_udp,
  dtls_receive_udp,
  dtls_send_udp,
  dtls_start_udp,
  udp_release_buf,
} from './dtls-udp.ts';
export {
  dtls_accept_udp,
  dtls_get_drop,
  dtls_get_srv_conn_udp,
  dtls_udp_srv_close,
  dtls_udp_srv_open,
  udp_get_port,
  udp_open,
} from './dtls-udp-server.ts';
export { tls_get_connection } from './connection-view.ts';
export { dtls_get_conn_data } from './dtls-view.ts';
export { tls_find_session, tls_get_flag, tls_get_hash_alg_attr, tls_send_heartbeat } from './inspect.ts';
export type {
  t_dtls_conn_data,
  t_tls_cipher_suite,
  t_tls_conn_flags,
  t_tls_connection,
  t_tls_ext,
  t_tls_hash_alg_attr,
  t_tls_security_params,
  t_tls_session,
} from './structures.ts';
export {
  accept,
  AF_INET,
  AF_INET6,
  bind,
  close,
  connect,
  getsockname,
  IN_ADDR_ANY,
  listen,
  recv,
  send,
  setsockopt,
  SO_RCVTIMEO,
  SOCK_DGRAM,
  SOCK_STREAM,
  type sockaddr_in,
  socket,
  socket_bind,
  socket_close,
  socket_errno,
  socket_open,
  SOL_SOCKET,
  SOCKET_EADDRINUSE,
  SOCKET_EBADF,
  SOCKET_ECONNREFUSED,
  SOCKET_EINVAL,
  SOCKET_ENOTCONN,
  SOCKET_ETIMEDOUT,
  SOCKET_EWOULDBLOCK,
} from './sockets.ts';
export {
  tls_client_handshake_socket,
  tls_close_socket,
  tls_get_state_socket,
  tls_get_ticket_socket,
  tls_receive_socket,
  tls_send_socket,
  tls_server_handshake_socket,
} from './tls-socket.ts';
export {
  dtls_client_handshake_socket,
  dtls_close_socket,
  dtls_get_state_socket,
  dtls_get_ticket_socket,
  dtls_receive_socket,
  dtls_send_socket,
  dtls_server_handshake_socket,
} from './dtls-socket.ts';
