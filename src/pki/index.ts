/**
 * `veritls/x509`: certificates without a connection. Everything takes bytes or text, a crypto provider and the time; nothing is
 * fetched, no clock is read, no state is shared.
 */

// bytes and text
export { type PemBlock, readPem, writePem } from './asn1/pem.ts';
export { decodeBase64, encodeBase64 } from './asn1/base64.ts';
export { DerReader } from './asn1/der-reader.ts';
export * as der from './asn1/der-writer.ts';
export * as oids from './asn1/oids.ts';

// what is parsed
export { Certificate, type Extension, MUST_STAPLE_FEATURE, parseCertificate, parseCertificates } from './x509/certificate.ts';
export type {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DirectoryAttribute,
  DistributionPoint,
  NameConstraints,
  PolicyConstraints,
  PolicyInformation,
  PolicyMapping,
} from './x509/extensions.ts';
export {
  CRL_SIGN,
  DATA_ENCIPHERMENT,
  DECIPHER_ONLY,
  DIGITAL_SIGNATURE,
  ENCIPHER_ONLY,
  KEY_AGREEMENT,
  KEY_CERT_SIGN,
  KEY_ENCIPHERMENT,
  NON_REPUDIATION,
} from './x509/extensions.ts';
export { attributeName, attributeType, Name, type NameAttribute } from './x509/name.ts';
export { type GeneralName, generalNameText } from './x509/general-name.ts';
export { ipAddressBytes, ipAddressText } from './x509/ip-address.ts';
export { type KeyInfo, readKeyInfo } from './x509/spki.ts';
export { type SignatureAlgorithm, signatureAlgorithmNames } from './x509/algorithm.ts';
export { CertificateList, type IssuingDistributionPoint, parseCrl, parseCrls } from './x509/crl.ts';
export type { CrlEntry } from './x509/crl-entries.ts';
export { type BasicOcspResponse, type CertId, parseOcspRequest, parseOcspResponse, type SingleResponse } from './x509/ocsp.ts';

// what is decided
export { type ExpectedName, type KeyUsageName, validateCertificate, type ValidateOptions, type Verdict } from './x509/validate.ts';
export { type FailureReason, failureOf, type PathFailure } from './x509/failure.ts';
export { explainVerdict } from './x509/report.ts';
export { type HostNameOptions, matchHostName } from './x509/host-name.ts';
export { compatible, type PathRole, type Profile } from './x509/profile.ts';
export { rfc5280 } from './x509/profile-rfc5280.ts';
export { webpki } from './x509/profile-webpki.ts';
export type { PolicyOptions } from './x509/policies.ts';
export { checkOcspResponse, type OcspCheckOptions, type OcspVerdict } from './x509/ocsp-check.ts';
export type { RevocationMode } from './x509/status.ts';
export type { RevocationAnswer, RevocationQuery, RevocationSource } from './x509/revocation-source.ts';
export { createRevokedStore, type RevokedEntry, type RevokedStore } from './x509/revoked-store.ts';
export { type CertificateSource, createTrustStore, type TrustStore } from './x509/trust-store.ts';
export {
  type CertificateVerifier,
  type CertificateVerifierOptions,
  createCertificateVerifier,
  dangerouslyTrustAnyCertificate,
  type VerifiedIdentity,
  type VerifyRequest,
} from './x509/verifier.ts';
export { createRawKeyVerifier, type RawKeyRequest, type RawKeyVerifier, type RawKeyVerifierOptions } from './x509/raw-key.ts';

// what is made
export {
  type CertificateFields,
  type CertificateIssuer,
  createSelfSigned,
  issueCertificate,
  type IssueOptions,
  type SelfSignedOptions,
} from './certs/create.ts';
export type { ExtensionInput, GeneralNameInput, NameInput, NamePart } from './certs/fields.ts';
export { type CertificateRequest, createCertificateRequest, type CreateRequestOptions, parseCertificateRequest } from './certs/request.ts';
export {
  createCrl,
  type CreateCrlOptions,
  createOcspRequest,
  createOcspResponse,
  type CreateOcspResponseOptions,
  type CrlEntryInput,
  type OcspAnswer,
} from './certs/revocation.ts';
export { createFingerprintVerifier, fingerprintText, matchesSdpFingerprint, sdpFingerprint } from './certs/fingerprint.ts';

// keys and bundles
export { privateKeyToPkcs8 } from './certs/key-file.ts';
export { decryptPrivateKey, encryptPrivateKey, encryptPrivateKeyPem } from './certs/encrypted-key.ts';
export { certificateOfKey, createPkcs12, type Pkcs12Content, readPkcs12 } from './certs/pkcs12.ts';
export { createPkcs7, type Pkcs7Content, readPkcs7 } from './certs/pkcs7.ts';
export { createHostStore, type HostCertificate, type HostRequest, type HostStore } from './certs/host-store.ts';
