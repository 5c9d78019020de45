/** Signing what certificates, requests, CRLs and OCSP responses have in common: `SEQUENCE { tbs, algorithm, BIT STRING }`. */
import { misuse } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { PrivateKeyHandle } from '../../crypto/port.ts';
import * as scheme from '../../wire/signature-scheme.ts';
import { algorithm, bitString, context, integer, nullValue, sequence } from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';

/** The AlgorithmIdentifier of a TLS signature scheme. Throws `unsupported` for one that certificates do not use. */
export function schemeAlgorithm(of: number): Uint8Array {
  switch (of) {
    case scheme.RSA_PKCS1_SHA256:
      return algorithm(oids.SHA256_WITH_RSA, nullValue());
    case scheme.RSA_PKCS1_SHA384:
      return algorithm(oids.SHA384_WITH_RSA, nullValue());
    case scheme.RSA_PKCS1_SHA512:
      return algorithm(oids.SHA512_WITH_RSA, nullValue());
    case scheme.RSA_PKCS1_SHA1:
      return algorithm(oids.SHA1_WITH_RSA, nullValue());
    case scheme.RSA_PSS_RSAE_SHA256:
    case scheme.RSA_PSS_PSS_SHA256:
      return pss(oids.SHA256, 32);
    case scheme.RSA_PSS_RSAE_SHA384:
    case scheme.RSA_PSS_PSS_SHA384:
      return pss(oids.SHA384, 48);
    case scheme.RSA_PSS_RSAE_SHA512:
    case scheme.RSA_PSS_PSS_SHA512:
      return pss(oids.SHA512, 64);
    case scheme.ECDSA_SECP256R1_SHA256:
      return algorithm(oids.ECDSA_WITH_SHA256);
    case scheme.ECDSA_SECP384R1_SHA384:
      return algorithm(oids.ECDSA_WITH_SHA384);
    case scheme.ECDSA_SECP521R1_SHA512:
      return algorithm(oids.ECDSA_WITH_SHA512);
    case scheme.ECDSA_SHA1:
      return algorithm(oids.ECDSA_WITH_SHA1);
    case scheme.ED25519:
      return algorithm(oids.ED25519);
    case scheme.ED448:
      return algorithm(oids.ED448);
    case scheme.DSA_SHA256:
      return algorithm(oids.DSA_WITH_SHA256);
    case scheme.DSA_SHA1:
      return algorithm(oids.DSA_WITH_SHA1);
    default:
      return misuse('unsupported', `certificates are not signed with ${scheme.schemeName(of)}`);
  }
}

/** The scheme a key signs certificates with by default. */
export function defaultScheme(key: PrivateKeyHandle): number {
  switch (key.type) {
    case 'rsa':
      return scheme.RSA_PKCS1_SHA256;
    case 'rsa-pss':
      return scheme.RSA_PSS_PSS_SHA256;
    case 'ec':
      return key.curve === 'secp384r1' || key.curve === 'brainpoolP384r1'
        ? scheme.ECDSA_SECP384R1_SHA384
        : key.curve === 'secp521r1' || key.curve === 'brainpoolP512r1'
          ? scheme.ECDSA_SECP521R1_SHA512
          : scheme.ECDSA_SECP256R1_SHA256;
    case 'ed25519':
      return scheme.ED25519;
    case 'ed448':
      return scheme.ED448;
    case 'dsa':
      return scheme.DSA_SHA256;
  }
}

/** `SIGNED{tbs}`; `more` stands behind the signature (certificates of an OCSP responder). */
export function signed(key: PrivateKeyHandle, tbs: Uint8Array, with_: number, ...more: readonly Uint8Array[]): MaybePromise<Uint8Array> {
  const algorithmId = schemeAlgorithm(with_);
  return then(key.sign(with_, tbs), (signature) => sequence(tbs, algorithmId, bitString(signature), ...more));
}

function pss(hash: string, salt: number): Uint8Array {
  const hashId = algorithm(hash, nullValue());
  return algorithm(oids.RSASSA_PSS, sequence(context(0, hashId), context(1, algorithm(oids.MGF1, hashId)), context(2, integer(salt))));
}
