/**
 * struct {
 *     opaque cert_data<1..2^24-1>;
 *     Extension extensions<0..2^16-1>;
 * } CertificateEntry;
 *
 * struct {
 *     opaque certificate_request_context<0..2^8-1>;
 *     CertificateEntry certificate_list<0..2^24-1>;
 * } Certificate;                                  // RFC 9846 §4.5.1
 */
import { BAD_CERTIFICATE } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { MAX_CHAIN_BYTES, MAX_CHAIN_LENGTH } from '../../base/limits.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { type RawExtension, readExtensions } from '../extensions.ts';

export interface CertificateEntry {
  readonly der: Uint8Array;
  readonly extensions: readonly RawExtension[];
}

export interface CertificateMessage {
  readonly context: Uint8Array;
  readonly entries: readonly CertificateEntry[];
}

export function readCertificate(r: Reader): CertificateMessage {
  const context = r.vector(1);
  const list = r.sub(3);
  r.finish();
  checkChainBytes(list.remaining);
  const entries: CertificateEntry[] = [];
  while (list.remaining > 0) {
    checkChainLength(entries.length);
    const der = list.vector(3, 1);
    entries.push({ der, extensions: readExtensions(list) });
  }
  return { context, entries };
}

/** `writeExtensions`: what stands beside the certificate of this index. */
export function writeCertificate(
  w: Writer,
  context: Uint8Array,
  chain: readonly Uint8Array[],
  writeExtensions: (w: Writer, index: number) => void,
): void {
  w.vector(1, context);
  const at = w.open(3);
  chain.forEach((der, index) => {
    w.vector(3, der);
    const extensions = w.open(2);
    writeExtensions(w, index);
    w.close(2, extensions);
  });
  w.close(3, at);
}

/** S48: what a peer may make us parse. */
export function checkChainLength(count: number): void {
  if (count >= MAX_CHAIN_LENGTH) fail(BAD_CERTIFICATE, 'bad_certificate', 'chain too long');
}

export function checkChainBytes(count: number): void {
  if (count > MAX_CHAIN_BYTES) fail(BAD_CERTIFICATE, 'bad_certificate', 'chain too large');
}
