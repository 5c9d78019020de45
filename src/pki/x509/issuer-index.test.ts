/** Candidates for the issuer of a certificate: in a small pool, which is searched, and in a large one, which has tables. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import * as der from '../asn1/der-writer.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { IssuerIndex } from './issuer-index.ts';
import { Name } from './name.ts';
import { createTrustStore } from './trust-store.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf');
const stranger = issue(root('CN=Elsewhere'), 'CN=Stranger', { ca: true }).certificate;

const certificates = (all: readonly TestCa[]): Certificate[] => all.map(({ certificate }) => certificate);
const filled = (pool: readonly TestCa[], count: number): Certificate[] => [
  ...certificates(pool),
  ...new Array<Certificate>(count - pool.length).fill(stranger),
];

function indexOf(pool: readonly TestCa[], anchors: readonly TestCa[] = [anchor], size = pool.length): IssuerIndex {
  return new IssuerIndex(filled(pool, size), createTrustStore(certificates(anchors)), NOW);
}

/** In a small pool and in a large one alike. */
function both<T>(pool: readonly TestCa[], ask: (index: IssuerIndex) => T, anchors?: readonly TestCa[]): T {
  const small = ask(indexOf(pool, anchors));
  const large = indexOf(pool, anchors, 20);
  // Twice: the second answer may come from a table.
  for (let i = 0; i < 2; i++) assert.deepEqual(ask(large), small);
  return small;
}

test('issuers: those whose name is the same bytes; only where there is none, those with the same name in another form', () => {
  const shouting = { ...ca, certificate: issue(anchor, 'CN=ca', { ca: true }, testKey('p256', 'CN=CA')).certificate };
  const issuers = (pool: readonly TestCa[]): readonly Certificate[] => both(pool, (index) => index.issuersOf(leaf.certificate));
  assert.deepEqual(issuers([ca]), [ca.certificate]);
  assert.deepEqual(issuers([shouting, ca]), [ca.certificate]);
  assert.deepEqual(issuers([shouting]), [shouting.certificate]);
  assert.deepEqual(issuers([anchor]), []);
  // In very large pools nobody looks for those.
  for (const [size, found] of [
    [200, 1],
    [201, 0],
  ] as const) {
    assert.equal(indexOf([shouting], [anchor], size).issuersOf(leaf.certificate).length, found, `${size}`);
    assert.equal(indexOf([ca], [anchor], size).issuersOf(leaf.certificate).length, 1, `${size}`);
  }
});

test('issuers: a candidate whose name cannot be read is none', () => {
  const unreadable = issue(anchor, new Name(der.sequence(der.octetString(Uint8Array.of(1)))), { ca: true });
  assert.deepEqual(
    both([unreadable], (index) => index.issuersOf(leaf.certificate)),
    [],
  );
  const below = parseCertificate(issue(unreadable, 'CN=below').certificate.der);
  assert.deepEqual(
    both([unreadable, ca], (index) => index.issuersOf(below)),
    [unreadable.certificate],
    'but by the same bytes it is',
  );
  assert.deepEqual(
    both([ca], (index) => [...index.issuersOf(below), ...index.anchorsOf(below)]),
    [],
  );
});

test('anchors: in another form only where no intermediate has exactly the name', () => {
  const alike = root('CN=ca');
  const anchors = (pool: readonly TestCa[], store: readonly TestCa[]): readonly Certificate[] =>
    both(pool, (index) => index.anchorsOf(leaf.certificate), store);
  assert.deepEqual(anchors([], [alike]), [alike.certificate]);
  assert.deepEqual(anchors([ca], [alike]), []);
  assert.deepEqual(anchors([ca], [alike, ca]), [ca.certificate]);
  assert.deepEqual(anchors([], [alike, ca]), [ca.certificate]);
  assert.deepEqual(anchors([], [anchor]), []);
});

test('owners: the same name and the same key', () => {
  const same = issue(root('CN=Elsewhere'), 'CN=CA', { ca: true });
  const otherKey = issue(anchor, 'CN=CA', { ca: true }, testKey('p256', 'other'));
  const otherName = issue(anchor, 'CN=Other', { ca: true }, testKey('p256', 'CN=CA'));
  const owns = (a: TestCa, b: TestCa): boolean => both([ca], (index) => index.sameOwner(a.certificate, b.certificate));
  assert.equal(owns(ca, ca), true);
  assert.equal(owns(ca, same), true);
  assert.equal(owns(ca, otherKey), false);
  assert.equal(owns(ca, otherName), false);
});

test('distances: over names, from the anchors down, without what is bad', () => {
  const [a, b, c] = [ca, issue(ca, 'CN=B', { ca: true }), issue(issue(ca, 'CN=B', { ca: true }), 'CN=C', { ca: true })];
  const lost = issue(root('CN=Nowhere'), 'CN=Lost', { ca: true });
  const measure = (
    pool: readonly TestCa[],
    isBad: (certificate: Certificate, issuer?: Certificate) => boolean,
    anchors?: readonly TestCa[],
  ): string =>
    both(pool, (index) => [...index.distances(isBad)].map(([one, steps]) => `${one.subject.toString()} ${steps}`).join(), anchors);
  const none = (): boolean => false;
  assert.equal(measure([c, b, a, lost], none), 'CN=CA 1,CN=B 2,CN=C 3');
  assert.equal(measure([c, b], none), '');
  assert.equal(
    measure([c, b, a], (one) => one === a.certificate),
    '',
  );
  assert.equal(
    measure([c, b, a], (one) => one === b.certificate),
    'CN=CA 1',
  );
  // Bad under one anchor, good under another of its name.
  const second = root('CN=Anchor', {}, testKey('p256', 'second'));
  const under =
    (bad: readonly TestCa[]) =>
    (one: Certificate, issuer?: Certificate): boolean =>
      one === a.certificate && bad.some(({ certificate }) => certificate === issuer);
  assert.equal(measure([a], under([anchor]), [anchor, second]), 'CN=CA 1');
  assert.equal(measure([a], under([second]), [anchor, second]), 'CN=CA 1');
  assert.equal(measure([a], under([anchor, second]), [anchor, second]), '');
  // One that is an anchor itself, whoever issued it.
  assert.equal(measure([c, b], none, [b]), 'CN=C 1,CN=B 1');
  assert.equal(measure([c, b, lost], none, [lost]), 'CN=Lost 1');
  // The shortest of several ways.
  const cross = issue(anchor, 'CN=C', { ca: true }, testKey('p256', 'CN=C'));
  assert.equal(measure([c, b, a, cross], none), 'CN=CA 1,CN=C 1,CN=B 2,CN=C 3');
});
