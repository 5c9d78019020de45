/** supported_groups, RFC 9846 §4.3.7, RFC 8422 §5.1.1, RFC 7919. */
import type { Reader } from '../../base/reader.ts';
import { IN_CLIENT_HELLO, IN_ENCRYPTED_EXTENSIONS, IN_LEGACY_SERVER_HELLO, SUPPORTED_GROUPS } from '../../wire/extension.ts';
import type { Handshake } from '../state.ts';
import { hasCurveSuites } from './ec-point-formats.ts';
import type { ExtensionModule } from './module.ts';

export const supportedGroups: ExtensionModule = {
  type: SUPPORTED_GROUPS,
  // Some TLS 1.2 servers send it in ServerHello; clients have always let it pass.
  where: IN_CLIENT_HELLO | IN_ENCRYPTED_EXTENSIONS | IN_LEGACY_SERVER_HELLO,
  offer(hs, w) {
    //= rfc8422#section-4
    //# The client MUST NOT include these extensions in the ClientHello
    //# message if it does not propose any ECC cipher suites.
    const usable = hs.context.groups.filter(
      (group) => group.kind !== 'ec' || hs.context.versions[0]!.family === 'modern' || hasCurveSuites(hs),
    );
    if (usable.length === 0) return false;
    //= rfc9846#section-4.3.7
    //# The "named_group_list" MUST NOT contain any duplicate entries.
    w.u16List(
      2,
      usable.map((group) => group.id),
    );
    return true;
  },
  onOffer(hs: Handshake, r: Reader) {
    hs.peerGroups = r.u16List(2, 2);
  },
  //= rfc9846#section-4.3.7
  //# Clients
  //# MUST NOT act upon any information found in "supported_groups" prior to
  //# successful completion of the handshake
  onAnswer(_hs, r) {
    r.u16List(2, 2);
  },
};
