/** Reading files of certificates and keys, with a bound on their size and errors that name the file. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { misuse, TlsError } from '../../base/errors.ts';
import { looksLikePem, readPem } from '../../pki/asn1/pem.ts';
import { readPkcs7 } from '../../pki/certs/pkcs7.ts';
import { type Certificate, parseCertificates } from '../../pki/x509/certificate.ts';

/** Public bundles have about 250 KB. */
export const MAX_FILE_BYTES = 16_777_216;

/** Something that a file store could not use; what it had before stays. */
export interface FileProblem {
  readonly path: string;
  readonly error: Error;
}

export function readBounded(path: string, maxBytes: number = MAX_FILE_BYTES): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) misuse('invalid_argument', `${path} is no file`);
    if (stat.size > maxBytes) misuse('invalid_argument', `${path} has more than ${maxBytes} bytes`);
    return new Uint8Array(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

/** The certificates of a file: PEM, DER or a PKCS #7 bundle. */
export function readCertificateFile(path: string): Certificate[] {
  const bytes = readBounded(path);
  if (isPkcs7(bytes)) return [...readPkcs7(bytes).certificates];
  return parseCertificates(bytes);
}

/** The error with the file's name. */
export function about(path: string, error: unknown): Error {
  if (!(error instanceof TlsError)) return error instanceof Error ? error : new Error(`${path}: ${String(error)}`);
  return new TlsError({ code: error.code, origin: 'api', detail: `${path}: ${error.detail ?? error.code}`, cause: error });
}

function isPkcs7(bytes: Uint8Array): boolean {
  if (looksLikePem(bytes)) return readPem(bytes).some(({ label }) => label === 'PKCS7' || label === 'CMS');
  // SEQUENCE { OBJECT IDENTIFIER …: a certificate begins with two SEQUENCEs.
  const length = bytes[1] ?? 0;
  return bytes[2 + (length < 0x80 ? 0 : length & 0x7f)] === 0x06;
}
