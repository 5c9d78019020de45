/** The TLS and DTLS sockets interfaces: polled here, blocking in a program of its own, against OpenSSL and against each other. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { afterEach, test } from 'node:test';
import * as e from '../../src/embedded/index.ts';
import {
  caFile,
  down,
  eventually,
  freePort,
  ok,
  opensslClient,
  opensslDtlsServer,
  opensslServer,
  type Program,
  program,
  server,
  up,
} from './support.ts';

afterEach(() => {
  if (e.tls_stop() === e.TLS_OK) {
    e.tls_delete();
    e.enc_stop();
    e.enc_delete();
  }
});

const at = (port: number): e.sockaddr_in => ({ sin_family: e.AF_INET, sin_addr: { s_addr: '127.0.0.1' }, sin_port: port });
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** Polls until the result is another than TLS_WAIT. */
async function polled(call: () => number): Promise<number> {
  let ret = e.TLS_WAIT;
  await eventually(
    () => (ret = call()) !== e.TLS_WAIT,
    () => 'result',
  );
  return ret;
}

test('TLS sockets, polled: client with an OpenSSL server, resumption by ticket', async () => {
  up();
  const { port } = await opensslServer('-tls1_2');
  const connect = async (ticket: e.t_tls_ticket): Promise<number> => {
    const fd = e.socket(e.AF_INET, e.SOCK_STREAM, 0);
    assert.equal(e.connect(fd, at(port)), 0);
    assert.equal(e.tls_client_handshake_socket(fd, 'localhost', ticket), e.TLS_WAIT);
    assert.equal(e.tls_get_state_socket(fd), e.TLS_CONNST_HANDSHAKE);
    ok(await polled(() => e.tls_client_handshake_socket(fd, 'localhost', ticket)));
    assert.equal(e.tls_get_state_socket(fd), e.TLS_CONNST_OPERATING);
    return fd;
  };
  const fd = await connect(e.TLS_INVALID_CONN_TICKET);
  ok(e.tls_send_socket(fd, bytes('hello\n'), 6));
  const buffer = e.ref(new Uint8Array(4));
  const length = e.ref(0);
  ok(await polled(() => e.tls_receive_socket(fd, buffer, 4, length)));
  assert.equal(Buffer.from(buffer.value.subarray(0, length.value)).toString(), 'olle');
  ok(e.tls_receive_socket(fd, buffer, 4, length));
  assert.equal(Buffer.from(buffer.value.subarray(0, length.value)).toString(), 'h\n', 'the rest of the PDU');
  assert.equal(e.tls_receive_socket(fd, buffer, 4, length), e.TLS_WAIT);
  const ticket = e.ref(e.TLS_INVALID_CONN_TICKET);
  ok(e.tls_get_ticket_socket(fd, ticket));
  ok(e.tls_close_socket(fd));
  assert.equal(e.tls_close_socket(fd), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.close(fd), 0);
  assert.equal(e.close(fd), -1);
  const again = await connect(ticket.value);
  assert.equal(e.tls_get_flag(again, 'resumed'), e.TLS_SET);
  assert.equal(e.tls_get_flag(again, 'client'), e.TLS_SET);
  ok(e.tls_close_socket(again));
  e.close(again);
  down();
});

test('TLS sockets, polled: server for an OpenSSL client', async () => {
  up();
  const svr = e.socket_open(e.AF_INET, e.SOCK_STREAM, 0);
  assert.equal(e.socket_bind(svr, at(0)), 0);
  assert.equal(e.listen(svr, 4), 0);
  const name = at(0);
  await eventually(
    () => e.getsockname(svr, name) === 0,
    () => 'port',
  );
  const openssl = opensslClient(name.sin_port, '-tls1_2', '-quiet');
  let fd = -1;
  await eventually(
    () => (fd = e.accept(svr, null)) >= 0,
    () => `accept ${e.socket_errno()}`,
  );
  ok(await polled(() => e.tls_server_handshake_socket(fd, e.FALSE, null)));
  openssl.process.stdin!.write('request\n');
  const buffer = e.ref(new Uint8Array(100));
  const length = e.ref(0);
  ok(await polled(() => e.tls_receive_socket(fd, buffer, 100, length)));
  ok(e.tls_send_socket(fd, bytes('response\n'), 9));
  await eventually(
    () => openssl.output.includes('response'),
    () => openssl.output,
  );
  assert.equal(e.tls_get_flag(fd, 'resumed'), e.TLS_NOT_SET);
  ok(e.tls_close_socket(fd));
  e.close(fd);
  e.close(svr);
  openssl.process.kill();
  down();
});

test('DTLS sockets, polled: both roles, two clients on one socket, TLS_DTLS_NEW_CONN', async () => {
  up({ DTLS_SCKSRV_RCV_SIZE: 1500 });
  const svr = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  assert.equal(e.bind(svr, at(0)), 0);
  const name = at(0);
  await eventually(
    () => e.getsockname(svr, name) === 0,
    () => 'port',
  );
  const to = { ipp_ip_addr: '127.0.0.1', ipp_port: name.sin_port };
  const first = e.ref(e.DTLS_INVALID_UDP_HDL);
  const serve = (hdl: e.Ref<e.t_dtls_socket_hdl>): number => e.dtls_server_handshake_socket(svr, e.FALSE, null, hdl);
  assert.equal(serve(first), e.TLS_WAIT);
  const client = async (): Promise<[number, e.t_dtls_hdl]> => {
    const fd = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
    const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
    ok(await polled(() => e.dtls_client_handshake_socket(fd, to, 'localhost', e.TLS_INVALID_CONN_TICKET, hdl)));
    return [fd, hdl.value];
  };
  const [fd1, hdl1] = await client();
  ok(await polled(() => serve(first)));
  const [fd2, hdl2] = await client();
  const buffer = new Uint8Array(1500);
  const length = e.ref(0);
  assert.equal(await polled(() => e.dtls_receive_socket(first.value, buffer, 1500, length)), e.TLS_DTLS_NEW_CONN);
  const second = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(serve(second));
  assert.notEqual(second.value, first.value);
  ok(e.dtls_send_socket(hdl2, bytes('two'), 3));
  ok(e.dtls_send_socket(hdl1, bytes('one'), 3));
  ok(await polled(() => e.dtls_receive_socket(first.value, buffer, 1500, length)));
  assert.equal(Buffer.from(buffer.subarray(0, length.value)).toString(), 'one');
  await eventually(
    () => e.dtls_receive_socket(second.value, buffer, 2, length) === e.TLS_MEM_ERR,
    () => 'a buffer that is too short',
  );
  ok(e.dtls_receive_socket(second.value, buffer, 1500, length));
  assert.equal(Buffer.from(buffer.subarray(0, length.value)).toString(), 'two');
  assert.equal(e.dtls_get_state_socket(hdl1), e.TLS_CONNST_OPERATING);
  const ticket = e.ref(e.TLS_INVALID_CONN_TICKET);
  ok(e.dtls_get_ticket_socket(hdl1, ticket));
  for (const hdl of [hdl1, hdl2, first.value, second.value]) ok(e.dtls_close_socket(hdl));
  assert.equal(e.dtls_close_socket(hdl1), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.dtls_get_state_socket(hdl1), e.TLS_CONNST_CLOSED);
  for (const fd of [fd1, fd2, svr]) assert.equal(e.close(fd), 0);
  down();
});

test('DTLS_SCKSRV_RCV_SIZE: a longer datagram is dropped; a flight in vain is TLS_TIMEOUT_ERR and goes on', async () => {
  up({ DTLS_SCKSRV_RCV_SIZE: 64, DTLS_RETRANSMIT_INIT_TIME: 1, DTLS_RETRANSMIT_MAX_TIME: 1, DTLS_MSG_RETRY_NR: 1 });
  const svr = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  e.bind(svr, at(0));
  const name = at(0);
  await eventually(
    () => e.getsockname(svr, name) === 0,
    () => 'port',
  );
  const hdl = e.ref(e.DTLS_INVALID_UDP_HDL);
  assert.equal(e.dtls_server_handshake_socket(svr, e.FALSE, null, hdl), e.TLS_WAIT);
  const fd = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  e.connect(fd, at(name.sin_port));
  const call = (): number => e.dtls_client_handshake_socket(fd, null, 'localhost', e.TLS_INVALID_CONN_TICKET, hdl);
  assert.equal(await polled(call), e.TLS_TIMEOUT_ERR);
  assert.equal(call(), e.TLS_WAIT, 'it goes on');
  ok(e.dtls_close_socket(hdl.value));
  e.close(fd);
  e.close(svr);
  down();
});

const script = fileURLToPath(new URL('./blocking.ts', import.meta.url));
function blocking(role: string, port: number): Program {
  return program(process.execPath, ['--import', 'tsx', script, role, String(port), server.certFile, server.keyFile, caFile]);
}
async function done(one: Program, expected: string): Promise<void> {
  await eventually(
    () => one.output.includes('done') || one.process.exitCode !== null,
    () => one.output,
    30_000,
  );
  assert.ok(one.output.includes(expected) && one.output.includes('done'), one.output);
  assert.ok(!one.output.slice(0, one.output.indexOf('got')).includes('the event loop ran'), 'it blocked');
}

test('TLS sockets, blocking: client with OpenSSL', async () => {
  const { port } = await opensslServer('-tls1_2');
  await done(blocking('tls-client', port), 'got olleh');
});

test('TLS sockets, blocking: server for OpenSSL', async () => {
  const port = await freePort();
  const ours = blocking('tls-server', port);
  await eventually(
    () => ours.output.includes('listening'),
    () => ours.output,
    30_000,
  );
  const openssl = opensslClient(port, '-tls1_2', '-quiet');
  openssl.process.stdin!.write('hello\n');
  await done(ours, 'got hello');
  await eventually(
    () => openssl.output.includes('hello'),
    () => openssl.output,
  );
  openssl.process.kill();
});

test('DTLS sockets, blocking: client with OpenSSL', async () => {
  const { port, program: openssl } = await opensslDtlsServer();
  const ours = blocking('dtls-client', port);
  await eventually(
    () => openssl.output.includes('hello'),
    () => openssl.output + ours.output,
    30_000,
  );
  openssl.process.stdin!.write('answer\n');
  await done(ours, 'got answer');
});

test('DTLS sockets, blocking: server for OpenSSL', async () => {
  const port = await freePort();
  const ours = blocking('dtls-server', port);
  await eventually(
    () => ours.output.includes('listening'),
    () => ours.output,
    30_000,
  );
  const openssl = opensslClient(port, '-dtls1_2', '-quiet');
  openssl.process.stdin!.write('hello\n');
  await done(ours, 'got hello');
  await eventually(
    () => openssl.output.includes('hello'),
    () => openssl.output,
  );
  openssl.process.kill();
});
