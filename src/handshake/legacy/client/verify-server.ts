/** The server's certificates, judged when all that comes with them is here: RFC 5246 §7.4.2, RFC 8422 §5.3, RFC 6066 §8. */
import { ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { identifyPeer, judgeResumed } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { checkKeyUsage, keyFits } from '../authentication.ts';

/** A step of the flow behind CertificateStatus: only now it is known that none comes. */
export function verifyServer(hs: Handshake): MaybePromise<void> {
  return then(identifyPeer(hs), (identity) => {
    const { suite } = hs.legacy;
    //= rfc5246#section-7.4.2
    //# The end entity certificate's public key (and associated
    //# restrictions) MUST be compatible with the selected key exchange
    //# algorithm.
    if (!keyFits(suite, identity.key)) fail(ILLEGAL_PARAMETER, 'certificate_key_mismatch', `${identity.key.type} key for ${suite.name}`);
    const { curve } = identity.key;
    //= rfc5246#section-7.4.2
    //# The public key
    //# MUST use a curve and point format supported by the client, as
    //# described in  [TLSECC].
    //= rfc8422#section-5.3
    //# the public key in the server's certificate MUST respect the client's choice of elliptic curves
    if (curve !== undefined && !hs.context.groups.some((group) => group.name === curve)) fail(ILLEGAL_PARAMETER, 'wrong_group', curve);
    if (identity.certificate !== undefined) checkKeyUsage(suite, identity.certificate);
    if (hs.peerOcsp !== undefined) hs.host.ocspResponse(hs.peerOcsp);
  });
}

/** The server of a resumed session, whose certificates are those of then. */
export function judgeServer(hs: Handshake): MaybePromise<void> {
  if (hs.resumed !== undefined) return judgeResumed(hs, hs.resumed);
}
