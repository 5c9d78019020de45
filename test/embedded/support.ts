/** What the tests of the embedded interface share: certificates, a started module, OpenSSL as the other side. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import { TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_128_CBC_SHA } from '../../src/crypto/suites/aes-cbc.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { createSelfSigned, issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import * as e from '../../src/embedded/index.ts';

const YEAR = 365 * 86_400_000;
const now = Date.now();
const fields = { notBefore: now - 86_400_000, notAfter: now + YEAR };

function keyPair() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    pkcs8: new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })),
    pkcs1: new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs1' })),
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

const caKeys = keyPair();
const caKey = nodeCrypto.importPrivateKey(caKeys.pkcs8);
export const caDer = await createSelfSigned({
  ...fields,
  crypto: nodeCrypto,
  key: caKey,
  subject: 'CN=Embedded CA',
  ca: true,
});

export interface Identity {
  readonly certificate: e.t_tls_certificate;
  readonly der: Uint8Array;
  readonly certFile: string;
  readonly keyFile: string;
}

const folder = mkdtempSync(join(tmpdir(), 'embedded-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}

async function identity(name: string, extra: { notBefore?: number; notAfter?: number } = {}): Promise<Identity> {
  const keys = keyPair();
  const handle = nodeCrypto.importPrivateKey(keys.pkcs8);
  const der = await issueCertificate({
    ...fields,
    ...extra,
    crypto: nodeCrypto,
    publicKey: handle.spki!,
    subject: `CN=${name}`,
    subjectAltNames: [name],
    issuer: { certificate: parseCertificate(caDer), key: caKey },
  });
  const certFile = join(folder, `${name}${extra.notAfter ?? ''}.pem`);
  const keyFile = join(folder, `${name}${extra.notAfter ?? ''}.key`);
  writeFileSync(certFile, pem(der));
  writeFileSync(keyFile, keys.pem);
  return {
    certificate: {
      cert_type: e.TLS_CERT_TYPE_RSA,
      p_cert_block: der,
      cert_block_len: der.length,
      p_cert_priv_key: keys.pkcs1,
      cert_priv_key_len: keys.pkcs1.length,
    },
    der,
    certFile,
    keyFile,
  };
}

export const server: Identity = await identity('localhost');
export const client: Identity = await identity('device-7');
export const expired: Identity = await identity('old.example', { notBefore: now - YEAR, notAfter: now - 86_400_000 });
export const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, pem(caDer));
export const ca: e.t_tls_certificate = { cert_type: e.TLS_CERT_TYPE_RSA, p_cert_block: caDer };

/** What every test needs beyond the guide's defaults, which are for keys of 1024 bits and one cipher suite. */
export function configure(extra: Partial<e.TlsConfig> = {}): void {
  e.tls_config_reset();
  Object.assign(e.config_tls, {
    RSA_KEY_MODULO_LEN: 256,
    TLS_MAX_CONN_SIZE: 8,
    TLS_MAX_SES_SIZE: 8,
    TLS_MAX_CIPHER_SUITES: 8,
    TLS_MAX_SIGN_ALG_SIZE: 4,
    TLS_TCP_HS_TIMEOUT: 5_000,
    g_tls_arr_cipher_suites: [
      TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
      TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
      TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
      TLS_RSA_WITH_AES_128_CBC_SHA,
    ],
    g_tls_arr_host_cert: [server.certificate],
    g_tls_arr_ca_cert: [ca],
    DTLS_IFC_ENABLE: 1,
    DTLS_CLIENT_CONN_PORT: 0,
    ...extra,
  });
}

export function registerAll(bulk: e.t_enc_driver = e.enc_aes_driver, more: { hash?: e.t_enc_driver; sign?: e.t_enc_driver } = {}): void {
  const handle = (driver: e.t_enc_driver): e.t_enc_ifc_hdl => {
    const hdl = e.ref(e.ENC_INVALID_IFC_HDL);
    assert.equal(e.enc_driver_register(driver, hdl), e.TLS_OK);
    return hdl.value;
  };
  const aes = handle(bulk);
  const hash = handle(more.hash ?? e.enc_hash_driver);
  const sign = handle(more.sign ?? e.enc_sign_driver);
  ok(e.tls_register_bulk(e.TLS_BULK_AES_128_CBC, aes, e.ENC_ALG_AES_128_CBC));
  ok(e.tls_register_bulk(e.TLS_BULK_AES_128_GCM, aes, e.ENC_ALG_AES_128_GCM));
  ok(e.tls_register_hash(e.TLS_HASH_MD5, hash, e.ENC_ALG_MD5));
  ok(e.tls_register_hash(e.TLS_HASH_SHA1, hash, e.ENC_ALG_SHA1));
  ok(e.tls_register_hash(e.TLS_HASH_SHA256, hash, e.ENC_ALG_SHA256));
  ok(e.tls_register_sign(e.TLS_SIGN_RSA, sign, e.ENC_ALG_RSA));
  ok(e.tls_register_sign(e.TLS_SIGN_EDH, sign, e.ENC_ALG_EDH));
  ok(e.tls_register_sign(e.TLS_SIGN_ECC, sign, e.ENC_ALG_ECC));
}

/** Manager, module, algorithms: started. */
export function up(extra: Partial<e.TlsConfig> = {}, bulk?: e.t_enc_driver, more?: { hash?: e.t_enc_driver; sign?: e.t_enc_driver }): void {
  configure(extra);
  ok(e.enc_init());
  ok(e.enc_start());
  ok(e.tls_init());
  registerAll(bulk, more);
  ok(e.tls_start());
}

export function down(): void {
  ok(e.tls_stop());
  ok(e.tls_delete());
  ok(e.enc_stop());
  ok(e.enc_delete());
}

export function ok(ret: number): void {
  assert.equal(ret, e.TLS_OK, `${ret}: ${e.tls_last_error()}`);
}

/** A notify structure that remembers. */
export function recorder(): { ntf: e.t_ip_ntf; codes: number[]; until(code: number): Promise<void> } {
  const codes: number[] = [];
  let wake: (() => void) | undefined;
  return {
    codes,
    ntf: {
      ntf_fn: (_param, code) => {
        codes.push(code);
        wake?.();
      },
      ntf_param: 0,
      p_ntf_next: null,
    },
    async until(code) {
      await eventually(
        () => codes.includes(code),
        () => `notification ${code.toString(16)} of ${codes.map((one) => one.toString(16)).join()}; ${e.tls_last_error()}`,
      );
      wake = undefined;
    },
  };
}

export async function eventually(test: () => boolean, what: () => string, ms = 15_000): Promise<void> {
  const until = Date.now() + ms;
  while (!test()) {
    if (Date.now() > until) assert.fail(`in vain: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Program {
  readonly process: ChildProcess;
  output: string;
}

const programs: ChildProcess[] = [];
after(() => {
  for (const one of programs) one.kill('SIGKILL');
});

export function program(command: string, args: readonly string[]): Program {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  programs.push(child);
  const made: Program = { process: child, output: '' };
  child.stdout.on('data', (text: Buffer) => (made.output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (made.output += text.toString()));
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return made;
}

/** A free port, for programs that must be told one. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** `openssl s_server` that sends back every line turned around. */
export async function opensslServer(...extra: string[]): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const made = program('openssl', [
    's_server',
    '-accept',
    String(port),
    '-cert',
    server.certFile,
    '-key',
    server.keyFile,
    '-CAfile',
    caFile,
    '-rev',
    ...extra,
  ]);
  await eventually(
    () => made.output.includes('ACCEPT') || made.output.includes('DONE') || made.process.exitCode !== null,
    () => made.output,
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  return { port, program: made };
}

/** `openssl s_server` over UDP, with cookies: it prints what comes and sends its standard input. */
export async function opensslDtlsServer(...extra: string[]): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const made = program('openssl', [
    's_server',
    '-accept',
    String(port),
    '-cert',
    server.certFile,
    '-key',
    server.keyFile,
    '-CAfile',
    caFile,
    '-dtls1_2',
    '-listen',
    ...extra,
  ]);
  await eventually(
    () => made.output.includes('ACCEPT'),
    () => made.output,
  );
  return { port, program: made };
}

export function opensslClient(port: number, ...extra: string[]): Program {
  return program('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', caFile, '-servername', 'localhost', ...extra]);
}

export function text(bytes: Uint8Array | null, length: number): string {
  return Buffer.from(bytes!.subarray(0, length)).toString();
}

export function put(buffer: Uint8Array, content: string): number {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length).write(content);
}

/** A TCP port of ours, and its number. */
export async function tcpPort(): Promise<{ hdl: e.t_tcp_port_hdl; port: number }> {
  const hdl = e.ref(e.TCP_INVALID_PORT_HDL);
  ok(e.tcp_open(0, 4, null, hdl));
  const port = e.ref(0);
  await eventually(
    () => e.tcp_get_port(hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  return { hdl: hdl.value, port: port.value };
}

/** A DTLS server of ours, and its port. */
export async function dtlsServer(inf: e.t_tls_conn_inf): Promise<{ hdl: e.t_udp_hdl; port: number }> {
  const hdl = e.ref(e.UDP_INVALID_HDL);
  ok(e.dtls_udp_srv_open(0, inf, hdl));
  const port = e.ref(0);
  await eventually(
    () => e.udp_get_port(hdl.value, port) === e.TLS_OK,
    () => 'port',
  );
  return { hdl: hdl.value, port: port.value };
}

export interface Tls {
  readonly client: e.t_tcp_conn_hdl;
  readonly server: e.t_tcp_conn_hdl;
  close(): void;
}

/** Our client and our server over native TCP, connected. */
export async function tlsPair(at: { hdl: e.t_tcp_port_hdl; port: number }): Promise<Tls> {
  const [c, s] = [e.ref(e.TCP_INVALID_CONN_HDL), e.ref(e.TCP_INVALID_CONN_HDL)];
  const [atClient, atServer] = [recorder(), recorder()];
  const flags = e.TLS_TCP_CONN_INF_FLAG_START;
  ok(e.tls_tcp_accept(at.hdl, { p_tci_ntf: atServer.ntf, tci_flags: flags }, e.ref({ ipp_ip_addr: '', ipp_port: 0 }), s));
  const inf = { p_tci_ntf: atClient.ntf, tci_flags: flags, p_tci_peer_name: 'localhost' };
  ok(e.tls_tcp_connect({ ipp_ip_addr: '127.0.0.1', ipp_port: at.port }, inf, e.TLS_INVALID_CONN_TICKET, c));
  await atClient.until(e.TLS_NTF_HANDSHAKE_DONE);
  await atServer.until(e.TLS_NTF_HANDSHAKE_DONE);
  return {
    client: c.value,
    server: s.value,
    close() {
      ok(e.tls_close_tcp(c.value));
      ok(e.tls_close_tcp(s.value));
    },
  };
}
