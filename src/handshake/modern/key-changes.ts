/** When keys change in TLS 1.3: RFC 9846 §7.3. Epochs are those of RFC 9147 §6.1. */
import { INTERNAL_ERROR } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { MAX_SKIPPED_EARLY_DATA } from '../../base/limits.ts';
import type { Protection } from '../../crypto/protect/protection.ts';
import { applyRecordLimits } from '../record-limits.ts';
import type { Handshake } from '../state.ts';
import { ModernEstablished } from './established.ts';
import { trafficKeys } from './key-schedule.ts';
import { writeKeyLog } from '../features/key-log.ts';
import { MODERN_SHAPE } from './shape.ts';

const HANDSHAKE_EPOCH = 2;
const APPLICATION_EPOCH = 3;

/** After ServerHello: {…} in the RFC's figure. */
export function enterHandshakeKeys(hs: Handshake): void {
  const { schedule, sharedSecret, earlyDataOffered } = hs.modern;
  if (sharedSecret === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no shared secret');
  schedule.enterHandshake(sharedSecret, hs.transcript.digest());
  hs.modern.sharedSecret = undefined;
  hs.transcript.forget();
  writeKeyLog(hs, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', schedule.clientHandshake);
  writeKeyLog(hs, 'SERVER_HANDSHAKE_TRAFFIC_SECRET', schedule.serverHandshake);
  const client = protection(hs, schedule.clientHandshake, hs.side === 'client' ? 'write' : 'read');
  const server = protection(hs, schedule.serverHandshake, hs.side === 'client' ? 'read' : 'write');
  if (hs.side === 'client') {
    hs.carrier.setRead(HANDSHAKE_EPOCH, server);
    //= rfc9846#section-4.5.3
    //# Any records following a Finished message MUST be encrypted under the appropriate application
    //# traffic key as described in Section 7.2.
    hs.carrier.setWrite(HANDSHAKE_EPOCH, client);
  } else {
    hs.carrier.setWrite(HANDSHAKE_EPOCH, server);
    hs.carrier.setRead(HANDSHAKE_EPOCH, client);
    applyRecordLimits(hs, 1);
    //= rfc9846#section-4.3.10
    //# A server which receives an "early_data" extension MUST behave in one of three ways:
    if (earlyDataOffered) hs.carrier.skipEarlyData(MAX_SKIPPED_EARLY_DATA);
  }
}

/** After the server's Finished. */
export function makeApplicationSecrets(hs: Handshake): void {
  const { schedule } = hs.modern;
  schedule.enterApplication(hs.transcript.digest());
  writeKeyLog(hs, 'CLIENT_TRAFFIC_SECRET_0', schedule.clientApplication);
  writeKeyLog(hs, 'SERVER_TRAFFIC_SECRET_0', schedule.serverApplication);
  writeKeyLog(hs, 'EXPORTER_SECRET', schedule.exporter);
}

export function writeApplicationData(hs: Handshake): void {
  const { schedule } = hs.modern;
  hs.carrier.setWrite(
    APPLICATION_EPOCH,
    protection(hs, hs.side === 'client' ? schedule.clientApplication : schedule.serverApplication, 'write'),
  );
}

/** After the peer's Finished: the peer is who it is, or this cannot be called. */
export function readApplicationData(hs: Handshake): void {
  if (hs.peerVerified === undefined) fail(INTERNAL_ERROR, 'internal_error', 'peer not authenticated');
  const { schedule, suite } = hs.modern;
  hs.carrier.setRead(
    APPLICATION_EPOCH,
    protection(hs, hs.side === 'client' ? schedule.serverApplication : schedule.clientApplication, 'read'),
  );
  schedule.enterResumption(hs.transcript.digest());
  const established = new ModernEstablished(hs, suite, hs.peerVerified);
  hs.established = established;
  const { sendTickets } = hs.modern;
  if (hs.options.holdTickets === true) established.sendTickets = sendTickets;
  else sendTickets?.();
}

function protection(hs: Handshake, secret: Uint8Array, direction: 'read' | 'write'): Protection {
  const { suite, schedule } = hs.modern;
  return suite.protection.protect(hs.crypto, trafficKeys(schedule.lh, secret, suite.protection), MODERN_SHAPE, direction);
}
