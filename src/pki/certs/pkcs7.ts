/** PKCS #7 / CMS bundles of certificates and CRLs (RFC 5652 §5, the "certs-only" SignedData). Signatures in it are not looked at. */
import { MAX_PKCS7_CERTIFICATES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import { PKCS7_DATA, PKCS7_SIGNED_DATA } from '../asn1/oids.ts';
import { looksLikePem, readPem } from '../asn1/pem.ts';
import { contextConstructed, SEQUENCE, SET } from '../asn1/tags.ts';
import { Certificate } from '../x509/certificate.ts';
import { CertificateList } from '../x509/crl.ts';

export interface Pkcs7Content {
  readonly certificates: readonly Certificate[];
  readonly crls: readonly CertificateList[];
}

/** Reads a bundle in DER, or PEM with a `PKCS7` or `CMS` block. Throws `bad_der` or `bad_pem`. */
export function readPkcs7(bytes: Uint8Array | string): Pkcs7Content {
  const bundle = typeof bytes !== 'string' && !looksLikePem(bytes) ? bytes : fromPem(bytes);
  const field = 'PKCS #7';
  const outer = new DerReader(bundle);
  const info = outer.sequence(field);
  outer.finish(field);
  if (info.oid(field) !== PKCS7_SIGNED_DATA) malformed(field, info.position, 'not SignedData');
  const data = info.enter(contextConstructed(0), field).sequence(field);
  data.smallInteger(field, 5);
  data.expect(SET, 'digestAlgorithms');
  data.expect(SEQUENCE, 'encapContentInfo');
  const certificates: Certificate[] = [];
  const list = data.enterOptional(contextConstructed(0), 'certificates');
  while (list !== undefined && !list.done) {
    if (certificates.length >= MAX_PKCS7_CERTIFICATES) malformed('certificates', list.position, 'too many');
    // Other CertificateChoices are context-specific: attribute and obsolete certificates.
    if (list.peek() === SEQUENCE) certificates.push(new Certificate(list.raw('certificate')));
    else list.header('certificate');
  }
  const crls: CertificateList[] = [];
  const more = data.enterOptional(contextConstructed(1), 'crls');
  while (more !== undefined && !more.done) {
    if (more.peek() === SEQUENCE) crls.push(new CertificateList(more.raw('CRL')));
    else more.header('CRL');
  }
  data.expect(SET, 'signerInfos');
  data.finish(field);
  return { certificates, crls };
}

/** A certs-only bundle, DER. */
export function createPkcs7(certificates: readonly Uint8Array[], crls: readonly Uint8Array[] = []): Uint8Array {
  const lists = [
    ...(certificates.length > 0 ? [der.context(0, ...certificates)] : []),
    ...(crls.length > 0 ? [der.context(1, ...crls)] : []),
  ];
  const data = der.sequence(der.integer(1), der.setOf(), der.sequence(der.oid(PKCS7_DATA)), ...lists, der.setOf());
  return der.sequence(der.oid(PKCS7_SIGNED_DATA), der.context(0, data));
}

function fromPem(text: Uint8Array | string): Uint8Array {
  const block = readPem(text).find(({ label }) => label === 'PKCS7' || label === 'CMS');
  return block?.der ?? malformed('PEM', 0, 'no PKCS7', 'bad_pem');
}
