/**
 * opaque ASN.1Cert<1..2^24-1>;
 *
 * struct {
 *     ASN.1Cert certificate_list<0..2^24-1>;
 * } Certificate;                                  // RFC 5246 §7.4.2
 *
 * opaque ASN.1_subjectPublicKeyInfo<1..2^24-1>;   // in its place with raw public keys, RFC 7250 §3
 */
import { BAD_CERTIFICATE } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { MAX_CERTIFICATE_BYTES, MAX_CHAIN_BYTES, MAX_CHAIN_LENGTH } from '../../base/limits.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';

/** The chain, leaf first, in bytes of its own. Empty: the client has no certificate. */
export function readCertificateLegacy(r: Reader): Uint8Array[] {
  const list = r.sub(3);
  r.finish();
  if (list.remaining > MAX_CHAIN_BYTES) fail(BAD_CERTIFICATE, 'bad_certificate', `a chain of ${list.remaining} bytes`);
  const chain: Uint8Array[] = [];
  while (list.remaining > 0) {
    if (chain.length === MAX_CHAIN_LENGTH) fail(BAD_CERTIFICATE, 'bad_certificate', `more than ${MAX_CHAIN_LENGTH} certificates`);
    chain.push(list.vector(3, 1).slice());
  }
  return chain;
}

export function writeCertificateLegacy(w: Writer, chain: readonly Uint8Array[]): void {
  const at = w.open(3);
  for (const certificate of chain) w.vector(3, certificate);
  w.close(3, at);
}

/** Empty: the client has no key. */
export function readRawPublicKeyLegacy(r: Reader): Uint8Array {
  const spki = r.vector(3);
  r.finish();
  if (spki.length > MAX_CERTIFICATE_BYTES) fail(BAD_CERTIFICATE, 'bad_certificate', `a key of ${spki.length} bytes`);
  return spki.slice();
}

export function writeRawPublicKeyLegacy(w: Writer, spki: Uint8Array): void {
  w.vector(3, spki);
}
