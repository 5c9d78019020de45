/** CBC without padding, and the single blocks that mask DTLS 1.3 record numbers, over node:crypto. */
import * as crypto from 'node:crypto';
import type { BlockCipher, BlockMask, CbcName } from '../port.ts';
import { plain } from './plain.ts';

export const CBC_CIPHERS: Readonly<Record<CbcName, string>> = {
  'aes-128-cbc': 'aes-128-cbc',
  'aes-256-cbc': 'aes-256-cbc',
  '3des-ede-cbc': 'des-ede3-cbc',
  'camellia-128-cbc': 'camellia-128-cbc',
  'camellia-256-cbc': 'camellia-256-cbc',
};

export function cbc(name: CbcName, key: Uint8Array): BlockCipher {
  return new NodeCbc(CBC_CIPHERS[name], key, name === '3des-ede-cbc' ? 8 : 16);
}

export function blockMask(key: Uint8Array): BlockMask {
  return new NodeBlockMask(key);
}

const ZERO_BLOCK = /* @__PURE__ */ new Uint8Array(16);

/** OpenSSL's 16-byte IV is the 32-bit counter and the 96-bit nonce, which is how RFC 9147 §4.2.3 splits the sample. */
export function chachaMask(key: Uint8Array, sample: Uint8Array): Uint8Array {
  return plain(crypto.createCipheriv('chacha20', key, sample.subarray(0, 16)).update(ZERO_BLOCK));
}

class NodeCbc implements BlockCipher {
  readonly blockLength: number;
  readonly #cipher: string;
  readonly #key: Uint8Array;
  #object: crypto.KeyObject | undefined;

  constructor(cipher: string, key: Uint8Array, blockLength: number) {
    this.#cipher = cipher;
    this.#key = key;
    this.blockLength = blockLength;
  }

  encrypt(iv: Uint8Array, text: Uint8Array): Uint8Array {
    return plain(crypto.createCipheriv(this.#cipher, this.#held(), iv).setAutoPadding(false).update(text));
  }

  decrypt(iv: Uint8Array, sealed: Uint8Array): Uint8Array {
    return plain(crypto.createDecipheriv(this.#cipher, this.#held(), iv).setAutoPadding(false).update(sealed));
  }

  rest(): void {
    this.#object = undefined;
  }

  #held(): crypto.KeyObject {
    this.#object ??= crypto.createSecretKey(this.#key);
    return this.#object;
  }
}

/** ECB keeps no state between blocks, so one Cipheriv serves all records until the connection rests. */
class NodeBlockMask implements BlockMask {
  readonly #key: Uint8Array;
  #cipher: crypto.Cipher | undefined;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  mask(sample: Uint8Array): Uint8Array {
    this.#cipher ??= crypto.createCipheriv(`aes-${this.#key.length * 8}-ecb`, this.#key, null).setAutoPadding(false);
    return plain(this.#cipher.update(sample.length === 16 ? sample : sample.subarray(0, 16)));
  }

  rest(): void {
    this.#cipher = undefined;
  }
}
