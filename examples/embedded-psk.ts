/**
 * The user guide's interface on a small device: a DTLS client with a pre-shared key, without a byte of code for certificates. It
 * reports a temperature to a server and ends with its answer.
 */
import { TLS_PSK_WITH_AES_128_CCM_8 } from 'veritls/suites/aes-ccm';
import * as tls from 'veritls/embedded/dtls-psk';
import { type DTLSSession, listen } from 'veritls/dtls';

const psk_key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const answering = (session: DTLSSession): void => {
  session.onmessage = (message) => void session.send(Buffer.from(`noted: ${message.toString()}`));
};
const server = listen(answering, {
  host: '127.0.0.1',
  psk: { 'sensor-7': psk_key },
  ciphers: 'PSK-AES128-CCM8',
});
const { port } = (await server.listening)!;

Object.assign(tls.config_tls, {
  DTLS_IFC_ENABLE: 1,
  DTLS_CLIENT_CONN_PORT: 0,
  g_tls_arr_cipher_suites: [TLS_PSK_WITH_AES_128_CCM_8],
  g_tls_arr_psk: [{ psk_identity: Buffer.from('sensor-7'), psk_key }],
});
check(tls.enc_init());
check(tls.enc_start());
check(tls.tls_init());
check(tls.tls_register_bulk(tls.TLS_BULK_AES_128_CCM_8, driver(tls.enc_aes_ccm_driver), tls.ENC_ALG_AES_128_CCM_8));
check(tls.tls_register_hash(tls.TLS_HASH_SHA256, driver(tls.enc_sha256_driver), tls.ENC_ALG_SHA256));
check(tls.tls_start());

const hdl = tls.ref(tls.DTLS_INVALID_UDP_HDL);
const answer = await new Promise<string>((resolve, reject) => {
  const ntf_fn = (_param: number, ntf: number): void => {
    const buffer = tls.ref<Uint8Array | null>(null);
    const length = tls.ref(0);
    if (ntf === tls.TLS_NTF_HANDSHAKE_FAILED) reject(new Error(tls.tls_last_error()));
    else if (ntf === tls.TLS_NTF_HANDSHAKE_DONE) {
      check(tls.dtls_get_buffer_udp(hdl.value, 4, buffer, 0, null, length));
      buffer.value!.set(Buffer.from('21.5'));
      check(tls.dtls_send_udp(hdl.value, buffer.value, 4));
    } else if (tls.dtls_receive_udp(hdl.value, buffer, length) === tls.TLS_OK) {
      resolve(Buffer.from(buffer.value!.subarray(0, length.value)).toString());
      tls.udp_release_buf(buffer.value);
    }
  };
  const inf = {
    p_tci_ntf: { ntf_fn, ntf_param: 0, p_ntf_next: null },
    p_tci_peer_name: 'server',
    tci_flags: tls.TLS_CONN_INF_FLAG_START,
  };
  check(tls.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf, tls.TLS_INVALID_CONN_TICKET, hdl));
});
console.log(answer);
check(tls.dtls_close_udp(hdl.value));
check(tls.tls_stop());
check(tls.tls_delete());
await server.close();
process.exitCode = answer === 'noted: 21.5' ? 0 : 1;

function driver(one: tls.t_enc_driver): tls.t_enc_ifc_hdl {
  const made = tls.ref(tls.ENC_INVALID_IFC_HDL);
  check(tls.enc_driver_register(one, made));
  return made.value;
}

function check(ret: number): void {
  if (ret !== tls.TLS_OK) throw new Error(`${ret}: ${tls.tls_last_error()}`);
}
