/** Private keys over node:crypto: from PKCS #8, from PEM, or a KeyObject of the caller's. */
import * as crypto from 'node:crypto';
import { misuse } from '../../base/errors.ts';
import type { GroupName, PrivateKeyHandle, SignatureKeyType } from '../port.ts';
import { padTo } from './der.ts';
import { curveBits, curveOfOpenssl } from './keys.ts';
import { plain } from './plain.ts';
import { keyOptions, schemesOf, schemeUse } from './schemes.ts';

/** Throws TlsError `bad_key`. */
export function importPrivateKey(pkcs8: Uint8Array): PrivateKeyHandle {
  const key = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.byteLength);
  return privateKeyFromKeyObject(create({ key, format: 'der', type: 'pkcs8' }));
}

/** Any PEM that OpenSSL reads, encrypted or not. Throws TlsError `bad_key`. */
export function privateKeyFromPem(pem: string | Uint8Array, passphrase?: string | Uint8Array): PrivateKeyHandle {
  const key = typeof pem === 'string' ? pem : Buffer.from(pem);
  if (passphrase === undefined) return privateKeyFromKeyObject(create({ key, format: 'pem' }));
  const secret = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase);
  return privateKeyFromKeyObject(create({ key, format: 'pem', passphrase: secret }));
}

/** Throws TlsError `bad_key` for a key that cannot sign in TLS. */
export function privateKeyFromKeyObject(object: crypto.KeyObject): PrivateKeyHandle {
  if (object.type !== 'private') misuse('bad_key', 'not a private key');
  const details = object.asymmetricKeyDetails;
  const type = object.asymmetricKeyType;
  switch (type) {
    case 'rsa':
    case 'dsa':
      return new NodePrivateKey(object, type, details?.modulusLength ?? 0);
    case 'rsa-pss':
      return new NodePrivateKey(object, type, details?.modulusLength ?? 0, undefined, details?.hashAlgorithm);
    case 'ed25519':
      return new NodePrivateKey(object, type, 256);
    case 'ed448':
      return new NodePrivateKey(object, type, 456);
    case 'ec': {
      const curve = curveOfOpenssl(details?.namedCurve);
      if (curve === undefined) misuse('bad_key', 'curve of no use in TLS');
      return new NodePrivateKey(object, 'ec', curveBits(curve), curve);
    }
    default:
      return misuse('bad_key', 'type of key of no use in TLS');
  }
}

function create(input: crypto.PrivateKeyInput): crypto.KeyObject {
  try {
    return crypto.createPrivateKey(input);
  } catch {
    // OpenSSL's reason may quote the input: say nothing of it.
    return misuse('bad_key', 'malformed, or the passphrase is wrong or missing');
  }
}

class NodePrivateKey implements PrivateKeyHandle {
  readonly type: SignatureKeyType;
  readonly bits: number;
  readonly curve?: GroupName;
  readonly schemes: readonly number[];
  readonly spki: Uint8Array;
  readonly #object: crypto.KeyObject;

  constructor(object: crypto.KeyObject, type: SignatureKeyType, bits: number, curve?: GroupName, digest?: string) {
    this.type = type;
    this.bits = bits;
    if (curve !== undefined) this.curve = curve;
    this.schemes = schemesOf(type, bits, curve, digest);
    this.spki = plain(crypto.createPublicKey(object).export({ format: 'der', type: 'spki' }));
    this.#object = object;
  }

  sign(scheme: number, tbs: Uint8Array): Uint8Array {
    const use = schemeUse(scheme);
    if (use === undefined || use.keyType !== this.type) misuse('invalid_argument', 'scheme that this key cannot sign');
    return plain(crypto.sign(use.digest, tbs, keyOptions(use, this.#object)));
  }

  signPrehashed(hashes: Uint8Array): Uint8Array {
    if (this.type !== 'rsa') misuse('invalid_argument', 'only RSA keys sign bare hashes');
    return plain(crypto.privateEncrypt({ key: this.#object, padding: crypto.constants.RSA_PKCS1_PADDING }, hashes));
  }

  /** `privateDecrypt` with PKCS #1 padding is closed on Node 20, and its own unpadding would be an oracle: raw, the kx unpads. */
  decryptRaw(ciphertext: Uint8Array): Uint8Array {
    if (this.type !== 'rsa') misuse('invalid_argument', 'only RSA keys decrypt');
    const text = crypto.privateDecrypt({ key: this.#object, padding: crypto.constants.RSA_NO_PADDING }, ciphertext);
    return padTo(Math.ceil(this.bits / 8), plain(text));
  }
}
