/**
 * Puts a suite that others publish (see `format.ts`) to `validateCertificate`, and prints how often the verdicts agree.
 *
 *   npm run limbo -- FILE.json [--profile rfc5280|webpki] [--only TEXT] [--verbose] [--results FILE.json]
 *
 * Without `--profile` a case whose name begins with `webpki::` is judged by that profile and any other by `rfc5280`. Exit code 1 when a
 * case disagrees that is not among the deliberate differences of `differences.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { type KeyUsageName, validateCertificate, type Verdict } from '../../src/pki/index.ts';
import { differenceOf } from './differences.ts';
import { readSuite, type SuiteCase } from './format.ts';

type ProfileName = 'rfc5280' | 'webpki';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: 'string' },
    only: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    results: { type: 'string' },
  },
});
const [file] = positionals;
if (file === undefined || (values.profile !== undefined && values.profile !== 'rfc5280' && values.profile !== 'webpki')) {
  console.error('usage: npm run limbo -- FILE.json [--profile rfc5280|webpki] [--only TEXT] [--verbose] [--results FILE.json]');
  process.exit(2);
}

const counts = { agree: 0, soft: 0, argued: 0, disagree: 0 };
const results: { id: string; actual_result: string; context: string | null }[] = [];
let slowest = { id: '', ms: 0 };
for (const test of readSuite(readFileSync(file, 'utf8'))) {
  if (values.only !== undefined && !test.id.includes(values.only)) continue;
  const profile = values.profile ?? (test.id.startsWith('webpki::') ? 'webpki' : 'rfc5280');
  const start = performance.now();
  const verdict = await judge(test, profile);
  const ms = performance.now() - start;
  if (ms > slowest.ms) slowest = { id: test.id, ms };
  const why = verdict.failure === undefined ? 'valid' : `${verdict.failure.message} (${verdict.failure.step})`;
  results.push({ id: test.id, actual_result: verdict.valid ? 'SUCCESS' : 'FAILURE', context: verdict.valid ? null : why });
  if (verdict.valid === test.expected) {
    counts.agree++;
    if (values.verbose) console.log(`agrees   ${test.id}: ${why}`);
    continue;
  }
  const difference = differenceOf(test.id);
  if (difference !== undefined) counts.argued++;
  else if (test.soft) counts.soft++;
  else counts.disagree++;
  if (difference !== undefined || !test.soft || values.verbose)
    console.log(
      `${difference !== undefined ? 'ARGUED' : test.soft ? 'SOFT' : 'DISAGREE'} ${test.id} [${profile}]: expected ${test.expected ? 'valid' : 'refusal'}, is: ${why}${difference === undefined ? '' : `\n         ${difference}`}`,
    );
}
const total = counts.agree + counts.soft + counts.argued + counts.disagree;
console.log(
  `${total} cases: ${counts.agree} agree, ${counts.disagree} disagree, ${counts.argued} deliberate differences, ${counts.soft} where the suite allows either`,
);
console.log(`slowest: ${slowest.id}, ${slowest.ms.toFixed(0)} ms`);
if (values.results !== undefined)
  writeFileSync(values.results, `${JSON.stringify({ version: 1, harness: 'veritls', results }, null, 1)}\n`);
if (counts.disagree > 0) process.exitCode = 1;

async function judge(test: SuiteCase, profile: ProfileName): Promise<Verdict> {
  return validateCertificate({
    trustAnchors: test.anchors,
    intermediates: test.intermediates,
    certificate: test.certificate,
    crypto: nodeCrypto,
    time: test.time ?? Date.now(),
    keyUsages: test.keyUsages as KeyUsageName[],
    extendedKeyUsages: test.purposes.length > 0 ? test.purposes : [test.side === 'server' ? 'serverAuth' : 'clientAuth'],
    signatureAlgorithms: test.signatureAlgorithms.length > 0 ? test.signatureAlgorithms.map(algorithmName) : undefined,
    names: test.names,
    crls: test.crls,
    maxDepth: test.maxDepth,
    profile,
  });
}

/** `ECDSA_WITH_SHA256` and the like. */
function algorithmName(name: string): string {
  const [, family, hash] = /^(RSA|ECDSA|DSA)_WITH_(MD5|SHA\d+)$/.exec(name) ?? [];
  if (family === undefined || hash === undefined) return name === 'RSASSA_PSS' ? 'id-RSASSA-PSS' : `id-${name}`;
  if (family === 'RSA') return `${hash}WithRSAEncryption`;
  return family === 'DSA' ? `id-dsa-with-${hash}` : `ecdsa-with-${hash}`;
}
