/**
 * Raw public keys, RFC 7250: a SubjectPublicKeyInfo without a certificate around it. There is no issuer, name or lifetime to look at:
 * either the key is one of those that were agreed on by other means, or nobody knows whose it is.
 */
import { BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE } from '../../base/alerts.ts';
import { equal } from '../../base/bytes.ts';
import { fail, misuse } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PublicKey } from '../../crypto/port.ts';
import { looksLikePem, readPem } from '../asn1/pem.ts';

export interface RawKeyRequest {
  /** SubjectPublicKeyInfo, DER, as the peer sent it. */
  readonly spki: Uint8Array;
  /** Whose key it is. */
  readonly side: 'client' | 'server';
  /** The name that was asked for, of a server. */
  readonly hostName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly crypto: CryptoProvider;
}

export interface RawKeyVerifier {
  /** The key, when it is trusted. Throws or rejects with a TlsError that carries the alert. */
  verify(request: RawKeyRequest): MaybePromise<PublicKey>;
}

/** A key is accepted when one of these says so. */
export interface RawKeyVerifierOptions {
  /** Whole keys: SubjectPublicKeyInfo as DER, or PEM with `PUBLIC KEY` blocks. */
  readonly keys?: Iterable<Uint8Array | string> | undefined;
  /** SHA-256 of SubjectPublicKeyInfos. */
  readonly pins?: Iterable<Uint8Array> | undefined;
  /** Asked when neither knows it: DANE, a directory. */
  readonly accept?: ((request: RawKeyRequest) => MaybePromise<boolean>) | undefined;
}

/** A verifier that knows its peers' keys. Throws `invalid_argument` or `bad_pem` for keys that are none. */
export function createRawKeyVerifier(options: RawKeyVerifierOptions): RawKeyVerifier {
  const keys = [...(options.keys ?? [])].flatMap(readKeys);
  const pins = [...(options.pins ?? [])];
  if (pins.some((pin) => pin.length !== 32)) misuse('invalid_argument', 'a pin is a SHA-256 hash');
  const { accept } = options;
  return {
    verify(request) {
      const { spki, crypto } = request;
      const known = keys.some((key) => equal(key, spki)) || isPinned(spki, pins, crypto);
      return then(known || (accept?.(request) ?? false), (accepted) => {
        if (accepted !== true) fail(BAD_CERTIFICATE, 'certificate_untrusted', 'raw public key is not a known one');
        return crypto.importPublicKey(spki) ?? fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'raw public key is not supported');
      });
    },
  };
}

function isPinned(spki: Uint8Array, pins: readonly Uint8Array[], crypto: CryptoProvider): boolean {
  if (pins.length === 0) return false;
  const digest = crypto.digest('sha256', spki);
  return pins.some((pin) => equal(pin, digest));
}

function readKeys(source: Uint8Array | string): Uint8Array[] {
  if (typeof source !== 'string' && !looksLikePem(source)) return [source];
  const keys = readPem(source).flatMap(({ label, der }) => (label === 'PUBLIC KEY' ? [der] : []));
  return keys.length > 0 ? keys : misuse('bad_pem', 'no PUBLIC KEY block');
}
