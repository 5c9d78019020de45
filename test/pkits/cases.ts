/** NIST PKITS: the cases of `../shared/vectors/pkits` put to `validateCertificate`, and what comes out. */
import { existsSync, readFileSync } from 'node:fs';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { validateCertificate, type Verdict } from '../../src/pki/x509/validate.ts';

export interface PkitsCase {
  readonly number: string;
  readonly title: string;
  readonly certs: readonly string[];
  readonly crls: readonly string[];
  readonly should_validate: boolean;
  readonly info: Readonly<Record<string, string>>;
}

export interface PkitsResult {
  readonly case: PkitsCase;
  readonly verdict: Verdict;
  /** Validity is as expected, and so is the user-constrained-policy-set where the case states it. */
  readonly agrees: boolean;
  readonly why: string;
}

const folder = new URL('../../../shared/vectors/pkits/', import.meta.url);

export const available: boolean = existsSync(folder);

/** PKITS' certificates are valid from 2010 to 2030. */
const NOW = Date.UTC(2020, 5, 1);
const ANY_POLICY = '2.5.29.32.0';

export function loadCases(): PkitsCase[] {
  return JSON.parse(readFileSync(new URL('pkits.json', folder), 'utf8')) as PkitsCase[];
}

export async function runCase(test: PkitsCase): Promise<PkitsResult> {
  const certificates = test.certs.map((name) => new Uint8Array(readFileSync(new URL(`certs/${name}.crt`, folder))));
  const crls = test.crls.map((name) => new Uint8Array(readFileSync(new URL(`crls/${name}.crl`, folder))));
  const initial = policies(test.info['SetInitialPolicySet']);
  const verdict = await validateCertificate({
    trustAnchors: [certificates[0]!],
    intermediates: certificates.slice(1, -1),
    certificate: certificates[certificates.length - 1]!,
    crypto: nodeCrypto,
    time: NOW,
    crls,
    revocation: 'required',
    profile: 'rfc5280',
    policy: {
      initialPolicies: initial === undefined || initial.includes(ANY_POLICY) ? undefined : initial,
      requireExplicitPolicy: test.info['SetInitialExplicitPolicy'] === 'true',
      inhibitPolicyMapping: test.info['SetInitialPolicyMappingInhibit'] === 'true',
      inhibitAnyPolicy: test.info['SetInitialInhibitAnyPolicy'] === 'true',
    },
  });
  const expected = policies(test.info['SetUserConstrainedPolicySet']);
  const samePolicies = !verdict.valid || expected === undefined || [...expected].sort().join() === [...verdict.policies].sort().join();
  const agrees = verdict.valid === test.should_validate && samePolicies;
  const why = verdict.valid
    ? `valid, policies ${verdict.policies.join(' ') || 'none'}`
    : `${verdict.failure?.reason} at ${verdict.failure?.step}: ${verdict.failure?.message}`;
  return { case: test, verdict, agrees, why };
}

/** `"NIST-test-policy-1,anyPolicy"` with its quotes; undefined when the case does not say. */
function policies(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .replaceAll('"', '')
    .split(',')
    .filter((name) => name !== '');
  return names.map((name) => (name === 'anyPolicy' ? ANY_POLICY : name.replace('NIST-test-policy-', '2.16.840.1.101.3.2.1.48.')));
}
