/**
 * What an OCSP response proves about one certificate, RFC 6960 §3.2: it must speak of exactly this certificate, be signed by its issuer
 * or by a responder that the issuer itself authorised, and be current.
 */
import { equal } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_OCSP_AGE_MS, REVOCATION_CLOCK_SKEW_MS } from '../../base/limits.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { OCSP_SIGNING } from '../asn1/oids.ts';
import { SEQUENCE } from '../asn1/tags.ts';
import type { Certificate } from './certificate.ts';
import { DIGITAL_SIGNATURE } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import { type BasicOcspResponse, type CertId, OCSP_SUCCESSFUL, parseOcspResponse, type SingleResponse } from './ocsp.ts';
import { checkOne, type PathContext, SignatureMemo, verifySigned } from './path-validate.ts';
import { compatible, type Profile } from './profile.ts';
import { runSteps, type Steps } from './steps.ts';

/** The outcome of a check. `invalid`: the response proves nothing. */
export type OcspVerdict =
  | { readonly status: 'good' | 'unknown'; readonly response: SingleResponse }
  | { readonly status: 'revoked'; readonly response: SingleResponse }
  | { readonly status: 'invalid'; readonly why: string };

export interface OcspCheckOptions {
  /** OCSPResponse, DER. */
  readonly response: Uint8Array;
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly crypto: CryptoProvider;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly profile?: Profile | undefined;
}

/** Checks a response for one certificate. A bad response is a verdict, never an exception. */
export function checkOcspResponse(options: OcspCheckOptions): MaybePromise<OcspVerdict> {
  const context: PathContext = {
    crypto: options.crypto,
    now: options.now,
    profile: options.profile ?? compatible,
    policy: {},
    purposes: [],
    maxIntermediates: 0,
    signatures: new SignatureMemo(),
  };
  return runSteps(ocspStatus(options.response, options.certificate, options.issuer, context));
}

export function* ocspStatus(response: Uint8Array, certificate: Certificate, issuer: Certificate, context: PathContext): Steps<OcspVerdict> {
  try {
    const { status, basic } = parseOcspResponse(response);
    if (status !== OCSP_SUCCESSFUL || basic === undefined) return invalid(`responder says ${status}`);
    for (const list of [basic.extensions, ...basic.responses.map((one) => one.extensions)]) {
      for (const one of list) if (one.critical) return invalid(`critical extension ${one.oid} is not known`);
    }
    // "1. The certificate identified in a received response corresponds to the certificate that was identified in the corresponding
    // request": all entries for it count, the worst and then the newest decides.
    const mine = basic.responses.filter((one) => isFor(one.id, certificate, issuer, context.crypto));
    if (mine.length === 0) return invalid('response is for another certificate');
    const signer = yield* checkSigner(basic, issuer, context);
    if (signer !== undefined) return invalid(signer);
    const late = mine.map((one) => freshness(one, basic, context.now));
    const current = mine.filter((_, i) => late[i] === undefined);
    if (current.length === 0) return invalid(late[0]!);
    const worst = current.find((one) => one.status === 'revoked') ?? current.find((one) => one.status === 'unknown') ?? current[0]!;
    return { status: worst.status, response: worst };
  } catch (error) {
    if (!(error instanceof TlsError) || error.code !== 'bad_der') throw error;
    return invalid(error.detail ?? error.code);
  }
}

/** The fault that a stapled response is, if it is one. */
export function ocspFault(verdict: OcspVerdict): Fault | undefined {
  switch (verdict.status) {
    case 'good':
      return undefined;
    case 'revoked':
      return fault('revoked', 'RFC 6960 2.2', 'OCSP response says revoked');
    case 'unknown':
      return fault('bad-status-response', 'RFC 6960 2.2', 'OCSP responder does not know the certificate');
    default:
      return fault('bad-status-response', 'RFC 6960 3.2', `OCSP response: ${verdict.why}`);
  }
}

/** Hash of what a CertID takes of an issuer: its name, and the content of its key's BIT STRING. */
export function certIdHashes(
  crypto: CryptoProvider,
  hash: HashName,
  issuer: Certificate,
): { readonly name: Uint8Array; readonly key: Uint8Array } {
  return { name: crypto.digest(hash, issuer.subject.der), key: crypto.digest(hash, keyContent(issuer)) };
}

function isFor(id: CertId, certificate: Certificate, issuer: Certificate, crypto: CryptoProvider): boolean {
  if (id.hash === undefined || !equal(id.serial, certificate.serial)) return false;
  const wanted = certIdHashes(crypto, id.hash, issuer);
  return equal(id.issuerNameHash, wanted.name) && equal(id.issuerKeyHash, wanted.key);
}

/** §4.2.2.2: the issuer's own key, or a certificate that the issuer itself signed and that says OCSPSigning. Text: what is wrong. */
function* checkSigner(basic: BasicOcspResponse, issuer: Certificate, context: PathContext): Steps<string | undefined> {
  const candidates = [issuer, ...basic.certificates].filter((one) => isResponder(one, basic, context.crypto));
  if (candidates.length === 0) return 'signer is not there';
  let why = '';
  for (const signer of candidates) {
    if (!signer.equals(issuer)) {
      // "it MUST be issued directly by the CA that issued the certificate in question"
      if (!signer.issuer.equals(issuer.subject)) why = 'responder was not authorised by the issuer';
      else if (signer.extendedKeyUsage?.includes(OCSP_SIGNING) !== true) why = 'responder may not sign OCSP responses';
      else if (signer.keyUsage !== undefined && (signer.keyUsage & DIGITAL_SIGNATURE) === 0) why = 'responder may not sign';
      else {
        why = checkOne(signer, 'leaf', { ...context, profile: { ...context.profile, conformance: undefined } })?.message ?? '';
        if (why === '') {
          const wrong = yield* verifySigned(
            signer.tbs,
            signer.signature,
            signer.signatureAlgorithm,
            issuer,
            issuer.subjectKey(context.crypto),
            context,
          );
          if (wrong !== undefined) why = `responder's certificate: ${wrong.message}`;
        }
      }
      if (why !== '') continue;
    }
    const wrong = yield* verifySigned(
      basic.tbs,
      basic.signature,
      basic.signatureAlgorithm,
      signer,
      signer.subjectKey(context.crypto),
      context,
    );
    if (wrong === undefined) return undefined;
    why = wrong.message;
  }
  return why;
}

function isResponder(certificate: Certificate, basic: BasicOcspResponse, crypto: CryptoProvider): boolean {
  if (basic.responderName !== undefined) return certificate.subject.equals(basic.responderName);
  return basic.responderKeyHash !== undefined && equal(basic.responderKeyHash, crypto.digest('sha1', keyContent(certificate)));
}

/** §3.2 5 and 6: "The time at which the status being indicated is known to be correct (thisUpdate) is sufficiently recent" … */
function freshness(one: SingleResponse, basic: BasicOcspResponse, now: number | undefined): string | undefined {
  if (now === undefined) return undefined;
  if (one.thisUpdate > now + REVOCATION_CLOCK_SKEW_MS || basic.producedAt > now + REVOCATION_CLOCK_SKEW_MS)
    return 'response is from the future';
  if (one.nextUpdate === undefined) return now > one.thisUpdate + MAX_OCSP_AGE_MS ? 'response without nextUpdate is too old' : undefined;
  if (one.nextUpdate < one.thisUpdate) return 'nextUpdate is before thisUpdate';
  return now > one.nextUpdate + REVOCATION_CLOCK_SKEW_MS ? 'response has expired' : undefined;
}

/** Content of the BIT STRING of a SubjectPublicKeyInfo, without the count of unused bits. */
function keyContent(certificate: Certificate): Uint8Array {
  const reader = new DerReader(certificate.spki).sequence('subjectPublicKeyInfo');
  reader.expect(SEQUENCE, 'subjectPublicKeyInfo');
  return reader.bitStringBytes('subjectPublicKeyInfo');
}

function invalid(why: string): OcspVerdict {
  return { status: 'invalid', why };
}
