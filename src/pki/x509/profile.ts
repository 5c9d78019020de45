/**
 * What a verifier demands beyond path validation: which hashes, keys and forms it accepts. A profile is a value, so that only the
 * one that is used is bundled; `compatible` is here, the strict ones stand in `profile-rfc5280.ts` and `profile-webpki.ts`.
 */
import { MAX_RSA_BITS, MIN_RSA_BITS } from '../../base/limits.ts';
import type { HashName } from '../../crypto/port.ts';
import type { SignatureAlgorithm } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateList } from './crl.ts';
import { type Fault, fault } from './failure.ts';
import type { KeyInfo } from './spki.ts';

/** Where a certificate stands in its path. */
export type PathRole = 'leaf' | 'ca' | 'anchor';

export interface Profile {
  readonly name: string;
  /** Hashes that certificate signatures may use. */
  readonly hashes: readonly HashName[];
  readonly minRsaBits: number;
  /** Smallest DSA prime in bits; undefined refuses DSA. */
  readonly minDsaBits: number | undefined;
  /** Accepts SHA-1 with DSA: keys with a q of 160 bits have no other hash (FIPS 186-2). */
  readonly dsaSha1?: boolean | undefined;
  /** Accepts a leaf whose only purpose is anyExtendedKeyUsage. */
  readonly anyPurpose: boolean;
  /**
   * A key usage must be consistent with the purposes asked for even where there is no extended key usage, as TLS wants it. RFC 5280
   * §4.2.1.12 speaks of certificates with both extensions.
   */
  readonly usageForPurpose: boolean;
  /** Takes `.example.com` as a dNSName constraint for subdomains; RFC 5280 does not define the form. */
  readonly leadingDotConstraint: boolean;
  /** Rules for the single certificate, beyond what a validator must do. */
  readonly conformance?: ((certificate: Certificate, role: PathRole) => Fault | undefined) | undefined;
  /** An anchor without authorityKeyIdentifier must have signed itself (RFC 5280 §4.2.1.1). */
  readonly anchorNamesAuthority?: boolean | undefined;
  /** Rules for a CRL; text: what is wrong with it. */
  readonly crlConformance?: ((crl: CertificateList) => string | undefined) | undefined;
  /** Rules for the key and the signature algorithm. */
  readonly keyRule?: ((key: KeyInfo) => string | undefined) | undefined;
  readonly signatureRule?: ((algorithm: SignatureAlgorithm, issuerKey: KeyInfo) => string | undefined) | undefined;
}

/**
 * For connections: everything that makes a path insecure is refused; forms that CAs were told to use, but that no decision
 * depends on, are not.
 */
export const compatible: Profile = {
  name: 'compatible',
  hashes: ['sha256', 'sha384', 'sha512', 'sha224'],
  minRsaBits: MIN_RSA_BITS,
  minDsaBits: MIN_RSA_BITS,
  anyPurpose: true,
  usageForPurpose: true,
  leadingDotConstraint: true,
  signatureRule({ saltLength }) {
    //= rfc9846#section-4.3.3
    //# The length of the Salt MUST be equal to the length of the output of the digest algorithm.
    //= rfc9846#section-4.3.3
    //# The length of the Salt MUST be equal to the length of the digest algorithm.
    return saltLength === undefined ? undefined : `RSASSA-PSS with a salt of ${saltLength} bytes`;
  },
};

/** Whether a key is good enough. */
export function checkKey(key: KeyInfo, profile: Profile): Fault | undefined {
  if (key.unusable !== undefined) return fault('unsupported-key', 'key', key.unusable);
  switch (key.type) {
    case 'rsa':
    case 'rsa-pss':
      if (key.bits > MAX_RSA_BITS) return fault('weak-key', 'key', `RSA key of ${key.bits} bits is above ${MAX_RSA_BITS}`);
      if (key.bits < profile.minRsaBits) return fault('weak-key', 'key', `RSA key of ${key.bits} bits is below ${profile.minRsaBits}`);
      break;
    case 'dsa':
      if (profile.minDsaBits === undefined) return fault('unsupported-key', 'key', 'DSA keys are not allowed');
      if (!key.inheritsParameters) {
        if (key.bits > MAX_RSA_BITS) return fault('weak-key', 'key', `DSA key of ${key.bits} bits is above ${MAX_RSA_BITS}`);
        if (key.bits < profile.minDsaBits) return fault('weak-key', 'key', `DSA key of ${key.bits} bits is below ${profile.minDsaBits}`);
      }
      break;
    case undefined:
      return fault('unsupported-key', 'key', 'key algorithm is not supported');
    default:
      break;
  }
  const rule = profile.keyRule?.(key);
  return rule === undefined ? undefined : fault('unsupported-key', 'key', rule);
}
