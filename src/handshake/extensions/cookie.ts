/** cookie, RFC 9846 §4.3.2: what a HelloRetryRequest hands out comes back with the second ClientHello. */
import { COOKIE, IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST } from '../../wire/extension.ts';
import { modernOffer } from '../modern/state.ts';
import type { ExtensionModule } from './module.ts';

export const cookie: ExtensionModule = {
  type: COOKIE,
  where: IN_CLIENT_HELLO | IN_HELLO_RETRY_REQUEST,
  offer(hs, w) {
    const value = modernOffer(hs).cookie;
    if (value === undefined) return false;
    w.vector(2, value);
    return true;
  },
  onAnswer(hs, r) {
    modernOffer(hs).cookie = r.vector(2, 1);
  },
};
