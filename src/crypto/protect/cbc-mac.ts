/**
 * CBC records with the MAC inside, RFC 5246 §6.2.3.2, and those of SSL 3.0 and TLS 1.0. Opening does the same work whatever the
 * padding is: see `unpad.ts`; the MAC is always computed, and with it a number of hash compressions that depends on nothing but
 * the record's length.
 */
import type { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { BlockCipher, CryptoProvider } from '../port.ts';
import type { CbcIv } from './cbc-iv.ts';
import type { Protection, RecordView } from './protection.ts';
import type { RecordMac } from './record-mac.ts';
import { macAt, unpad } from './unpad.ts';

export class CbcMac implements Protection {
  readonly outerType: undefined = undefined;
  readonly overhead: number;
  readonly #crypto: CryptoProvider;
  readonly #block: BlockCipher;
  readonly #mac: RecordMac;
  readonly #iv: CbcIv;
  readonly #ssl3: boolean;

  constructor(crypto: CryptoProvider, block: BlockCipher, mac: RecordMac, iv: CbcIv, ssl3: boolean) {
    this.overhead = iv.length + mac.length + block.blockLength;
    this.#crypto = crypto;
    this.#block = block;
    this.#mac = mac;
    this.#iv = iv;
    this.#ssl3 = ssl3;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    const { blockLength } = this.#block;
    const macEnd = plain.length + this.#mac.length;
    //= rfc5246#section-6.2.3.2
    //# padding_length The padding length MUST be such that the total size of the GenericBlockCipher
    //# structure is a multiple of the cipher's block length.
    const padding = blockLength - (macEnd % blockLength);
    const text = new Uint8Array(macEnd + padding);
    text.set(plain);
    text.set(this.#mac.compute(seq, type, plain), plain.length);
    text.fill(padding - 1, macEnd);
    const iv = this.#iv.next();
    const sealed = this.#block.encrypt(iv, text);
    if (this.#iv.length > 0) out.bytes(iv);
    out.bytes(sealed);
    this.#iv.done(sealed);
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    const { fragment } = record;
    const { blockLength } = this.#block;
    const mac = this.#mac;
    const sealedLength = fragment.length - this.#iv.length;
    //= rfc5246#section-7.2.2
    //# it wasn't an even multiple of the block length
    if (sealedLength % blockLength !== 0 || sealedLength < mac.length + 1) return undefined;
    const sealed = fragment.subarray(this.#iv.length);
    const text = this.#block.decrypt(this.#iv.of(fragment), sealed);
    this.#iv.done(sealed);

    const { good, contentLength } = unpad(text, mac.length, this.#ssl3 ? blockLength : 0);
    const received = macAt(text, contentLength, mac.length);
    const content = text.subarray(0, contentLength);
    const computed = mac.compute(seq, record.type, content);
    //= rfc5246#section-6.2.3.2
    //# implementations MUST ensure that record processing time is essentially the same whether or not
    //# the padding is correct
    mac.waste(1 + mac.compressions(text.length - mac.length - 1) - mac.compressions(contentLength));
    const equal = this.#crypto.timingSafeEqual(received, computed) ? 1 : 0;
    return (equal & good) === 1 ? content : undefined;
  }

  rest(): void {
    this.#block.rest();
  }
}
