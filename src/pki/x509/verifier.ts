/** What the handshake asks of certificates, and the verifier that answers by RFC 5280 and RFC 9525. */
import { BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE } from '../../base/alerts.ts';
import { equal } from '../../base/bytes.ts';
import { fail, TlsError } from '../../base/errors.ts';
import { MAX_CHAIN_BYTES, MAX_CHAIN_LENGTH } from '../../base/limits.ts';
import { isPromise, type MaybePromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PublicKey } from '../../crypto/port.ts';
import { CLIENT_AUTH, SERVER_AUTH } from '../asn1/oids.ts';
import { Certificate } from './certificate.ts';
import type { CertificateList } from './crl.ts';
import { type Fault, failureError, failureOf, fault, type PathFailure } from './failure.ts';
import { KnownIntermediates } from './known-intermediates.ts';
import { checkIdentity } from './identity.ts';
import { buildPath } from './path-build.ts';
import { type PathContext, SignatureMemo } from './path-validate.ts';
import type { PolicyOptions } from './policies.ts';
import { compatible, type Profile } from './profile.ts';
import { chooseFailure } from './report.ts';
import type { RevocationSource } from './revocation-source.ts';
import { checkRevokedStore, type RevokedStore } from './revoked-store.ts';
import { type RevocationMode, statusChecker } from './status.ts';
import { runSteps, settle, type Steps } from './steps.ts';
import { type CertificateSource, toTrustStore, type TrustStore } from './trust-store.ts';

/** A chain as a peer sent it, and the circumstances. */
export interface VerifyRequest {
  /** DER, leaf first, not empty. */
  readonly chain: readonly Uint8Array[];
  /** Whose certificate it is: a server's must be for server authentication, a client's for client authentication. */
  readonly side: 'client' | 'server';
  /** The name or IP address (as text) that the certificate must be for; undefined: not checked. */
  readonly hostName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A stapled OCSP response for the leaf, DER. */
  readonly ocspResponse?: Uint8Array | undefined;
  /** Stapled responses by position in `chain` (RFC 9846 §4.5.1.1, RFC 6961). */
  readonly ocspResponses?: readonly (Uint8Array | undefined)[] | undefined;
  /** SignedCertificateTimestampList that came beside the leaf (RFC 6962 §3.3): whoever has a policy on logs judges it. */
  readonly signedCertificateTimestamps?: Uint8Array | undefined;
  /** We asked for a stapled response: a certificate that promises one (must-staple) and comes without is refused. */
  readonly statusRequested?: boolean | undefined;
  readonly crypto: CryptoProvider;
}

/** Who the peer is. */
export interface VerifiedIdentity {
  readonly certificate: Certificate;
  readonly key: PublicKey;
  /** Leaf to trust anchor; empty when unverified. */
  readonly path: readonly Certificate[];
  readonly trusted: boolean;
  /** Why it is not trusted. */
  readonly error?: TlsError | undefined;
  readonly failure?: PathFailure | undefined;
}

export interface CertificateVerifier {
  /** Throws or rejects with a TlsError that carries the alert; its `cause` is a `PathFailure` (see `failureOf`). */
  verify(request: VerifyRequest): MaybePromise<VerifiedIdentity>;
  /** What it lets pass by a `dangerously…` switch: shown in the connection's info. */
  readonly dangers?: readonly string[] | undefined;
}

export interface CertificateVerifierOptions {
  /** Certificates trusted for themselves: a trust store, or what `createTrustStore` takes. */
  readonly trustAnchors: TrustStore | CertificateSource | Iterable<CertificateSource>;
  /** Certificates that may complete a chain whose sender left some out. */
  readonly intermediates?: readonly Certificate[] | undefined;
  /** Default `compatible`. */
  readonly profile?: Profile | undefined;
  /** Longest path: certificates between leaf and anchor. Default 8. */
  readonly maxIntermediates?: number | undefined;
  /** A trust anchor must be self-signed: an intermediate in the trust store is not enough. Default false. */
  readonly selfSignedAnchorsOnly?: boolean | undefined;
  /** Looks at the common name when there is no subject alternative name at all. Default false. */
  readonly legacyCommonName?: boolean | undefined;
  /** What must be known of revocation. Default `if-covered`: a stapled response that is invalid refuses, none at all does not. */
  readonly revocation?: RevocationMode | undefined;
  readonly crls?: readonly CertificateList[] | undefined;
  readonly revoked?: RevokedStore | undefined;
  /** Asked for CRLs and OCSP responses that nobody sent; `revocation` says whether it must have an answer (`required`) or may (`if-covered`). */
  readonly revocationSource?: RevocationSource | undefined;
  /** Certificate policies that the path must be valid for, RFC 5280 §6.1.1 (c) to (g). */
  readonly policy?: PolicyOptions | undefined;
  /** SHA-256 of SubjectPublicKeyInfos (RFC 7469 §2.4), of which one certificate of the path must have one. */
  readonly pins?: readonly Uint8Array[] | undefined;
  /** Replaces the host name check. Returns why not, or undefined. */
  readonly checkHostName?: ((certificate: Certificate, hostName: string) => string | undefined) | undefined;
  /** A last word: why the path is not accepted, or undefined. */
  readonly check?: ((path: readonly Certificate[], request: VerifyRequest) => MaybePromise<string | undefined>) | undefined;
  /** Ignores notBefore and notAfter. Only for devices without a clock. Default false. */
  readonly dangerouslyIgnoreValidity?: boolean | undefined;
}

/** Longest path by default: certificates between leaf and anchor. */
export const DEFAULT_MAX_INTERMEDIATES = 8;

/** A verifier against trust anchors. */
export function createCertificateVerifier(options: CertificateVerifierOptions): CertificateVerifier {
  const anchors = toTrustStore(options.trustAnchors);
  const known = new KnownIntermediates();
  return {
    verify: (request) => runSteps(verifySteps(request, options, anchors, known)),
    ...(options.dangerouslyIgnoreValidity === true ? { dangers: ['dangerouslyIgnoreValidity'] } : {}),
  };
}

/**
 * Accepts every chain whose leaf can be read and whose key can be used, and reports what `verifier` says of it: `trusted` is false and
 * `error` and `failure` are set when it would have refused. For tests and for callers that pin by other means.
 */
export function dangerouslyTrustAnyCertificate(verifier: CertificateVerifier): CertificateVerifier {
  const unverified = (request: VerifyRequest, error: unknown): VerifiedIdentity => {
    if (!(error instanceof TlsError) || error.origin !== 'local') throw error;
    const certificate = parsePeerCertificate(request.chain[0]!);
    return { certificate, key: keyOf(certificate, request.crypto), path: [], trusted: false, error, failure: failureOf(error) };
  };
  return {
    dangers: [...(verifier.dangers ?? []), 'dangerouslyTrustAnyCertificate'],
    verify(request) {
      let result: MaybePromise<VerifiedIdentity>;
      try {
        result = verifier.verify(request);
      } catch (error) {
        return unverified(request, error);
      }
      return isPromise(result) ? result.then(undefined, (error: unknown) => unverified(request, error)) : result;
    },
  };
}

function* verifySteps(
  request: VerifyRequest,
  options: CertificateVerifierOptions,
  anchors: TrustStore,
  known: KnownIntermediates,
): Steps<VerifiedIdentity> {
  const { crypto, side } = request;
  const chain = parseChain(request.chain, known);
  const leaf = chain[0]!;
  const profile = options.profile ?? compatible;
  const intermediates = options.intermediates === undefined ? chain.slice(1) : [...chain.slice(1), ...options.intermediates];
  const purposes = [side === 'server' ? SERVER_AUTH : CLIENT_AUTH];
  const context: PathContext = {
    crypto,
    now: options.dangerouslyIgnoreValidity === true ? undefined : request.now,
    profile,
    policy: options.policy ?? {},
    purposes,
    maxIntermediates: options.maxIntermediates ?? DEFAULT_MAX_INTERMEDIATES,
    signatures: new SignatureMemo((certificate, issuer) => known.isSignedBy(certificate, issuer, crypto)),
    legacyCommonName: options.legacyCommonName,
    revocation: statusChecker(
      {
        mode: options.revocation ?? 'if-covered',
        revoked: options.revoked,
        crls: options.crls,
        certificates: intermediates,
        source: options.revocationSource,
        ocsp:
          request.ocspResponse === undefined && request.ocspResponses === undefined
            ? undefined
            : (certificate) => staples(certificate, chain, request),
        mustStaple: request.statusRequested === true && side === 'server' ? leaf : undefined,
      },
      () => context,
    ),
  };
  const built = yield* buildPath({ leaf, intermediates, anchors, selfSignedAnchorsOnly: options.selfSignedAnchorsOnly }, context);
  if (built.path === undefined) throw failureError(chooseFailure(built.failures));
  const { path } = built;
  known.keep(path, crypto);
  const wrong =
    checkRevokedStore(options.revoked, leaf) ??
    leafFault(leaf, request, options, purposes, profile) ??
    pinFault(path, options.pins, crypto);
  if (wrong !== undefined) throw failureError({ ...wrong, path, index: 0 });
  if (options.check !== undefined) {
    const why = yield* settle(options.check(path, request));
    if (why !== undefined) throw failureError({ ...fault('rejected', 'check', why), path, index: 0 });
  }
  return { certificate: leaf, key: keyOf(leaf, crypto), path, trusted: true };
}

/** Responses that came with this certificate. */
function staples(certificate: Certificate, chain: readonly Certificate[], request: VerifyRequest): Uint8Array[] {
  const at = chain.indexOf(certificate);
  const own = at === 0 ? request.ocspResponse : undefined;
  const listed = at < 0 ? undefined : request.ocspResponses?.[at];
  return [own, listed === own ? undefined : listed].filter((one) => one !== undefined);
}

function leafFault(
  leaf: Certificate,
  request: VerifyRequest,
  options: CertificateVerifierOptions,
  purposes: readonly string[],
  profile: Profile,
): Fault | undefined {
  try {
    const { hostName } = request;
    const own = options.checkHostName;
    const wrong = checkIdentity(leaf, {
      purposes,
      anyPurpose: profile.anyPurpose,
      usageForPurpose: true,
      hostNames: hostName === undefined || own !== undefined ? [] : [hostName],
      legacyCommonName: options.legacyCommonName,
    });
    if (wrong !== undefined || hostName === undefined || own === undefined) return wrong;
    const why = own(leaf, hostName);
    return why === undefined ? undefined : fault('host-name', 'checkHostName', why);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    return fault('malformed', 'RFC 5280 4.2', error.detail ?? error.code);
  }
}

function pinFault(path: readonly Certificate[], pins: readonly Uint8Array[] | undefined, crypto: CryptoProvider): Fault | undefined {
  if (pins === undefined) return undefined;
  for (const one of path) {
    const digest = crypto.digest('sha256', one.spki);
    if (pins.some((pin) => equal(pin, digest))) return undefined;
  }
  return fault('rejected', 'RFC 7469 2.6', 'no certificate of the path has a pinned key');
}

function parseChain(chain: readonly Uint8Array[], known: KnownIntermediates): Certificate[] {
  let bytes = 0;
  for (const der of chain) bytes += der.length;
  if (chain.length === 0) fail(BAD_CERTIFICATE, 'bad_certificate', 'chain is empty');
  if (chain.length > MAX_CHAIN_LENGTH || bytes > MAX_CHAIN_BYTES) fail(BAD_CERTIFICATE, 'bad_certificate', 'chain is too long');
  return chain.map((der, i) => (i === 0 ? undefined : known.find(der)) ?? parsePeerCertificate(der));
}

/** A certificate that a peer sent: what is none is `bad_certificate`. */
export function parsePeerCertificate(der: Uint8Array): Certificate {
  try {
    return new Certificate(der);
  } catch (error) {
    if (error instanceof TlsError) fail(BAD_CERTIFICATE, 'bad_certificate', error.detail);
    throw error;
  }
}

function keyOf(leaf: Certificate, crypto: CryptoProvider): PublicKey {
  return leaf.subjectKey(crypto) ?? fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'public key is not supported');
}
