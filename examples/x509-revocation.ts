/**
 * Revocation in a connection: a client that asks the CA's OCSP responder, and its revocation list where that is silent, and insists on an
 * answer (hard fail). The responder is our own, over HTTP on this machine; after the revocation the same client refuses the same server.
 *
 *   node --import tsx examples/x509-revocation.ts
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { connect, createServer } from 'veritls/tls';
import * as x509 from 'veritls/x509';
import { createRevocationFetcher } from 'veritls/x509/node';

const DAY = 86_400_000;
const life = { notBefore: Date.now() - DAY, notAfter: Date.now() + 30 * DAY };
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const caKey = privateKeyFromKeyObject(newKey());
const ca = x509.parseCertificate(
  await x509.createSelfSigned({ crypto: nodeCrypto, key: caKey, subject: 'CN=Example CA', ca: true, ...life }),
);
const issuer = { certificate: ca, key: caKey };
const revoked = new Set<string>();

// The responder answers what it is asked; while it is out of order there is the list.
let outOfOrder = false;
const asked: string[] = [];
const responder = createHttpServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const now = Date.now();
    if (request.url === '/ca.crl') {
      asked.push('CRL');
      const entries = [...revoked].map((serial) => ({ serial: Buffer.from(serial, 'hex'), revocationDate: now, reason: 1 }));
      const crl = x509.createCrl({
        crypto: nodeCrypto,
        issuer,
        thisUpdate: now - 1000,
        nextUpdate: now + DAY,
        number: asked.length,
        entries,
      });
      void Promise.resolve(crl).then((der) => response.end(der));
      return;
    }
    asked.push('OCSP');
    if (outOfOrder) {
      response.writeHead(503).end();
      return;
    }
    const encoded = decodeURIComponent(request.url!.slice('/ocsp/'.length));
    const { ids } = x509.parseOcspRequest(request.method === 'POST' ? Buffer.concat(chunks) : Buffer.from(encoded, 'base64'));
    const isRevoked = revoked.has(Buffer.from(ids[0]!.serial).toString('hex'));
    const answers = [{ certificate: leaf, status: isRevoked ? 'revoked' : 'good', thisUpdate: now - 1000, nextUpdate: now + DAY }] as const;
    const answer = x509.createOcspResponse({ crypto: nodeCrypto, issuer: ca, responder: issuer, producedAt: now, answers });
    void Promise.resolve(answer).then((der) => response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(der));
  });
});
responder.listen(0, '127.0.0.1');
await once(responder, 'listening');
const base = `http://127.0.0.1:${(responder.address() as AddressInfo).port}`;

const leafKey = newKey();
const leaf = x509.parseCertificate(
  await x509.issueCertificate({
    crypto: nodeCrypto,
    issuer,
    publicKey: privateKeyFromKeyObject(leafKey).spki!,
    subject: 'CN=localhost',
    subjectAltNames: ['localhost'],
    ocspUris: [`${base}/ocsp/`],
    crlUris: [`${base}/ca.crl`],
    ...life,
  }),
);
const server = createServer(
  { cert: x509.writePem('CERTIFICATE', leaf.der), key: leafKey.export({ type: 'pkcs8', format: 'pem' }) },
  (socket) => socket.end('hello'),
);
server.on('tlsClientError', () => {});
server.listen(0);
await once(server, 'listening');

const revocationSource = createRevocationFetcher({ timeoutMs: 2000 });
async function tryIt(): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const trust = { ca: x509.writePem('CERTIFICATE', ca.der), revocationSource, revocation: 'required' } as const;
  const socket = connect({ port, host: 'localhost', ...trust });
  asked.length = 0;
  try {
    let text = '';
    for await (const part of socket) text += String(part);
    return `${text} (asked: ${asked.join(', ') || 'nobody, the answer was kept'})`;
  } catch (error) {
    return `refused: ${(error as NodeJS.ErrnoException).code} (asked: ${asked.join(', ') || 'nobody'})`;
  }
}

const outcomes = [await tryIt(), await tryIt()];
revocationSource.clear();
outOfOrder = true;
outcomes.push(await tryIt());
revoked.add(leaf.serialHex);
revocationSource.clear();
outcomes.push(await tryIt());
outOfOrder = false;
revocationSource.clear();
outcomes.push(await tryIt());
console.log(outcomes.join('\n'));
const right = outcomes.slice(0, 3).every((one) => one.startsWith('hello')) && outcomes.slice(3).every((one) => one.startsWith('refused'));
if (!right) process.exitCode = 1;
revocationSource.close();
server.close();
responder.close();
responder.closeAllConnections();
