/**
 * renegotiation_info, RFC 5746. In the first handshake of a connection both sides say that they know it, a client by the
 * signalling suite (§3.3). In later ones it carries the verify_data of the one before, so that a handshake cannot be
 * spliced onto a connection that somebody else began (S13).
 */
import { HANDSHAKE_FAILURE } from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import { IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, RENEGOTIATION_INFO } from '../../wire/extension.ts';
import type { Side } from '../flow.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const renegotiationInfo: ExtensionModule = {
  type: RENEGOTIATION_INFO,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  offer(hs, w) {
    if (hs.previous === undefined) return false;
    //= rfc5746#section-3.5
    //# The client MUST include the "renegotiation_info" extension in the
    //# ClientHello, containing the saved client_verify_data.
    //= rfc5746#section-4.2
    //# Clients that choose to renegotiate MUST provide either the
    //# TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV or "renegotiation_info" in
    //# their ClientHello.
    w.vector(1, binding(hs, 'client'));
    return true;
  },
  //= rfc5746#section-3.6
  //# The server MUST check if the "renegotiation_info" extension is included in the ClientHello.
  onOffer: (hs, r) => read(hs, r, 'client'),
  answer(hs, w) {
    //= rfc5746#section-3.6
    //# If the secure_renegotiation flag is set to TRUE, the server MUST
    //# include an empty "renegotiation_info" extension in the ServerHello
    //# message.
    //= rfc5746#section-3.7
    //# The server MUST include a "renegotiation_info" extension
    //# containing the saved client_verify_data and server_verify_data in
    //# the ServerHello.
    if (!hs.secureRenegotiation) return false;
    w.vector(1, binding(hs, 'server'));
    return true;
  },
  //= rfc5746#section-3.4
  //# When a ServerHello is received, the client MUST check if it includes the "renegotiation_info"
  //# extension:
  onAnswer: (hs, r) => read(hs, r, 'server'),
};

function read(hs: Handshake, r: Reader, from: Side): void {
  const connection = r.vector(1);
  const { previous } = hs;
  //= rfc5746#section-4.2
  //# When the ServerHello is received, the client MUST verify that it does
  //# not contain the "renegotiation_info" extension.  If it does, the
  //# client MUST abort the handshake.
  //= rfc5746#section-4.4
  //# The server MUST verify that the "renegotiation_info" extension is
  //# not present; if it is, the server MUST abort the handshake.
  if (previous?.isSecure === false) fail(HANDSHAKE_FAILURE, 'bad_renegotiation_info', 'unknown before');
  //= rfc5746#section-3.4
  //# The client MUST then verify that the length of the
  //# "renegotiated_connection" field is zero, and if it is not, MUST
  //# abort the handshake (by sending a fatal handshake_failure
  //# alert).
  //= rfc5746#section-3.5
  //# The client MUST then verify that the first half of the
  //# "renegotiated_connection" field is equal to the saved
  //# client_verify_data value, and the second half is equal to the
  //# saved server_verify_data value.
  //= rfc5746#section-3.7
  //# The server MUST verify that the value of the
  //# "renegotiated_connection" field is equal to the saved
  //# client_verify_data value; if it is not, the server MUST abort the
  //# handshake.
  //= rfc5746#section-3.5
  //# If they are not, the client MUST abort the handshake.
  //= rfc5746#section-3.6
  //# The server MUST then verify that the length of the "renegotiated_connection" field is zero, and if
  //# it is not, MUST abort the handshake.
  if (!hs.crypto.timingSafeEqual(connection, binding(hs, from)))
    fail(
      HANDSHAKE_FAILURE,
      'bad_renegotiation_info',
      previous === undefined ? 'not empty in the first handshake' : 'of another connection',
    );
  hs.secureRenegotiation = true;
}

/** Empty in a first handshake. */
function binding(hs: Handshake, from: Side): Uint8Array {
  return hs.previous === undefined ? EMPTY : hs.previous.binding(from);
}
