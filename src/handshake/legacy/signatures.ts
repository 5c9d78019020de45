/** Signatures over a handshake: RFC 5246 §4.7 and §7.4.1.4.1; before TLS 1.2 the type of the key decides on the scheme. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, INTERNAL_ERROR } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { Reader } from '../../base/reader.ts';
import { type DigitallySigned, readDigitallySigned } from '../../wire/messages/digitally-signed.ts';
import { schemeName } from '../../wire/signature-scheme.ts';
import type { Credential } from '../context.ts';
import { chooseScheme } from '../credentials.ts';
import { verifiedByBareSignature, verifiedBySignature } from '../peer-auth.ts';
import { schemeFits, wireSchemes } from '../schemes.ts';
import type { Handshake } from '../state.ts';
import { strategyOf } from './roles.ts';

/** The schemes that the peer verifies, given what it listed. */
export function peerSchemes(hs: Handshake, listed: readonly number[] | undefined): readonly number[] {
  const { explicitSchemes, defaultSchemes } = strategyOf(hs);
  //= rfc5246#section-7.4.1.4.1
  //# If the client does not send the signature_algorithms extension, the
  //# server MUST do the following:
  return explicitSchemes && listed !== undefined ? wireSchemes(listed) : defaultSchemes;
}

/** Takes a credential into use, with the scheme that it signs with. */
export function signWith(hs: Handshake, credential: Credential): void {
  const scheme = chooseScheme(hs, credential, false);
  if (scheme === undefined) fail(HANDSHAKE_FAILURE, 'no_shared_scheme', `for a ${credential.key.type} key`);
  hs.credential = credential;
  hs.scheme = scheme;
}

/** Signs with the credential in use. */
export function sign(hs: Handshake, tbs: Uint8Array): MaybePromise<DigitallySigned> {
  const { credential, scheme } = hs;
  if (credential === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no credential');
  const { explicitSchemes } = hs.legacy.strategy;
  return then(credential.key.sign(scheme, tbs), (signature) => ({ scheme: explicitSchemes ? scheme : undefined, signature }));
}

/** CertificateVerify of a client: signs the handshake so far. */
export function signHandshake(hs: Handshake): MaybePromise<DigitallySigned> {
  const { certificateVerify } = hs.legacy.strategy;
  const { master } = hs.legacy;
  const key = hs.credential?.key;
  if (certificateVerify === undefined) return sign(hs, hs.transcript.messages());
  if (key?.type !== 'rsa') return sign(hs, certificateVerify.sha1Input(master, hs.transcript));
  const signing = key.signPrehashed?.(certificateVerify.hashes(hs.crypto, master, hs.transcript));
  return then(signing, (signature) => ({
    scheme: undefined,
    signature: signature ?? fail(INTERNAL_ERROR, 'internal_error', 'no credential'),
  }));
}

/** CertificateVerify, which ends the message, as a server checks it. */
export function verifyHandshake(hs: Handshake, r: Reader): MaybePromise<void> {
  const { certificateVerify } = hs.legacy.strategy;
  const { master } = hs.legacy;
  if (certificateVerify === undefined) return verifySigned(hs, r, hs.transcript.messages());
  const { signature } = readDigitallySigned(r, false);
  if (hs.peerKey?.type !== 'rsa') {
    const tbs = certificateVerify.sha1Input(master, hs.transcript);
    return then(verifiedBySignature(hs, defaultScheme(hs), tbs, certificateVerify.dssSignature(signature)), (verified) => {
      hs.peerVerified = verified;
    });
  }
  const hashes = certificateVerify.hashes(hs.crypto, master, hs.transcript);
  return then(verifiedByBareSignature(hs, hashes, signature), (verified) => {
    hs.peerVerified = verified;
  });
}

/** Reads the peer's signature, which ends the message, and checks it over `tbs`. */
export function verifySigned(hs: Handshake, r: Reader, tbs: Uint8Array): MaybePromise<void> {
  const { strategy } = hs.legacy;
  const signed = readDigitallySigned(r, strategy.explicitSchemes);
  const scheme = signed.scheme ?? defaultScheme(hs);
  //= rfc5246#section-7.4.3
  //# If the client has offered the "signature_algorithms" extension, the
  //# signature algorithm and hash algorithm MUST be a pair listed in that
  //# extension.
  //= rfc5246#section-7.4.8
  //# The hash and signature algorithms used in the signature MUST be one of those present in the
  //# supported_signature_algorithms field of the CertificateRequest message.
  if (signed.scheme !== undefined && !wireSchemes(hs.context.schemes).includes(scheme))
    fail(ILLEGAL_PARAMETER, 'wrong_scheme', `${schemeName(scheme)} was not offered`);
  return then(verifiedBySignature(hs, scheme, tbs, signed.signature), (verified) => {
    hs.peerVerified = verified;
  });
}

/** The scheme of the peer's key in a version that does not name one. */
function defaultScheme(hs: Handshake): number {
  const key = hs.peerKey;
  if (key === undefined) fail(INTERNAL_ERROR, 'internal_error', 'signature without certificate');
  for (const scheme of hs.legacy.strategy.defaultSchemes) if (schemeFits(scheme, key, false)) return scheme;
  fail(ILLEGAL_PARAMETER, 'wrong_scheme', `${key.type} key in ${hs.version.name}`);
}
