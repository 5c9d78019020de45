/**
 * struct {
 *     opaque certificate_request_context<0..2^8-1>;
 *     Extension extensions<0..2^16-1>;
 * } CertificateRequest;                           // RFC 9846 §4.4.2
 */
import type { Reader } from '../../base/reader.ts';
import { type RawExtension, readExtensions } from '../extensions.ts';

export interface CertificateRequest {
  readonly context: Uint8Array;
  readonly extensions: readonly RawExtension[];
}

export function readCertificateRequest(r: Reader): CertificateRequest {
  const context = r.vector(1);
  const extensions = readExtensions(r);
  r.finish();
  return { context, extensions };
}

/** `DistinguishedName authorities<3..2^16-1>`, RFC 9846 §4.3.4. */
export function readAuthorities(r: Reader, min: 0 | 3): Uint8Array[] {
  const list = r.sub(2, min);
  const names: Uint8Array[] = [];
  while (list.remaining > 0) names.push(list.vector(2, 1));
  return names;
}
