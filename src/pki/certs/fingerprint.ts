/** Fingerprints as people and SDP (RFC 8122 §5) write them. */
import { BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE } from '../../base/alerts.ts';
import { fail, misuse } from '../../base/errors.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import type { Certificate } from '../x509/certificate.ts';
import { failureError, fault } from '../x509/failure.ts';
import { type CertificateVerifier, parsePeerCertificate } from '../x509/verifier.ts';

/** `AB:CD:…`, upper case: a hash of the certificate's DER. Default `sha256`. */
export function fingerprintText(crypto: CryptoProvider, certificate: Certificate, hash: HashName = 'sha256'): string {
  return Array.from(certificate.fingerprint(crypto, hash), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}

/** The value of SDP's `a=fingerprint`: `sha-256 AB:CD:…`. */
export function sdpFingerprint(crypto: CryptoProvider, certificate: Certificate, hash: HashName = 'sha256'): string {
  return `${sdpHash(hash)} ${fingerprintText(crypto, certificate, hash)}`;
}

/**
 * Whether a certificate has the fingerprint that SDP announced. False for MD5 and MD2, which RFC 8122 §5 forbids, and for a hash
 * that is not known.
 */
export function matchesSdpFingerprint(crypto: CryptoProvider, certificate: Certificate, announced: string): boolean {
  const [name, digits] = announced.trim().split(/\s+/);
  const hash = HASHES.find(([sdp]) => sdp === name?.toLowerCase())?.[1];
  return hash !== undefined && digits !== undefined && fingerprintText(crypto, certificate, hash) === digits.toUpperCase();
}

/**
 * A verifier that trusts the certificates with these fingerprints, as SDP announces them (RFC 8122, RFC 8827 §6.5), and no others: nothing
 * but the fingerprint is looked at, as such certificates are made for one session and signed by their own keys. Throws
 * `invalid_argument` for what is no fingerprint, or one with MD5 or SHA-1.
 */
export function createFingerprintVerifier(announced: string | Iterable<string>): CertificateVerifier {
  const fingerprints = typeof announced === 'string' ? [announced] : [...announced];
  for (const one of fingerprints)
    if (!/^sha-(224|256|384|512) +[0-9A-F]{2}(:[0-9A-F]{2})+$/i.test(one.trim()))
      misuse('invalid_argument', `fingerprint ${one.slice(0, 80)}`);
  return {
    verify({ chain, crypto }) {
      const [der] = chain;
      if (der === undefined) fail(BAD_CERTIFICATE, 'bad_certificate', 'chain is empty');
      const certificate = parsePeerCertificate(der);
      const path = [certificate];
      if (!fingerprints.some((one) => matchesSdpFingerprint(crypto, certificate, one)))
        throw failureError({
          ...fault('rejected', 'RFC 8122 5', 'certificate has another fingerprint than was announced'),
          path,
          index: 0,
        });
      const key = certificate.subjectKey(crypto) ?? fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'public key is not supported');
      return { certificate, key, path, trusted: true };
    },
  };
}

const HASHES: readonly (readonly [string, HashName])[] = [
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['sha-224', 'sha224'],
  ['sha-1', 'sha1'],
];

function sdpHash(hash: HashName): string {
  return HASHES.find(([, name]) => name === hash)?.[0] ?? misuse('unsupported', `fingerprint with ${hash}`);
}
