/** signature_algorithms and signature_algorithms_cert, RFC 9846 §4.3.3, RFC 5246 §7.4.1.4.1. */
import { IN_CERTIFICATE_REQUEST, IN_CLIENT_HELLO, SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS_CERT } from '../../wire/extension.ts';
import { wireSchemes } from '../schemes.ts';
import type { ExtensionModule } from './module.ts';

export const signatureAlgorithms: ExtensionModule = {
  type: SIGNATURE_ALGORITHMS,
  //= rfc5246#section-7.4.1.4.1
  //# Servers MUST NOT send this extension.
  where: IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,
  offer(hs, w) {
    // RFC 5246 §7.4.1.4.1: not sent by a client whose versions are all older than TLS 1.2.
    //= rfc5246#section-7.4.1.4.1
    //# Clients MUST NOT offer it if they are offering prior versions.
    if (!hs.context.versions.some((version) => version.rank >= 3)) return false;
    if (hs.context.schemes.length === 0) return false;
    //= rfc9846#section-4.3.3
    //# Clients which desire the server to authenticate itself via a certificate MUST send the
    //# "signature_algorithms" extension.
    //= rfc5246#section-7.4.1.4.1
    //# it MUST send the signature_algorithms extension, listing the algorithms it is willing to accept
    w.u16List(2, wireSchemes(hs.context.schemes));
    return true;
  },
  onOffer(hs, r) {
    //= rfc5246#section-7.4.1.4.1
    //# TLS servers MUST support receiving this extension.
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
