/** application_layer_protocol_negotiation, RFC 7301. */
import { ILLEGAL_PARAMETER, NO_APPLICATION_PROTOCOL } from '../../base/alerts.ts';
import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import {
  APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
  IN_CLIENT_HELLO,
  IN_ENCRYPTED_EXTENSIONS,
  IN_LEGACY_SERVER_HELLO,
} from '../../wire/extension.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const alpn: ExtensionModule = {
  type: APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
  offer(hs, w) {
    const protocols = offeredProtocols(hs);
    if (protocols.length === 0) return false;
    const at = w.open(2);
    //= rfc7301#section-3.1
    //# extension SHALL contain a "ProtocolNameList" value
    for (const protocol of protocols) w.vector(1, fromLatin1(protocol));
    w.close(2, at);
    return true;
  },
  onOffer(hs, r) {
    const list = r.sub(2, 2);
    const protocols: string[] = [];
    //= rfc7301#section-3.1
    //# Empty strings
    //# MUST NOT be included and byte strings MUST NOT be truncated.
    while (list.remaining > 0) protocols.push(latin1(list.vector(1, 1)));
    hs.peerAlpn = protocols;
  },
  answer(hs, w) {
    if (hs.alpn === '') return false;
    const at = w.open(2);
    w.vector(1, fromLatin1(hs.alpn));
    w.close(2, at);
    return true;
  },
  onAnswer(hs, r) {
    const list = r.sub(2, 2);
    const protocol = latin1(list.vector(1, 1));
    //= rfc7301#section-3.1
    //# The
    //# "extension_data" field of the ("application_layer_protocol_negotiation(16)")
    //# extension is structured the same as described above for the client
    //# "extension_data", except that the "ProtocolNameList" MUST contain exactly
    //# one "ProtocolName".
    list.finish();
    if (!offeredProtocols(hs).includes(protocol)) fail(ILLEGAL_PARAMETER, 'no_application_protocol', 'a protocol that was not offered');
    //= rfc7301#section-3.2
    //# SHALL be definitive for the connection, until renegotiated
    //= rfc7301#section-3.2
    //# The server SHALL NOT respond with a selected protocol and subsequently use a different protocol
    //# for application data exchange.
    hs.alpn = protocol;
  },
};

/** Server: decides on the protocol, once the context is known. */
export function chooseAlpn(hs: Handshake): MaybePromise<void> {
  const offered = hs.peerAlpn;
  const { server } = hs;
  if (offered.length === 0) return;
  if (server.selectAlpn !== undefined) {
    return then(server.selectAlpn(offered, hs.serverName), (chosen) => {
      if (chosen === '') return;
      if (chosen === undefined || !offered.includes(chosen)) fail(NO_APPLICATION_PROTOCOL, 'no_application_protocol');
      hs.alpn = chosen;
    });
  }
  if (server.alpn.length === 0) return;
  const chosen = server.alpn.find((protocol) => offered.includes(protocol));
  //= rfc7301#section-3.2
  //# In the event that the server supports no
  //# protocols that the client advertises, then the server SHALL respond
  //# with a fatal "no_application_protocol" alert.
  if (chosen === undefined) fail(NO_APPLICATION_PROTOCOL, 'no_application_protocol');
  hs.alpn = chosen;
}

function offeredProtocols(hs: Handshake): readonly string[] {
  return hs.options.alpn ?? hs.context.alpn;
}
