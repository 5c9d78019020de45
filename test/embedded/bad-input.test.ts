/**
 * Bad input: every parameter of every function of the guide's chapter 5, from the table of its prototypes, with what it must not
 * be; every function at the wrong time; full pools; callbacks, drivers and platforms that throw. A code each time, never an
 * exception, and the module stays usable.
 */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import * as e from '../../src/embedded/index.ts';
import { FUNCTIONS, type GuideFunction, type ParameterKind } from '../../tools/embedded-guide.ts';
import { configure, down, dtlsServer, eventually, ok, recorder, registerAll, tcpPort, tlsPair, up } from './support.ts';

afterEach(() => {
  e.psp_install();
  e.psp_accounting.limit = Number.POSITIVE_INFINITY;
  if (e.tls_stop() === e.TLS_OK) e.tls_delete();
  e.tls_delete();
  e.enc_stop();
  e.enc_delete();
});

type Any = (...values: unknown[]) => unknown;
const call = (name: string, values: readonly unknown[]): unknown => (e as unknown as Record<string, Any>)[name]!(...values);

/** What throws as soon as it is looked into. */
const hostile: object = new Proxy(
  {},
  {
    get: () => assert.fail('looked into'),
    set: () => assert.fail('written to'),
    has: () => assert.fail('looked into'),
  },
);
const NO_NUMBER = [undefined, 'x', {}, [], Number.NaN, Number.POSITIVE_INFINITY, 1.5, 5n, Symbol('s'), () => 1];
const NO_POINTER = [5, 'x', true, 5n, Symbol('s'), () => 1];
const NO_HANDLE = [...NO_NUMBER, null, -1, 2 ** 40, 123_456, hostile];

/** Values that a parameter must not have, and the codes that they may give. */
function wrongValues(kind: ParameterKind, name: string): readonly (readonly [value: unknown, codes: readonly number[]])[] {
  const all = (values: readonly unknown[], ...codes: number[]) => values.map((value) => [value, codes] as const);
  const nulls = all([null, undefined], e.TLS_NULL_PTR_ERR, e.TLS_PARAM_ERR);
  switch (kind) {
    case 'index':
      return all([...NO_NUMBER, null, -1, 99], e.TLS_PARAM_ERR);
    case 'alg_id':
      return [...all([...NO_NUMBER, null, -1, 70_000], e.TLS_PARAM_ERR), ...all([0x7777], e.TLS_ENCRYPTION_MODULE_ERR)];
    case 'enc_hdl':
    case 'tcp_conn':
    case 'tcp_port':
    case 'dtls_conn':
    case 'udp':
    case 'socket':
    case 'dtls_socket':
      return all([...NO_HANDLE, 0], e.TLS_NOT_FOUND_ERR);
    case 'tcp_conn?':
    case 'ticket':
      return all(NO_HANDLE, e.TLS_NOT_FOUND_ERR);
    case 'name?':
      return all([5, {}, [], true, 'a name of more than sixteen letters', hostile], e.TLS_PARAM_ERR);
    case 'switch':
      return all([null, 'x', {}, Number.NaN, -1, 1.5, 256], e.TLS_PARAM_ERR);
    case 'port':
      return all([...NO_NUMBER, null, -1, 65_536], e.TLS_PARAM_ERR);
    case 'in':
    case 'in?': {
      const fields = name === 'p_inf' ? WRONG_INF : WRONG_ADDRESS;
      return [...(kind === 'in' ? nulls : []), ...all([...NO_POINTER, hostile, ...fields], e.TLS_PARAM_ERR, e.TLS_ENCRYPTION_MODULE_ERR)];
    }
    case 'out':
      // That it cannot be written to shows only where there is something to write.
      return [
        ...nulls,
        ...all(NO_POINTER, e.TLS_PARAM_ERR),
        ...all([Object.freeze({ value: 0 }), hostile], e.TLS_PARAM_ERR, e.TLS_ENCRYPTION_MODULE_ERR, e.TLS_WAIT, e.TLS_NOT_FOUND_ERR),
      ];
    case 'ip_buffer':
      return [...nulls, ...all([...NO_POINTER, {}, [], new Uint8Array(4), hostile], e.TLS_PARAM_ERR)];
    case 'bytes':
      return [...nulls, ...all([...NO_POINTER, {}, [1], hostile], e.TLS_PARAM_ERR)];
    case 'length':
      return all([...NO_NUMBER, null, -1, 100_000], e.TLS_PARAM_ERR);
    case 'size':
      return all([...NO_NUMBER, null, -1, 65_536], e.TLS_PARAM_ERR);
    case 'ntf?':
      return all([5, 'x', {}, { ntf_fn: 5 }, () => 1], e.TLS_PARAM_ERR);
    case 'timeout':
      // It has no effect, whatever it is.
      return [];
  }
}

const WRONG_ADDRESS: readonly object[] = [
  {},
  { ipp_ip_addr: '', ipp_port: 1 },
  { ipp_ip_addr: 5, ipp_port: 1 },
  { ipp_ip_addr: '127.0.0.1', ipp_port: 0 },
  { ipp_ip_addr: '127.0.0.1', ipp_port: 70_000 },
  { ipp_ip_addr: '127.0.0.1', ipp_port: '1' },
];
const inf = { tci_flags: 0, p_tci_peer_name: 'localhost' };
const WRONG_INF: readonly object[] = [
  { ...inf, p_tci_ntf: 5 },
  { ...inf, p_tci_ntf: {} },
  { ...inf, tci_flags: -1 },
  { ...inf, tci_flags: 0x80 },
  { ...inf, tci_flags: '1' },
  { ...inf, tci_timeout: -1 },
  { ...inf, tci_timeout: Number.NaN },
  { ...inf, p_tci_peer_name: 5 },
  { ...inf, p_tci_peer_name: 'a name of more than sixteen letters' },
];

/** What is right, where everything that a function may need is there. */
interface World {
  readonly tcp: e.t_tcp_conn_hdl;
  /** Without TLS on it. */
  readonly plainTcp: e.t_tcp_conn_hdl;
  readonly tcpPort: e.t_tcp_port_hdl;
  readonly dtls: e.t_dtls_hdl;
  readonly udp: e.t_udp_hdl;
  /** Stream sockets: with TLS on it, and without; a datagram socket. */
  readonly socket: number;
  readonly fresh: number;
  readonly datagrams: number;
  readonly dtlsSocket: e.t_dtls_hdl;
  readonly buffer: Uint8Array;
  readonly enc: e.t_enc_ifc_hdl;
}

function rightValue(world: World, { name: fn }: GuideFunction, name: string, kind: ParameterKind): unknown {
  switch (kind) {
    case 'index':
      return 0;
    case 'alg_id':
      return e.ENC_ALG_AES_128_CBC;
    case 'enc_hdl':
      return world.enc;
    case 'tcp_conn':
      return fn.includes('handshake') ? world.plainTcp : world.tcp;
    case 'tcp_port':
      return world.tcpPort;
    case 'dtls_conn':
      return world.dtls;
    case 'udp':
      return world.udp;
    case 'socket':
      return fn.startsWith('dtls') ? world.datagrams : fn.includes('handshake') ? world.fresh : world.socket;
    case 'dtls_socket':
      return world.dtlsSocket;
    case 'tcp_conn?':
    case 'ticket':
    case 'switch':
    case 'timeout':
    case 'port':
      return 0;
    case 'name?':
      return 'localhost';
    case 'in':
    case 'in?':
      return name === 'p_inf' ? inf : { ipp_ip_addr: '127.0.0.1', ipp_port: 9 };
    case 'out':
      return e.ref(name === 'pp_buf' && fn.endsWith('socket') ? new Uint8Array(8) : 0);
    case 'ip_buffer':
      return world.buffer;
    case 'bytes':
      return new Uint8Array(8);
    case 'length':
    case 'size':
      return 1;
    case 'ntf?':
      return null;
  }
}

async function worldOf(): Promise<World & { close(): void }> {
  const at = await tcpPort();
  const pair = await tlsPair(at);
  const told = recorder();
  const server = await dtlsServer({ p_tci_ntf: told.ntf, tci_flags: e.TLS_CONN_INF_FLAG_START });
  const dtls = e.ref(e.DTLS_INVALID_UDP_HDL);
  const to = { ipp_ip_addr: '127.0.0.1', ipp_port: server.port };
  ok(e.dtls_connect_udp(to, { tci_flags: e.TLS_CONN_INF_FLAG_START, p_tci_peer_name: 'localhost' }, e.TLS_INVALID_CONN_TICKET, dtls));
  await told.until(e.TLS_NTF_HANDSHAKE_DONE);
  const accepted = e.ref(e.DTLS_INVALID_UDP_HDL);
  ok(e.dtls_get_srv_conn_udp(server.hdl, accepted));

  const address = { sin_family: e.AF_INET, sin_addr: { s_addr: '127.0.0.1' }, sin_port: at.port };
  const stream = (): number => {
    const fd = e.socket(e.AF_INET, e.SOCK_STREAM, 0);
    assert.equal(e.connect(fd, address), 0);
    return fd;
  };
  const [socket, fresh] = [stream(), stream()];
  e.tls_client_handshake_socket(socket, 'localhost', e.TLS_INVALID_CONN_TICKET);
  const datagrams = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  const other = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  const dtlsSocket = e.ref(e.DTLS_INVALID_UDP_HDL);
  e.dtls_client_handshake_socket(other, to, 'localhost', e.TLS_INVALID_CONN_TICKET, dtlsSocket);
  const buffer = e.ref<Uint8Array | null>(null);
  ok(e.tls_get_buffer_tcp(pair.client, 8, buffer, 0, null, e.ref(0)));
  const enc = e.ref(e.ENC_INVALID_IFC_HDL);
  ok(e.enc_driver_register(e.enc_aes_driver, enc));
  const plainTcp = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: at.port }, 0, null, plainTcp));
  return {
    tcp: pair.client,
    plainTcp: plainTcp.value,
    tcpPort: at.hdl,
    dtls: dtls.value,
    udp: server.hdl,
    socket,
    fresh,
    datagrams,
    dtlsSocket: dtlsSocket.value,
    buffer: buffer.value!,
    enc: enc.value,
    close() {
      ok(e.tcp_release_buf(buffer.value));
      ok(e.tcp_close(plainTcp.value));
      ok(e.tcp_close_port(at.hdl));
      ok(e.dtls_close_udp(dtls.value));
      ok(e.dtls_close_udp(accepted.value));
      ok(e.dtls_close_socket(dtlsSocket.value));
      for (const fd of [socket, fresh, datagrams, other]) assert.equal(e.close(fd), 0);
      pair.close();
      ok(e.dtls_udp_srv_close(server.hdl));
    },
  };
}

/** What was otherwise than it should be: all of it at once. */
const problems: string[] = [];
function settled(): void {
  assert.deepEqual(problems.splice(0), []);
}

function check(fn: GuideFunction, values: readonly unknown[], codes: readonly number[], what: string): void {
  const expected = fn.name.includes('get_state') ? [e.TLS_CONNST_CLOSED] : codes;
  try {
    const ret = call(fn.name, values);
    if (!expected.includes(ret as number))
      problems.push(`${what}: ${String(ret)} instead of ${expected.join(' or ')} (${e.tls_last_error()})`);
  } catch (error) {
    problems.push(`${what}: threw ${String(error)}`);
  }
}

test('null and wrong-typed arguments: every parameter of every function', async () => {
  up({ TLS_MAX_CONN_SIZE: 16, DTLS_UDP_MAX_PORT_SRV_CNT: 4, DTLS_SCKSRV_RCV_SIZE: 1500 });
  const world = await worldOf();
  let cases = 0;
  const tryAll = (fn: GuideFunction): void => {
    fn.parameters.forEach(([name, kind], at) => {
      for (const [wrong, codes] of wrongValues(kind, name)) {
        const values = fn.parameters.map(([one, its], i) => (i === at ? wrong : rightValue(world, fn, one, its)));
        check(fn, values, codes, `${fn.name} with ${name} = ${typeof wrong === 'object' && wrong !== null ? 'an object' : String(wrong)}`);
        cases++;
      }
    });
  };
  for (const fn of FUNCTIONS) if (!fn.name.startsWith('tls_register')) tryAll(fn);
  assert.ok(cases > 700, `${cases} cases`);
  settled();
  world.close();
  // The module has lost nothing by it: all its places are free, and it works.
  const again = await worldOf();
  again.close();
  down();

  configure();
  ok(e.enc_init());
  ok(e.enc_start());
  ok(e.tls_init());
  registerAll();
  const enc = e.ref(e.ENC_INVALID_IFC_HDL);
  ok(e.enc_driver_register(e.enc_aes_driver, enc));
  for (const fn of FUNCTIONS.filter((one) => one.name.startsWith('tls_register'))) {
    fn.parameters.forEach(([name, kind], at) => {
      for (const [wrong, codes] of wrongValues(kind, name)) {
        const values = [0, enc.value, e.ENC_ALG_AES_128_CBC].map((right, i) => (i === at ? wrong : right));
        check(fn, values, codes, `${fn.name} with ${name} = ${String(wrong === hostile ? 'hostile' : wrong)}`);
      }
    });
  }
  settled();
  ok(e.tls_start());
  down();
});

test('every function before tls_init, before tls_start, after tls_stop and after tls_delete', async () => {
  configure({ TLS_MAX_CONN_SIZE: 16, DTLS_UDP_MAX_PORT_SRV_CNT: 4 });
  const nothing = [e.TLS_INIT_ERR, e.TLS_NOT_FOUND_ERR, e.TLS_PARAM_ERR];
  const outside = (when: string, world: Partial<World>): void => {
    const whole = { ...world, buffer: new Uint8Array(8) } as World;
    for (const fn of FUNCTIONS) {
      if (/^tls_(init|start|stop|delete|register_\w+)$/.test(fn.name)) continue;
      const values = fn.parameters.map(([name, kind]) => rightValue(whole, fn, name, kind));
      check(fn, values, nothing, `${fn.name} ${when}`);
    }
  };
  outside('before tls_init', {});
  for (const name of ['tls_start', 'tls_stop', 'tls_delete', 'tls_init'])
    assert.equal(call(name, []), e.TLS_INIT_ERR, `${name} before the manager`);
  ok(e.enc_init());
  ok(e.enc_start());
  ok(e.tls_init());
  assert.equal(e.tls_init(), e.TLS_INIT_ERR);
  outside('before tls_start', {});
  registerAll();
  ok(e.tls_start());
  const world = await worldOf();
  assert.equal(e.tls_stop(), e.TLS_INIT_ERR, 'with open connections');
  world.close();
  ok(e.tls_stop());
  assert.equal(e.tls_stop(), e.TLS_INIT_ERR, 'twice');
  outside('after tls_stop', world);
  ok(e.tls_delete());
  assert.equal(e.tls_delete(), e.TLS_INIT_ERR, 'twice');
  outside('after tls_delete', world);
  settled();
  assert.equal(e.tls_start(), e.TLS_INIT_ERR);
  ok(e.enc_stop());
  ok(e.enc_delete());
  // And all of it again.
  up();
  (await tlsPair(await tcpPort())).close();
  down();
});

test('what is closed stays closed: twice, and through handles whose place another has taken', async () => {
  up({ TLS_MAX_CONN_SIZE: 2 });
  const at = await tcpPort();
  const first = await tlsPair(at);
  first.close();
  assert.equal(e.tls_close_tcp(first.client), e.TLS_NOT_FOUND_ERR);
  const second = await tlsPair(at);
  for (const stale of [first.client, first.server]) {
    assert.equal(e.tls_get_state_tcp(stale), e.TLS_CONNST_CLOSED);
    assert.equal(e.tls_send_tcp(stale, new Uint8Array(1), 1), e.TLS_NOT_FOUND_ERR);
    assert.equal(e.tls_get_connection(stale), undefined);
  }
  // A handle of one kind is none of another.
  assert.equal(e.dtls_close_udp(second.client as number as e.t_dtls_hdl), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.tcp_close_port(second.client as number as e.t_tcp_port_hdl), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.tls_close_socket(second.client), e.TLS_NOT_FOUND_ERR);
  second.close();
  down();
});

test('full pools: connections, ports, servers, drivers, algorithms, IP buffers, memory', async () => {
  up({ TLS_MAX_CONN_SIZE: 3, IP_BUF_COUNT: 2, DTLS_UDP_MAX_PORT_SRV_CNT: 1 });
  const at = await tcpPort();
  const pair = await tlsPair(at);
  const nowhere = { ipp_ip_addr: '127.0.0.1', ipp_port: 9 };
  const waiting = e.ref(e.TCP_INVALID_CONN_HDL);
  const listener = { p_tci_ntf: recorder().ntf, tci_flags: 1 };
  ok(e.tls_tcp_accept(at.hdl, listener, e.ref(nowhere), waiting));
  const out = e.ref(e.TCP_INVALID_CONN_HDL);
  assert.equal(e.tls_tcp_accept(at.hdl, listener, e.ref(nowhere), out), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.tls_tcp_connect(nowhere, inf, e.TLS_INVALID_CONN_TICKET, out), e.TLS_NOT_FOUND_ERR);
  assert.equal(e.dtls_connect_udp(nowhere, inf, e.TLS_INVALID_CONN_TICKET, e.ref(e.DTLS_INVALID_UDP_HDL)), e.TLS_NOT_FOUND_ERR);
  const fd = e.socket(e.AF_INET, e.SOCK_STREAM, 0);
  e.connect(fd, { sin_family: e.AF_INET, sin_addr: { s_addr: '127.0.0.1' }, sin_port: at.port });
  assert.equal(e.tls_client_handshake_socket(fd, 'localhost', e.TLS_INVALID_CONN_TICKET), e.TLS_FULL_ERR);
  const dgram = e.socket(e.AF_INET, e.SOCK_DGRAM, 0);
  const dtls = e.ref(e.DTLS_INVALID_UDP_HDL);
  assert.equal(e.dtls_client_handshake_socket(dgram, nowhere, null, e.TLS_INVALID_CONN_TICKET, dtls), e.TLS_FULL_ERR);
  ok(e.tls_close_tcp(waiting.value));
  assert.equal(e.tls_client_handshake_socket(fd, 'localhost', e.TLS_INVALID_CONN_TICKET), e.TLS_WAIT, 'there is a place again');
  e.close(fd);
  e.close(dgram);

  const ports: e.t_tcp_port_hdl[] = [];
  const port = e.ref(e.TCP_INVALID_PORT_HDL);
  while (e.tcp_open(0, 1, null, port) === e.TLS_OK) ports.push(port.value);
  assert.equal(e.tcp_open(0, 1, null, port), e.TLS_FULL_ERR);
  for (const one of ports) ok(e.tcp_close_port(one));
  const server = await dtlsServer({ tci_flags: 1 });
  assert.equal(e.dtls_udp_srv_open(0, { tci_flags: 1 }, e.ref(e.UDP_INVALID_HDL)), e.TLS_FULL_ERR);
  ok(e.dtls_udp_srv_close(server.hdl));

  const buffers: Uint8Array[] = [];
  const buffer = e.ref<Uint8Array | null>(null);
  while (e.tls_get_buffer_tcp(pair.client, 8, buffer, 0, null, e.ref(0)) === e.TLS_OK) buffers.push(buffer.value!);
  assert.equal(buffers.length, 2);
  assert.equal(e.tls_get_buffer_tcp(pair.client, 8, buffer, 0, null, e.ref(0)), e.TLS_MEM_ERR);
  ok(e.tls_send_tcp(pair.client, buffers[0]!, 8));
  await eventually(
    () => e.tls_get_connection(pair.server)!.tc_rx_len === 8,
    () => 'data',
  );
  const rest = e.ref<Uint8Array | null>(null);
  ok(e.tls_get_buffer_tcp(pair.client, 8, rest, 0, null, e.ref(0)));
  assert.equal(e.tls_receive_tcp(pair.server, buffer, e.ref(0)), e.TLS_MEM_ERR);
  ok(e.tcp_release_buf(rest.value));
  ok(e.tls_receive_tcp(pair.server, buffer, e.ref(0)));
  ok(e.tcp_release_buf(buffer.value));
  ok(e.tcp_release_buf(buffers[1]!));
  e.psp_install({ psp_malloc: () => assert.fail('no memory') });
  assert.notEqual(e.tls_get_buffer_tcp(pair.client, 8, buffer, 0, null, e.ref(0)), e.TLS_OK);
  e.psp_install();
  ok(e.tls_get_buffer_tcp(pair.client, 8, buffer, 0, null, e.ref(0)));
  ok(e.tcp_release_buf(buffer.value));

  const driver = e.ref(e.ENC_INVALID_IFC_HDL);
  let ret = e.TLS_OK;
  for (let i = 0; i < 100 && ret === e.TLS_OK; i++) ret = e.enc_driver_register(e.enc_null_driver, driver);
  assert.equal(ret, e.TLS_FULL_ERR);
  pair.close();
  down();
});

test('a driver that throws, or gives nonsense: the handshake fails with a code, and the next one works', async () => {
  let wrong = true;
  const breaking: e.t_enc_driver = {
    ...e.enc_aes_driver,
    enc_bulk(id, key) {
      if (wrong) assert.fail('hardware fault');
      return e.enc_aes_driver.enc_bulk!(id, key);
    },
  };
  up({}, breaking);
  const at = await tcpPort();
  const told = recorder();
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  const accepted = e.ref(e.TCP_INVALID_CONN_HDL);
  const start = { p_tci_ntf: told.ntf, tci_flags: 1, p_tci_peer_name: 'localhost' };
  ok(e.tls_tcp_accept(at.hdl, { p_tci_ntf: recorder().ntf, tci_flags: 1 }, e.ref({ ipp_ip_addr: '', ipp_port: 0 }), accepted));
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: at.port }, start, e.TLS_INVALID_CONN_TICKET, hdl));
  await told.until(e.TLS_NTF_HANDSHAKE_FAILED);
  assert.equal(e.tls_client_handshake_tcp(hdl.value, null, e.TCP_INVALID_CONN_HDL), e.TLS_ENCRYPTION_MODULE_ERR);
  ok(e.tls_close_tcp(hdl.value));
  ok(e.tls_close_tcp(accepted.value));
  wrong = false;
  (await tlsPair(at)).close();
  down();
});

test('notifications that throw, that close their connection, that stop the module', async () => {
  up();
  const at = await tcpPort();
  const before = e.ip_ntf_failures.count;
  const hdl = e.ref(e.TCP_INVALID_CONN_HDL);
  const codes: number[] = [];
  const ntf: e.t_ip_ntf = {
    ntf_fn(_param, code) {
      codes.push(code);
      if (code === e.TLS_NTF_HANDSHAKE_DONE) codes.push(e.tls_close_tcp(hdl.value), e.tls_stop());
      throw new Error('thrown');
    },
    ntf_param: 0,
    p_ntf_next: null,
  };
  const accepted = e.ref(e.TCP_INVALID_CONN_HDL);
  ok(e.tls_tcp_accept(at.hdl, { p_tci_ntf: recorder().ntf, tci_flags: 1 }, e.ref({ ipp_ip_addr: '', ipp_port: 0 }), accepted));
  const start = { p_tci_ntf: ntf, tci_flags: 1, p_tci_peer_name: 'localhost' };
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: at.port }, start, e.TLS_INVALID_CONN_TICKET, hdl));
  await eventually(
    () => codes.includes(e.TLS_NTF_HANDSHAKE_DONE),
    () => codes.join(),
  );
  assert.deepEqual(codes.slice(codes.indexOf(e.TLS_NTF_HANDSHAKE_DONE) + 1, codes.length), [e.TLS_OK, e.TLS_INIT_ERR]);
  assert.ok(e.ip_ntf_failures.count > before);
  ok(e.tls_close_tcp(accepted.value));
  down();
});
