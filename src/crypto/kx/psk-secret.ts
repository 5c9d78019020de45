/** What the four PSK key exchanges share: the premaster secret of RFC 4279 §2, the hint and the identity. */
import { HANDSHAKE_FAILURE, UNKNOWN_PSK_IDENTITY } from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { fail, misuse } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import type { KxState, PskCredential } from './kx.ts';

/** `uint16 length, other_secret, uint16 length, psk`. */
export function pskPremaster(other: Uint8Array, psk: Uint8Array): Uint8Array {
  if (psk.length > 0xffff) misuse('bad_psk', 'longer than 65 535 bytes');
  const premaster = new Uint8Array(4 + other.length + psk.length);
  premaster[0] = other.length >>> 8;
  premaster[1] = other.length;
  premaster.set(other, 2);
  premaster[2 + other.length] = psk.length >>> 8;
  premaster[3 + other.length] = psk.length;
  premaster.set(psk, 4 + other.length);
  return premaster;
}

/** `psk_identity_hint<0..2^16-1>`; empty where there is none. */
export function writeHint(state: KxState, w: Writer): void {
  w.vector(2, state.pskHint ?? EMPTY);
}

export function readHint(state: KxState, r: Reader): void {
  const hint = r.vector(2);
  if (hint.length > 0) state.hint = new Uint8Array(hint);
}

/** Client: finds the credential and writes its identity. */
export function writeIdentity(state: KxState, w: Writer): MaybePromise<PskCredential> {
  return then(state.pickPsk(state.hint), (credential) => {
    if (credential === undefined || credential.key.length === 0) fail(HANDSHAKE_FAILURE, 'no_credentials', 'no PSK for this server');
    state.pskIdentity = new Uint8Array(credential.identity);
    w.vector(2, credential.identity);
    return credential;
  });
}

/** Server: reads the identity, which is bytes and not text. */
export function readIdentity(state: KxState, r: Reader): Uint8Array {
  const identity = new Uint8Array(r.vector(2));
  state.pskIdentity = identity;
  return identity;
}

/**
 * Server: the key of an identity. RFC 4279 §2 allows to "continue the protocol as if the PSK identity existed but the key was
 * incorrect", which does not tell strangers the names of users: that is done unless `tellUnknownPsk` asks for the alert.
 */
export function findKey(state: KxState, identity: Uint8Array): MaybePromise<Uint8Array> {
  return then(state.findPsk(identity), (key) => {
    if (key !== undefined && key.length > 0) return key;
    if (state.tellUnknownPsk === true) fail(UNKNOWN_PSK_IDENTITY, 'unknown_psk_identity');
    return state.crypto.random(RANDOM_KEY_LENGTH);
  });
}

const RANDOM_KEY_LENGTH = 32;
