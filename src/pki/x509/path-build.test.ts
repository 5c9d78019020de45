/** Where paths are looked for, in which order, what is not tried again, and what is told when there is none. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { pathContext } from '../../../test/x509/context.ts';
import { extensionsWithout, resign, rewritten } from '../../../test/x509/resign.ts';
import { MAX_BUILD_STEPS, MAX_CANDIDATE_PATHS, MAX_PATH_LENGTH, MAX_SIGNATURE_CHECKS } from '../../base/limits.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { nameDer } from '../certs/fields.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { fault } from './failure.ts';
import { Name } from './name.ts';
import { type BuildInput, type BuildResult, buildPath } from './path-build.ts';
import { type PathContext, SignatureMemo } from './path-validate.ts';
import { compatible, type Profile } from './profile.ts';
import { runSteps } from './steps.ts';
import { createTrustStore } from './trust-store.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf');

/** Enough strangers for the search by length. */
const STRANGERS: readonly Certificate[] = Array.from(
  { length: 12 },
  (_, i) => issue(root('CN=Elsewhere'), `CN=Stranger ${i}`, { ca: true }).certificate,
);

interface Options extends Partial<Pick<BuildInput, 'selfSignedAnchorsOnly'>> {
  readonly anchors?: readonly TestCa[];
  readonly context?: Partial<PathContext>;
}

function build(from: TestCa, intermediates: readonly (TestCa | Certificate)[], options: Options = {}): BuildResult {
  const input = {
    leaf: from.certificate,
    intermediates: intermediates.map((one) => ('key' in one ? one.certificate : one)),
    anchors: createTrustStore((options.anchors ?? [anchor]).map(({ certificate }) => certificate)),
    selfSignedAnchorsOnly: options.selfSignedAnchorsOnly,
  };
  return runSteps(buildPath(input, pathContext(options.context))) as BuildResult;
}

/** The subjects of the path, or the reasons of all refusals with the length of their paths and the place of the blame. */
function outcome(...args: Parameters<typeof build>): string {
  const { path, failures } = build(...args);
  if (path !== undefined) return path.map(({ subject }) => subject.toString().slice(3)).join(' < ');
  return failures.map((one) => `${one.reason} at ${one.index} of ${one.path.length}`).join(', ');
}

/** Once in a small pool, once in a large one: both searches answer alike. */
function both(from: TestCa, intermediates: readonly (TestCa | Certificate)[], options?: Options): string {
  const small = outcome(from, intermediates, options);
  assert.equal(outcome(from, [...intermediates, ...STRANGERS], options), small);
  return small;
}

/** Each certificate issued by the one before, the first by `top`; the last is no CA. */
function chain(top: TestCa, ...names: string[]): TestCa[] {
  const all: TestCa[] = [];
  for (const [i, name] of names.entries()) all.push(issue(all[i - 1] ?? top, `CN=${name}`, { ca: i < names.length - 1 }));
  return all;
}

test('from the leaf to an anchor, over any number of intermediates in any order', () => {
  assert.equal(both(leaf, [ca]), 'leaf < CA < Anchor');
  const [one, two, three, end] = chain(anchor, 'one', 'two', 'three', 'end');
  assert.equal(both(end!, [one!, three!, two!, ca]), 'end < three < two < one < Anchor');
  assert.equal(both(ca, []), 'CA < Anchor');
  assert.equal(both(ca, [anchor]), 'CA < Anchor');
});

test('an anchor need not be at the top: a CA that is one, and a leaf that is one', () => {
  assert.equal(both(leaf, [ca, anchor], { anchors: [ca] }), 'leaf < CA');
  assert.equal(both(leaf, [ca, anchor], { anchors: [ca, anchor] }), 'leaf < CA');
  assert.equal(both(leaf, [ca, anchor], { anchors: [leaf] }), 'leaf');
  assert.equal(both(anchor, [], {}), 'Anchor');
  const own = { anchors: [ca], selfSignedAnchorsOnly: true };
  assert.equal(outcome(leaf, [ca, anchor], own), 'self-signed-in-chain at 2 of 3');
  assert.equal(both(leaf, [ca], { anchors: [ca, anchor], selfSignedAnchorsOnly: true }), 'leaf < CA < Anchor');
  assert.equal(outcome(leaf, [ca], { anchors: [leaf], selfSignedAnchorsOnly: true }), 'no-issuer at 1 of 2');
  // The anchor is the store's own object, with the key that was imported for it.
  const twin = { ...ca, certificate: parseCertificate(ca.certificate.der) };
  for (const more of [[], STRANGERS]) {
    assert.equal(build(leaf, [twin, ...more], { anchors: [ca] }).path?.[1], ca.certificate);
    assert.equal(build(twin, more, { anchors: [ca] }).path?.[0], ca.certificate);
  }
});

test('a leaf that is an anchor and does not hold as such may still have a path', () => {
  const profile: Profile = { ...compatible, conformance: (_, role) => (role === 'leaf' ? fault('profile', 'step', 'message') : undefined) };
  assert.equal(outcome(leaf, [ca], { anchors: [leaf, anchor], context: { profile } }), 'profile at 0 of 1');
  // What says something of the path only, as a policy does, leaves the others.
  const top = root('CN=Top', { policies: ['1.3.1'] });
  const end = issue(top, 'CN=end', { policies: ['1.3.1'] });
  const policy = { requireExplicitPolicy: true, initialPolicies: ['1.3.1'] };
  assert.equal(both(end, [], { anchors: [top], context: { policy } }), 'end < Top');
  assert.equal(both(end, [], { anchors: [top, end], context: { policy } }), 'end');
});

test('several of one name: the key identifiers that match, then those that say nothing, then the others; the valid before the expired', () => {
  const key = testKey('p256', 'CN=CA');
  const candidate = (fields: object): TestCa => issue(anchor, 'CN=CA', { ca: true, ...fields }, key);
  const good = candidate({});
  /** With another subjectKeyIdentifier, or none. */
  const identified = (value?: Uint8Array): TestCa => {
    const more = value === undefined ? [] : [{ oid: oids.SUBJECT_KEY_IDENTIFIER, value }];
    const extensions = extensionsWithout(good.certificate, oids.SUBJECT_KEY_IDENTIFIER, ...more);
    return { ...good, certificate: resign(anchor, rewritten(candidate({}).certificate, { extensions })) };
  };
  const bare = identified();
  const other = identified(der.octetString(new Uint8Array(20)));
  const broken = identified(der.nullValue());
  const old = candidate({ notAfter: NOW - 1_000 });
  const young = candidate({ notBefore: NOW + 1_000 });
  const end = issue(good, 'CN=end');
  const labels = new Map<Certificate, string>();
  for (const [label, { certificate }] of Object.entries({ good, bare, other, broken, old, young })) labels.set(certificate, label);
  /** The first that was tried, in both searches. */
  const first = (candidates: readonly TestCa[], context: Partial<PathContext> = {}): string | undefined => {
    const [small, large] = [[], STRANGERS].map((more) => {
      const { path, failures } = build(end, [...candidates, ...more], { context });
      return labels.get((failures[0]?.path ?? path)![1]!);
    });
    assert.equal(small, large);
    return small;
  };
  for (const order of [
    [good, bare],
    [good, other],
    [bare, other],
    [broken, other],
    [good, old],
    [other, old],
    [good, young],
  ] as const) {
    const expected = labels.get(order[0].certificate);
    assert.equal(first(order), expected);
    assert.equal(first([...order].reverse()), expected, `${expected} before ${labels.get(order[1].certificate)}`);
  }
  assert.equal(first([bare, broken]), 'bare', 'else in their order');
  assert.equal(first([broken, bare]), 'broken');
  // Without a clock none is expired.
  assert.equal(first([old, good], { now: undefined }), 'old');
  const edge = candidate({ notBefore: NOW, notAfter: NOW });
  labels.set(edge.certificate, 'edge');
  assert.equal(first([edge, good]), 'edge', 'both ends are within');
  // One that names no authority takes them as they come.
  const nameless = {
    ...end,
    certificate: resign(
      good,
      rewritten(end.certificate, { extensions: extensionsWithout(end.certificate, oids.AUTHORITY_KEY_IDENTIFIER) }),
    ),
  };
  assert.equal(build(nameless, [other, good]).path?.[1], other.certificate);
  const unreadable = {
    ...end,
    certificate: resign(
      good,
      rewritten(end.certificate, {
        extensions: extensionsWithout(end.certificate, oids.AUTHORITY_KEY_IDENTIFIER, {
          oid: oids.AUTHORITY_KEY_IDENTIFIER,
          value: der.nullValue(),
        }),
      }),
    ),
  };
  assert.equal(build(unreadable, [other, good]).path?.[1], other.certificate);
});

test('what failed is left, and the next one tried; every refusal is told', () => {
  const key = testKey('p256', 'CN=CA');
  const old = issue(anchor, 'CN=CA', { ca: true, notAfter: NOW - DAY }, key);
  const strange = issue(root('CN=Anchor', {}, testKey('p256', 'strange')), 'CN=CA', { ca: true }, key);
  const bound = issue(anchor, 'CN=CA', { ca: true, permittedNames: [{ kind: 'directory', value: anchor.certificate.subject }] }, key);
  assert.equal(both(leaf, [old, strange, bound, ca]), 'leaf < CA < Anchor');
  assert.deepEqual(
    build(leaf, [bound, strange, old]).failures.map(({ reason, index, path }) => [reason, index, path.length]),
    [
      ['name-constraint', 0, 3],
      ['signature', 1, 3],
      ['expired', 1, 3],
    ],
  );
  assert.equal(both(leaf, [bound, strange, old]), 'name-constraint at 0 of 3, signature at 1 of 3, expired at 1 of 3');
  const { path, failures } = build(leaf, [bound, ca]);
  assert.equal(path?.length, 3);
  assert.equal(failures.length, 1);
});

/** How often the profile was asked of each certificate in the role of a CA. */
function counting(refused: (certificate: Certificate) => boolean): { profile: Profile; asked: Map<Certificate, number> } {
  const asked = new Map<Certificate, number>();
  const conformance: Profile['conformance'] = (certificate) => {
    asked.set(certificate, (asked.get(certificate) ?? 0) + 1);
    return refused(certificate) ? fault('profile', 'step', 'message') : undefined;
  };
  return { profile: { ...compatible, conformance }, asked };
}

test('a certificate that is bad by itself is tried once, whatever stands above or below it', () => {
  // Two CAs above, each signed by two anchors' keys; the leaf is bad: one look is enough.
  const tops = [anchor, root('CN=Anchor', {}, testKey('p256', 'CN=Anchor'))];
  const cas = tops.map((top) => issue(top, 'CN=CA', { ca: true }));
  const bad = counting((certificate) => certificate === leaf.certificate);
  assert.equal(outcome(leaf, cas, { anchors: tops, context: { profile: bad.profile } }), 'profile at 0 of 3');
  assert.equal(bad.asked.get(leaf.certificate), 1);
  const badCa = counting((certificate) => certificate === cas[0]!.certificate);
  assert.equal(outcome(leaf, cas, { anchors: tops, context: { profile: badCa.profile } }), 'leaf < CA < Anchor');
  assert.equal(badCa.asked.get(cas[0]!.certificate), 1);
  const badAnchor = counting((certificate) => certificate === tops[0]!.certificate);
  assert.equal(outcome(leaf, cas, { anchors: tops, context: { profile: badAnchor.profile } }), 'leaf < CA < Anchor');
  assert.equal(badAnchor.asked.get(tops[0]!.certificate), 1);
});

test('what is refused for the sake of the whole path leaves its parts to others', () => {
  const bound = root('CN=Anchor', { permittedNames: [{ kind: 'directory', value: ca.certificate.subject }] }, testKey('p256', 'CN=Anchor'));
  assert.equal(both(leaf, [ca], { anchors: [bound, anchor] }), 'leaf < CA < Anchor');
  assert.equal(build(leaf, [ca], { anchors: [bound, anchor] }).failures.length, 1);
  // But for a bound of the work, which ends the search.
  const signatures = new SignatureMemo();
  signatures.checks = MAX_SIGNATURE_CHECKS;
  const twin = issue(anchor, 'CN=CA', { ca: true });
  assert.equal(both(leaf, [ca, twin], { context: { signatures } }), 'budget at 1 of 3, budget at 0 of 1');
});

test('each issuer that does not go with a certificate is remembered', () => {
  const tops = [1, 2].map((i) => root('CN=Top', {}, testKey('p256', `top ${i}`)));
  const x = issue(root('CN=Top'), 'CN=X', { ca: true });
  const below = [1, 2].map((serial) => issue(x, 'CN=B', { ca: true, serial: Uint8Array.of(serial) }));
  const end = issue(below[0]!, 'CN=end');
  assert.equal(both(end, [...below, x], { anchors: tops }), 'signature at 2 of 4, signature at 2 of 4');
});

test('a certificate and an issuer that do not go together are tried once', () => {
  const [one] = chain(anchor, 'one', 'x');
  const bytes = one!.certificate.der.slice();
  bytes[bytes.length - 1]! ^= 1;
  const forged = parseCertificate(bytes);
  const two = [1, 2, 3].map((serial) => issue(one!, 'CN=two', { ca: true, serial: Uint8Array.of(serial) }));
  const end = issue(two[0]!, 'CN=end');
  let checks = 0;
  const verify: typeof nodeCrypto.verify = (...args) => {
    checks++;
    return nodeCrypto.verify(...args);
  };
  const { failures } = build(end, [...two, forged], { context: { crypto: { ...nodeCrypto, verify } } });
  assert.deepEqual(
    failures.map(({ reason }) => reason),
    ['signature'],
  );
  assert.equal(checks, 1);
});

test('the number of intermediates: as many as allowed, self-issued ones not counted, and no longer than a path may be', () => {
  const all = chain(anchor, 'a', 'b', 'c', 'end');
  const end = all.pop()!;
  for (const [maxIntermediates, expected] of [
    [3, 'end < c < b < a < Anchor'],
    [2, 'depth at 2 of 3'],
    [0, 'depth at 0 of 1'],
  ] as const)
    assert.equal(both(end, all, { context: { maxIntermediates } }), expected, `${maxIntermediates}`);
  const rolled = issue(all[0]!, 'CN=a', { ca: true }, testKey('p256', 'rolled'));
  const below = issue(rolled, 'CN=below');
  assert.equal(both(below, [all[0]!, rolled], { context: { maxIntermediates: 1 } }), 'below < a < a < Anchor');
  // Leaf and anchor included.
  const long = (length: number): Parameters<typeof build> => {
    const cas = chain(anchor, ...Array.from({ length: length - 1 }, (_, i) => `Long ${i}`));
    return [cas.pop()!, cas, { context: { maxIntermediates: 20 } }];
  };
  assert.equal(both(...long(MAX_PATH_LENGTH)).split(' < ').length, MAX_PATH_LENGTH);
  const [end13, pool13, options] = long(MAX_PATH_LENGTH + 1);
  for (const more of [[], STRANGERS]) assert.match(outcome(end13, [...pool13, ...more], options), /^no-issuer/);
});

test('no subject and key twice in a path', () => {
  const a = root('CN=a');
  const b = issue(a, 'CN=b', { ca: true });
  const back = issue(b, 'CN=a', { ca: true });
  const end = issue(back, 'CN=end');
  assert.equal(outcome(end, [back, b, a]), 'self-signed-in-chain at 1 of 2');
  assert.equal(outcome(end, [back, b]), 'no-issuer at 2 of 3');
  const over = issue(anchor, 'CN=a', { ca: true });
  assert.equal(both(end, [back, b, over]), 'end < a < Anchor');
});

test('when no anchor is reached: the dead end that says most', () => {
  const other = root('CN=Other');
  const [one, two, end] = chain(other, 'one', 'two', 'end');
  assert.equal(outcome(end!, []), 'no-issuer at 0 of 1');
  assert.equal(outcome(end!, [two!]), 'no-issuer at 1 of 2');
  assert.equal(outcome(end!, [two!, one!]), 'no-issuer at 2 of 3');
  assert.equal(outcome(end!, [two!, one!, other]), 'self-signed-in-chain at 3 of 4');
  assert.equal(outcome(other, []), 'self-signed-leaf at 0 of 1');
  // A self-signed top says more than a longer way, the longer of two of a kind more than the shorter.
  const alias = root('CN=two', {}, testKey('p256', 'CN=two'));
  assert.equal(outcome(end!, [two!, one!, alias]), 'self-signed-in-chain at 1 of 2');
  assert.equal(outcome(end!, [alias, two!, one!]), 'self-signed-in-chain at 1 of 2');
  const short = issue(root('CN=Nobody'), 'CN=two', { ca: true }, testKey('p256', 'CN=two'));
  assert.equal(outcome(end!, [short, two!, one!]), 'no-issuer at 2 of 3');
  assert.equal(outcome(end!, [two!, one!, short]), 'no-issuer at 2 of 3');
  const told = build(end!, [two!]).failures[0]!;
  assert.equal(told.message, 'nothing leads from the issuer CN=one to a trust anchor');
  const ways = ['First', 'Second'].map((name) => issue(root(`CN=${name}`), 'CN=two', { ca: true }, testKey('p256', 'CN=two')));
  assert.match(build(end!, ways).failures[0]!.message, /the issuer CN=First /, 'of two alike the first');
  const unreadable = {
    ...leaf,
    certificate: resign(ca, rewritten(leaf.certificate, { issuer: new Name(der.sequence(der.octetString(Uint8Array.of(1)))) })),
  };
  assert.equal(build(unreadable, [ca]).failures[0]!.message, 'nothing leads from the issuer (unreadable) to a trust anchor');
  const wordy = { ...leaf, certificate: resign(ca, rewritten(leaf.certificate, { issuer: new Name(nameDer(`CN=${'x'.repeat(1_000)}`)) })) };
  assert.equal(build(wordy, [ca]).failures[0]!.message, `nothing leads from the issuer CN=${'x'.repeat(197)} to a trust anchor`);
  // Where a path was refused, dead ends are not told.
  const refused = issue(anchor, 'CN=two', { ca: true, notAfter: NOW - DAY }, testKey('p256', 'CN=two'));
  assert.equal(outcome(end!, [refused, two!, one!]), 'expired at 1 of 3');
});

test('the search has bounds: paths that are tried, and steps', () => {
  const end = issue(anchor, 'CN=end');
  const anchors = (count: number): TestCa[] =>
    Array.from({ length: count }, (_, i) => root('CN=Anchor', {}, testKey('ed25519', `bound ${i}`)));
  const unnamed = {
    ...end,
    certificate: resign(
      anchor,
      rewritten(end.certificate, { extensions: extensionsWithout(end.certificate, oids.AUTHORITY_KEY_IDENTIFIER) }),
    ),
  };
  assert.equal(both(unnamed, [], { anchors: [...anchors(MAX_CANDIDATE_PATHS - 1), anchor] }), 'end < Anchor');
  const { path, failures } = build(unnamed, [], { anchors: [...anchors(MAX_CANDIDATE_PATHS), anchor] });
  assert.equal(path, undefined);
  assert.deepEqual(
    failures.map(({ reason }) => reason),
    [...new Array<string>(MAX_CANDIDATE_PATHS).fill('signature'), 'budget'],
  );
  assert.equal(failures.at(-1)?.message, `search stopped after ${MAX_CANDIDATE_PATHS} paths`);
  // Of one name and many keys each could have issued each other: as many ways as there are orders.
  const twins = (count: number): Certificate[] =>
    Array.from({ length: count }, (_, i) => issue(root('CN=Twin'), 'CN=Twin', { ca: true }, testKey('ed25519', `twin ${i}`)).certificate);
  const below = issue(root('CN=Twin'), 'CN=below');
  assert.equal(outcome(below, twins(5)), 'self-signed-in-chain at 5 of 6');
  assert.deepEqual(failures.at(-1)?.path, [unnamed.certificate]);
  // The other search takes the short way first.
  const nobody = {
    ...below,
    certificate: resign(
      root('CN=Twin'),
      rewritten(below.certificate, { extensions: extensionsWithout(below.certificate, oids.AUTHORITY_KEY_IDENTIFIER) }),
    ),
  };
  const good = issue(anchor, 'CN=Twin', { ca: true });
  assert.equal(outcome(nobody, [...twins(12), good]), 'below < Twin < Anchor');
  const stopped = build(below, twins(10)).failures;
  assert.deepEqual(
    stopped.map(({ reason, message, index }) => [reason, message, index]),
    [['budget', `search stopped after ${MAX_BUILD_STEPS} steps`, 0]],
  );
});
