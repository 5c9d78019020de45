/** Certificates for tests: small CAs whose keys follow from their names. Everything goes through the library's own makers. */
import * as crypto from 'node:crypto';
import { toHex } from '../../src/base/bytes.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import type { PrivateKeyHandle } from '../../src/crypto/port.ts';
import { issueCertificate, type CertificateFields, createSelfSigned } from '../../src/pki/certs/create.ts';
import type { NameInput } from '../../src/pki/certs/fields.ts';
import { Certificate } from '../../src/pki/x509/certificate.ts';
import { Name } from '../../src/pki/x509/name.ts';
import { type KeyKind, seededPrivateKey, stream } from './seeded-keys.ts';

export type { KeyKind };

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
  if (key === undefined) kept.set(name, (key = makeKey(kind, label)));
  return key;
}

/** A self-signed CA. */
export function root(
  subject: NameInput,
  fields: Partial<CertificateFields> = {},
  key: TestKey = testKey('p256', labelOf(subject)),
): TestCa {
  const der = createSelfSigned({
    subject,
    serial: nextSerial(labelOf(subject)),
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
  key: TestKey = testKey('p256', labelOf(subject)),
): TestCa {
  const der = issueCertificate({
    subject,
    serial: nextSerial(labelOf(subject)),
    notBefore: NOW - 20 * DAY,
    notAfter: NOW + 200 * DAY,
    ...fields,
    crypto: nodeCrypto,
    publicKey: key.spki,
    issuer,
  }) as Uint8Array;
  return { certificate: new Certificate(der), key: key.handle };
}

function makeKey(kind: KeyKind, label: string): TestKey {
  const object = seededPrivateKey(kind, label);
  const spki = new Uint8Array(crypto.createPublicKey(object).export({ format: 'der', type: 'spki' }));
  return { handle: privateKeyFromKeyObject(object), spki, object };
}

/** The text of a name, or its bytes: some are made so that they cannot be read. */
function labelOf(subject: NameInput): string {
  return subject instanceof Name ? toHex(subject.der) : String(subject);
}

const serials = new Map<string, number>();

/** Another serial number for each certificate, the same ones in every run. */
function nextSerial(subject: string): Uint8Array {
  const count = (serials.get(subject) ?? 0) + 1;
  serials.set(subject, count);
  const serial = stream(`serial ${count} of ${subject}`, 16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}
