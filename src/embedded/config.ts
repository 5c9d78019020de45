/**
 * The configuration (guide chapter 3): one object with the guide's names and defaults. Set it before `tls_init`, which checks
 * it as a whole; what is changed afterwards has no effect until the next `tls_init`.
 */
import { TLS_RSA_WITH_AES_128_CBC_SHA } from '../crypto/suites/aes-cbc.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { MAX_DATAGRAM, MIN_DATAGRAM } from '../base/limits.ts';
import { TLS_INIT_ERR, TLS_MASTER_SEC_LEN } from './constants.ts';
import { CodeError, type t_tls_certificate, type t_tls_psk } from './types.ts';

export interface TlsConfig {
  // --- config_tls.h: TLS ---
  /** Smallest key exchange message of a server, in bytes: the smallest DH prime that is accepted. */
  TLS_MIN_KEY_EX_SIZE: number;
  /** Longest MAC key of a cipher suite. */
  TLS_MAX_MKEY_LEN: number;
  /** Longest bulk key of a cipher suite. */
  TLS_MAX_BKEY_LEN: number;
  /** Longest output of HMAC. */
  TLS_MAX_HMAC_LEN: number;
  /** Shortest public key of a peer, in bytes of its modulus. */
  TLS_MIN_PUB_KEY_SIZE: number;
  /** Longest public key of a peer, in bytes of its modulus. */
  TLS_MAX_PUB_KEY_SIZE: number;
  /** Longest pre-master secret; a DH prime must not be longer. */
  TLS_PRE_MASTER_SECRET_SIZE: number;
  TLS_MAX_HOST_CERT: number;
  TLS_MAX_CA_CERT: number;
  TLS_MAX_RV_CERT: number;
  TLS_MAX_CIPHER_SUITES: number;
  TLS_MAX_HASH_ALG_SIZE: number;
  TLS_MAX_BULK_ALG_SIZE: number;
  TLS_MAX_SIGN_ALG_SIZE: number;
  /** Connections, TLS and DTLS together. */
  TLS_MAX_CONN_SIZE: number;
  /** Sessions kept to be resumed, by clients and by servers. */
  TLS_MAX_SES_SIZE: number;
  TLS_PEER_NAME_SIZE: number;
  /** No effect: padding is as long as the block asks for, and a peer's may have 255 bytes. */
  TLS_CBC_PADDING_LEN: number;
  /** Most user data in one call; peers are asked to send no longer records. */
  TLS_MAX_DATA_LEN: number;
  /** Longest record that is received. */
  TLS_RECV_BUF_SIZE: number;
  /** Longest record that is sent. */
  TLS_DATA_BUF_SIZE: number;
  /** Bytes of all handshake messages of one handshake, and of one message in DTLS. */
  TLS_HS_MSG_STORE_SIZE: number;
  /** Longest DER prefix of a digest in `t_tls_hash_alg_attr`. */
  TLS_DIGEST_PREFIX_LEN: number;
  /** Bytes of the object identifier in `tc_cert_oid`. */
  TLS_OID_SIZE: number;
  TLS_SOCKET_IFC_ENABLE: number;
  TLS_TCPIP_IFC_ENABLE: number;
  /** 1: the validity of certificates is checked. */
  TLS_CHECK_CERT_EXP: number;
  /** No effect: the runtime manages its stacks. */
  TLS_TCP_CONN_STACK_SIZE: number;
  /** ms between two looks at the timers of TLS over TCP. */
  TLS_TIMER_PERIOD: number;
  /** ms after which a handshake that goes on is notified as timed out. */
  TLS_TCP_HS_TIMEOUT: number;
  /** Seconds after which a heartbeat request is sent again. */
  TLS_HB_TIME: number;
  /** 1: the peer may send heartbeat requests. */
  TLS_HB_ALLOW_PEER_REQ: number;
  /** Bytes of payload of our heartbeat requests. */
  TLS_EXT_HB_PAYLOAD_SIZE: number;
  /** 1: certificates with RSA keys of 512 bits or less are refused. */
  TLS_TREAT_RSA512_CERT_INV: number;
  /** 1: all certificates are trusted. */
  TLS_TRUST_ALL_CERT: number;
  // --- config_tls.h: DTLS ---
  DTLS_IFC_ENABLE: number;
  DTLS_UDP_IFC_ENABLE: number;
  DTLS_SOCKET_IFC_ENABLE: number;
  /** First local port of DTLS clients; 0: any. */
  DTLS_CLIENT_CONN_PORT: number;
  /** The path's MTU, headers of IP and UDP included. */
  DTLS_PMTU_SIZE: number;
  /** Longest datagram that a DTLS server takes over sockets. */
  DTLS_SCKSRV_RCV_SIZE: number;
  /** Retransmissions after which DTLS_NTF_TIMEOUT is sent. */
  DTLS_MSG_RETRY_NR: number;
  DTLS_UDP_MAX_PORT_SRV_CNT: number;
  /** In units of 100 ms. */
  DTLS_RETRANSMIT_INIT_TIME: number;
  /** In units of 100 ms. */
  DTLS_RETRANSMIT_MAX_TIME: number;
  // --- config_tls.c ---
  /** Longest RSA modulus, in bytes. */
  RSA_KEY_MODULO_LEN: number;
  /** Longest RSA public exponent, in bytes. */
  RSA_KEY_EXP_LEN: number;
  g_tls_arr_host_cert: t_tls_certificate[];
  g_tls_arr_ca_cert: t_tls_certificate[];
  g_tls_arr_rv_cert: t_tls_certificate[];
  // --- beyond the guide ---
  /** The cipher suites, best first; api_tls.h lists them in the guide's module. */
  g_tls_arr_cipher_suites: CipherSuite[];
  /** What is sent for, or accepted of, PSK suites. */
  g_tls_arr_psk: t_tls_psk[];
  /** 0x0300 to 0x0304; DTLS takes the matching ones (0x0302: DTLS 1.0, 0x0303: DTLS 1.2). */
  TLS_MIN_VERSION: number;
  TLS_MAX_VERSION: number;
  /** 1: the calls of the socket interfaces block, I/O is done by a worker; 0: they are polled. */
  OAL_PREEMPTIVE: number;
  /** IP buffers, and the bytes of one (0: as long as TLS_MAX_DATA_LEN asks for). */
  IP_BUF_COUNT: number;
  IP_BUF_SIZE: number;
  /** 1: secrets appear in the structures. For debugging only. */
  TLS_DEBUG_SECRETS: number;
}

/** The options of config_tls.h and config_tls.c that are numbers, with the guide's defaults. */
export const GUIDE_DEFAULTS = {
  TLS_MIN_KEY_EX_SIZE: 128,
  TLS_MAX_MKEY_LEN: 20,
  TLS_MAX_BKEY_LEN: 24,
  TLS_MAX_HMAC_LEN: 64,
  TLS_MIN_PUB_KEY_SIZE: 32,
  TLS_MAX_PUB_KEY_SIZE: 260,
  TLS_PRE_MASTER_SECRET_SIZE: 64,
  TLS_MAX_HOST_CERT: 1,
  TLS_MAX_CA_CERT: 1,
  TLS_MAX_RV_CERT: 1,
  TLS_MAX_CIPHER_SUITES: 1,
  TLS_MAX_HASH_ALG_SIZE: 3,
  TLS_MAX_BULK_ALG_SIZE: 2,
  TLS_MAX_SIGN_ALG_SIZE: 3,
  TLS_MAX_CONN_SIZE: 1,
  TLS_MAX_SES_SIZE: 1,
  TLS_PEER_NAME_SIZE: 16,
  TLS_CBC_PADDING_LEN: 9,
  TLS_MAX_DATA_LEN: 2700,
  TLS_RECV_BUF_SIZE: 2700,
  TLS_DATA_BUF_SIZE: 3400,
  TLS_HS_MSG_STORE_SIZE: 8 * 1024,
  TLS_DIGEST_PREFIX_LEN: 32,
  TLS_OID_SIZE: 9,
  TLS_SOCKET_IFC_ENABLE: 1,
  TLS_TCPIP_IFC_ENABLE: 1,
  TLS_CHECK_CERT_EXP: 0,
  TLS_TCP_CONN_STACK_SIZE: 1256,
  TLS_TIMER_PERIOD: 100,
  TLS_TCP_HS_TIMEOUT: 100,
  TLS_HB_TIME: 3,
  TLS_HB_ALLOW_PEER_REQ: 0,
  TLS_EXT_HB_PAYLOAD_SIZE: 8,
  TLS_TREAT_RSA512_CERT_INV: 1,
  TLS_TRUST_ALL_CERT: 0,
  DTLS_IFC_ENABLE: 0,
  DTLS_UDP_IFC_ENABLE: 1,
  DTLS_SOCKET_IFC_ENABLE: 1,
  DTLS_CLIENT_CONN_PORT: 1000,
  DTLS_PMTU_SIZE: 1400,
  DTLS_SCKSRV_RCV_SIZE: 500,
  DTLS_MSG_RETRY_NR: 5,
  DTLS_UDP_MAX_PORT_SRV_CNT: 1,
  DTLS_RETRANSMIT_INIT_TIME: 10,
  DTLS_RETRANSMIT_MAX_TIME: 600,
  RSA_KEY_MODULO_LEN: 128,
  RSA_KEY_EXP_LEN: 3,
} as const;

/** A configuration with all defaults. */
export function defaultConfig(): TlsConfig {
  return {
    ...GUIDE_DEFAULTS,
    g_tls_arr_host_cert: [],
    g_tls_arr_ca_cert: [],
    g_tls_arr_rv_cert: [],
    g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA],
    g_tls_arr_psk: [],
    TLS_MIN_VERSION: 0x0303,
    TLS_MAX_VERSION: 0x0303,
    OAL_PREEMPTIVE: 0,
    IP_BUF_COUNT: 8,
    IP_BUF_SIZE: 0,
    TLS_DEBUG_SECRETS: 0,
  };
}

/** The configuration: assign to its fields before `tls_init`. */
export const config_tls: TlsConfig = defaultConfig();

/** Puts every option back to its default. */
export function tls_config_reset(): void {
  Object.assign(config_tls, defaultConfig());
}

/** Least and most of every option that is neither an array nor a switch. */
const RANGES: Readonly<Partial<Record<keyof TlsConfig, readonly [number, number]>>> = {
  TLS_MIN_KEY_EX_SIZE: [64, 1024],
  TLS_MAX_MKEY_LEN: [0, 64],
  TLS_MAX_BKEY_LEN: [0, 64],
  TLS_MAX_HMAC_LEN: [16, 64],
  TLS_MIN_PUB_KEY_SIZE: [0, 2048],
  TLS_MAX_PUB_KEY_SIZE: [32, 2048],
  TLS_PRE_MASTER_SECRET_SIZE: [TLS_MASTER_SEC_LEN, 2048],
  TLS_MAX_HOST_CERT: [0, 64],
  TLS_MAX_CA_CERT: [0, 1024],
  TLS_MAX_RV_CERT: [0, 4096],
  TLS_MAX_CIPHER_SUITES: [1, 256],
  TLS_MAX_HASH_ALG_SIZE: [1, 8],
  TLS_MAX_BULK_ALG_SIZE: [1, 16],
  TLS_MAX_SIGN_ALG_SIZE: [0, 8],
  TLS_MAX_CONN_SIZE: [1, 4096],
  TLS_MAX_SES_SIZE: [1, 4096],
  TLS_PEER_NAME_SIZE: [1, 255],
  TLS_CBC_PADDING_LEN: [0, 256],
  TLS_MAX_DATA_LEN: [64, 16_384],
  TLS_RECV_BUF_SIZE: [64, 18_437],
  TLS_DATA_BUF_SIZE: [64, 65_536],
  TLS_HS_MSG_STORE_SIZE: [256, 65_536],
  TLS_DIGEST_PREFIX_LEN: [19, 255],
  TLS_OID_SIZE: [1, 64],
  TLS_TCP_CONN_STACK_SIZE: [0, 0xffffff],
  TLS_TIMER_PERIOD: [1, 60_000],
  TLS_TCP_HS_TIMEOUT: [1, 3_600_000],
  TLS_HB_TIME: [1, 3_600],
  TLS_EXT_HB_PAYLOAD_SIZE: [1, 1_024],
  DTLS_CLIENT_CONN_PORT: [0, 65_535],
  DTLS_PMTU_SIZE: [MIN_DATAGRAM + 28, MAX_DATAGRAM],
  DTLS_SCKSRV_RCV_SIZE: [64, 65_536],
  DTLS_MSG_RETRY_NR: [0, 1_000],
  DTLS_UDP_MAX_PORT_SRV_CNT: [0, 1_024],
  DTLS_RETRANSMIT_INIT_TIME: [1, 36_000],
  DTLS_RETRANSMIT_MAX_TIME: [1, 36_000],
  RSA_KEY_MODULO_LEN: [32, 2_048],
  RSA_KEY_EXP_LEN: [1, 2_048],
  TLS_MIN_VERSION: [0x0300, 0x0304],
  TLS_MAX_VERSION: [0x0300, 0x0304],
  IP_BUF_COUNT: [1, 65_536],
  IP_BUF_SIZE: [0, 65_536],
};

const SWITCHES: readonly (keyof TlsConfig)[] = [
  'TLS_SOCKET_IFC_ENABLE',
  'TLS_TCPIP_IFC_ENABLE',
  'TLS_CHECK_CERT_EXP',
  'TLS_HB_ALLOW_PEER_REQ',
  'TLS_TREAT_RSA512_CERT_INV',
  'TLS_TRUST_ALL_CERT',
  'DTLS_IFC_ENABLE',
  'DTLS_UDP_IFC_ENABLE',
  'DTLS_SOCKET_IFC_ENABLE',
  'OAL_PREEMPTIVE',
  'TLS_DEBUG_SECRETS',
];

/** A checked copy. Throws a `CodeError` of TLS_INIT_ERR that says which option is wrong. */
export function checkedConfig(config: TlsConfig): Readonly<TlsConfig> {
  for (const [name, [least, most]] of Object.entries(RANGES) as [keyof TlsConfig, readonly [number, number]][]) {
    const value = config[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      wrong(`${name} is not from ${least} to ${most}`);
  }
  for (const name of SWITCHES) if (config[name] !== 0 && config[name] !== 1) wrong(`${name} is neither 0 nor 1`);
  checkArray(config, 'g_tls_arr_host_cert', 'TLS_MAX_HOST_CERT');
  checkArray(config, 'g_tls_arr_ca_cert', 'TLS_MAX_CA_CERT');
  checkArray(config, 'g_tls_arr_rv_cert', 'TLS_MAX_RV_CERT');
  checkArray(config, 'g_tls_arr_cipher_suites', 'TLS_MAX_CIPHER_SUITES');
  if (!Array.isArray(config.g_tls_arr_psk)) wrong('g_tls_arr_psk is not an array');
  if (config.TLS_MIN_PUB_KEY_SIZE > config.TLS_MAX_PUB_KEY_SIZE) wrong('TLS_MIN_PUB_KEY_SIZE exceeds TLS_MAX_PUB_KEY_SIZE');
  if (config.TLS_MIN_VERSION > config.TLS_MAX_VERSION) wrong('TLS_MIN_VERSION exceeds TLS_MAX_VERSION');
  if (config.DTLS_RETRANSMIT_INIT_TIME > config.DTLS_RETRANSMIT_MAX_TIME)
    wrong('DTLS_RETRANSMIT_INIT_TIME exceeds DTLS_RETRANSMIT_MAX_TIME');
  // The guide asks for twice TLS_RECV_BUF_SIZE, which its own defaults do not keep.
  if (config.TLS_DATA_BUF_SIZE < config.TLS_RECV_BUF_SIZE) wrong('TLS_DATA_BUF_SIZE is less than TLS_RECV_BUF_SIZE');
  if (config.g_tls_arr_cipher_suites.length === 0) wrong('no cipher suite');
  for (const suite of config.g_tls_arr_cipher_suites) {
    const { protection, name } = suite;
    if (protection.keyLength > config.TLS_MAX_BKEY_LEN) wrong(`${name} needs TLS_MAX_BKEY_LEN ${protection.keyLength}`);
    if (protection.macKeyLength > config.TLS_MAX_MKEY_LEN) wrong(`${name} needs TLS_MAX_MKEY_LEN ${protection.macKeyLength}`);
    if (protection.macKeyLength > config.TLS_MAX_HMAC_LEN) wrong(`${name} needs TLS_MAX_HMAC_LEN ${protection.macKeyLength}`);
  }
  return Object.freeze({ ...config });
}

function checkArray(config: TlsConfig, name: keyof TlsConfig, limit: keyof TlsConfig): void {
  const array = config[name];
  if (!Array.isArray(array)) wrong(`${name} is not an array`);
  if (array.length > (config[limit] as number)) wrong(`${name} has more than ${limit} entries`);
}

function wrong(detail: string): never {
  throw new CodeError(TLS_INIT_ERR, detail);
}
