/**
 * struct {
 *     CertificateStatusType status_type;
 *     select (status_type) {
 *         case ocsp: OCSPResponse;                // opaque OCSPResponse<1..2^24-1>
 *     } response;
 * } CertificateStatus;                            // RFC 6066 §8; in TLS 1.3 the body of an extension
 */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

const OCSP = 1;

/** The OCSP response, DER. */
export function readCertificateStatus(r: Reader): Uint8Array {
  const type = r.u8();
  if (type !== OCSP) fail(ILLEGAL_PARAMETER, 'bad_certificate_status', `type ${type}`);
  const response = r.vector(3, 1);
  r.finish();
  return response;
}

export function writeCertificateStatus(w: Writer, response: Uint8Array): void {
  w.u8(OCSP);
  w.vector(3, response);
}
