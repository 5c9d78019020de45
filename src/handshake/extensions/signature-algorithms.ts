/** signature_algorithms and signature_algorithms_cert, RFC 9846 §4.3.3, RFC 5246 §7.4.1.4.1. */
import { IN_CERTIFICATE_REQUEST, IN_CLIENT_HELLO, SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS_CERT } from '../../wire/extension.ts';
import { wireSchemes } from '../schemes.ts';
import type { ExtensionModule } from './module.ts';

export const signatureAlgorithms: ExtensionModule = {
  type: SIGNATURE_ALGORITHMS,
  where: IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,
  offer(hs, w) {
    // RFC 5246 §7.4.1.4.1: not sent by a client whose versions are all older than TLS 1.2.
    if (!hs.context.versions.some((version) => version.rank >= 3)) return false;
    if (hs.context.schemes.length === 0) return false;
    w.u16List(2, wireSchemes(hs.context.schemes));
    return true;
  },
  onOffer(hs, r) {
    hs.peerSchemes = wireSchemes(r.u16List(2, 2));
  },
};

export const signatureAlgorithmsCert: ExtensionModule = {
  type: SIGNATURE_ALGORITHMS_CERT,
  where: IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,
  onOffer(hs, r) {
    hs.peerCertificateSchemes = r.u16List(2, 2);
  },
};
