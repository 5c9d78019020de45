/**
 * Says whether a certificate is valid, and if not, why: every candidate path with the step that refused it.
 *
 *   node --import tsx examples/x509-verify.ts [CHAIN.pem HOST [ANCHORS.pem]]
 *
 * The first certificate of CHAIN.pem is the server's, the others may stand between. Without ANCHORS.pem the public roots that come with
 * Node are trusted. Exit code 1 when it is not valid. Without arguments a self-signed certificate for localhost is refused, as it should be.
 */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { nodeCrypto } from 'veritls/crypto/node';
import { explainVerdict, parseCertificates, validateCertificate } from 'veritls/x509';
import { localhostCertificate } from './parts/certificate.ts';

const [chainFile, host = 'localhost', anchorFile] = process.argv.slice(2);
const chain = chainFile === undefined ? (await localhostCertificate()).certificatePem : readFileSync(chainFile, 'utf8');
const [certificate, ...intermediates] = parseCertificates(chain);
if (certificate === undefined) throw new Error(`${chainFile ?? 'chain'}: no certificate`);
const verdict = await validateCertificate({
  trustAnchors: anchorFile === undefined ? rootCertificates : readFileSync(anchorFile, 'utf8'),
  intermediates,
  certificate,
  crypto: nodeCrypto,
  time: Date.now(),
  names: [host],
  extendedKeyUsages: ['serverAuth'],
  profile: 'webpki',
});
process.stdout.write(explainVerdict(verdict));
process.exitCode = verdict.valid === (chainFile !== undefined) ? 0 : 1;
