/** The transcript behind a HelloRetryRequest, RFC 9846 §4.1. */
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import { MESSAGE_HASH } from '../../wire/handshake.ts';
import type { Transcript } from '../transcript.ts';

//= rfc9846#section-4.1
//# when the server responds to a ClientHello with a HelloRetryRequest,
//# the value of ClientHello1 is replaced with a special synthetic
//# handshake message of handshake type "message_hash" (254) containing
//# Hash(ClientHello1).
export function replaceByHash(crypto: CryptoProvider, transcript: Transcript, name: HashName): void {
  const hash = crypto.digest(name, transcript.messages());
  const synthetic = new Uint8Array(4 + hash.length);
  synthetic[0] = MESSAGE_HASH;
  synthetic[3] = hash.length;
  synthetic.set(hash, 4);
  transcript.replaceBy(synthetic);
  transcript.start(name);
}
