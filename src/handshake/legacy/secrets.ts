/** Secrets of SSL 3.0 to (D)TLS 1.2: RFC 5246 §6.3 and §8.1, RFC 7627 §4. And when they come into use. */
import { INTERNAL_ERROR } from '../../base/alerts.ts';
import { concat, EMPTY } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import type { DirectionKeys, RecordShape } from '../../crypto/protect/protection.ts';
import { writeKeyLog } from '../features/key-log.ts';
import type { Handshake } from '../state.ts';

const MASTER_SECRET_LENGTH = 48;
/** The epoch of the first keys of a connection. */
const FIRST_EPOCH = 1;

/** The premaster secret becomes the master secret, and is gone. */
export function makeMasterSecret(hs: Handshake): void {
  const { legacy } = hs;
  const { premaster, strategy, suite } = legacy;
  // S2: no key without a key exchange, whatever way led here.
  if (premaster.length === 0) fail(INTERNAL_ERROR, 'internal_error', 'no premaster secret');
  //= rfc7627#section-4
  //# The "session_hash" is used instead of the "ClientHello.random" and
  //# "ServerHello.random".
  //= rfc7627#section-5.1
  //# both client and server MUST use the extended master secret derivation algorithm
  //= rfc7627#section-5.2
  //# they MUST use the standard master secret derivation for the new session
  //= rfc7627#section-6.4
  //# the resulting sessions MUST use the legacy master secret computation
  const label = hs.extendedMasterSecret ? 'extended master secret' : 'master secret';
  const seed = hs.extendedMasterSecret ? hs.transcript.digest() : concat(hs.clientRandom, hs.serverRandom);
  legacy.master = strategy.prf(hs.crypto, suite.prfHash, premaster, label, seed, MASTER_SECRET_LENGTH);
  premaster.fill(0);
  legacy.premaster = EMPTY;
  deriveKeys(hs);
}

/** RFC 7627 §5.3: the keys of a resumed session come from its master secret as usual. */
export function takeSessionSecret(hs: Handshake): void {
  const session = hs.resumed;
  if (session === undefined || session.secret.length !== MASTER_SECRET_LENGTH) fail(INTERNAL_ERROR, 'internal_error', 'no session secret');
  hs.legacy.master = session.secret.slice();
  deriveKeys(hs);
}

export function useClientKeys(hs: Handshake): void {
  use(hs, hs.legacy.clientKeys, hs.side === 'client');
}

export function useServerKeys(hs: Handshake): void {
  use(hs, hs.legacy.serverKeys, hs.side === 'server');
}

/** From here on the running hash of the transcript is enough. */
export function forgetMessages(hs: Handshake): void {
  hs.transcript.forget();
}

/** The epoch that this handshake's keys open. */
export function epochOf(hs: Handshake): number {
  return hs.previous === undefined ? FIRST_EPOCH : hs.previous.epoch + 1;
}

/** RFC 5246 §6.3: the key block, in the order in which it is cut. */
function deriveKeys(hs: Handshake): void {
  const { legacy } = hs;
  const { master, strategy, suite } = legacy;
  writeKeyLog(hs, 'CLIENT_RANDOM', master);
  const { macKeyLength, keyLength, ivLength } = suite.protection;
  const seed = concat(hs.serverRandom, hs.clientRandom);
  const block = strategy.prf(hs.crypto, suite.prfHash, master, 'key expansion', seed, 2 * (macKeyLength + keyLength + ivLength));
  let at = 0;
  const cut = (length: number): Uint8Array => block.subarray(at, (at += length));
  const [clientMac, serverMac] = [cut(macKeyLength), cut(macKeyLength)];
  const [clientKey, serverKey] = [cut(keyLength), cut(keyLength)];
  const [clientIv, serverIv] = [cut(ivLength), cut(ivLength)];
  legacy.clientKeys = { macKey: clientMac, key: clientKey, iv: clientIv };
  legacy.serverKeys = { macKey: serverMac, key: serverKey, iv: serverIv };
}

function use(hs: Handshake, keys: DirectionKeys | undefined, ours: boolean): void {
  if (keys === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no keys');
  const { strategy, suite } = hs.legacy;
  const shape: RecordShape = { ...strategy.shape, encryptThenMac: hs.encryptThenMac };
  const epoch = epochOf(hs);
  const protection = suite.protection.protect(hs.crypto, keys, shape, ours ? 'write' : 'read');
  if (ours) {
    hs.carrier.setWrite(epoch, protection);
    hs.carrier.setSplitRecords(strategy.splitRecords && suite.protection.cbc);
  } else hs.carrier.setRead(epoch, protection);
}
