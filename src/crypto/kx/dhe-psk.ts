/** DHE_PSK, RFC 4279 §3. */
import { then } from '../../base/maybe-promise.ts';
import { readDhParams, readDhPublic, writeDhParams, writeDhPublic } from './dhe.ts';
import type { KeyExchange } from './kx.ts';
import { findKey, pskPremaster, readHint, readIdentity, writeHint, writeIdentity } from './psk-secret.ts';

export const dhePsk: KeyExchange = {
  name: 'DHE_PSK',
  serverMessage: 'always',
  usesPsk: true,
  needsGroup: 'dh',
  writeServerParams(state, w) {
    writeHint(state, w);
    writeDhParams(state, w);
  },
  readServerParams(state, r) {
    readHint(state, r);
    readDhParams(state, r);
  },
  writeClientParams: (state, w) => then(writeIdentity(state, w), ({ key }) => pskPremaster(writeDhPublic(state, w), key)),
  readClientParams(state, r) {
    const identity = readIdentity(state, r);
    const secret = readDhPublic(state, r);
    return then(findKey(state, identity), (key) => pskPremaster(secret, key));
  },
};
