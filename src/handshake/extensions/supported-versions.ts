/** supported_versions, RFC 9846 §4.3.1. The front reads the offers and the choice itself: everything else depends on them. */
import { IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST, IN_SERVER_HELLO, SUPPORTED_VERSIONS } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

export const supportedVersions: ExtensionModule = {
  type: SUPPORTED_VERSIONS,
  where: IN_CLIENT_HELLO | IN_SERVER_HELLO | IN_HELLO_RETRY_REQUEST,
  offer(hs, w) {
    w.u16List(
      1,
      hs.context.versions.map((version) => version.id),
    );
    return true;
  },
  answer(hs, w) {
    w.u16(hs.version.id);
    return true;
  },
  onAnswer(_hs, r) {
    r.u16();
  },
};
