/** Making certificates, RFC 5280 §4: self-signed, CAs, and leaves issued by a CA. Keys sign through `PrivateKeyHandle`. */
import { concat } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PrivateKeyHandle } from '../../crypto/port.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { Certificate } from '../x509/certificate.ts';
import { CRL_SIGN, DIGITAL_SIGNATURE, KEY_CERT_SIGN, KEY_ENCIPHERMENT } from '../x509/extensions.ts';
import { readKeyInfo } from '../x509/spki.ts';
import { type ExtensionInput, extensionsDer, type GeneralNameInput, generalNameDer, type NameInput, nameDer } from './fields.ts';
import { defaultScheme, schemeAlgorithm, signed } from './signing.ts';

/** What every certificate says. */
export interface CertificateFields {
  readonly subject: NameInput;
  /** Milliseconds since 1970; whole seconds count. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Names: DNS names and IP addresses as text, or typed. */
  readonly subjectAltNames?: readonly GeneralNameInput[] | undefined;
  /** A CA, and how many CAs may stand below it. Default false: an end entity. */
  readonly ca?: boolean | { readonly pathLength?: number | undefined } | undefined;
  /** Bits of KeyUsage. Default: for a CA keyCertSign and cRLSign; else digitalSignature, and keyEncipherment for RSA. 0: none. */
  readonly keyUsage?: number | undefined;
  /** Purposes as object identifiers. Default: for an end entity serverAuth and clientAuth; for a CA none. Empty: none. */
  readonly extendedKeyUsage?: readonly string[] | undefined;
  /** Unsigned big-endian. Default: 16 random bytes. */
  readonly serial?: Uint8Array | undefined;
  /** Where CRLs are, and the OCSP responder. */
  readonly crlUris?: readonly string[] | undefined;
  readonly ocspUris?: readonly string[] | undefined;
  /** RFC 7633: the server must staple. Default false. */
  readonly mustStaple?: boolean | undefined;
  readonly permittedNames?: readonly GeneralNameInput[] | undefined;
  readonly excludedNames?: readonly GeneralNameInput[] | undefined;
  readonly policies?: readonly string[] | undefined;
  /** Further extensions, as they are. */
  readonly extensions?: readonly ExtensionInput[] | undefined;
}

/** Who signs. */
export interface CertificateIssuer {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

export interface IssueOptions extends CertificateFields {
  readonly crypto: CryptoProvider;
  /** SubjectPublicKeyInfo of the certificate's owner, DER. */
  readonly publicKey: Uint8Array;
  readonly issuer: CertificateIssuer;
  /** TLS SignatureScheme. Default: by the issuer's key. */
  readonly scheme?: number | undefined;
}

export interface SelfSignedOptions extends CertificateFields {
  readonly crypto: CryptoProvider;
  readonly key: PrivateKeyHandle;
  /** SubjectPublicKeyInfo, DER. Default: the handle's own. */
  readonly publicKey?: Uint8Array | undefined;
  readonly scheme?: number | undefined;
}

/** A certificate signed with its own key, DER. With `ca` a root. Throws `invalid_argument`, or what the key throws. */
export function createSelfSigned(options: SelfSignedOptions): MaybePromise<Uint8Array> {
  const publicKey =
    options.publicKey ?? options.key.spki ?? misuse('invalid_argument', 'publicKey is needed: the key handle does not know it');
  const subject = nameDer(options.subject);
  const keyIdentifier = keyIdentifierOf(options.crypto, publicKey);
  return sign(options, publicKey, subject, keyIdentifier, keyIdentifier, options.key, options.scheme);
}

/** A certificate for `publicKey`, signed by `issuer`, DER. Throws `invalid_argument`, or what the key throws. */
export function issueCertificate(options: IssueOptions): MaybePromise<Uint8Array> {
  const { certificate, key } = options.issuer;
  const issuerIdentifier = certificate.subjectKeyIdentifier ?? keyIdentifierOf(options.crypto, certificate.spki);
  const ownIdentifier = keyIdentifierOf(options.crypto, options.publicKey);
  return sign(options, options.publicKey, certificate.subject.der, ownIdentifier, issuerIdentifier, key, options.scheme);
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 of the BIT STRING, as everyone computes it; an identifier, not a protection. */
export function keyIdentifierOf(crypto: CryptoProvider, spki: Uint8Array): Uint8Array {
  return crypto.digest('sha1', readKeyInfo(spki).keyBits);
}

/** The extensions that the fields stand for, without key identifiers: used by requests too. */
export function fieldExtensions(fields: CertificateFields, isRsa: boolean, emptySubject: boolean): ExtensionInput[] {
  const list: ExtensionInput[] = [];
  const isCa = fields.ca !== undefined && fields.ca !== false;
  if (isCa) {
    const pathLength = typeof fields.ca === 'object' ? fields.ca.pathLength : undefined;
    const value = pathLength === undefined ? der.sequence(der.boolean(true)) : der.sequence(der.boolean(true), der.integer(pathLength));
    list.push({ oid: oids.BASIC_CONSTRAINTS, critical: true, value });
  } else list.push({ oid: oids.BASIC_CONSTRAINTS, critical: true, value: der.sequence() });
  const usage = fields.keyUsage ?? (isCa ? KEY_CERT_SIGN | CRL_SIGN : DIGITAL_SIGNATURE | (isRsa ? KEY_ENCIPHERMENT : 0));
  if (usage !== 0) list.push({ oid: oids.KEY_USAGE, critical: true, value: der.namedBits(usage) });
  const purposes = fields.extendedKeyUsage ?? (isCa ? [] : [oids.SERVER_AUTH, oids.CLIENT_AUTH]);
  if (purposes.length > 0) list.push({ oid: oids.EXTENDED_KEY_USAGE, value: der.sequence(...purposes.map(der.oid)) });
  const names = fields.subjectAltNames ?? [];
  // §4.2.1.6: critical when the subject is empty
  if (names.length > 0)
    list.push({ oid: oids.SUBJECT_ALT_NAME, critical: emptySubject, value: der.sequence(...names.map(generalNameDer)) });
  const permitted = fields.permittedNames ?? [];
  const excluded = fields.excludedNames ?? [];
  if (permitted.length + excluded.length > 0) {
    const subtrees = (n: number, inputs: readonly GeneralNameInput[]): Uint8Array[] =>
      inputs.length === 0 ? [] : [der.context(n, ...inputs.map((one) => der.sequence(generalNameDer(one))))];
    list.push({ oid: oids.NAME_CONSTRAINTS, critical: true, value: der.sequence(...subtrees(0, permitted), ...subtrees(1, excluded)) });
  }
  if (fields.policies !== undefined && fields.policies.length > 0) {
    list.push({ oid: oids.CERTIFICATE_POLICIES, value: der.sequence(...fields.policies.map((policy) => der.sequence(der.oid(policy)))) });
  }
  if (fields.crlUris !== undefined && fields.crlUris.length > 0) {
    const points = fields.crlUris.map((value) => der.sequence(der.context(0, der.context(0, generalNameDer({ kind: 'uri', value })))));
    list.push({ oid: oids.CRL_DISTRIBUTION_POINTS, value: der.sequence(...points) });
  }
  if (fields.ocspUris !== undefined && fields.ocspUris.length > 0) {
    const access = fields.ocspUris.map((value) => der.sequence(der.oid(oids.ACCESS_OCSP), generalNameDer({ kind: 'uri', value })));
    list.push({ oid: oids.AUTHORITY_INFO_ACCESS, value: der.sequence(...access) });
  }
  if (fields.mustStaple === true) list.push({ oid: oids.TLS_FEATURE, value: der.sequence(der.integer(5)) });
  return [...list, ...(fields.extensions ?? [])];
}

function sign(
  fields: CertificateFields & { readonly crypto: CryptoProvider },
  publicKey: Uint8Array,
  issuer: Uint8Array,
  subjectIdentifier: Uint8Array,
  issuerIdentifier: Uint8Array,
  key: PrivateKeyHandle,
  scheme: number = defaultScheme(key),
): MaybePromise<Uint8Array> {
  if (!(fields.notBefore <= fields.notAfter)) misuse('invalid_argument', 'notBefore is after notAfter');
  const info = readKeyInfo(publicKey);
  const subject = nameDer(fields.subject);
  const extensions = [
    ...fieldExtensions(fields, info.type === 'rsa', subject.length === 2),
    { oid: oids.SUBJECT_KEY_IDENTIFIER, value: der.octetString(subjectIdentifier) },
    { oid: oids.AUTHORITY_KEY_IDENTIFIER, value: der.sequence(der.contextValue(0, issuerIdentifier)) },
  ];
  const tbs = der.sequence(
    der.context(0, der.integer(2)),
    der.integer(fields.serial ?? randomSerial(fields.crypto)),
    schemeAlgorithm(scheme),
    issuer,
    der.sequence(der.time(fields.notBefore), der.time(fields.notAfter)),
    subject,
    publicKey,
    der.context(3, extensionsDer(extensions)),
  );
  return signed(key, tbs, scheme);
}

/** Positive, 16 bytes, never zero. */
function randomSerial(crypto: CryptoProvider): Uint8Array {
  const bytes = concat(crypto.random(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}
