/** OCSP responses and requests, RFC 6960: parsed strictly, with the bounds of `limits.ts`. What they prove is in `ocsp-check.ts`. */
import { MAX_OCSP_BYTES, MAX_OCSP_RESPONSES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { OCSP_BASIC } from '../asn1/oids.ts';
import { contextConstructed, contextPrimitive, ENUMERATED, SEQUENCE } from '../asn1/tags.ts';
import { hashByOid, type SignatureAlgorithm, signatureAlgorithm } from './algorithm.ts';
import type { HashName } from '../../crypto/port.ts';
import { Certificate, type Extension, readExtensionList } from './certificate.ts';
import { Name } from './name.ts';

/** `OCSPResponseStatus`, RFC 6960 §4.2.1. */
export const OCSP_SUCCESSFUL = 0;
export const OCSP_MALFORMED_REQUEST = 1;
export const OCSP_INTERNAL_ERROR = 2;
export const OCSP_TRY_LATER = 3;
export const OCSP_SIG_REQUIRED = 5;
export const OCSP_UNAUTHORIZED = 6;

/** Which certificate is meant: hashes of its issuer's name and key, and its serial number. */
export interface CertId {
  /** Undefined for a hash that is not known here. */
  readonly hash: HashName | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
}

export interface SingleResponse {
  readonly id: CertId;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** For `revoked`: milliseconds since 1970. */
  readonly revocationTime: number | undefined;
  readonly reason: number | undefined;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: readonly Extension[];
}

export interface BasicOcspResponse {
  /** The part that is signed, whole DER. */
  readonly tbs: Uint8Array;
  readonly responderName: Name | undefined;
  /** SHA-1 of the responder's key (the BIT STRING's content). */
  readonly responderKeyHash: Uint8Array | undefined;
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly signature: Uint8Array;
  readonly certificates: readonly Certificate[];
}

/** An OCSPResponse: its status, and the basic response when that is successful. Throws `bad_der`. */
export function parseOcspResponse(der: Uint8Array): { readonly status: number; readonly basic: BasicOcspResponse | undefined } {
  if (der.length > MAX_OCSP_BYTES) malformed('OCSP response', 0, 'too long');
  const outer = new DerReader(der);
  const body = outer.sequence('OCSP response');
  outer.finish('OCSP response');
  const status = body.smallInteger('OCSP status', 6, ENUMERATED);
  const wrapper = body.enterOptional(contextConstructed(0), 'OCSP responseBytes');
  body.finish('OCSP response');
  if (wrapper === undefined) {
    if (status === OCSP_SUCCESSFUL) malformed('OCSP responseBytes', body.position, 'missing');
    return { status, basic: undefined };
  }
  const bytes = wrapper.sequence('OCSP responseBytes');
  wrapper.finish('OCSP responseBytes');
  if (bytes.oid('OCSP response type') !== OCSP_BASIC) malformed('OCSP response type', bytes.position, 'not id-pkix-ocsp-basic');
  bytes.expect(0x04, 'OCSP basic response');
  const basic = new DerReader(der, bytes.contentStart, bytes.contentEnd, 3);
  bytes.finish('OCSP responseBytes');
  return { status, basic: readBasic(basic) };
}

/** Reads a CertID. */
export function readCertId(reader: DerReader): CertId {
  const field = 'OCSP certID';
  const body = reader.sequence(field);
  const algorithm = body.sequence(field);
  const hash = hashByOid(algorithm.oid(field));
  if (!algorithm.done) algorithm.null(field);
  algorithm.finish(field);
  const issuerNameHash = body.octetString(field);
  const issuerKeyHash = body.octetString(field);
  const serial = body.integer(field);
  body.finish(field);
  return { hash, issuerNameHash, issuerKeyHash, serial };
}

/** An OCSPRequest as a responder reads it: the certificates asked for, and the nonce. Throws `bad_der`. */
export function parseOcspRequest(der: Uint8Array): { readonly ids: readonly CertId[]; readonly extensions: readonly Extension[] } {
  const field = 'OCSP request';
  if (der.length > MAX_OCSP_BYTES) malformed(field, 0, 'too long');
  const outer = new DerReader(der);
  const body = outer.sequence(field);
  outer.finish(field);
  const tbs = body.sequence(field);
  if (body.peek() === contextConstructed(0)) body.header(field);
  body.finish(field);
  const version = tbs.enterOptional(contextConstructed(0), field);
  if (version !== undefined) version.smallInteger(field, 0);
  if (tbs.peek() === contextConstructed(1)) tbs.header(field);
  const list = tbs.sequence(field);
  const ids: CertId[] = [];
  do {
    if (ids.length >= MAX_OCSP_RESPONSES) malformed(field, list.position, 'too many');
    const request = list.sequence(field);
    ids.push(readCertId(request));
    if (request.peek() === contextConstructed(0)) request.header(field);
    request.finish(field);
  } while (!list.done);
  const extensions = readOptionalExtensions(tbs, 2, field);
  tbs.finish(field);
  return { ids, extensions };
}

function readBasic(outer: DerReader): BasicOcspResponse {
  const field = 'OCSP basic response';
  const body = outer.sequence(field);
  outer.finish(field);
  const start = body.position;
  const data = body.sequence('OCSP responseData');
  const tbs = body.bytes.subarray(start, body.position);
  const version = data.enterOptional(contextConstructed(0), 'OCSP version');
  if (version !== undefined && version.smallInteger('OCSP version') !== 0) malformed('OCSP version', data.position, 'unknown');
  let responderName: Name | undefined;
  let responderKeyHash: Uint8Array | undefined;
  const byName = data.enterOptional(contextConstructed(1), 'OCSP responderID');
  if (byName !== undefined) {
    responderName = new Name(byName.rawOf(SEQUENCE, 'OCSP responderID'));
    byName.finish('OCSP responderID');
  } else {
    const byKey = data.enter(contextConstructed(2), 'OCSP responderID');
    responderKeyHash = byKey.octetString('OCSP responderID');
    byKey.finish('OCSP responderID');
  }
  const producedAt = data.generalizedTime('OCSP producedAt');
  const list = data.sequence('OCSP responses');
  const responses: SingleResponse[] = [];
  while (!list.done) {
    if (responses.length >= MAX_OCSP_RESPONSES) malformed('OCSP responses', list.position, 'too many');
    responses.push(readSingle(list.sequence('OCSP response')));
  }
  const extensions = readOptionalExtensions(data, 1, 'OCSP responseExtensions');
  data.finish('OCSP responseData');
  const algorithm = signatureAlgorithm(body.rawOf(SEQUENCE, 'OCSP signatureAlgorithm'));
  const signature = body.bitStringBytes('OCSP signature');
  const certificates: Certificate[] = [];
  const wrapper = body.enterOptional(contextConstructed(0), 'OCSP certificates');
  if (wrapper !== undefined) {
    const certs = wrapper.sequence('OCSP certificates');
    wrapper.finish('OCSP certificates');
    while (!certs.done) certificates.push(new Certificate(certs.raw('OCSP certificate')));
  }
  body.finish(field);
  return {
    tbs,
    responderName,
    responderKeyHash,
    producedAt,
    responses,
    extensions,
    signatureAlgorithm: algorithm,
    signature,
    certificates,
  };
}

function readSingle(body: DerReader): SingleResponse {
  const field = 'OCSP single response';
  const id = readCertId(body);
  let status: SingleResponse['status'];
  let revocationTime: number | undefined;
  let reason: number | undefined;
  const tag = body.peek();
  if (tag === contextPrimitive(0) || tag === contextPrimitive(2)) {
    const content = body.content(tag, field);
    if (content.length !== 0) malformed(field, body.position, 'certStatus with content');
    status = tag === contextPrimitive(0) ? 'good' : 'unknown';
  } else {
    const info = body.enter(contextConstructed(1), field);
    status = 'revoked';
    revocationTime = info.generalizedTime(field);
    const why = info.enterOptional(contextConstructed(0), field);
    if (why !== undefined) reason = why.smallInteger(field, 10, ENUMERATED);
    info.finish(field);
  }
  const thisUpdate = body.generalizedTime('OCSP thisUpdate');
  const next = body.enterOptional(contextConstructed(0), 'OCSP nextUpdate');
  const nextUpdate = next?.generalizedTime('OCSP nextUpdate');
  next?.finish('OCSP nextUpdate');
  const extensions = readOptionalExtensions(body, 1, 'OCSP singleExtensions');
  body.finish(field);
  return { id, status, revocationTime, reason, thisUpdate, nextUpdate, extensions };
}

function readOptionalExtensions(reader: DerReader, n: number, field: string): readonly Extension[] {
  const wrapper = reader.enterOptional(contextConstructed(n), field);
  if (wrapper === undefined) return [];
  const list = wrapper.sequence(field);
  wrapper.finish(field);
  return list.done ? [] : readExtensionList(list, field);
}
