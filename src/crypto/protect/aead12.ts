/**
 * AEAD record protection of (D)TLS 1.2, RFC 5246 §6.2.3.3. GCM and CCM (RFC 5288, 6655) send eight bytes of the nonce in each
 * record: always the record number, so that a nonce cannot come twice under one key. ChaCha20-Poly1305 (RFC 7905) sends none.
 */
import type { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { Aead, AeadName, CryptoProvider } from '../port.ts';
import { xorNonce } from './nonce.ts';
import type { DirectionKeys, Protection, ProtectionScheme, RecordShape, RecordView } from './protection.ts';
import { pseudoHeader } from './pseudo-header.ts';

/** A scheme for `LegacySuite`: GCM or CCM, whose IV is the four bytes of the nonce that stay. */
export function aead12(name: string, cipher: AeadName, keyLength: number, tagLength: number, recordLimit: number): ProtectionScheme {
  return scheme(name, keyLength, 4, recordLimit, (crypto, keys, shape) => new Explicit(crypto, cipher, tagLength, keys, shape));
}

/** ChaCha20-Poly1305, whose IV is a whole nonce. */
export function chacha12(name: string): ProtectionScheme {
  return scheme(
    name,
    32,
    12,
    Number.POSITIVE_INFINITY,
    (crypto, keys, shape) => new Implicit(crypto, 'chacha20-poly1305', 16, keys, shape),
  );
}

function scheme(
  name: string,
  keyLength: number,
  ivLength: number,
  recordLimit: number,
  protect: (crypto: CryptoProvider, keys: DirectionKeys, shape: RecordShape) => Protection,
): ProtectionScheme {
  return { name, keyLength, ivLength, macKeyLength: 0, cbc: false, recordLimit, protect };
}

const EXPLICIT_LENGTH = 8;

/** One record is made at a time: all connections share the scratch space. */
const nonce = /* @__PURE__ */ new Uint8Array(12);

class Explicit implements Protection {
  readonly overhead: number;
  readonly #aead: Aead;
  /** Four bytes as a number: an array of four costs 96 bytes of heap. */
  readonly #salt: number;
  readonly #version: number;

  constructor(crypto: CryptoProvider, cipher: AeadName, tagLength: number, keys: DirectionKeys, shape: RecordShape) {
    this.overhead = EXPLICIT_LENGTH + tagLength;
    this.#aead = crypto.aead(cipher, keys.key);
    this.#salt = getU32(keys.iv);
    this.#version = shape.wireVersion;
  }

  get outerType(): undefined {
    return undefined;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    this.sealWith(out, type, seq, plain, pseudoHeader(seq, type, this.#version, plain.length));
  }

  sealWith(out: Writer, _type: number, seq: Counter, plain: Uint8Array, aad: Uint8Array): void {
    const at = out.reserve(plain.length + this.overhead);
    seq.writeTo(out.buffer, at);
    putU32(nonce, this.#salt);
    seq.writeTo(nonce, 4);
    this.#aead.seal(out.buffer, at + EXPLICIT_LENGTH, nonce, aad, plain);
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    return this.openWith(record, seq, pseudoHeader(seq, record.type, this.#version, record.fragment.length - this.overhead));
  }

  openWith(record: RecordView, _seq: Counter, aad: Uint8Array): Uint8Array | undefined {
    const { fragment } = record;
    if (fragment.length < this.overhead) return undefined;
    putU32(nonce, this.#salt);
    for (let i = 0; i < EXPLICIT_LENGTH; i++) nonce[4 + i] = fragment[i]!;
    return this.#aead.open(nonce, aad, fragment.subarray(EXPLICIT_LENGTH));
  }

  rest(): void {
    this.#aead.rest();
  }
}

class Implicit implements Protection {
  readonly overhead: number;
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  readonly #version: number;

  constructor(crypto: CryptoProvider, cipher: AeadName, tagLength: number, keys: DirectionKeys, shape: RecordShape) {
    this.overhead = tagLength;
    this.#aead = crypto.aead(cipher, keys.key);
    this.#iv = keys.iv;
    this.#version = shape.wireVersion;
  }

  get outerType(): undefined {
    return undefined;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    this.sealWith(out, type, seq, plain, pseudoHeader(seq, type, this.#version, plain.length));
  }

  sealWith(out: Writer, _type: number, seq: Counter, plain: Uint8Array, aad: Uint8Array): void {
    const at = out.reserve(plain.length + this.overhead);
    xorNonce(nonce, this.#iv, seq);
    this.#aead.seal(out.buffer, at, nonce, aad, plain);
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    return this.openWith(record, seq, pseudoHeader(seq, record.type, this.#version, record.fragment.length - this.overhead));
  }

  openWith(record: RecordView, seq: Counter, aad: Uint8Array): Uint8Array | undefined {
    if (record.fragment.length < this.overhead) return undefined;
    xorNonce(nonce, this.#iv, seq);
    return this.#aead.open(nonce, aad, record.fragment);
  }

  rest(): void {
    this.#aead.rest();
  }
}

function getU32(bytes: Uint8Array): number {
  return (bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
}

function putU32(out: Uint8Array, value: number): void {
  out[0] = value >>> 24;
  out[1] = value >>> 16;
  out[2] = value >>> 8;
  out[3] = value;
}
