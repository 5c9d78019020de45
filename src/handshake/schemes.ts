/** Which keys make which signature schemes, and in which versions: RFC 9846 §4.3.3, RFC 5246 §7.4.1.4.1, RFC 8422 §5.1.1. */
import type { GroupName, SignatureKeyType } from '../crypto/port.ts';
import * as s from '../wire/signature-scheme.ts';

interface SchemeInfo {
  readonly scheme: number;
  readonly key: SignatureKeyType;
  /** TLS 1.3 binds ECDSA schemes to a curve. */
  readonly curve?: GroupName;
  /** May sign handshakes of TLS 1.3. */
  readonly modern: boolean;
  /** Smallest RSA key in which the padding has room: EMSA-PSS with a salt as long as the hash, RFC 8017 §9.1.1. */
  readonly minBits?: number;
}

const SCHEMES: readonly SchemeInfo[] = /* @__PURE__ */ [
  { scheme: s.ECDSA_SECP256R1_SHA256, key: 'ec', curve: 'secp256r1', modern: true },
  { scheme: s.ECDSA_SECP384R1_SHA384, key: 'ec', curve: 'secp384r1', modern: true },
  { scheme: s.ECDSA_SECP521R1_SHA512, key: 'ec', curve: 'secp521r1', modern: true },
  //= rfc8422#section-5.9
  //# EdDSA keys using the Ed25519 algorithm MUST use the ed25519 signature algorithm, and Ed448 keys
  //# MUST use the ed448 signature algorithm.
  //= rfc8422#section-5.9
  //# Ed25519, Ed25519ph, Ed448, and Ed448ph keys MUST NOT be used with ECDSA.
  //= rfc8422#section-5.4
  //# This structure MUST NOT be used with Ed25519 and Ed448 public keys.
  //= rfc8422#section-5.10
  //# A secure hash function such as SHA-256, SHA-384, or SHA-512 from [FIPS.180-4] MUST be used.
  //= rfc8422#section-5.10
  //# EdDSA signatures MUST have HashAlgorithm of 8 (Intrinsic).
  { scheme: s.ED25519, key: 'ed25519', modern: true },
  { scheme: s.ED448, key: 'ed448', modern: true },
  //= rfc9846#section-4.3.3
  //# If the public key is carried in an X.509 certificate, it MUST use the rsaEncryption OID [RFC3279].
  { scheme: s.RSA_PSS_RSAE_SHA256, key: 'rsa', modern: true },
  { scheme: s.RSA_PSS_RSAE_SHA384, key: 'rsa', modern: true },
  { scheme: s.RSA_PSS_RSAE_SHA512, key: 'rsa', modern: true, minBits: 1034 },
  //= rfc9846#section-4.3.3
  //# If the public key is carried in an X.509 certificate, it MUST use the RSASSA-PSS OID [RFC5756].
  { scheme: s.RSA_PSS_PSS_SHA256, key: 'rsa-pss', modern: true },
  { scheme: s.RSA_PSS_PSS_SHA384, key: 'rsa-pss', modern: true },
  { scheme: s.RSA_PSS_PSS_SHA512, key: 'rsa-pss', modern: true, minBits: 1034 },
  { scheme: s.RSA_PKCS1_SHA256, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_SHA384, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_SHA512, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_SHA224, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_SHA1, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_MD5, key: 'rsa', modern: false },
  { scheme: s.RSA_PKCS1_MD5_SHA1, key: 'rsa', modern: false },
  { scheme: s.ECDSA_SHA224, key: 'ec', modern: false },
  { scheme: s.ECDSA_SHA1, key: 'ec', modern: false },
  { scheme: s.DSA_SHA256, key: 'dsa', modern: false },
  { scheme: s.DSA_SHA224, key: 'dsa', modern: false },
  { scheme: s.DSA_SHA1, key: 'dsa', modern: false },
];

/** Whether a key may be used with a scheme to sign a handshake of TLS 1.3 (`modern`) or earlier. */
export function schemeFits(
  scheme: number,
  key: { readonly type: SignatureKeyType; readonly curve?: GroupName; readonly bits?: number },
  modern: boolean,
): boolean {
  for (const info of SCHEMES) {
    if (info.scheme !== scheme || info.key !== key.type) continue;
    if (info.minBits !== undefined && key.bits !== undefined && key.bits < info.minBits) return false;
    //= rfc9846#section-4.3.3
    //# implementations MUST be prepared to accept a signature that uses any curve that they advertised
    //# in the "supported_groups" extension
    //= rfc9846#section-4.3.3
    //# Implementations that advertise support for RSASSA-PSS (which is mandatory in TLS 1.3) MUST be
    //# prepared to accept a signature using that scheme even when TLS 1.2 is negotiated.
    //= rfc9846#section-4.3.3
    //# TLS 1.3 implementations willing to negotiate TLS 1.2 MUST behave in accordance with the
    //# requirements of [RFC5246] when negotiating that version.
    if (!modern) return true;
    //= rfc9846#section-4.3.3
    //# They MUST NOT be offered or negotiated by any implementation.
    //= rfc9846#section-4.3.3
    //# In particular, MD5 [SLOTH=DOI.10.14722/ndss.2016.23418], SHA-224, and DSA MUST NOT be used.
    //= rfc9846#section-4.5.2
    //# The SHA-1 algorithm MUST NOT be used in any signatures of CertificateVerify messages.
    //= rfc9846#section-4.5.1.2
    //# The end-entity certificate MUST allow the key to be used for signing with a signature scheme
    //# indicated in the peer's "signature_algorithms" extension (see Section 4.3.3).
    //= rfc9846#section-4.5.1.2
    //# the public key (with associated restrictions) MUST be compatible with some supported signature
    //# scheme
    return info.modern && (info.curve === undefined || info.curve === key.curve);
  }
  return false;
}

/** Whether a scheme may sign a handshake of TLS 1.3. */
export function isModernScheme(scheme: number): boolean {
  for (const info of SCHEMES) if (info.scheme === scheme) return info.modern;
  return false;
}

/** The schemes that exist on the wire: the pair of MD5 and SHA-1 has only a number of our own. */
export function wireSchemes(schemes: readonly number[]): readonly number[] {
  return schemes.includes(s.RSA_PKCS1_MD5_SHA1) ? schemes.filter((scheme) => scheme !== s.RSA_PKCS1_MD5_SHA1) : schemes;
}

/** Schemes over MD5 and SHA-1, which RFC 9155 takes out of TLS 1.2. */
export function isWeakScheme(scheme: number): boolean {
  return scheme === s.RSA_PKCS1_MD5 || scheme === s.RSA_PKCS1_SHA1 || scheme === s.ECDSA_SHA1 || scheme === s.DSA_SHA1;
}
