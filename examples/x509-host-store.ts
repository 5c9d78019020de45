/**
 * One server for several hosts: each client gets the certificate of the host that it names, with a key that it can verify, and a certificate
 * that is replaced on disk is served from the next handshake on, without a restart and without a connection lost.
 *
 *   node --import tsx examples/x509-host-store.ts
 */
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { connect, createServer } from 'veritls/tls';
import { createSelfSigned, issueCertificate, parseCertificate, writePem } from 'veritls/x509';
import { createHostFileStore } from 'veritls/x509/node';

const DAY = 86_400_000;
const life = { notBefore: Date.now() - DAY, notAfter: Date.now() + 30 * DAY };
const ecKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const caKey = privateKeyFromKeyObject(ecKey());
const ca = parseCertificate(await createSelfSigned({ crypto: nodeCrypto, key: caKey, subject: 'CN=Example CA', ca: true, ...life }));
const folder = mkdtempSync(join(tmpdir(), 'veritls-hosts-'));

/** Certificate and key in one file, put in place at once: who reads it sees the old one or the new one. */
async function put(file: string, names: readonly string[], key: KeyObject, serial: number): Promise<void> {
  const der = await issueCertificate({
    crypto: nodeCrypto,
    issuer: { certificate: ca, key: caKey },
    publicKey: privateKeyFromKeyObject(key).spki!,
    subject: `CN=${names[0]}`,
    subjectAltNames: names,
    serial: Uint8Array.of(serial),
    ...life,
  });
  const pem = writePem('CERTIFICATE', der) + (key.export({ type: 'pkcs8', format: 'pem' }) as string);
  writeFileSync(join(folder, `${file}.new`), pem, { mode: 0o600 });
  renameSync(join(folder, `${file}.new`), join(folder, file));
}

await put('www.pem', ['www.example.com', 'example.com'], ecKey(), 1);
await put('www-rsa.pem', ['www.example.com', 'example.com'], generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 2);
await put('shop.pem', ['shop.example.com', '*.shop.example.com'], ecKey(), 3);

let changed = (): void => {};
const hosts = createHostFileStore({
  hosts: ['www.pem', 'www-rsa.pem', 'shop.pem'].map((file) => ({ cert: join(folder, file) })),
  watch: true,
  onChange: () => changed(),
});
const server = createServer({ hosts }, (socket) => socket.end('hello'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function ask(servername: string, sigalgs?: string): Promise<string> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername,
    ca: writePem('CERTIFICATE', ca.der),
    ...(sigalgs === undefined ? {} : { sigalgs, maxVersion: 'TLSv1.2' as const, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
  });
  await once(socket, 'secureConnect');
  const { subject, serialNumber } = socket.getPeerCertificate();
  socket.resume();
  await once(socket, 'close');
  return `${servername}: ${subject.CN}, serial ${serialNumber}`;
}

const seen = [await ask('example.com'), await ask('www.example.com', 'RSA+SHA256'), await ask('basket.shop.example.com')];
const rotated = new Promise<void>((resolve) => {
  changed = resolve;
});
await put('shop.pem', ['shop.example.com', '*.shop.example.com'], ecKey(), 4);
await rotated;
seen.push(await ask('shop.example.com'));
console.log(seen.join('\n'));
const serials = seen.map((line) => Number(line.slice(line.lastIndexOf(' '))));
if (serials.join() !== '1,2,3,4') process.exitCode = 1;

hosts.close();
server.close();
rmSync(folder, { recursive: true });
