/** SignatureScheme, RFC 9846 §4.3.3; TLS 1.2 reads the same two bytes as hash and signature (RFC 5246 §7.4.1.4.1). */

//= rfc5246#section-7.4.1.4.1
//= type=implication
//# It MUST NOT appear in this extension.
export const RSA_PKCS1_MD5 = 0x0101;
export const RSA_PKCS1_SHA1 = 0x0201;
export const DSA_SHA1 = 0x0202;
export const ECDSA_SHA1 = 0x0203;
export const RSA_PKCS1_SHA224 = 0x0301;
export const DSA_SHA224 = 0x0302;
export const ECDSA_SHA224 = 0x0303;
export const RSA_PKCS1_SHA256 = 0x0401;
export const DSA_SHA256 = 0x0402;
export const ECDSA_SECP256R1_SHA256 = 0x0403;
export const RSA_PKCS1_SHA384 = 0x0501;
export const ECDSA_SECP384R1_SHA384 = 0x0503;
export const RSA_PKCS1_SHA512 = 0x0601;
export const ECDSA_SECP521R1_SHA512 = 0x0603;
export const RSA_PSS_RSAE_SHA256 = 0x0804;
export const RSA_PSS_RSAE_SHA384 = 0x0805;
export const RSA_PSS_RSAE_SHA512 = 0x0806;
export const ED25519 = 0x0807;
export const ED448 = 0x0808;
export const RSA_PSS_PSS_SHA256 = 0x0809;
export const RSA_PSS_PSS_SHA384 = 0x080a;
export const RSA_PSS_PSS_SHA512 = 0x080b;
/** RFC 8734: TLS 1.3 only. */
export const ECDSA_BRAINPOOLP256R1TLS13_SHA256 = 0x081a;
export const ECDSA_BRAINPOOLP384R1TLS13_SHA384 = 0x081b;
export const ECDSA_BRAINPOOLP512R1TLS13_SHA512 = 0x081c;
/** Not on the wire: the signature of SSL 3.0 to TLS 1.1 with RSA keys (RFC 4346 §7.4.3). */
export const RSA_PKCS1_MD5_SHA1 = 0xff01;

const NAMES: readonly (readonly [number, string])[] = [
  [RSA_PKCS1_MD5, 'rsa_pkcs1_md5'],
  [RSA_PKCS1_SHA1, 'rsa_pkcs1_sha1'],
  [DSA_SHA1, 'dsa_sha1'],
  [ECDSA_SHA1, 'ecdsa_sha1'],
  [RSA_PKCS1_SHA224, 'rsa_pkcs1_sha224'],
  [DSA_SHA224, 'dsa_sha224'],
  [ECDSA_SHA224, 'ecdsa_sha224'],
  [RSA_PKCS1_SHA256, 'rsa_pkcs1_sha256'],
  [DSA_SHA256, 'dsa_sha256'],
  [ECDSA_SECP256R1_SHA256, 'ecdsa_secp256r1_sha256'],
  [RSA_PKCS1_SHA384, 'rsa_pkcs1_sha384'],
  [ECDSA_SECP384R1_SHA384, 'ecdsa_secp384r1_sha384'],
  [RSA_PKCS1_SHA512, 'rsa_pkcs1_sha512'],
  [ECDSA_SECP521R1_SHA512, 'ecdsa_secp521r1_sha512'],
  [RSA_PSS_RSAE_SHA256, 'rsa_pss_rsae_sha256'],
  [RSA_PSS_RSAE_SHA384, 'rsa_pss_rsae_sha384'],
  [RSA_PSS_RSAE_SHA512, 'rsa_pss_rsae_sha512'],
  [ED25519, 'ed25519'],
  [ED448, 'ed448'],
  [RSA_PSS_PSS_SHA256, 'rsa_pss_pss_sha256'],
  [RSA_PSS_PSS_SHA384, 'rsa_pss_pss_sha384'],
  [RSA_PSS_PSS_SHA512, 'rsa_pss_pss_sha512'],
  [ECDSA_BRAINPOOLP256R1TLS13_SHA256, 'ecdsa_brainpoolP256r1tls13_sha256'],
  [ECDSA_BRAINPOOLP384R1TLS13_SHA384, 'ecdsa_brainpoolP384r1tls13_sha384'],
  [ECDSA_BRAINPOOLP512R1TLS13_SHA512, 'ecdsa_brainpoolP512r1tls13_sha512'],
  [RSA_PKCS1_MD5_SHA1, 'rsa_pkcs1_md5_sha1'],
];

/** The registered name, or the number in hexadecimal. */
export function schemeName(scheme: number): string {
  for (const [number, name] of NAMES) if (number === scheme) return name;
  return `0x${scheme.toString(16).padStart(4, '0')}`;
}
