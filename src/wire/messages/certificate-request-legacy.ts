/**
 * struct {
 *     ClientCertificateType certificate_types<1..2^8-1>;
 *     SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;   // TLS 1.2 only
 *     DistinguishedName certificate_authorities<0..2^16-1>;
 * } CertificateRequest;                           // RFC 5246 §7.4.4
 *
 * opaque DistinguishedName<1..2^16-1>;
 */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

/** ClientCertificateType, RFC 5246 §7.4.4 and RFC 8422 §5.5. The types with fixed keys are not used (S44). */
export const RSA_SIGN = 1;
export const DSS_SIGN = 2;
export const ECDSA_SIGN = 64;

export interface CertificateRequestLegacy {
  readonly types: readonly number[];
  /** Undefined in versions that do not list any. */
  readonly schemes: readonly number[] | undefined;
  /** Distinguished names, DER. */
  readonly authorities: readonly Uint8Array[];
}

/** `withSchemes`: the form of TLS 1.2. */
export function readCertificateRequestLegacy(r: Reader, withSchemes: boolean): CertificateRequestLegacy {
  const types = [...r.vector(1, 1)];
  const schemes = withSchemes ? r.u16List(2, 2) : undefined;
  const list = r.sub(2);
  const authorities: Uint8Array[] = [];
  while (list.remaining > 0) authorities.push(list.vector(2, 1));
  r.finish();
  return { types, schemes, authorities };
}

export function writeCertificateRequestLegacy(w: Writer, request: CertificateRequestLegacy): void {
  w.vector(1, Uint8Array.from(request.types));
  if (request.schemes !== undefined) w.u16List(2, request.schemes);
  const at = w.open(2);
  for (const name of request.authorities) w.vector(2, name);
  w.close(2, at);
}
