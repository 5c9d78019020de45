/**
 * The transcript: every handshake message in order. The hash is not known before ServerHello, and legacy certificates
 * may be signed over another hash than the PRF's, so the messages themselves are kept until the handshake lets them go.
 */
import { concat } from '../base/bytes.ts';
import type { CryptoProvider, Hash, HashName, TranscriptHashName } from '../crypto/port.ts';
import type { TranscriptSink } from '../record/carrier.ts';

export class Transcript implements TranscriptSink {
  readonly #crypto: CryptoProvider;
  #messages: Uint8Array[] | undefined = [];
  #running: Hash[] = [];
  /** The hash of all messages so far, once somebody asked: three secrets of TLS 1.3 and a Finished are made of one. */
  #digest: Uint8Array | undefined;
  /** Bytes of all messages: what a trace shows. */
  length = 0;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  add(raw: Uint8Array): void {
    this.length += raw.length;
    this.#digest = undefined;
    this.#messages?.push(raw);
    for (const hash of this.#running) hash.update(raw);
  }

  /** The hash is known: RFC 5246 §7.4.9, RFC 9846 §4.1. */
  start(name: TranscriptHashName): void {
    this.#digest = undefined;
    const names: readonly HashName[] = name === 'md5-sha1' ? ['md5', 'sha1'] : [name];
    this.#running = names.map((each) => this.#crypto.hash(each));
    for (const message of this.#messages ?? []) for (const hash of this.#running) hash.update(message);
  }

  /** The hash of all messages so far, and of `more`. */
  digest(more?: Uint8Array): Uint8Array {
    if (more === undefined && this.#digest !== undefined) return this.#digest;
    const [first, second] = this.#running;
    const digest = digestOf(first!, more);
    const all = second === undefined ? digest : concat(digest, digestOf(second, more));
    if (more === undefined) this.#digest = all;
    return all;
  }

  /** Copies of the running hashes, to go on with: MD5 and SHA-1 for `md5-sha1`. */
  copies(): Hash[] {
    return this.#running.map((running) => running.copy());
  }

  /** All messages so far. */
  messages(): Uint8Array {
    return concat(...(this.#messages ?? []));
  }

  /** What was said so far does not count: the exchange of cookies, RFC 6347 §4.2.1. */
  restart(): void {
    this.#messages = [];
    this.#running = [];
    this.#digest = undefined;
    this.length = 0;
  }

  /** One message stands for all so far; `start` makes the running hash anew. */
  replaceBy(message: Uint8Array): void {
    this.#messages = [message];
  }

  /** From here on only the running hash is needed. */
  forget(): void {
    this.#messages = undefined;
  }
}

/** Of what the hash was given, and of `more`; it goes on. */
function digestOf(running: Hash, more: Uint8Array | undefined): Uint8Array {
  const hash = running.copy();
  if (more !== undefined) hash.update(more);
  return hash.digest();
}
