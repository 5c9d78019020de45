/**
 * The configuration (guide chapter 3): one object with the guide's names and defaults. Set it before `tls_init`, which checks
 * it as a whole; what is changed afterwards has no effect until the next `tls_init`.
 */
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
  /** Most host certificates. */
  TLS_MAX_HOST_CERT: number;
  /** Most CA certificates. */
  TLS_MAX_CA_CERT: number;
  /** Most revoked certificates. */
  TLS_MAX_RV_CERT: number;
  /** Most cipher suites. */
  TLS_MAX_CIPHER_SUITES: number;
  /** Most hash algorithms that are registered. */
  TLS_MAX_HASH_ALG_SIZE: number;
  /** Most bulk encryption algorithms that are registered. */
  TLS_MAX_BULK_ALG_SIZE: number;
  /** Most signature algorithms that are registered. */
  TLS_MAX_SIGN_ALG_SIZE: number;
  /** Connections, TLS and DTLS together. */
  TLS_MAX_CONN_SIZE: number;
  /** Sessions kept to be resumed, by clients and by servers. */
  TLS_MAX_SES_SIZE: number;
  /** Longest name of a peer. */
  TLS_PEER_NAME_SIZE: number;
  /** No effect: padding is as long as the block asks for, and a peer's may have 255 bytes. */
  TLS_CBC_PADDING_LEN: number;
  /** Most user data in one call; peers are asked to send no longer records. */
  TLS_MAX_DATA_LEN: number;
  /** Longest record that is received; over UDP, longest datagram. */
  TLS_RECV_BUF_SIZE: number;
  /** Longest record that is sent, with all that surrounds the data: longer data goes in several. */
  TLS_DATA_BUF_SIZE: number;
  /** Bytes of all handshake messages of one TLS handshake; of one message in DTLS. */
  TLS_HS_MSG_STORE_SIZE: number;
  /** Longest DER prefix of a digest in `t_tls_hash_alg_attr`. */
  TLS_DIGEST_PREFIX_LEN: number;
  /** Bytes of the object identifier in `tc_cert_oid`. */
  TLS_OID_SIZE: number;
  /** 1: TLS over sockets. */
  TLS_SOCKET_IFC_ENABLE: number;
  /** 1: TLS over native TCP. */
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
  /** 1: DTLS at all. */
  DTLS_IFC_ENABLE: number;
  /** 1: DTLS over native UDP. */
  DTLS_UDP_IFC_ENABLE: number;
  /** 1: DTLS over sockets. */
  DTLS_SOCKET_IFC_ENABLE: number;
  /** First local port of DTLS clients; 0: any. */
  DTLS_CLIENT_CONN_PORT: number;
  /** The path's MTU, headers of IP and UDP included. */
  DTLS_PMTU_SIZE: number;
  /** Longest datagram that a DTLS server takes over sockets. */
  DTLS_SCKSRV_RCV_SIZE: number;
  /** Retransmissions after which DTLS_NTF_TIMEOUT is sent. */
  DTLS_MSG_RETRY_NR: number;
  /** Most ports of DTLS servers over native UDP. */
  DTLS_UDP_MAX_PORT_SRV_CNT: number;
  /** First timeout of a flight, in units of 100 ms. */
  DTLS_RETRANSMIT_INIT_TIME: number;
  /** Longest timeout of a flight, in units of 100 ms. */
  DTLS_RETRANSMIT_MAX_TIME: number;
  // --- config_tls.c ---
  /** Longest RSA modulus, in bytes. */
  RSA_KEY_MODULO_LEN: number;
  /** Longest RSA public exponent, in bytes. */
  RSA_KEY_EXP_LEN: number;
  /** Our certificates with their keys. */
  g_tls_arr_host_cert: t_tls_certificate[];
  /** Certificates of authorities that are trusted. */
  g_tls_arr_ca_cert: t_tls_certificate[];
  /** Certificates that are revoked: nobody who shows one is let in. */
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

/** An option that is a number: the guide's default, the least and the most. */
export type OptionRange = readonly [preset: number, least: number, most: number];

/** Those that a DTLS client over native UDP has to do with. */
export const DTLS_CLIENT_OPTIONS = {
  TLS_MAX_MKEY_LEN: [20, 0, 64],
  TLS_MAX_BKEY_LEN: [24, 0, 64],
  TLS_MAX_HMAC_LEN: [64, 16, 64],
  TLS_MAX_CIPHER_SUITES: [1, 1, 256],
  TLS_MAX_HASH_ALG_SIZE: [3, 1, 8],
  TLS_MAX_BULK_ALG_SIZE: [2, 1, 16],
  TLS_MAX_SIGN_ALG_SIZE: [3, 0, 8],
  TLS_MAX_CONN_SIZE: [1, 1, 4096],
  TLS_MAX_SES_SIZE: [1, 1, 4096],
  TLS_PEER_NAME_SIZE: [16, 1, 255],
  TLS_MAX_DATA_LEN: [2700, 64, 16_384],
  TLS_RECV_BUF_SIZE: [2700, 64, 18_437],
  TLS_DATA_BUF_SIZE: [3400, 704, 65_536],
  TLS_HS_MSG_STORE_SIZE: [8 * 1024, 256, 65_536],
  DTLS_IFC_ENABLE: [0, 0, 1],
  DTLS_UDP_IFC_ENABLE: [1, 0, 1],
  DTLS_CLIENT_CONN_PORT: [1000, 0, 65_535],
  DTLS_PMTU_SIZE: [1400, MIN_DATAGRAM + 28, MAX_DATAGRAM],
  DTLS_MSG_RETRY_NR: [5, 0, 1_000],
  DTLS_RETRANSMIT_INIT_TIME: [10, 1, 36_000],
  DTLS_RETRANSMIT_MAX_TIME: [600, 1, 36_000],
} as const;

/** IP buffers: beyond the guide, which has them in another module. */
export const BUFFER_OPTIONS = {
  IP_BUF_COUNT: [8, 1, 65_536],
  IP_BUF_SIZE: [0, 0, 65_536],
} as const;

/** All others of config_tls.h and config_tls.c. */
export const OTHER_OPTIONS = {
  TLS_MIN_KEY_EX_SIZE: [128, 64, 1024],
  TLS_MIN_PUB_KEY_SIZE: [32, 0, 2048],
  TLS_MAX_PUB_KEY_SIZE: [260, 32, 2048],
  TLS_PRE_MASTER_SECRET_SIZE: [64, TLS_MASTER_SEC_LEN, 2048],
  TLS_MAX_HOST_CERT: [1, 0, 64],
  TLS_MAX_CA_CERT: [1, 0, 1024],
  TLS_MAX_RV_CERT: [1, 0, 4096],
  TLS_CBC_PADDING_LEN: [9, 0, 256],
  TLS_DIGEST_PREFIX_LEN: [32, 19, 255],
  TLS_OID_SIZE: [9, 1, 64],
  TLS_SOCKET_IFC_ENABLE: [1, 0, 1],
  TLS_TCPIP_IFC_ENABLE: [1, 0, 1],
  TLS_CHECK_CERT_EXP: [0, 0, 1],
  TLS_TCP_CONN_STACK_SIZE: [1256, 0, 0xffffff],
  TLS_TIMER_PERIOD: [100, 1, 60_000],
  TLS_TCP_HS_TIMEOUT: [100, 1, 3_600_000],
  TLS_HB_TIME: [3, 1, 3_600],
  TLS_HB_ALLOW_PEER_REQ: [0, 0, 1],
  TLS_EXT_HB_PAYLOAD_SIZE: [8, 1, 1_024],
  TLS_TREAT_RSA512_CERT_INV: [1, 0, 1],
  TLS_TRUST_ALL_CERT: [0, 0, 1],
  DTLS_SOCKET_IFC_ENABLE: [1, 0, 1],
  DTLS_SCKSRV_RCV_SIZE: [500, 64, 65_536],
  DTLS_UDP_MAX_PORT_SRV_CNT: [1, 0, 1_024],
  RSA_KEY_MODULO_LEN: [128, 32, 2_048],
  RSA_KEY_EXP_LEN: [3, 1, 2_048],
} as const;

/** A configuration with all defaults. */
export function presetConfig(ranges: Readonly<Record<string, OptionRange>>, suites: readonly CipherSuite[]): TlsConfig {
  return {
    ...presetsOf(ranges),
    g_tls_arr_host_cert: [],
    g_tls_arr_ca_cert: [],
    g_tls_arr_rv_cert: [],
    g_tls_arr_cipher_suites: [...suites],
    g_tls_arr_psk: [],
  } as unknown as TlsConfig;
}

export function presetsOf(ranges: Readonly<Record<string, OptionRange>>): Record<string, number> {
  return Object.fromEntries(Object.entries(ranges).map(([name, [preset]]) => [name, preset]));
}

const ARRAYS = ['g_tls_arr_host_cert', 'g_tls_arr_ca_cert', 'g_tls_arr_rv_cert', 'g_tls_arr_cipher_suites', 'g_tls_arr_psk'] as const;

/** A checked copy. Throws a `CodeError` of TLS_INIT_ERR that says which option is wrong. */
export function checkedConfig(config: TlsConfig, ranges: Readonly<Record<string, OptionRange>>): Readonly<TlsConfig> {
  for (const [name, [, least, most]] of Object.entries(ranges)) {
    const value = config[name as keyof TlsConfig];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      wrong(`${name} is not from ${least} to ${most}`);
  }
  for (const name of ARRAYS) if (!Array.isArray(config[name])) wrong(`${name} is not an array`);
  atMost(config, 'g_tls_arr_cipher_suites', 'TLS_MAX_CIPHER_SUITES');
  for (const psk of config.g_tls_arr_psk) {
    if (!(psk?.psk_identity instanceof Uint8Array) || !(psk.psk_key instanceof Uint8Array) || psk.psk_key.length === 0)
      wrong('g_tls_arr_psk has an entry without identity or key');
  }
  inOrder(config, 'DTLS_RETRANSMIT_INIT_TIME', 'DTLS_RETRANSMIT_MAX_TIME');
  // The guide asks for twice TLS_RECV_BUF_SIZE, which its own defaults do not keep.
  inOrder(config, 'TLS_RECV_BUF_SIZE', 'TLS_DATA_BUF_SIZE');
  if (config.g_tls_arr_cipher_suites.length === 0) wrong('no cipher suite');
  for (const suite of config.g_tls_arr_cipher_suites) {
    if (typeof suite?.protection !== 'object') wrong('g_tls_arr_cipher_suites has an entry that is no suite');
    const { name, protection } = suite;
    const { keyLength, macKeyLength } = protection;
    if (keyLength > config.TLS_MAX_BKEY_LEN) wrong(`${name} needs TLS_MAX_BKEY_LEN ${keyLength}`);
    if (macKeyLength > config.TLS_MAX_MKEY_LEN) wrong(`${name} needs TLS_MAX_MKEY_LEN ${macKeyLength}`);
    if (macKeyLength > config.TLS_MAX_HMAC_LEN) wrong(`${name} needs TLS_MAX_HMAC_LEN ${macKeyLength}`);
  }
  return Object.freeze({ ...config });
}

/** As many entries as the configuration has places for. */
export function atMost(config: TlsConfig, array: (typeof ARRAYS)[number], limit: keyof TlsConfig): void {
  if (config[array].length > (config[limit] as number)) wrong(`${array} has more than ${limit} entries`);
}

export function inOrder(config: TlsConfig, less: keyof TlsConfig, more: keyof TlsConfig): void {
  if (config[less] > config[more]) wrong(`${less} exceeds ${more}`);
}

function wrong(detail: string): never {
  throw new CodeError(TLS_INIT_ERR, detail);
}
