/**
 * Certificates against Node's own: parsing beside `new X509Certificate` of the same bytes, validation of a chain of three beside nothing but
 * the signature checks of that chain by node:crypto, with keys that it has already read. Figures are processor time per operation, the best
 * of many short rounds in turn; what counts is the ratio. `--check`: exit code 1 when a goal is missed; `--quick`: few rounds.
 *
 * cold: a verifier that has never seen the chain, its bytes parsed anew each time. The trust store is kept, and so are public keys, by the
 * provider. warm: a verifier that has accepted the chain's intermediate before.
 */
import * as crypto from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { Certificate, createCertificateVerifier, createTrustStore, validateCertificate } from '../src/pki/index.ts';
import { type KeyKind, issue, NOW, root, testKey } from '../test/x509/ca.ts';
import { crossSigned } from '../test/x509/mesh.ts';

const quick = process.argv.includes('--quick');
const check = process.argv.includes('--check');
const ROUNDS = quick ? 20 : 120;

/** Microseconds of processor time per call: the least of all rounds for each, rounds in turn. */
function compare(ours: () => void, theirs: () => void, calls: number): { ours: number; theirs: number } {
  const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, cpu(ours, calls));
    best.theirs = Math.min(best.theirs, cpu(theirs, calls));
  }
  return best;
}

function cpu(work: () => void, calls: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

function show(name: string, { ours, theirs }: { ours: number; theirs: number }, goal: number, budget: number): void {
  const ratio = ours / theirs;
  const figures = `${ours.toFixed(1).padStart(8)} µs ${theirs.toFixed(1).padStart(8)} µs  ratio ${ratio.toFixed(2)}`;
  told(`${name.padEnd(62)} ${figures}  goal ${goal}, budget ${budget}`, ratio <= goal, ratio <= budget);
}

function told(line: string, reached: boolean, withinBudget: boolean): void {
  console.log(`${line}: ${reached ? 'reached' : 'MISSED'}${reached && !withinBudget ? ', above the budget' : ''}`);
  if (!reached && check) process.exitCode = 1;
}

console.log(`${''.padEnd(62)} ${'ours'.padStart(11)} ${'node'.padStart(11)}`);

const roots = rootCertificates.map((pem) => new Uint8Array(new crypto.X509Certificate(pem).raw));
/** Keeps the results alive, so that no work is optimised away. */
let sink: unknown;
let next = 0;
let other = 0;
const theirs = (): void => {
  sink = new crypto.X509Certificate(roots[other++ % roots.length]!);
};
show(
  'parse a certificate (DER, the public roots in turn)',
  compare(
    () => {
      sink = new Certificate(roots[next++ % roots.length]!);
    },
    theirs,
    150,
  ),
  1,
  1,
);
show(
  'parse and read names, key and standard extensions',
  compare(
    () => {
      const certificate = new Certificate(roots[next++ % roots.length]!);
      void certificate.subject.rdns;
      void certificate.issuer.rdns;
      void certificate.keyInfo;
      void certificate.signatureAlgorithm;
      void certificate.basicConstraints;
      void certificate.keyUsage;
      void certificate.subjectKeyIdentifier;
      void certificate.authorityKeyIdentifier;
      void certificate.subjectAltName;
    },
    theirs,
    150,
  ),
  1,
  1,
);

/** Leaf, intermediate, root; the host is checked, the intermediate comes with the leaf. */
function chain(name: string, kinds: readonly [KeyKind, KeyKind, KeyKind], digest: string | null): void {
  const anchor = root(`CN=${name} root`, {}, testKey(kinds[2], `${name} root`));
  const middle = issue(anchor, `CN=${name} CA`, { ca: { pathLength: 0 } }, testKey(kinds[1], `${name} ca`));
  const leaf = issue(middle, `CN=${name}`, { subjectAltNames: ['host.example', 'www.host.example'] }, testKey(kinds[0], `${name} leaf`));
  const trustAnchors = createTrustStore([...rootCertificates, anchor.certificate.der]);
  const verifier = createCertificateVerifier({ trustAnchors });
  const bytes = [leaf.certificate.der, middle.certificate.der];
  const keys = [middle, anchor].map((one) =>
    crypto.createPublicKey({ key: Buffer.from(one.certificate.spki), format: 'der', type: 'spki' }),
  );
  const pairs = [leaf, middle].map(({ certificate: { tbs, signature } }, i) => ({ tbs, signature, key: keys[i]! }));
  const request = { chain: bytes, side: 'server', hostName: 'www.host.example', now: NOW, crypto: nodeCrypto } as const;
  const options = {
    trustAnchors,
    intermediates: [bytes[1]!],
    certificate: bytes[0]!,
    crypto: nodeCrypto,
    time: NOW,
    names: ['www.host.example'],
    extendedKeyUsages: ['serverAuth'],
  };
  const signatures = (): void => {
    for (const one of pairs) if (!crypto.verify(digest, one.tbs, one.key, one.signature)) throw new Error('signature');
  };
  show(
    `chain of three, ${name}: cold`,
    compare(() => void createCertificateVerifier({ trustAnchors }).verify(request), signatures, 100),
    1.5,
    1.2,
  );
  show(
    `chain of three, ${name}: validateCertificate, cold`,
    compare(() => void validateCertificate(options), signatures, 100),
    1.5,
    1.2,
  );
  show(
    `chain of three, ${name}: warm`,
    compare(() => void verifier.verify(request), signatures, 100),
    1,
    1,
  );
}

chain('P-256', ['p256', 'p256', 'p256'], 'sha256');
chain('RSA 2048', ['rsa', 'rsa', 'rsa'], 'sha256');
chain('P-256 below RSA', ['p256', 'rsa', 'rsa'], 'sha256');

const MESH = 50;
const { cas, mesh } = crossSigned(MESH);
const lost = issue(cas[0]!, 'CN=leaf');
const stranger = root('CN=Nobody of the mesh');
const intermediates = mesh.map((one) => one.der);
let least = Number.POSITIVE_INFINITY;
for (let round = 0; round < (quick ? 5 : 15); round++) {
  const refuse = (): void => {
    const verdict = validateCertificate({
      trustAnchors: [stranger.certificate],
      intermediates,
      certificate: lost.certificate.der,
      crypto: nodeCrypto,
      time: NOW,
    });
    if (!('valid' in verdict) || verdict.valid) throw new Error('the mesh has no way out');
  };
  least = Math.min(least, cpu(refuse, 1) / 1000);
}
told(
  `${`mesh of ${MESH} cross-signed CAs (${mesh.length} certificates), no way out`.padEnd(62)} ${least.toFixed(1).padStart(8)} ms  goal 50 ms`,
  least < 50,
  true,
);
if (sink === undefined) throw new Error('nothing was measured');
