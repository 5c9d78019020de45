/** Object identifiers by name. Each is its own constant, so that what is not used is not bundled. */

// keys, RFC 3279, 4055, 5480, 8410
export const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
export const RSASSA_PSS = '1.2.840.113549.1.1.10';
export const MGF1 = '1.2.840.113549.1.1.8';
export const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
export const DSA = '1.2.840.10040.4.1';
export const ED25519 = '1.3.101.112';
export const ED448 = '1.3.101.113';
export const X25519 = '1.3.101.110';
export const X448 = '1.3.101.111';

// curves, RFC 5480 §2.1.1.1, RFC 5639
export const SECP256R1 = '1.2.840.10045.3.1.7';
export const SECP384R1 = '1.3.132.0.34';
export const SECP521R1 = '1.3.132.0.35';
export const BRAINPOOLP256R1 = '1.3.36.3.3.2.8.1.1.7';
export const BRAINPOOLP384R1 = '1.3.36.3.3.2.8.1.1.11';
export const BRAINPOOLP512R1 = '1.3.36.3.3.2.8.1.1.13';

// signatures
export const MD5_WITH_RSA = '1.2.840.113549.1.1.4';
export const SHA1_WITH_RSA = '1.2.840.113549.1.1.5';
export const SHA224_WITH_RSA = '1.2.840.113549.1.1.14';
export const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
export const SHA384_WITH_RSA = '1.2.840.113549.1.1.12';
export const SHA512_WITH_RSA = '1.2.840.113549.1.1.13';
export const ECDSA_WITH_SHA1 = '1.2.840.10045.4.1';
export const ECDSA_WITH_SHA224 = '1.2.840.10045.4.3.1';
export const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
export const ECDSA_WITH_SHA384 = '1.2.840.10045.4.3.3';
export const ECDSA_WITH_SHA512 = '1.2.840.10045.4.3.4';
export const DSA_WITH_SHA1 = '1.2.840.10040.4.3';
export const DSA_WITH_SHA224 = '2.16.840.1.101.3.4.3.1';
export const DSA_WITH_SHA256 = '2.16.840.1.101.3.4.3.2';

// hashes
export const MD5 = '1.2.840.113549.2.5';
export const SHA1 = '1.3.14.3.2.26';
export const SHA224 = '2.16.840.1.101.3.4.2.4';
export const SHA256 = '2.16.840.1.101.3.4.2.1';
export const SHA384 = '2.16.840.1.101.3.4.2.2';
export const SHA512 = '2.16.840.1.101.3.4.2.3';

// attributes of names, RFC 4519, RFC 5280 appendix A
export const COMMON_NAME = '2.5.4.3';
export const SURNAME = '2.5.4.4';
export const SERIAL_NUMBER = '2.5.4.5';
export const COUNTRY = '2.5.4.6';
export const LOCALITY = '2.5.4.7';
export const STATE = '2.5.4.8';
export const STREET = '2.5.4.9';
export const ORGANIZATION = '2.5.4.10';
export const ORGANIZATIONAL_UNIT = '2.5.4.11';
export const TITLE = '2.5.4.12';
export const GIVEN_NAME = '2.5.4.42';
export const DOMAIN_COMPONENT = '0.9.2342.19200300.100.1.25';
export const USER_ID = '0.9.2342.19200300.100.1.1';
export const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

// extensions, RFC 5280 §4.2 and RFC 7633
export const SUBJECT_DIRECTORY_ATTRIBUTES = '2.5.29.9';
export const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
export const KEY_USAGE = '2.5.29.15';
export const SUBJECT_ALT_NAME = '2.5.29.17';
export const ISSUER_ALT_NAME = '2.5.29.18';
export const BASIC_CONSTRAINTS = '2.5.29.19';
export const CRL_NUMBER = '2.5.29.20';
export const CRL_REASON = '2.5.29.21';
export const INVALIDITY_DATE = '2.5.29.24';
export const DELTA_CRL_INDICATOR = '2.5.29.27';
export const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
export const CERTIFICATE_ISSUER = '2.5.29.29';
export const NAME_CONSTRAINTS = '2.5.29.30';
export const CRL_DISTRIBUTION_POINTS = '2.5.29.31';
export const CERTIFICATE_POLICIES = '2.5.29.32';
export const ANY_POLICY = '2.5.29.32.0';
export const POLICY_MAPPINGS = '2.5.29.33';
export const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
export const POLICY_CONSTRAINTS = '2.5.29.36';
export const EXTENDED_KEY_USAGE = '2.5.29.37';
export const FRESHEST_CRL = '2.5.29.46';
export const INHIBIT_ANY_POLICY = '2.5.29.54';
export const AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1';
export const SUBJECT_INFO_ACCESS = '1.3.6.1.5.5.7.1.11';
export const TLS_FEATURE = '1.3.6.1.5.5.7.1.24';

// key purposes, RFC 5280 §4.2.1.12
export const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

// access methods and OCSP, RFC 5280 §4.2.2.1, RFC 6960
export const ACCESS_OCSP = '1.3.6.1.5.5.7.48.1';
export const ACCESS_CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
export const OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';
export const OCSP_NONCE = '1.3.6.1.5.5.7.48.1.2';
export const OCSP_NOCHECK = '1.3.6.1.5.5.7.48.1.5';

// policy qualifiers, RFC 5280 §4.2.1.4
export const QUALIFIER_CPS = '1.3.6.1.5.5.7.2.1';
export const QUALIFIER_USER_NOTICE = '1.3.6.1.5.5.7.2.2';

// requests, bundles and key files: PKCS #7, #9, #12, #5
export const PKCS7_DATA = '1.2.840.113549.1.7.1';
export const PKCS7_SIGNED_DATA = '1.2.840.113549.1.7.2';
export const PKCS7_ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
export const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
export const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
export const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';
export const PKCS12_KEY_BAG = '1.2.840.113549.1.12.10.1.1';
export const PKCS12_SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
export const PKCS12_CERT_BAG = '1.2.840.113549.1.12.10.1.3';
export const PBE_SHA1_3DES = '1.2.840.113549.1.12.1.3';
export const PBE_SHA1_2DES = '1.2.840.113549.1.12.1.4';
export const PBE_SHA1_RC2_128 = '1.2.840.113549.1.12.1.5';
export const PBE_SHA1_RC2_40 = '1.2.840.113549.1.12.1.6';
export const PBE_MD5_DES = '1.2.840.113549.1.5.3';
export const PBE_SHA1_DES = '1.2.840.113549.1.5.10';
export const SCRYPT = '1.3.6.1.4.1.11591.4.11';
export const PBES2 = '1.2.840.113549.1.5.13';
export const PBKDF2 = '1.2.840.113549.1.5.12';
export const HMAC_SHA1 = '1.2.840.113549.2.7';
export const HMAC_SHA224 = '1.2.840.113549.2.8';
export const HMAC_SHA256 = '1.2.840.113549.2.9';
export const HMAC_SHA384 = '1.2.840.113549.2.10';
export const HMAC_SHA512 = '1.2.840.113549.2.11';
export const DES_EDE3_CBC = '1.2.840.113549.3.7';
export const AES128_CBC = '2.16.840.1.101.3.4.1.2';
export const AES256_CBC = '2.16.840.1.101.3.4.1.42';
