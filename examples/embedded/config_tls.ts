/**
 * What config_tls.c and the start of the application are in the guide: certificates, options, algorithms. Every sample takes the
 * same arguments: PORT CERTIFICATE KEY CA, the last three being PEM files.
 */
import { readFileSync } from 'node:fs';
import * as tls from 'veritls/embedded';
import { TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 } from 'veritls/suites/aes-gcm';
import { TLS_RSA_WITH_AES_128_CBC_SHA } from 'veritls/suites/aes-cbc';

const [port, certificate, key, ca] = process.argv.slice(2);
if (port === undefined || certificate === undefined || key === undefined || ca === undefined) {
  console.error('usage: sample PORT CERTIFICATE KEY CA');
  process.exit(2);
}

export const TLS_PORT: number = Number(port);
export const TLS_SVR_IP_ADDR = '127.0.0.1';
export const TLS_PEER_NAME = 'localhost';

function derOf(file: string): Uint8Array {
  return new Uint8Array(Buffer.from(readFileSync(file, 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64'));
}

/** Starts the encryption manager and the module. */
export function start(options: Partial<tls.TlsConfig> = {}): void {
  Object.assign(tls.config_tls, {
    RSA_KEY_MODULO_LEN: 256,
    TLS_MAX_CIPHER_SUITES: 2,
    TLS_MAX_CONN_SIZE: 2,
    TLS_TCP_HS_TIMEOUT: 10_000,
    DTLS_IFC_ENABLE: 1,
    DTLS_CLIENT_CONN_PORT: 0,
    DTLS_SCKSRV_RCV_SIZE: 1_500,
    DTLS_RETRANSMIT_INIT_TIME: 2,
    DTLS_RETRANSMIT_MAX_TIME: 20,
    g_tls_arr_cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA],
    g_tls_arr_host_cert: [{ cert_type: tls.TLS_CERT_TYPE_RSA, p_cert_block: derOf(certificate!), p_cert_priv_key: derOf(key!) }],
    g_tls_arr_ca_cert: [{ cert_type: tls.TLS_CERT_TYPE_RSA, p_cert_block: derOf(ca!) }],
    ...options,
  });
  check(tls.enc_init());
  check(tls.enc_start());
  check(tls.tls_init());
  const aes = register(tls.enc_aes_driver);
  const hash = register(tls.enc_hash_driver);
  const sign = register(tls.enc_sign_driver);
  check(tls.tls_register_bulk(tls.TLS_BULK_AES_128_GCM, aes, tls.ENC_ALG_AES_128_GCM));
  check(tls.tls_register_bulk(tls.TLS_BULK_AES_128_CBC, aes, tls.ENC_ALG_AES_128_CBC));
  check(tls.tls_register_hash(tls.TLS_HASH_SHA1, hash, tls.ENC_ALG_SHA1));
  check(tls.tls_register_hash(tls.TLS_HASH_SHA256, hash, tls.ENC_ALG_SHA256));
  check(tls.tls_register_sign(tls.TLS_SIGN_RSA, sign, tls.ENC_ALG_RSA));
  check(tls.tls_register_sign(tls.TLS_SIGN_ECC, sign, tls.ENC_ALG_ECC));
  check(tls.tls_start());
}

/** Stops the module; the sample is over. */
export function stop(): void {
  check(tls.tls_stop());
  check(tls.tls_delete());
  check(tls.enc_stop());
  check(tls.enc_delete());
}

export function check(ret: number): void {
  if (ret === tls.TLS_OK) return;
  console.error(`failed with ${ret}: ${tls.tls_last_error()}`);
  process.exit(1);
}

export function PRINTF(bytes: Uint8Array, length: number): void {
  console.log(`${length} bytes received: ${Buffer.from(bytes.subarray(0, length)).toString().trim()}`);
}

function register(driver: tls.t_enc_driver): tls.t_enc_ifc_hdl {
  const hdl = tls.ref(tls.ENC_INVALID_IFC_HDL);
  check(tls.enc_driver_register(driver, hdl));
  return hdl.value;
}
