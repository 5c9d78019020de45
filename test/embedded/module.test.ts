/** Module management, the encryption manager, every option, the structures, OAL and PSP. */
import assert from 'node:assert/strict';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import {
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
  TLS_RSA_WITH_AES_128_CBC_SHA,
  TLS_RSA_WITH_AES_256_CBC_SHA,
} from '../../src/crypto/suites/aes-cbc.ts';
import { TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import * as e from '../../src/embedded/index.ts';
import { ca, client, configure, down, eventually, expired, ok, recorder, registerAll, server, text, up } from './support.ts';

afterEach(() => {
  e.tls_stop();
  e.tls_delete();
  e.enc_stop();
  e.enc_delete();
  e.psp_install();
  e.psp_accounting.limit = Number.POSITIVE_INFINITY;
});

test('return codes, notifications, states and flags have the numbers of the guide', () => {
  const numbers: Record<string, number> = {
    TLS_OK: 0,
    TLS_SET: 1,
    TLS_NOT_SET: 2,
    TLS_FOUND: 3,
    TLS_SIGN_VERIFY: 5,
    TLS_WAIT: 6,
    TLS_INIT_ERR: 7,
    TLS_NOT_FOUND_ERR: 8,
    TLS_IO_ERR: 9,
    TLS_TYPE_ERR: 10,
    TLS_FULL_ERR: 11,
    TLS_NULL_PTR_ERR: 12,
    TLS_HS_ERR: 13,
    TLS_PARAM_ERR: 14,
    TLS_MEM_ERR: 15,
    TLS_VERIFY_ERR: 16,
    TLS_CERTIFICATE_ERR: 17,
    TLS_ENCRYPTION_MODULE_ERR: 18,
    TLS_HEARTBEAT_TIMEOUT_ERR: 19,
    TLS_DROP_MESSAGE: 20,
    TLS_TIMEOUT_ERR: 21,
    TLS_DTLS_NEW_CONN: 22,
    TLS_DTLS_DROP_FRMSG: 23,
    TLS_DTLS_CONNECT_ERR: 24,
    TLS_NTF_HANDSHAKE_FAILED: 0x10000,
    TLS_NTF_HANDSHAKE_DONE: 0x20000,
    TLS_NTF_HANDSHAKE_TIMEOUT: 0x40000,
    DTLS_NTF_TIMEOUT: 0x80000,
    IP_NTF_TX_RDY: 2,
    TLS_TCP_CONN_INF_FLAG_START: 1,
    TLS_TCP_CONN_INF_FLAG_VERIFY: 2,
  };
  for (const [name, number] of Object.entries(numbers)) assert.equal((e as Record<string, unknown>)[name], number, name);
  assert.equal(new Set([e.TLS_CONNST_CLOSED, e.TLS_CONNST_HANDSHAKE, e.TLS_CONNST_OPERATING]).size, 3);
});

test('the order of calls: tls_init, tls_register_…, tls_start, tls_stop, tls_delete', () => {
  configure();
  assert.equal(e.tls_init(), e.TLS_INIT_ERR, 'before the encryption manager');
  ok(e.enc_init());
  assert.equal(e.tls_init(), e.TLS_INIT_ERR);
  ok(e.enc_start());
  const hdl = e.ref(e.ENC_INVALID_IFC_HDL);
  ok(e.enc_driver_register(e.enc_aes_driver, hdl));
  assert.equal(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, hdl.value, e.ENC_ALG_AES_128_CBC), e.TLS_INIT_ERR, 'before tls_init');
  assert.equal(e.tls_start(), e.TLS_INIT_ERR);
  ok(e.tls_init());
  assert.equal(e.tls_init(), e.TLS_INIT_ERR, 'twice');
  assert.equal(e.tls_delete(), e.TLS_INIT_ERR, 'before tls_stop');
  assert.equal(e.tls_stop(), e.TLS_INIT_ERR, 'before tls_start');
  assert.equal(e.tls_register_bulk(99, hdl.value, e.ENC_ALG_AES_128_CBC), e.TLS_PARAM_ERR);
  assert.equal(e.tls_register_hash(-1, hdl.value, 0), e.TLS_PARAM_ERR);
  assert.equal(e.tls_register_sign(1.5, hdl.value, 0), e.TLS_PARAM_ERR);
  assert.equal(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, 12345 as e.t_enc_ifc_hdl, 0), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, hdl.value, e.ENC_ALG_RSA), e.TLS_ENCRYPTION_MODULE_ERR);
  assert.equal(e.tls_start(), e.TLS_INIT_ERR, 'the suites need algorithms');
  registerAll();
  assert.equal(e.tls_register_bulk(e.TLS_BULK_AES_256_CBC, hdl.value, e.ENC_ALG_AES_256_CBC), e.TLS_FULL_ERR, 'TLS_MAX_BULK_ALG_SIZE');
  ok(e.tls_start());
  assert.equal(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, hdl.value, e.ENC_ALG_AES_128_CBC), e.TLS_INIT_ERR, 'after tls_start');
  assert.equal(e.tls_start(), e.TLS_INIT_ERR, 'twice');
  assert.equal(e.tls_delete(), e.TLS_INIT_ERR);
  ok(e.tls_stop());
  ok(e.tls_start());
  down();
  assert.equal(e.tls_delete(), e.TLS_INIT_ERR, 'twice');
  assert.equal(e.enc_driver_register(null, hdl), e.TLS_NULL_PTR_ERR);
});

interface Pair {
  readonly client: e.t_tcp_conn_hdl;
  readonly server: e.t_tcp_conn_hdl;
  readonly codes: number[];
  close(): void;
}

/** Our client and our server, over the native interface. */
async function pair(options: { verify?: boolean; name?: string } = {}): Promise<Pair> {
  const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 4, null, port_hdl));
  const port = e.ref(0);
  await eventually(
    () => e.tcp_get_port(port_hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  const [atClient, atServer] = [recorder(), recorder()];
  const [c, s] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
  const flags = e.TLS_TCP_CONN_INF_FLAG_START | (options.verify === true ? e.TLS_TCP_CONN_INF_FLAG_VERIFY : 0);
  ok(e.tls_tcp_accept(port_hdl.value, { p_tci_ntf: atServer.ntf, tci_flags: flags }, e.ref({ ipp_ip_addr: '', ipp_port: 0 }), s));
  ok(
    e.tls_tcp_connect(
      { ipp_ip_addr: '127.0.0.1', ipp_port: port.value },
      { p_tci_ntf: atClient.ntf, tci_flags: e.TLS_TCP_CONN_INF_FLAG_START, p_tci_peer_name: options.name ?? 'localhost' },
      e.TLS_INVALID_CONN_TICKET,
      c,
    ),
  );
  const over = (codes: number[]): boolean => codes.some((code) => (code & (e.TLS_NTF_HANDSHAKE_DONE | e.TLS_NTF_HANDSHAKE_FAILED)) !== 0);
  await eventually(
    () => over(atClient.codes) && over(atServer.codes),
    () => e.tls_last_error(),
  );
  return {
    client: c.value,
    server: s.value,
    codes: atClient.codes,
    close() {
      ok(e.tls_close_tcp(c.value));
      ok(e.tls_close_tcp(s.value));
      ok(e.tcp_close_port(port_hdl.value));
    },
  };
}

async function outcome(extra: Partial<e.TlsConfig>, options: { verify?: boolean; name?: string } = {}): Promise<number> {
  up(extra);
  const p = await pair(options);
  const ret = p.codes.includes(e.TLS_NTF_HANDSHAKE_DONE) ? e.TLS_OK : e.tls_client_handshake_tcp(p.client, null, e.TCP_INVALID_CONN_HDL);
  p.close();
  down();
  return ret;
}

test('a driver of the caller is the one used: AES and SHA-256 count their blocks', async () => {
  const made: string[] = [];
  const counted: e.t_enc_driver = {
    enc_name: 'counted',
    enc_alg_ids: [e.ENC_ALG_AES_128_CBC, e.ENC_ALG_AES_128_GCM],
    enc_start: (id) => void made.push(`start ${id}`),
    enc_stop: (id) => void made.push(`stop ${id}`),
    enc_bulk(id, key) {
      made.push(`key of ${key.length}`);
      return id === e.ENC_ALG_AES_128_CBC ? nodeCrypto.cbc('aes-128-cbc', key) : nodeCrypto.aead('aes-128-gcm', key);
    },
  };
  up({ g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA] }, counted);
  const p = await pair();
  assert.deepEqual(made.slice(0, 2), [`start ${e.ENC_ALG_AES_128_CBC}`, `start ${e.ENC_ALG_AES_128_GCM}`]);
  assert.ok(made.filter((one) => one === 'key of 16').length >= 4, 'two directions, two sides');
  assert.equal(e.tls_get_connection(p.client)?.p_tc_rd_session?.p_cipher_suite?.id, 0x002f);
  p.close();
  down();
  assert.ok(made.includes(`stop ${e.ENC_ALG_AES_128_GCM}`));
});

test('a driver that fails: TLS_INIT_ERR at tls_start', () => {
  const broken: e.t_enc_driver = { ...e.enc_aes_driver, enc_start: () => assert.fail('no hardware') };
  configure();
  ok(e.enc_init());
  ok(e.enc_start());
  ok(e.tls_init());
  registerAll(broken);
  assert.equal(e.tls_start(), e.TLS_INIT_ERR);
  ok(e.tls_delete());
});

test('every option has its default, and a value out of its range is TLS_INIT_ERR', () => {
  const config = e.defaultConfig() as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(e.GUIDE_DEFAULTS)) assert.equal(config[name], value, name);
  for (const name of Object.keys(e.GUIDE_DEFAULTS)) {
    for (const wrong of [-1, 1.5, 2 ** 40, Number.NaN, 'x', null, undefined]) {
      configure({ [name]: wrong });
      e.enc_init();
      e.enc_start();
      assert.equal(e.tls_init(), e.TLS_INIT_ERR, `${name} = ${String(wrong)}`);
      assert.ok(e.tls_last_error().includes(name), e.tls_last_error());
    }
  }
});

test('limits of the arrays and of the suites', () => {
  const wrong: Partial<e.TlsConfig>[] = [
    { TLS_MAX_HOST_CERT: 0 },
    { TLS_MAX_CA_CERT: 0 },
    { TLS_MAX_RV_CERT: 1, g_tls_arr_rv_cert: [ca, ca] },
    { TLS_MAX_CIPHER_SUITES: 1 },
    { g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_256_CBC_SHA] },
    { g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA], TLS_MAX_MKEY_LEN: 19 },
    { g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA], TLS_MAX_BKEY_LEN: 15 },
    { g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA], TLS_MAX_HMAC_LEN: 16 },
    { TLS_DATA_BUF_SIZE: 2000 },
    { TLS_MIN_VERSION: 0x0304 },
    { DTLS_RETRANSMIT_INIT_TIME: 700 },
  ];
  for (const one of wrong) {
    configure(one);
    e.enc_init();
    e.enc_start();
    assert.equal(e.tls_init(), e.TLS_INIT_ERR, JSON.stringify(Object.keys(one)));
  }
});

test('certificates: wrong type, wrong key, malformed, none', () => {
  assert.equal(e.tls_check_certificate(server.certificate), e.TLS_SIGN_VERIFY);
  assert.equal(e.tls_check_certificate({ ...server.certificate, cert_type: e.TLS_CERT_TYPE_DSS }), e.TLS_TYPE_ERR);
  assert.equal(e.tls_check_certificate(null), e.TLS_NULL_PTR_ERR);
  assert.equal(e.tls_check_certificate({ cert_type: 1, p_cert_block: new Uint8Array(10) }), e.TLS_CERTIFICATE_ERR);
  const start = (certificate: e.t_tls_certificate): number => {
    configure({ g_tls_arr_host_cert: [certificate] });
    e.enc_init();
    e.enc_start();
    const ret = e.tls_init();
    if (ret !== e.TLS_OK) return ret;
    registerAll();
    const started = e.tls_start();
    e.tls_stop();
    e.tls_delete();
    e.enc_stop();
    e.enc_delete();
    return started;
  };
  ok(start(server.certificate));
  assert.equal(start({ ...server.certificate, cert_type: 64 }), e.TLS_TYPE_ERR);
  const { p_cert_priv_key: other } = client.certificate;
  assert.ok(other);
  assert.equal(start({ ...server.certificate, p_cert_priv_key: other, cert_priv_key_len: other.length }), e.TLS_TYPE_ERR);
  assert.equal(start({ ...server.certificate, p_cert_priv_key: null }), e.TLS_NULL_PTR_ERR);
  assert.equal(start({ ...server.certificate, p_cert_priv_key: new Uint8Array(9), cert_priv_key_len: 9 }), e.TLS_CERTIFICATE_ERR);
  assert.equal(start({ cert_type: 1, p_cert_block: null }), e.TLS_NULL_PTR_ERR);
});

test('what the options do to a handshake', async () => {
  const old = { g_tls_arr_host_cert: [expired.certificate] };
  const cases: [string, Partial<e.TlsConfig>, { verify?: boolean; name?: string }, number][] = [
    ['all is well', {}, {}, e.TLS_OK],
    ['TLS_CHECK_CERT_EXP 0', old, { name: 'old.example' }, e.TLS_OK],
    ['TLS_CHECK_CERT_EXP 1', { ...old, TLS_CHECK_CERT_EXP: 1 }, { name: 'old.example' }, e.TLS_CERTIFICATE_ERR],
    ['g_tls_arr_ca_cert', { g_tls_arr_ca_cert: [] }, {}, e.TLS_CERTIFICATE_ERR],
    ['TLS_TRUST_ALL_CERT', { g_tls_arr_ca_cert: [], TLS_TRUST_ALL_CERT: 1 }, {}, e.TLS_OK],
    ['g_tls_arr_rv_cert', { g_tls_arr_rv_cert: [{ cert_type: 1, p_cert_block: server.der }] }, {}, e.TLS_CERTIFICATE_ERR],
    ['TLS_MAX_PUB_KEY_SIZE', { TLS_MAX_PUB_KEY_SIZE: 255 }, {}, e.TLS_CERTIFICATE_ERR],
    ['TLS_MIN_PUB_KEY_SIZE', { TLS_MIN_PUB_KEY_SIZE: 257 }, {}, e.TLS_CERTIFICATE_ERR],
    ['TLS_HS_MSG_STORE_SIZE', { TLS_HS_MSG_STORE_SIZE: 600 }, {}, e.TLS_MEM_ERR],
    ['TLS_RECV_BUF_SIZE', { TLS_RECV_BUF_SIZE: 200 }, {}, e.TLS_MEM_ERR],
    ['TLS_TREAT_RSA512_CERT_INV', { TLS_TREAT_RSA512_CERT_INV: 0 }, {}, e.TLS_OK],
    ['VERIFY', {}, { verify: true }, e.TLS_OK],
    [
      'DHE fits into TLS_PRE_MASTER_SECRET_SIZE',
      { g_tls_arr_cipher_suites: [TLS_DHE_RSA_WITH_AES_128_CBC_SHA], TLS_PRE_MASTER_SECRET_SIZE: 256 },
      {},
      e.TLS_OK,
    ],
  ];
  for (const [name, extra, options, expected] of cases)
    assert.equal(await outcome(extra, options), expected, `${name}: ${e.tls_last_error()}`);
  const tooLong = await outcome({ g_tls_arr_cipher_suites: [TLS_DHE_RSA_WITH_AES_128_CBC_SHA] });
  assert.notEqual(tooLong, e.TLS_OK, 'TLS_PRE_MASTER_SECRET_SIZE 64');
  const weak = await outcome({
    g_tls_arr_cipher_suites: [TLS_DHE_RSA_WITH_AES_128_CBC_SHA],
    TLS_PRE_MASTER_SECRET_SIZE: 1024,
    TLS_MIN_KEY_EX_SIZE: 257,
  });
  assert.notEqual(weak, e.TLS_OK, 'TLS_MIN_KEY_EX_SIZE');
  // No cipher suite in common is a fault of the handshake protocol.
  assert.equal(await outcome({ g_tls_arr_cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256], TLS_MAX_VERSION: 0x0303 }), e.TLS_OK);
});

test('RSA_KEY_MODULO_LEN and RSA_KEY_EXP_LEN bound our own keys', () => {
  for (const extra of [{ RSA_KEY_MODULO_LEN: 128 }, { RSA_KEY_EXP_LEN: 1 }]) {
    configure(extra);
    e.enc_init();
    e.enc_start();
    assert.equal(e.tls_init(), e.TLS_TYPE_ERR);
    e.enc_stop();
    e.enc_delete();
  }
});

test('interfaces that are switched off give TLS_INIT_ERR', () => {
  up({ TLS_TCPIP_IFC_ENABLE: 0, TLS_SOCKET_IFC_ENABLE: 0, DTLS_IFC_ENABLE: 0 });
  assert.equal(e.tls_start_tcp(1 as e.t_tcp_conn_hdl), e.TLS_INIT_ERR);
  assert.equal(e.tls_client_handshake_socket(3, null, e.TLS_INVALID_CONN_TICKET), e.TLS_INIT_ERR);
  assert.equal(e.dtls_start_udp(e.DTLS_INVALID_UDP_HDL), e.TLS_INIT_ERR);
  assert.equal(e.dtls_send_socket(e.DTLS_INVALID_UDP_HDL, new Uint8Array(1), 1), e.TLS_INIT_ERR);
  down();
  up({ DTLS_UDP_IFC_ENABLE: 0, DTLS_SOCKET_IFC_ENABLE: 0 });
  assert.equal(e.dtls_start_udp(e.DTLS_INVALID_UDP_HDL), e.TLS_INIT_ERR);
  assert.equal(e.dtls_send_socket(e.DTLS_INVALID_UDP_HDL, new Uint8Array(1), 1), e.TLS_INIT_ERR);
  down();
});

test('structures show the connection; secrets only with TLS_DEBUG_SECRETS', async () => {
  for (const debug of [0, 1]) {
    up({ TLS_DEBUG_SECRETS: debug, g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA] });
    const p = await pair();
    const c: e.t_tls_connection = e.tls_get_connection(p.client)!;
    const s: e.t_tls_connection = e.tls_get_connection(p.server)!;
    assert.deepEqual(c.tc_host_sec_params.random_val, s.tc_peer_sec_params.random_val);
    assert.equal(c.tc_host_sec_params.random_val.length, e.TLS_RANDOM_LEN);
    assert.equal(c.tc_flags.role, 'client');
    assert.equal(s.p_tc_cert, server.certificate);
    assert.equal(c.tc_ver_minor, 3);
    assert.equal(c.tc_peer_name, 'localhost');
    assert.equal(c.tc_seq_num, s.tc_peer_seq_num);
    assert.ok(c.tc_pub_key_len > 256);
    const session: e.t_tls_session = c.p_tc_rd_session!;
    assert.deepEqual(session.ses_id, s.p_tc_rd_session!.ses_id);
    assert.equal(session.ses_id[0], 32);
    const params: e.t_tls_security_params = c.tc_host_sec_params;
    if (debug === 0) {
      assert.equal(session.master_secret, null);
      assert.equal(params.bulk_key, null);
    } else {
      assert.equal(session.master_secret!.length, e.TLS_MASTER_SEC_LEN);
      assert.deepEqual(params.bulk_key, s.tc_peer_sec_params.bulk_key);
      assert.equal(params.mac_key!.length, 20);
    }
    assert.equal(e.tls_get_flag(p.client, 'verified'), e.TLS_SET);
    assert.equal(e.tls_get_flag(p.server, 'client'), e.TLS_NOT_SET);
    const sha: e.t_tls_hash_alg_attr = e.tls_get_hash_alg_attr(e.TLS_HASH_SHA256)!;
    assert.deepEqual([sha.digest_len, sha.block_len, sha.digest_prefix_len, sha.digest_prefix.length], [32, 64, 19, 32]);
    assert.equal(e.tls_get_hash_alg_attr(e.TLS_HASH_SHA512), undefined, 'not registered');
    p.close();
    assert.equal(e.tls_get_connection(p.client), undefined);
    down();
  }
});

test('a notification callback that throws is counted, and the module goes on', async () => {
  up();
  const before = e.ip_ntf_failures.count;
  const told = recorder();
  const bad: e.t_ip_ntf = { ntf_fn: () => assert.fail('thrown'), ntf_param: 0, p_ntf_next: told.ntf };
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(
    e.tls_tcp_connect(
      { ipp_ip_addr: '127.0.0.1', ipp_port: 1 },
      { p_tci_ntf: bad, tci_flags: 1, p_tci_peer_name: 'x' },
      e.TLS_INVALID_CONN_TICKET,
      hdl,
    ),
  );
  await told.until(e.TLS_NTF_HANDSHAKE_FAILED);
  assert.ok(e.ip_ntf_failures.count > before);
  assert.equal(e.tls_receive_tcp(hdl.value, e.ref<Uint8Array | null>(null), e.ref(0)), e.TLS_IO_ERR);
  ok(e.tls_close_tcp(hdl.value));
  down();
});

test('PSP: replaceable clock and memory with accounting, strings, byte order', async () => {
  const b = new Uint8Array(8);
  e.PSP_WR_BE16(b, 0x1234);
  assert.equal(e.PSP_RD_BE16(b), 0x1234);
  e.PSP_WR_BE24(b, 0xabcdef);
  assert.equal(e.PSP_RD_BE24(b), 0xabcdef);
  e.PSP_WR_BE32(b, 0xdeadbeef);
  assert.deepEqual([...b.subarray(0, 4)], [0xde, 0xad, 0xbe, 0xef]);
  e.PSP_WR_BE64(b, 0x0102030405060708n);
  assert.deepEqual([...b], [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(e.psp_memcmp(b, b, 8), 0);
  assert.ok(e.psp_memcmp(Uint8Array.of(1), Uint8Array.of(2), 1) < 0);
  assert.deepEqual([...e.psp_memcpy(new Uint8Array(2), b, 2)], [1, 2]);
  assert.deepEqual([...e.psp_memset(new Uint8Array(2), 7, 2)], [7, 7]);
  assert.deepEqual([...e.psp_strncpy(new Uint8Array(3), 'ab', 3)], [97, 98, 0]);
  assert.equal(e.psp_strncmp('abc', 'abd', 2), 0);
  assert.equal(e.psp_strncmp('abc', 'abd', 3), -1);
  const start = e.psp_accounting.allocated;
  const block = e.psp_malloc(100)!;
  assert.equal(e.psp_accounting.allocated, start + 100);
  e.psp_free(block);
  e.psp_free(block);
  assert.equal(e.psp_accounting.allocated, start);
  e.psp_accounting.limit = start + 10;
  assert.equal(e.psp_malloc(11), null);
  e.psp_accounting.limit = Number.POSITIVE_INFINITY;
  assert.ok(e.psp_get_tick_count() > 0);
  e.psp_install({ psp_getcurrenttimedate: () => 1_000 });
  assert.equal(e.psp_getcurrenttimedate(), 1_000);
  assert.deepEqual([e.psp_timedatecmp(999), e.psp_timedatecmp(1_000), e.psp_timedatecmp(1_001)], [1, 0, -1]);
  e.psp_install();
  // The clock that is installed is the one that certificates are judged by.
  e.psp_install({ psp_getcurrenttimedate: () => Date.now() + 10 * 365 * 86_400_000 });
  assert.equal(await outcome({ TLS_CHECK_CERT_EXP: 1 }), e.TLS_CERTIFICATE_ERR);
});

test('OAL: events, mutexes, tasks of poll mode', async () => {
  const event: e.oal_event_t = { oal_event_word: null };
  const flags = e.ref(0);
  assert.equal(e.oal_event_set(event, 1), e.OAL_ERROR, 'not created');
  assert.equal(e.oal_event_create(event), e.OAL_SUCCESS);
  assert.equal(e.oal_event_get(event, 3, flags, 0), e.OAL_ERR_TIMEOUT);
  assert.equal(e.oal_event_set(event, 5), e.OAL_SUCCESS);
  assert.equal(e.oal_event_get(event, 4, flags, e.OAL_WAIT_FOREVER), e.OAL_SUCCESS);
  assert.equal(flags.value, 4);
  assert.equal(e.oal_event_get(event, 5, flags, 0), e.OAL_SUCCESS);
  assert.equal(flags.value, 1);
  const mutex: e.oal_mutex_t = { oal_mutex_word: null };
  assert.equal(e.oal_mutex_create(mutex), e.OAL_SUCCESS);
  assert.equal(e.oal_mutex_get(mutex), e.OAL_SUCCESS);
  assert.equal(e.oal_mutex_get(mutex, 5), e.OAL_ERR_TIMEOUT);
  assert.equal(e.oal_mutex_put(mutex), e.OAL_SUCCESS);
  assert.equal(e.oal_mutex_put(mutex), e.OAL_ERR_OWNER);
  assert.equal(e.oal_mutex_delete(mutex), e.OAL_SUCCESS);
  let runs = 0;
  const task: e.oal_task_t = { oal_task_fn: null };
  e.oal_task_create(task, () => void runs++);
  await eventually(
    () => runs === 1,
    () => 'first run',
  );
  e.oal_event_set(event, 1);
  await eventually(
    () => runs === 2,
    () => 'run after an event',
  );
  assert.equal(e.oal_task_delete(task), e.OAL_SUCCESS);
  assert.equal(e.oal_event_delete(event), e.OAL_SUCCESS);
});

test('big numbers: addition, subtraction, multiplication, modulo, powers', () => {
  const n = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
  assert.deepEqual(e.bn_add(n('ffffffffffffffffff'), n('01')), n('01000000000000000000'));
  assert.deepEqual(e.bn_sub(n('0100'), n('01')), n('ff'));
  assert.equal(e.bn_sub(n('01'), n('02')), undefined);
  assert.deepEqual(e.bn_mul(n('ffffffff'), n('ffffffff')), n('fffffffe00000001'));
  assert.deepEqual(e.bn_mod(n('0a'), n('03')), n('01'));
  assert.equal(e.bn_mod(n('0a'), n('00')), undefined);
  assert.deepEqual(e.bn_mod_exp(n('04'), n('0d'), n('01f1')), n('01bd'));
  assert.equal(e.bn_cmp(n('0001'), n('01')), 0);
});

test('TLS_MAX_DATA_LEN bounds a call; an exhausted memory is TLS_MEM_ERR; TLS_MAX_SES_SIZE bounds the sessions', async () => {
  up({ TLS_MAX_DATA_LEN: 1024, TLS_MAX_SES_SIZE: 1 });
  const first = await pair();
  const ticket = e.ref(e.TLS_INVALID_CONN_TICKET);
  ok(e.tls_get_ticket_tcp(first.client, ticket));
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  ok(e.tls_get_buffer_tcp(first.client, 5_000, buffer, 0, null, length));
  assert.equal(length.value, 1024);
  assert.equal(e.tls_send_tcp(first.client, buffer.value, 1025), e.TLS_PARAM_ERR);
  ok(e.tls_send_tcp(first.client, buffer.value, 1024));
  await eventually(
    () => e.tls_receive_tcp(first.server, buffer, length) === e.TLS_OK,
    () => 'data',
  );
  assert.equal(text(buffer.value, length.value).length, 1024);
  ok(e.tcp_release_buf(buffer.value));
  e.psp_accounting.limit = e.psp_accounting.allocated;
  assert.equal(e.tls_get_buffer_tcp(first.client, 10, buffer, 0, null, length), e.TLS_MEM_ERR);
  e.psp_accounting.limit = Number.POSITIVE_INFINITY;
  first.close();
  const second = await pair();
  assert.equal(e.tls_find_session(ticket.value), e.TLS_NOT_FOUND_ERR, 'the older session gave way');
  second.close();
  down();
});

test('TLS_MAX_HASH_ALG_SIZE, TLS_MAX_BULK_ALG_SIZE and TLS_MAX_SIGN_ALG_SIZE bound what is registered; one index may be registered again', () => {
  configure({ TLS_MAX_HASH_ALG_SIZE: 1, TLS_MAX_BULK_ALG_SIZE: 1, TLS_MAX_SIGN_ALG_SIZE: 1 });
  ok(e.enc_init());
  ok(e.enc_start());
  ok(e.tls_init());
  const hdl = e.ref(e.ENC_INVALID_IFC_HDL);
  ok(e.enc_driver_register(e.enc_hash_driver, hdl));
  ok(e.tls_register_hash(e.TLS_HASH_SHA256, hdl.value, e.ENC_ALG_SHA256));
  assert.equal(e.tls_register_hash(e.TLS_HASH_SHA1, hdl.value, e.ENC_ALG_SHA1), e.TLS_FULL_ERR);
  ok(e.enc_driver_register(e.enc_sign_driver, hdl));
  ok(e.tls_register_sign(e.TLS_SIGN_RSA, hdl.value, e.ENC_ALG_RSA));
  ok(e.tls_register_sign(e.TLS_SIGN_RSA, hdl.value, e.ENC_ALG_RSA));
  assert.equal(e.tls_register_sign(e.TLS_SIGN_ECC, hdl.value, e.ENC_ALG_ECC), e.TLS_FULL_ERR);
  assert.equal(e.tls_start(), e.TLS_INIT_ERR, 'the suites need more');
});

test('TLS_PEER_NAME_SIZE, TLS_DIGEST_PREFIX_LEN and TLS_OID_SIZE bound names and structures', async () => {
  up({ TLS_PEER_NAME_SIZE: 9, TLS_DIGEST_PREFIX_LEN: 19, TLS_OID_SIZE: 4 });
  const inf = { tci_flags: 0, p_tci_peer_name: 'ten.letter' };
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  assert.equal(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: 1 }, inf, e.TLS_INVALID_CONN_TICKET, hdl), e.TLS_PARAM_ERR);
  const p = await pair();
  assert.deepEqual([...e.tls_get_connection(p.client)!.tc_cert_oid], [0x2a, 0x86, 0x48, 0x86]);
  assert.equal(e.tls_get_hash_alg_attr(e.TLS_HASH_SHA256)!.digest_prefix.length, 19);
  p.close();
  down();
});

test('TLS_CBC_PADDING_LEN and TLS_TCP_CONN_STACK_SIZE have no effect', async () => {
  assert.equal(
    await outcome({ TLS_CBC_PADDING_LEN: 0, TLS_TCP_CONN_STACK_SIZE: 0, g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA] }),
    e.TLS_OK,
  );
});

test('DTLS_CLIENT_CONN_PORT is the local port; DTLS_PMTU_SIZE bounds every datagram; t_dtls_conn_data shows the connection', async () => {
  const atClient = recorder();
  const base = 40_000 + (process.pid % 20_000);
  up({ DTLS_CLIENT_CONN_PORT: base, DTLS_PMTU_SIZE: 500 });
  const told = recorder();
  const srv = e.ref(e.UDP_INVALID_HDL);
  ok(e.dtls_udp_srv_open(0, { p_tci_ntf: told.ntf, tci_flags: 1 }, srv));
  const port = e.ref(0);
  await eventually(
    () => e.udp_get_port(srv.value, port) === e.TLS_OK,
    () => 'port',
  );
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(
    e.dtls_connect_udp(
      { ipp_ip_addr: '127.0.0.1', ipp_port: port.value },
      { p_tci_ntf: atClient.ntf, tci_flags: 1, p_tci_peer_name: 'localhost' },
      e.TLS_INVALID_CONN_TICKET,
      hdl,
    ),
  );
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  await atClient.until(e.TLS_NTF_HANDSHAKE_DONE);
  const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_get_srv_conn_udp(srv.value, conn));
  const from = e.tls_get_connection(conn.value)!.tc_ip_addr!.ipp_port;
  assert.ok(from >= base && from < base + 1_000, `${from}`);
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  ok(e.dtls_get_buffer_udp(hdl.value, 2_000, buffer, 0, null, length));
  assert.ok(length.value < 500 - 28, `${length.value}`);
  assert.equal(e.dtls_send_udp(hdl.value, buffer.value, length.value + 1), e.TLS_PARAM_ERR);
  ok(e.dtls_send_udp(hdl.value, buffer.value, length.value));
  const data: e.t_dtls_conn_data = e.dtls_get_conn_data(conn.value)!;
  assert.equal(data.dtd_hepoch, 1);
  assert.ok(data.dtd_frg_data_cnt > 0, 'the certificate went in fragments');
  assert.equal(e.dtls_get_conn_data(hdl.value)!.dtd_hseq_num, 2n, 'Finished and one datagram');
  ok(e.dtls_close_udp(hdl.value));
  ok(e.dtls_close_udp(conn.value));
  ok(e.dtls_udp_srv_close(srv.value));
  down();
});

test('heartbeats: TLS_HB_ALLOW_PEER_REQ, TLS_EXT_HB_PAYLOAD_SIZE, TLS_HB_TIME, TLS_HEARTBEAT_TIMEOUT_ERR', async () => {
  up();
  const deaf = await pair();
  assert.equal(e.tls_send_heartbeat(deaf.client), e.TLS_PARAM_ERR, 'the peer does not take requests');
  deaf.close();
  down();
  up({ TLS_HB_ALLOW_PEER_REQ: 1, TLS_EXT_HB_PAYLOAD_SIZE: 40, TLS_HB_TIME: 1, TLS_TIMER_PERIOD: 20 });
  const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 4, null, port_hdl));
  const port = e.ref(0);
  await eventually(
    () => e.tcp_get_port(port_hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  // Between the two: a line that falls silent.
  let silent = false;
  let passed = 0;
  const sockets: Socket[] = [];
  const line = createServer((near) => {
    const far = connectTo(port.value, '127.0.0.1');
    sockets.push(near, far);
    near.on('data', (bytes) => {
      passed = bytes.length;
      if (!silent) far.write(bytes);
    });
    far.on('data', (bytes) => silent || near.write(bytes));
    near.on('error', () => {});
    far.on('error', () => {});
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const [s, c] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
  const told = recorder();
  ok(e.tls_tcp_accept(port_hdl.value, { p_tci_ntf: recorder().ntf, tci_flags: 1 }, e.ref({ ipp_ip_addr: '', ipp_port: 0 }), s));
  const to = { ipp_ip_addr: '127.0.0.1', ipp_port: (line.address() as { port: number }).port };
  ok(e.tls_tcp_connect(to, { p_tci_ntf: told.ntf, tci_flags: 1, p_tci_peer_name: 'localhost' }, e.TLS_INVALID_CONN_TICKET, c));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  const receive = (): number => e.tls_receive_tcp(c.value, e.ref<Uint8Array | null>(null), e.ref(0));
  ok(e.tls_send_heartbeat(c.value));
  await eventually(
    () => passed >= 5 + 8 + 3 + 40 + 16 + 16,
    () => `${passed} bytes`,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(receive(), e.TLS_WAIT, 'it was answered');
  silent = true;
  ok(e.tls_send_heartbeat(c.value));
  await eventually(
    () => receive() === e.TLS_HEARTBEAT_TIMEOUT_ERR,
    () => 'timeout',
  );
  assert.equal(receive(), e.TLS_WAIT, 'told once, and the connection is not closed');
  assert.equal(e.tls_get_state_tcp(c.value), e.TLS_CONNST_OPERATING);
  ok(e.tls_close_tcp(c.value));
  ok(e.tls_close_tcp(s.value));
  ok(e.tcp_close_port(port_hdl.value));
  for (const socket of sockets) socket.destroy();
  line.close();
  down();
});
