/** A small CA and certificates of every key type, made once per process. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PrivateKeyHandle } from '../../src/crypto/port.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import type { Credential } from '../../src/handshake/context.ts';
import { createSelfSigned, issueCertificate } from '../../src/pki/certs/create.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';

export type KeyKind = 'p256' | 'p384' | 'p521' | 'rsa' | 'rsa-pss' | 'ed25519' | 'ed448';

const DAY = 86_400_000;
export const NOW: number = Date.now();

export function makeKey(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'p521':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
    case 'rsa':
      return makeRsaKey('rsa');
    case 'rsa-pss':
      return makeRsaKey('rsa-pss');
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ed448':
      return generateKeyPairSync('ed448').privateKey;
  }
}

/**
 * By way of its encoding: on Node 20, asking a fresh RSA KeyObject for its details waits for itself without end when the
 * garbage collector comes for what generated it.
 */
function makeRsaKey(type: 'rsa' | 'rsa-pss'): KeyObject {
  const options = {
    modulusLength: 2048,
    publicKeyEncoding: { format: 'pem', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  } as const;
  const { privateKey } = type === 'rsa' ? generateKeyPairSync('rsa', options) : generateKeyPairSync('rsa-pss', options);
  return createPrivateKey(privateKey);
}

export interface Authority {
  readonly der: Uint8Array;
  readonly key: PrivateKeyHandle;
}

const caKey = makeKey('p256');

/** The root that tests trust. */
export const AUTHORITY: Authority = (() => {
  const key = privateKeyFromKeyObject(caKey);
  const der = createSelfSigned({
    crypto: nodeCrypto,
    key,
    subject: 'CN=veritls test root',
    notBefore: NOW - DAY,
    notAfter: NOW + 365 * DAY,
    ca: true,
  }) as Uint8Array;
  return { der, key };
})();

export interface TestCredential extends Credential {
  readonly privateKey: KeyObject;
}

export interface IssueInput {
  readonly names?: readonly string[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly subject?: string;
  readonly extendedKeyUsage?: readonly string[];
  readonly keyUsage?: number;
}

/** A certificate of the test root for `names`, with a new key. */
export function issue(kind: KeyKind, input: IssueInput = {}): TestCredential {
  const privateKey = makeKey(kind);
  const key = privateKeyFromKeyObject(privateKey);
  const leaf = issueCertificate({
    crypto: nodeCrypto,
    publicKey: key.spki!,
    issuer: { certificate: parseCertificate(AUTHORITY.der), key: AUTHORITY.key },
    subject: input.subject ?? `CN=${input.names?.[0] ?? 'localhost'}`,
    subjectAltNames: input.names ?? ['localhost', '127.0.0.1', '::1'],
    notBefore: input.notBefore ?? NOW - DAY,
    notAfter: input.notAfter ?? NOW + 90 * DAY,
    extendedKeyUsage: input.extendedKeyUsage,
    keyUsage: input.keyUsage,
  }) as Uint8Array;
  return { chain: [leaf, AUTHORITY.der], key, privateKey };
}

const made = new Map<KeyKind, TestCredential>();

/** The certificate for `localhost` with a key of this kind: made at the first use. */
export function credential(kind: KeyKind): TestCredential {
  let found = made.get(kind);
  if (found === undefined) {
    found = issue(kind);
    made.set(kind, found);
  }
  return found;
}

export function toPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END ${label}-----\n`;
}

export function pemOf(credentialOf: TestCredential): { cert: string; key: string; ca: string } {
  return {
    cert: credentialOf.chain.map((der) => toPem('CERTIFICATE', der)).join(''),
    key: credentialOf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    ca: toPem('CERTIFICATE', AUTHORITY.der),
  };
}
