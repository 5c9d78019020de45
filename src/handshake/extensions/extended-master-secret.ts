/** extended_master_secret, RFC 7627: the master secret is bound to the handshake that made it. */
import { EXTENDED_MASTER_SECRET, IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

export const extendedMasterSecret: ExtensionModule = {
  type: EXTENDED_MASTER_SECRET,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  //= rfc7627#section-5.2
  //# In all handshakes, a client implementing this document MUST send the
  //# "extended_master_secret" extension in its ClientHello.
  //= rfc7627#section-5.3
  //# When offering an abbreviated handshake, the client MUST send the "extended_master_secret"
  //# extension in its ClientHello.
  offer: () => true,
  onOffer(hs) {
    hs.extendedMasterSecret = true;
  },
  //= rfc7627#section-5.2
  //# If a server implementing this document receives the
  //# "extended_master_secret" extension, it MUST include the extension in
  //# its ServerHello message.
  //= rfc7627#section-5.2
  //# If it chooses to continue the handshake, then it MUST NOT include the extension in the
  //# ServerHello.
  //= rfc7627#section-5.3
  //# then the server MUST include the "extended_master_secret" extension in its ServerHello message
  answer: (hs) => hs.extendedMasterSecret,
  onAnswer(hs) {
    hs.extendedMasterSecret = true;
  },
};
