/** What SSL 3.0 does in place of HMAC: RFC 6101 §5.2.3.1, §5.6.8 and §5.6.9. */
import { concat } from '../../base/bytes.ts';
import type { CryptoProvider, Hash } from '../port.ts';

export type Ssl3Hash = 'md5' | 'sha1';

const PAD_1: Uint8Array = /* @__PURE__ */ new Uint8Array(48).fill(0x36);
const PAD_2: Uint8Array = /* @__PURE__ */ new Uint8Array(48).fill(0x5c);

export function pad1(hash: Ssl3Hash): Uint8Array {
  return hash === 'md5' ? PAD_1 : PAD_1.subarray(0, 40);
}

export function pad2(hash: Ssl3Hash): Uint8Array {
  return hash === 'md5' ? PAD_2 : PAD_2.subarray(0, 40);
}

/**
 * `hash(master + pad2 + hash(messages + sender + master + pad1))`, the half of a Finished or CertificateVerify. `messages` is a
 * running hash that is consumed; `sender` is empty for CertificateVerify.
 */
export function ssl3HandshakeHash(
  crypto: CryptoProvider,
  hash: Ssl3Hash,
  messages: Hash,
  sender: Uint8Array,
  master: Uint8Array,
): Uint8Array {
  return crypto.digest(hash, ssl3HandshakeInput(hash, messages, sender, master));
}

/** What the outer hash is over. It begins with the master secret. */
export function ssl3HandshakeInput(hash: Ssl3Hash, messages: Hash, sender: Uint8Array, master: Uint8Array): Uint8Array {
  messages.update(sender);
  messages.update(master);
  messages.update(pad1(hash));
  return concat(master, pad2(hash), messages.digest());
}
