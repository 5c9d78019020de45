/**
 * Elliptic-curve key agreement over node:crypto.
 *
 * Routes, in µs for generate + finish on Node 20 / 22 / 24 / 26: X25519 through generateKeyPairSync with a JWK of the public
 * half and a JWK import of the peer's 88 / 76 / 75 / 80 (through DER 280 on Node 20); P-256 through createECDH 150 / 91 / 151 /
 * 121; P-384 and P-521 through KeyObjects, a third less than createECDH on Node 22.
 *
 * The public half is exported by generateKeyPairSync itself, never from the KeyObject afterwards: on Node 20 exporting a
 * generated KeyObject as JWK deadlocks when a garbage collection falls into it.
 */
import * as crypto from 'node:crypto';
import type { GroupName, PendingKeyShare } from '../port.ts';
import { base64url, fromBase64url, plain } from './plain.ts';

/** Undefined for a group that is no curve. */
export function startCurve(group: GroupName): PendingKeyShare | undefined {
  switch (group) {
    case 'x25519':
      return startXdh('x25519', 'X25519', 32);
    case 'x448':
      return startXdh('x448', 'X448', 56);
    case 'secp256r1':
      return startEcdh('prime256v1', 32);
    case 'secp384r1':
      return startEc('P-384', 48);
    case 'secp521r1':
      return startEc('P-521', 66);
    case 'brainpoolP256r1':
      return startEcdh(group, 32);
    case 'brainpoolP384r1':
      return startEcdh(group, 48);
    case 'brainpoolP512r1':
      return startEcdh(group, 64);
    default:
      return undefined;
  }
}

/** What `generateKeyPairSync` gives when asked for a JWK of the public half; the typings do not know that form. */
interface Generated {
  readonly publicKey: crypto.JsonWebKey;
  readonly privateKey: crypto.KeyObject;
}
type Generate = (type: string, options: { namedCurve?: string; publicKeyEncoding: { format: 'jwk' } }) => Generated;
const generate = crypto.generateKeyPairSync as unknown as Generate;
const JWK: { format: 'jwk' } = { format: 'jwk' };

function startXdh(type: 'x25519' | 'x448', crv: string, length: number): PendingKeyShare {
  const { publicKey, privateKey } = generate(type, { publicKeyEncoding: JWK });
  return new Pending(fromBase64url(publicKey.x!), (peer) => xdhSecret(privateKey, crv, length, peer));
}

/** Exported for tests with keys of their own. */
export function xdhSecret(privateKey: crypto.KeyObject, crv: string, length: number, peer: Uint8Array): Uint8Array | undefined {
  if (peer.length !== length) return undefined;
  const secret = derive(privateKey, { kty: 'OKP', crv, x: base64url(peer) });
  //= rfc9846#section-7.4.2
  //# Implementations MUST check whether the computed Diffie-Hellman
  //# shared secret is the all-zero value and abort if so
  //= rfc8422#section-5.10
  //# if either party obtains all-zeroes x_S, it MUST abort the handshake
  //= rfc8422#section-5.11
  //# With X25519 and X448, a receiving party MUST check whether the computed premaster secret is the
  //# all-zero value and abort the handshake if so, as described in Section 6 of [RFC7748].
  //= rfc8422#section-5.10
  //# leading zeros found in this octet string MUST NOT be truncated
  //= rfc9846#section-4.3.8.2
  //# For the curves secp256r1, secp384r1, and secp521r1, peers MUST validate each other's public value
  //# Q by ensuring that the point is a valid point on the elliptic curve.
  return secret === undefined || isZero(secret) ? undefined : secret;
}

/** P-384 and P-521. */
function startEc(crv: string, length: number): PendingKeyShare {
  const { publicKey, privateKey } = generate('ec', { namedCurve: crv, publicKeyEncoding: JWK });
  const share = new Uint8Array(1 + 2 * length);
  share[0] = UNCOMPRESSED;
  share.set(fromBase64url(publicKey.x!), 1);
  share.set(fromBase64url(publicKey.y!), 1 + length);
  return new Pending(share, (peer) => ecSecret(privateKey, crv, length, peer));
}

export function ecSecret(privateKey: crypto.KeyObject, crv: string, length: number, peer: Uint8Array): Uint8Array | undefined {
  if (!isUncompressed(peer, length)) return undefined;
  const x = base64url(peer.subarray(1, 1 + length));
  return derive(privateKey, { kty: 'EC', crv, x, y: base64url(peer.subarray(1 + length)) });
}

function startEcdh(curve: string, length: number): PendingKeyShare {
  const ecdh = crypto.createECDH(curve);
  const share = plain(ecdh.generateKeys());
  return new Pending(share, (peer) => ecdhSecret(ecdh, length, peer));
}

export function ecdhSecret(ecdh: crypto.ECDH, length: number, peer: Uint8Array): Uint8Array | undefined {
  if (!isUncompressed(peer, length)) return undefined;
  try {
    return plain(ecdh.computeSecret(peer));
  } catch {
    return undefined;
  }
}

/** Both natively refuse points off the curve; the derivation refuses a zero result. */
function derive(privateKey: crypto.KeyObject, jwk: crypto.JsonWebKey): Uint8Array | undefined {
  try {
    return plain(crypto.diffieHellman({ privateKey, publicKey: crypto.createPublicKey({ key: jwk, format: 'jwk' }) }));
  } catch {
    return undefined;
  }
}

const UNCOMPRESSED = 4;

/** RFC 9846 §4.3.8.2, RFC 8422 §5.4.1: the one point format there is. */
function isUncompressed(point: Uint8Array, length: number): boolean {
  return point.length === 1 + 2 * length && point[0] === UNCOMPRESSED;
}

function isZero(secret: Uint8Array): boolean {
  let all = 0;
  for (let i = 0; i < secret.length; i++) all |= secret[i]!;
  return all === 0;
}

/** One use: the private half goes with `finish`. */
class Pending implements PendingKeyShare {
  readonly share: Uint8Array;
  #finish: ((peer: Uint8Array) => Uint8Array | undefined) | undefined;

  constructor(share: Uint8Array, finish: (peer: Uint8Array) => Uint8Array | undefined) {
    this.share = share;
    this.#finish = finish;
  }

  finish(peerShare: Uint8Array): Uint8Array | undefined {
    const finish = this.#finish;
    this.#finish = undefined;
    return finish?.(peerShare);
  }
}
