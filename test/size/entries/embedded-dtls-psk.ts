/** A whole program over the user guide's interface: a DTLS client with a pre-shared key, on Node's cryptography. */
import {
  config_tls,
  DTLS_INVALID_UDP_HDL,
  dtls_close_udp,
  dtls_connect_udp,
  dtls_get_buffer_udp,
  dtls_get_state_udp,
  dtls_receive_udp,
  dtls_send_udp,
  ENC_ALG_AES_128_CCM_8,
  ENC_ALG_SHA256,
  enc_aes_ccm_driver,
  enc_driver_register,
  enc_sha256_driver,
  ENC_INVALID_IFC_HDL,
  enc_init,
  enc_start,
  ref,
  TLS_BULK_AES_128_CCM_8,
  TLS_CONN_INF_FLAG_START,
  TLS_CONNST_OPERATING,
  tls_delete,
  TLS_HASH_SHA256,
  tls_init,
  TLS_INVALID_CONN_TICKET,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_OK,
  tls_register_bulk,
  tls_register_hash,
  tls_start,
  tls_stop,
  udp_release_buf,
} from '../../../src/embedded/dtls-psk.ts';

Object.assign(config_tls, {
  DTLS_IFC_ENABLE: 1,
  g_tls_arr_psk: [{ psk_identity: Uint8Array.of(1), psk_key: new Uint8Array(16) }],
});
const driver = ref(ENC_INVALID_IFC_HDL);
enc_init();
enc_start();
tls_init();
enc_driver_register(enc_aes_ccm_driver, driver);
tls_register_bulk(TLS_BULK_AES_128_CCM_8, driver.value, ENC_ALG_AES_128_CCM_8);
enc_driver_register(enc_sha256_driver, driver);
tls_register_hash(TLS_HASH_SHA256, driver.value, ENC_ALG_SHA256);
tls_start();

const hdl = ref(DTLS_INVALID_UDP_HDL);
const buffer = ref<Uint8Array | null>(null);
const length = ref(0);
const ntf_fn = (_param: number, ntf: number): void => {
  if (ntf === TLS_NTF_HANDSHAKE_DONE) {
    dtls_get_buffer_udp(hdl.value, 1, buffer, 0, null, length);
    if (dtls_send_udp(hdl.value, buffer.value, 1) !== TLS_OK) udp_release_buf(buffer.value);
  } else if (dtls_get_state_udp(hdl.value) === TLS_CONNST_OPERATING && dtls_receive_udp(hdl.value, buffer, length) === TLS_OK) {
    udp_release_buf(buffer.value);
    dtls_close_udp(hdl.value);
    tls_stop();
    tls_delete();
  }
};
dtls_connect_udp(
  { ipp_ip_addr: '127.0.0.1', ipp_port: 5684 },
  { p_tci_ntf: { ntf_fn, ntf_param: 0, p_ntf_next: null }, tci_flags: TLS_CONN_INF_FLAG_START, p_tci_peer_name: 'server' },
  TLS_INVALID_CONN_TICKET,
  hdl,
);
