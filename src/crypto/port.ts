/**
 * The crypto port: what the protocol asks of cryptography. Types only. A provider (`crypto/node`, `crypto/noble`, one of
 * the caller's) implements it; contexts are given one.
 *
 * Record protection and hashing are synchronous. What may wait (a key in an HSM, a verifier in another process) returns
 * `MaybePromise`.
 */
import type { MaybePromise } from '../base/maybe-promise.ts';

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
/** Hashes and the pair that SSL 3.0 to TLS 1.1 use. */
export type TranscriptHashName = HashName | 'md5-sha1';

/** A running hash. `digest` may be called once; `copy` first where more is to come. */
export interface Hash {
  update(data: Uint8Array): void;
  copy(): Hash;
  digest(): Uint8Array;
}

export type AeadName =
  | 'aes-128-gcm'
  | 'aes-256-gcm'
  | 'chacha20-poly1305'
  | 'aes-128-ccm'
  | 'aes-256-ccm'
  | 'aes-128-ccm-8'
  | 'aes-256-ccm-8'
  | 'camellia-128-gcm'
  | 'camellia-256-gcm'
  | 'aria-128-gcm'
  | 'aria-256-gcm';

/** One key in use. All nonces are 12 bytes. */
export interface Aead {
  readonly tagLength: number;
  /** Writes ciphertext and tag (`plain.length + tagLength` bytes) to `out` at `at`. `plain` may lie in `out` at `at`. */
  seal(out: Uint8Array, at: number, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): void;
  /** The plaintext of `sealed` (ciphertext and tag), or undefined when it does not authenticate. Never throws. */
  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
  /** Drops native objects held for speed; the next use makes them again. Called when a connection falls idle. */
  rest(): void;
}

export type CbcName = 'aes-128-cbc' | 'aes-256-cbc' | '3des-ede-cbc' | 'camellia-128-cbc' | 'camellia-256-cbc';

/** A block cipher in CBC mode without padding; input is whole blocks. */
export interface BlockCipher {
  readonly blockLength: number;
  encrypt(iv: Uint8Array, plain: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, cipher: Uint8Array): Uint8Array;
  rest(): void;
}

export type StreamName = 'rc4-128';
/** A stream cipher that keeps its state from record to record. */
export interface StreamCipher {
  apply(data: Uint8Array): Uint8Array;
}

/** A single-block cipher (AES-ECB): DTLS 1.3 record numbers. */
export interface BlockMask {
  /** Encrypts one block of 16 bytes. */
  mask(sample: Uint8Array): Uint8Array;
  /** Drops native objects held for speed, as in `Aead`. */
  rest?(): void;
}

/** Names of RFC 8446 §4.2.7 and its companions, in lower case. */
export type GroupName =
  | 'x25519'
  | 'x448'
  | 'secp256r1'
  | 'secp384r1'
  | 'secp521r1'
  | 'ffdhe2048'
  | 'ffdhe3072'
  | 'ffdhe4096'
  | 'ffdhe6144'
  | 'ffdhe8192'
  | 'brainpoolP256r1'
  | 'brainpoolP384r1'
  | 'brainpoolP512r1'
  | 'X25519MLKEM768'
  | 'SecP256r1MLKEM768'
  | 'SecP384r1MLKEM1024'
  | 'MLKEM768';

/** Our half of a key agreement whose share has been sent. Used once. */
export interface PendingKeyShare {
  readonly share: Uint8Array;
  /** The shared secret, or undefined when the peer's share is invalid (off curve, zero result, wrong length). */
  finish(peerShare: Uint8Array): Uint8Array | undefined;
}

/** A prime-field group given by the server (DHE of SSL 3.0 to TLS 1.2). */
export interface DhParameters {
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
}

export type SignatureKeyType = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa';

/** A public key as parsed from a SubjectPublicKeyInfo. */
export interface PublicKey {
  readonly type: SignatureKeyType;
  /** The DER of the SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** Modulus or prime size for RSA and DSA, field size for EC and EdDSA. */
  readonly bits: number;
  /** For `ec`: the named curve. */
  readonly curve?: GroupName;
}

/** The private half. Its key may live elsewhere: only these operations are asked of it. */
export interface PrivateKeyHandle {
  readonly type: SignatureKeyType;
  readonly curve?: GroupName;
  readonly bits?: number;
  /** The signature schemes it can make, best first. */
  readonly schemes: readonly number[];
  /** Signs `tbs` (unhashed). Throws or rejects: the connection fails with `internal_error`, alone. */
  sign(scheme: number, tbs: Uint8Array): MaybePromise<Uint8Array>;
  /** RSA keys: PKCS #1 v1.5 over what is there already, MD5 and SHA-1 in a row (SSL 3.0). Absent: no client certificate there. */
  signPrehashed?(hashes: Uint8Array): MaybePromise<Uint8Array>;
  /** Raw RSA (no unpadding), for the RSA key exchange. Result is as long as the modulus. */
  decryptRaw?(ciphertext: Uint8Array): MaybePromise<Uint8Array>;
  /** The SubjectPublicKeyInfo, where the handle knows it: lets a context check that key and certificate belong together. */
  readonly spki?: Uint8Array;
}

export interface CryptoProvider {
  readonly name: string;

  /** Cryptographically secure. */
  random(length: number): Uint8Array;
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;

  hash(name: HashName): Hash;
  digest(name: HashName, data: Uint8Array): Uint8Array;
  /** HMAC over the parts in order. */
  hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;

  /** PBKDF2, RFC 8018 §5.2; where a provider has none, it is made of `hmac`. */
  pbkdf2?(hash: HashName, password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array;
  /** scrypt, RFC 7914, for keys in files. It takes 128 · cost · block bytes of memory. */
  scrypt?(password: Uint8Array, salt: Uint8Array, cost: number, block: number, parallel: number, length: number): Uint8Array;

  aead(name: AeadName, key: Uint8Array): Aead;
  cbc(name: CbcName, key: Uint8Array): BlockCipher;
  stream?(name: StreamName, key: Uint8Array): StreamCipher;
  blockMask?(key: Uint8Array): BlockMask;
  /** ChaCha20 keystream of 16 bytes for a record-number mask, RFC 9147 §4.2.3. */
  chachaMask?(key: Uint8Array, sample: Uint8Array): Uint8Array;

  /** Starts a key agreement in a named group. */
  startKeyShare(group: GroupName): PendingKeyShare;
  /** Answers a share at once (KEM encapsulation, or generate and finish): undefined when it is invalid. */
  answerKeyShare(group: GroupName, peerShare: Uint8Array): { readonly share: Uint8Array; readonly secret: Uint8Array } | undefined;
  /** Classic DHE over the server's own group; `undefined` for refused parameters. */
  startDh?(parameters: DhParameters): PendingKeyShare | undefined;

  /** Undefined when the key is malformed or of an unknown type. */
  importPublicKey(spki: Uint8Array): PublicKey | undefined;
  /** PKCS #8 DER. Throws TlsError `bad_key`. */
  importPrivateKey(pkcs8: Uint8Array): PrivateKeyHandle;
  /**
   * False for a bad signature and for a key that does not fit the scheme. `scheme` is a TLS SignatureScheme. `saltLength`: of an RSASSA-PSS
   * signature outside of TLS, where it need not be that of the hash (RFC 4055 §3.1); a provider may know none but that one.
   */
  verify(scheme: number, key: PublicKey, tbs: Uint8Array, signature: Uint8Array, saltLength?: number): MaybePromise<boolean>;
  /** As `verify`, of what `signPrehashed` signs. */
  verifyPrehashed?(key: PublicKey, hashes: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;
  /** RSAES-PKCS1-v1_5 encryption, for the RSA key exchange. */
  encryptRsa?(key: PublicKey, plain: Uint8Array): Uint8Array;

  /** Why a group, cipher or hash is not to be had here; undefined when it is. Contexts ask before they offer. */
  lacks(algorithm: GroupName | AeadName | CbcName | StreamName | HashName): string | undefined;
}
