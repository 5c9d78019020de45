/**
 * npm run interop             every peer that is here, both roles, each suite and group that it has, and the features
 * npm run interop -- TEXT     only cases whose name contains TEXT, each with its time
 *
 * The engine is driven over plain sockets: what is shown is the protocol, not a skin. Exit status 1 when a case fails.
 */
import { gnutls } from './gnutls.ts';
import { curl } from './curl.ts';
import { legacy } from './legacy-peers.ts';
import { nodeTls } from './node-tls.ts';
import { openssl } from './openssl.ts';
import { endAll } from './process.ts';
import { claims } from './legacy-ours.ts';
import { Report } from './report.ts';

const report = new Report(process.argv[2]);
for (const [name, peer] of [
  ['OpenSSL', openssl],
  ['GnuTLS', gnutls],
  ['node:tls', nodeTls],
  ['curl', curl],
  ['the old versions', legacy],
] as const) {
  try {
    await peer(report);
  } catch (error) {
    report.failed++;
    console.log(`FAILED ${name} as a whole: ${(error as Error).message}`);
  }
}
report.print(claims());
endAll();
process.exit(report.failed === 0 ? 0 : 1);
