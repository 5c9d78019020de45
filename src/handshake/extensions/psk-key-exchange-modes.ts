/** psk_key_exchange_modes, RFC 9846 §4.3.9. Only psk_dhe_ke is spoken: a PSK alone has no forward secrecy. */
import { IN_CLIENT_HELLO, PSK_KEY_EXCHANGE_MODES } from '../../wire/extension.ts';
import { modernOffer } from '../modern/state.ts';
import type { ExtensionModule } from './module.ts';

const PSK_DHE_KE = 1;

export const pskKeyExchangeModes: ExtensionModule = {
  type: PSK_KEY_EXCHANGE_MODES,
  //= rfc9846#section-4.3.9
  //# The server MUST NOT send a "psk_key_exchange_modes" extension.
  //= rfc9846#section-4.3.9
  //= type=implication
  //# In this mode, the server MUST NOT supply a "key_share" value.
  where: IN_CLIENT_HELLO,
  offer(hs, w) {
    // Sent without a PSK too: it tells the server that tickets are welcome.
    //= rfc9846#section-4.3.9
    //# To use PSKs, clients MUST also send a "psk_key_exchange_modes" extension.
    //= rfc9846#section-4.3.9
    //# A client MUST provide a "psk_key_exchange_modes" extension if it offers a "pre_shared_key"
    //# extension.
    //= rfc9846#section-9.2
    //# "psk_key_exchange_modes" is REQUIRED for PSK key agreement.
    if (!hs.client.resumption && hs.client.psk === undefined) return false;
    w.u8(1);
    //= rfc9846#section-4.3.9
    //# In this mode, the client and server MUST supply "key_share" values as described in Section
    //# 4.3.8.
    w.u8(PSK_DHE_KE);
    return true;
  },
  onOffer(hs, r) {
    modernOffer(hs).pskModesSent = true;
    modernOffer(hs).pskDheAllowed = r.vector(1, 1).includes(PSK_DHE_KE);
  },
};
