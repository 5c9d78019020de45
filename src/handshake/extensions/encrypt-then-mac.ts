/** encrypt_then_mac, RFC 7366: CBC records are authenticated before they are decrypted. */
import { ENCRYPT_THEN_MAC, IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

export const encryptThenMac: ExtensionModule = {
  type: ENCRYPT_THEN_MAC,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  //= rfc7366#section-2
  //# the "extension_data" field of this extension SHALL be empty
  offer: (hs) => hs.context.suites.some((suite) => suite.protection.cbc),
  onOffer(hs) {
    hs.encryptThenMac = true;
  },
  // The choice of the suite takes it back where the suite is not CBC.
  answer: (hs) => hs.encryptThenMac,
  onAnswer(hs) {
    //= rfc7366#section-2
    //# The client and server MUST NOT use encrypt-then-MAC unless both sides have successfully
    //# exchanged encrypt_then_mac extensions.
    hs.encryptThenMac = true;
  },
};
