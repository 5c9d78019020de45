/** What options do that shows on the wire: record sizes, timers, repetitions, certificates, heartbeats; and what the guide's change history promises. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, test } from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { TLS_RSA_WITH_AES_128_CBC_SHA } from '../../src/crypto/suites/aes-cbc.ts';
import * as e from '../../src/embedded/index.ts';
import { createSelfSigned } from '../../src/pki/certs/create.ts';
import { down, dtlsServer, eventually, ok, put, recorder, tcpPort, tlsPair, up } from './support.ts';

afterEach(() => {
  e.psp_install();
  e.tls_stop();
  e.tls_delete();
  e.enc_stop();
  e.enc_delete();
});

const start = (ntf: e.t_ip_ntf | null, name = 'localhost'): e.t_tls_conn_inf => ({
  p_tci_ntf: ntf,
  tci_flags: e.TLS_CONN_INF_FLAG_START,
  p_tci_peer_name: name,
});
const at = (port: number): e.t_ip_port => ({ ipp_ip_addr: '127.0.0.1', ipp_port: port });

async function rsa(bits: number): Promise<e.t_tls_certificate> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  const now = Date.now();
  const p_cert_block = await createSelfSigned({
    crypto: nodeCrypto,
    key: nodeCrypto.importPrivateKey(pkcs8),
    subject: 'CN=localhost',
    subjectAltNames: ['localhost'],
    notBefore: now - 86_400_000,
    notAfter: now + 86_400_000,
  });
  return { cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block, p_cert_priv_key: pkcs8 };
}

test('TLS_TREAT_RSA512_CERT_INV: a certificate of 512 bits is refused, or not', async () => {
  const certificate = await rsa(512);
  for (const refuse of [1, 0]) {
    up({
      TLS_TREAT_RSA512_CERT_INV: refuse,
      g_tls_arr_cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA],
      g_tls_arr_host_cert: [certificate],
      g_tls_arr_ca_cert: [{ cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: certificate.p_cert_block }],
    });
    const port = await tcpPort();
    const [c, s] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
    const told = recorder();
    ok(e.tls_tcp_accept(port.hdl, { ...start(recorder().ntf), p_tci_peer_name: null }, e.ref(at(0)), s));
    ok(e.tls_tcp_connect(at(port.port), start(told.ntf), e.TLS_INVALID_CONN_TICKET, c));
    await told.until(refuse === 1 ? e.TLS_NTF_HANDSHAKE_FAILED : e.TLS_NTF_HANDSHAKE_DONE);
    const why = e.tls_client_handshake_tcp(c.value, null, e.TCP_INVALID_CONN_HDL);
    assert.equal(why, refuse === 1 ? e.TLS_CERTIFICATE_ERR : e.TLS_OK);
    ok(e.tls_close_tcp(c.value));
    ok(e.tls_close_tcp(s.value));
    down();
  }
});

test('TLS_DATA_BUF_SIZE: longer data goes in several records', async () => {
  const records = async (size: number): Promise<bigint> => {
    up({ TLS_DATA_BUF_SIZE: size, TLS_RECV_BUF_SIZE: 1_500 });
    const pair = await tlsPair(await tcpPort());
    const before = e.tls_get_connection(pair.client)!.tc_seq_num;
    const buffer = e.ref<Uint8Array | null>(null);
    ok(e.tls_get_buffer_tcp(pair.client, 1_300, buffer, 0, null, e.ref(0)));
    ok(e.tls_send_tcp(pair.client, buffer.value, 1_300));
    const sent = e.tls_get_connection(pair.client)!.tc_seq_num - before;
    pair.close();
    down();
    return sent;
  };
  assert.equal(await records(3_400), 1n);
  assert.equal(await records(1_500), 1n);
  up({ TLS_DATA_BUF_SIZE: 1_500, TLS_RECV_BUF_SIZE: 1_500, TLS_MAX_DATA_LEN: 2_700 });
  const pair = await tlsPair(await tcpPort());
  const buffer = e.ref<Uint8Array | null>(null);
  ok(e.tls_get_buffer_tcp(pair.client, 2_700, buffer, 0, null, e.ref(0)));
  const before = e.tls_get_connection(pair.client)!.tc_seq_num;
  ok(e.tls_send_tcp(pair.client, buffer.value, 2_700));
  assert.equal(e.tls_get_connection(pair.client)!.tc_seq_num - before, 2n);
  const seen = (): number => e.tls_get_connection(pair.server)!.tc_rx_len;
  await eventually(
    () => seen() === 2_700,
    () => `${seen()} bytes`,
  );
  pair.close();
  down();
});

/** A port that answers nothing and notes when what came. */
async function silent(): Promise<{ socket: Socket; port: number; times: number[]; datagrams: Uint8Array[] }> {
  const socket = createSocket('udp4');
  const made = { socket, port: 0, times: [] as number[], datagrams: [] as Uint8Array[] };
  socket.on('message', (bytes) => {
    made.times.push(performance.now());
    made.datagrams.push(new Uint8Array(bytes));
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  made.port = socket.address().port;
  return made;
}

test('DTLS_RETRANSMIT_INIT_TIME, DTLS_RETRANSMIT_MAX_TIME and DTLS_MSG_RETRY_NR: when a flight goes out again, and when that is told', async () => {
  up({ DTLS_RETRANSMIT_INIT_TIME: 1, DTLS_RETRANSMIT_MAX_TIME: 2, DTLS_MSG_RETRY_NR: 3 });
  const peer = await silent();
  const told = recorder();
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp(at(peer.port), start(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.DTLS_NTF_TIMEOUT);
  const data = e.dtls_get_conn_data(hdl.value)!;
  // Three repetitions have been in vain; with the notification goes the fourth.
  assert.equal(data.dtd_rtr_send_cnt, 4);
  await eventually(
    () => peer.times.length >= 5,
    () => `${peer.times.length} datagrams`,
  );
  // 100, 200, 200 and 200 ms, less what the first datagram was late.
  const took = peer.times[4]! - peer.times[0]!;
  assert.ok(took >= 600, `${took} ms`);
  assert.equal(data.dtd_flight_timeout, 2, 'DTLS_RETRANSMIT_MAX_TIME');
  assert.equal(e.dtls_get_state_udp(hdl.value), e.TLS_CONNST_HANDSHAKE, 'it goes on after the notification');
  assert.ok(!told.codes.includes(e.TLS_NTF_HANDSHAKE_FAILED));
  // What structures tell of the flight that goes out again and again.
  assert.equal(data.dtd_rtr_cnt, 1);
  assert.equal(data.p_dtd_rtr_msg?.[0], 1, 'a ClientHello');
  ok(e.dtls_close_udp(hdl.value));
  peer.socket.close();
  down();
});

test('the ClientHello with a cookie has the random of the one before (3.15)', async () => {
  up();
  const server = await dtlsServer({ p_tci_ntf: recorder().ntf, tci_flags: e.TLS_CONN_INF_FLAG_START });
  const hellos: Buffer[] = [];
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let client: { address: string; port: number } | undefined;
  front.on('message', (bytes, from) => {
    client = from;
    if (bytes[0] === 22 && bytes[13] === 1) hellos.push(bytes);
    back.send(bytes, server.port, '127.0.0.1');
  });
  back.on('message', (bytes) => front.send(bytes, client!.port, client!.address));
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  const told = recorder();
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp(at(front.address().port), start(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  // Record header, message header, version; then the random.
  const randomOf = (hello: Buffer): string => hello.subarray(13 + 12 + 2, 13 + 12 + 34).toString('hex');
  assert.equal(hellos.length, 2);
  assert.equal(randomOf(hellos[0]!), randomOf(hellos[1]!));
  const cookie = e.dtls_get_conn_data(hdl.value)!;
  assert.ok(cookie.dtd_cookie_length > 0);
  const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_get_srv_conn_udp(server.hdl, conn));
  ok(e.dtls_close_udp(hdl.value));
  ok(e.dtls_close_udp(conn.value));
  ok(e.dtls_udp_srv_close(server.hdl));
  front.close();
  back.close();
  down();
});

test('IP buffers do not run out over native DTLS (3.15): more messages than buffers', async () => {
  up({ IP_BUF_COUNT: 2 });
  const atServer = recorder();
  const server = await dtlsServer({ p_tci_ntf: atServer.ntf, tci_flags: e.TLS_CONN_INF_FLAG_START });
  const told = recorder();
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp(at(server.port), start(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  await atServer.until(e.TLS_NTF_HANDSHAKE_DONE);
  const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_get_srv_conn_udp(server.hdl, conn));
  const buffer = e.ref<Uint8Array | null>(null);
  for (let i = 0; i < 50; i++) {
    ok(e.dtls_get_buffer_udp(hdl.value, 32, buffer, 0, null, e.ref(0)));
    ok(e.dtls_send_udp(hdl.value, buffer.value, put(buffer.value!, `message ${i}`)));
    await eventually(
      () => e.dtls_receive_udp(conn.value, buffer, e.ref(0)) === e.TLS_OK,
      () => `message ${i}`,
    );
    ok(e.udp_release_buf(buffer.value));
  }
  ok(e.dtls_close_udp(hdl.value));
  ok(e.dtls_close_udp(conn.value));
  ok(e.dtls_udp_srv_close(server.hdl));
  down();
});

test('a polled handshake has no timeout of ours, and is told of what comes (5.2)', async () => {
  up({ TLS_TCP_HS_TIMEOUT: 20, TLS_TIMER_PERIOD: 5 });
  const port = await tcpPort();
  const told = recorder();
  const [c, s] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
  ok(e.tcp_connect(at(port.port), 0, told.ntf, c));
  await told.until(e.IP_NTF_CONNECTED);
  assert.equal(e.tls_client_handshake_tcp(c.value, 'localhost', e.TCP_INVALID_CONN_HDL), e.TLS_WAIT);
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.ok(!told.codes.includes(e.TLS_NTF_HANDSHAKE_TIMEOUT));
  ok(e.tcp_accept(port.hdl, null, null, s));
  const polls: number[] = [];
  await eventually(
    () => {
      e.tls_server_handshake_tcp(s.value, e.FALSE, null);
      polls.push(e.tls_client_handshake_tcp(c.value, 'localhost', e.TCP_INVALID_CONN_HDL));
      return polls.at(-1) === e.TLS_OK;
    },
    () => polls.join(),
  );
  assert.ok(told.codes.includes(e.IP_NTF_RX_RDY), 'a notification for each time to poll');
  ok(e.tls_close_tcp(c.value));
  ok(e.tls_close_tcp(s.value));
  down();
});

test('a heartbeat that is lost over DTLS sockets: TLS_TIMEOUT_ERR once, the request goes out again, the connection goes on', async () => {
  // Time goes by twenty times as fast: whoever polls sees the clock of the platform.
  e.psp_install({ psp_get_tick_count: () => 20 * performance.now() });
  up({ TLS_HB_ALLOW_PEER_REQ: 1, TLS_HB_TIME: 1, DTLS_SCKSRV_RCV_SIZE: 1_500 });
  const address = { sin_family: e.AF_INET, sin_addr: { s_addr: '127.0.0.1' }, sin_port: 0 };
  const svr = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  assert.equal(e.bind(svr, address), 0);
  await eventually(
    () => e.getsockname(svr, address) === 0,
    () => 'port',
  );
  // Between the two: a line that falls silent.
  let silenced = false;
  let lost = 0;
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let from: { address: string; port: number } | undefined;
  front.on('message', (bytes, peer) => {
    from = peer;
    if (silenced) lost++;
    else back.send(bytes, address.sin_port, '127.0.0.1');
  });
  back.on('message', (bytes) => silenced || front.send(bytes, from!.port, from!.address));
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  const fd = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  const [c, s] = [e.ref(e.DTLS_INVALID_UDP_HDL), e.ref(e.DTLS_INVALID_UDP_HDL)];
  const done = [e.TLS_WAIT, e.TLS_WAIT];
  await eventually(
    () => {
      if (done[0] === e.TLS_WAIT)
        done[0] = e.dtls_client_handshake_socket(fd, at(front.address().port), 'localhost', e.TLS_INVALID_CONN_TICKET, c);
      if (done[1] === e.TLS_WAIT) done[1] = e.dtls_server_handshake_socket(svr, e.FALSE, null, s);
      return done.every((ret) => ret === e.TLS_OK);
    },
    () => done.join(),
  );
  silenced = true;
  ok(e.tls_send_heartbeat(c.value));
  const buffer = new Uint8Array(100);
  const receive = (): number => e.dtls_receive_socket(c.value, buffer, 100, e.ref(0));
  await eventually(
    () => receive() === e.TLS_TIMEOUT_ERR,
    () => 'timeout',
    60_000,
  );
  assert.equal(receive(), e.TLS_WAIT, 'told once');
  const before = lost;
  await eventually(
    () => receive() !== e.TLS_OK && lost > before,
    () => 'the request again',
  );
  assert.equal(e.dtls_get_state_socket(c.value), e.TLS_CONNST_OPERATING);
  ok(e.dtls_close_socket(c.value));
  ok(e.dtls_close_socket(s.value));
  e.close(fd);
  e.close(svr);
  front.close();
  back.close();
  down();
});

test('every operation of a suite goes to the registered drivers: hash, HMAC, signature, key exchange, private key', async () => {
  const used = new Map<string, number>();
  const note = (what: string): void => void used.set(what, (used.get(what) ?? 0) + 1);
  const hash: e.t_enc_driver = {
    enc_name: 'counted hash',
    enc_alg_ids: [e.ENC_ALG_MD5, e.ENC_ALG_SHA1, e.ENC_ALG_SHA256],
    enc_hash(id) {
      note(`hash ${id}`);
      return e.enc_hash_driver.enc_hash!(id);
    },
  };
  const sign: e.t_enc_driver = {
    enc_name: 'counted signature',
    enc_alg_ids: e.enc_sign_driver.enc_alg_ids,
    enc_sign(id) {
      const real = e.enc_sign_driver.enc_sign!(id);
      return {
        verify(...args) {
          note('verify');
          return real.verify(...args);
        },
        startKeyShare(group) {
          note('key share');
          return real.startKeyShare!(group);
        },
        answerKeyShare(group, share) {
          note('answer');
          return real.answerKeyShare!(group, share);
        },
        importPrivateKey(pkcs8) {
          const key = real.importPrivateKey!(pkcs8);
          return {
            ...key,
            sign(scheme, tbs) {
              note('sign');
              return key.sign(scheme, tbs);
            },
          };
        },
      };
    },
  };
  up({}, undefined, { hash, sign });
  (await tlsPair(await tcpPort())).close();
  down();
  for (const what of [`hash ${e.ENC_ALG_SHA256}`, 'verify', 'key share', 'sign'])
    assert.ok((used.get(what) ?? 0) > 0, `${what} was not used`);
  // PRF and Finished of both sides are HMACs over the registered hash alone.
  assert.ok(used.get(`hash ${e.ENC_ALG_SHA256}`)! > 20, `${used.get(`hash ${e.ENC_ALG_SHA256}`)} hashes`);
});
