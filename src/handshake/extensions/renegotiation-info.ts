/**
 * renegotiation_info, RFC 5746, in the first handshake of a connection: both sides say that they know it. A client says
 * so by the signalling suite (§3.3). Later handshakes are refused, so that no value but the empty one is ever right.
 */
import { HANDSHAKE_FAILURE } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import { IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, RENEGOTIATION_INFO } from '../../wire/extension.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const renegotiationInfo: ExtensionModule = {
  type: RENEGOTIATION_INFO,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  onOffer: readEmpty,
  answer(hs, w) {
    //= rfc5746#section-3.6
    //# If the secure_renegotiation flag is set to TRUE, the server MUST
    //# include an empty "renegotiation_info" extension in the ServerHello
    //# message.
    if (!hs.secureRenegotiation) return false;
    w.u8(0);
    return true;
  },
  onAnswer: readEmpty,
};

function readEmpty(hs: Handshake, r: Reader): void {
  const connection = r.vector(1);
  //= rfc5746#section-3.4
  //# The client MUST then verify that the length of the
  //# "renegotiated_connection" field is zero, and if it is not, MUST
  //# abort the handshake (by sending a fatal handshake_failure
  //# alert).
  if (connection.length > 0) fail(HANDSHAKE_FAILURE, 'bad_renegotiation_info', 'not empty in the first handshake');
  hs.secureRenegotiation = true;
}
