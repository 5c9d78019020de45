/** Certificate policies on paths of a few certificates: the three counters of RFC 5280 §6.1.2, mappings, and what is left at the end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { validate } from '../../../test/x509/context.ts';
import { MAX_POLICY_NODES } from '../../base/limits.ts';
import * as der from '../asn1/der-writer.ts';
import { ANY_POLICY, INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS, POLICY_MAPPINGS } from '../asn1/oids.ts';
import type { ExtensionInput } from '../certs/fields.ts';
import { SignatureMemo } from './path-validate.ts';
import { type PolicyOptions, PolicyState } from './policies.ts';

const [P, Q, R] = ['1.3.1', '1.3.2', '1.3.3'] as const;
const anchor = root('CN=Anchor');

interface Says {
  readonly policies?: readonly string[];
  readonly mappings?: readonly (readonly [issuerDomain: string, subjectDomain: string])[];
  readonly requireExplicit?: number;
  readonly inhibitMapping?: number;
  readonly inhibitAny?: number;
  /** The certificate has the name of its issuer. */
  readonly selfIssued?: boolean;
}

function extensionsOf({ mappings, requireExplicit, inhibitMapping, inhibitAny }: Says): ExtensionInput[] {
  const list: ExtensionInput[] = [];
  const add = (oid: string, value: Uint8Array): void => void list.push({ oid, critical: true, value });
  if (mappings !== undefined)
    add(
      POLICY_MAPPINGS,
      der.sequence(...mappings.map(([issuerDomain, subjectDomain]) => der.sequence(der.oid(issuerDomain), der.oid(subjectDomain)))),
    );
  const counter = (n: number, value: number | undefined): Uint8Array[] =>
    value === undefined ? [] : [der.contextValue(n, Uint8Array.of(value))];
  const constraints = [...counter(0, requireExplicit), ...counter(1, inhibitMapping)];
  if (constraints.length > 0) add(POLICY_CONSTRAINTS, der.sequence(...constraints));
  if (inhibitAny !== undefined) add(INHIBIT_ANY_POLICY, der.integer(inhibitAny));
  return list;
}

/** A path from what its certificates say, the topmost below the anchor first. */
function pathOf(...all: readonly Says[]): TestCa[] {
  const path = [anchor];
  for (const [i, says] of all.entries()) {
    const issuer = path[0]!;
    const subject = says.selfIssued === true ? issuer.certificate.subject : i === all.length - 1 ? 'CN=leaf' : `CN=CA ${i}`;
    const fields = { ca: i < all.length - 1, policies: says.policies, extensions: extensionsOf(says) };
    path.unshift(issue(issuer, subject, fields, testKey('p256', `policy ${i}`)));
  }
  return path;
}

/** The policies that are left; or which certificate is refused, by which step. */
function result(path: readonly TestCa[], policy: PolicyOptions = {}, wantPolicies = true): string {
  // Signatures are another matter.
  const found = validate(path, { policy, wantPolicies, maxIntermediates: 100, signatures: new SignatureMemo(() => true) });
  if (!('reason' in found)) return [...found.policies].sort().join() || 'none';
  return `${found.reason} at ${found.index} of ${found.scope}, ${found.step.replace('RFC 5280 ', '')}`;
}

const explicit: PolicyOptions = { requireExplicitPolicy: true };

test('what is left is what all certificates say, anyPolicy standing for all', () => {
  const any = [ANY_POLICY];
  const early = (index: number): string => `policy at ${index} of path, 6.1.3 (f)`;
  const cases: readonly (readonly [said: readonly (readonly string[])[], expected: string, refused?: string])[] = [
    [
      [
        [P, Q],
        [P, Q],
      ],
      `${P},${Q}`,
    ],
    [
      [
        [P, Q],
        [Q, R],
      ],
      Q,
    ],
    [[[P], [Q]], 'none', early(0)],
    [[[P], [Q], [Q]], 'none', early(1)],
    [[[P], [P], [Q]], 'none', early(0)],
    [[any, [P]], P],
    [[[P], any], P],
    [[any, any], ANY_POLICY],
    [[[P, ANY_POLICY], [Q]], Q],
    [
      [
        [P, ANY_POLICY],
        [P, Q],
      ],
      `${P},${Q}`,
    ],
    [[[P], [P, ANY_POLICY]], P],
    [
      [
        [P, Q],
        [P, ANY_POLICY],
      ],
      `${P},${Q}`,
    ],
    [[[P], []], 'none', early(0)],
    [[[], [P]], 'none', early(1)],
    [[any, [P, Q], any, [Q]], Q],
    [[any, [P, Q], [P, ANY_POLICY], [Q, R]], Q],
    // One branch ends, another goes on.
    [[[P, Q], [Q, R], [R]], 'none', early(0)],
    [
      [
        [P, Q],
        [Q, R],
        [Q, R],
      ],
      Q,
    ],
  ];
  for (const [said, expected, refused = expected] of cases) {
    const path = pathOf(...said.map((policies) => ({ policies })));
    assert.equal(result(path), expected, JSON.stringify(said));
    assert.equal(result(path, explicit), refused, JSON.stringify(said));
  }
  assert.equal(result([anchor]), ANY_POLICY);
  assert.equal(result([anchor], {}, false), 'none');
  assert.equal(result([anchor], explicit), ANY_POLICY);
  assert.equal(result([anchor], { ...explicit, initialPolicies: [] }), 'none');
});

test('policies are worked out only where somebody wants to know', () => {
  const path = pathOf({ policies: [P] }, { policies: [P] });
  assert.equal(result(path, {}, false), 'none');
  assert.equal(result(path, explicit, false), P);
  const bare = pathOf({}, {});
  assert.equal(result(bare, {}, false), 'none');
  assert.equal(result(bare, explicit, false), 'policy at 1 of path, 6.1.3 (f)');
  const demanding = pathOf({ policies: [P], requireExplicit: 0 }, { policies: [P] });
  assert.equal(result(demanding, {}, false), P);
  assert.equal(result(pathOf({ requireExplicit: 0 }, {}), {}, false), 'policy at 0 of path, 6.1.3 (f)');
});

test('§6.1.5 (g) the policies that the caller takes', () => {
  const path = pathOf({ policies: [P, Q] }, { policies: [P, Q] });
  for (const [initialPolicies, expected] of [
    [undefined, `${P},${Q}`],
    [[P], P],
    [[Q, R], Q],
    [[ANY_POLICY], `${P},${Q}`],
    [[R, ANY_POLICY], `${P},${Q}`],
    [[R], 'none'],
    [[], 'none'],
  ] as const) {
    assert.equal(result(path, { initialPolicies }), expected, initialPolicies?.join());
    const required = result(path, { ...explicit, initialPolicies });
    assert.equal(required, expected === 'none' ? 'policy at 0 of path, 6.1.5 (g)' : expected, initialPolicies?.join());
  }
  const any = pathOf({ policies: [ANY_POLICY] }, { policies: [ANY_POLICY] });
  assert.equal(result(any, { ...explicit, initialPolicies: [Q, P] }), `${P},${Q}`);
  assert.equal(result(any, { ...explicit, initialPolicies: [] }), 'policy at 0 of path, 6.1.5 (g)');
});

/** `top` above two CAs and a leaf without any policy. */
const bareBelow = (top: Says, ...rest: Says[]): string => result(pathOf(top, ...rest));

test('requireExplicitPolicy: from so many certificates on, self-issued ones not counted', () => {
  const early = (index: number): string => `policy at ${index} of path, 6.1.3 (f)`;
  const late = 'policy at 0 of path, 6.1.5 (g)';
  for (const [requireExplicit, plain, selfIssued, leafSelfIssued] of [
    [0, early(1), early(1), early(1)],
    [1, early(0), late, early(0)],
    [2, late, 'none', late],
    [3, 'none', 'none', 'none'],
  ] as const) {
    assert.equal(bareBelow({ requireExplicit }, {}, {}), plain, `after ${requireExplicit}`);
    assert.equal(bareBelow({ requireExplicit }, { selfIssued: true }, {}), selfIssued, `after ${requireExplicit}, self-issued`);
    assert.equal(bareBelow({ requireExplicit }, {}, { selfIssued: true }), leafSelfIssued, `after ${requireExplicit}, leaf self-issued`);
  }
  // The smaller demand counts, wherever it stands.
  assert.equal(bareBelow({ requireExplicit: 1 }, { requireExplicit: 9 }, {}), early(0));
  assert.equal(bareBelow({ requireExplicit: 9 }, { requireExplicit: 0 }, {}), early(0));
  assert.equal(bareBelow({ requireExplicit: 0, policies: [P] }, { policies: [P] }, { policies: [P] }), P);
  // Of the leaf only 0 counts.
  assert.equal(bareBelow({}, {}, { requireExplicit: 0 }), late);
  assert.equal(bareBelow({}, {}, { requireExplicit: 1 }), 'none');
  assert.equal(bareBelow({}, {}, { inhibitMapping: 0 }), 'none');
  // A path that ends before the counter does: one certificate more than the path is long.
  assert.equal(bareBelow({}, {}), 'none');
});

test('policy mappings: the policies of the issuer under other names below', () => {
  const mapping = (...mappings: (readonly [string, string])[]): Says => ({ policies: [P, Q], mappings });
  for (const [top, below, expected] of [
    [mapping([P, R]), [R], P],
    [mapping([P, R]), [P], 'none'],
    [mapping([P, R]), [Q, R], `${P},${Q}`],
    [mapping([P, R], [Q, R]), [R], `${P},${Q}`],
    [mapping([P, R], [P, P]), [P], P],
    [mapping([P, R], [P, '1.3.4']), ['1.3.4'], P],
    [mapping([P, R], [P, '1.3.4']), [R], P],
    [mapping([P, '1.3.4'], [Q, R], [P, R]), [R], `${P},${Q}`],
    [mapping([P, Q], [Q, P]), [P], Q],
    // A policy that is not there maps to nothing, unless anyPolicy stands for it.
    [mapping([R, '1.3.4']), ['1.3.4'], 'none'],
    [{ policies: [ANY_POLICY], mappings: [[R, '1.3.4']] }, ['1.3.4'], R],
    [{ policies: [P, ANY_POLICY], mappings: [[P, Q]] }, [Q], P],
    [{ policies: [P, ANY_POLICY], mappings: [[P, Q]] }, [R], R],
    [{ mappings: [[P, Q]] }, [Q], 'none'],
    [mapping([R, '1.3.4']), ['1.3.4', P], P],
  ] as const) {
    assert.equal(result(pathOf(top, { policies: below })), expected, `${JSON.stringify(top)} above ${below.join()}`);
  }
  // anyPolicy that came from no anyPolicy above stands for nothing new.
  assert.equal(result(pathOf({ policies: [P] }, { policies: [ANY_POLICY], mappings: [[R, Q]] }, { policies: [Q] })), 'none');
  assert.equal(result(pathOf({ policies: [P] }, { policies: [ANY_POLICY], mappings: [[P, Q]] }, { policies: [Q] })), P);
  assert.equal(result(pathOf({ policies: [P], mappings: [[P, Q]] }, { policies: [ANY_POLICY] })), P);
});

test('§6.1.4 (a) anyPolicy is never mapped, but nobody looks at mappings of the leaf', () => {
  for (const pair of [
    [ANY_POLICY, P],
    [P, ANY_POLICY],
  ] as const) {
    for (const mappings of [[pair], [[Q, R] as const, pair]]) {
      assert.equal(result(pathOf({ policies: [P], mappings }, { policies: [P] })), 'policy at 1 of certificate, 6.1.4 (a)');
      assert.equal(result(pathOf({ policies: [P] }, { policies: [P], mappings })), P);
    }
  }
});

test('inhibitPolicyMapping: from so many certificates on', () => {
  const maps = (from: string, to: string, more: Says = {}): Says => ({ policies: [from], mappings: [[from, to]], ...more });
  const twice = (top: Says, middle: Says): string => result(pathOf({ policies: [P], ...top }, middle, maps(Q, R), { policies: [R] }));
  assert.equal(twice({}, maps(P, Q)), P);
  assert.equal(twice({ inhibitMapping: 2 }, maps(P, Q)), P);
  assert.equal(twice({ inhibitMapping: 1 }, maps(P, Q)), 'none');
  assert.equal(twice({ inhibitMapping: 0 }, maps(P, Q)), 'none');
  assert.equal(twice({ inhibitMapping: 1 }, maps(P, Q, { selfIssued: true })), P);
  assert.equal(twice({ inhibitMapping: 5 }, maps(P, Q, { inhibitMapping: 0 })), 'none');
  assert.equal(twice({ inhibitMapping: 1 }, maps(P, Q, { inhibitMapping: 5 })), 'none');
  assert.equal(twice({ requireExplicit: 9 }, maps(P, Q)), P);
  const once = pathOf(maps(P, Q), { policies: [Q] });
  assert.equal(result(once), P);
  assert.equal(result(once, { inhibitPolicyMapping: true }), 'none');
  assert.equal(result(once, { inhibitPolicyMapping: false }), P);
  // What may not be mapped is gone; what is beside it stays.
  const beside = pathOf({ policies: [P, R], mappings: [[P, Q]] }, { policies: [P, Q, R] });
  assert.equal(result(beside, { inhibitPolicyMapping: true }), R);
});

test('inhibitAnyPolicy: from so many certificates on, but for self-issued ones that are not the last', () => {
  const any: Says = { policies: [ANY_POLICY] };
  const below = (inhibitAny: number, ...rest: Says[]): string => result(pathOf({ policies: [P], inhibitAny }, ...rest));
  assert.equal(below(0, any), 'none');
  assert.equal(below(1, any), P);
  assert.equal(below(1, any, { policies: [P] }), P);
  assert.equal(below(1, any, any), 'none');
  assert.equal(below(2, any, any), P);
  assert.equal(below(0, { ...any, selfIssued: true }, { policies: [P] }), P);
  assert.equal(below(0, { ...any, selfIssued: true }), 'none', 'the last');
  assert.equal(below(1, { ...any, selfIssued: true }, any), P, 'not counted');
  assert.equal(below(5, { policies: [P], inhibitAny: 0 }, any), 'none');
  assert.equal(below(1, { policies: [P], inhibitAny: 5 }, any), 'none');
  const path = pathOf(any, { policies: [P] });
  assert.equal(result(path), P);
  assert.equal(result(path, { inhibitAnyPolicy: true }), 'none');
  assert.equal(result(path, { inhibitAnyPolicy: false }), P);
});

test('the graph has a bound, in policies and in mappings', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `1.3.9.${i}`);
  const infos = (policies: readonly string[]) => policies.map((policy) => ({ policy, qualifiers: [] }));
  const fill = (count: number): PolicyState => {
    const state = new PolicyState(3, {}, true);
    assert.equal(state.process(infos([ANY_POLICY, ...names(count)]), true), true);
    return state;
  };
  // The root, anyPolicy and the others.
  assert.equal(fill(MAX_POLICY_NODES - 2).acceptable, true);
  assert.equal(new PolicyState(3, {}, true).process(infos([ANY_POLICY, ...names(MAX_POLICY_NODES - 1)]), true), false);
  assert.equal(new PolicyState(3, {}, true).process(infos(names(MAX_POLICY_NODES)), true), false);
  assert.equal(fill(MAX_POLICY_NODES - 2).map([{ issuerDomainPolicy: R, subjectDomainPolicy: P }]), false);
  assert.equal(fill(MAX_POLICY_NODES - 3).map([{ issuerDomainPolicy: R, subjectDomainPolicy: P }]), true);
  // As refusals of a path: 64 levels of 128, but for the first, with the root.
  const wide = (count: number): Says => ({ policies: [...names(count), ANY_POLICY] });
  const path = pathOf(...Array.from({ length: 64 }, () => wide(127)), {});
  const inner = path.slice(2, -2);
  const top = (count: number): TestCa => pathOf(wide(count), {})[1]!;
  const [mapping] = pathOf(...Array.from({ length: 63 }, (): Says => ({})), { ...wide(127), mappings: [[R, P]] }, {}).slice(1);
  for (const [count, plain, mapped] of [
    [125, 'none', 'none'],
    [126, 'none', 'budget at 1 of path, 6.1.4 (b)'],
    [127, 'budget at 1 of path, 6.1.3 (d)', 'budget at 1 of path, 6.1.3 (d)'],
  ] as const) {
    const above = [...inner, top(count), anchor];
    assert.equal(result([path[0]!, path[1]!, ...above]), plain, `${count} in the first level`);
    assert.equal(result([path[0]!, mapping!, ...above]), mapped, `${count} in the first level, and a mapping`);
  }
});
