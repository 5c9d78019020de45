/** CertificateRequest, RFC 9846 §4.4.2. */
import { EMPTY } from '../../../base/bytes.ts';
import { CERTIFICATE_AUTHORITIES, SIGNATURE_ALGORITHMS } from '../../../wire/extension.ts';
import { CERTIFICATE_REQUEST } from '../../../wire/handshake.ts';
import { append } from '../../extensions/blocks.ts';
import { wireSchemes } from '../../schemes.ts';
import type { Handshake } from '../../state.ts';

export function sendCertificateRequest(hs: Handshake): void {
  const { schemes, clientAuthorities } = hs.server;
  hs.clientCertificateRequested = true;
  //= rfc9846#section-4.4.2
  //= type=implication
  //# The certificate_request_context MUST be unique within the scope of this connection (thus
  //# preventing replay of client CertificateVerify messages).
  hs.modern.certificateRequestContext = EMPTY;
  hs.carrier.message(CERTIFICATE_REQUEST, (w) => {
    w.u8(0);
    const at = w.open(2);
    //= rfc9846#section-4.4.2
    //# The "signature_algorithms" extension MUST be specified
    append(w, SIGNATURE_ALGORITHMS, () => {
      w.u16List(2, wireSchemes(schemes));
      return true;
    });
    append(w, CERTIFICATE_AUTHORITIES, () => {
      if (clientAuthorities.length === 0) return false;
      const list = w.open(2);
      for (const name of clientAuthorities) w.vector(2, name);
      w.close(2, list);
      return true;
    });
    w.close(2, at);
  });
}
