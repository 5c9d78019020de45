/** Finished, RFC 9846 §4.5.3: an HMAC over the transcript, the same for both sides. */
import { DECRYPT_ERROR } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { finishedMac } from '../../crypto/kdf/key-schedule13.ts';
import { FINISHED } from '../../wire/handshake.ts';
import { type PeerVerified, unauthenticated, verifiedBySharedSecret } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';

export function sendFinished(hs: Handshake): void {
  const verifyData = verifyDataOf(hs, hs.side);
  hs.carrier.message(FINISHED, (w) => w.bytes(verifyData));
}

export function onFinished(hs: Handshake, message: IncomingMessage): void {
  //= rfc9846#section-4.5.3
  //# Recipients of Finished messages MUST verify that the contents are
  //# correct and if incorrect MUST terminate the connection with a
  //# "decrypt_error" alert.
  const expected = verifyDataOf(hs, hs.side === 'client' ? 'server' : 'client');
  if (!hs.crypto.timingSafeEqual(expected, message.body)) fail(DECRYPT_ERROR, 'bad_finished');
  hs.peerVerified ??= proofWithoutSignature(hs);
}

/** No CertificateVerify came: a PSK proves the peer, or no proof was demanded of a client. */
function proofWithoutSignature(hs: Handshake): PeerVerified {
  const { psk } = hs.modern;
  if (psk !== undefined) return verifiedBySharedSecret(psk.session === undefined ? 'psk' : 'resumption');
  return unauthenticated(hs);
}

function verifyDataOf(hs: Handshake, side: 'client' | 'server'): Uint8Array {
  const { schedule } = hs.modern;
  return finishedMac(schedule.lh, side === 'client' ? schedule.clientHandshake : schedule.serverHandshake, hs.transcript.digest());
}
