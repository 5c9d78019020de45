/** Which of our certificates is used, and with which scheme it signs. */
import { equal } from '../base/bytes.ts';
import { isPromise, type MaybePromise } from '../base/maybe-promise.ts';
import type { SignatureKeyType } from '../crypto/port.ts';
import { RAW_PUBLIC_KEY, X509 } from '../wire/certificate-type.ts';
import type { HostStore } from '../pki/certs/host-store.ts';
import type { Credential, CredentialRequest } from './context.ts';
import { parseCertificate } from '../pki/x509/certificate.ts';
import { isWeakScheme, schemeFits } from './schemes.ts';
import type { Handshake } from './state.ts';

/**
 * The credential for what the peer asks: the caller's choice, else the first of the context that can sign. Undefined:
 * there is none. `allowed`: the key types that the suite admits.
 */
export function chooseCredential(
  hs: Handshake,
  modern: boolean,
  allowed?: readonly SignatureKeyType[],
  signs = true,
): MaybePromise<Credential | undefined> {
  const { context } = hs;
  const schemes = hs.peerSchemes ?? [];
  if (context.selectCredential !== undefined) {
    const request: CredentialRequest = {
      serverName: hs.serverName,
      schemes,
      modern,
      signs,
      groups: hs.peerGroups,
      explicitSchemes: namesSchemes(hs),
      keyTypes: allowed ?? ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'dsa'],
      authorities: hs.peerAuthorities,
    };
    const chosen = context.selectCredential(request);
    const take = (credential: Credential | undefined): Credential | undefined =>
      credential !== undefined && isTaken(hs, credential) ? credential : firstFitting(hs, modern, allowed, signs);
    return isPromise(chosen) ? chosen.then(take) : take(chosen);
  }
  return firstFitting(hs, modern, allowed, signs);
}

function firstFitting(
  hs: Handshake,
  modern: boolean,
  allowed: readonly SignatureKeyType[] | undefined,
  signs: boolean,
): Credential | undefined {
  let first: Credential | undefined;
  let trusted: Credential | undefined;
  for (const type of hs.peerTakesTypes) {
    for (const credential of hs.context.credentials) {
      if (!hasType(credential, type)) continue;
      if (allowed !== undefined && !allowed.includes(credential.key.type)) continue;
      //= rfc5246#section-7.4.4
      //# If the key is a signature key, it MUST be usable with some hash/signature algorithm pair in
      //# supported_signature_algorithms.
      if (signs && chooseScheme(hs, credential, modern) === undefined) continue;
      first ??= credential;
      if (!isFromAuthority(hs, credential)) continue;
      if (isSignedAsAsked(hs, credential)) return credential;
      trusted ??= credential;
    }
  }
  return trusted ?? first;
}

//= rfc5246#section-7.4.6
//# If the
//# certificate_authorities list in the certificate request message
//# was non-empty, one of the certificates in the certificate chain
//# SHOULD be issued by one of the listed CAs.
function isFromAuthority({ peerAuthorities, context }: Handshake, { chain }: Credential): boolean {
  if (peerAuthorities.length === 0 || context.credentials.length < 2) return true;
  return chain.some((der) => {
    const { issuer } = parseCertificate(der);
    return peerAuthorities.some((name) => equal(name, issuer.der));
  });
}

/** What the peer said of signatures in certificates; the last of a chain is trusted, or not, by itself. */
function isSignedAsAsked(hs: Handshake, { chain }: Credential): boolean {
  const schemes = hs.peerCertificateSchemes ?? hs.peerSchemes;
  if (schemes === undefined || !namesSchemes(hs) || hs.context.credentials.length < 2) return true;
  //= rfc9846#section-4.5.1.2
  //# All certificates provided by the sender MUST be signed by a signature algorithm advertised by the
  //# peer, if it is able to provide such a chain
  return chain.every((der) => {
    const certificate = parseCertificate(der);
    if (equal(certificate.issuer.der, certificate.subject.der)) return true;
    const { signatureAlgorithm } = certificate;
    return (
      signatureAlgorithm === undefined ||
      schemes.includes(signatureAlgorithm.scheme) ||
      schemes.includes(signatureAlgorithm.rsaeScheme ?? 0)
    );
  });
}

/** The certificate types that a credential can be shown as, RFC 7250. */
export function credentialTypes(credential: Credential): readonly number[] {
  return [X509, RAW_PUBLIC_KEY].filter((type) => hasType(credential, type));
}

/** As which of them it is shown to this peer: what the peer likes best. */
export function certificateTypeOf(hs: Handshake, credential: Credential): number {
  return hs.peerTakesTypes.find((type) => hasType(credential, type)) ?? X509;
}

function isTaken(hs: Handshake, credential: Credential): boolean {
  return hs.peerTakesTypes.some((type) => hasType(credential, type));
}

function hasType(credential: Credential, type: number): boolean {
  if (type === X509) return credential.chain.length > 0;
  return type === RAW_PUBLIC_KEY && credential.rawPublicKey !== undefined;
}

/** What the Certificate message holds: the chain, or the raw key alone. */
export function shownCertificates(hs: Handshake): readonly Uint8Array[] {
  const { credential } = hs;
  if (credential === undefined) return [];
  return certificateTypeOf(hs, credential) === RAW_PUBLIC_KEY ? [credential.rawPublicKey!] : credential.chain;
}

/** The scheme to sign with: our order among those that the peer verifies and the key can make. */
export function chooseScheme(hs: Handshake, credential: Credential, modern: boolean): number | undefined {
  const peer = hs.peerSchemes ?? [];
  for (const scheme of credential.key.schemes) {
    if (!peer.includes(scheme) || !schemeFits(scheme, credential.key, modern)) continue;
    // What we would not accept ourselves we do not sign with: MD5 and SHA-1 only where the context lists them.
    if (isWeakScheme(scheme) && namesSchemes(hs) && !hs.context.schemes.includes(scheme)) continue;
    return scheme;
  }
  return undefined;
}

/** From TLS 1.2 on signatures name their scheme; before, the key's type decides. */
function namesSchemes(hs: Handshake): boolean {
  return hs.isModern || hs.version.strategy?.explicitSchemes === true;
}

/** `selectCredential` of a context from a host store: each handshake takes what is there when it asks. */
export function credentialsOf(store: HostStore, now?: () => number): (request: CredentialRequest) => Credential | undefined {
  return ({ serverName, schemes, keyTypes, authorities }) => {
    return store.select({
      serverName: serverName === '' ? undefined : serverName,
      schemes,
      keyTypes: keyTypes as readonly SignatureKeyType[],
      authorities,
      now: now?.(),
    });
  };
}
