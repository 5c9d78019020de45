/**
 * The structures of guide 5.7, as views of what is there: made when asked for, copies, nothing in them changes a connection.
 * Secrets are null unless TLS_DEBUG_SECRETS is 1.
 */
import { toHex } from '../base/bytes.ts';
import { prfTls12 } from '../crypto/kdf/prf.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { OID_BY_KEY } from './oids.ts';
import { Certificate } from '../pki/x509/certificate.ts';
import type { TlsConfig } from './config.ts';
import {
  FALSE,
  INVALID_HDL,
  TLS_CONNST_HANDSHAKE,
  TLS_FOUND,
  TLS_HASH_MD5,
  TLS_HASH_SHA1,
  TLS_HASH_SHA256,
  TLS_HASH_SHA384,
  TLS_HASH_SHA512,
  TLS_NOT_FOUND_ERR,
  TLS_NOT_SET,
  TLS_PARAM_ERR,
  TLS_OK,
  TLS_SET,
  TLS_WAIT,
  TRUE,
  type t_tls_conn_status,
  type t_tls_hash_algorithm_index,
  type t_tls_ret,
} from './constants.ts';
import { DtlsLink } from './dtls-port.ts';
import { guarded } from './guard.ts';
import { TlsLink } from './link.ts';
import { type Held, masterSecretOf, running, ticketOfConnection, tls_conn_mutex } from './module.ts';
import type { oal_mutex_t } from './oal.ts';
import { tcpConnections } from './tcp.ts';
import type { t_dtls_hdl, t_ip_port, t_tcp_conn_hdl, t_tls_certificate, t_tls_ticket } from './types.ts';

export interface t_tls_cipher_suite {
  readonly id: number;
  readonly name: string;
}

/** The session (5.7). */
export interface t_tls_session {
  /** The session ID, one byte for its length first. */
  readonly ses_id: Uint8Array;
  readonly ref_count: number;
  readonly ref_neg: number;
  readonly master_secret: Uint8Array | null;
  readonly pre_master_secret_len: number;
  readonly p_cipher_suite: t_tls_cipher_suite;
}

/** Security parameters of one side (5.7). */
export interface t_tls_security_params {
  readonly random_val: Uint8Array;
  readonly mac_key: Uint8Array | null;
  readonly bulk_key: Uint8Array | null;
  readonly init_vector: Uint8Array | null;
}

/** A hash algorithm (5.7). */
export interface t_tls_hash_alg_attr {
  readonly digest_prefix: Uint8Array;
  readonly digest_prefix_len: number;
  readonly block_len: number;
  readonly key_len: number;
  readonly digest_len: number;
}

/** TLS extension-specific parameters. */
export interface t_tls_ext {
  readonly ext_extended_master_secret: number;
  readonly ext_encrypt_then_mac: number;
  readonly ext_secure_renegotiation: number;
  readonly ext_server_name: string;
}

/** Role and type of a connection. */
export interface t_tls_conn_flags {
  readonly role: 'client' | 'server' | null;
  readonly type: 'tcp' | 'socket' | 'udp' | 'dtls-socket';
}

/** A connection (5.7). */
export interface t_tls_connection {
  readonly tc_encrypt_buf: Uint8Array | null;
  readonly tc_cert_oid: Uint8Array;
  readonly tc_recv_buf: Uint8Array | null;
  readonly tc_conn_hdl: number;
  readonly tc_conn_hdl_dtls: number;
  readonly tc_ip_addr: t_ip_port | null;
  readonly tc_host_port: number;
  readonly tc_conn_cnt: number;
  readonly tc_ntf_idx: number;
  readonly p_tc_rx_q: number;
  readonly p_tc_tx_q: number;
  readonly tc_timeout: number;
  readonly tc_dtls_tim_cnt: number;
  readonly tc_dtls_timeout: number;
  readonly tc_conn_hdl_sock: number;
  readonly tc_mutex: oal_mutex_t;
  readonly tc_seq_num: bigint;
  readonly tc_peer_seq_num: bigint;
  readonly p_tc_hs_msg_store: number;
  readonly p_tc_next_pdu: Uint8Array | null;
  readonly p_tc_pub_key: Uint8Array | null;
  readonly tc_peer_name: string;
  readonly p_tc_rd_session: t_tls_session | null;
  readonly p_tc_wr_session: t_tls_session | null;
  readonly p_tc_pd_session: t_tls_session | null;
  readonly p_tc_cert: t_tls_certificate | null;
  readonly p_tc_key_ex_priv: null;
  readonly tc_host_sec_params: t_tls_security_params;
  readonly tc_peer_sec_params: t_tls_security_params;
  readonly tc_hs_count: number;
  readonly tc_pub_key_len: number;
  readonly tc_key_ex_len: number;
  readonly tc_rx_len: number;
  readonly tc_exp_count: number;
  readonly tc_state: t_tls_conn_status;
  readonly tc_flags: t_tls_conn_flags;
  readonly tc_full_hs: number;
  readonly tc_client_verify: number;
  readonly tc_ver_minor: number;
  readonly tc_ext: t_tls_ext;
}

/** Parameters of a DTLS connection (5.7). */
export interface t_dtls_conn_data {
  readonly dtd_cookie: Uint8Array;
  readonly dtd_cookie_length: number;
  readonly dtd_hepoch: number;
  readonly dtd_hseq_num: bigint;
  readonly dtd_pepoch: number;
  readonly dtd_pseq_num: bigint;
  readonly dtd_ar_win_right: bigint;
  readonly dtd_ar_win_left: bigint;
  readonly dtd_ar_window: number;
  readonly dtd_frg_data_cnt: number;
  readonly dtd_hs_seq_num: number;
  readonly dtd_hs_peer_seqnum: number;
  readonly dtd_hs_frag_length: number;
  readonly dtd_hs_send_offset: number;
  readonly p_dtd_recv_msg: Uint8Array | null;
  readonly p_dtd_frg_msg: null;
  readonly dtd_recv_msg_len: number;
  readonly dtd_flight_timeout: number;
  readonly dtd_rtr_cnt: number;
  readonly p_dtd_rtr_msg: null;
  readonly dtd_rtr_cnt_fl: number;
  readonly p_dtd_rtr_msg_fl: null;
  readonly dtd_rtr_cs_idx: number;
  readonly dtd_rtr_send_cnt: number;
  readonly dtd_rtr_prv_seq_num: bigint;
  readonly dtd_rtr_cur_seq_num: bigint;
}

/** The connection of a handle: of a TCP connection, of a DTLS connection, or of a socket. Undefined: there is none. */
export function tls_get_connection(handle: t_tcp_conn_hdl | t_dtls_hdl | number): t_tls_connection | undefined {
  const link = linkOf(handle);
  return link === undefined ? undefined : connectionView(link);
}

/** The DTLS side of a connection. */
export function dtls_get_conn_data(handle: t_dtls_hdl): t_dtls_conn_data | undefined {
  const link = linkOf(handle);
  if (!(link instanceof DtlsLink)) return undefined;
  const { sent, received, module, port } = link;
  const right = BigInt(Math.max(0, received.lastNumber));
  return {
    dtd_cookie: sent.cookie.slice(),
    dtd_cookie_length: sent.cookie.length,
    dtd_hepoch: sent.epoch,
    dtd_hseq_num: BigInt(sent.lastNumber + 1),
    dtd_pepoch: received.epoch,
    dtd_pseq_num: right,
    dtd_ar_win_right: right,
    dtd_ar_win_left: right > 31n ? right - 31n : 0n,
    dtd_ar_window: received.window,
    dtd_frg_data_cnt: sent.fragments,
    dtd_hs_seq_num: sent.messageSeq + 1,
    dtd_hs_peer_seqnum: received.messageSeq + 1,
    dtd_hs_frag_length: sent.fragmentLength,
    dtd_hs_send_offset: sent.fragmentOffset,
    p_dtd_recv_msg: link.lastMessage?.slice() ?? null,
    p_dtd_frg_msg: null,
    dtd_recv_msg_len: link.lastMessage?.length ?? 0,
    dtd_flight_timeout: Math.min(
      module.config.DTLS_RETRANSMIT_INIT_TIME * 2 ** Math.min(link.retransmissions, 16),
      module.config.DTLS_RETRANSMIT_MAX_TIME,
    ),
    dtd_rtr_cnt: port.drops.get('stale') + link.retransmissions,
    p_dtd_rtr_msg: null,
    dtd_rtr_cnt_fl: sent.flightMessages,
    p_dtd_rtr_msg_fl: null,
    dtd_rtr_cs_idx: sent.changeIndex,
    dtd_rtr_send_cnt: link.retransmissions,
    dtd_rtr_prv_seq_num: BigInt(sent.previousEpochNumber + 1),
    dtd_rtr_cur_seq_num: BigInt(sent.lastNumber + 1),
  };
}

/** A hash algorithm that is registered; undefined: it is not. */
export function tls_get_hash_alg_attr(idx: t_tls_hash_algorithm_index): t_tls_hash_alg_attr | undefined {
  const module = running();
  const attributes = HASHES[idx];
  if (module === undefined || attributes === undefined || !module.registry.hash.has(idx)) return undefined;
  const [prefix, block_len, digest_len] = attributes;
  const digest_prefix = new Uint8Array(module.config.TLS_DIGEST_PREFIX_LEN);
  digest_prefix.set(prefix);
  return { digest_prefix, digest_prefix_len: prefix.length, block_len, key_len: digest_len, digest_len };
}

/** Whether a connection has a property: TLS_SET or TLS_NOT_SET. */
export function tls_get_flag(
  handle: t_tcp_conn_hdl | t_dtls_hdl | number,
  flag: 'resumed' | 'client' | 'verified' | 'extended_master_secret',
): t_tls_ret {
  const link = linkOf(handle);
  if (link === undefined) return TLS_NOT_FOUND_ERR;
  const { info } = link;
  switch (flag) {
    case 'resumed':
      return info?.resumed === true ? TLS_SET : TLS_NOT_SET;
    case 'client':
      return roleOf(link) === 'client' ? TLS_SET : TLS_NOT_SET;
    case 'verified':
      return info?.peerTrusted === true ? TLS_SET : TLS_NOT_SET;
    case 'extended_master_secret':
      return info?.extendedMasterSecret === true ? TLS_SET : TLS_NOT_SET;
    default:
      return TLS_PARAM_ERR;
  }
}

/**
 * Sends a heartbeat request with TLS_EXT_HB_PAYLOAD_SIZE bytes. No answer within TLS_HB_TIME: a receive gives
 * TLS_HEARTBEAT_TIMEOUT_ERR, or TLS_TIMEOUT_ERR over DTLS sockets. Beyond the guide, which has no call for it.
 */
export function tls_send_heartbeat(handle: t_tcp_conn_hdl | t_dtls_hdl | number): t_tls_ret {
  return guarded(() => {
    const link = linkOf(handle);
    if (link === undefined) return TLS_NOT_FOUND_ERR;
    if (link.info === undefined) return TLS_WAIT;
    const payload = link.module.running.crypto.random(link.module.config.TLS_EXT_HB_PAYLOAD_SIZE);
    if (link instanceof TlsLink) link.heartbeat(payload);
    else {
      link.association?.heartbeat({ payload });
      link.port.step();
    }
    return TLS_OK;
  });
}

/** Whether a ticket still names a session: TLS_FOUND or TLS_NOT_FOUND_ERR. */
export function tls_find_session(conn_ticket: t_tls_ticket): t_tls_ret {
  return running()?.sessions.get(conn_ticket) === undefined ? TLS_NOT_FOUND_ERR : TLS_FOUND;
}

/** RFC 8017 §9.2: what stands before a digest in a signature. */
function prefixOf(oid: readonly number[], length: number): Uint8Array {
  const algorithm = [0x06, oid.length, ...oid, 0x05, 0x00];
  const sequence = [0x30, algorithm.length, ...algorithm];
  return Uint8Array.of(0x30, sequence.length + 2 + length, ...sequence, 0x04, length);
}
const SHA2 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
const HASHES: Readonly<Record<number, readonly [Uint8Array, number, number]>> = {
  [TLS_HASH_MD5]: [prefixOf([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05], 16), 64, 16],
  [TLS_HASH_SHA1]: [prefixOf([0x2b, 0x0e, 0x03, 0x02, 0x1a], 20), 64, 20],
  [TLS_HASH_SHA256]: [prefixOf([...SHA2, 0x01], 32), 64, 32],
  [TLS_HASH_SHA384]: [prefixOf([...SHA2, 0x02], 48), 128, 48],
  [TLS_HASH_SHA512]: [prefixOf([...SHA2, 0x03], 64), 128, 64],
};

type Link = TlsLink | DtlsLink;

function linkOf(handle: number): Link | undefined {
  const module = running();
  if (module === undefined) return undefined;
  const over = tcpConnections.get(handle as t_tcp_conn_hdl)?.link;
  if (over !== undefined) return over;
  const held: Held | undefined = module.connections.get(handle as never);
  if (held instanceof DtlsLink) return held;
  for (const each of module.connections) if (each instanceof TlsLink && each.kind === 'socket' && each.below === handle) return each;
  return undefined;
}

function connectionView(link: Link): t_tls_connection {
  const { config, running: active } = link.module;
  const { info, sent, received } = link;
  const isDatagram = link instanceof DtlsLink;
  const session = sessionView(link);
  const leaf = info?.peerChain[0];
  const spki = leaf === undefined ? null : new Certificate(leaf).spki;
  const handshaking = link.status === TLS_CONNST_HANDSHAKE;
  const debug = config.TLS_DEBUG_SECRETS === 1;
  const keys = debug ? keysOf(link) : undefined;
  const waiting = isDatagram ? (link.peek()?.length ?? 0) : link.waitingBytes;
  const isClient = roleOf(link) === 'client';
  return {
    tc_encrypt_buf: null,
    tc_cert_oid: oidOf(leaf, config),
    tc_recv_buf: null,
    tc_conn_hdl: link.kind === 'tcp' ? link.below : INVALID_HDL,
    tc_conn_hdl_dtls: isDatagram ? link.dtlsHandle : INVALID_HDL,
    tc_ip_addr: isDatagram
      ? { ipp_ip_addr: link.address, ipp_port: link.peerPort }
      : { ipp_ip_addr: link.stream.remoteAddress, ipp_port: link.stream.remotePort },
    tc_host_port: isDatagram ? link.port.udp.port : 0,
    tc_conn_cnt: 1,
    tc_ntf_idx: link.ntf === null ? 0 : 1,
    p_tc_rx_q: waiting,
    p_tc_tx_q: 0,
    tc_timeout: config.TLS_TCP_HS_TIMEOUT,
    tc_dtls_tim_cnt: isDatagram ? link.retransmissions : 0,
    tc_dtls_timeout: isDatagram ? config.DTLS_RETRANSMIT_INIT_TIME : 0,
    tc_conn_hdl_sock: link.kind === 'socket' ? link.below : INVALID_HDL,
    tc_mutex: tls_conn_mutex,
    tc_seq_num: BigInt(sent.sequence),
    tc_peer_seq_num: BigInt(received.sequence),
    p_tc_hs_msg_store: handshaking ? sent.handshakeBytes + received.handshakeBytes : 0,
    p_tc_next_pdu: null,
    p_tc_pub_key: spki?.slice() ?? null,
    tc_peer_name: link.peerName,
    p_tc_rd_session: handshaking ? null : session,
    p_tc_wr_session: handshaking ? null : session,
    p_tc_pd_session: null,
    p_tc_cert: active.host.find((entry) => entry.credential === info?.credential)?.configured ?? null,
    p_tc_key_ex_priv: null,
    tc_host_sec_params: { random_val: sent.random?.slice() ?? new Uint8Array(0), ...((isClient ? keys?.client : keys?.server) ?? NO_KEYS) },
    tc_peer_sec_params: {
      random_val: received.random?.slice() ?? new Uint8Array(0),
      ...((isClient ? keys?.server : keys?.client) ?? NO_KEYS),
    },
    tc_hs_count: sent.handshakeBytes + received.handshakeBytes + 4,
    tc_pub_key_len: spki?.length ?? 0,
    tc_key_ex_len: 0,
    tc_rx_len: waiting,
    tc_exp_count: 0,
    tc_state: link.status,
    tc_flags: { role: roleOf(link), type: link.kind },
    tc_full_hs: info?.resumed === true ? FALSE : TRUE,
    tc_client_verify: link.verifies ? TRUE : FALSE,
    tc_ver_minor: (info?.versionId ?? 0) & 0xff,
    tc_ext: {
      ext_extended_master_secret: flag(info?.extendedMasterSecret),
      ext_encrypt_then_mac: flag(info?.encryptThenMac),
      ext_secure_renegotiation: flag(info?.secureRenegotiation),
      ext_server_name: info?.serverName ?? '',
    },
  };
}

const NO_KEYS = { mac_key: null, bulk_key: null, init_vector: null } as const;

function sessionView(link: Link): t_tls_session | null {
  const { info, module } = link;
  if (info === undefined) return null;
  const ticket = ticketOfConnection(module, link.handle);
  const kept = ticket === undefined ? undefined : module.sessions.get(ticket);
  const id = (info.side === 'server' ? link.sent.sessionId : link.received.sessionId) ?? new Uint8Array(0);
  const ses_id = new Uint8Array(33);
  ses_id[0] = id.length;
  ses_id.set(id.subarray(0, 32), 1);
  const secret = module.config.TLS_DEBUG_SECRETS === 1 ? masterSecret(link) : undefined;
  return {
    ses_id,
    ref_count: 1 + (kept?.references ?? 0),
    ref_neg: 1,
    master_secret: secret?.slice() ?? null,
    pre_master_secret_len: module.config.TLS_PRE_MASTER_SECRET_SIZE,
    p_cipher_suite: { id: info.suiteId, name: info.suite },
  };
}

function masterSecret(link: Link): Uint8Array | undefined {
  const random = roleOf(link) === 'client' ? link.sent.random : link.received.random;
  return random === undefined ? undefined : masterSecretOf(toHex(random));
}

interface SideKeys {
  readonly mac_key: Uint8Array;
  readonly bulk_key: Uint8Array;
  readonly init_vector: Uint8Array;
}

/** RFC 5246 §6.3; of TLS 1.2 and DTLS 1.2. */
function keysOf(link: Link): { client: SideKeys; server: SideKeys } | undefined {
  const { info, module, sent, received } = link;
  const master = masterSecret(link);
  if (info === undefined || master === undefined || sent.random === undefined || received.random === undefined) return undefined;
  const suite: CipherSuite | undefined = module.config.g_tls_arr_cipher_suites.find((one) => one.id === info.suiteId);
  if (suite?.family !== 'legacy' || !(info.versionId === 0x0303 || info.versionId === 0xfefd)) return undefined;
  const isClient = roleOf(link) === 'client';
  const seed = Uint8Array.of(...(isClient ? received.random : sent.random), ...(isClient ? sent.random : received.random));
  const { macKeyLength: m, keyLength: k, ivLength: v } = suite.protection;
  const block = prfTls12(module.running.crypto, suite.prfHash, master, 'key expansion', seed, 2 * (m + k + v));
  const side = (i: number): SideKeys => ({
    mac_key: block.slice(i * m, (i + 1) * m),
    bulk_key: block.slice(2 * m + i * k, 2 * m + (i + 1) * k),
    init_vector: block.slice(2 * (m + k) + i * v, 2 * (m + k) + (i + 1) * v),
  });
  return { client: side(0), server: side(1) };
}

function roleOf(link: Link): 'client' | 'server' | null {
  const engine = link instanceof DtlsLink ? link.association?.connection : link.engine;
  return engine?.side ?? null;
}

function oidOf(leaf: Uint8Array | undefined, config: Readonly<TlsConfig>): Uint8Array {
  const oid = new Uint8Array(config.TLS_OID_SIZE);
  if (leaf === undefined) return oid;
  const found = OID_BY_KEY[new Certificate(leaf).keyInfo.type ?? ''];
  if (found !== undefined) oid.set(found.subarray(0, oid.length));
  return oid;
}

function flag(value: boolean | undefined): number {
  return value === true ? TRUE : FALSE;
}
