/** Where operating systems keep their trusted CAs. */
import { existsSync } from 'node:fs';
import * as nodeTls from 'node:tls';
import { type Certificate, parseCertificates } from '../../pki/x509/certificate.ts';
import { readCertificateFile } from './files.ts';

/** Of newer versions of Node: what Windows, macOS and Linux say themselves. */
const newer = nodeTls as typeof nodeTls & { getCACertificates?(type: 'system'): string[] };

/** Bundles in one file, of Debian, Fedora, OpenSUSE, Alpine and the BSDs. */
const BUNDLES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

/** The bundle of this system: `SSL_CERT_FILE` where it is set, else the first that is there. */
export function systemBundle(): string | undefined {
  const named = process.env['SSL_CERT_FILE'];
  return [...(named === undefined || named === '' ? [] : [named]), ...BUNDLES].find((path) => existsSync(path));
}

/** The system's CAs: its bundle, or where there is none what Node knows of it. Certificates that cannot be read are left out. */
export function systemCertificates(): Certificate[] {
  const bundle = systemBundle();
  if (bundle !== undefined) return readCertificateFile(bundle);
  return (newer.getCACertificates?.('system') ?? []).flatMap((pem) => {
    try {
      return parseCertificates(pem);
    } catch {
      return [];
    }
  });
}
