/**
 * struct {
 *     SignatureScheme algorithm;
 *     opaque signature<0..2^16-1>;
 * } CertificateVerify;                            // RFC 9846 §4.5.2; RFC 5246 §7.4.8 names the two bytes hash and signature
 */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

export interface DigitallySigned {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

export function readDigitallySigned(r: Reader): DigitallySigned {
  const scheme = r.u16();
  return { scheme, signature: r.vector(2) };
}

export function writeDigitallySigned(w: Writer, scheme: number, signature: Uint8Array): void {
  w.u16(scheme);
  w.vector(2, signature);
}
