/** ClientKeyExchange, RFC 5246 §7.4.7: the premaster secret is agreed on, and with it who can have it. */
import { INTERNAL_ERROR } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import type { MaybePromise } from '../../../base/maybe-promise.ts';
import { unauthenticated, verifiedByKeyTransport, verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { encryptsToKey, isSigned } from '../authentication.ts';
import { sendClientParams } from './key-params.ts';

export function sendClientKeyExchange(hs: Handshake): MaybePromise<void> {
  proveServer(hs);
  return sendClientParams(hs);
}

/** Where no signature proves the server, the secret itself will: nobody else can send the right Finished. */
function proveServer(hs: Handshake): void {
  const { suite } = hs.legacy;
  if (isSigned(suite)) {
    if (hs.peerVerified === undefined) fail(INTERNAL_ERROR, 'internal_error', 'server not authenticated');
  } else if (encryptsToKey(suite)) hs.peerVerified = verifiedByKeyTransport(hs);
  else if (suite.auth === 'psk') hs.peerVerified = verifiedBySharedSecret('psk');
  else hs.peerVerified = unauthenticated(hs);
}
