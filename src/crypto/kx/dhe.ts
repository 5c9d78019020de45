/**
 * DHE, RFC 5246 §7.4.3, §7.4.7.2 and §8.1.2, with the groups of RFC 7919 where they were negotiated. Our key is fresh in each
 * handshake, so that what the length of the stripped secret tells (Raccoon, CVE-2020-1968) serves once.
 */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, INSUFFICIENT_SECURITY } from '../../base/alerts.ts';
import { fail, misuse } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { FFDHE_GENERATOR, type FfdheName, ffdheOfPrime, ffdhePrime, isFfdhe } from '../ffdhe.ts';
import type { PendingKeyShare } from '../port.ts';
import type { KeyExchange, KxState } from './kx.ts';

export const dhe: KeyExchange = {
  name: 'DHE',
  serverMessage: 'always',
  usesPsk: false,
  needsGroup: 'dh',
  writeServerParams: writeDhParams,
  readServerParams: readDhParams,
  writeClientParams: writeDhPublic,
  readClientParams: readDhPublic,
};

/** `ServerDHParams`: the negotiated group, or the smallest that is large enough for a client that named none. */
export function writeDhParams(state: KxState, w: Writer): void {
  const negotiated = state.groups.find((group) => isFfdhe(group.name));
  const name = negotiated === undefined ? ffdheOfBits(state.minDhBits) : (negotiated.name as FfdheName);
  if (negotiated !== undefined) state.group = negotiated.id;
  const prime = ffdhePrime(name);
  state.dhBits = 8 * prime.length;
  state.dhPrimeLength = prime.length;
  state.pending = state.crypto.startKeyShare(name);
  w.vector(2, prime);
  w.vector(2, FFDHE_GENERATOR);
  w.vector(2, state.pending.share);
}

/** The signature over them is checked by the caller before our half is made. */
export function readDhParams(state: KxState, r: Reader): void {
  const prime = stripZeros(r.vector(2, 1));
  const generator = stripZeros(r.vector(2, 1));
  const share = stripZeros(r.vector(2, 1));
  const bits = prime.length === 0 ? 0 : 8 * prime.length - Math.clz32(prime[0]!) + 24;
  // Logjam (CVE-2015-4000); RFC 7919 §3.1: "MUST do at least cursory checks on group size".
  if (bits < state.minDhBits) fail(INSUFFICIENT_SECURITY, 'weak_key', `DH prime of ${bits} bits`);
  if (bits > MAX_DH_BITS) fail(ILLEGAL_PARAMETER, 'bad_dh_parameters', `prime of ${bits} bits`);
  if ((prime[prime.length - 1]! & 1) === 0) fail(ILLEGAL_PARAMETER, 'bad_dh_parameters', 'even prime');
  if (!isBetween(generator, prime)) fail(ILLEGAL_PARAMETER, 'bad_dh_parameters', 'generator out of range');
  //= rfc7919#section-3
  //# If dh_Ys is not in this range, the client MUST
  //# terminate the connection with a fatal handshake_failure(40) alert.
  if (!isBetween(share, prime)) fail(HANDSHAKE_FAILURE, 'bad_dh_parameters', "the server's share is out of range");
  state.dhBits = bits;
  state.dhPrimeLength = prime.length;
  state.peerShare = new Uint8Array(share);
  state.pending = start(state, prime, generator);
}

/** `ClientDiffieHellmanPublic`; the premaster secret. */
export function writeDhPublic(state: KxState, w: Writer): Uint8Array {
  const { pending, peerShare } = state;
  if (pending === undefined || peerShare === undefined) throw new RangeError('no server parameters');
  w.vector(2, pending.share);
  return finish(state, peerShare);
}

export function readDhPublic(state: KxState, r: Reader): Uint8Array {
  return finish(state, r.vector(2, 1));
}

/** Longer ones cost more than a handshake may. */
const MAX_DH_BITS = 8_192;

function start(state: KxState, prime: Uint8Array, generator: Uint8Array): PendingKeyShare {
  const known = generator.length === 1 && generator[0] === 2 ? ffdheOfPrime(prime) : undefined;
  if (known !== undefined) {
    const group = state.groups.find((one) => one.name === known);
    if (group !== undefined) state.group = group.id;
    return state.crypto.startKeyShare(known);
  }
  if (state.crypto.startDh === undefined) misuse('unsupported', `${state.crypto.name} has no DHE over unnamed groups`);
  const pending = state.crypto.startDh({ prime: new Uint8Array(prime), generator: new Uint8Array(generator) });
  return pending ?? fail(ILLEGAL_PARAMETER, 'bad_dh_parameters', 'refused');
}

/** Shares may come with or without leading zeros; the provider takes them as long as the prime. */
function finish(state: KxState, peerShare: Uint8Array): Uint8Array {
  const { pending, dhPrimeLength } = state;
  delete state.pending;
  const share = stripZeros(peerShare);
  if (pending === undefined || dhPrimeLength === undefined || share.length > dhPrimeLength) refuseShare();
  const padded = new Uint8Array(dhPrimeLength);
  padded.set(share, dhPrimeLength - share.length);
  //= rfc5246#section-8.1.2
  //# Leading bytes of Z that contain all zero bits are stripped before it is used as the
  //# pre_master_secret.
  return stripZeros(pending.finish(padded) ?? refuseShare());
}

function refuseShare(): never {
  fail(HANDSHAKE_FAILURE, 'bad_dh_parameters', 'share out of range');
}

function ffdheOfBits(bits: number): FfdheName {
  for (const name of ['ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144'] as const) if (bits <= Number(name.slice(5))) return name;
  return 'ffdhe8192';
}

function stripZeros(value: Uint8Array): Uint8Array {
  let at = 0;
  while (at < value.length && value[at] === 0) at++;
  return value.subarray(at);
}

/** 1 < value < prime - 1, for an odd prime; both without leading zeros. */
function isBetween(value: Uint8Array, prime: Uint8Array): boolean {
  if (value.length === 0 || (value.length === 1 && value[0] === 1)) return false;
  if (value.length !== prime.length) return value.length < prime.length;
  const last = prime.length - 1;
  for (let i = 0; i < last; i++) if (value[i] !== prime[i]) return value[i]! < prime[i]!;
  return value[last]! < prime[last]! - 1;
}
