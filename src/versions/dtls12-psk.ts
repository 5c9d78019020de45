/** DTLS 1.2 for clients that have a pre-shared key and no certificates: a third of the size. */
import { pskClient } from '../handshake/legacy/client/psk-role.ts';
import { strategyDtls12 } from '../handshake/legacy/strategy-dtls.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { DTLS12 } from '../wire/version.ts';

export const dtls12PskClient: ProtocolVersion = {
  id: DTLS12,
  name: 'DTLSv1.2',
  rank: 3,
  family: 'legacy',
  helloCookie: true,
  strategy: strategyDtls12,
  client: pskClient,
};
