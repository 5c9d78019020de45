/**
 * Intermediates that a verifier has seen below its own anchors: parsed once, and their signature checked once, since the same bytes under
 * the same key always verify. Validity, constraints and revocation are looked at every time. Only what was part of an accepted path is
 * kept, so a stranger cannot fill it.
 */
import { equal } from '../../base/bytes.ts';
import { MAX_KNOWN_INTERMEDIATES } from '../../base/limits.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import type { Certificate } from './certificate.ts';
import { hashBytes } from './trust-store.ts';

export class KnownIntermediates {
  readonly #byHash: Map<number, Certificate> = new Map();
  /** Issuers under whose key the certificate verifies. */
  readonly #signedBy: WeakMap<Certificate, Certificate> = new WeakMap();
  #provider: CryptoProvider | undefined;

  /** The certificate with exactly these bytes. */
  find(der: Uint8Array): Certificate | undefined {
    const found = this.#byHash.get(hashOf(der));
    return found !== undefined && equal(found.der, der) ? found : undefined;
  }

  isSignedBy(certificate: Certificate, issuer: Certificate, crypto: CryptoProvider): boolean {
    return crypto === this.#provider && this.#signedBy.get(certificate) === issuer;
  }

  /** Remembers the intermediates of an accepted path. */
  keep(path: readonly Certificate[], crypto: CryptoProvider): void {
    if (crypto !== this.#provider) {
      this.#byHash.clear();
      this.#provider = crypto;
    }
    // From the anchor down: an issuer must be known, or an anchor, for the pair to be recognised again.
    for (let i = path.length - 2; i > 0; i--) {
      const certificate = path[i]!;
      const hash = hashOf(certificate.der);
      const known = this.#byHash.get(hash);
      if (known !== certificate) {
        if (this.#byHash.size >= MAX_KNOWN_INTERMEDIATES)
          for (const oldest of this.#byHash.keys()) {
            this.#byHash.delete(oldest);
            break;
          }
        this.#byHash.set(hash, certificate);
      }
      this.#signedBy.set(certificate, path[i + 1]!);
    }
  }
}

/** The end of a certificate is its signature, as good as random: no need to hash all of it. */
function hashOf(der: Uint8Array): number {
  return hashBytes(der.subarray(Math.max(0, der.length - 16)));
}
