/** early_data, RFC 9846 §4.3.10, as a server that does not accept it: what comes is skipped. */
import { EARLY_DATA, IN_CLIENT_HELLO } from '../../wire/extension.ts';
import { modernOffer } from '../modern/state.ts';
import type { ExtensionModule } from './module.ts';

//= rfc9846#appendix-F.5
//= type=implication
//# TLS implementations MUST NOT enable 0-RTT (either sending or accepting) unless specifically
//# requested by the application
export const earlyData: ExtensionModule = {
  type: EARLY_DATA,
  where: IN_CLIENT_HELLO,
  onOffer(hs) {
    modernOffer(hs).earlyDataOffered = true;
  },
};
