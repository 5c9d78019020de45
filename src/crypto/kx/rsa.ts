/**
 * RSA key transport, RFC 5246 §7.4.7.1. The server does the same whether the padding is right or not: a random premaster secret
 * takes the place of a bad one without a branch, and the handshake fails at Finished (Bleichenbacher 1998, ROBOT, CVE-2022-4304).
 */
import { misuse } from '../../base/errors.ts';
import { isPromise, type MaybePromise } from '../../base/maybe-promise.ts';
import { maskIfEqual, maskIfZero, select } from '../../base/constant-time.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import type { KeyExchange, KxState } from './kx.ts';

export const rsa: KeyExchange = {
  name: 'RSA',
  serverMessage: 'never',
  usesPsk: false,
  needsGroup: 'none',
  writeServerParams: neverSent,
  readServerParams: neverSent,
  writeClientParams: writeEncryptedPremaster,
  readClientParams: readEncryptedPremaster,
};

const PREMASTER_LENGTH = 48;

/** `EncryptedPreMasterSecret`; the secret inside. */
export function writeEncryptedPremaster(state: KxState, w: Writer): Uint8Array {
  const { crypto, peerKey } = state;
  if (peerKey === undefined) throw new RangeError('no server key');
  if (crypto.encryptRsa === undefined) misuse('unsupported', `${crypto.name} has no RSA encryption`);
  const premaster = crypto.random(PREMASTER_LENGTH);
  //= rfc5246#section-7.4.7.1
  //# The version number in the PreMasterSecret is the version
  //# offered by the client in the ClientHello.client_version
  //= rfc5246#section-7.4.7.1
  //# Client implementations MUST always send the correct version number in PreMasterSecret.
  premaster[0] = state.clientVersion >>> 8;
  premaster[1] = state.clientVersion;
  const sealed = crypto.encryptRsa(peerKey, premaster);
  if (state.bareRsa) w.bytes(sealed);
  else w.vector(2, sealed);
  return premaster;
}

export function readEncryptedPremaster(state: KxState, r: Reader): MaybePromise<Uint8Array> {
  const sealed = state.bareRsa ? r.rest() : r.vector(2);
  const { privateKey } = state;
  if (privateKey?.decryptRaw === undefined) misuse('no_credentials', 'the key does not decrypt');
  // Made before it is known whether it is needed.
  const random = state.crypto.random(PREMASTER_LENGTH);
  const take = (block: Uint8Array): Uint8Array => unwrap(block, state.clientVersion, random);
  // A ciphertext not below the modulus is refused by the key; everyone can tell such a one, and it goes the same way.
  const refuse = (): Uint8Array => take(new Uint8Array(PREMASTER_LENGTH + MIN_PADDING));
  let block: MaybePromise<Uint8Array>;
  try {
    block = privateKey.decryptRaw(sealed);
  } catch {
    return refuse();
  }
  return isPromise(block) ? block.then(take, refuse) : take(block);
}

/** 00 02, eight bytes of padding, 00. */
const MIN_PADDING = 11;

/** `00 02 || at least 8 non-zero bytes || 00 || version || 46 bytes`, or `random`. */
function unwrap(block: Uint8Array, version: number, random: Uint8Array): Uint8Array {
  const at = block.length - PREMASTER_LENGTH;
  if (at < MIN_PADDING) return random;
  let good = maskIfZero(block[0]!) & maskIfEqual(block[1]!, 2) & maskIfZero(block[at - 1]!);
  for (let i = 2; i < at - 1; i++) good &= ~maskIfZero(block[i]!);
  //= rfc5246#section-7.4.7.1
  //# In any case, a TLS server MUST NOT generate an alert if processing an
  //# RSA-encrypted premaster secret message fails, or the version number
  //# is not as expected.
  //= rfc5246#section-7.4.7.1
  //# server implementations MUST check the version number
  good &= maskIfEqual(block[at]!, version >>> 8) & maskIfEqual(block[at + 1]!, version & 0xff);
  const premaster = new Uint8Array(PREMASTER_LENGTH);
  //= rfc5246#section-7.4.7.1
  //# Instead, it MUST continue the handshake with a randomly generated premaster secret.
  for (let i = 0; i < PREMASTER_LENGTH; i++) premaster[i] = select(good, block[at + i]!, random[i]!);
  return premaster;
}

function neverSent(): never {
  throw new RangeError('RSA has no ServerKeyExchange');
}
