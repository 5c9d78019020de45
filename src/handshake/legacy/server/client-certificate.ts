/** The client's Certificate and CertificateVerify as a server takes them in: RFC 5246 §7.4.6 and §7.4.8. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { DIGITAL_SIGNATURE } from '../../../pki/x509/extensions.ts';
import { RAW_PUBLIC_KEY } from '../../../wire/certificate-type.ts';
import { readCertificateLegacy, readRawPublicKeyLegacy } from '../../../wire/messages/certificate-legacy.ts';
import { identifyPeer } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { verifyHandshake } from '../signatures.ts';

export function onClientCertificate(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const r = new Reader(message.body);
  const key = hs.peerCertificateType === RAW_PUBLIC_KEY ? readRawPublicKeyLegacy(r) : undefined;
  const chain = key === undefined ? readCertificateLegacy(r) : [];
  if (chain.length === 0 && (key === undefined || key.length === 0)) {
    //= rfc5246#section-7.4.6
    //# If the client does not send any certificates, the
    //# server MAY at its discretion either continue the handshake without
    //# client authentication, or respond with a fatal handshake_failure
    //# alert.
    if (hs.server.clientCertificate === 'require') fail(HANDSHAKE_FAILURE, 'certificate_required');
    return;
  }
  hs.peerChain = chain;
  hs.peerRawKey = key;
  hs.previous?.checkPeer(hs);
  // From here on CertificateVerify is due, whatever the verifier thinks of the chain (S15).
  hs.legacy.clientCertificateSent = true;
  //= rfc5246#section-7.4.6
  //# The certificate MUST be appropriate for the negotiated cipher suite's key exchange algorithm, and
  //# any negotiated extensions.
  return then(identifyPeer(hs), ({ certificate }) => {
    //= rfc5246#section-7.4.6
    //# the certificate MUST allow the
    //# key to be used for signing
    const usage = certificate?.keyUsage;
    if (usage !== undefined && (usage & DIGITAL_SIGNATURE) === 0) fail(ILLEGAL_PARAMETER, 'certificate_purpose', 'keyUsage');
  });
}

/** Checked over all messages before it. */
export function onCertificateVerify(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  return verifyHandshake(hs, new Reader(message.body));
}
