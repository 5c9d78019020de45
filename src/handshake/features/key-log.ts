/** The NSS key log, RFC 9850: for Wireshark and for tests. Off unless the context has a sink. */
import { toHex } from '../../base/bytes.ts';
import type { Handshake } from '../state.ts';

export type KeyLogLabel =
  | 'CLIENT_RANDOM'
  | 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
  | 'SERVER_HANDSHAKE_TRAFFIC_SECRET'
  | 'CLIENT_TRAFFIC_SECRET_0'
  | 'SERVER_TRAFFIC_SECRET_0'
  | 'EXPORTER_SECRET';

export function writeKeyLog(hs: Handshake, label: KeyLogLabel, secret: Uint8Array): void {
  const { keyLog } = hs.context;
  if (keyLog !== undefined) keyLog(`${label} ${toHex(hs.clientRandom)} ${toHex(secret)}`);
}
