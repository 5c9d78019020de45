/**
 * AEADs over node:crypto. One Cipheriv per record is what the API allows. Where a raw key costs more than a KeyObject, one is
 * made at the first record and dropped by `rest`, so that an idle direction holds nothing but the bytes of its key.
 */
import * as crypto from 'node:crypto';
import type { Aead, AeadName } from '../port.ts';
import { plain } from './plain.ts';
import { release } from './release.ts';

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
  const kind = KINDS[name];
  if (kind === undefined) throw new RangeError(`no ${name} in node:crypto`);
  return new NodeAead(kind, key);
}

/** `aead('aes-128-ccm-8', key)`, without the table of all others. */
export function aes128Ccm8(key: Uint8Array): Aead {
  return new NodeAead(AES_128_CCM_8, key);
}

/** On Node 24 a raw key takes 20 µs more a record; on 20, 22 and 26 it takes no more, and a KeyObject 0.8 µs and 0.9 KB to have. */
const SLOW_RAW_KEYS: boolean = /* @__PURE__ */ /^2[345]\./.test(process.versions.node);

/** What all connections with one cipher share. */
interface Kind {
  readonly cipher: crypto.CipherGCMTypes;
  readonly ccm: boolean;
  readonly tagLength: number;
  /** Undefined where 16 bytes is what the cipher has by itself: naming them costs 0.4 µs a record. */
  readonly options: { readonly authTagLength: number } | undefined;
}

const AES_128_CCM_8: Kind = { cipher: 'aes-128-ccm' as crypto.CipherGCMTypes, ccm: true, tagLength: 8, options: { authTagLength: 8 } };

const KINDS: { readonly [N in AeadName]?: Kind } = /* @__PURE__ */ kinds();

function kinds(): { readonly [N in AeadName]?: Kind } {
  const all: { [N in AeadName]?: Kind } = {};
  for (const [name, cipher] of Object.entries(AEAD_CIPHERS)) {
    if (cipher === undefined) continue;
    const tagLength = name.endsWith('-8') ? 8 : 16;
    const options = cipher.endsWith('gcm') ? undefined : { authTagLength: tagLength };
    all[name as AeadName] = { cipher: cipher as crypto.CipherGCMTypes, ccm: cipher.endsWith('ccm'), tagLength, options };
  }
  return all;
}

/**
 * No bytes, at an address. CCM computes and checks its tag in `update`: without one, or with one from a null pointer, sealing
 * fails on Node 20 and opening accepts any tag on Node 22 and 24.
 */
const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(1).subarray(1);

class NodeAead implements Aead {
  readonly #kind: Kind;
  // Where the key lies: a view of it is another 96 bytes of heap for as long as the connection lives.
  readonly #bytes: ArrayBufferLike;
  readonly #start: number;
  readonly #length: number;
  #object: crypto.KeyObject | undefined;

  constructor(kind: Kind, key: Uint8Array) {
    this.#kind = kind;
    this.#bytes = key.buffer;
    this.#start = key.byteOffset;
    this.#length = key.length;
  }

  get tagLength(): number {
    return this.#kind.tagLength;
  }

  seal(out: Uint8Array, at: number, nonce: Uint8Array, aad: Uint8Array, text: Uint8Array): void {
    const { cipher: name, ccm, options } = this.#kind;
    const cipher = crypto.createCipheriv(name, this.#key(), nonce, options);
    if (ccm) cipher.setAAD(aad, { plaintextLength: text.length });
    else cipher.setAAD(aad);
    const sealed = cipher.update(text.length === 0 ? NOTHING : text);
    cipher.final();
    out.set(sealed, at);
    release(sealed);
    out.set(cipher.getAuthTag(), at + text.length);
  }

  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const { cipher: name, ccm, tagLength, options } = this.#kind;
    const length = sealed.length - tagLength;
    if (length < 0) return undefined;
    try {
      const decipher = crypto.createDecipheriv(name, this.#key(), nonce, options);
      decipher.setAuthTag(sealed.subarray(length));
      if (ccm) decipher.setAAD(aad, { plaintextLength: length });
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

  #key(): crypto.KeyObject | Uint8Array {
    if (this.#object !== undefined) return this.#object;
    const key = new Uint8Array(this.#bytes, this.#start, this.#length);
    if (!SLOW_RAW_KEYS) return key;
    this.#object = crypto.createSecretKey(key);
    return this.#object;
  }
}
