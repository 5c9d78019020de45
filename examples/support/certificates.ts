/** A small CA for the examples: what a program would read from files. */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import { writePem } from '../../src/pki/asn1/pem.ts';
import { createSelfSigned, issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';

export interface Files {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;
const period = { notBefore: Date.now() - DAY, notAfter: Date.now() + 30 * DAY };

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, handle: privateKeyFromKeyObject(privateKey) };
}

const root = newKey();
const rootDer = await createSelfSigned({
  crypto: nodeCrypto,
  key: root.handle,
  subject: 'CN=Example Root',
  ca: true,
  ...period,
});

/** The root, PEM. */
export const ca: string = writePem('CERTIFICATE', rootDer);

/** A certificate of the root for these names. */
export async function certificateFor(...names: string[]): Promise<Files> {
  const key = newKey();
  const der = await issueCertificate({
    crypto: nodeCrypto,
    publicKey: key.handle.spki!,
    issuer: { certificate: parseCertificate(rootDer), key: root.handle },
    subject: `CN=${names[0]}`,
    subjectAltNames: names,
    ...period,
  });
  return { cert: writePem('CERTIFICATE', der), key: key.pem };
}
