/** psk_key_exchange_modes, RFC 9846 §4.3.9. Only psk_dhe_ke is spoken: a PSK alone has no forward secrecy. */
import { IN_CLIENT_HELLO, PSK_KEY_EXCHANGE_MODES } from '../../wire/extension.ts';
import { modernOffer } from '../modern/state.ts';
import type { ExtensionModule } from './module.ts';

const PSK_DHE_KE = 1;

export const pskKeyExchangeModes: ExtensionModule = {
  type: PSK_KEY_EXCHANGE_MODES,
  where: IN_CLIENT_HELLO,
  offer(hs, w) {
    // Sent without a PSK too: it tells the server that tickets are welcome.
    if (!hs.client.resumption && hs.client.psk === undefined) return false;
    w.u8(1);
    w.u8(PSK_DHE_KE);
    return true;
  },
  onOffer(hs, r) {
    modernOffer(hs).pskModesSent = true;
    modernOffer(hs).pskDheAllowed = r.vector(1, 1).includes(PSK_DHE_KE);
  },
};
