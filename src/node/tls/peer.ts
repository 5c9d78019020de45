/** Certificates in the shapes of Node: the object of `getPeerCertificate`, and `X509Certificate`. */
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import { Certificate } from '../../pki/x509/certificate.ts';
import type { TrustStore } from '../../pki/x509/trust-store.ts';

export function x509(der: Uint8Array): X509Certificate {
  return new X509Certificate(der);
}

/** Node's object for one certificate: subject, issuer, names, key, fingerprints, `raw`. */
export function certificateObject(der: Uint8Array): DetailedPeerCertificate {
  return x509(der).toLegacyObject() as unknown as DetailedPeerCertificate;
}

/** The leaf, with `issuerCertificate` linked up to the root: through what the peer sent, and then the trust store. */
export function detailedCertificate(chain: readonly Uint8Array[], anchors: TrustStore | undefined): DetailedPeerCertificate {
  const pool = chain.map((der) => ({ parsed: new Certificate(der), object: undefined as DetailedPeerCertificate | undefined }));
  const leaf = pool.shift()!;
  const first = certificateObject(leaf.parsed.der);
  let parsed = leaf.parsed;
  let object = first;
  while (!parsed.isSelfIssued) {
    const at = pool.findIndex((one) => one.parsed.subject.equals(parsed.issuer));
    const issuer: Certificate | undefined = at >= 0 ? pool.splice(at, 1)[0]!.parsed : anchors?.named(parsed.issuer)[0];
    if (issuer === undefined) return first;
    const next = certificateObject(issuer.der);
    object.issuerCertificate = next;
    object = next;
    parsed = issuer;
  }
  object.issuerCertificate = object;
  return first;
}
