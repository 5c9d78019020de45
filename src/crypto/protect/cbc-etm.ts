/** CBC records with the MAC outside, RFC 7366 §3: nothing is decrypted before the MAC is right. */
import type { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { BlockCipher, CryptoProvider } from '../port.ts';
import type { CbcIv } from './cbc-iv.ts';
import type { Protection, RecordView } from './protection.ts';
import type { RecordMac } from './record-mac.ts';
import { unpad } from './unpad.ts';

export class CbcEtm implements Protection {
  readonly outerType: undefined = undefined;
  readonly overhead: number;
  readonly #crypto: CryptoProvider;
  readonly #block: BlockCipher;
  readonly #mac: RecordMac;
  readonly #iv: CbcIv;

  constructor(crypto: CryptoProvider, block: BlockCipher, mac: RecordMac, iv: CbcIv) {
    this.overhead = iv.length + mac.length + block.blockLength;
    this.#crypto = crypto;
    this.#block = block;
    this.#mac = mac;
    this.#iv = iv;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    const { blockLength } = this.#block;
    const padding = blockLength - (plain.length % blockLength);
    const text = new Uint8Array(plain.length + padding);
    text.set(plain);
    text.fill(padding - 1, plain.length);
    const iv = this.#iv.next();
    const sealed = this.#block.encrypt(iv, text);
    const at = out.reserve(this.#iv.length + sealed.length);
    if (this.#iv.length > 0) out.buffer.set(iv, at);
    out.buffer.set(sealed, at + this.#iv.length);
    this.#iv.done(sealed);
    out.bytes(this.#mac.compute(seq, type, out.buffer.subarray(at, out.length)));
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    const { fragment } = record;
    const macAt = fragment.length - this.#mac.length;
    const sealedLength = macAt - this.#iv.length;
    if (sealedLength < this.#block.blockLength || sealedLength % this.#block.blockLength !== 0) return undefined;
    const covered = fragment.subarray(0, macAt);
    //= rfc7366#section-3
    //# The MAC SHALL be evaluated
    //# before any further processing such as decryption is performed
    const computed = this.#mac.compute(seq, record.type, covered);
    if (!this.#crypto.timingSafeEqual(fragment.subarray(macAt), computed)) return undefined;
    const sealed = covered.subarray(this.#iv.length);
    const text = this.#block.decrypt(this.#iv.of(fragment), sealed);
    this.#iv.done(sealed);
    const { good, contentLength } = unpad(text, 0, 0);
    return good === 0 ? undefined : text.subarray(0, contentLength);
  }

  rest(): void {
    this.#block.rest();
  }
}
