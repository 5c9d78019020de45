/** RSA_PSK, RFC 4279 §4: a certificate authenticates the server, the PSK both. ServerKeyExchange only to carry a hint. */
import { then } from '../../base/maybe-promise.ts';
import type { KeyExchange } from './kx.ts';
import { findKey, pskPremaster, readHint, readIdentity, writeHint, writeIdentity } from './psk-secret.ts';
import { readEncryptedPremaster, writeEncryptedPremaster } from './rsa.ts';

export const rsaPsk: KeyExchange = {
  name: 'RSA_PSK',
  serverMessage: 'maybe',
  usesPsk: true,
  needsGroup: 'none',
  writeServerParams: writeHint,
  readServerParams: readHint,
  writeClientParams: (state, w) => then(writeIdentity(state, w), ({ key }) => pskPremaster(writeEncryptedPremaster(state, w), key)),
  readClientParams(state, r) {
    const identity = readIdentity(state, r);
    return then(readEncryptedPremaster(state, r), (secret) => then(findKey(state, identity), (key) => pskPremaster(secret, key)));
  },
};
