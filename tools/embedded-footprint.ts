/**
 * npm run footprint: what the embedded interface takes, with the guide's default configuration and as a DTLS client with a
 * pre-shared key, beside the guide's figures: the bundle, minified and gzipped ("ROM", 20 KB), and the memory of one idle
 * connection ("RAM", 8 KB).
 */
import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as lean from '../src/embedded/dtls-psk.ts';
import * as e from '../src/embedded/index.ts';
import { createSelfSigned } from '../src/pki/certs/create.ts';
import { ROOT } from './bootstrap.mjs';

const PAIRS = 100;
/** Connections that make what is made once: code, caches, pools. */
const WARM = 30;
const PSK = { psk_identity: Uint8Array.of(1), psk_key: new Uint8Array(16) };

const kb = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

async function rom(entry: string): Promise<string> {
  const bundle = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    external: ['node:*'],
    legalComments: 'none',
    logLevel: 'silent',
  });
  const code = bundle.outputFiles[0]!.contents;
  return `${kb(code.length)} minified, ${kb(gzipSync(code, { level: 9 }).length)} gzipped`;
}

if (process.argv.includes('psk-server')) await servePsk();
console.log('ROM: the guide says 20 KB');
console.log(`  a DTLS client with a pre-shared key     ${await rom('test/size/entries/embedded-dtls-psk.ts')}`);
console.log(`  all of the interface                    ${await rom('src/embedded/index.ts')}`);
console.log('RAM, of an idle connection: the guide says 8 KB');

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const memory = async (): Promise<number> => {
  // Idle connections let go of their cipher objects within two seconds.
  for (const wait of [2_200, 50, 50]) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

await measurePsk();

// The defaults are for RSA keys of 1024 bits.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
const now = Date.now();
const certificate = await createSelfSigned({
  crypto: nodeCrypto,
  key: nodeCrypto.importPrivateKey(pkcs8),
  subject: 'CN=localhost',
  subjectAltNames: ['localhost'],
  notBefore: now - 86_400_000,
  notAfter: now + 86_400_000,
});
// Beyond the defaults: as many connections as are measured, and a certificate of its own.
Object.assign(e.config_tls, {
  TLS_MAX_CONN_SIZE: 2 * PAIRS,
  TLS_TCP_HS_TIMEOUT: 60_000,
  g_tls_arr_host_cert: [{ cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: certificate, p_cert_priv_key: pkcs8 }],
  g_tls_arr_ca_cert: [{ cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: certificate }],
});
must(e.enc_init());
must(e.enc_start());
must(e.tls_init());
const handle = (driver: e.t_enc_driver): e.t_enc_ifc_hdl => {
  const hdl = e.ref(e.ENC_INVALID_IFC_HDL);
  must(e.enc_driver_register(driver, hdl));
  return hdl.value;
};
must(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, handle(e.enc_aes_driver), e.ENC_ALG_AES_128_CBC));
const hash = handle(e.enc_hash_driver);
must(e.tls_register_hash(e.TLS_HASH_SHA1, hash, e.ENC_ALG_SHA1));
must(e.tls_register_hash(e.TLS_HASH_SHA256, hash, e.ENC_ALG_SHA256));
must(e.tls_register_sign(e.TLS_SIGN_RSA, handle(e.enc_sign_driver), e.ENC_ALG_RSA));
must(e.tls_start());
const port_hdl = e.ref(e.TCP_INVALID_PORT_HDL);
must(e.tcp_open(0, PAIRS, null, port_hdl));
const port = e.ref(0);
while (e.tcp_get_port(port_hdl.value, port) === e.TLS_WAIT) await pause();

const handles: e.t_tcp_conn_hdl[] = [];
// The first ones make what is made once; then TCP alone, then TLS on it.
const first = await connect(WARM);
for (const hdl of first) await handshake(hdl);
const bare = await memory();
const pairs = await connect(PAIRS - WARM);
const tcp = await memory();
for (const hdl of pairs) await handshake(hdl);
const tls = await memory();
const connections = 2 * (PAIRS - WARM);
console.log(
  `  TLS, the default configuration          ${kb((tls - tcp) / connections)}, over ${kb((tcp - bare) / connections)} of its TCP connection`,
);
for (const hdl of handles) e.tls_close_tcp(hdl);
must(e.tcp_close_port(port_hdl.value));
must(e.tls_stop());
must(e.tls_delete());

async function connect(count: number): Promise<[e.t_tcp_conn_hdl, e.t_tcp_conn_hdl][]> {
  const made: [e.t_tcp_conn_hdl, e.t_tcp_conn_hdl][] = [];
  for (let i = 0; i < count; i++) {
    const [c, s] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
    must(e.tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: port.value }, 0, null, c));
    while (e.tcp_accept(port_hdl.value, null, null, s) === e.TLS_WAIT) await pause();
    handles.push(c.value, s.value);
    made.push([c.value, s.value]);
  }
  return made;
}

async function handshake([c, s]: [e.t_tcp_conn_hdl, e.t_tcp_conn_hdl]): Promise<void> {
  for (;;) {
    const client = e.tls_client_handshake_tcp(c, 'localhost', e.TCP_INVALID_CONN_HDL);
    const server = e.tls_server_handshake_tcp(s, e.FALSE, null);
    if (client === e.TLS_OK && server === e.TLS_OK) return;
    if (client !== e.TLS_WAIT) must(client);
    if (server !== e.TLS_WAIT) must(server);
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function must(ret: number): void {
  if (ret !== e.TLS_OK) throw new Error(`${ret}: ${e.tls_last_error()}`);
}

/** The memory of DTLS connections with a pre-shared key; their server is another process. */
async function measurePsk(): Promise<void> {
  const server = fork(new URL(import.meta.url), ['psk-server'], { execArgv: ['--import', 'tsx'] });
  const port = await new Promise<number>((resolve) => server.once('message', (number: number) => resolve(number)));
  Object.assign(lean.config_tls, { DTLS_IFC_ENABLE: 1, DTLS_CLIENT_CONN_PORT: 0, TLS_MAX_CONN_SIZE: PAIRS, g_tls_arr_psk: [PSK] });
  must(lean.enc_init());
  must(lean.enc_start());
  must(lean.tls_init());
  const driver = lean.ref(lean.ENC_INVALID_IFC_HDL);
  must(lean.enc_driver_register(lean.enc_aes_ccm_driver, driver));
  must(lean.tls_register_bulk(lean.TLS_BULK_AES_128_CCM_8, driver.value, lean.ENC_ALG_AES_128_CCM_8));
  must(lean.enc_driver_register(lean.enc_sha256_driver, driver));
  must(lean.tls_register_hash(lean.TLS_HASH_SHA256, driver.value, lean.ENC_ALG_SHA256));
  must(lean.tls_start());
  const all: lean.t_dtls_hdl[] = [];
  const open = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const hdl = lean.ref(lean.DTLS_INVALID_UDP_HDL);
      const inf = { tci_flags: lean.TLS_CONN_INF_FLAG_START, p_tci_peer_name: 'server' };
      must(lean.dtls_connect_udp({ ipp_ip_addr: '127.0.0.1', ipp_port: port }, inf, lean.TLS_INVALID_CONN_TICKET, hdl));
      while (lean.dtls_get_state_udp(hdl.value) !== lean.TLS_CONNST_OPERATING) await pause();
      all.push(hdl.value);
    }
  };
  await open(WARM);
  const before = await memory();
  await open(PAIRS - WARM);
  const after = await memory();
  console.log(`  DTLS client with a pre-shared key       ${kb((after - before) / (PAIRS - WARM))}, its UDP port included`);
  for (const hdl of all) must(lean.dtls_close_udp(hdl));
  must(lean.tls_stop());
  must(lean.tls_delete());
  must(lean.enc_stop());
  must(lean.enc_delete());
  server.kill();
}

async function servePsk(): Promise<never> {
  const { listen } = await import('../src/node/dtls/index.ts');
  const endpoint = listen(() => {}, { host: '127.0.0.1', psk: () => PSK.psk_key, ciphers: 'PSK-AES128-CCM8' });
  process.send!((await endpoint.listening)!.port);
  return new Promise<never>(() => {});
}
