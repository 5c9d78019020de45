/** A throw-away certificate: for `serve --self-signed` and the demo. */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from '../crypto/node/index.ts';
import type { Credential } from '../handshake/context.ts';
import { createSelfSigned } from '../pki/certs/create.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface SelfSigned extends Credential {
  /** PKCS #8. */
  readonly keyPem: string;
}

/** A certificate with a new P-256 key for these names, valid for a month. */
export async function selfSigned(names: readonly string[], now: number): Promise<SelfSigned> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKeyFromKeyObject(privateKey);
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key,
    subject: [['CN', names[0] ?? 'localhost']],
    subjectAltNames: names,
    notBefore: now - HOUR,
    notAfter: now + 30 * DAY,
  });
  return { chain: [der], key, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** `localhost` is reached by its addresses too. */
export function withLoopback(name: string): string[] {
  return name === 'localhost' ? ['localhost', '127.0.0.1', '::1'] : [name];
}
