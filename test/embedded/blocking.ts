/** Run by sockets.test.ts: blocking sockets in a program that never returns to its event loop. Arguments: role, port. */
import * as e from '../../src/embedded/index.ts';
import { TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import { readFileSync } from 'node:fs';

const [role, portText, certFile, keyFile, caFile] = process.argv.slice(2) as [string, string, string, string, string];
const port = Number(portText);
const der = (file: string): Uint8Array =>
  new Uint8Array(Buffer.from(readFileSync(file, 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64'));
const check = (what: string, ret: number): void => {
  if (ret === e.TLS_OK) return;
  console.log(`${what}: ${ret} ${e.tls_last_error()}`);
  process.exit(1);
};

Object.assign(e.config_tls, {
  OAL_PREEMPTIVE: 1,
  DTLS_IFC_ENABLE: 1,
  DTLS_CLIENT_CONN_PORT: 0,
  RSA_KEY_MODULO_LEN: 256,
  TLS_MAX_CONN_SIZE: 4,
  TLS_MAX_SES_SIZE: 4,
  DTLS_SCKSRV_RCV_SIZE: 1500,
  DTLS_RETRANSMIT_INIT_TIME: 2,
  g_tls_arr_cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256],
  g_tls_arr_host_cert: [{ cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: der(certFile), p_cert_priv_key: der(keyFile) }],
  g_tls_arr_ca_cert: [{ cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: der(caFile) }],
});
e.enc_init();
e.enc_start();
check('tls_init', e.tls_init());
const handle = (driver: e.t_enc_driver): e.t_enc_ifc_hdl => {
  const hdl = e.ref(e.ENC_INVALID_IFC_HDL);
  e.enc_driver_register(driver, hdl);
  return hdl.value;
};
const [aes, hash, sign] = [handle(e.enc_aes_driver), handle(e.enc_hash_driver), handle(e.enc_sign_driver)] as const;
e.tls_register_bulk(e.TLS_BULK_AES_128_GCM, aes, e.ENC_ALG_AES_128_GCM);
e.tls_register_hash(e.TLS_HASH_SHA256, hash, e.ENC_ALG_SHA256);
e.tls_register_sign(e.TLS_SIGN_RSA, sign, e.ENC_ALG_RSA);
e.tls_register_sign(e.TLS_SIGN_ECC, sign, e.ENC_ALG_ECC);
check('tls_start', e.tls_start());

const address: e.sockaddr_in = { sin_family: e.AF_INET, sin_addr: { s_addr: '127.0.0.1' }, sin_port: port };
const length = e.ref(0);
const buffer = new Uint8Array(1024);
const say = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const heard = (): string => Buffer.from(buffer.subarray(0, length.value)).toString();
/** Nothing of the event loop may be needed. */
setImmediate(() => console.log('the event loop ran'));

switch (role) {
  case 'tls-client': {
    const fd = e.socket(e.AF_INET, e.SOCK_STREAM, 0);
    check('connect', e.connect(fd, address));
    check('handshake', e.tls_client_handshake_socket(fd, 'localhost', e.TLS_INVALID_CONN_TICKET));
    check('send', e.tls_send_socket(fd, say('hello\n'), 6));
    check('receive', e.tls_receive_socket(fd, e.ref(buffer), buffer.length, length));
    console.log(`got ${heard().trim()}`);
    check('close', e.tls_close_socket(fd));
    e.close(fd);
    break;
  }
  case 'tls-server': {
    const svr = e.socket(e.AF_INET, e.SOCK_STREAM, 0);
    e.bind(svr, address);
    check('listen', e.listen(svr, 4));
    console.log('listening');
    const fd = e.accept(svr, null);
    check('handshake', e.tls_server_handshake_socket(fd, e.FALSE, null));
    check('receive', e.tls_receive_socket(fd, e.ref(buffer), buffer.length, length));
    console.log(`got ${heard().trim()}`);
    check('send', e.tls_send_socket(fd, buffer, length.value));
    check('close', e.tls_close_socket(fd));
    e.close(fd);
    e.close(svr);
    break;
  }
  case 'dtls-client': {
    const fd = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
    const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
    check(
      'handshake',
      e.dtls_client_handshake_socket(fd, { ipp_ip_addr: '127.0.0.1', ipp_port: port }, 'localhost', e.TLS_INVALID_CONN_TICKET, hdl),
    );
    check('send', e.dtls_send_socket(hdl.value, say('hello\n'), 6));
    check('receive', e.dtls_receive_socket(hdl.value, buffer, buffer.length, length));
    console.log(`got ${heard().trim()}`);
    check('close', e.dtls_close_socket(hdl.value));
    e.close(fd);
    break;
  }
  case 'dtls-server': {
    const fd = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
    check('bind', e.bind(fd, address));
    console.log('listening');
    const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
    check('handshake', e.dtls_server_handshake_socket(fd, e.FALSE, null, hdl));
    check('receive', e.dtls_receive_socket(hdl.value, buffer, buffer.length, length));
    console.log(`got ${heard().trim()}`);
    check('send', e.dtls_send_socket(hdl.value, buffer, length.value));
    check('close', e.dtls_close_socket(hdl.value));
    e.close(fd);
    break;
  }
  default:
}
check('stop', e.tls_stop());
check('delete', e.tls_delete());
console.log('done');
