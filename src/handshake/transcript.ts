/**
 * The transcript: every handshake message in order. The hash is not known before ServerHello, and legacy certificates
 * may be signed over another hash than the PRF's, so the messages themselves are kept until the handshake lets them go.
 */
import { concat } from '../base/bytes.ts';
import type { CryptoProvider, Hash, HashName, TranscriptHashName } from '../crypto/port.ts';
import type { TranscriptSink } from '../record/carrier.ts';
import { MESSAGE_HASH } from '../wire/handshake.ts';

export class Transcript implements TranscriptSink {
  readonly #crypto: CryptoProvider;
  #messages: Uint8Array[] | undefined = [];
  #running: Hash[] = [];
  #names: readonly HashName[] = [];
  /** Bytes of all messages: what a trace shows. */
  length = 0;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  add(raw: Uint8Array): void {
    this.length += raw.length;
    this.#messages?.push(raw);
    for (const hash of this.#running) hash.update(raw);
  }

  /** The hash is known: RFC 5246 §7.4.9, RFC 9846 §4.1. */
  start(name: TranscriptHashName): void {
    this.#names = name === 'md5-sha1' ? ['md5', 'sha1'] : [name];
    this.#running = this.#names.map((each) => this.#crypto.hash(each));
    for (const message of this.#messages ?? []) for (const hash of this.#running) hash.update(message);
  }

  /** The hash of all messages so far, and of `more`. */
  digest(more?: Uint8Array): Uint8Array {
    const parts = this.#running.map((running) => {
      const hash = running.copy();
      if (more !== undefined) hash.update(more);
      return hash.digest();
    });
    return parts.length === 1 ? parts[0]! : concat(...parts);
  }

  /** A copy of one of the running hashes, to go on with: SSL 3.0 hashes more behind the messages, and by each hash something else. */
  copyOf(name: HashName): Hash {
    const running = this.#running[this.#names.indexOf(name)];
    if (running === undefined) throw new RangeError(`no running ${name}`);
    return running.copy();
  }

  /** The hash, by `name`, of all messages so far and of `more`, whatever hash is running: PSK binders. */
  digestBy(name: HashName, more: Uint8Array): Uint8Array {
    const before = this.#messages ?? [];
    return this.#crypto.digest(name, before.length === 0 ? more : concat(...before, more));
  }

  /** All messages so far. */
  messages(): Uint8Array {
    return concat(...(this.#messages ?? []));
  }

  /** What was said so far does not count: the exchange of cookies, RFC 6347 §4.2.1. */
  restart(): void {
    this.#messages = [];
    this.#running = [];
    this.length = 0;
  }

  /** From here on only the running hash is needed. */
  forget(): void {
    this.#messages = undefined;
  }

  //= rfc9846#section-4.1
  //# when the server responds to a ClientHello with a HelloRetryRequest,
  //# the value of ClientHello1 is replaced with a special synthetic
  //# handshake message of handshake type "message_hash" (254) containing
  //# Hash(ClientHello1).
  replaceByHash(name: HashName): void {
    const hash = this.#crypto.digest(name, this.messages());
    const synthetic = new Uint8Array(4 + hash.length);
    synthetic[0] = MESSAGE_HASH;
    synthetic[3] = hash.length;
    synthetic.set(hash, 4);
    this.#messages = [synthetic];
    this.start(name);
  }
}
