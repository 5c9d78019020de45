/** renegotiation_info, RFC 5746, for clients that make no second handshake on a connection: the server says that it knows it. */
import { HANDSHAKE_FAILURE } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { IN_LEGACY_SERVER_HELLO, RENEGOTIATION_INFO } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

export const firstRenegotiationInfo: ExtensionModule = {
  type: RENEGOTIATION_INFO,
  where: IN_LEGACY_SERVER_HELLO,
  onAnswer(hs, r) {
    // RFC 5746 §3.4, as in `renegotiation-info.ts`.
    if (r.vector(1).length > 0) fail(HANDSHAKE_FAILURE, 'bad_renegotiation_info', 'not empty in the first handshake');
    hs.secureRenegotiation = true;
  },
};
