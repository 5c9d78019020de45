/**
 * struct {
 *     ProtocolVersion legacy_version;
 *     Random random;
 *     opaque legacy_session_id<0..32>;
 *     opaque cookie<0..2^8-1>;                    // DTLS only, RFC 6347 §4.2.1
 *     CipherSuite cipher_suites<2..2^16-2>;
 *     opaque legacy_compression_methods<1..2^8-1>;
 *     Extension extensions<8..2^16-1>;            // absent in the oldest
 * } ClientHello;                                  // RFC 9846 §4.2.2
 */
import { EMPTY } from '../../base/bytes.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { type RawExtension, readExtensions } from '../extensions.ts';

export interface ClientHello {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Empty over streams. */
  readonly cookie: Uint8Array;
  readonly suites: readonly number[];
  readonly compressions: Uint8Array;
  readonly extensions: readonly RawExtension[];
  /** Whether there was a block of extensions at all. */
  readonly hasExtensions: boolean;
}

/** `withCookie`: the form of datagrams. */
export function readClientHello(r: Reader, withCookie: boolean): ClientHello {
  const version = r.u16();
  const random = r.take(32);
  const sessionId = r.vector(1, 0, 32);
  const cookie = withCookie ? r.vector(1) : EMPTY;
  const suites = r.u16List(2, 2);
  const compressions = r.vector(1, 1);
  const hasExtensions = r.remaining > 0;
  //= rfc9846#section-4.2.2
  //# a server MUST check that the message either contains no data after legacy_compression_methods or
  //# that it contains a valid extensions block with no data following
  //= rfc9846#section-4.2.2
  //# If not, then it MUST abort the handshake with a "decode_error" alert.
  //= rfc5246#section-7.4.1.2
  //# A server MUST accept ClientHello messages both with and without the extensions field, and (as for
  //# all other messages) it MUST check that the amount of data in the message precisely matches one of
  //# these formats; if not, then it MUST send a fatal "decode_error" alert
  const extensions = hasExtensions ? readExtensions(r) : [];
  r.finish();
  return { version, random, sessionId, cookie, suites, compressions, extensions, hasExtensions };
}

/** Everything before the extensions. */
export function writeClientHelloHead(w: Writer, hello: Omit<ClientHello, 'extensions' | 'hasExtensions'>, withCookie: boolean): void {
  w.u16(hello.version);
  w.bytes(hello.random);
  w.vector(1, hello.sessionId);
  if (withCookie) w.vector(1, hello.cookie);
  w.u16List(2, hello.suites);
  w.vector(1, hello.compressions);
}
