/**
 * Certificates against Node's own: parsing beside `new X509Certificate`, validation of a chain of three beside nothing but the signature
 * checks of that chain by node:crypto. Figures are processor time per operation, best of several rounds, both sides in turn; what counts
 * is the ratio. Exit code 1 when one is above its budget.
 */
import * as crypto from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { Certificate, createCertificateVerifier, createTrustStore } from '../src/pki/index.ts';
import { type KeyKind, issue, NOW, root, testKey } from '../test/x509/ca.ts';

const ROUNDS = 15;

/** Microseconds of processor time per call: the least of all rounds for each, rounds in turn. */
function compare(ours: () => void, theirs: () => void, calls: number): { ours: number; theirs: number } {
  const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
  const once = (work: () => void): number => {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / calls;
  };
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, once(ours));
    best.theirs = Math.min(best.theirs, once(theirs));
  }
  return best;
}

function show(name: string, { ours, theirs }: { ours: number; theirs: number }, budget: number): void {
  const ratio = ours / theirs;
  const verdict = ratio <= budget ? 'within' : 'ABOVE';
  console.log(
    `${name.padEnd(58)} ${ours.toFixed(1).padStart(8)} µs ${theirs.toFixed(1).padStart(8)} µs  ratio ${ratio.toFixed(2)} (${verdict} ${budget})`,
  );
  if (ratio > budget) process.exitCode = 1;
}

console.log(`${''.padEnd(58)} ${'ours'.padStart(11)} ${'node'.padStart(11)}`);

const roots = rootCertificates.map((pem) => new Uint8Array(new crypto.X509Certificate(pem).raw));
/** Keeps the results alive, so that no work is optimised away. */
let sink: unknown;
let next = 0;
let other = 0;
show(
  'parse a certificate (DER, the public roots in turn)',
  compare(
    () => {
      sink = new Certificate(roots[next++ % roots.length]!);
    },
    () => {
      sink = new crypto.X509Certificate(roots[other++ % roots.length]!);
    },
    2_000,
  ),
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
    () => {
      sink = new crypto.X509Certificate(roots[other++ % roots.length]!);
    },
    2_000,
  ),
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
  const signed = [leaf, middle].map((one) => ({ tbs: one.certificate.tbs, signature: one.certificate.signature }));
  const pairs = signed.map((one, i) => ({ ...one, key: keys[i]! }));
  const request = { chain: bytes, side: 'server', hostName: 'www.host.example', now: NOW, crypto: nodeCrypto } as const;
  const signatures = (): void => {
    for (const one of pairs) if (!crypto.verify(digest, one.tbs, one.key, one.signature)) throw new Error('signature');
  };
  // A verifier that has never seen the chain, and one that has accepted its intermediate before.
  show(
    `validate a chain of three, ${name}`,
    compare(() => void createCertificateVerifier({ trustAnchors }).verify(request), signatures, 300),
    1.5,
  );
  show(
    `the same again, ${name}`,
    compare(() => void verifier.verify(request), signatures, 300),
    1,
  );
}

chain('P-256', ['p256', 'p256', 'p256'], 'sha256');
chain('RSA 2048', ['rsa', 'rsa', 'rsa'], 'sha256');
chain('P-256 below RSA', ['p256', 'rsa', 'rsa'], 'sha256');
if (sink === undefined) throw new Error('nothing was measured');
