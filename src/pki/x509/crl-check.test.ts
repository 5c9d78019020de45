/** What CRLs say of one certificate, step by step of RFC 5280 §6.3.3: which apply, who signed them, and what they add up to. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { pathContext } from '../../../test/x509/context.ts';
import { extensionsWithout, listWithout, parts, resign, rewritten } from '../../../test/x509/resign.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_REVOCATION_DEPTH, REVOCATION_CLOCK_SKEW_MS } from '../../base/limits.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { CertificateFields } from '../certs/create.ts';
import { type CreateCrlOptions, createCrl, type CrlEntryInput } from '../certs/revocation.ts';
import type { Certificate } from './certificate.ts';
import { type CertificateList, parseCrl } from './crl.ts';
import { CrlChecker, crlFault, type CrlStatus } from './crl-check.ts';
import { CRL_SIGN, KEY_CERT_SIGN } from './extensions.ts';
import { type PathContext, SignatureMemo } from './path-validate.ts';
import { compatible } from './profile.ts';
import { runSteps } from './steps.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf', { serial: Uint8Array.of(0x55) });
const entry: CrlEntryInput = { serial: leaf.certificate.serial, revocationDate: NOW - DAY };
const NOBODY = 'no CRL of its issuer';

function crl(more: Partial<CreateCrlOptions> = {}): CertificateList {
  const list = { crypto: nodeCrypto, issuer: ca, thisUpdate: NOW - DAY, nextUpdate: NOW + DAY, number: 5, entries: [] };
  return parseCrl(createCrl({ ...list, ...more }) as Uint8Array);
}

interface Question {
  readonly path?: readonly TestCa[];
  readonly certificates?: readonly TestCa[];
  readonly context?: Partial<PathContext>;
}

function statusOf(crls: readonly CertificateList[], { path = [leaf, ca, anchor], certificates = [], context }: Question = {}): CrlStatus {
  const checker = new CrlChecker({ crls, certificates: certificates.map(({ certificate }) => certificate) });
  const steps = checker.status(
    path[0]!.certificate,
    path.map(({ certificate }) => certificate),
    pathContext(context),
  );
  return runSteps(steps) as CrlStatus;
}

/** `good`, `revoked`, or why it is not known. */
function outcome(...args: Parameters<typeof statusOf>): string {
  const found = statusOf(...args);
  if (found.status !== 'unknown') return found.status;
  assert.equal(found.covered, found.why !== NOBODY, found.why);
  return found.why;
}

test('listed or not, by serial number and issuer', () => {
  assert.equal(outcome([crl()]), 'good');
  assert.equal(outcome([crl({ entries: [entry] })]), 'revoked');
  assert.equal(outcome([crl({ entries: [{ ...entry, serial: Uint8Array.of(0x54) }] })]), 'good');
  assert.equal(outcome([]), NOBODY);
  assert.equal(outcome([crl({ issuer: anchor, entries: [entry] })]), NOBODY);
  const found = statusOf([crl({ entries: [{ ...entry, reason: 1 }] })]);
  assert.ok(found.status === 'revoked' && found.entry.reason === 1);
  assert.equal(outcome([crl({ entries: [{ ...entry, reason: 8 }] })]), 'good', 'removed');
});

test('the issuer of a list by its name, in whichever form', () => {
  const shouting = issue(anchor, 'CN=ca', { ca: true }, testKey('p256', 'CN=CA'));
  assert.equal(outcome([crl({ issuer: shouting, entries: [entry] })]), 'revoked');
  assert.equal(outcome([crl({ issuer: shouting })]), 'good');
});

test('the first list that can be used decides, others are passed over', () => {
  const old = crl({ thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - 2 * DAY, entries: [entry] });
  assert.equal(outcome([old]), 'CRL has expired');
  assert.equal(outcome([old, crl()]), 'good');
  assert.equal(outcome([crl(), old]), 'good');
  assert.equal(outcome([crl(), crl({ entries: [entry] })]), 'good', 'all reasons are covered by then');
  assert.equal(outcome([crl({ entries: [entry] }), crl()]), 'revoked');
});

test('time: give or take the skew of clocks at the beginning, to the second at the end', () => {
  const skew = REVOCATION_CLOCK_SKEW_MS;
  const at = (thisUpdate: number, nextUpdate: number, now: number | undefined = NOW): string =>
    outcome([crl({ thisUpdate, nextUpdate })], { context: { now } });
  assert.equal(at(NOW + skew, NOW + DAY), 'good');
  assert.equal(at(NOW + skew + 1_000, NOW + DAY), 'CRL is from the future');
  assert.equal(at(NOW - DAY, NOW), 'good');
  assert.equal(at(NOW - DAY, NOW, NOW + 999), 'good');
  assert.equal(at(NOW - DAY, NOW, NOW + 1_000), 'CRL has expired');
  const whenever = { context: { now: undefined } };
  assert.equal(outcome([crl({ thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - 2 * DAY })], whenever), 'good');
});

test('rules of the profile, critical extensions, and what cannot be read', () => {
  const picky = { ...compatible, crlConformance: ({ crlNumber }: CertificateList) => (crlNumber === undefined ? undefined : 'no') };
  assert.equal(outcome([crl()], { context: { profile: picky } }), 'no');
  const extension = { oid: '1.2.3.4', critical: true, value: der.nullValue() };
  assert.equal(outcome([crl({ extensions: [extension] })]), 'critical extension 1.2.3.4 of the CRL is not known');
  assert.equal(outcome([crl({ extensions: [{ ...extension, critical: false }] })]), 'good');
  const [tbs, , signature] = parts(crl().der);
  const differing = parseCrl(der.sequence(tbs!, der.algorithm(oids.ECDSA_WITH_SHA384), signature!));
  assert.equal(outcome([differing]), 'signature algorithms of the CRL differ');
  const inEntry = { ...entry, serial: Uint8Array.of(1), extensions: [extension] };
  assert.equal(outcome([crl({ entries: [inEntry] })]), 'critical extension 1.2.3.4 of the CRL is not known');
  const broken = { ...entry, extensions: [{ oid: oids.CRL_REASON, value: der.nullValue() }] };
  assert.match(outcome([crl({ entries: [broken] })]), /^CRL: .* at offset /);
  for (const error of [new RangeError('oops'), new TlsError({ code: 'closed', origin: 'api' })]) {
    const failing: CryptoProvider = {
      ...nodeCrypto,
      verify: () => {
        throw error;
      },
    };
    assert.throws(() => statusOf([crl()], { context: { crypto: failing } }), error);
  }
});

test('reasons add up until all are covered', () => {
  const some = (reasons: number, entries: CrlEntryInput[] = []): CertificateList => crl({ scope: { reasons }, entries });
  assert.equal(outcome([some(0x1fe)]), 'good');
  assert.equal(outcome([some(0x0fe)]), 'CRLs do not cover all reasons');
  assert.equal(outcome([some(0x0fe), some(0x100)]), 'good');
  assert.equal(outcome([some(0x100), some(0x0fe)]), 'good');
  assert.equal(outcome([some(0x0fe), some(0x0fe)]), 'CRLs do not cover all reasons');
  assert.equal(outcome([some(0x0fe), some(0x100, [entry])]), 'revoked');
  // A list that adds nothing is not even looked at.
  assert.equal(outcome([some(0x0fe), some(0x0fe, [entry]), some(0x100)]), 'good');
  assert.equal(
    outcome([crl({ thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - DAY, scope: { reasons: 0x100 } }), some(0x0fe)]),
    'CRLs do not cover all reasons',
  );
});

test('scope: for end entities, for CAs, for attribute certificates', () => {
  const users = crl({ scope: { only: 'user' } });
  assert.equal(outcome([users]), 'good');
  assert.equal(outcome([crl({ scope: { only: 'ca' } })]), 'CRL is for CAs only');
  const extensions = extensionsWithout(leaf.certificate, oids.BASIC_CONSTRAINTS);
  const plain = { ...leaf, certificate: resign(ca, rewritten(leaf.certificate, { extensions })) };
  assert.equal(outcome([users], { path: [plain, ca, anchor] }), 'good', 'without basic constraints it is no CA');
  const above = { path: [ca, anchor] };
  assert.equal(outcome([crl({ issuer: anchor, scope: { only: 'user' } })], above), 'CRL is for end entities only');
  assert.equal(outcome([crl({ issuer: anchor, scope: { only: 'ca' } })], above), 'good');
  const attributes = {
    oid: oids.ISSUING_DISTRIBUTION_POINT,
    critical: true,
    value: der.sequence(der.contextValue(5, Uint8Array.of(0xff))),
  };
  assert.equal(outcome([crl({ extensions: [attributes] })]), 'CRL is for attribute certificates only');
});

/** A DistributionPoint. */
function point(...parts: Uint8Array[]): Uint8Array {
  return der.sequence(...parts);
}
const uriName = (value: string): Uint8Array => der.contextValue(6, new TextEncoder().encode(value));
const fullName = (...names: Uint8Array[]): Uint8Array => der.context(0, der.context(0, ...names));
const directoryName = (certificate: Certificate): Uint8Array => der.context(4, certificate.subject.der);
const relative = (value: string): Uint8Array =>
  der.context(0, der.context(1, der.sequence(der.oid(oids.COMMON_NAME), der.utf8String(value))));
const crlIssuer = ({ certificate }: TestCa): Uint8Array => der.context(2, directoryName(certificate));
const reasonFlags = (bits: number): Uint8Array => der.contextValue(1, der.namedBitsContent(bits));

/** A leaf with these distribution points, in the place of the one that has none. */
function pointing(...points: Uint8Array[]): Question & { path: TestCa[] } {
  const extensions = [{ oid: oids.CRL_DISTRIBUTION_POINTS, value: der.sequence(...points) }];
  return { path: [issue(ca, 'CN=leaf', { serial: leaf.certificate.serial, extensions }), ca, anchor] };
}

/** A list with this issuing distribution point. */
const scoped = (...parts: Uint8Array[]): CertificateList =>
  crl({ extensions: [{ oid: oids.ISSUING_DISTRIBUTION_POINT, critical: true, value: der.sequence(...parts) }] });

test('distribution points: the list’s names and the point’s have one in common', () => {
  const other = 'CRL is for another distribution point';
  const a = uriName('http://a/');
  const b = uriName('http://b/');
  assert.equal(outcome([crl({ scope: { uris: ['http://a/'] } })]), other);
  assert.equal(outcome([scoped(fullName(a))], pointing(point(fullName(a)))), 'good');
  assert.equal(outcome([scoped(fullName(a))], pointing(point(fullName(b)))), other);
  assert.equal(outcome([scoped(fullName(a, b))], pointing(point(fullName(b)))), 'good');
  assert.equal(outcome([scoped(fullName(b))], pointing(point(fullName(a, b)))), 'good');
  assert.equal(outcome([scoped(fullName(b))], pointing(point(fullName(a)), point(fullName(b)))), 'good', 'the second point');
  assert.equal(outcome([crl()], pointing(point(fullName(a)))), 'good', 'a list for all points');
  // Forms are not taken for one another.
  const text = new TextEncoder().encode('http://a/');
  assert.equal(outcome([scoped(fullName(a))], pointing(point(fullName(der.contextValue(2, text))))), other);
  for (const form of [der.contextValue(8, der.oid('1.2.3').subarray(2)), der.contextValue(7, Uint8Array.of(192, 0, 2, 1))]) {
    assert.equal(outcome([scoped(fullName(form))], pointing(point(fullName(form)))), 'good');
  }
  const address = (last: number): Uint8Array => fullName(der.contextValue(7, Uint8Array.of(192, 0, 2, last)));
  assert.equal(outcome([scoped(address(1))], pointing(point(address(2)))), other);
  assert.equal(
    outcome([scoped(fullName(directoryName(ca.certificate)))], pointing(point(fullName(directoryName(ca.certificate))))),
    'good',
  );
  assert.equal(
    outcome([scoped(fullName(directoryName(leaf.certificate)))], pointing(point(fullName(directoryName(anchor.certificate))))),
    other,
  );
  assert.equal(outcome([scoped(fullName(directoryName(leaf.certificate)))], pointing(point(fullName(a)))), other);
  // Without a point, the certificate's issuer is the name.
  assert.equal(outcome([scoped(fullName(directoryName(ca.certificate)))]), 'good');
  assert.equal(outcome([scoped(fullName(directoryName(anchor.certificate)))]), other);
});

test('distribution points: names relative to the issuer of the list', () => {
  const other = 'CRL is for another distribution point';
  assert.equal(outcome([scoped(relative('x'))], pointing(point(relative('x')))), 'good');
  assert.equal(outcome([scoped(relative('x'))], pointing(point(relative('y')))), other);
  const full = der.context(
    4,
    der.sequence(
      der.setOf(der.sequence(der.oid(oids.COMMON_NAME), der.utf8String('CA'))),
      der.setOf(der.sequence(der.oid(oids.COMMON_NAME), der.utf8String('x'))),
    ),
  );
  assert.equal(outcome([scoped(relative('x'))], pointing(point(fullName(full)))), 'good');
  assert.equal(outcome([scoped(fullName(full))], pointing(point(relative('x')))), 'good');
});

test('distribution points: their reasons', () => {
  const a = fullName(uriName('http://a/'));
  assert.equal(outcome([scoped(a)], pointing(point(a, reasonFlags(0x0fe)))), 'CRLs do not cover all reasons');
  assert.equal(outcome([scoped(a)], pointing(point(a, reasonFlags(0x0fe)), point(a, reasonFlags(0x100)))), 'good');
  assert.equal(outcome([crl({ scope: { reasons: 0x0f0 } })], pointing(point(a, reasonFlags(0x00e)))), 'CRLs do not cover all reasons');
});

test('indirect lists: of another issuer, where the point and the list both say so', () => {
  const lists = issue(anchor, 'CN=Lists', { keyUsage: CRL_SIGN }, testKey('p256', 'CN=Lists'));
  const listed = (issuer: TestCa['certificate'] | undefined): CrlEntryInput => ({
    ...entry,
    ...(issuer === undefined ? {} : { issuer: issuer.subject }),
  });
  const indirect = (entries: CrlEntryInput[], isIndirect = true): CertificateList =>
    crl({ issuer: lists, scope: { indirect: isIndirect }, entries });
  const asked = { ...pointing(point(crlIssuer(lists))), certificates: [lists] };
  assert.equal(outcome([indirect([])], asked), 'good');
  assert.equal(outcome([indirect([listed(ca.certificate)])], asked), 'revoked');
  assert.equal(outcome([indirect([listed(undefined)])], asked), 'good', 'of the issuer of the list');
  assert.equal(outcome([indirect([listed(anchor.certificate)])], asked), 'good');
  assert.equal(outcome([indirect([], false)], asked), 'CRL is not indirect');
  assert.equal(outcome([crl({ issuer: lists })], asked), 'CRL is not indirect');
  assert.equal(outcome([indirect([])], { certificates: [lists] }), NOBODY, 'no point names it');
  // The point's names: of its own, else those of the issuer of the list.
  const named = (...parts: Uint8Array[]): CertificateList =>
    crl({
      issuer: lists,
      extensions: [
        { oid: oids.ISSUING_DISTRIBUTION_POINT, critical: true, value: der.sequence(...parts, der.contextValue(4, Uint8Array.of(0xff))) },
      ],
    });
  assert.equal(outcome([named(fullName(directoryName(lists.certificate)))], asked), 'good');
  assert.equal(outcome([named(fullName(directoryName(ca.certificate)))], asked), 'CRL is for another distribution point');
  const relativeToList = { ...pointing(point(relative('x'), crlIssuer(lists))), certificates: [lists] };
  assert.equal(outcome([named(relative('x'))], relativeToList), 'good');
  const several = pointing(point(relative('x'), der.context(2, uriName('http://a/'), directoryName(lists.certificate))));
  assert.equal(outcome([named(relative('x'))], { ...several, certificates: [lists] }), 'good', 'the first that is a directory name');
  // A name of another form names no issuer.
  const odd = pointing(point(der.context(2, uriName('http://a/'))));
  assert.equal(outcome([crl()], odd), 'good', 'but the lists of the issuer itself still count');
});

test('who signs a list: the issuer, with a key that may, and with a way to the same anchor', () => {
  const forged = crl({ issuer: { ...ca, key: testKey('p256', 'wrong').handle } });
  assert.equal(outcome([forged]), 'signature of the CRL does not verify');
  const mute = issue(anchor, 'CN=CA', { ca: true, keyUsage: KEY_CERT_SIGN });
  assert.equal(outcome([crl({ issuer: mute })], { path: [leaf, mute, anchor] }), 'signer of the CRL may not sign CRLs');
  const free = issue(anchor, 'CN=CA', { ca: true, keyUsage: 0 });
  assert.equal(outcome([crl({ issuer: free })], { path: [leaf, free, anchor] }), 'good');
  // Another key of the same name.
  const lists = (issuer: TestCa, fields: Partial<CertificateFields> = {}): TestCa =>
    issue(issuer, 'CN=CA', { keyUsage: CRL_SIGN, ...fields }, testKey('p256', 'lists'));
  const own = lists(anchor);
  assert.equal(outcome([crl({ issuer: own })]), 'signature of the CRL does not verify');
  assert.equal(outcome([crl({ issuer: own })], { certificates: [own] }), 'good');
  assert.equal(outcome([crl({ issuer: own, entries: [entry] })], { certificates: [own] }), 'revoked');
  const stray = lists(root('CN=Elsewhere'));
  assert.equal(outcome([crl({ issuer: stray })], { certificates: [stray] }), 'signer of the CRL has no valid path');
  const expired = lists(anchor, { notAfter: NOW - DAY });
  assert.equal(outcome([crl({ issuer: expired })], { certificates: [expired] }), 'signer of the CRL has no valid path');
  assert.equal(outcome([crl({ issuer: own })], { certificates: [expired, own] }), 'good');
  // Never the certificate that is asked about, though it have the name of its issuer.
  const rolled = issue(ca, 'CN=CA', { ca: true }, testKey('p256', 'rolled'));
  assert.equal(outcome([crl({ issuer: rolled })], { path: [rolled, ca, anchor] }), 'signature of the CRL does not verify');
  // Its purposes and policies are not those of the path.
  const context = { purposes: [oids.CODE_SIGNING], policy: { requireExplicitPolicy: true } };
  assert.equal(outcome([crl({ issuer: own })], { certificates: [own], context }), 'good');
  // Below an intermediate that came along.
  const middle = issue(anchor, 'CN=Middle', { ca: true, extendedKeyUsage: [oids.EMAIL_PROTECTION] });
  const far = lists(middle);
  assert.equal(outcome([crl({ issuer: far })], { certificates: [far, middle] }), 'good');
  assert.equal(outcome([crl({ issuer: far })], { certificates: [far] }), 'signer of the CRL has no valid path');
});

/** A context in which the checker is also asked for the signers of its own lists. */
function asking(checker: CrlChecker): PathContext {
  const context = pathContext({
    *revocation(certificate, _issuer, path) {
      return crlFault(yield* checker.status(certificate, path, context), true);
    },
  });
  return context;
}

test('signers whose own status depends on lists: so many of them, one behind the other', () => {
  // The list of each CA is signed by a certificate that another CA has issued; the last CA signs its list itself.
  const chainOf = (count: number): string => {
    const key = testKey('p256', 'lists');
    const cas = Array.from({ length: count + 1 }, (_, i) => issue(anchor, `CN=CA ${i}`, { ca: true }));
    const signers = cas.slice(1).map((one, i) => issue(one, `CN=CA ${i}`, { keyUsage: CRL_SIGN, serial: Uint8Array.of(7, i) }, key));
    const crls = [...signers, cas[count]!, anchor].map((issuer) => crl({ issuer }));
    const certificates = [...cas, ...signers].map(({ certificate }) => certificate);
    const checker = new CrlChecker({ crls, certificates });
    const context = asking(checker);
    const end = issue(cas[0]!, 'CN=end');
    const path = [end, cas[0]!, anchor].map(({ certificate }) => certificate);
    const found = runSteps(checker.status(end.certificate, path, context)) as CrlStatus;
    return found.status === 'unknown' ? found.why : found.status;
  };
  assert.equal(chainOf(1), 'good');
  assert.equal(chainOf(MAX_REVOCATION_DEPTH), 'good');
  assert.equal(chainOf(MAX_REVOCATION_DEPTH + 1), 'signer of the CRL has no valid path');
});

test('a list may speak of the certificate that signed it', () => {
  const own = issue(anchor, 'CN=Anchor', { keyUsage: CRL_SIGN }, testKey('p256', 'lists'));
  const speaking = (entries: CrlEntryInput[]): string => {
    const checker = new CrlChecker({ crls: [crl({ issuer: own, entries })], certificates: [own.certificate] });
    const context = asking(checker);
    const found = runSteps(checker.status(ca.certificate, [ca.certificate, anchor.certificate], context)) as CrlStatus;
    return found.status === 'unknown' ? found.why : found.status;
  };
  assert.equal(speaking([]), 'good');
  assert.equal(speaking([{ serial: own.certificate.serial, revocationDate: NOW }]), 'signer of the CRL has no valid path');
});

test('the signature of a list is checked once for each signer', () => {
  let checks = 0;
  const verify: CryptoProvider['verify'] = (...args) => {
    checks++;
    return nodeCrypto.verify(...args);
  };
  const signatures = new SignatureMemo();
  const context = pathContext({ crypto: { ...nodeCrypto, verify }, signatures });
  const checker = new CrlChecker({ crls: [crl()], certificates: [] });
  const path = [leaf, ca, anchor].map(({ certificate }) => certificate);
  for (let i = 0; i < 2; i++) assert.equal((runSteps(checker.status(leaf.certificate, path, context)) as CrlStatus).status, 'good');
  assert.deepEqual([checks, signatures.checks], [1, 1]);
  const bad = new CrlChecker({ crls: [crl({ issuer: { ...ca, key: testKey('p256', 'wrong').handle } })], certificates: [] });
  for (let i = 0; i < 2; i++) assert.equal((runSteps(bad.status(leaf.certificate, path, context)) as CrlStatus).status, 'unknown');
  assert.deepEqual([checks, signatures.checks], [2, 2]);
});

test('deltas: the newest that goes with the complete list', () => {
  const delta = (number: number, baseNumber: number, more: Partial<CreateCrlOptions> = {}): CertificateList =>
    crl({ number, baseNumber, ...more });
  const adds = { entries: [entry] };
  assert.equal(outcome([crl(), delta(6, 5, adds)]), 'revoked');
  assert.equal(outcome([delta(6, 5, adds), crl()]), 'revoked');
  assert.equal(outcome([delta(6, 5, adds)]), NOBODY, 'alone it says nothing');
  assert.equal(outcome([crl(adds), delta(6, 5, { entries: [{ ...entry, reason: 8 }] })]), 'good', 'removed');
  // Of the same base or an earlier one, and newer than the list.
  assert.equal(outcome([crl(), delta(6, 4, adds)]), 'revoked');
  assert.equal(outcome([crl(), delta(7, 6, adds)]), 'good');
  assert.equal(outcome([crl(), delta(6, 5), delta(7, 5, adds)]), 'revoked');
  assert.equal(outcome([crl(), delta(7, 5, adds), delta(6, 5)]), 'revoked');
  assert.equal(outcome([crl(), delta(6, 5, adds), delta(7, 5)]), 'good', 'the newest alone');
  assert.equal(outcome([crl(), delta(5, 4, adds)]), 'good', 'as old as the list');
  assert.equal(outcome([crl(), delta(4, 3, adds)]), 'good', 'older');
  assert.equal(outcome([crl(), delta(6, 5, adds), delta(6, 5)]), 'revoked', 'of two alike the first');
  assert.equal(outcome([crl(), delta(6, 5), delta(6, 5, adds)]), 'good');
  assert.equal(outcome([crl(), listWithout(delta(6, 5, adds), oids.CRL_NUMBER, ca)]), 'good', 'without a number');
  assert.equal(outcome([listWithout(crl(), oids.CRL_NUMBER, ca), delta(6, 5, adds)]), 'good', 'of a list without a number');
  const nobody = (list: CertificateList): CertificateList => listWithout(list, oids.AUTHORITY_KEY_IDENTIFIER, ca);
  assert.equal(outcome([nobody(crl()), nobody(delta(6, 5, adds))]), 'revoked', 'both without a key identifier');
  assert.equal(outcome([crl(), nobody(delta(6, 5, adds))]), 'good');
  assert.equal(outcome([nobody(crl()), delta(6, 5, adds)]), 'good');
  // Of the same issuer, scope and key.
  assert.equal(outcome([crl(), delta(6, 5, { ...adds, issuer: anchor })]), 'good');
  assert.equal(outcome([crl(), delta(6, 5, { ...adds, scope: { only: 'user' } })]), 'good');
  assert.equal(outcome([crl({ scope: { only: 'user' } }), delta(6, 5, { ...adds, scope: { only: 'user' } })]), 'revoked');
  // That can be used itself.
  assert.equal(outcome([crl(), delta(6, 5, { ...adds, thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - 2 * DAY })]), 'good');
  assert.equal(outcome([crl(), delta(6, 5, { ...adds, issuer: { ...ca, key: testKey('p256', 'wrong').handle } })]), 'good');
  const rolled = issue(anchor, 'CN=CA', { keyUsage: CRL_SIGN }, testKey('p256', 'lists'));
  assert.equal(outcome([crl(), delta(6, 5, { ...adds, issuer: rolled })], { certificates: [rolled] }), 'good', 'another key identifier');
});

test('the fault that a status is', () => {
  const revoked = statusOf([crl({ entries: [entry] })]);
  assert.deepEqual(crlFault(revoked, false), { reason: 'revoked', step: 'RFC 5280 6.3', message: 'revoked on 2025-01-14' });
  assert.equal(crlFault({ status: 'good' }, true), undefined);
  for (const [covered, required, faulty] of [
    [false, false, false],
    [false, true, true],
    [true, false, true],
    [true, true, true],
  ] as const) {
    const found = crlFault({ status: 'unknown', covered, why: 'why' }, required);
    assert.equal(found?.reason, faulty ? 'revocation-unknown' : undefined);
    if (faulty) assert.equal(found?.message, 'revocation status is unknown: why');
  }
  assert.equal(crlFault({ status: 'unknown', covered: true, why: 'why' }, false, 'junk')?.message, 'revocation status is unknown: junk');
});
