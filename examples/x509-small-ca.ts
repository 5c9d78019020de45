/**
 * A small CA from nothing: root, intermediate, a server's certificate from its request, a CRL and an OCSP response; then everything is
 * validated, and once more after the revocation.
 *
 *   node --import tsx examples/x509-small-ca.ts
 */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import * as x509 from 'veritls/x509';

const now = Date.now();
const DAY = 86_400_000;
const newKey = () => privateKeyFromKeyObject(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const life = (days: number) => ({ notBefore: now - DAY, notAfter: now + days * DAY });

// The root signs itself, the intermediate is signed by the root.
const rootKey = newKey();
const root = x509.parseCertificate(
  await x509.createSelfSigned({ crypto: nodeCrypto, key: rootKey, subject: 'CN=Example Root,O=Example', ca: true, ...life(3650) }),
);
const caKey = newKey();
const ca = x509.parseCertificate(
  await x509.issueCertificate({
    crypto: nodeCrypto,
    issuer: { certificate: root, key: rootKey },
    publicKey: caKey.spki!,
    subject: 'CN=Example CA 1,O=Example',
    ca: { pathLength: 0 },
    permittedNames: ['example.com'],
    ...life(1825),
  }),
);

// The server asks; the CA looks at the request, and decides itself what it certifies.
const serverKey = newKey();
const request = x509.parseCertificateRequest(
  await x509.createCertificateRequest({ key: serverKey, subject: 'CN=www.example.com', subjectAltNames: ['www.example.com'] }),
);
if (!(await request.verify(nodeCrypto))) throw new Error('the request is not signed with its own key');
const issuer = { certificate: ca, key: caKey };
const server = x509.parseCertificate(
  await x509.issueCertificate({
    crypto: nodeCrypto,
    issuer,
    publicKey: request.publicKey,
    subject: request.subject,
    subjectAltNames: request.subjectAltName,
    ...life(90),
  }),
);
console.log(x509.writePem('CERTIFICATE', server.der));
console.log(`serial ${server.serialHex}\nSHA-256 ${x509.fingerprintText(nodeCrypto, server)}\n`);

const expected = {
  trustAnchors: [root],
  intermediates: [ca],
  certificate: server,
  crypto: nodeCrypto,
  time: now,
  names: ['www.example.com'],
  extendedKeyUsages: ['serverAuth'],
  profile: 'webpki',
} as const;

const crl = (entries: readonly x509.CrlEntryInput[], number: number) =>
  x509.createCrl({ crypto: nodeCrypto, issuer, thisUpdate: now, nextUpdate: now + DAY, number, entries });
console.log(x509.explainVerdict(await x509.validateCertificate({ ...expected, crls: [await crl([], 1)] })));

const revoked = await crl([{ serial: server.serial, revocationDate: now, reason: 1 }], 2);
console.log(x509.explainVerdict(await x509.validateCertificate({ ...expected, crls: [revoked] })));

const response = await x509.createOcspResponse({
  crypto: nodeCrypto,
  issuer: ca,
  responder: issuer,
  producedAt: now,
  answers: [{ certificate: server, status: 'revoked', thisUpdate: now, nextUpdate: now + DAY }],
});
const status = await x509.checkOcspResponse({ response, certificate: server, issuer: ca, crypto: nodeCrypto, now });
console.log(`OCSP: ${status.status}`);
