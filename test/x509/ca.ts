/** Certificates for tests: small CAs whose keys are made once. Everything goes through the library's own makers. */
import * as crypto from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import type { PrivateKeyHandle } from '../../src/crypto/port.ts';
import { issueCertificate, type CertificateFields, createSelfSigned } from '../../src/pki/certs/create.ts';
import type { NameInput } from '../../src/pki/certs/fields.ts';
import { Certificate } from '../../src/pki/x509/certificate.ts';

export type KeyKind = 'p256' | 'p384' | 'p521' | 'rsa' | 'rsa1024' | 'rsa-pss' | 'ed25519' | 'ed448';

export interface TestKey {
  readonly handle: PrivateKeyHandle;
  readonly spki: Uint8Array;
  readonly object: crypto.KeyObject;
}

export interface TestCa {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

/** The moment at which the tests' certificates are valid, and a day. */
export const NOW: number = Date.UTC(2025, 0, 15, 12);
export const DAY = 86_400_000;

const kept = new Map<string, TestKey>();

/** A key of this kind; the same for the same label. */
export function testKey(kind: KeyKind = 'p256', label: string = ''): TestKey {
  const name = `${kind}/${label}`;
  let key = kept.get(name);
  if (key === undefined) kept.set(name, (key = makeKey(kind)));
  return key;
}

/** A self-signed CA. */
export function root(subject: NameInput, fields: Partial<CertificateFields> = {}, key: TestKey = testKey('p256', String(subject))): TestCa {
  const der = createSelfSigned({
    subject,
    notBefore: NOW - 30 * DAY,
    notAfter: NOW + 300 * DAY,
    ca: true,
    ...fields,
    crypto: nodeCrypto,
    key: key.handle,
  }) as Uint8Array;
  return { certificate: new Certificate(der), key: key.handle };
}

/** A certificate below `issuer`: a CA when `fields.ca` says so. */
export function issue(
  issuer: TestCa,
  subject: NameInput,
  fields: Partial<CertificateFields> = {},
  key: TestKey = testKey('p256', String(subject)),
): TestCa {
  const der = issueCertificate({
    subject,
    notBefore: NOW - 20 * DAY,
    notAfter: NOW + 200 * DAY,
    ...fields,
    crypto: nodeCrypto,
    publicKey: key.spki,
    issuer,
  }) as Uint8Array;
  return { certificate: new Certificate(der), key: key.handle };
}

function makeKey(kind: KeyKind): TestKey {
  const { privateKey, publicKey } = generate(kind);
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return { handle: privateKeyFromKeyObject(privateKey), spki, object: privateKey };
}

function generate(kind: KeyKind): crypto.KeyPairKeyObjectResult {
  switch (kind) {
    case 'p256':
      return crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'p384':
      return crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'p521':
      return crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'rsa':
      return crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'rsa1024':
      return crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
    case 'rsa-pss':
      return crypto.generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    case 'ed25519':
      return crypto.generateKeyPairSync('ed25519');
    case 'ed448':
      return crypto.generateKeyPairSync('ed448');
  }
}
