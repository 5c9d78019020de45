/** A self-signed RSA certificate for localhost, as old equipment has. */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { createSelfSigned, writePem } from 'veritls/x509';
import type { Files } from './certificates.ts';

const DAY = 86_400_000;

export async function rsaCertificate(): Promise<Files> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(privateKey),
    subject: 'CN=localhost',
    subjectAltNames: ['localhost'],
    notBefore: Date.now() - DAY,
    notAfter: Date.now() + DAY,
  });
  return { cert: writePem('CERTIFICATE', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}
