/** Hashes, HMAC, random bytes over node:crypto. */
import * as crypto from 'node:crypto';
import type { Hash, HashName } from '../port.ts';
import { plain } from './plain.ts';

/**
 * A result as a string of bytes takes 0.2 µs, as a Buffer 1.1, and the garbage collector is spared a native object: so short
 * inputs are hashed at once, and results are asked for as text. A running hash keeps what it was given until it is long.
 */
export function startHash(name: HashName): Hash {
  return new NodeHash(name);
}

export function digest(name: HashName, data: Uint8Array): Uint8Array {
  return bytesOf(crypto.hash(name, data, 'binary'));
}

export function hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length <= MAX_SHORT) return shortHmac(name, key, parts);
  const mac = crypto.createHmac(name, key);
  for (const part of parts) mac.update(part);
  return plain(mac.digest());
}

export function pbkdf2(hash: HashName, password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array {
  return plain(crypto.pbkdf2Sync(password, salt, iterations, length, hash));
}

export function scrypt(password: Uint8Array, salt: Uint8Array, cost: number, block: number, parallel: number, length: number): Uint8Array {
  // Node's bound is meant for passwords at a log-in; the caller's own has been checked.
  const maxmem = 256 * cost * block + 1024 * block * parallel;
  return plain(crypto.scryptSync(password, salt, length, { N: cost, r: block, p: parallel, maxmem }));
}

/** The outer message with its block of key, then the inner one: zeros before use and after it. */
const MAX_SHORT = 512;
const INNER = 128 + 64;
const space = /* @__PURE__ */ new Uint8Array(INNER + 128 + MAX_SHORT);
/** Four bytes at a time. */
const words = /* @__PURE__ */ new Uint32Array(space.buffer);
/** Their beginnings by length: the same few are asked for again and again, and a view costs as much as a third of a hash. */
const innerViews: (Uint8Array | undefined)[] = /* @__PURE__ */ new Array(INNER + 128 + MAX_SHORT + 1).fill(undefined);
const outerViews: (Uint8Array | undefined)[] = /* @__PURE__ */ new Array(INNER + 1).fill(undefined);

/** RFC 2104, for messages that are short: the key schedule's. As two hashes 0.8 µs; through `createHmac` 3, on Node 24 12. */
function shortHmac(name: HashName, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const block = name === 'sha384' || name === 'sha512' ? 128 : 64;
  space.set(key.length > block ? digest(name, key) : key, INNER);
  for (let i = 0; i < block >> 2; i++) {
    const word = words[(INNER >> 2) + i]!;
    words[(INNER >> 2) + i] = word ^ 0x36363636;
    words[i] = word ^ 0x5c5c5c5c;
  }
  let at = INNER + block;
  for (const part of parts) {
    space.set(part, at);
    at += part.length;
  }
  const first = crypto.hash(name, (innerViews[at] ??= space.subarray(INNER, at)), 'binary');
  const end = block + first.length;
  for (let i = 0; i < first.length; i++) space[block + i] = first.charCodeAt(i);
  const mac = bytesOf(crypto.hash(name, (outerViews[end] ??= space.subarray(0, end)), 'binary'));
  space.fill(0, 0, at);
  return mac;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A call for random bytes takes 1.5 µs whatever their number: short ones come out of a supply, which forgets what it gave. */
const supply = /* @__PURE__ */ new Uint8Array(2048);
const MAX_SUPPLIED = 256;
let supplied = 2048;

export function random(length: number): Uint8Array {
  if (length > MAX_SUPPLIED) return plain(crypto.randomBytes(length));
  if (supplied + length > supply.length) {
    crypto.randomFillSync(supply);
    supplied = 0;
  }
  const bytes = supply.slice(supplied, supplied + length);
  supply.fill(0, supplied, supplied + length);
  supplied += length;
  return bytes;
}

/** Beyond this a native hash goes on: until then each digest hashes everything anew, which a handshake does five times. */
const MAX_KEPT = 8192;
const FIRST_KEPT = 1024;

class NodeHash implements Hash {
  readonly #name: HashName;
  #kept: Uint8Array | undefined;
  #length = 0;
  /** The memory is that of the hash which this one is a copy of. */
  #shared = false;
  #hash: crypto.Hash | undefined;

  constructor(name: HashName) {
    this.#name = name;
  }

  update(data: Uint8Array): void {
    if (this.#hash !== undefined) {
      this.#hash.update(data);
      return;
    }
    const length = this.#length + data.length;
    if (length > MAX_KEPT) {
      this.#hash = crypto.createHash(this.#name);
      if (this.#kept !== undefined) this.#hash.update(this.#kept.subarray(0, this.#length));
      this.#hash.update(data);
      this.#kept = undefined;
      return;
    }
    if (this.#kept === undefined || this.#shared || length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(FIRST_KEPT, length, this.#kept === undefined ? 0 : 2 * this.#length));
      if (this.#kept !== undefined) larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
      this.#shared = false;
    }
    this.#kept.set(data, this.#length);
    this.#length = length;
  }

  copy(): Hash {
    const copy = new NodeHash(this.#name);
    copy.#hash = this.#hash?.copy();
    copy.#kept = this.#kept;
    copy.#length = this.#length;
    copy.#shared = true;
    return copy;
  }

  digest(): Uint8Array {
    if (this.#hash !== undefined) return plain(this.#hash.digest());
    return digest(this.#name, this.#kept === undefined ? NOTHING : this.#kept.subarray(0, this.#length));
  }
}

const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
