/**
 * Finite-field Diffie-Hellman over node:crypto, through KeyObjects: `createDiffieHellman` tests the prime each time, which
 * takes 200 to 250 ms for ffdhe2048 on Node 24 and 26. On Node 20 it knows the primes of RFC 7919, and KeyObjects take 5 ms
 * where it takes 1.
 *
 * Shares of named groups are as long as the prime, and so are all secrets; TLS before 1.3 strips leading zeros itself.
 */
import * as crypto from 'node:crypto';
import { FFDHE_GENERATOR, type FfdheName, ffdhePrime } from '../ffdhe.ts';
import type { DhParameters, PendingKeyShare } from '../port.ts';
import { BIT_STRING, encode, encodeInteger, expect, INTEGER, padTo, SEQUENCE, stripZeros } from './der.ts';
import { plain } from './plain.ts';

export function startFfdhe(group: FfdheName): PendingKeyShare {
  if (KNOWS_FFDHE) return startKnown(ffdhePrime(group));
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
const KNOWS_FFDHE: boolean = /* @__PURE__ */ process.versions.openssl.startsWith('3.0');

function startKnown(prime: Uint8Array): PendingKeyShare {
  let dh: crypto.DiffieHellman | undefined = crypto.createDiffieHellman(prime, 2);
  const share = padTo(prime.length, plain(dh.generateKeys()));
  return {
    share,
    finish(peer) {
      const ours = dh;
      dh = undefined;
      //= rfc9846#section-4.3.8.1
      //# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
      if (ours === undefined || peer.length !== prime.length || !isBetween(stripZeros(peer), prime)) return undefined;
      try {
        //= rfc9846#section-7.4.2
        //# leading zeros found in this octet string MUST NOT be truncated
        return padTo(prime.length, plain(ours.computeSecret(peer)));
      } catch {
        return undefined;
      }
    },
  };
}

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
  let own: Own | undefined = g.length < 4 ? generated(prime, g) : assembled(prime, g);
  return {
    share: padTo(prime.length, own.value),
    finish(peer) {
      const ours = own;
      own = undefined;
      const y = stripZeros(peer);
      //= rfc9846#section-4.3.8.1
      //# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
      if (ours === undefined || (exact && peer.length !== prime.length) || !isBetween(y, prime)) return undefined;
      try {
        //= rfc9846#section-7.4.2
        //# leading zeros found in this octet string MUST NOT be truncated
        return raise(ours, y, prime.length);
      } catch {
        return undefined;
      }
    },
  };
}

/** Our half. `algorithm` is the DER of its AlgorithmIdentifier, which the peer's key must repeat. */
interface Own {
  readonly privateKey: crypto.KeyObject;
  readonly algorithm: Uint8Array;
  readonly value: Uint8Array;
}

function generated(prime: Uint8Array, generator: Uint8Array): Own {
  const small = generator.reduce((value, byte) => (value << 8) | byte, 0);
  const pair = generate('dh', { prime, generator: small, publicKeyEncoding: { format: 'der', type: 'spki' } });
  const body = expect(SEQUENCE, pair.publicKey)!.content;
  const algorithm = expect(SEQUENCE, body)!;
  const bits = expect(BIT_STRING, body, algorithm.next)!;
  const value = stripZeros(expect(INTEGER, bits.content, 1)!.content);
  return { privateKey: pair.privateKey, algorithm: body.subarray(0, algorithm.next), value };
}

/** generateKeyPairSync takes a generator of 31 bits: for a larger one the key is put together, and raises the generator itself. */
function assembled(prime: Uint8Array, generator: Uint8Array): Own {
  const algorithm = encode(SEQUENCE, DH_OID, encode(SEQUENCE, encodeInteger(prime), encodeInteger(generator)));
  const exponent = crypto.randomBytes(prime.length);
  exponent[0]! &= prime[0]! >> 1;
  const key = encode(SEQUENCE, encodeInteger(NO_UNUSED_BITS), algorithm, encode(OCTET_STRING, encodeInteger(exponent)));
  const privateKey = crypto.createPrivateKey({ key: Buffer.from(key.buffer), format: 'der', type: 'pkcs8' });
  const own = { privateKey, algorithm, value: generator };
  return { ...own, value: stripZeros(raise(own, generator, prime.length)) };
}

function raise(own: Own, y: Uint8Array, length: number): Uint8Array {
  const key = encode(SEQUENCE, own.algorithm, encode(BIT_STRING, NO_UNUSED_BITS, encodeInteger(y)));
  const publicKey = crypto.createPublicKey({ key: Buffer.from(key.buffer), format: 'der', type: 'spki' });
  return padTo(length, plain(crypto.diffieHellman({ privateKey: own.privateKey, publicKey })));
}

const OCTET_STRING = 0x04;
/** 1.2.840.113549.1.3.1, as an element. */
const DH_OID = /* @__PURE__ */ Uint8Array.of(6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1);

const NO_UNUSED_BITS: Uint8Array = /* @__PURE__ */ new Uint8Array(1);

/** Whether 1 < value < prime - 1, for an odd prime; both without leading zeros. */
function isBetween(value: Uint8Array, prime: Uint8Array): boolean {
  if (value.length === 0 || (value.length === 1 && value[0] === 1)) return false;
  if (value.length !== prime.length) return value.length < prime.length;
  const last = prime.length - 1;
  for (let i = 0; i < last; i++) if (value[i] !== prime[i]) return value[i]! < prime[i]!;
  return value[last]! < prime[last]! - 1;
}
