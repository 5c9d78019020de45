/** What an OCSP response proves of one certificate, rule by rule of RFC 6960 §3.2. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { pathContext } from '../../../test/x509/context.ts';
import { extensionsWithout, parts, resign, rewritten } from '../../../test/x509/resign.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_OCSP_AGE_MS, REVOCATION_CLOCK_SKEW_MS } from '../../base/limits.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { CertificateFields } from '../certs/create.ts';
import { type CreateOcspResponseOptions, createOcspResponse, type OcspAnswer } from '../certs/revocation.ts';
import { DIGITAL_SIGNATURE, KEY_CERT_SIGN } from './extensions.ts';
import { checkOcspResponse, type OcspVerdict, ocspFault, ocspStatus } from './ocsp-check.ts';
import { compatible } from './profile.ts';
import { runSteps } from './steps.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf');
const twin = issue(ca, 'CN=twin');
const GOOD: OcspAnswer = { certificate: leaf.certificate, status: 'good', thisUpdate: NOW - DAY, nextUpdate: NOW + DAY };

function respond(answers: readonly OcspAnswer[] = [GOOD], more: Partial<CreateOcspResponseOptions> = {}): Uint8Array {
  return createOcspResponse({ crypto: nodeCrypto, issuer: ca.certificate, responder: ca, producedAt: NOW, answers, ...more }) as Uint8Array;
}

function verdict(response: Uint8Array, now: number | 'no clock' = NOW): OcspVerdict {
  const clock = now === 'no clock' ? undefined : now;
  return runSteps(ocspStatus(response, leaf.certificate, ca.certificate, pathContext({ now: clock }))) as OcspVerdict;
}

/** The status, or why there is none. */
function outcome(response: Uint8Array, now?: number): string {
  const found = verdict(response, now);
  return found.status === 'invalid' ? found.why : found.status;
}

test('the statuses, and the faults that they are', () => {
  for (const [status, reason, step] of [
    ['good', undefined, undefined],
    ['revoked', 'revoked', 'RFC 6960 2.2'],
    ['unknown', 'bad-status-response', 'RFC 6960 2.2'],
  ] as const) {
    const found = verdict(respond([{ ...GOOD, status }]));
    assert.ok(found.status !== 'invalid' && found.response.status === status);
    const fault = ocspFault(found);
    assert.deepEqual([fault?.reason, fault?.step], [reason, step]);
  }
  const invalid = ocspFault({ status: 'invalid', why: 'because' });
  assert.deepEqual(invalid, { reason: 'bad-status-response', step: 'RFC 6960 3.2', message: 'OCSP response: because' });
});

test('only entries for this certificate count, of its issuer by name and key, and by a hash that is known', () => {
  const another = 'response is for another certificate';
  const about = (certificate: TestCa['certificate']): OcspAnswer => ({ ...GOOD, certificate });
  const sameName = root('CN=CA', {}, testKey('p256', 'other'));
  const sameKey = root('CN=Other', {}, testKey('p256', 'CN=CA'));
  assert.equal(outcome(respond([])), another);
  assert.equal(outcome(respond([about(twin.certificate)])), another);
  for (const issuer of [anchor, sameName, sameKey]) assert.equal(outcome(respond([GOOD], { issuer: issuer.certificate })), another);
  assert.equal(outcome(respond([about(twin.certificate), GOOD])), 'good');
  for (const hash of ['sha1', 'sha256', 'sha384', 'sha512'] as const) assert.equal(outcome(respond([GOOD], { hash })), 'good', hash);
  const bytes = respond([GOOD], { hash: 'sha256' });
  const oid = Buffer.from(der.oid(oids.SHA256));
  bytes[Buffer.from(bytes).indexOf(oid) + oid.length - 1] = 99;
  assert.equal(outcome(bytes), another, 'an unknown hash');
});

test('of several entries the current ones, and of those the worst', () => {
  const late = { nextUpdate: NOW - DAY / 2 };
  const of = (...statuses: readonly (readonly ['good' | 'revoked' | 'unknown', object?])[]): string =>
    outcome(respond(statuses.map(([status, more]) => ({ ...GOOD, status, ...more }))));
  assert.equal(of(['good'], ['unknown']), 'unknown');
  assert.equal(of(['unknown'], ['good']), 'unknown');
  assert.equal(of(['unknown'], ['revoked'], ['good']), 'revoked');
  assert.equal(of(['revoked', late], ['good']), 'good');
  assert.equal(of(['good', late], ['unknown', late]), 'response has expired');
  assert.equal(
    of(['good', late], ['good', { thisUpdate: NOW + DAY, nextUpdate: NOW + 2 * DAY }]),
    'response has expired',
    'the first fault is told',
  );
});

test('time: not from the future, not too old, give or take the skew of clocks', () => {
  const skew = REVOCATION_CLOCK_SKEW_MS;
  const at = (more: Partial<OcspAnswer>, producedAt = NOW, now?: number): string =>
    outcome(respond([{ ...GOOD, ...more }], { producedAt }), now);
  const future = 'response is from the future';
  assert.equal(at({ thisUpdate: NOW + skew }), 'good');
  assert.equal(at({ thisUpdate: NOW + skew + 1_000 }), future);
  assert.equal(at({}, NOW + skew), 'good');
  assert.equal(at({}, NOW + skew + 1_000), future);
  assert.equal(at({ nextUpdate: NOW - skew }), 'good');
  assert.equal(at({ nextUpdate: NOW - skew - 1_000 }), 'response has expired');
  assert.equal(at({ thisUpdate: NOW, nextUpdate: NOW }), 'good');
  assert.equal(at({ thisUpdate: NOW, nextUpdate: NOW - 1_000 }), 'nextUpdate is before thisUpdate');
  const open = { nextUpdate: undefined };
  assert.equal(at({ ...open, thisUpdate: NOW - MAX_OCSP_AGE_MS }), 'good');
  assert.equal(at({ ...open, thisUpdate: NOW - MAX_OCSP_AGE_MS - 1_000 }), 'response without nextUpdate is too old');
  const whenever = verdict(respond([{ ...GOOD, thisUpdate: NOW + DAY, nextUpdate: NOW - DAY }]), 'no clock');
  assert.equal(whenever.status, 'good', 'without a clock nothing is late');
});

test('responses that are none: other statuses, junk, critical extensions', () => {
  assert.equal(outcome(der.sequence(der.enumerated(3))), 'responder says 3');
  assert.equal(outcome(der.sequence(der.enumerated(3), parts(respond())[1]!)), 'responder says 3', 'whatever stands behind it');
  assert.match(outcome(new Uint8Array(0)), /OCSP response/);
  assert.match(outcome(der.sequence(der.enumerated(0))), /missing/);
  const critical = { oid: '1.2.3', critical: true, value: der.nullValue() };
  const extended = (inEntry: boolean, isCritical: boolean): Uint8Array => {
    const list = der.sequence(
      der.sequence(der.oid(critical.oid), ...(isCritical ? [der.boolean(true)] : []), der.octetString(critical.value)),
    );
    return alteredBasic(
      (tbs) => (inEntry ? tbs : [...tbs, der.context(1, list)]),
      (entry) => (inEntry ? [...entry, der.context(1, list)] : entry),
    );
  };
  for (const inEntry of [false, true]) {
    assert.equal(outcome(extended(inEntry, true)), 'critical extension 1.2.3 is not known', `in the entry: ${inEntry}`);
    assert.equal(outcome(extended(inEntry, false)), 'good', `in the entry: ${inEntry}`);
  }
  assert.equal(outcome(respond([GOOD], { nonce: der.octetString(Uint8Array.of(1)) })), 'good');
});

/** A good response with other parts, signed by the CA. */
function alteredBasic(
  tbsOf: (parts: Uint8Array[]) => Uint8Array[],
  entryOf: (parts: Uint8Array[]) => Uint8Array[] = (entry) => entry,
  ...behind: Uint8Array[]
): Uint8Array {
  const basicOf = (response: Uint8Array): Uint8Array => {
    const wrapper = parts(response)[1]!;
    const inner = new DerReader(wrapper).enter(0xa0, 'test').sequence('test');
    inner.oid('test');
    return inner.octetString('test');
  };
  const [tbs] = parts(basicOf(respond()));
  const [responder, producedAt, responses] = parts(tbs!);
  const entries = der.sequence(...parts(responses!).map((one) => der.sequence(...entryOf(parts(one)))));
  const whole = der.sequence(...tbsOf([responder!, producedAt!, entries]));
  const signature = ca.key.sign(0x0403, whole) as Uint8Array;
  const basic = der.sequence(whole, der.algorithm(oids.ECDSA_WITH_SHA256), der.bitString(signature), ...behind);
  return der.sequence(der.enumerated(0), der.context(0, der.sequence(der.oid(oids.OCSP_BASIC), der.octetString(basic))));
}

test('a responder is known by its name or by the hash of its key', () => {
  const named = (name: Uint8Array): string => outcome(alteredBasic(([, ...rest]) => [der.context(1, name), ...rest]));
  const keyed = (hash: Uint8Array): string => outcome(alteredBasic(([, ...rest]) => [der.context(2, der.octetString(hash)), ...rest]));
  assert.equal(named(ca.certificate.subject.der), 'good');
  assert.equal(named(anchor.certificate.subject.der), 'signer is not there');
  assert.equal(keyed(nodeCrypto.digest('sha1', ca.certificate.keyInfo.keyBits)), 'good');
  assert.equal(keyed(new Uint8Array(20)), 'signer is not there');
});

test('who signs: the issuer, or one whom the issuer itself has authorised', () => {
  const responder = (fields: Partial<CertificateFields> = {}, issuer: TestCa = ca): TestCa =>
    issue(issuer, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING], keyUsage: DIGITAL_SIGNATURE, ...fields });
  const by = (signer: TestCa): string => outcome(respond([GOOD], { responder: signer }));
  assert.equal(by(responder()), 'good');
  assert.equal(by(responder({ keyUsage: 0 })), 'good');
  assert.equal(by(responder({ extendedKeyUsage: [oids.SERVER_AUTH, oids.OCSP_SIGNING] })), 'good');
  assert.equal(by(responder({}, anchor)), 'responder was not authorised by the issuer');
  assert.equal(by(responder({ extendedKeyUsage: [] })), 'responder may not sign OCSP responses');
  assert.equal(by(responder({ extendedKeyUsage: [oids.SERVER_AUTH] })), 'responder may not sign OCSP responses');
  assert.equal(by(responder({ keyUsage: KEY_CERT_SIGN })), 'responder may not sign');
  assert.match(by(responder({ notAfter: NOW - DAY })), /^expired on /);
  assert.match(by(responder({ extensions: [{ oid: '1.2.3', critical: true, value: der.nullValue() }] })), /critical extension 1\.2\.3/);
  const weak = issue(ca, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING] }, testKey('rsa1024'));
  assert.match(by(weak), /^RSA key of 1024 bits/);
  // Of the issuer's name, but signed by another key.
  const fake = root('CN=CA', {}, testKey('p256', 'fake'));
  assert.match(by(responder({}, fake)), /^responder's certificate: signature does not verify/);
  // Rules of a profile for certificates of servers do not concern it.
  const context = pathContext({ profile: { ...compatible, conformance: () => assert.fail('asked') } });
  const delegated = respond([GOOD], { responder: responder() });
  assert.equal((runSteps(ocspStatus(delegated, leaf.certificate, ca.certificate, context)) as OcspVerdict).status, 'good');
});

test('the signature itself, and several certificates that could have made it', () => {
  const bytes = respond();
  bytes[bytes.length - 1]! ^= 1;
  assert.match(outcome(bytes), /^signature does not verify/);
  // Two of one key: the first is not authorised, the second is; and the other way round.
  const key = testKey('p256', 'responder');
  const make = (extendedKeyUsage: readonly string[]): TestCa =>
    issue(ca, 'CN=Responder', { extendedKeyUsage, keyUsage: DIGITAL_SIGNATURE }, key);
  const [good, bad] = [make([oids.OCSP_SIGNING]), make([oids.SERVER_AUTH])];
  const signedBy = (...certificates: TestCa[]): Uint8Array => {
    const whole = alteredBasic(([, ...rest]) => [der.context(1, good.certificate.subject.der), ...rest]);
    const basic = new DerReader(parts(whole)[1]!).enter(0xa0, 'test').sequence('test');
    basic.oid('test');
    const [tbs] = parts(basic.octetString('test'));
    const signature = good.key.sign(0x0403, tbs!) as Uint8Array;
    const list = der.context(0, der.sequence(...certificates.map(({ certificate }) => certificate.der)));
    const altered = der.sequence(tbs!, der.algorithm(oids.ECDSA_WITH_SHA256), der.bitString(signature), list);
    return der.sequence(der.enumerated(0), der.context(0, der.sequence(der.oid(oids.OCSP_BASIC), der.octetString(altered))));
  };
  assert.equal(outcome(signedBy(good)), 'good');
  assert.equal(outcome(signedBy(bad, good)), 'good');
  assert.equal(outcome(signedBy(good, bad)), 'good');
  assert.equal(outcome(signedBy(bad)), 'responder may not sign OCSP responses');
  const other = issue(ca, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING], keyUsage: DIGITAL_SIGNATURE }, testKey('p256', 'third'));
  assert.equal(outcome(signedBy(other, good)), 'good', 'one whose key did not sign, then the one whose did');
  assert.match(outcome(signedBy(other)), /^signature does not verify/);
});

test('a response is checked at once or later; errors of others come out', async () => {
  const ask = { response: respond(), certificate: leaf.certificate, issuer: ca.certificate, crypto: nodeCrypto, now: NOW };
  assert.equal((checkOcspResponse(ask) as OcspVerdict).status, 'good');
  const later: CryptoProvider = { ...nodeCrypto, verify: async (...args) => Promise.resolve(nodeCrypto.verify(...args)) };
  assert.equal((await checkOcspResponse({ ...ask, crypto: later })).status, 'good');
  const strict = await checkOcspResponse({ ...ask, profile: { ...compatible, hashes: [] } });
  assert.ok(strict.status === 'invalid' && strict.why.includes('sha256 signatures are not accepted'));
  for (const error of [new RangeError('other'), new TlsError({ code: 'closed', origin: 'api' })]) {
    const failing: CryptoProvider = {
      ...nodeCrypto,
      verify: () => {
        throw error;
      },
    };
    assert.throws(() => checkOcspResponse({ ...ask, crypto: failing }), error);
  }
  const unreadable = resign(
    ca,
    rewritten(issue(ca, 'CN=Responder', {}, testKey('p256', 'responder')).certificate, {
      extensions: extensionsWithout(leaf.certificate, oids.EXTENDED_KEY_USAGE, { oid: oids.EXTENDED_KEY_USAGE, value: der.nullValue() }),
    }),
  );
  assert.match(
    outcome(respond([GOOD], { responder: { certificate: unreadable, key: testKey('p256', 'responder').handle } })),
    /extKeyUsage at offset/,
  );
});
