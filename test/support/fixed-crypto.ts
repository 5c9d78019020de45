/** A provider whose randomness and ephemeral keys are given: for traces, and for handshakes that must come out the same twice. */
import { createECDH, createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { CryptoProvider, GroupName, PendingKeyShare } from '../../src/crypto/port.ts';

export interface FixedInput {
  /** The next random bytes, so many. */
  readonly random: (length: number) => Uint8Array;
  /** Private keys by group, used one after the other. Only x25519 and secp256r1. */
  readonly keys: readonly (readonly [GroupName, Uint8Array])[];
}

export function fixedCrypto({ random, keys }: FixedInput): CryptoProvider {
  const left = [...keys];
  const startKeyShare = (group: GroupName): PendingKeyShare => {
    const at = left.findIndex(([name]) => name === group);
    if (at < 0) throw new Error(`no fixed key for ${group}`);
    const [[, key]] = left.splice(at, 1) as [readonly [GroupName, Uint8Array]];
    return group === 'x25519' ? x25519(key) : p256(key);
  };
  return {
    ...nodeCrypto,
    random,
    startKeyShare,
    answerKeyShare(group, peer) {
      const pending = startKeyShare(group);
      const secret = pending.finish(peer);
      return secret === undefined ? undefined : { share: pending.share, secret };
    },
  };
}

/** Bytes that look random and are the same every time. */
export function seededRandom(seed: number): (length: number) => Uint8Array {
  let state = seed >>> 0 || 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}

const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

function x25519(key: Uint8Array): PendingKeyShare {
  const privateKey = createPrivateKey({ key: Buffer.concat([X25519_PKCS8, key]), format: 'der', type: 'pkcs8' });
  const share = new Uint8Array(publicOf(privateKey).subarray(-32));
  return {
    share,
    finish(peer) {
      if (peer.length !== 32) return undefined;
      const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, peer]), format: 'der', type: 'spki' });
      return new Uint8Array(diffieHellman({ privateKey, publicKey }));
    },
  };
}

function publicOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}

function p256(key: Uint8Array): PendingKeyShare {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(key);
  return { share: new Uint8Array(ecdh.getPublicKey()), finish: (peer) => new Uint8Array(ecdh.computeSecret(peer)) };
}
