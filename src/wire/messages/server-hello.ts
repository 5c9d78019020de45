/**
 * struct {
 *     ProtocolVersion legacy_version;
 *     Random random;
 *     opaque legacy_session_id_echo<0..32>;
 *     CipherSuite cipher_suite;
 *     uint8 legacy_compression_method;
 *     Extension extensions<6..2^16-1>;            // may be absent before TLS 1.3
 * } ServerHello;                                  // RFC 9846 §4.2.3; also HelloRetryRequest, RFC 9846 §4.2.4
 */
import { ascii, equal, fromHex } from '../../base/bytes.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { type RawExtension, readExtensions } from '../extensions.ts';

export interface ServerHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly compression: number;
  readonly extensions: readonly RawExtension[];
}

//= rfc9846#section-4.2.3
//# SHA-256 of "HelloRetryRequest"
/** The random by which a ServerHello is a HelloRetryRequest. */
export const HELLO_RETRY_RANDOM: Uint8Array = /* @__PURE__ */ fromHex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');

/** The last eight bytes of the random of a server that could have spoken TLS 1.3 (44…01) or 1.2 (44…00). RFC 9846 §4.2.3. */
export const DOWNGRADE_TLS12: Uint8Array = /* @__PURE__ */ ascii('DOWNGRD\x01');
export const DOWNGRADE_TLS11: Uint8Array = /* @__PURE__ */ ascii('DOWNGRD\0');

export function readServerHello(r: Reader): ServerHello {
  const version = r.u16();
  const random = r.take(32);
  const sessionId = r.vector(1, 0, 32);
  const suite = r.u16();
  const compression = r.u8();
  const extensions = r.remaining > 0 ? readExtensions(r) : [];
  r.finish();
  return { version, random, sessionId, suite, compression, extensions };
}

export function writeServerHelloHead(w: Writer, hello: Omit<ServerHello, 'extensions'>): void {
  w.u16(hello.version);
  w.bytes(hello.random);
  w.vector(1, hello.sessionId);
  w.u16(hello.suite);
  w.u8(hello.compression);
}

/** Whether the body of a ServerHello is that of a HelloRetryRequest. */
export function isHelloRetryRequest(body: Uint8Array): boolean {
  return body.length >= 34 && equal(body.subarray(2, 34), HELLO_RETRY_RANDOM);
}
