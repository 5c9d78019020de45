/**
 * status_request_v2, RFC 6961, up to (D)TLS 1.2: OCSP responses for the whole chain. In TLS 1.3 status_request does that, and this extension
 * has no meaning (RFC 9846 §4.5.1.1).
 */
import { IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, STATUS_REQUEST, STATUS_REQUEST_V2 } from '../../wire/extension.ts';
import { OCSP, OCSP_MULTI } from '../../wire/messages/certificate-status.ts';
import type { ExtensionModule } from './module.ts';

export const statusRequestV2: ExtensionModule = {
  type: STATUS_REQUEST_V2,
  //= rfc9846#section-4.5.1.1
  //# they MUST NOT send the status_request_v2 extension in the EncryptedExtensions, CertificateRequest,
  //# or Certificate messages
  //= rfc9846#section-4.5.1.1
  //# TLS 1.3 servers MUST be able to process ClientHello messages that include it
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  // Beside status_request, which other servers know.
  offer(hs, w) {
    if (!hs.client.requestOcsp || !hs.context.extensions.some((module) => module.type === STATUS_REQUEST)) return false;
    const list = w.open(2);
    w.u8(OCSP_MULTI);
    const request = w.open(2);
    w.u16(0); // no responder IDs
    w.u16(0); // no extensions
    w.close(2, request);
    w.close(2, list);
    return true;
  },
  onOffer(hs, r) {
    const list = r.sub(2, 1);
    while (list.remaining > 0) {
      const type = list.u8();
      const request = list.sub(2);
      if (type !== OCSP && type !== OCSP_MULTI) continue;
      request.sub(2);
      request.sub(2);
      request.finish();
      if (type === OCSP_MULTI) hs.statusesRequested = true;
    }
  },
  answer: (hs) => hs.legacy.statusAnnounced === STATUS_REQUEST_V2,
};
