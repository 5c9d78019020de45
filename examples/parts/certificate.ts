/** A certificate for `localhost` that lives as long as the example. */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { createSelfSigned, writePem } from 'veritls/x509';

const DAY = 86_400_000;

export async function localhostCertificate() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKeyFromKeyObject(privateKey);
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key,
    subject: [['CN', 'localhost']],
    subjectAltNames: ['localhost', '127.0.0.1'],
    notBefore: Date.now() - DAY,
    notAfter: Date.now() + DAY,
  });
  return {
    der,
    key,
    certificatePem: writePem('CERTIFICATE', der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
