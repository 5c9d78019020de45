/** supported_versions, RFC 9846 §4.3.1. The front reads the offers and the choice itself: everything else depends on them. */
import { IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST, IN_SERVER_HELLO, SUPPORTED_VERSIONS } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

export const supportedVersions: ExtensionModule = {
  type: SUPPORTED_VERSIONS,
  where: IN_CLIENT_HELLO | IN_SERVER_HELLO | IN_HELLO_RETRY_REQUEST,
  //= rfc9846#section-4.3.1
  //# MUST send this extension in the ClientHello containing all versions of TLS which they are prepared
  //# to negotiate
  offer(hs, w) {
    w.u16List(
      1,
      hs.context.versions.map((version) => version.id),
    );
    return true;
  },
  answer(hs, w) {
    //= rfc9846#section-4.2.3
    //# All TLS 1.3 ServerHello messages MUST contain the "supported_versions" extension.
    //= rfc9846#section-4.2.4
    //# The server's extensions MUST contain "supported_versions".
    //= rfc9846#section-4.3.1
    //# MUST respond by sending a "supported_versions" extension containing the selected version value
    //# (0x0304)
    //= rfc9846#section-9.2
    //# "supported_versions" is REQUIRED for all ClientHello, ServerHello, and HelloRetryRequest
    //# messages
    w.u16(hs.version.id);
    return true;
  },
  onAnswer(_hs, r) {
    r.u16();
  },
};
