/** Each step of RFC 5280 §6.1 on paths of a few certificates: what is refused, which certificate is blamed, and where the border lies. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { outcome, validate } from '../../../test/x509/context.ts';
import { extensionsWithout, resign, rewritten, versionOne } from '../../../test/x509/resign.ts';
import { TlsError } from '../../base/errors.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { CRL_SIGN, KEY_CERT_SIGN } from './extensions.ts';
import { checkPurposes, type PathContext, type PathFault, SignatureMemo } from './path-validate.ts';
import { compatible, type PathRole, type Profile } from './profile.ts';

const anchor = root('CN=Anchor');
const one = issue(anchor, 'CN=One', { ca: true });
const two = issue(one, 'CN=Two', { ca: true });
const leaf = issue(two, 'CN=leaf', { subjectAltNames: ['leaf.example'] });

/** The same key, with another certificate for it. */
const as = (ca: TestCa, certificate: Certificate): TestCa => ({ certificate, key: ca.key });
const extension = (oid: string, value: Uint8Array, critical = false): { oid: string; value: Uint8Array; critical: boolean } => ({
  oid,
  value,
  critical,
});

test('a path of several certificates, of two, and of one that is its own anchor', () => {
  for (const path of [[leaf, two, one, anchor], [one, anchor], [two, one], [anchor], [leaf]]) assert.equal(outcome(path), 'accepted');
  assert.deepEqual(validate([leaf, two, one, anchor]), { policies: [] });
});

test('(a)(2) validity, both ends included to the second, of every certificate of the path', () => {
  const from = NOW - 10_000;
  const until = NOW + 10_000;
  const short = { notBefore: from, notAfter: until };
  const shortAnchor = root('CN=Short anchor', short);
  const shortCa = issue(anchor, 'CN=Short CA', { ca: true, ...short });
  for (const [path, index] of [
    [[issue(anchor, 'CN=x', short), anchor], 0],
    [[issue(shortCa, 'CN=x'), shortCa, anchor], 1],
    [[issue(shortAnchor, 'CN=x'), shortAnchor], 1],
    [[shortAnchor], 0],
  ] as const) {
    for (const [now, expected] of [
      [from - 1, `not-yet-valid at ${index} of certificate`],
      [from, 'accepted'],
      [until, 'accepted'],
      [until + 999, 'accepted'],
      [until + 1_000, `expired at ${index} of certificate`],
      [undefined, 'accepted'],
    ] as const)
      assert.equal(outcome(path, { now }), expected, `certificate ${index} at ${now}`);
  }
  const told = (now: number): string => (validate([shortAnchor], { now }) as PathFault).message;
  assert.equal(told(from - 1), 'not valid before 2025-01-15 11:59:50');
  assert.equal(told(until + 1_000), 'expired on 2025-01-15 12:00:10');
});

test('(a)(4) names chain', () => {
  assert.equal(outcome([leaf, one, anchor]), 'name-chaining at 0 of edge');
  assert.equal(outcome([leaf, two, anchor]), 'name-chaining at 1 of edge');
  // Before any signature is looked at.
  assert.equal(
    outcome([leaf, two, root('CN=Other')], { signatures: new SignatureMemo(() => assert.fail()) }),
    'name-chaining at 1 of edge',
  );
});

test('(b), (c) name constraints bind what is below them, but for self-issued certificates that are not the last', () => {
  const permitted = [{ kind: 'directory', value: issue(anchor, 'O=Within').certificate.subject }] as const;
  const bound = issue(anchor, 'CN=Bound', { ca: true, permittedNames: permitted });
  const within = issue(bound, 'CN=x,O=Within');
  assert.equal(outcome([within, bound, anchor]), 'accepted');
  assert.equal(outcome([issue(bound, 'CN=x,O=Other'), bound, anchor]), 'name-constraint at 0 of path');
  const below = issue(bound, 'CN=CA,O=Other', { ca: true });
  assert.equal(outcome([issue(below, 'CN=x,O=Within'), below, bound, anchor]), 'name-constraint at 1 of path');
  const rolled = issue(bound, 'CN=Bound', { ca: true }, testKey('p256', 'rolled'));
  assert.equal(outcome([issue(rolled, 'CN=x,O=Within'), rolled, bound, anchor]), 'accepted');
  assert.equal(outcome([issue(rolled, 'CN=x,O=Other'), rolled, bound, anchor]), 'name-constraint at 0 of path');
  assert.equal(outcome([issue(bound, 'CN=Bound'), bound, anchor]), 'name-constraint at 0 of path', 'the last one');
  // The anchor's own, RFC 5937.
  const boundAnchor = root('CN=Bound anchor', { permittedNames: permitted });
  assert.equal(outcome([issue(boundAnchor, 'CN=x,O=Within'), boundAnchor]), 'accepted');
  assert.equal(outcome([issue(boundAnchor, 'CN=x,O=Other'), boundAnchor]), 'name-constraint at 0 of path');
});

test('(c) common names count where the caller takes them for host names, of the leaf alone', () => {
  const bound = issue(anchor, 'CN=Bound', { ca: true, permittedNames: ['good.example'] });
  const middle = issue(bound, 'CN=middle.example', { ca: true });
  const evil = issue(middle, 'CN=evil.example');
  assert.equal(outcome([evil, middle, bound, anchor]), 'accepted');
  assert.equal(outcome([evil, middle, bound, anchor], { legacyCommonName: true }), 'name-constraint at 0 of path');
  assert.equal(outcome([issue(middle, 'CN=good.example'), middle, bound, anchor], { legacyCommonName: true }), 'accepted');
});

test('§6.1.4 (g) constraints that cannot be read, and the leading dot that only some profiles take', () => {
  const empty = extension(oids.NAME_CONSTRAINTS, der.sequence(), true);
  const odd = issue(anchor, 'CN=Odd', { ca: true, permittedNames: ['*.example'] });
  assert.equal(outcome([issue(odd, 'CN=x'), odd, anchor]), 'name-constraint at 1 of certificate');
  const oddAnchor = root('CN=Odd anchor', { permittedNames: ['*.example'] });
  assert.equal(outcome([issue(oddAnchor, 'CN=x'), oddAnchor]), 'name-constraint at 1 of certificate');
  const none = issue(anchor, 'CN=None', { ca: true, extensions: [empty] });
  assert.equal(outcome([issue(none, 'CN=x'), none, anchor]), 'name-constraint at 1 of certificate');
  const dotted = issue(anchor, 'CN=Dotted', { ca: true, permittedNames: ['.example'] });
  const path = [issue(dotted, 'CN=x', { subjectAltNames: ['a.example'] }), dotted, anchor];
  assert.equal(outcome(path), 'accepted');
  assert.equal(outcome(path, { profile: { ...compatible, leadingDotConstraint: false } }), 'name-constraint at 1 of certificate');
  // Nobody is below a leaf.
  assert.equal(outcome([issue(anchor, 'CN=x', { permittedNames: ['*.example'] }), anchor]), 'accepted');
});

test('(k) an issuer is a CA, and says so', () => {
  const below = (issuer: TestCa): TestCa => issue(issuer, 'CN=x');
  const end = issue(anchor, 'CN=End entity');
  assert.equal(outcome([below(end), end, anchor]), 'not-a-ca at 1 of certificate');
  const bare = as(
    one,
    resign(anchor, rewritten(one.certificate, { extensions: extensionsWithout(one.certificate, oids.BASIC_CONSTRAINTS) })),
  );
  assert.equal(outcome([below(bare), bare, anchor]), 'not-a-ca at 1 of certificate');
  const first = as(one, resign(anchor, versionOne(one.certificate)));
  assert.equal(outcome([below(first), first, anchor]), 'not-a-ca at 1 of certificate');
  assert.equal(outcome([first, anchor]), 'accepted', 'a leaf need not be of version 3');
});

test('an anchor may be of version 1, but must not say that it is no CA or signs no certificates', () => {
  const below = (issuer: TestCa): TestCa => issue(issuer, 'CN=x');
  const first = as(anchor, resign(anchor, versionOne(anchor.certificate)));
  assert.equal(outcome([below(first), first]), 'accepted');
  const end = root('CN=End entity', { ca: false });
  assert.equal(outcome([below(end), end]), 'not-a-ca at 1 of certificate');
  const bare = as(
    anchor,
    resign(anchor, rewritten(anchor.certificate, { extensions: extensionsWithout(anchor.certificate, oids.BASIC_CONSTRAINTS) })),
  );
  assert.equal(outcome([below(bare), bare]), 'not-a-ca at 1 of certificate');
  const lists = root('CN=Signs lists', { keyUsage: CRL_SIGN });
  assert.equal(outcome([below(lists), lists]), 'key-usage at 1 of certificate');
  const free = root('CN=Signs all', { keyUsage: 0 });
  assert.equal(outcome([below(free), free]), 'accepted');
  assert.equal(outcome([end]), 'accepted', 'alone it issues nothing');
});

test('(n) an issuer with a key usage may sign certificates', () => {
  for (const [keyUsage, expected] of [
    [CRL_SIGN, 'key-usage at 1 of certificate'],
    [KEY_CERT_SIGN, 'accepted'],
    [KEY_CERT_SIGN | CRL_SIGN, 'accepted'],
    [0, 'accepted'],
  ] as const) {
    const ca = issue(anchor, 'CN=Usage', { ca: true, keyUsage });
    assert.equal(outcome([issue(ca, 'CN=x'), ca, anchor]), expected, `usage ${keyUsage}`);
  }
});

test('(l), (m) path lengths: the shortest of all counts, self-issued certificates do not', () => {
  const path = (lengths: readonly (number | undefined)[], top: number | undefined): TestCa[] => {
    const chain = [root('CN=Length', { ca: { pathLength: top } })];
    for (const [i, pathLength] of lengths.entries()) chain.unshift(issue(chain[0]!, `CN=${i}`, { ca: { pathLength } }));
    chain.unshift(issue(chain[0]!, 'CN=x'));
    return chain;
  };
  const none = undefined;
  for (const [lengths, top, expected] of [
    [[none, none, none], none, 'accepted'],
    [[none], 0, 'path-length at 1 of path'],
    [[none], 1, 'accepted'],
    [[none, none], 1, 'path-length at 1 of path'],
    [[none, none], 2, 'accepted'],
    [[0, none], none, 'path-length at 1 of path'],
    [[0], none, 'accepted'],
    [[1, none], none, 'accepted'],
    [[1, 5, none], none, 'path-length at 1 of path'],
    [[5, 0, none], none, 'path-length at 1 of path'],
    [[5, none, none], 2, 'path-length at 1 of path'],
  ] as const)
    assert.equal(outcome(path(lengths, top)), expected, `${lengths.join()} under ${top}`);
  for (const [maxIntermediates, expected] of [
    [1, 'path-length at 1 of path'],
    [2, 'accepted'],
  ] as const)
    assert.equal(outcome([leaf, two, one, anchor], { maxIntermediates }), expected);
  const short = issue(anchor, 'CN=Short', { ca: { pathLength: 0 } });
  const rolled = issue(short, 'CN=Short', { ca: true }, testKey('p256', 'rolled'));
  assert.equal(outcome([issue(rolled, 'CN=x'), rolled, short, anchor]), 'accepted');
});

test('purposes nest: who has an extended key usage passes on no other', () => {
  const limited = (extendedKeyUsage: readonly string[]): [string, string, string] => {
    const ca = issue(anchor, 'CN=Limited', { ca: true, extendedKeyUsage });
    const limitedAnchor = root('CN=Limited anchor', { extendedKeyUsage });
    const purposes = [oids.SERVER_AUTH];
    return [
      outcome([issue(ca, 'CN=x'), ca, anchor], { purposes }),
      outcome([issue(limitedAnchor, 'CN=x'), limitedAnchor], { purposes }),
      outcome([issue(ca, 'CN=x'), ca, anchor]),
    ];
  };
  const refused = 'extended-key-usage at 1 of certificate';
  assert.deepEqual(limited([oids.SERVER_AUTH]), ['accepted', 'accepted', 'accepted']);
  assert.deepEqual(limited([oids.ANY_EXTENDED_KEY_USAGE]), ['accepted', 'accepted', 'accepted']);
  assert.deepEqual(limited([oids.CLIENT_AUTH]), [refused, refused, 'accepted']);
});

test('purposes of one certificate', () => {
  const { SERVER_AUTH, CLIENT_AUTH, CODE_SIGNING, ANY_EXTENDED_KEY_USAGE } = oids;
  const refused = (extendedKeyUsage: readonly string[], purposes: readonly string[], anyPurpose: boolean): boolean => {
    const found = checkPurposes(issue(anchor, 'CN=x', { extendedKeyUsage }).certificate, purposes, anyPurpose);
    if (found !== undefined) assert.equal(found.reason, 'extended-key-usage');
    return found !== undefined;
  };
  assert.equal(refused([], [SERVER_AUTH], false), false, 'no extension: no limit');
  assert.equal(refused([CLIENT_AUTH], [], false), false);
  assert.equal(refused([CLIENT_AUTH, SERVER_AUTH], [SERVER_AUTH], false), false);
  assert.equal(refused([CLIENT_AUTH, SERVER_AUTH], [SERVER_AUTH, CLIENT_AUTH], false), false);
  assert.equal(refused([CLIENT_AUTH, SERVER_AUTH], [SERVER_AUTH, CODE_SIGNING], false), true);
  assert.equal(refused([ANY_EXTENDED_KEY_USAGE], [SERVER_AUTH], true), false);
  assert.equal(refused([ANY_EXTENDED_KEY_USAGE], [SERVER_AUTH], false), true);
  assert.equal(refused([CLIENT_AUTH], [SERVER_AUTH], true), true);
});

test('(o), §6.1.5 (f) a critical extension that is not known', () => {
  const extensions = [extension('1.3.6.1.4.1.99999.1', der.nullValue(), true)];
  const steps = (path: readonly TestCa[]): [string, string] => [outcome(path), (validate(path) as PathFault).step];
  const ca = issue(anchor, 'CN=Critical', { ca: true, extensions });
  const odd = root('CN=Critical anchor', { extensions });
  const reason = 'unknown-critical-extension';
  assert.deepEqual(steps([issue(anchor, 'CN=x', { extensions }), anchor]), [`${reason} at 0 of certificate`, 'RFC 5280 6.1.5 (f)']);
  assert.deepEqual(steps([issue(ca, 'CN=x'), ca, anchor]), [`${reason} at 1 of certificate`, 'RFC 5280 6.1.4 (o)']);
  assert.deepEqual(steps([issue(odd, 'CN=x'), odd]), [`${reason} at 1 of certificate`, 'RFC 5280 6.1.4 (o)']);
  const known = [extension('1.3.6.1.4.1.99999.1', der.nullValue())];
  assert.equal(outcome([issue(anchor, 'CN=x', { extensions: known }), anchor]), 'accepted');
});

test('an extension that is processed and cannot be read is the fault of its certificate, of whichever role', () => {
  const junk = der.octetString(Uint8Array.of(1));
  for (const oid of [oids.BASIC_CONSTRAINTS, oids.KEY_USAGE, oids.POLICY_CONSTRAINTS]) {
    const broken = (certificate: Certificate, issuer: TestCa): Certificate =>
      resign(issuer, rewritten(certificate, { extensions: extensionsWithout(certificate, oid, extension(oid, junk)) }));
    const brokenLeaf = as(leaf, broken(leaf.certificate, two));
    const brokenCa = as(two, broken(two.certificate, one));
    const brokenAnchor = as(anchor, broken(anchor.certificate, anchor));
    assert.equal(outcome([brokenLeaf, two, one, anchor]), 'malformed at 0 of certificate', oid);
    assert.equal(outcome([leaf, brokenCa, one, anchor]), 'malformed at 1 of certificate', oid);
    assert.equal(outcome([leaf, two, one, brokenAnchor]), 'malformed at 3 of certificate', oid);
  }
});

test('errors of others than the parsers are not taken for a malformed certificate', () => {
  const failing = (error: Error): Partial<PathContext> => ({
    crypto: {
      ...nodeCrypto,
      importPublicKey: () => {
        throw error;
      },
    },
  });
  const tls = (code: 'bad_der' | 'bad_key' | 'closed', detail?: string): TlsError => new TlsError({ code, origin: 'api', detail });
  const path = [leaf, two, one, anchor];
  assert.equal(outcome(path, failing(tls('bad_der'))), 'malformed at 2 of certificate');
  assert.equal(outcome(path, failing(tls('bad_key'))), 'malformed at 2 of certificate');
  assert.equal((validate(path, failing(tls('bad_key', 'why'))) as PathFault).message, 'why');
  assert.equal((validate(path, failing(tls('bad_key'))) as PathFault).message, 'bad_key');
  for (const error of [tls('closed'), new RangeError('other')]) assert.throws(() => validate(path, failing(error)), error);
});

test('§4.1.1.2 the algorithm inside and the one outside', () => {
  const { tbs, signature } = leaf.certificate;
  const bytes = der.sequence(tbs, der.algorithm(oids.ECDSA_WITH_SHA384), der.bitString(signature));
  const differing = as(leaf, parseCertificate(bytes));
  assert.equal(outcome([differing, two, one, anchor]), 'signature-algorithm at 0 of certificate');
});

/** A profile that notes what it is asked. */
function noting(more: Partial<Profile> = {}): { profile: Profile; asked: [string, PathRole][] } {
  const asked: [string, PathRole][] = [];
  const conformance: Profile['conformance'] = ({ subject }, role) => {
    asked.push([subject.toString(), role]);
    return undefined;
  };
  return { profile: { ...compatible, conformance, ...more }, asked };
}

test('the profile is asked of each certificate in its role, from the anchor down, and of its key', () => {
  const { profile, asked } = noting();
  assert.equal(outcome([leaf, two, one, anchor], { profile }), 'accepted');
  assert.deepEqual(asked, [
    ['CN=Anchor', 'anchor'],
    ['CN=One', 'ca'],
    ['CN=Two', 'ca'],
    ['CN=leaf', 'leaf'],
  ]);
  const refusing = (name: string): Profile => ({
    ...compatible,
    conformance: ({ subject }) => (subject.toString() === name ? { reason: 'profile', step: 'test', message: 'no' } : undefined),
  });
  for (const [index, { certificate }] of [leaf, two, one, anchor].entries())
    assert.equal(
      outcome([leaf, two, one, anchor], { profile: refusing(certificate.subject.toString()) }),
      `profile at ${index} of certificate`,
    );
  const noRsa: Profile = { ...compatible, keyRule: ({ curve }) => (curve === 'secp384r1' ? 'no' : undefined) };
  const other = issue(anchor, 'CN=x', {}, testKey('p384'));
  assert.equal(outcome([other, anchor]), 'accepted');
  assert.equal(outcome([other, anchor], { profile: noRsa }), 'unsupported-key at 0 of certificate');
});

test('an anchor that was found good is not looked at again by the same profile, but for its validity', () => {
  const { profile, asked } = noting();
  const path = [one, anchor];
  const roles = (): PathRole[] => asked.splice(0).map(([, role]) => role);
  assert.equal(outcome(path, { profile }), 'accepted');
  assert.deepEqual(roles(), ['anchor', 'leaf']);
  assert.equal(outcome(path, { profile }), 'accepted');
  assert.deepEqual(roles(), ['leaf']);
  assert.equal(outcome(path, { profile, now: NOW + 1_000 * DAY }), 'expired at 1 of certificate');
  // Alone it is a leaf, below another a CA.
  assert.equal(outcome([anchor], { profile }), 'accepted');
  assert.deepEqual(roles(), ['leaf']);
  assert.equal(outcome([two, one, anchor], { profile }), 'accepted');
  assert.equal(outcome([two, one], { profile }), 'accepted');
  assert.deepEqual(roles(), ['ca', 'leaf', 'anchor', 'leaf'], 'a CA that was found good is no anchor that was');
  // Another profile looks again; one that refuses does so every time.
  const strict = noting({ keyRule: ({ curve }) => (curve === 'secp256r1' ? 'no' : undefined) });
  for (let i = 0; i < 2; i++) assert.equal(outcome(path, { profile: strict.profile }), 'unsupported-key at 1 of certificate');
});
