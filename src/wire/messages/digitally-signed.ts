/**
 * struct {
 *     SignatureAndHashAlgorithm algorithm;        // TLS 1.2 only
 *     opaque signature<0..2^16-1>;
 * } DigitallySigned;                              // RFC 5246 §4.7: the end of ServerKeyExchange, all of CertificateVerify
 */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

export interface DigitallySigned {
  /** Undefined in versions that do not name it. */
  readonly scheme: number | undefined;
  readonly signature: Uint8Array;
}

/** `withScheme`: the form of TLS 1.2. It ends the message. */
export function readDigitallySigned(r: Reader, withScheme: boolean): DigitallySigned {
  const scheme = withScheme ? r.u16() : undefined;
  const signature = r.vector(2);
  r.finish();
  return { scheme, signature };
}

export function writeDigitallySigned(w: Writer, signed: DigitallySigned): void {
  if (signed.scheme !== undefined) w.u16(signed.scheme);
  w.vector(2, signed.signature);
}
