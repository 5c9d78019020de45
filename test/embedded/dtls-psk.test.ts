/** `veritls/embedded/dtls-psk`: the same functions over fewer parts, with OpenSSL, GnuTLS and the whole module as servers, over a lossy line too. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { lossyProxy } from '../../src/node/dtls/lossy-proxy.ts';
import { TLS_PSK_WITH_AES_128_CCM_8 } from '../../src/crypto/suites/aes-ccm.ts';
import { TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import * as lean from '../../src/embedded/dtls-psk.ts';
import * as whole from '../../src/embedded/index.ts';
import { eventually, freePort, ok, program, type Program, recorder, server } from './support.ts';

const KEY = '00112233445566778899aabbccddeeff';
const PSK = { psk_identity: new Uint8Array(Buffer.from('device-7')), psk_key: new Uint8Array(Buffer.from(KEY, 'hex')) };

afterEach(() => {
  lean.tls_stop();
  lean.tls_delete();
  lean.enc_stop();
  lean.enc_delete();
});

function register(driver: lean.t_enc_driver): lean.t_enc_ifc_hdl {
  const hdl = lean.ref(lean.ENC_INVALID_IFC_HDL);
  ok(lean.enc_driver_register(driver, hdl));
  return hdl.value;
}

function up(options: Partial<lean.TlsConfig> = {}): void {
  lean.tls_config_reset();
  Object.assign(lean.config_tls, { DTLS_IFC_ENABLE: 1, DTLS_CLIENT_CONN_PORT: 0, TLS_MAX_CONN_SIZE: 4, g_tls_arr_psk: [PSK], ...options });
  ok(lean.enc_init());
  ok(lean.enc_start());
  ok(lean.tls_init());
  ok(lean.tls_register_bulk(lean.TLS_BULK_AES_128_CCM_8, register(lean.enc_aes_ccm_driver), lean.ENC_ALG_AES_128_CCM_8));
  ok(lean.tls_register_hash(lean.TLS_HASH_SHA256, register(lean.enc_sha256_driver), lean.ENC_ALG_SHA256));
  ok(lean.tls_start());
}

function down(): void {
  ok(lean.tls_stop());
  ok(lean.tls_delete());
  ok(lean.enc_stop());
  ok(lean.enc_delete());
}

interface Talk {
  readonly hdl: lean.t_dtls_hdl;
  readonly codes: number[];
}

async function connect(port: number): Promise<Talk> {
  const told = recorder();
  const hdl = lean.ref(lean.DTLS_INVALID_UDP_HDL);
  const inf = { p_tci_ntf: told.ntf, tci_flags: lean.TLS_CONN_INF_FLAG_START, p_tci_peer_name: 'server' };
  ok(lean.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf, lean.TLS_INVALID_CONN_TICKET, hdl));
  assert.equal(lean.dtls_get_state_udp(hdl.value), lean.TLS_CONNST_HANDSHAKE);
  await told.until(lean.TLS_NTF_HANDSHAKE_DONE);
  return { hdl: hdl.value, codes: told.codes };
}

function send(hdl: lean.t_dtls_hdl, text: string): void {
  const buffer = lean.ref<Uint8Array | null>(null);
  ok(lean.dtls_get_buffer_udp(hdl, text.length, buffer, 0, null, lean.ref(0)));
  buffer.value!.set(Buffer.from(text));
  ok(lean.dtls_send_udp(hdl, buffer.value, text.length));
}

async function receive(hdl: lean.t_dtls_hdl): Promise<string> {
  const buffer = lean.ref<Uint8Array | null>(null);
  const length = lean.ref(0);
  await eventually(
    () => lean.dtls_receive_udp(hdl, buffer, length) === lean.TLS_OK,
    () => 'data',
  );
  const text = Buffer.from(buffer.value!.subarray(0, length.value)).toString();
  ok(lean.udp_release_buf(buffer.value));
  return text;
}

async function openssl(port: number): Promise<Program> {
  const made = program('openssl', [
    ...['s_server', '-dtls1_2', '-accept', String(port), '-nocert', '-psk_identity', 'device-7', '-psk', KEY],
    ...['-cipher', 'PSK-AES128-CCM8:@SECLEVEL=0', '-listen'],
  ]);
  await eventually(
    () => made.output.includes('ACCEPT'),
    () => made.output,
  );
  return made;
}

for (const loss of [0, 0.3]) {
  test(`a PSK client with OpenSSL, ${100 * loss} % of the datagrams lost`, async () => {
    up({ DTLS_RETRANSMIT_INIT_TIME: 1, DTLS_RETRANSMIT_MAX_TIME: 4, DTLS_MSG_RETRY_NR: 100 });
    const port = await freePort();
    const peer = await openssl(port);
    const line = await lossyProxy({ target: { host: '127.0.0.1', port }, loss, seed: 11 });
    const { hdl, codes } = await connect(line.address.port);
    assert.equal(lean.dtls_get_state_udp(hdl), lean.TLS_CONNST_OPERATING);
    const heard = (): boolean => {
      if (!peer.output.includes('hello')) send(hdl, 'hello\n');
      return peer.output.includes('hello');
    };
    await eventually(heard, () => peer.output);
    peer.process.stdin!.write('answer\n');
    if (loss === 0) {
      assert.equal(await receive(hdl), 'answer\n');
      assert.deepEqual(codes, [lean.TLS_NTF_HANDSHAKE_DONE, lean.IP_NTF_TX_RDY], 'in this order');
    } else
      assert.equal(
        codes.find((code) => code !== lean.DTLS_NTF_TIMEOUT),
        lean.TLS_NTF_HANDSHAKE_DONE,
      );
    assert.equal(lean.dtls_get_ticket_udp(hdl, lean.ref(lean.TLS_INVALID_CONN_TICKET)), lean.TLS_NOT_FOUND_ERR, 'no sessions here');
    ok(lean.dtls_close_udp(hdl));
    await line.close();
    down();
  });
}

test('a PSK client with GnuTLS', async () => {
  up();
  const { writeFileSync } = await import('node:fs');
  const file = `${server.keyFile}.psk`;
  writeFileSync(file, `device-7:${KEY}\n`);
  const port = await freePort();
  const priority = 'NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+PSK:-CIPHER-ALL:+AES-128-CCM-8';
  const peer = program('gnutls-serv', ['--udp', '--echo', '-p', String(port), '--pskpasswd', file, '--priority', priority]);
  await eventually(
    () => /[Ee]cho|listening/.test(peer.output) || peer.process.exitCode !== null,
    () => peer.output,
  );
  const { hdl } = await connect(port);
  send(hdl, 'hello\n');
  assert.equal(await receive(hdl), 'hello\n');
  ok(lean.dtls_close_udp(hdl));
  down();
});

test('what it is not composed of: other suites, certificates, a wrong key, more connections than places', async () => {
  const wrong: Partial<lean.TlsConfig>[] = [
    { g_tls_arr_host_cert: [server.certificate] },
    { g_tls_arr_ca_cert: [server.certificate] },
    { g_tls_arr_psk: [{ psk_identity: new Uint8Array(1), psk_key: new Uint8Array(0) }] },
    { DTLS_PMTU_SIZE: 1 },
  ];
  for (const one of wrong) {
    lean.tls_config_reset();
    Object.assign(lean.config_tls, one);
    lean.enc_init();
    lean.enc_start();
    assert.equal(lean.tls_init(), lean.TLS_INIT_ERR, Object.keys(one).join());
  }
  lean.tls_config_reset();
  Object.assign(lean.config_tls, { g_tls_arr_cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256], g_tls_arr_psk: [PSK] });
  ok(lean.tls_init());
  assert.equal(lean.tls_start(), lean.TLS_INIT_ERR);
  ok(lean.tls_delete());
  lean.enc_stop();
  lean.enc_delete();
  up({ TLS_MAX_CONN_SIZE: 1, g_tls_arr_psk: [{ ...PSK, psk_key: new Uint8Array(16) }] });
  const port = await freePort();
  await openssl(port);
  const told = recorder();
  const hdl = lean.ref(lean.DTLS_INVALID_UDP_HDL);
  const inf = { p_tci_ntf: told.ntf, tci_flags: lean.TLS_CONN_INF_FLAG_START, p_tci_peer_name: 'server' };
  const to = { ipp_ip_addr: '127.0.0.1', ipp_port: port };
  ok(lean.dtls_connect_udp(to, inf, lean.TLS_INVALID_CONN_TICKET, hdl));
  const none = lean.ref(lean.DTLS_INVALID_UDP_HDL);
  assert.equal(lean.dtls_connect_udp(to, inf, lean.TLS_INVALID_CONN_TICKET, none), lean.TLS_NOT_FOUND_ERR);
  assert.equal(lean.dtls_connect_udp(to, inf, 99 as lean.t_tls_ticket, none), lean.TLS_NOT_FOUND_ERR);
  assert.ok(!told.codes.includes(lean.TLS_NTF_HANDSHAKE_DONE));
  ok(lean.dtls_close_udp(hdl.value));
  down();
});

test('the same functions: every name of the small entry is one of the whole, with the same value', () => {
  const own = ['config_tls', 'defaultConfig', 'tls_config_reset', 'tls_init', 'enc_aes_ccm_driver', 'enc_sha256_driver'];
  for (const [name, value] of Object.entries(lean)) {
    if (own.includes(name)) continue;
    assert.equal((whole as Record<string, unknown>)[name], value, name);
  }
  assert.deepEqual(lean.defaultConfig().g_tls_arr_cipher_suites, [TLS_PSK_WITH_AES_128_CCM_8]);
  const [small, large] = [lean.defaultConfig(), whole.defaultConfig()] as unknown as Record<string, unknown>[];
  for (const [name, value] of Object.entries(small!)) if (typeof value === 'number') assert.equal(large![name], value, name);
});
