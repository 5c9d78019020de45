/**
 * Cookies that a server can check without having kept anything, RFC 6347 §4.2.1: an HMAC over the sender's address and the
 * parameters of its ClientHello.
 *
 * The key is derived from a secret and the number of the current period; a cookie of the period before is honoured too. Servers
 * that share a secret (a cluster) and a clock know each other's cookies.
 */
import { ascii, concat } from '../../base/bytes.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import { HANDSHAKE } from '../../wire/content.ts';
import { HELLO_VERIFY_REQUEST } from '../../wire/handshake.ts';
import { DTLS10 } from '../../wire/version.ts';
import type { PeekedHello } from './client-hello-peek.ts';
import { MESSAGE_HEADER } from './fragment.ts';

/** The low byte of the period, then the MAC: DTLS 1.0 allows 32 bytes in all. */
const MAC_LENGTH = 23;
export const COOKIE_LENGTH: number = 1 + MAC_LENGTH;

export interface CookieOptions {
  readonly crypto: CryptoProvider;
  /** At least 16 bytes, shared by the servers of a cluster; random by default. */
  readonly secret?: Uint8Array | undefined;
  /** A key is used this long, and honoured as long again. */
  readonly periodMs?: number | undefined;
}

export class CookieKeys {
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;
  readonly #periodMs: number;
  #period = -1;
  #current: Uint8Array | undefined;
  #previous: Uint8Array | undefined;

  constructor(options: CookieOptions) {
    this.#crypto = options.crypto;
    this.#secret = options.secret ?? options.crypto.random(32);
    this.#periodMs = options.periodMs ?? 60_000;
  }

  /** The cookie for a ClientHello from `peer`, the address and port in any unambiguous form. */
  make(peer: Uint8Array, hello: PeekedHello, now: number): Uint8Array {
    this.#rotate(now);
    return this.#cookie(this.#current!, this.#period, peer, hello);
  }

  /** Whether the ClientHello carries a cookie that was made for this sender and these parameters. */
  check(peer: Uint8Array, hello: PeekedHello, now: number): boolean {
    const { cookie } = hello;
    if (cookie.length !== COOKIE_LENGTH) return false;
    this.#rotate(now);
    let key = this.#current!;
    let period = this.#period;
    if (cookie[0] !== (period & 0xff)) {
      if (cookie[0] !== ((period - 1) & 0xff)) return false;
      period--;
      this.#previous ??= this.#derive(period);
      key = this.#previous;
    }
    return this.#crypto.timingSafeEqual(cookie, this.#cookie(key, period, peer, hello));
  }

  #rotate(now: number): void {
    const period = Math.floor(now / this.#periodMs);
    if (period === this.#period) return;
    this.#previous = period === this.#period + 1 ? this.#current : undefined;
    this.#current = this.#derive(period);
    this.#period = period;
  }

  #derive(period: number): Uint8Array {
    return this.#crypto.hmac('sha256', this.#secret, ascii(`DTLS cookie ${period}`));
  }

  #cookie(key: Uint8Array, period: number, peer: Uint8Array, hello: PeekedHello): Uint8Array {
    // Each part ends where its own lengths say; the address is last and so needs none.
    const mac = this.#crypto.hmac('sha256', key, hello.head, hello.tail, peer);
    const cookie = new Uint8Array(COOKIE_LENGTH);
    cookie[0] = period;
    cookie.set(mac.subarray(0, MAC_LENGTH), 1);
    return cookie;
  }
}

/**
 * A HelloVerifyRequest, ready to send. 60 bytes: no ClientHello is shorter than 67, so that nothing is amplified (D18).
 *
 * Its numbers are those of the ClientHello, because no others are known (RFC 6347 §4.2.1); its version is always that of
 * DTLS 1.0, and says nothing (RFC 6347 §4.2.1).
 */
export function helloVerifyRequest(hello: PeekedHello, cookie: Uint8Array): Uint8Array {
  const body = 3 + cookie.length;
  const seq = hello.recordSeq;
  const high = Math.floor(seq / 2 ** 32);
  const header = Uint8Array.of(
    HANDSHAKE,
    DTLS10 >>> 8,
    DTLS10 & 0xff,
    0,
    0,
    high >>> 8,
    high,
    seq >>> 24,
    seq >>> 16,
    seq >>> 8,
    seq,
    0,
    MESSAGE_HEADER + body,
  );
  const message = Uint8Array.of(HELLO_VERIFY_REQUEST, 0, 0, body, hello.messageSeq >>> 8, hello.messageSeq, 0, 0, 0, 0, 0, body);
  return concat(header, message, Uint8Array.of(DTLS10 >>> 8, DTLS10 & 0xff, cookie.length), cookie);
}
