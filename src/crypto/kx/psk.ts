/** PSK, RFC 4279 §2: no certificate, no forward secrecy. ServerKeyExchange is sent only to carry a hint. */
import { then } from '../../base/maybe-promise.ts';
import type { KeyExchange } from './kx.ts';
import { findKey, pskPremaster, readHint, readIdentity, writeHint, writeIdentity } from './psk-secret.ts';

export const psk: KeyExchange = {
  name: 'PSK',
  serverMessage: 'maybe',
  usesPsk: true,
  needsGroup: 'none',
  writeServerParams: writeHint,
  readServerParams: readHint,
  writeClientParams: (state, w) => then(writeIdentity(state, w), ({ key }) => premaster(key)),
  readClientParams: (state, r) => then(findKey(state, readIdentity(state, r)), premaster),
};

/** The other secret is as many zeros as the key has bytes. */
function premaster(key: Uint8Array): Uint8Array {
  return pskPremaster(new Uint8Array(key.length), key);
}
