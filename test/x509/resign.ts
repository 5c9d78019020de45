/** Certificates that no maker would make: their signed part written or altered by hand, and signed. */
import { concat } from '../../src/base/bytes.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { type ExtensionInput, extensionsDer } from '../../src/pki/certs/fields.ts';
import { type Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
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

/** TBSCertificate of version 1: no version, no extensions. */
export function versionOne(certificate: Certificate): Uint8Array {
  return der.sequence(...fields(certificate, certificate.issuer));
}

/** TBSCertificate of version 3 with these extensions only, and another issuer where one is given. */
export function withExtensions(
  certificate: Certificate,
  extensions: readonly ExtensionInput[],
  issuer: Name = certificate.issuer,
): Uint8Array {
  return der.sequence(der.context(0, der.integer(2)), ...fields(certificate, issuer), der.context(3, extensionsDer(extensions)));
}

/** The extensions of a certificate but for one. */
export function extensionsWithout(certificate: Certificate, oid: string): ExtensionInput[] {
  return certificate.extensions.filter((one) => one.oid !== oid);
}

/** What every version has. */
function fields(certificate: Certificate, issuer: Name): Uint8Array[] {
  return [
    der.element(0x02, certificate.serial),
    certificate.innerAlgorithm,
    issuer.der,
    der.sequence(der.time(certificate.notBefore), der.time(certificate.notAfter)),
    certificate.subject.der,
    certificate.spki,
  ];
}
