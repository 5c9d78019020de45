/**
 * struct {
 *     CertificateStatusType status_type;
 *     select (status_type) {
 *         case ocsp: OCSPResponse;                // opaque OCSPResponse<1..2^24-1>
 *         case ocsp_multi: OCSPResponseList;      // OCSPResponse ocsp_response_list<1..2^24-1>, each <0..2^24-1>
 *     } response;
 * } CertificateStatus;                            // RFC 6066 §8, RFC 6961 §2.2; in TLS 1.3 `ocsp` is the body of an extension
 */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { MAX_CHAIN_LENGTH } from '../../base/limits.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

/** CertificateStatusType. */
export const OCSP = 1;
export const OCSP_MULTI = 2;

/** OCSP responses, DER, by position in the chain; undefined where there is none. A list only where `multi` allows it. */
export function readCertificateStatus(r: Reader, multi: boolean): readonly (Uint8Array | undefined)[] {
  const type = r.u8();
  if (type !== OCSP && !(multi && type === OCSP_MULTI)) fail(ILLEGAL_PARAMETER, 'bad_certificate_status', `type ${type}`);
  if (type === OCSP) {
    const response = r.vector(3, 1);
    r.finish();
    return [response];
  }
  const list = r.sub(3, 1);
  r.finish();
  const responses: (Uint8Array | undefined)[] = [];
  while (list.remaining > 0) {
    if (responses.length >= MAX_CHAIN_LENGTH) fail(ILLEGAL_PARAMETER, 'bad_certificate_status', 'too many responses');
    const response = list.vector(3);
    responses.push(response.length === 0 ? undefined : response);
  }
  return responses;
}

export function writeCertificateStatus(w: Writer, response: Uint8Array): void {
  w.u8(OCSP);
  w.vector(3, response);
}

export function writeCertificateStatuses(w: Writer, responses: readonly (Uint8Array | undefined)[]): void {
  w.u8(OCSP_MULTI);
  const list = w.open(3);
  for (const response of responses) w.vector(3, response ?? EMPTY);
  w.close(3, list);
}
