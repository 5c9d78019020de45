/** The DTLS native UDP interface: all twelve functions, both roles, against OpenSSL and against itself over a lossy link. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { afterEach, test } from 'node:test';
import * as e from '../../src/embedded/index.ts';
import { down, eventually, freePort, ok, opensslClient, opensslDtlsServer, put, recorder, text, up } from './support.ts';

afterEach(() => {
  if (e.tls_stop() === e.TLS_OK) {
    e.tls_delete();
    e.enc_stop();
    e.enc_delete();
  }
});

function inf(ntf: e.t_ip_ntf | null, flags: number = e.TLS_CONN_INF_FLAG_START, name: string | null = 'localhost'): e.t_tls_conn_inf {
  return { tci_timeout: e.IP_WAIT_FOREVER, p_tci_ntf: ntf, tci_flags: flags, p_tci_peer_name: name };
}

function send(hdl: e.t_dtls_hdl, content: string): void {
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  ok(e.dtls_get_buffer_udp(hdl, content.length, buffer, 0, null, length));
  ok(e.dtls_send_udp(hdl, buffer.value, put(buffer.value!, content)));
}

async function receive(hdl: e.t_dtls_hdl): Promise<string> {
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  let ret = e.TLS_WAIT;
  await eventually(
    () => {
      ret = e.dtls_receive_udp(hdl, buffer, length);
      return ret !== e.TLS_WAIT;
    },
    () => 'data',
  );
  ok(ret);
  const content = text(buffer.value, length.value);
  ok(e.udp_release_buf(buffer.value));
  return content;
}

async function portOf(hdl: e.t_udp_hdl): Promise<number> {
  const port = e.ref(0);
  await eventually(
    () => e.udp_get_port(hdl, port) === e.TLS_OK,
    () => 'port',
  );
  return port.value;
}

test('dtls_connect_udp with an OpenSSL server: notifications, data, resumption, close', async () => {
  up();
  const { port, program } = await opensslDtlsServer();
  const address = { ipp_ip_addr: '127.0.0.1', ipp_port: port };
  const told = recorder();
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp(address, inf(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  assert.equal(e.dtls_get_state_udp(hdl.value), e.TLS_CONNST_HANDSHAKE);
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  assert.equal(e.dtls_get_state_udp(hdl.value), e.TLS_CONNST_OPERATING);
  send(hdl.value, 'hello\n');
  await eventually(
    () => program.output.includes('hello'),
    () => program.output,
  );
  program.process.stdin!.write('answer\n');
  assert.equal(await receive(hdl.value), 'answer\n');
  assert.ok(told.codes.includes(e.IP_NTF_TX_RDY));
  const data = e.dtls_get_conn_data(hdl.value)!;
  assert.equal(data.dtd_hepoch, 1);
  assert.equal(data.dtd_pepoch, 1);
  assert.equal(data.dtd_cookie_length, 20, "OpenSSL's cookie");
  const ticket = e.ref(e.TLS_INVALID_CONN_TICKET);
  ok(e.dtls_get_ticket_udp(hdl.value, ticket));
  assert.equal(e.tls_find_session(ticket.value), e.TLS_FOUND);
  ok(e.dtls_close_udp(hdl.value));
  assert.equal(e.dtls_close_udp(hdl.value), e.TLS_NOT_FOUND_ERR);
  down();
});

test('a DTLS server for OpenSSL: dtls_udp_srv_open, dtls_get_srv_conn_udp, close order', async () => {
  up();
  const told = recorder();
  const srv = e.ref(e.UDP_INVALID_HDL);
  ok(e.dtls_udp_srv_open(0, inf(told.ntf, e.TLS_CONN_INF_FLAG_START, null), srv));
  assert.equal(e.dtls_udp_srv_open(0, inf(null), e.ref(e.UDP_INVALID_HDL)), e.TLS_FULL_ERR, 'DTLS_UDP_MAX_PORT_SRV_CNT');
  const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
  assert.equal(e.dtls_get_srv_conn_udp(srv.value, conn), e.TLS_NOT_FOUND_ERR);
  const openssl = opensslClient(await portOf(srv.value), '-dtls1_2', '-quiet');
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  ok(e.dtls_get_srv_conn_udp(srv.value, conn));
  openssl.process.stdin!.write('to the server\n');
  assert.equal(await receive(conn.value), 'to the server\n');
  send(conn.value, 'to the client\n');
  await eventually(
    () => openssl.output.includes('to the client'),
    () => openssl.output,
  );
  assert.equal(e.dtls_udp_srv_close(srv.value), e.TLS_DTLS_CONNECT_ERR);
  ok(e.dtls_close_udp(conn.value));
  ok(e.dtls_udp_srv_close(srv.value));
  assert.equal(e.dtls_udp_srv_close(srv.value), e.TLS_NOT_FOUND_ERR);
  openssl.process.kill();
  down();
});

test('dtls_start_udp: before it datagrams go in the clear; dtls_accept_udp gives a handle that waits', async () => {
  up();
  const port = e.ref(e.UDP_INVALID_HDL);
  ok(e.udp_open(0, port));
  const from = e.ref({ ipp_ip_addr: '', ipp_port: 0 });
  const server = e.ref(e.DTLS_INVALID_UDP_HDL);
  assert.equal(e.dtls_accept_udp(port.value, inf(null, e.TLS_CONN_INF_FLAG_START, null), from, server), e.TLS_WAIT);
  const atServer = recorder();
  ok(e.dtls_accept_udp(port.value, inf(atServer.ntf, e.TLS_CONN_INF_FLAG_START, null), from, server));
  const number = await portOf(port.value);
  const atClient = recorder();
  const client = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: number }, inf(atClient.ntf, 0), e.TLS_INVALID_CONN_TICKET, client));
  assert.equal(e.dtls_get_state_udp(client.value), e.TLS_CONNST_CLOSED);
  ok(e.dtls_start_udp(client.value));
  await atClient.until(e.TLS_NTF_HANDSHAKE_DONE);
  await atServer.until(e.TLS_NTF_HANDSHAKE_DONE);
  assert.equal(from.value.ipp_ip_addr, '127.0.0.1');
  send(client.value, 'ping');
  assert.equal(await receive(server.value), 'ping');
  send(server.value, 'pong');
  assert.equal(await receive(client.value), 'pong');
  ok(e.dtls_close_udp(client.value));
  await atServer.until(e.IP_NTF_CLOSED);
  ok(e.dtls_close_udp(server.value));
  ok(e.dtls_udp_srv_close(port.value));

  // A server that does not start by itself: the datagram before the handshake is plain text.
  const told = recorder();
  ok(e.dtls_udp_srv_open(0, inf(told.ntf, 0, null), port));
  const plain = await portOf(port.value);
  ok(e.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: plain }, inf(atClient.ntf, 0), e.TLS_INVALID_CONN_TICKET, client));
  send(client.value, 'in the clear');
  await told.until(e.IP_NTF_CONNECTED);
  ok(e.dtls_get_srv_conn_udp(port.value, server));
  assert.equal(await receive(server.value), 'in the clear');
  ok(e.dtls_start_udp(server.value));
  ok(e.dtls_start_udp(client.value));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  await eventually(
    () => e.dtls_get_state_udp(client.value) === e.TLS_CONNST_OPERATING,
    () => 'the client',
  );
  send(client.value, 'protected');
  assert.equal(await receive(server.value), 'protected');
  ok(e.dtls_close_udp(client.value));
  ok(e.dtls_close_udp(server.value));
  ok(e.dtls_udp_srv_close(port.value));
  down();
});

/** A link between two ports that loses every third datagram or so. */
async function lossyLink(to: number, loss: number): Promise<{ port: number; lost: number; close(): void }> {
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let client: { address: string; port: number } | undefined;
  const link = {
    port: 0,
    lost: 0,
    close() {
      front.close();
      back.close();
    },
  };
  const lose = (): boolean => {
    if (random() >= loss) return false;
    link.lost++;
    return true;
  };
  front.on('message', (bytes, from) => {
    client = from;
    if (!lose()) back.send(bytes, to, '127.0.0.1');
  });
  back.on('message', (bytes) => {
    if (client !== undefined && !lose()) front.send(bytes, client.port, client.address);
  });
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => back.bind(0, '127.0.0.1', resolve));
  link.port = front.address().port;
  return link;
}

test('30 % loss: handshakes of both roles come to their end, the notifications in order', async () => {
  up({ DTLS_RETRANSMIT_INIT_TIME: 1, DTLS_RETRANSMIT_MAX_TIME: 4, DTLS_MSG_RETRY_NR: 50 });
  const atServer = recorder();
  const srv = e.ref(e.UDP_INVALID_HDL);
  ok(e.dtls_udp_srv_open(0, inf(atServer.ntf, e.TLS_CONN_INF_FLAG_START, null), srv));
  const link = await lossyLink(await portOf(srv.value), 0.3);
  for (let i = 0; i < 4; i++) {
    const told = recorder();
    const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
    ok(e.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: link.port }, inf(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
    await told.until(e.TLS_NTF_HANDSHAKE_DONE);
    assert.equal(told.codes.filter((code) => code === e.TLS_NTF_HANDSHAKE_DONE).length, 1);
    assert.ok(!told.codes.includes(e.TLS_NTF_HANDSHAKE_FAILED));
    const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
    await eventually(
      () => e.dtls_get_srv_conn_udp(srv.value, conn) === e.TLS_OK,
      () => 'the server',
    );
    const buffer = e.ref<Uint8Array | null>(null);
    await eventually(
      () => {
        send(hdl.value, 'again and again');
        return e.dtls_receive_udp(conn.value, buffer, e.ref(0)) === e.TLS_OK;
      },
      () => 'data',
    );
    e.udp_release_buf(buffer.value);
    assert.equal(atServer.codes[0], e.TLS_NTF_HANDSHAKE_DONE, 'no data before the handshake is done');
    ok(e.dtls_close_udp(hdl.value));
    ok(e.dtls_close_udp(conn.value));
    atServer.codes.length = 0;
  }
  assert.ok(link.lost > 4, `${link.lost} lost`);
  ok(e.dtls_udp_srv_close(srv.value));
  link.close();
  down();
});

test('a silent server: DTLS_NTF_TIMEOUT after DTLS_MSG_RETRY_NR, and the connection goes on', async () => {
  up({ DTLS_RETRANSMIT_INIT_TIME: 1, DTLS_RETRANSMIT_MAX_TIME: 1, DTLS_MSG_RETRY_NR: 2 });
  const told = recorder();
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: await freePort() }, inf(told.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.DTLS_NTF_TIMEOUT);
  assert.equal(e.dtls_get_state_udp(hdl.value), e.TLS_CONNST_HANDSHAKE, 'a timeout does not close');
  assert.equal(e.dtls_send_udp(hdl.value, new Uint8Array(1), 1), e.TLS_PARAM_ERR);
  const buffer = e.ref<Uint8Array | null>(null);
  assert.equal(e.dtls_get_buffer_udp(hdl.value, 1, buffer, 0, null, e.ref(0)), e.TLS_WAIT);
  ok(e.dtls_close_udp(hdl.value));
  down();
});

test('what is dropped is told: TLS_DROP_MESSAGE, TLS_DTLS_DROP_FRMSG', async () => {
  up();
  const told = recorder();
  const srv = e.ref(e.UDP_INVALID_HDL);
  ok(e.dtls_udp_srv_open(0, inf(told.ntf, e.TLS_CONN_INF_FLAG_START, null), srv));
  const port = await portOf(srv.value);
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf(null), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  const conn = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_get_srv_conn_udp(srv.value, conn));
  e.dtls_get_drop(conn.value);
  assert.equal(e.dtls_get_drop(conn.value), e.TLS_OK);
  const stranger = createSocket('udp4');
  stranger.send(Uint8Array.of(23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 7), port, '127.0.0.1');
  let ret = e.TLS_OK;
  await eventually(
    () => (ret = e.dtls_get_drop(conn.value)) !== e.TLS_OK,
    () => 'drop',
  );
  assert.equal(ret, e.TLS_DROP_MESSAGE);
  stranger.close();
  ok(e.dtls_close_udp(hdl.value));
  ok(e.dtls_close_udp(conn.value));
  ok(e.dtls_udp_srv_close(srv.value));
  assert.equal(e.dtls_get_drop(conn.value), e.TLS_NOT_FOUND_ERR);
  down();
});
