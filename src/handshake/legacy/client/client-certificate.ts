/** The client's Certificate and CertificateVerify: RFC 5246 §7.4.6 and §7.4.8. */
import { NO_CERTIFICATE_RESERVED } from '../../../base/alerts.ts';
import { EMPTY } from '../../../base/bytes.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import type { SignatureKeyType } from '../../../crypto/port.ts';
import { RAW_PUBLIC_KEY } from '../../../wire/certificate-type.ts';
import { CERTIFICATE, CERTIFICATE_VERIFY } from '../../../wire/handshake.ts';
import { DSS_SIGN, ECDSA_SIGN, RSA_SIGN } from '../../../wire/messages/certificate-request-legacy.ts';
import { writeCertificateLegacy, writeRawPublicKeyLegacy } from '../../../wire/messages/certificate-legacy.ts';
import { writeDigitallySigned } from '../../../wire/messages/digitally-signed.ts';
import { chooseCredential, credentialTypes } from '../../credentials.ts';
import type { Credential } from '../../context.ts';
import type { Handshake } from '../../state.ts';
import { signHandshake, signWith } from '../signatures.ts';

export function sendClientCertificate(hs: Handshake): MaybePromise<void> {
  return then(suitableCredential(hs), (credential) => {
    if (credential !== undefined) {
      signWith(hs, credential);
      hs.legacy.clientCertificateSent = true;
    } else if (hs.legacy.strategy.noCertificate === 'alert') {
      hs.host.warn(NO_CERTIFICATE_RESERVED);
      return;
    }
    //= rfc5246#section-7.4.6
    //# If no suitable certificate is available,
    //# the client MUST send a certificate message containing no
    //# certificates.
    const raw = hs.peerTakesTypes[0] === RAW_PUBLIC_KEY;
    hs.carrier.message(CERTIFICATE, (w) => {
      if (raw) writeRawPublicKeyLegacy(w, credential?.rawPublicKey ?? EMPTY);
      else writeCertificateLegacy(w, credential?.chain ?? []);
    });
  });
}

/** Signs all messages so far. */
export function sendCertificateVerify(hs: Handshake): MaybePromise<void> {
  return then(signHandshake(hs), (signed) => {
    hs.carrier.message(CERTIFICATE_VERIFY, (w) => writeDigitallySigned(w, signed));
  });
}

function suitableCredential(hs: Handshake): MaybePromise<Credential | undefined> {
  // SSL 3.0: its hashes are signed as they are by an RSA key, which not every handle can do.
  const bare = hs.legacy.strategy.certificateVerify !== undefined;
  const allowed: SignatureKeyType[] = [];
  //= rfc5246#section-7.4.4
  //# The end-entity certificate provided by the client MUST contain a key that is compatible with
  //# certificate_types.
  for (const type of hs.legacy.certificateTypes) allowed.push(...keyTypesOf(type));
  return then(chooseCredential(hs, false, allowed), (credential) =>
    credential === undefined ||
    credentialTypes(credential).length === 0 ||
    !allowed.includes(credential.key.type) ||
    (bare && credential.key.type === 'rsa' && credential.key.signPrehashed === undefined)
      ? undefined
      : credential,
  );
}

function keyTypesOf(certificateType: number): readonly SignatureKeyType[] {
  switch (certificateType) {
    case RSA_SIGN:
      return ['rsa', 'rsa-pss'];
    case DSS_SIGN:
      return ['dsa'];
    case ECDSA_SIGN:
      return ['ec', 'ed25519', 'ed448'];
    default:
      return [];
  }
}
