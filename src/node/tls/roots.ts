/** Whom clients trust when no `ca` is given: what Node trusts, read when first needed; or what the caller put in its place. */
import { readFileSync } from 'node:fs';
import * as nodeTls from 'node:tls';
import { readPem } from '../../pki/asn1/pem.ts';
import { type Certificate, isCertificateLabel, parseCertificates } from '../../pki/x509/certificate.ts';
import { createTrustStore, type TrustStore } from '../../pki/x509/trust-store.ts';
import { argumentError } from './errors.ts';

export type CACertificateType = 'default' | 'system' | 'bundled' | 'extra';

/** Of newer versions of Node. */
const newer = nodeTls as typeof nodeTls & { getCACertificates?(type: CACertificateType): string[] };

let replaced: readonly string[] | undefined;
let store: TrustStore | undefined;

/** The certificates, PEM. `system` needs a Node that has it (22.15); before, there are none. */
export function getCACertificates(type: CACertificateType = 'default'): string[] {
  if (type === 'default' && replaced !== undefined) return [...replaced];
  if (newer.getCACertificates !== undefined) return newer.getCACertificates(type);
  switch (type) {
    case 'default':
      return [...nodeTls.rootCertificates, ...extraCertificates()];
    case 'bundled':
      return [...nodeTls.rootCertificates];
    case 'extra':
      return extraCertificates();
    case 'system':
      return [];
    default:
      throw argumentError('type', "one of 'default', 'system', 'bundled', 'extra'", type);
  }
}

/** From now on these are the default roots of this library; node:tls keeps its own. */
export function setDefaultCACertificates(certs: readonly (string | NodeJS.ArrayBufferView)[]): void {
  if (!Array.isArray(certs)) throw argumentError('certs', 'an instance of Array', certs);
  const texts = certs.map((cert) => (typeof cert === 'string' ? cert : text(cert)));
  store = createTrustStore(texts.flatMap((one) => parseCertificates(one)));
  replaced = texts;
}

/** The default roots as a trust store. */
export function defaultTrustStore(): TrustStore {
  if (store === undefined) store = createTrustStore(getCACertificates().flatMap(readable));
  return store;
}

/** One root that cannot be read must not cost all the others. */
function readable(pem: string): Certificate[] {
  try {
    return parseCertificates(pem);
  } catch {
    return [];
  }
}

/** NODE_EXTRA_CA_CERTS, as Node itself reads it. */
function extraCertificates(): string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined || file === '') return [];
  try {
    return readPem(readFileSync(file))
      .filter((block) => isCertificateLabel(block.label))
      .map((block) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(block.der).toString('base64')}\n-----END CERTIFICATE-----\n`);
  } catch {
    return [];
  }
}

function text(view: NodeJS.ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
}
