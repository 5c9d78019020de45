/** t_tls_connection, and the session and security parameters in it (guide 5.7). Secrets are null unless TLS_DEBUG_SECRETS is 1. */
import { concat, toHex } from '../base/bytes.ts';
import { prfTls12 } from '../crypto/kdf/prf.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { Certificate } from '../pki/x509/certificate.ts';
import type { TlsConfig } from './config.ts';
import { FALSE, INVALID_HDL, TLS_CONNST_HANDSHAKE, TLS_MAX_SES_ID_LEN, TRUE } from './constants.ts';
import { DtlsLink } from './dtls-link.ts';
import { type AnyHandle, linkOf } from './find-link.ts';
import { tls_conn_mutex } from './module.ts';
import { OID_BY_KEY } from './oids.ts';
import { RecordWatch } from './record-watch.ts';
import { masterSecretOf } from './secrets.ts';
import type { t_tls_connection, t_tls_session } from './structures.ts';
import type { TlsLink } from './tls-link.ts';

/** The connection of a handle: of a TCP connection, of a DTLS connection, or of a socket. Undefined: there is none. */
export function tls_get_connection(handle: AnyHandle): t_tls_connection | undefined {
  const link = linkOf(handle);
  return link === undefined ? undefined : connectionView(link);
}

function connectionView(link: TlsLink | DtlsLink): t_tls_connection {
  const { config, hosts } = link.module;
  const { credentials } = link.module.running;
  const { info } = link;
  const { sent = new RecordWatch(), received = new RecordWatch() } = link;
  const isDatagram = link instanceof DtlsLink;
  const session = sessionView(link);
  const leaf = info?.peerChain[0];
  const spki = leaf === undefined ? null : new Certificate(leaf).spki;
  const handshaking = link.status === TLS_CONNST_HANDSHAKE;
  const debug = config.TLS_DEBUG_SECRETS === 1;
  const keys = debug ? keysOf(link) : undefined;
  const role = link.engine?.side ?? null;
  const isClient = role === 'client';
  return {
    tc_encrypt_buf: null,
    tc_cert_oid: oidOf(leaf, config),
    tc_recv_buf: null,
    tc_conn_hdl: !isDatagram && link.kind === 'tcp' ? link.below : INVALID_HDL,
    tc_conn_hdl_dtls: isDatagram ? link.dtlsHandle : INVALID_HDL,
    tc_ip_addr: isDatagram
      ? { ipp_ip_addr: link.address, ipp_port: link.peerPort }
      : { ipp_ip_addr: link.stream?.remoteAddress ?? '', ipp_port: link.stream?.remotePort ?? 0 },
    tc_host_port: isDatagram ? link.port.udp.port : 0,
    tc_conn_cnt: 1,
    tc_ntf_idx: link.ntf === null ? 0 : 1,
    p_tc_rx_q: link.waitingBytes,
    p_tc_tx_q: 0,
    tc_timeout: config.TLS_TCP_HS_TIMEOUT,
    tc_dtls_tim_cnt: isDatagram ? link.retransmissions : 0,
    tc_dtls_timeout: isDatagram ? config.DTLS_RETRANSMIT_INIT_TIME : 0,
    tc_conn_hdl_sock: !isDatagram && link.kind === 'socket' ? link.below : INVALID_HDL,
    tc_mutex: tls_conn_mutex,
    tc_seq_num: BigInt(sent.sequence),
    tc_peer_seq_num: BigInt(received.sequence),
    p_tc_hs_msg_store: handshaking ? sent.handshakeBytes + received.handshakeBytes : 0,
    p_tc_next_pdu: null,
    p_tc_pub_key: spki?.slice() ?? null,
    tc_peer_name: link.peerName,
    p_tc_rd_session: handshaking ? null : session,
    p_tc_wr_session: handshaking ? null : session,
    p_tc_pd_session: handshaking ? session : null,
    p_tc_cert: info?.credential === undefined ? null : (hosts[credentials.indexOf(info.credential)]?.configured ?? null),
    p_tc_key_ex_priv: null,
    tc_host_sec_params: { random_val: sent.random?.slice() ?? new Uint8Array(0), ...((isClient ? keys?.client : keys?.server) ?? NO_KEYS) },
    tc_peer_sec_params: {
      random_val: received.random?.slice() ?? new Uint8Array(0),
      ...((isClient ? keys?.server : keys?.client) ?? NO_KEYS),
    },
    tc_hs_count: sent.handshakeBytes + received.handshakeBytes + 4,
    tc_pub_key_len: spki?.length ?? 0,
    tc_key_ex_len: 0,
    tc_rx_len: link.waitingBytes,
    tc_exp_count: 0,
    tc_state: link.status,
    tc_flags: { role, type: link.kind },
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

/** What is known of the session: while it is negotiated, what the hellos say. */
function sessionView(link: TlsLink | DtlsLink): t_tls_session | null {
  const { info, module, engine } = link;
  if (engine === undefined) return null;
  const { sent = new RecordWatch(), received = new RecordWatch() } = link;
  const { config, sessions } = module;
  const ticket = sessions?.ticketOf(link.handle);
  const hello = engine.side === 'server' ? sent : received;
  const id = hello.sessionId ?? new Uint8Array(0);
  const ses_id = new Uint8Array(TLS_MAX_SES_ID_LEN + 1);
  ses_id[0] = id.length;
  ses_id.set(id.subarray(0, TLS_MAX_SES_ID_LEN), 1);
  const chosen = config.g_tls_arr_cipher_suites.find((suite) => suite.id === (info?.suiteId ?? hello.suite));
  return {
    ses_id,
    ref_count: 1 + (ticket === undefined ? 0 : (sessions?.get(ticket)?.references ?? 0)),
    ref_neg: info === undefined ? 0 : 1 + info.renegotiations,
    master_secret: (config.TLS_DEBUG_SECRETS === 1 ? masterSecret(link) : undefined)?.slice() ?? null,
    pre_master_secret_len: config.TLS_PRE_MASTER_SECRET_SIZE,
    p_cipher_suite: chosen === undefined ? null : { id: chosen.id, name: chosen.name },
  };
}

function masterSecret(link: TlsLink | DtlsLink): Uint8Array | undefined {
  const random = (link.engine?.side === 'client' ? link.sent : link.received)?.random;
  return random === undefined ? undefined : masterSecretOf(toHex(random));
}

interface SideKeys {
  readonly mac_key: Uint8Array;
  readonly bulk_key: Uint8Array;
  readonly init_vector: Uint8Array;
}

/** RFC 5246 §6.3; of TLS 1.2 and DTLS 1.2. */
function keysOf(link: TlsLink | DtlsLink): { client: SideKeys; server: SideKeys } | undefined {
  const { info, module } = link;
  const [ours, theirs] = [link.sent?.random, link.received?.random];
  const master = masterSecret(link);
  if (info === undefined || master === undefined || ours === undefined || theirs === undefined) return undefined;
  const suite: CipherSuite | undefined = module.config.g_tls_arr_cipher_suites.find((one) => one.id === info.suiteId);
  if (suite?.family !== 'legacy' || !(info.versionId === 0x0303 || info.versionId === 0xfefd)) return undefined;
  const seed = info.side === 'client' ? concat(theirs, ours) : concat(ours, theirs);
  const { macKeyLength: m, keyLength: k, ivLength: v } = suite.protection;
  const block = prfTls12(module.running.crypto, suite.prfHash, master, 'key expansion', seed, 2 * (m + k + v));
  const side = (i: number): SideKeys => ({
    mac_key: block.slice(i * m, (i + 1) * m),
    bulk_key: block.slice(2 * m + i * k, 2 * m + (i + 1) * k),
    init_vector: block.slice(2 * (m + k) + i * v, 2 * (m + k) + (i + 1) * v),
  });
  return { client: side(0), server: side(1) };
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
