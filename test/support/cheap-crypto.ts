/**
 * A provider whose public-key operations cost nothing and come out the same each time: for runs that need many handshakes and
 * no secrecy (fuzzing, the model check, the learner). Hashes and record protection are the real ones.
 *
 * A key share is its own secret half and the shared secret is the exclusive-or of both; a signature is an HMAC under the public
 * key; RSA encryption is padding. Whoever signs, verifies or agrees on keys must use this provider at both ends.
 */
import { BAD_CERTIFICATE } from '../../src/base/alerts.ts';
import { equal } from '../../src/base/bytes.ts';
import { fail } from '../../src/base/errors.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { CryptoProvider, GroupName, PendingKeyShare, PrivateKeyHandle } from '../../src/crypto/port.ts';
import type { Credential } from '../../src/handshake/context.ts';
import { type Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
import type { CertificateVerifier } from '../../src/pki/x509/verifier.ts';
import { ECDSA_SECP256R1_SHA256, ECDSA_SHA1 } from '../../src/wire/signature-scheme.ts';
import { credential } from './certificates.ts';
import { seededRandom } from './fixed-crypto.ts';

/** With randomness of its own, begun anew by `seed`; or with somebody else's. */
export function cheapCrypto(seed: number | ((length: number) => Uint8Array) = 1): CryptoProvider {
  const random = typeof seed === 'number' ? seededRandom(seed) : seed;
  const start = (group: GroupName): PendingKeyShare => {
    const share = random(lengthOf(group));
    if (group !== 'x25519') share[0] = UNCOMPRESSED;
    return { share, finish: (peer) => (peer.length === share.length ? exclusiveOr(share, peer) : undefined) };
  };
  return {
    ...nodeCrypto,
    name: 'cheap',
    random,
    startKeyShare: start,
    answerKeyShare(group, peer) {
      const pending = start(group);
      const secret = pending.finish(peer);
      return secret === undefined ? undefined : { share: pending.share, secret };
    },
    encryptRsa: (_key, plain) => {
      const block = new Uint8Array(RSA_BYTES).fill(1);
      block.set([0, 2]);
      block[RSA_BYTES - plain.length - 1] = 0;
      block.set(plain, RSA_BYTES - plain.length);
      return block;
    },
    verify: (_scheme, key, tbs, signature) => equal(signature, sign(key.spki, tbs)),
  };
}

/** The certificate of the P-256 test credential, signing as `cheapCrypto` verifies. */
export function cheapCredential(): Credential {
  const { chain, key } = credential('p256');
  const spki = key.spki!;
  const cheap: PrivateKeyHandle = {
    type: 'ec',
    curve: 'secp256r1',
    bits: 256,
    schemes: [ECDSA_SECP256R1_SHA256, ECDSA_SHA1],
    spki,
    sign: (_scheme, tbs) => sign(spki, tbs),
  };
  return { chain: [chain[0]!], key: cheap };
}

/** The certificate of the RSA test credential, decrypting what `cheapCrypto` encrypts. */
export function cheapRsaCredential(): Credential {
  const { chain, key } = credential('rsa');
  const spki = key.spki!;
  const cheap: PrivateKeyHandle = {
    type: 'rsa',
    bits: 8 * RSA_BYTES,
    schemes: key.schemes,
    spki,
    sign: (_scheme, tbs) => sign(spki, tbs),
    decryptRaw: (sealed) => sealed.slice(),
  };
  return { chain: [chain[0]!], key: cheap };
}

/** Takes every chain whose leaf can be read and has a key. */
export const cheapVerifier: CertificateVerifier = {
  verify({ chain, crypto }) {
    const certificate = parsed(chain[0]!);
    const key = certificate.subjectKey(crypto);
    if (key === undefined) fail(BAD_CERTIFICATE, 'bad_certificate');
    return { key, certificate, path: [], trusted: true };
  },
};

const UNCOMPRESSED = 4;
const RSA_BYTES = 256;
let own: Certificate | undefined;

function parsed(der: Uint8Array): Certificate {
  own ??= parseCertificate(credential('p256').chain[0]!);
  return equal(der, own.der) ? own : parseCertificate(der);
}

function lengthOf(group: GroupName): number {
  switch (group) {
    case 'x25519':
      return 32;
    case 'secp256r1':
      return 65;
    case 'secp384r1':
      return 97;
    default:
      throw new RangeError(`no cheap ${group}`);
  }
}

function exclusiveOr(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}

function sign(spki: Uint8Array, tbs: Uint8Array): Uint8Array {
  return nodeCrypto.hmac('sha256', spki, tbs);
}
