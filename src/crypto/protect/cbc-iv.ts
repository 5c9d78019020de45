/** Where the IV of a CBC record comes from: the record itself (TLS 1.1, RFC 4346 §6.2.3.2), or the end of the one before. */
import type { CryptoProvider } from '../port.ts';

export interface CbcIv {
  /** Bytes before the ciphertext. */
  readonly length: number;
  /** The IV of the record to be sealed. */
  next(): Uint8Array;
  /** The IV of a received fragment. */
  of(fragment: Uint8Array): Uint8Array;
  /** The ciphertext of the record was this: a block or more. */
  done(sealed: Uint8Array): void;
}

export function cbcIv(crypto: CryptoProvider, first: Uint8Array, explicit: boolean): CbcIv {
  return explicit ? new ExplicitIv(crypto, first.length) : new ChainedIv(first);
}

//= rfc5246#section-6.2.3.2
//# The Initialization Vector (IV) SHOULD be chosen at random, and
//# MUST be unpredictable.
class ExplicitIv implements CbcIv {
  readonly length: number;
  readonly #crypto: CryptoProvider;

  constructor(crypto: CryptoProvider, length: number) {
    this.#crypto = crypto;
    this.length = length;
  }

  next(): Uint8Array {
    return this.#crypto.random(this.length);
  }

  of(fragment: Uint8Array): Uint8Array {
    return fragment.subarray(0, this.length);
  }

  done(): void {}
}

/** SSL 3.0 and TLS 1.0. Predictable, so the carrier splits records (BEAST, CVE-2011-3389). */
class ChainedIv implements CbcIv {
  readonly length: number = 0;
  readonly #iv: Uint8Array;

  constructor(first: Uint8Array) {
    this.#iv = new Uint8Array(first);
  }

  next(): Uint8Array {
    return this.#iv;
  }

  of(): Uint8Array {
    return this.#iv;
  }

  done(sealed: Uint8Array): void {
    this.#iv.set(sealed.subarray(sealed.length - this.#iv.length));
  }
}
