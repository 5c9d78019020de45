/** The TLS native TCP interface: all eleven functions, both roles, against OpenSSL and against itself. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import * as e from '../../src/embedded/index.ts';
import { client, configure, down, eventually, ok, opensslClient, opensslServer, put, recorder, text, up } from './support.ts';

afterEach(() => {
  if (e.tls_stop() === e.TLS_OK) {
    e.tls_delete();
    e.enc_stop();
    e.enc_delete();
  }
});

function inf(ntf: e.t_ip_ntf | null, flags: number = e.TLS_TCP_CONN_INF_FLAG_START, name: string | null = 'localhost'): e.t_tls_conn_inf {
  return { tci_timeout: e.IP_WAIT_FOREVER, p_tci_ntf: ntf, tci_flags: flags, p_tci_peer_name: name };
}

function send(hdl: e.t_tcp_conn_hdl, content: string): void {
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  ok(e.tls_get_buffer_tcp(hdl, content.length, buffer, 0, null, length));
  assert.ok(length.value >= content.length);
  ok(e.tls_send_tcp(hdl, buffer.value, put(buffer.value!, content)));
}

async function receive(hdl: e.t_tcp_conn_hdl): Promise<string> {
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  let ret = e.TLS_WAIT;
  await eventually(
    () => {
      ret = e.tls_receive_tcp(hdl, buffer, length);
      return ret !== e.TLS_WAIT;
    },
    () => 'data',
  );
  ok(ret);
  const content = text(buffer.value, length.value);
  ok(e.tcp_release_buf(buffer.value));
  return content;
}

test('tls_tcp_connect with an OpenSSL server: notifications, data, close; then resumption by ticket', async () => {
  up();
  const { port } = await opensslServer('-tls1_2');
  const address = { ipp_ip_addr: '127.0.0.1', ipp_port: port };
  const first = recorder();
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tls_tcp_connect(address, inf(first.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_HANDSHAKE);
  await first.until(e.TLS_NTF_HANDSHAKE_DONE);
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_OPERATING);
  send(hdl.value, 'hello\n');
  await first.until(e.IP_NTF_TX_RDY);
  assert.equal(await receive(hdl.value), 'olleh\n');
  assert.ok(first.codes.indexOf(e.TLS_NTF_HANDSHAKE_DONE) < first.codes.lastIndexOf(e.IP_NTF_TX_RDY), "in the guide's order");
  const ticket = e.ref(e.TLS_INVALID_CONN_TICKET);
  ok(e.tls_get_ticket_tcp(hdl.value, ticket));
  ok(e.tls_close_tcp(hdl.value));
  assert.equal(e.tls_close_tcp(hdl.value), e.TLS_NOT_FOUND_ERR, 'closed twice');
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_CLOSED);

  const second = recorder();
  const again = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tls_tcp_connect(address, inf(second.ntf), ticket.value, again));
  await second.until(e.TLS_NTF_HANDSHAKE_DONE);
  assert.notEqual(again.value, hdl.value, 'a stale handle is never another connection');
  assert.equal(e.tls_get_connection(again.value)?.tc_full_hs, e.FALSE, 'the session was resumed');
  send(again.value, 'abc\n');
  assert.equal(await receive(again.value), 'cba\n');
  ok(e.tls_close_tcp(again.value));
  down();
});

test('tls_start_tcp: without the START flag nothing is sent before it', async () => {
  up();
  const { port } = await opensslServer('-tls1_2');
  const told = recorder();
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf(told.ntf, 0), e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.IP_NTF_CONNECTED);
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_CLOSED);
  ok(e.tls_start_tcp(hdl.value));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  ok(e.tls_close_tcp(hdl.value));
  assert.equal(e.tls_start_tcp(hdl.value), e.TLS_NOT_FOUND_ERR);
  down();
});

test('tls_client_handshake_tcp is polled over a TCP connection, and resumes that of another handle', async () => {
  up();
  const { port } = await opensslServer('-tls1_2');
  const handshake = async (resume: e.t_tcp_conn_hdl): Promise<e.t_tcp_conn_hdl> => {
    const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
    ok(e.tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, 0, null, hdl));
    let ret = e.tls_client_handshake_tcp(hdl.value, 'localhost', resume);
    assert.equal(ret, e.TLS_WAIT);
    await eventually(
      () => {
        ret = e.tls_client_handshake_tcp(hdl.value, 'localhost', resume);
        return ret !== e.TLS_WAIT;
      },
      () => 'handshake',
    );
    ok(ret);
    return hdl.value;
  };
  const first = await handshake(e.TCP_INVALID_CONN_HDL);
  send(first, 'x\n');
  assert.equal(await receive(first), 'x\n');
  ok(e.tls_close_tcp(first));
  const second = await handshake(first);
  assert.equal(e.tls_get_connection(second)?.tc_full_hs, e.FALSE);
  ok(e.tls_close_tcp(second));
  down();
});

test('tls_tcp_accept: an OpenSSL client finds a handle that waits for it', async () => {
  up();
  const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 4, null, port_hdl));
  const port = e.ref(0);
  await eventually(
    () => e.tcp_get_port(port_hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  const told = recorder();
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  const from = e.ref({ ipp_ip_addr: '', ipp_port: 0 });
  ok(e.tls_tcp_accept(port_hdl.value, inf(told.ntf, e.TLS_TCP_CONN_INF_FLAG_START, null), from, hdl));
  const openssl = opensslClient(port.value, '-tls1_2', '-quiet');
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  assert.equal(from.value.ipp_ip_addr, '127.0.0.1');
  openssl.process.stdin!.write('from the client\n');
  assert.equal(await receive(hdl.value), 'from the client\n');
  send(hdl.value, 'from the server\n');
  await eventually(
    () => openssl.output.includes('from the server'),
    () => openssl.output,
  );
  openssl.process.stdin!.end();
  openssl.process.kill();
  await told.until(e.IP_NTF_CLOSED);
  const buffer = e.ref<Uint8Array | null>(null);
  assert.equal(e.tls_receive_tcp(hdl.value, buffer, e.ref(0)), e.TLS_IO_ERR);
  ok(e.tls_close_tcp(hdl.value));
  ok(e.tcp_close_port(port_hdl.value));
  down();
});

test('tls_server_handshake_tcp verifies the client and its name', async () => {
  up();
  const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 4, null, port_hdl));
  const port = e.ref(0);
  await eventually(
    () => e.tcp_get_port(port_hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  const serve = async (args: string[], name: string): Promise<number> => {
    const openssl = opensslClient(port.value, '-tls1_2', '-quiet', ...args);
    const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
    await eventually(
      () => e.tcp_accept(port_hdl.value, null, null, hdl) === e.TLS_OK,
      () => 'connection',
    );
    let ret = e.TLS_WAIT;
    await eventually(
      () => {
        ret = e.tls_server_handshake_tcp(hdl.value, e.TRUE, name);
        return ret !== e.TLS_WAIT;
      },
      () => openssl.output,
    );
    ok(e.tls_close_tcp(hdl.value));
    openssl.process.kill();
    return ret;
  };
  const own = ['-cert', client.certFile, '-key', client.keyFile];
  assert.equal(await serve(own, 'device-7'), e.TLS_OK);
  assert.equal(await serve(own, 'device-8'), e.TLS_CERTIFICATE_ERR);
  assert.equal(await serve([], 'device-7'), e.TLS_CERTIFICATE_ERR);
  ok(e.tcp_close_port(port_hdl.value));
  down();
});

test('a wrong name fails the handshake; a handshake that does not end is notified and goes on', async () => {
  up({ TLS_TCP_HS_TIMEOUT: 100, TLS_TIMER_PERIOD: 20 });
  const { port } = await opensslServer('-tls1_2');
  const failed = recorder();
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf(failed.ntf, 1, 'other.example'), e.TLS_INVALID_CONN_TICKET, hdl));
  await failed.until(e.TLS_NTF_HANDSHAKE_FAILED);
  assert.equal(e.tls_receive_tcp(hdl.value, e.ref<Uint8Array | null>(null), e.ref(0)), e.TLS_IO_ERR);
  assert.equal(e.tls_client_handshake_tcp(hdl.value, null, e.TCP_INVALID_CONN_HDL), e.TLS_CERTIFICATE_ERR, 'why');
  ok(e.tls_close_tcp(hdl.value));

  const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 1, null, port_hdl));
  const silent = e.ref(0);
  await eventually(
    () => e.tcp_get_port(port_hdl.value, silent) === e.TLS_OK,
    () => 'port',
  );
  const late = recorder();
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: silent.value }, inf(late.ntf), e.TLS_INVALID_CONN_TICKET, hdl));
  await late.until(e.TLS_NTF_HANDSHAKE_TIMEOUT);
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_HANDSHAKE, 'a timeout does not close');
  ok(e.tls_close_tcp(hdl.value));
  ok(e.tcp_close_port(port_hdl.value));
  down();
});

test('bad arguments give codes', async () => {
  assert.equal(e.tls_start_tcp(1 as e.t_tcp_conn_hdl), e.TLS_INIT_ERR);
  up({ TLS_MAX_CONN_SIZE: 1, IP_BUF_COUNT: 1 });
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  const address = { ipp_ip_addr: '127.0.0.1', ipp_port: 1 };
  const none = e.TLS_INVALID_CONN_TICKET;
  assert.equal(e.tls_tcp_connect(null, inf(null), none, hdl), e.TLS_NULL_PTR_ERR);
  assert.equal(e.tls_tcp_connect(address, inf(null, 1, null), none, hdl), e.TLS_PARAM_ERR);
  assert.equal(e.tls_tcp_connect(address, inf(null, 1, 'a name longer than sixteen'), none, hdl), e.TLS_PARAM_ERR);
  assert.equal(e.tls_tcp_connect(address, inf(null, 0x80), none, hdl), e.TLS_PARAM_ERR);
  assert.equal(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: 70_000 }, inf(null), none, hdl), e.TLS_PARAM_ERR);
  assert.equal(e.tls_tcp_accept(77 as e.t_tcp_port_hdl, inf(null), e.ref(address), hdl), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.tls_get_ticket_tcp(hdl.value, null), e.TLS_PARAM_ERR);
  assert.equal(e.tls_get_ticket_tcp(hdl.value, e.ref(none)), e.TLS_NOT_FOUND_ERR);
  for (const wrong of [undefined, null, 'x', {}, -1, 1.5, Number.NaN, 2 ** 40] as unknown[] as e.t_tcp_conn_hdl[]) {
    assert.equal(e.tls_close_tcp(wrong), e.TLS_NOT_FOUND_ERR);
    assert.equal(e.tls_get_state_tcp(wrong), e.TLS_CONNST_CLOSED);
    assert.equal(e.tls_send_tcp(wrong, new Uint8Array(1), 1), e.TLS_NOT_FOUND_ERR);
    assert.equal(e.tls_receive_tcp(wrong, e.ref<Uint8Array | null>(null), e.ref(0)), e.TLS_NOT_FOUND_ERR);
  }
  const { port } = await opensslServer('-tls1_2');
  const told = recorder();
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf(told.ntf), none, hdl));
  const buffer = e.ref<Uint8Array | null>(null);
  const length = e.ref(0);
  assert.equal(e.tls_get_buffer_tcp(hdl.value, 10, buffer, 0, null, length), e.TLS_WAIT, 'before the handshake is over');
  assert.equal(e.tls_tcp_connect(address, inf(null), none, e.ref(e.TCP_INVALID_CONN_HDL)), e.TLS_NOT_FOUND_ERR, 'no free connection');
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  ok(e.tls_get_buffer_tcp(hdl.value, 60_000, buffer, 0, null, length));
  assert.equal(length.value, e.config_tls.TLS_MAX_DATA_LEN, 'the largest there is');
  const free = recorder();
  assert.equal(e.tls_get_buffer_tcp(hdl.value, 1, e.ref<Uint8Array | null>(null), 0, free.ntf, length), e.TLS_MEM_ERR);
  assert.equal(e.tls_send_tcp(hdl.value, new Uint8Array(4), 4), e.TLS_PARAM_ERR, 'no IP buffer');
  assert.equal(e.tls_send_tcp(hdl.value, null, 4), e.TLS_NULL_PTR_ERR);
  ok(e.tcp_release_buf(buffer.value));
  assert.equal(e.tcp_release_buf(buffer.value), e.TLS_PARAM_ERR, 'released twice');
  await free.until(e.IP_NTF_TX_RDY);
  assert.equal(e.tls_stop(), e.TLS_INIT_ERR, 'a connection is open');
  ok(e.tls_close_tcp(hdl.value));
  down();
  assert.equal(e.tls_get_state_tcp(hdl.value), e.TLS_CONNST_CLOSED, 'after tls_delete');
  assert.equal(e.tls_tcp_connect(address, inf(null), none, hdl), e.TLS_INIT_ERR);
  configure();
});
