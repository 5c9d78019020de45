/** Which of our certificates is used, and with which scheme it signs. */
import { isPromise, type MaybePromise } from '../base/maybe-promise.ts';
import type { SignatureKeyType } from '../crypto/port.ts';
import type { Credential, CredentialRequest } from './context.ts';
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
    if (isPromise(chosen)) return chosen.then((credential) => credential ?? firstFitting(hs, modern, allowed, signs));
    if (chosen !== undefined) return chosen;
  }
  return firstFitting(hs, modern, allowed, signs);
}

function firstFitting(
  hs: Handshake,
  modern: boolean,
  allowed: readonly SignatureKeyType[] | undefined,
  signs: boolean,
): Credential | undefined {
  for (const credential of hs.context.credentials) {
    if (allowed !== undefined && !allowed.includes(credential.key.type)) continue;
    if (!signs || chooseScheme(hs, credential, modern) !== undefined) return credential;
  }
  return undefined;
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
