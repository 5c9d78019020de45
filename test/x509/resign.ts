/** Certificates that no maker would make: their signed part written or altered by hand, and signed. */
import { concat, EMPTY } from '../../src/base/bytes.ts';
import { DerReader } from '../../src/pki/asn1/der-reader.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { type ExtensionInput, extensionsDer } from '../../src/pki/certs/fields.ts';
import { type Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
import { type CertificateList, parseCrl } from '../../src/pki/x509/crl.ts';
import type { Name } from '../../src/pki/x509/name.ts';
import type { TestCa } from './ca.ts';

/** `tbs` signed by `issuer`, P-256. */
export function resign(issuer: Pick<TestCa, 'key'>, tbs: Uint8Array): Certificate {
  const signature = issuer.key.sign(0x0403, tbs) as Uint8Array;
  return parseCertificate(der.sequence(tbs, der.algorithm(oids.ECDSA_WITH_SHA256), der.bitString(signature)));
}

export function resignBytes(issuer: TestCa, altered: Uint8Array): Certificate {
  return resign(issuer, parseCertificate(altered).tbs);
}

/** The same certificate as if made with another algorithm, inside and outside. */
export function resignWith(certificate: Certificate, algorithm: Uint8Array): Certificate {
  const inner = certificate.innerAlgorithm;
  const { tbs } = certificate;
  const at = Buffer.from(tbs).indexOf(inner);
  const body = concat(tbs.subarray(4, at), algorithm, tbs.subarray(at + inner.length));
  return parseCertificate(der.sequence(der.sequence(body), algorithm, der.bitString(certificate.signature)));
}

/** What is to be another than in the certificate that serves as a pattern. */
export interface Changes {
  /** Content of the INTEGER. */
  readonly serial?: Uint8Array;
  readonly issuer?: Name;
  /** The SEQUENCE of two times. */
  readonly validity?: Uint8Array;
  /** `issuerUniqueID` or `subjectUniqueID`. */
  readonly uniqueIdentifier?: Uint8Array;
  /** All that there are. */
  readonly extensions?: readonly ExtensionInput[];
}

/** TBSCertificate of version 3. */
export function rewritten(certificate: Certificate, changes: Changes): Uint8Array {
  const extensions = der.context(3, extensionsDer(changes.extensions ?? certificate.extensions));
  return der.sequence(der.context(0, der.integer(2)), ...fields(certificate, changes), changes.uniqueIdentifier ?? EMPTY, extensions);
}

/** TBSCertificate of version 1: no version, no extensions. */
export function versionOne(certificate: Certificate): Uint8Array {
  return der.sequence(...fields(certificate, {}));
}

/** The parts of a SEQUENCE, whole. */
export function parts(bytes: Uint8Array): Uint8Array[] {
  const body = new DerReader(bytes).sequence('test');
  const list: Uint8Array[] = [];
  while (!body.done) list.push(body.raw('test'));
  return list;
}

/** The list without one of its extensions, signed by `issuer`, P-256. */
export function listWithout({ tbs, extensions }: CertificateList, oid: string, issuer: Pick<TestCa, 'key'>): CertificateList {
  const left = extensions.filter((one) => one.oid !== oid);
  const whole = der.sequence(...parts(tbs).slice(0, -1), der.context(0, extensionsDer(left)));
  const signature = issuer.key.sign(0x0403, whole) as Uint8Array;
  return parseCrl(der.sequence(whole, der.algorithm(oids.ECDSA_WITH_SHA256), der.bitString(signature)));
}

/** The extensions of a certificate but for one, which others may replace. */
export function extensionsWithout(certificate: Certificate, oid: string, ...others: ExtensionInput[]): ExtensionInput[] {
  return [...certificate.extensions.filter((one) => one.oid !== oid), ...others];
}

/** What every version has. */
function fields(certificate: Certificate, { serial, issuer, validity }: Changes): Uint8Array[] {
  return [
    der.element(0x02, serial ?? certificate.serial),
    certificate.innerAlgorithm,
    (issuer ?? certificate.issuer).der,
    validity ?? der.sequence(der.time(certificate.notBefore), der.time(certificate.notAfter)),
    certificate.subject.der,
    certificate.spki,
  ];
}
