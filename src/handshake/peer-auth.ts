/**
 * Who the peer is. Two checks lead to `PeerVerified`, and nothing else makes one: the chain is the peer's and trusted, and
 * the peer holds its key. Key changes to application data demand the token, so that skipping a check is a type error (S15, S33).
 */
import { BAD_CERTIFICATE, DECRYPT_ERROR, ILLEGAL_PARAMETER, INTERNAL_ERROR, UNSUPPORTED_CERTIFICATE } from '../base/alerts.ts';
import { fail, TlsError } from '../base/errors.ts';
import { isPromise, type MaybePromise, then } from '../base/maybe-promise.ts';
import type { Certificate } from '../pki/x509/certificate.ts';
import { DIGITAL_SIGNATURE } from '../pki/x509/extensions.ts';
import type { VerifiedIdentity } from '../pki/x509/verifier.ts';
import type { PublicKey } from '../crypto/port.ts';
import { RAW_PUBLIC_KEY, X509 } from '../wire/certificate-type.ts';
import { STATUS_REQUEST } from '../wire/extension.ts';
import type { Session } from '../session/session.ts';
import { RSA_PKCS1_MD5_SHA1, schemeName } from '../wire/signature-scheme.ts';
import { schemeFits } from './schemes.ts';
import type { Handshake } from './state.ts';

/** How the peer was authenticated. `none`: a client of which no certificate was demanded, or an anonymous suite. */
export type PeerProof = 'certificate' | 'rawKey' | 'psk' | 'resumption' | 'none';

/** Makes the proof. Nobody outside of this file has it. */
let grant: (proof: PeerProof) => PeerVerified;

export class PeerVerified {
  /** Types of the same shape are not this one. Never there at run time. */
  declare protected readonly brand: never;
  readonly proof: PeerProof;
  private constructor(proof: PeerProof) {
    this.proof = proof;
  }
  static {
    grant = (proof) => new PeerVerified(proof);
  }
}

/** A PSK or a resumed session: Finished under its keys proves it. */
export function verifiedBySharedSecret(proof: 'psk' | 'resumption'): PeerVerified {
  return grant(proof);
}

/** The premaster secret was encrypted to the key of the chain that `verifyChain` accepted: Finished under it proves the server. */
export function verifiedByKeyTransport(hs: Handshake): PeerVerified {
  if (hs.side !== 'client' || hs.peerKey === undefined) fail(INTERNAL_ERROR, 'internal_error', 'key transport without certificate');
  return grant(proofOf(hs));
}

/** No proof was demanded: only where the context does not demand one. */
export function unauthenticated(hs: Handshake): PeerVerified {
  if (hs.side === 'server' ? hs.server.clientCertificate === 'require' : !hs.context.dangers.includes('dangerouslyAllowAnonymous'))
    fail(INTERNAL_ERROR, 'internal_error', 'peer not authenticated');
  return grant('none');
}

/** The peer signed `tbs` with the key of the chain that `verifyChain` accepted. */
export function verifiedBySignature(hs: Handshake, scheme: number, tbs: Uint8Array, signature: Uint8Array): MaybePromise<PeerVerified> {
  const key = hs.peerKey;
  if (key === undefined) fail(INTERNAL_ERROR, 'internal_error', 'signature without certificate');
  //= rfc9846#section-4.5.1.2
  //# the digitalSignature bit
  //# MUST be set if the Key Usage extension is present
  if (!hs.peerMaySign) fail(ILLEGAL_PARAMETER, 'certificate_purpose', 'keyUsage without digitalSignature');
  //= rfc9846#section-4.3.3
  //# The keys found in certificates MUST also be of appropriate type for the signature algorithms they
  //# are used with.
  //= rfc9846#section-4.5.2
  //# In addition, the signature algorithm MUST be compatible with the key in the sender's end-entity
  //# certificate.
  //= rfc5246#section-7.4.3
  //# the hash and signature algorithms MUST be compatible with the key in the server's end-entity
  //# certificate
  //= rfc5246#section-7.4.8
  //# In addition, the hash and signature algorithms MUST be compatible with the key in the client's
  //# end-entity certificate.
  if (!schemeFits(scheme, key, hs.isModern)) fail(ILLEGAL_PARAMETER, 'wrong_scheme', `${schemeName(scheme)} with ${key.type} key`);
  return then(hs.crypto.verify(scheme, key, tbs, signature), (valid) => {
    //= rfc9846#section-4.5.2
    //# The receiver of a CertificateVerify message MUST verify the signature field.
    //= rfc9846#section-4.5.2
    //# If the verification fails, the receiver MUST terminate the handshake with a "decrypt_error"
    //# alert.
    if (!valid) fail(DECRYPT_ERROR, 'bad_signature');
    hs.peerScheme = scheme;
    return grant(proofOf(hs));
  });
}

/** SSL 3.0: a client signed the hashes of its handshake with the RSA key of its chain. */
export function verifiedByBareSignature(hs: Handshake, hashes: Uint8Array, signature: Uint8Array): MaybePromise<PeerVerified> {
  const key = hs.peerKey;
  if (key === undefined || hs.crypto.verifyPrehashed === undefined) fail(INTERNAL_ERROR, 'internal_error', 'signature without certificate');
  if (!hs.peerMaySign) fail(ILLEGAL_PARAMETER, 'certificate_purpose', 'keyUsage without digitalSignature');
  if (key.type !== 'rsa') fail(ILLEGAL_PARAMETER, 'wrong_scheme', `${key.type} key in SSL 3.0`);
  return then(hs.crypto.verifyPrehashed(key, hashes, signature), (valid) => {
    if (!valid) fail(DECRYPT_ERROR, 'bad_signature');
    hs.peerScheme = RSA_PKCS1_MD5_SHA1;
    return grant('certificate');
  });
}

/** Checks the peer's chain (`hs.peerChain`, not empty) and takes its key. */
export function verifyChain(hs: Handshake): MaybePromise<void> {
  return then(identifyPeer(hs), () => undefined);
}

/** What `identifyPeer` found out: the key, and the certificate around it unless the key came raw. */
export interface PeerIdentity {
  readonly key: PublicKey;
  readonly certificate: Certificate | undefined;
}

/** The certificate types that this context takes of its peers, best first. */
export function acceptedTypes(hs: Handshake): readonly number[] {
  const { rawKeyVerifier, rawKeysOnly } = hs.context;
  if (rawKeysOnly === true) return [RAW_PUBLIC_KEY];
  return rawKeyVerifier === undefined ? [X509] : [RAW_PUBLIC_KEY, X509];
}

/** `verifyChain`, for who wants to see the certificate. */
export function identifyPeer(hs: Handshake): MaybePromise<PeerIdentity> {
  const { options, context } = hs;
  const peer = hs.side === 'client' ? 'server' : 'client';
  const hostName = peer === 'server' && options.checkName !== false ? options.serverName : undefined;
  if (hs.peerRawKey !== undefined) return identifyRawKey(hs, hs.peerRawKey, peer, hostName);
  if (!acceptedTypes(hs).includes(X509)) fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'a certificate where a raw key is due');
  const request = {
    chain: hs.peerChain,
    side: peer,
    now: context.now(),
    crypto: hs.crypto,
    ...(hostName === undefined ? {} : { hostName }),
    //= rfc6066#section-8
    //# MUST check the OCSP response and abort the handshake if the response is not satisfactory
    ...(hs.peerOcsp === undefined ? {} : { ocspResponse: hs.peerOcsp }),
    ...(hs.peerOcsps.length === 0 ? {} : { ocspResponses: hs.peerOcsps }),
    ...(hs.peerTimestamps === undefined ? {} : { signedCertificateTimestamps: hs.peerTimestamps }),
    // A resumed handshake brings no certificate, and so no response either.
    statusRequested: hs.side === 'client' && hs.resumed === undefined && hs.offered.includes(STATUS_REQUEST),
  } as const;
  //= rfc9846#section-4.5.1.2
  //# The certificate type MUST be X.509v3 [RFC5280], unless explicitly negotiated otherwise
  //= rfc9846#section-4.5.1.2
  //# then it MUST abort the handshake with an appropriate certificate-related alert
  return refusingMalformed(() =>
    then(context.verifier.verify(request), (identity: VerifiedIdentity) => {
      hs.peerKey = identity.key;
      hs.peerMaySign = maySign(identity.certificate);
      hs.peerTrusted = identity.trusted;
      hs.peerExpires = identity.certificate.notAfter;
      if (identity.error !== undefined) hs.host.untrusted(identity.error);
      return identity;
    }),
  );
}

/** RFC 7250: it is one of those agreed on, or it is refused. Sessions of it are not made: there is nothing in them to judge it by again. */
function identifyRawKey(
  hs: Handshake,
  spki: Uint8Array,
  side: 'client' | 'server',
  hostName: string | undefined,
): MaybePromise<PeerIdentity> {
  const { rawKeyVerifier, now } = hs.context;
  if (rawKeyVerifier === undefined) fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'raw public key');
  return then(rawKeyVerifier.verify({ spki, side, hostName, now: now(), crypto: hs.crypto }), (key) => {
    hs.peerKey = key;
    hs.peerMaySign = true;
    hs.peerTrusted = true;
    hs.peerExpires = 0;
    return { key, certificate: undefined };
  });
}

function proofOf(hs: Handshake): PeerProof {
  return hs.peerRawKey === undefined ? 'certificate' : 'rawKey';
}

/** The parts of a certificate are read when they are asked for: what is malformed in them shows as late as here. */
function refusingMalformed<T>(read: () => MaybePromise<T>): MaybePromise<T> {
  try {
    const result = read();
    return isPromise(result) ? result.then(undefined, refuseMalformed) : result;
  } catch (error) {
    refuseMalformed(error);
  }
}

function refuseMalformed(error: unknown): never {
  if (error instanceof TlsError && error.code === 'bad_der') fail(BAD_CERTIFICATE, 'bad_certificate', error.detail);
  throw error;
}

/**
 * The peer of a resumed session is judged again: where the context wants it (S29: what has been revoked since must not live
 * on), and always where it was let pass without trust (S33).
 */
export function judgeResumed(hs: Handshake, session: Session): MaybePromise<void> {
  if (session.peerChain.length > 0 && (hs.context.verifyResumed || !session.peerTrusted)) return verifyChain(hs);
}

function maySign(certificate: Certificate): boolean {
  const { keyUsage } = certificate;
  return keyUsage === undefined || (keyUsage & DIGITAL_SIGNATURE) !== 0;
}
