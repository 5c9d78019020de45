/** The peers of SSL 3.0, of DSS, of heartbeat and of renegotiation: what the other files do not ask of theirs. */
import { gnutlsLegacy } from './legacy-gnutls.ts';
import { nss } from './legacy-nss.ts';
import { opensslLegacy } from './legacy-openssl.ts';
import { tlslite } from './legacy-tlslite.ts';
import type { Report } from './report.ts';

export async function legacy(report: Report): Promise<void> {
  for (const peer of [nss, tlslite, opensslLegacy, gnutlsLegacy]) await peer(report);
}
