/** status_request, RFC 6066 §8, RFC 9846 §4.5.1.1: an OCSP response comes with the certificate. */
import { IN_CERTIFICATE, IN_CERTIFICATE_REQUEST, IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, STATUS_REQUEST } from '../../wire/extension.ts';
import { OCSP } from '../../wire/messages/certificate-status.ts';
import type { ExtensionModule } from './module.ts';

export const statusRequest: ExtensionModule = {
  type: STATUS_REQUEST,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_CERTIFICATE | IN_CERTIFICATE_REQUEST,
  offer(hs, w) {
    if (!hs.client.requestOcsp) return false;
    w.u8(OCSP);
    //= rfc6066#section-8
    //# The "extension_data" field of this extension SHALL contain "CertificateStatusRequest" where:
    w.u16(0); // no responder IDs
    w.u16(0); // no extensions
    return true;
  },
  onOffer(hs, r) {
    if (r.u8() === OCSP) {
      r.sub(2);
      r.sub(2);
      hs.statusRequested = true;
    } else r.rest();
  },
  // Legacy: empty, and announces CertificateStatus. In TLS 1.3 the response itself stands beside the certificate.
  //= rfc6066#section-8
  //# If a server returns a "CertificateStatus" message, then the server MUST have included an
  //# extension of type "status_request" with empty "extension_data" in the extended server hello.
  answer: (hs) => hs.legacy.statusAnnounced === STATUS_REQUEST,
  onAnswer(hs) {
    hs.statusRequested = true;
  },
};
