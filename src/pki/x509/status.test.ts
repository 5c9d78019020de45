/** Revocation as a whole: the store, staples, lists and a source, and which of them has the word in which mode. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { pathContext } from '../../../test/x509/context.ts';
import { respond } from '../../../test/x509/responses.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { createCrl } from '../certs/revocation.ts';
import { type CertificateList, parseCrl } from './crl.ts';
import type { Fault } from './failure.ts';
import type { RevocationAnswer, RevocationSource } from './revocation-source.ts';
import { checkRevokedStore, createRevokedStore } from './revoked-store.ts';
import { type StatusSources, statusChecker } from './status.ts';
import { runSteps } from './steps.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf', { serial: Uint8Array.of(0x55) });
const PATH = [leaf, ca, anchor].map(({ certificate }) => certificate);

const context = pathContext();

function crl(revoked: boolean, more: object = {}): CertificateList {
  const entries = revoked ? [{ serial: leaf.certificate.serial, revocationDate: NOW }] : [];
  return parseCrl(
    createCrl({ crypto: nodeCrypto, issuer: ca, thisUpdate: NOW - DAY, nextUpdate: NOW + DAY, number: 1, entries, ...more }) as Uint8Array,
  );
}

const staple = (status: 'good' | 'revoked' | 'unknown', about: TestCa = leaf): Uint8Array => respond(about, ca, status);

/** `unchecked`, `accepted`, or the reason with its message. */
function outcome(sources: Partial<StatusSources>, path = PATH): string {
  const check = statusChecker({ mode: 'if-covered', ...sources }, () => context);
  if (check === undefined) return 'unchecked';
  const found = runSteps(check(path[0]!, path[1]!, path)) as Fault | undefined;
  return found === undefined ? 'accepted' : `${found.reason}: ${found.message}`;
}

const STORE = createRevokedStore([leaf.certificate]);
const BY_STORE = 'revoked: certificate is in the revoked store';
const BY_LIST = 'revoked: revoked on 2025-01-15';
const BY_STAPLE = 'revoked: OCSP response says revoked';
const UNKNOWN = 'revocation-unknown: revocation status is unknown: ';

test('where there is nothing to check with, nothing is checked', () => {
  assert.equal(outcome({}), 'unchecked');
  assert.equal(outcome({ mode: 'none' }), 'unchecked');
  assert.equal(outcome({ mode: 'none', crls: [crl(true)] }), 'unchecked');
  assert.equal(outcome({ mode: 'none', unreadable: 'junk' }), 'unchecked');
  assert.equal(outcome({ crls: [] }), 'unchecked');
  assert.equal(outcome({ mode: 'required' }), `${UNKNOWN}no CRL of its issuer`);
});

test('the store has the first word, in every mode', () => {
  for (const mode of ['none', 'if-covered', 'required'] as const) {
    assert.equal(outcome({ mode, revoked: STORE, ocsp: () => [staple('good')], crls: [crl(false)] }), BY_STORE, mode);
  }
  const empty = createRevokedStore();
  assert.equal(outcome({ revoked: empty }), 'accepted');
  assert.equal(outcome({ mode: 'none', revoked: empty, ocsp: () => [staple('revoked')], crls: [crl(true)] }), 'accepted');
});

test('lists: what was given must be good, what was not need not be, unless it is required', () => {
  const other = crl(false, { issuer: anchor });
  const old = crl(false, { thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - 2 * DAY });
  for (const [crls, ifCovered, required] of [
    [[crl(false)], 'accepted', 'accepted'],
    [[crl(true)], BY_LIST, BY_LIST],
    [[other], 'accepted', `${UNKNOWN}no CRL of its issuer`],
    [[old], `${UNKNOWN}CRL has expired`, `${UNKNOWN}CRL has expired`],
  ] as const) {
    assert.equal(outcome({ crls }), ifCovered);
    assert.equal(outcome({ crls, mode: 'required' }), required);
  }
});

test('a list that could not be read leaves open what no other settles', () => {
  const unreadable = 'junk';
  assert.equal(outcome({ unreadable }), `${UNKNOWN}junk`);
  assert.equal(outcome({ unreadable, crls: [crl(false)] }), 'accepted');
  assert.equal(outcome({ unreadable, crls: [crl(true)] }), BY_LIST);
  assert.equal(outcome({ unreadable, crls: [crl(false, { issuer: anchor })] }), `${UNKNOWN}junk`);
  assert.equal(outcome({ unreadable, ocsp: () => [staple('good')] }), 'accepted');
});

test('staples: every one must be good, and one is enough where a status is required', () => {
  const of = (...responses: Uint8Array[]): string => outcome({ ocsp: () => responses });
  assert.equal(of(), 'accepted');
  assert.equal(of(staple('good')), 'accepted');
  assert.equal(of(staple('revoked')), BY_STAPLE);
  assert.equal(of(staple('good'), staple('revoked')), BY_STAPLE);
  assert.equal(of(staple('unknown')), 'bad-status-response: OCSP responder does not know the certificate');
  assert.equal(of(Uint8Array.of(1)).split(':')[0], 'bad-status-response');
  assert.equal(outcome({ mode: 'required', ocsp: () => [staple('good')] }), 'accepted');
  assert.equal(outcome({ mode: 'required', ocsp: () => [] }), `${UNKNOWN}no CRL of its issuer`);
  assert.equal(outcome({ ocsp: () => [staple('good')], crls: [crl(true)] }), BY_LIST, 'lists still count');
  const asked: unknown[] = [];
  outcome({
    ocsp(certificate) {
      asked.push(certificate);
      return [];
    },
  });
  assert.deepEqual(asked, [leaf.certificate]);
});

test('must-staple: only of the certificate that was asked for one, and promises it', () => {
  const featured = (...features: number[]): TestCa =>
    issue(ca, 'CN=leaf', { extensions: [{ oid: oids.TLS_FEATURE, value: der.sequence(...features.map((one) => der.integer(one))) }] });
  const missing = 'bad-status-response: certificate promises a stapled OCSP response, and there is none';
  for (const [features, expected] of [
    [[5], missing],
    [[17], missing],
    [[10, 5], missing],
    [[10], 'accepted'],
  ] as const) {
    const promised = featured(...features);
    const path = [promised.certificate, ca.certificate, anchor.certificate];
    assert.equal(outcome({ mustStaple: promised.certificate }, path), expected, features.join());
    assert.equal(outcome({ mustStaple: promised.certificate, ocsp: () => [staple('good', promised)] }, path), 'accepted');
    assert.equal(outcome({ mustStaple: ca.certificate }, path), 'accepted', 'another one');
    assert.equal(outcome({ mode: 'none', mustStaple: promised.certificate }, path), 'accepted');
  }
  assert.equal(outcome({ mustStaple: leaf.certificate }), 'accepted');
});

function sourceOf(answer: RevocationAnswer | Error): RevocationSource & { asked: number } {
  return {
    asked: 0,
    find(query) {
      this.asked++;
      assert.deepEqual(query, { certificate: leaf.certificate, issuer: ca.certificate, now: NOW, crypto: nodeCrypto });
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

test('a source: asked only for what nothing else settles', () => {
  const silent = sourceOf({});
  for (const [sources, asked] of [
    [{}, 1],
    [{ ocsp: () => [staple('good')] }, 0],
    [{ crls: [crl(false)] }, 0],
    [{ crls: [crl(true)] }, 0],
    [{ crls: [crl(false, { issuer: anchor })] }, 1],
    [{ mode: 'none' as const }, 0],
    [{ revoked: STORE }, 0],
  ] as const) {
    silent.asked = 0;
    outcome({ ...sources, source: silent });
    assert.equal(silent.asked, asked);
  }
});

test('a source: what it has, good or revoked, and what is no proof', () => {
  const of = (answer: RevocationAnswer | Error, more: Partial<StatusSources> = {}): [string, string] => [
    outcome({ source: sourceOf(answer), ...more }),
    outcome({ source: sourceOf(answer), mode: 'required', ...more }),
  ];
  const open = (why: string): [string, string] => ['accepted', `${UNKNOWN}${why}`];
  assert.deepEqual(of({ ocspResponses: [staple('good')] }), ['accepted', 'accepted']);
  assert.deepEqual(of({ ocspResponses: [staple('revoked')] }), [BY_STAPLE, BY_STAPLE]);
  assert.deepEqual(of({ ocspResponses: [staple('good'), staple('revoked')] }), [BY_STAPLE, BY_STAPLE]);
  assert.deepEqual(of({ ocspResponses: [staple('unknown')] }), open('OCSP responder does not know the certificate'));
  assert.deepEqual(of({ ocspResponses: [staple('unknown'), staple('good')] }), ['accepted', 'accepted']);
  assert.deepEqual(of({ crls: [crl(false)] }), ['accepted', 'accepted']);
  assert.deepEqual(of({ crls: [crl(true)] }), [BY_LIST, BY_LIST]);
  assert.deepEqual(of({ ocspResponses: [staple('good')], crls: [crl(true)] }), ['accepted', 'accepted'], 'the response settles it');
  assert.deepEqual(of({ ocspResponses: [staple('unknown')], crls: [crl(true)] }), [BY_LIST, BY_LIST]);
  assert.deepEqual(of({ crls: [crl(false, { issuer: anchor })] }), open('no CRL of its issuer'));
  assert.deepEqual(of({}), open('nothing was found'));
  assert.deepEqual(of({ crls: [], ocspResponses: [] }), open('nothing was found'));
  assert.deepEqual(of({ problem: 'no route' }), open('no route'));
  assert.deepEqual(
    of({ problem: 'no route', ocspResponses: [staple('unknown')], crls: [crl(false, { issuer: anchor })] }),
    open('no route'),
  );
  assert.deepEqual(of({ problem: 'one of two', crls: [crl(false)] }), ['accepted', 'accepted'], 'what there is may be enough');
  assert.deepEqual(of(new Error('no network')), open('no network'));
  // What was unreadable before is told first.
  assert.deepEqual(of({}, { unreadable: 'junk' }), [`${UNKNOWN}junk`, `${UNKNOWN}junk`]);
  // A list that cannot be used is forgotten once the source has settled it.
  const old = crl(false, { thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - 2 * DAY });
  assert.deepEqual(of({ ocspResponses: [staple('good')] }, { crls: [old] }), ['accepted', 'accepted']);
  assert.deepEqual(of({}, { crls: [old] }), [`${UNKNOWN}nothing was found`, `${UNKNOWN}nothing was found`]);
});

test('a source: its lists beside those at hand, and certificates of signers', () => {
  const some = (reasons: number): CertificateList => crl(false, { scope: { reasons } });
  assert.equal(outcome({ source: sourceOf({ crls: [some(0x100)] }), crls: [some(0x0fe)] }), 'accepted', 'together they cover all reasons');
  assert.equal(
    outcome({ source: sourceOf({ crls: [crl(false, { scope: { reasons: 0x100 } })] }), mode: 'required' }),
    `${UNKNOWN}CRLs do not cover all reasons`,
  );
  const signer = issue(anchor, 'CN=CA', { keyUsage: 1 << 6 }, testKey('p256', 'lists'));
  const own = crl(false, { issuer: signer });
  assert.equal(outcome({ source: sourceOf({ crls: [own] }), mode: 'required' }), `${UNKNOWN}signature of the CRL does not verify`);
  assert.equal(outcome({ source: sourceOf({ crls: [own], certificates: [signer.certificate] }), mode: 'required' }), 'accepted');
  assert.equal(outcome({ source: sourceOf({ crls: [own] }), certificates: [signer.certificate], mode: 'required' }), 'accepted');
});

test('a source that answers later', async () => {
  const later = async (answer: Promise<RevocationAnswer>, mode: 'if-covered' | 'required' = 'required'): Promise<string | undefined> => {
    const check = statusChecker({ mode, source: { find: async () => answer } }, () => context);
    return (await runSteps(check!(PATH[0]!, PATH[1]!, PATH)))?.message;
  };
  assert.equal(await later(Promise.resolve({ crls: [crl(false)] })), undefined);
  assert.equal(await later(Promise.resolve({ crls: [crl(true)] })), 'revoked on 2025-01-15');
  assert.equal(await later(Promise.reject(new Error('no network'))), 'revocation status is unknown: no network');
  assert.equal(await later(Promise.reject<RevocationAnswer>('text')), 'revocation status is unknown: the source failed');
});

test('the store: by issuer and serial number, whatever the sign byte', () => {
  const store = createRevokedStore();
  assert.equal(store.has(leaf.certificate), false);
  assert.equal(store.size, 0);
  store.add({ issuer: ca.certificate.subject.der, serial: Uint8Array.of(0, 0, 0x55) });
  assert.equal(store.size, 1);
  assert.equal(store.has(leaf.certificate), true);
  assert.equal(checkRevokedStore(store, leaf.certificate)?.reason, 'revoked');
  assert.equal(checkRevokedStore(store, ca.certificate), undefined);
  assert.equal(checkRevokedStore(undefined, leaf.certificate), undefined);
  store.add({ issuer: ca.certificate.subject, serial: Uint8Array.of(0x55) });
  assert.equal(store.size, 1, 'the same');
  assert.equal(store.has(issue(anchor, 'CN=x', { serial: Uint8Array.of(0x55) }).certificate), false, 'of another issuer');
  assert.equal(store.has(issue(ca, 'CN=x', { serial: Uint8Array.of(0x55, 0) }).certificate), false, 'another number');
  assert.equal(store.has(issue(ca, 'CN=x', { serial: Uint8Array.of(1, 0x55) }).certificate), false, 'another that ends alike');
  store.add({ issuer: ca.certificate.subject, serial: Uint8Array.of(0x80, 1) });
  assert.equal(store.has(issue(ca, 'CN=x', { serial: Uint8Array.of(0x80, 1) }).certificate), true, 'with a sign byte in the certificate');
  store.remove({ issuer: ca.certificate.subject, serial: Uint8Array.of(0, 0x80, 1) });
  store.remove(leaf.certificate);
  assert.equal(store.size, 0);
  assert.equal(store.has(leaf.certificate), false);
  store.add({ issuer: ca.certificate.subject, serial: Uint8Array.of(0) });
  assert.equal(store.size, 1);
  assert.equal(store.has(issue(ca, 'CN=x', { serial: Uint8Array.of(0) }).certificate), true, 'number zero');
  assert.throws(() => store.add({ issuer: ca.certificate.subject, serial: new Uint8Array(0) }), { code: 'invalid_argument' });
});
