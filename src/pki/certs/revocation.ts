/** Making CRLs (RFC 5280 §5) and OCSP requests and responses (RFC 6960 §4). */
import { misuse } from '../../base/errors.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, HashName, PrivateKeyHandle } from '../../crypto/port.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { Certificate } from '../x509/certificate.ts';
import { certIdHashes } from '../x509/ocsp-check.ts';
import { keyIdentifierOf } from './create.ts';
import { type ExtensionInput, extensionsDer, generalNameDer, type NameInput, nameDer } from './fields.ts';
import { defaultScheme, schemeAlgorithm, signed } from './signing.ts';

export interface CrlEntryInput {
  /** Content of the serial's INTEGER, or the number big-endian. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly revocationDate: number;
  /** `CRLReason`; absent for unspecified. */
  readonly reason?: number | undefined;
  /** In an indirect CRL: whose certificate it is, from this entry on. */
  readonly issuer?: NameInput | undefined;
  readonly extensions?: readonly ExtensionInput[] | undefined;
}

export interface CreateCrlOptions {
  readonly crypto: CryptoProvider;
  readonly issuer: { readonly certificate: Certificate; readonly key: PrivateKeyHandle };
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Grows with every CRL of the issuer. */
  readonly number: number;
  readonly entries: readonly CrlEntryInput[];
  /** Makes a delta CRL: the number of the complete CRL that it adds to. */
  readonly baseNumber?: number | undefined;
  /** Issuing distribution point; each part is left out when absent. */
  readonly scope?:
    | {
        readonly uris?: readonly string[] | undefined;
        readonly only?: 'user' | 'ca' | undefined;
        /** `ReasonFlags`, bit i at 1 << i. */
        readonly reasons?: number | undefined;
        readonly indirect?: boolean | undefined;
      }
    | undefined;
  readonly extensions?: readonly ExtensionInput[] | undefined;
  readonly scheme?: number | undefined;
}

/** A CRL, DER. Throws `invalid_argument`, or what the key throws. */
export function createCrl(options: CreateCrlOptions): MaybePromise<Uint8Array> {
  const { crypto, issuer, entries, scope } = options;
  if (!(options.thisUpdate <= options.nextUpdate)) misuse('invalid_argument', 'thisUpdate is after nextUpdate');
  const scheme = options.scheme ?? defaultScheme(issuer.key);
  const keyIdentifier = issuer.certificate.subjectKeyIdentifier ?? keyIdentifierOf(crypto, issuer.certificate.spki);
  const extensions: ExtensionInput[] = [
    { oid: oids.AUTHORITY_KEY_IDENTIFIER, value: der.sequence(der.contextValue(0, keyIdentifier)) },
    { oid: oids.CRL_NUMBER, value: der.integer(options.number) },
  ];
  if (options.baseNumber !== undefined)
    extensions.push({ oid: oids.DELTA_CRL_INDICATOR, critical: true, value: der.integer(options.baseNumber) });
  if (scope !== undefined) {
    const parts: Uint8Array[] = [];
    if (scope.uris !== undefined)
      parts.push(der.context(0, der.context(0, ...scope.uris.map((value) => generalNameDer({ kind: 'uri', value })))));
    if (scope.only === 'user') parts.push(der.contextValue(1, Uint8Array.of(0xff)));
    if (scope.only === 'ca') parts.push(der.contextValue(2, Uint8Array.of(0xff)));
    if (scope.reasons !== undefined) parts.push(der.contextValue(3, der.namedBitsContent(scope.reasons)));
    if (scope.indirect === true) parts.push(der.contextValue(4, Uint8Array.of(0xff)));
    extensions.push({ oid: oids.ISSUING_DISTRIBUTION_POINT, critical: true, value: der.sequence(...parts) });
  }
  extensions.push(...(options.extensions ?? []));
  const tbs = der.sequence(
    der.integer(1),
    schemeAlgorithm(scheme),
    issuer.certificate.subject.der,
    der.time(options.thisUpdate),
    der.time(options.nextUpdate),
    ...(entries.length === 0 ? [] : [der.sequence(...entries.map(crlEntry))]),
    der.context(0, extensionsDer(extensions)),
  );
  return signed(issuer.key, tbs, scheme);
}

export interface OcspAnswer {
  /** The certificate, or its serial number. */
  readonly certificate: Certificate | Uint8Array;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  readonly nextUpdate?: number | undefined;
  /** For `revoked`. Default: `thisUpdate`. */
  readonly revocationTime?: number | undefined;
  readonly reason?: number | undefined;
}

export interface CreateOcspResponseOptions {
  readonly crypto: CryptoProvider;
  /** Who issued the certificates. */
  readonly issuer: Certificate;
  /** Who signs: the issuer, or a certificate of its with the purpose OCSPSigning. */
  readonly responder: { readonly certificate: Certificate; readonly key: PrivateKeyHandle };
  readonly answers: readonly OcspAnswer[];
  readonly producedAt: number;
  /** Content of the request's nonce extension. */
  readonly nonce?: Uint8Array | undefined;
  /** Hash of the CertIDs. Default `sha1`, the one that every client knows; it protects nothing. */
  readonly hash?: HashName | undefined;
  readonly scheme?: number | undefined;
}

/** A successful OCSPResponse, DER. Throws `invalid_argument`, or what the key throws. */
export function createOcspResponse(options: CreateOcspResponseOptions): MaybePromise<Uint8Array> {
  const { crypto, issuer, responder } = options;
  const scheme = options.scheme ?? defaultScheme(responder.key);
  const responses = options.answers.map((answer) => {
    const serial = answer.certificate instanceof Uint8Array ? answer.certificate : answer.certificate.serial;
    const next = answer.nextUpdate === undefined ? [] : [der.context(0, der.generalizedTime(answer.nextUpdate))];
    return der.sequence(certId(crypto, issuer, serial, options.hash), certStatus(answer), der.generalizedTime(answer.thisUpdate), ...next);
  });
  const nonce = options.nonce === undefined ? [] : [der.context(1, extensionsDer([{ oid: oids.OCSP_NONCE, value: options.nonce }]))];
  const tbs = der.sequence(
    der.context(2, der.octetString(keyIdentifierOf(crypto, responder.certificate.spki))),
    der.generalizedTime(options.producedAt),
    der.sequence(...responses),
    ...nonce,
  );
  const certificates = responder.certificate.equals(issuer) ? [] : [der.context(0, der.sequence(responder.certificate.der))];
  const basic = signed(responder.key, tbs, scheme, ...certificates);
  const wrap = (bytes: Uint8Array): Uint8Array =>
    der.sequence(der.enumerated(0), der.context(0, der.sequence(der.oid(oids.OCSP_BASIC), der.octetString(bytes))));
  return basic instanceof Uint8Array ? wrap(basic) : basic.then(wrap);
}

/** An unsigned OCSPRequest for certificates of one issuer, DER. */
export function createOcspRequest(options: {
  readonly crypto: CryptoProvider;
  readonly issuer: Certificate;
  readonly certificates: readonly Certificate[];
  /** Bytes of the nonce, 1 to 32 (RFC 8954). */
  readonly nonce?: Uint8Array | undefined;
}): Uint8Array {
  const list = options.certificates.map((one) => der.sequence(certId(options.crypto, options.issuer, one.serial)));
  if (list.length === 0) misuse('invalid_argument', 'no certificates');
  const nonce =
    options.nonce === undefined ? [] : [der.context(2, extensionsDer([{ oid: oids.OCSP_NONCE, value: der.octetString(options.nonce) }]))];
  return der.sequence(der.sequence(der.sequence(...list), ...nonce));
}

function crlEntry(entry: CrlEntryInput): Uint8Array {
  const extensions: ExtensionInput[] = [];
  if (entry.reason !== undefined && entry.reason !== 0) extensions.push({ oid: oids.CRL_REASON, value: der.enumerated(entry.reason) });
  if (entry.issuer !== undefined) {
    extensions.push({ oid: oids.CERTIFICATE_ISSUER, critical: true, value: der.sequence(der.context(4, nameDer(entry.issuer))) });
  }
  extensions.push(...(entry.extensions ?? []));
  const list = extensions.length === 0 ? [] : [extensionsDer(extensions)];
  return der.sequence(serialDer(entry.serial), der.time(entry.revocationDate), ...list);
}

function certId(crypto: CryptoProvider, issuer: Certificate, serial: Uint8Array, hash: HashName = 'sha1'): Uint8Array {
  const oid = HASH_OIDS.find(([name]) => name === hash)?.[1] ?? misuse('unsupported', `CertID with ${hash}`);
  const hashes = certIdHashes(crypto, hash, issuer);
  return der.sequence(der.algorithm(oid, der.nullValue()), der.octetString(hashes.name), der.octetString(hashes.key), serialDer(serial));
}

const HASH_OIDS: readonly (readonly [HashName, string])[] = [
  ['sha1', oids.SHA1],
  ['sha256', oids.SHA256],
  ['sha384', oids.SHA384],
  ['sha512', oids.SHA512],
];

function certStatus(answer: OcspAnswer): Uint8Array {
  switch (answer.status) {
    case 'good':
      return der.contextValue(0, new Uint8Array(0));
    case 'unknown':
      return der.contextValue(2, new Uint8Array(0));
    default: {
      const reason = answer.reason === undefined ? [] : [der.context(0, der.enumerated(answer.reason))];
      return der.context(1, der.generalizedTime(answer.revocationTime ?? answer.thisUpdate), ...reason);
    }
  }
}

/** Serial numbers are positive: a set top bit is part of the number. */
function serialDer(serial: Uint8Array): Uint8Array {
  return der.integer(serial);
}
