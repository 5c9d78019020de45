/**
 * The MACs of CBC, stream and NULL suites: HMAC (RFC 5246 §6.2.3.1) and SSL 3.0's own (RFC 6101 §5.2.3.1). Both know how many
 * compressions of the hash a length costs, which MAC-then-encrypt needs to make that number constant.
 */
import { concat } from '../../base/bytes.ts';
import type { Counter } from '../../base/counter.ts';
import { hashLength } from '../kdf/hash-length.ts';
import { pad1, pad2, type Ssl3Hash } from '../kdf/ssl3.ts';
import type { CryptoProvider, HashName } from '../port.ts';
import type { RecordShape } from './protection.ts';
import { PSEUDO_HEADER_LENGTH, pseudoHeader } from './pseudo-header.ts';

export interface RecordMac {
  readonly length: number;
  compute(seq: Counter, type: number, content: Uint8Array): Uint8Array;
  /** Compressions that depend on the length of the content; a secret number goes in, so no branch. */
  compressions(contentLength: number): number;
  /** Runs exactly this many compressions, at least one, to no effect. */
  waste(compressions: number): void;
}

export function recordMac(crypto: CryptoProvider, hash: HashName, key: Uint8Array, shape: RecordShape): RecordMac {
  if (shape.mac === 'hmac') return new HmacRecord(crypto, hash, key, shape.wireVersion);
  if (hash !== 'md5' && hash !== 'sha1') throw new RangeError('SSL 3.0 has MACs with MD5 and SHA-1 only');
  return new Ssl3Record(crypto, hash, key);
}

/** Block, and the bytes that a hash always appends: a one bit and the length. */
interface Geometry {
  readonly shift: number;
  readonly trailer: number;
}

function geometry(hash: HashName): Geometry {
  return hash === 'sha384' || hash === 'sha512' ? { shift: 7, trailer: 17 } : { shift: 6, trailer: 9 };
}

abstract class Counted {
  protected readonly crypto: CryptoProvider;
  protected readonly hash: HashName;
  protected readonly key: Uint8Array;
  readonly length: number;
  readonly #geometry: Geometry;
  /** Bytes hashed with the content in the last run of compressions, before it. */
  readonly #before: number;

  constructor(crypto: CryptoProvider, hash: HashName, key: Uint8Array, before: number) {
    this.crypto = crypto;
    this.hash = hash;
    this.key = key;
    this.length = hashLength(hash);
    this.#geometry = geometry(hash);
    this.#before = before;
  }

  compressions(contentLength: number): number {
    const { shift, trailer } = this.#geometry;
    return (this.#before + contentLength + trailer + (1 << shift) - 1) >> shift;
  }

  waste(compressions: number): void {
    const { shift, trailer } = this.#geometry;
    this.crypto.digest(this.hash, WASTE.subarray(0, (compressions << shift) - trailer));
  }
}

/** A record's padding is 256 bytes at most: 5 blocks of 64, 3 of 128, and one. */
const WASTE = /* @__PURE__ */ new Uint8Array(768);

class HmacRecord extends Counted implements RecordMac {
  readonly #version: number;

  constructor(crypto: CryptoProvider, hash: HashName, key: Uint8Array, version: number) {
    super(crypto, hash, key, PSEUDO_HEADER_LENGTH);
    this.#version = version;
  }

  compute(seq: Counter, type: number, content: Uint8Array): Uint8Array {
    return this.crypto.hmac(this.hash, this.key, pseudoHeader(seq, type, this.#version, content.length), content);
  }
}

const SSL3_HEADER_LENGTH = 11;

class Ssl3Record extends Counted implements RecordMac {
  readonly #pad1: Uint8Array;
  readonly #pad2: Uint8Array;

  constructor(crypto: CryptoProvider, hash: Ssl3Hash, key: Uint8Array) {
    super(crypto, hash, key, key.length + pad1(hash).length + SSL3_HEADER_LENGTH);
    this.#pad1 = pad1(hash);
    this.#pad2 = pad2(hash);
  }

  compute(seq: Counter, type: number, content: Uint8Array): Uint8Array {
    const header = new Uint8Array(SSL3_HEADER_LENGTH);
    seq.writeTo(header, 0);
    header[8] = type;
    header[9] = content.length >>> 8;
    header[10] = content.length;
    const inner = this.crypto.hash(this.hash);
    inner.update(this.key);
    inner.update(this.#pad1);
    inner.update(header);
    inner.update(content);
    return this.crypto.digest(this.hash, concat(this.key, this.#pad2, inner.digest()));
  }
}
