/** Certification requests, PKCS #10 (RFC 2986): made, read, and their signature checked. */
import { malformed } from '../asn1/der-error.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PrivateKeyHandle, PublicKey } from '../../crypto/port.ts';
import { misuse } from '../../base/errors.ts';
import { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import { EXTENSION_REQUEST, SUBJECT_ALT_NAME } from '../asn1/oids.ts';
import { looksLikePem, readPem } from '../asn1/pem.ts';
import { contextConstructed, SEQUENCE, SET } from '../asn1/tags.ts';
import { signatureAlgorithm } from '../x509/algorithm.ts';
import { type Extension, readExtensionList } from '../x509/certificate.ts';
import { readNames } from '../x509/extensions.ts';
import type { GeneralName } from '../x509/general-name.ts';
import { Name } from '../x509/name.ts';
import { readKeyInfo } from '../x509/spki.ts';
import { type CertificateFields, fieldExtensions } from './create.ts';
import { extensionsDer, nameDer } from './fields.ts';
import { defaultScheme, signed } from './signing.ts';

/** What is asked for: as for a certificate, without what only the CA decides. */
export interface CreateRequestOptions extends Omit<CertificateFields, 'notBefore' | 'notAfter' | 'serial'> {
  readonly key: PrivateKeyHandle;
  /** SubjectPublicKeyInfo, DER. Default: the handle's own. */
  readonly publicKey?: Uint8Array | undefined;
  readonly scheme?: number | undefined;
}

export interface CertificateRequest {
  readonly der: Uint8Array;
  readonly subject: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Extensions asked for. */
  readonly extensions: readonly Extension[];
  readonly subjectAltName: readonly GeneralName[] | undefined;
  /** Whether the request is signed with the key that it carries: the owner's proof of possession. */
  verify(crypto: CryptoProvider): MaybePromise<boolean>;
}

/** A certification request, DER. Throws `invalid_argument`, or what the key throws. */
export function createCertificateRequest(options: CreateRequestOptions): MaybePromise<Uint8Array> {
  const publicKey =
    options.publicKey ?? options.key.spki ?? misuse('invalid_argument', 'publicKey is needed: the key handle does not know it');
  const scheme = options.scheme ?? defaultScheme(options.key);
  const subject = nameDer(options.subject);
  const list = fieldExtensions({ ...options, notBefore: 0, notAfter: 0 }, readKeyInfo(publicKey).type === 'rsa', subject.length === 2);
  const attribute = der.sequence(der.oid(EXTENSION_REQUEST), der.setOf(extensionsDer(list)));
  return signed(options.key, der.sequence(der.integer(0), subject, publicKey, der.context(0, attribute)), scheme);
}

/** Reads a request in DER, or PEM with one `CERTIFICATE REQUEST` block. Throws `bad_der` or `bad_pem`. */
export function parseCertificateRequest(bytes: Uint8Array | string): CertificateRequest {
  const request = typeof bytes !== 'string' && !looksLikePem(bytes) ? bytes : fromPem(bytes);
  const field = 'certification request';
  const outer = new DerReader(request);
  const body = outer.sequence(field);
  outer.finish(field);
  const start = body.position;
  const info = body.sequence('certificationRequestInfo');
  const tbs = request.subarray(start, body.position);
  info.smallInteger('request version', 0);
  const subject = new Name(info.rawOf(SEQUENCE, 'subject'));
  void subject.rdns;
  const publicKey = info.rawOf(SEQUENCE, 'subjectPKInfo');
  const key = readKeyInfo(publicKey);
  const extensions = readAttributes(info.enterOptional(contextConstructed(0), 'attributes'));
  info.finish('certificationRequestInfo');
  const algorithm = signatureAlgorithm(body.rawOf(SEQUENCE, 'signatureAlgorithm'));
  const signature = body.bitStringBytes('signature');
  body.finish(field);
  const names = extensions.find((one) => one.oid === SUBJECT_ALT_NAME);
  return {
    der: request,
    subject,
    publicKey,
    extensions,
    subjectAltName: names === undefined ? undefined : readNames(names.reader(), 'subjectAltName'),
    verify(crypto) {
      const imported: PublicKey | undefined = key.unusable === undefined ? crypto.importPublicKey(publicKey) : undefined;
      if (algorithm === undefined || imported === undefined) return false;
      const scheme = key.type === 'rsa' && algorithm.rsaeScheme !== undefined ? algorithm.rsaeScheme : algorithm.scheme;
      return then(crypto.verify(scheme, imported, tbs, signature, algorithm.saltLength), (good) => good);
    },
  };
}

function fromPem(text: Uint8Array | string): Uint8Array {
  const block = readPem(text).find(({ label }) => label === 'CERTIFICATE REQUEST' || label === 'NEW CERTIFICATE REQUEST');
  return block?.der ?? malformed('PEM', 0, 'no CERTIFICATE REQUEST', 'bad_pem');
}

/** RFC 2985 §5.4.2: the extensionRequest attribute, at most once. */
function readAttributes(attributes: DerReader | undefined): readonly Extension[] {
  let found: readonly Extension[] | undefined;
  while (attributes !== undefined && !attributes.done) {
    const attribute = attributes.sequence('attribute');
    const oid = attribute.oid('attribute');
    const values = attribute.enter(SET, 'attribute');
    attribute.finish('attribute');
    if (oid !== EXTENSION_REQUEST) continue;
    if (found !== undefined) malformed('extensionRequest', attributes.position, 'twice');
    const list = values.sequence('extensionRequest');
    values.finish('extensionRequest');
    found = list.done ? [] : readExtensionList(list, 'extensionRequest');
  }
  return found ?? [];
}
