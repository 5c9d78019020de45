/** Fingerprints as people and SDP (RFC 8122 §5) write them. */
import { misuse } from '../../base/errors.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import type { Certificate } from '../x509/certificate.ts';

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
