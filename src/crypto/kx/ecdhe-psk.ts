/** ECDHE_PSK, RFC 5489 §2: a PSK authenticates, ECDHE gives forward secrecy. */
import { then } from '../../base/maybe-promise.ts';
import { readEcParams, readEcPoint, writeEcParams, writeEcPoint } from './ecdhe.ts';
import type { KeyExchange } from './kx.ts';
import { findKey, pskPremaster, readHint, readIdentity, writeHint, writeIdentity } from './psk-secret.ts';

export const ecdhePsk: KeyExchange = {
  name: 'ECDHE_PSK',
  serverMessage: 'always',
  usesPsk: true,
  needsGroup: 'ec',
  writeServerParams(state, w) {
    writeHint(state, w);
    writeEcParams(state, w);
  },
  readServerParams(state, r) {
    readHint(state, r);
    readEcParams(state, r);
  },
  writeClientParams: (state, w) => then(writeIdentity(state, w), ({ key }) => pskPremaster(writeEcPoint(state, w), key)),
  readClientParams(state, r) {
    const identity = readIdentity(state, r);
    const secret = readEcPoint(state, r);
    return then(findKey(state, identity), (key) => pskPremaster(secret, key));
  },
};
