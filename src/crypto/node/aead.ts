/**
 * AEADs over node:crypto. One Cipheriv per record is what the API allows. Where a raw key costs more than a KeyObject, one is
 * made at the first record and dropped by `rest`, so that an idle direction holds nothing but the bytes of its key.
 */
import * as crypto from 'node:crypto';
import type { Aead, AeadName } from '../port.ts';
import { plain } from './plain.ts';

/** The cipher's name in OpenSSL; Camellia-GCM (RFC 6367) has none. */
export const AEAD_CIPHERS: Readonly<Record<AeadName, string | undefined>> = {
  'aes-128-gcm': 'aes-128-gcm',
  'aes-256-gcm': 'aes-256-gcm',
  'chacha20-poly1305': 'chacha20-poly1305',
  'aes-128-ccm': 'aes-128-ccm',
  'aes-256-ccm': 'aes-256-ccm',
  'aes-128-ccm-8': 'aes-128-ccm',
  'aes-256-ccm-8': 'aes-256-ccm',
  'camellia-128-gcm': undefined,
  'camellia-256-gcm': undefined,
  'aria-128-gcm': 'aria-128-gcm',
  'aria-256-gcm': 'aria-256-gcm',
};

export function aead(name: AeadName, key: Uint8Array): Aead {
  const cipher = AEAD_CIPHERS[name];
  if (cipher === undefined) throw new RangeError(`no ${name} in node:crypto`);
  return new NodeAead(cipher, key, name.endsWith('-8') ? OPTIONS_8 : OPTIONS_16);
}

/** `aead('aes-128-ccm-8', key)`, without the table of all others. */
export function aes128Ccm8(key: Uint8Array): Aead {
  return new NodeAead('aes-128-ccm', key, OPTIONS_8);
}

/** On Node 24 a raw key takes 20 µs more a record; on 20, 22 and 26 it takes no more, and a KeyObject 0.8 µs and 0.9 KB to have. */
const SLOW_RAW_KEYS: boolean = /* @__PURE__ */ /^2[345]\./.test(process.versions.node);

interface TagOptions {
  readonly authTagLength: number;
}
const OPTIONS_16: TagOptions = { authTagLength: 16 };
const OPTIONS_8: TagOptions = { authTagLength: 8 };

/**
 * No bytes, at an address. CCM computes and checks its tag in `update`: without one, or with one from a null pointer, sealing
 * fails on Node 20 and opening accepts any tag on Node 22 and 24.
 */
const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(1).subarray(1);

class NodeAead implements Aead {
  readonly #cipher: crypto.CipherGCMTypes;
  readonly #ccm: boolean;
  readonly #key: Uint8Array;
  readonly #options: TagOptions;
  #object: crypto.KeyObject | undefined;

  constructor(cipher: string, key: Uint8Array, options: TagOptions) {
    this.#cipher = cipher as crypto.CipherGCMTypes;
    this.#ccm = cipher.endsWith('ccm');
    this.#key = key;
    this.#options = options;
  }

  get tagLength(): number {
    return this.#options.authTagLength;
  }

  seal(out: Uint8Array, at: number, nonce: Uint8Array, aad: Uint8Array, text: Uint8Array): void {
    const cipher = crypto.createCipheriv(this.#cipher, this.#held(), nonce, this.#options);
    if (this.#ccm) cipher.setAAD(aad, { plaintextLength: text.length });
    else cipher.setAAD(aad);
    const sealed = cipher.update(text.length === 0 ? NOTHING : text);
    cipher.final();
    out.set(sealed, at);
    out.set(cipher.getAuthTag(), at + text.length);
  }

  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.#options.authTagLength;
    if (length < 0) return undefined;
    try {
      const decipher = crypto.createDecipheriv(this.#cipher, this.#held(), nonce, this.#options);
      decipher.setAuthTag(sealed.subarray(length));
      if (this.#ccm) decipher.setAAD(aad, { plaintextLength: length });
      else decipher.setAAD(aad);
      const text = decipher.update(length === 0 ? NOTHING : sealed.subarray(0, length));
      decipher.final();
      return plain(text);
    } catch {
      return undefined;
    }
  }

  rest(): void {
    this.#object = undefined;
  }

  #held(): crypto.KeyObject | Uint8Array {
    if (!SLOW_RAW_KEYS) return this.#key;
    this.#object ??= crypto.createSecretKey(this.#key);
    return this.#object;
  }
}
