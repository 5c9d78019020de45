/** Records of NULL and stream suites, RFC 5246 §6.2.3.1: content and MAC, encrypted or not. */
import type { Counter } from '../../base/counter.ts';
import { misuse } from '../../base/errors.ts';
import type { Writer } from '../../base/writer.ts';
import { hashLength } from '../kdf/hash-length.ts';
import type { CryptoProvider, HashName, StreamCipher, StreamName } from '../port.ts';
import type { Protection, ProtectionScheme, RecordView } from './protection.ts';
import { type RecordMac, recordMac } from './record-mac.ts';

/** Authentication without encryption. */
export function nullScheme(name: string, hash: HashName): ProtectionScheme {
  return {
    name,
    keyLength: 0,
    ivLength: 0,
    macKeyLength: hashLength(hash),
    cbc: false,
    recordLimit: Number.POSITIVE_INFINITY,
    protect: (crypto, keys, shape) => new StreamMac(crypto, recordMac(crypto, hash, keys.macKey, shape), undefined),
  };
}

/** RC4. Its state goes on from record to record, so datagrams cannot have it. */
export function streamScheme(name: string, cipher: StreamName, keyLength: number, hash: HashName): ProtectionScheme {
  return {
    name,
    keyLength,
    ivLength: 0,
    macKeyLength: hashLength(hash),
    cbc: false,
    recordLimit: Number.POSITIVE_INFINITY,
    protect(crypto, keys, shape) {
      const stream = crypto.stream?.(cipher, keys.key) ?? misuse('unsupported', crypto.lacks(cipher) ?? 'no stream ciphers');
      return new StreamMac(crypto, recordMac(crypto, hash, keys.macKey, shape), stream);
    },
  };
}

class StreamMac implements Protection {
  readonly outerType: undefined = undefined;
  readonly overhead: number;
  readonly #crypto: CryptoProvider;
  readonly #mac: RecordMac;
  readonly #stream: StreamCipher | undefined;

  constructor(crypto: CryptoProvider, mac: RecordMac, stream: StreamCipher | undefined) {
    this.overhead = mac.length;
    this.#crypto = crypto;
    this.#mac = mac;
    this.#stream = stream;
  }

  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void {
    const mac = this.#mac.compute(seq, type, plain);
    const at = out.length;
    out.bytes(plain);
    out.bytes(mac);
    if (this.#stream !== undefined) out.buffer.set(this.#stream.apply(out.buffer.subarray(at, out.length)), at);
  }

  open(record: RecordView, seq: Counter): Uint8Array | undefined {
    const text = this.#stream === undefined ? record.fragment : this.#stream.apply(record.fragment);
    const end = text.length - this.#mac.length;
    if (end < 0) return undefined;
    const content = text.subarray(0, end);
    const computed = this.#mac.compute(seq, record.type, content);
    return this.#crypto.timingSafeEqual(text.subarray(end), computed) ? content : undefined;
  }

  rest(): void {}
}
