/** certificate_authorities, RFC 9846 §4.3.4: whom the receiver's certificate should come from. */
import { CERTIFICATE_AUTHORITIES, IN_CERTIFICATE_REQUEST, IN_CLIENT_HELLO } from '../../wire/extension.ts';
import { readAuthorities } from '../../wire/messages/certificate-request.ts';
import type { ExtensionModule } from './module.ts';

export const certificateAuthorities: ExtensionModule = {
  type: CERTIFICATE_AUTHORITIES,
  where: IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,
  onOffer(hs, r) {
    hs.peerAuthorities = readAuthorities(r, 3);
  },
};
