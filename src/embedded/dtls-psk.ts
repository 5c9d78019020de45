/**
 * `veritls/embedded/dtls-psk`: the same functions, for a device that is a DTLS client with a pre-shared key: no certificates, no
 * sessions, no other versions, no TCP, no sockets. What a program does not call is in no bundle.
 */
import { TLS_PSK_WITH_AES_128_CCM_8 } from '../crypto/suites/aes-ccm.ts';
import { createPskClientConnection } from '../engine/psk-connection.ts';
import { createPskClientContext } from '../engine/psk-context.ts';
import { dtls12PskClient } from '../versions/dtls12-psk.ts';
import type { Composition } from './composition.ts';
import { BUFFER_OPTIONS, DTLS_CLIENT_OPTIONS, presetConfig, type TlsConfig } from './config.ts';
import { TLS_INIT_ERR, type t_tls_ret } from './constants.ts';
import { initialize } from './module.ts';
import { nodeUdpStack } from './node-udp.ts';
import { psp_getcurrenttimedate } from './psp.ts';
import { demandCiphers } from './registry.ts';
import { smallPlatform } from './small-drivers.ts';
import type { UdpStack } from './stack.ts';
import { symmetricProvider } from './symmetric.ts';
import { CodeError } from './types.ts';

const options = { ...DTLS_CLIENT_OPTIONS, ...BUFFER_OPTIONS };

const dtlsPsk: Composition<UdpStack> = {
  options,
  hosts({ g_tls_arr_host_cert: own, g_tls_arr_ca_cert: trusted, g_tls_arr_rv_cert: revoked }) {
    if (own.length + trusted.length + revoked.length > 0) throw new CodeError(TLS_INIT_ERR, 'certificates need veritls/embedded');
    return [];
  },
  start(config, registry) {
    const suites = config.g_tls_arr_cipher_suites;
    demandCiphers(suites, registry);
    const [psk] = config.g_tls_arr_psk;
    const crypto = symmetricProvider(registry, smallPlatform);
    const context = createPskClientContext({
      crypto,
      versions: [dtls12PskClient],
      suites,
      now: psp_getcurrenttimedate,
      psk: () => (psk === undefined ? undefined : { identity: psk.psk_identity, key: psk.psk_key }),
    });
    return { crypto, credentials: [], client: () => context, server: clientsOnly };
  },
  stack: nodeUdpStack,
  dtlsClient: createPskClientConnection,
};

function clientsOnly(): never {
  throw new CodeError(TLS_INIT_ERR, 'servers need veritls/embedded');
}

/** A configuration with all defaults. */
export function defaultConfig(): TlsConfig {
  return presetConfig(options, [TLS_PSK_WITH_AES_128_CCM_8]);
}

/** The configuration: assign to its fields before `tls_init`. The guide's default switches DTLS off: set DTLS_IFC_ENABLE. */
export const config_tls: TlsConfig = /* @__PURE__ */ defaultConfig();

/** Puts every option back to its default. */
export function tls_config_reset(): void {
  Object.assign(config_tls, defaultConfig());
}

/** Initializes the module: checks `config_tls`, makes the array of connections, creates `tls_mutex`. */
export function tls_init(): t_tls_ret {
  return initialize(config_tls, dtlsPsk);
}

export * from './constants.ts';
export * from './types.ts';
export type { TlsConfig } from './config.ts';
export { tls_last_error } from './guard.ts';
export * from './psp.ts';
export * from './oal.ts';
export { ENC_ALG_AES_128_CCM_8, ENC_ALG_SHA256 } from './algorithms.ts';
export { enc_aes_ccm_driver, enc_sha256_driver } from './small-drivers.ts';
export {
  enc_delete,
  enc_driver_deregister,
  enc_driver_register,
  enc_init,
  enc_start,
  enc_stop,
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
export { ip_ntf_failures, ip_release_proto_buf } from './ip.ts';
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
