/** cookie, RFC 9846 §4.3.2: what a HelloRetryRequest hands out comes back with the second ClientHello. */
import { COOKIE, IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST } from '../../wire/extension.ts';
import { modernOffer } from '../modern/state.ts';
import type { ExtensionModule } from './module.ts';

export const cookie: ExtensionModule = {
  type: COOKIE,
  where: IN_CLIENT_HELLO | IN_HELLO_RETRY_REQUEST,
  offer(hs, w) {
    //= rfc9846#section-4.3.2
    //= type=implication
    //# Clients MUST NOT use cookies in their initial ClientHello in subsequent connections.
    const value = modernOffer(hs).cookie;
    if (value === undefined) return false;
    //= rfc9846#section-4.3.2
    //# the client MUST copy the contents of the extension received in the HelloRetryRequest into a
    //# "cookie" extension in the new ClientHello
    w.vector(2, value);
    return true;
  },
  onAnswer(hs, r) {
    modernOffer(hs).cookie = r.vector(2, 1);
  },
};
