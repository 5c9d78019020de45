/**
 * Finite-field Diffie-Hellman over node:crypto, through KeyObjects: `createDiffieHellman` tests the prime each time, which
 * takes 200 to 250 ms for ffdhe2048 on Node 24 and 26.
 *
 * Shares of named groups are as long as the prime, and so are all secrets; TLS before 1.3 strips leading zeros itself.
 */
import * as crypto from 'node:crypto';
import { FFDHE_GENERATOR, type FfdheName, ffdhePrime } from '../ffdhe.ts';
import type { DhParameters, PendingKeyShare } from '../port.ts';
import { BIT_STRING, encode, encodeInteger, expect, INTEGER, padTo, SEQUENCE, stripZeros } from './der.ts';
import { plain } from './plain.ts';

export function startFfdhe(group: FfdheName): PendingKeyShare {
  return start(ffdhePrime(group), FFDHE_GENERATOR, true);
}

/** Undefined for parameters that cannot be: an even prime, a generator outside 2 to p-2. */
export function startDh(parameters: DhParameters): PendingKeyShare | undefined {
  const prime = stripZeros(parameters.prime);
  if (prime.length < 64 || prime.length > MAX_PRIME_BYTES || (prime[prime.length - 1]! & 1) === 0) return undefined;
  if (!isBetween(stripZeros(parameters.generator), prime)) return undefined;
  try {
    return start(prime, parameters.generator, false);
  } catch {
    return undefined;
  }
}

const MAX_PRIME_BYTES = 1024;

interface Generated {
  readonly publicKey: Uint8Array;
  readonly privateKey: crypto.KeyObject;
}
interface DhOptions {
  readonly prime: Uint8Array;
  readonly generator: number;
  readonly publicKeyEncoding: { readonly format: 'der'; readonly type: 'spki' };
}
const generate = crypto.generateKeyPairSync as unknown as (type: 'dh', options: DhOptions) => Generated;

function start(prime: Uint8Array, generator: Uint8Array, exact: boolean): PendingKeyShare {
  const g = stripZeros(generator);
  if (g.length > 3) throw new RangeError('generator too large');
  const small = g.reduce((value, byte) => (value << 8) | byte, 0);
  let pair: Generated | undefined = generate('dh', { prime, generator: small, publicKeyEncoding: { format: 'der', type: 'spki' } });
  const { algorithm, value } = parts(pair.publicKey);
  return {
    share: padTo(prime.length, value),
    finish(peer) {
      const privateKey = pair?.privateKey;
      pair = undefined;
      const y = stripZeros(peer);
      //= rfc9846#section-4.2.8.1
      //# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
      if (privateKey === undefined || (exact && peer.length !== prime.length) || !isBetween(y, prime)) return undefined;
      try {
        const key = encode(SEQUENCE, algorithm, encode(BIT_STRING, NO_UNUSED_BITS, encodeInteger(y)));
        const publicKey = crypto.createPublicKey({ key: Buffer.from(key.buffer), format: 'der', type: 'spki' });
        return padTo(prime.length, plain(crypto.diffieHellman({ privateKey, publicKey })));
      } catch {
        return undefined;
      }
    },
  };
}

const NO_UNUSED_BITS: Uint8Array = /* @__PURE__ */ new Uint8Array(1);

/** AlgorithmIdentifier and value of a DH SubjectPublicKeyInfo that we made. */
function parts(spki: Uint8Array): { algorithm: Uint8Array; value: Uint8Array } {
  const body = expect(SEQUENCE, spki)!.content;
  const algorithm = expect(SEQUENCE, body)!;
  const bits = expect(BIT_STRING, body, algorithm.next)!;
  const value = stripZeros(expect(INTEGER, bits.content, 1)!.content);
  return { algorithm: body.subarray(0, algorithm.next), value };
}

/** Whether 1 < value < prime - 1, for an odd prime; both without leading zeros. */
function isBetween(value: Uint8Array, prime: Uint8Array): boolean {
  if (value.length === 0 || (value.length === 1 && value[0] === 1)) return false;
  if (value.length !== prime.length) return value.length < prime.length;
  const last = prime.length - 1;
  for (let i = 0; i < last; i++) if (value[i] !== prime[i]) return value[i]! < prime[i]!;
  return value[last]! < prime[last]! - 1;
}
