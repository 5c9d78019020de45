/** The verifier's options one by one, what it remembers, and the error that each refusal becomes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { respond } from '../../../test/x509/responses.ts';
import { concat } from '../../base/bytes.ts';
import { type ErrorCode, TlsError } from '../../base/errors.ts';
import { MAX_CHAIN_BYTES, MAX_CHAIN_LENGTH, MAX_KNOWN_INTERMEDIATES } from '../../base/limits.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { createCrl } from '../certs/revocation.ts';
import { parseCrl } from './crl.ts';
import { type FailureReason, failureError, failureOf } from './failure.ts';
import { KnownIntermediates } from './known-intermediates.ts';
import { compatible } from './profile.ts';
import { createRevokedStore } from './revoked-store.ts';
import {
  type CertificateVerifier,
  type CertificateVerifierOptions,
  createCertificateVerifier,
  dangerouslyTrustAnyCertificate,
  type VerifiedIdentity,
  type VerifyRequest,
} from './verifier.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=common.example', { subjectAltNames: ['host.example'] });

const requestFor = (chain: readonly TestCa[], more: Partial<VerifyRequest> = {}): VerifyRequest => ({
  chain: chain.map(({ certificate }) => certificate.der),
  side: 'server',
  hostName: 'host.example',
  now: NOW,
  crypto: nodeCrypto,
  ...more,
});

const verifierOf = (options: Partial<CertificateVerifierOptions> = {}): CertificateVerifier =>
  createCertificateVerifier({ trustAnchors: anchor.certificate, ...options });

/** `accepted`, or the reason of the refusal with the code of its error. */
function outcome(verifier: CertificateVerifier, chain: readonly TestCa[] = [leaf, ca], more: Partial<VerifyRequest> = {}): string {
  try {
    const identity = verifier.verify(requestFor(chain, more)) as VerifiedIdentity;
    assert.equal(identity.trusted, true);
    assert.equal(identity.certificate, identity.path[0]);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof TlsError && error.origin === 'local' && error.alert !== undefined, String(error));
    return failureOf(error)?.reason ?? error.code;
  }
}

test('who the peer is: its certificate, the key of it, and the path', () => {
  const identity = verifierOf().verify(requestFor([leaf, ca])) as VerifiedIdentity;
  assert.deepEqual(
    identity.path.map(({ subject }) => subject.toString()),
    ['CN=common.example', 'CN=CA', 'CN=Anchor'],
  );
  assert.deepEqual(identity.key, nodeCrypto.importPublicKey(leaf.certificate.spki));
  assert.equal(identity.error, undefined);
});

test('the chain: not empty, of certificates, neither long nor large', () => {
  const junk = { ...ca, certificate: { der: Uint8Array.of(0x30, 0) } } as unknown as TestCa;
  for (const chain of [[], [junk], [leaf, junk]]) assert.equal(outcome(verifierOf(), chain), 'bad_certificate');
  const many = (count: number): TestCa[] => [leaf, ...new Array<TestCa>(count - 1).fill(ca)];
  assert.equal(outcome(verifierOf(), many(MAX_CHAIN_LENGTH)), 'accepted');
  assert.equal(outcome(verifierOf(), many(MAX_CHAIN_LENGTH + 1)), 'bad_certificate');
  const fat = (bytes: number): TestCa => issue(ca, 'CN=fat', { extensions: [{ oid: '1.2.3', value: new Uint8Array(bytes) }] });
  const half = fat(MAX_CHAIN_BYTES / 2);
  const rest = MAX_CHAIN_BYTES - half.certificate.der.length - leaf.certificate.der.length - ca.certificate.der.length;
  const filling = (bytes: number): TestCa => {
    // ECDSA signatures vary in length by a byte or two.
    for (;;) {
      const one = fat(bytes - 400);
      const exact = fat(bytes - 400 + bytes - one.certificate.der.length);
      if (exact.certificate.der.length === bytes) return exact;
    }
  };
  assert.equal(outcome(verifierOf(), [leaf, ca, half, filling(rest)]), 'accepted');
  assert.equal(outcome(verifierOf(), [leaf, ca, half, filling(rest + 1)]), 'bad_certificate');
});

test('intermediates: those that came, and those that the caller has', () => {
  assert.equal(outcome(verifierOf(), [leaf]), 'no-issuer');
  assert.equal(outcome(verifierOf({ intermediates: [ca.certificate] }), [leaf]), 'accepted');
  assert.equal(outcome(verifierOf({ intermediates: [] }), [leaf, ca]), 'accepted');
  assert.equal(outcome(verifierOf({ intermediates: [] }), [leaf]), 'no-issuer');
});

test('a server’s certificate is for servers, a client’s for clients', () => {
  const only = (purpose: string): TestCa => issue(ca, 'CN=x', { subjectAltNames: ['host.example'], extendedKeyUsage: [purpose] });
  for (const [side, purpose, expected] of [
    ['server', oids.SERVER_AUTH, 'accepted'],
    ['server', oids.CLIENT_AUTH, 'extended-key-usage'],
    ['client', oids.CLIENT_AUTH, 'accepted'],
    ['client', oids.SERVER_AUTH, 'extended-key-usage'],
  ] as const)
    assert.equal(outcome(verifierOf(), [only(purpose), ca], { side }), expected, `${purpose} as ${side}`);
  const any = only(oids.ANY_EXTENDED_KEY_USAGE);
  assert.equal(outcome(verifierOf(), [any, ca]), 'accepted');
  assert.equal(outcome(verifierOf({ profile: { ...compatible, anyPurpose: false } }), [any, ca]), 'extended-key-usage');
  const signsLists = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], keyUsage: 1 << 6, extendedKeyUsage: [] });
  assert.equal(outcome(verifierOf({ profile: { ...compatible, usageForPurpose: false } }), [signsLists, ca]), 'key-usage');
});

test('lengths, anchors, policies, common names: as the options say', () => {
  assert.equal(outcome(verifierOf({ maxIntermediates: 0 })), 'depth');
  assert.equal(outcome(verifierOf({ maxIntermediates: 1 })), 'accepted');
  const deep = (count: number): TestCa[] => {
    const chain = [anchor];
    for (let i = 0; i < count; i++) chain.unshift(issue(chain[0]!, `CN=Deep ${i}`, { ca: true }));
    chain.unshift(issue(chain[0]!, 'CN=x', { subjectAltNames: ['host.example'] }));
    return chain.slice(0, -1);
  };
  assert.equal(outcome(verifierOf(), deep(8)), 'accepted', 'by default eight');
  assert.equal(outcome(verifierOf(), deep(9)), 'depth');
  assert.equal(outcome(verifierOf({ trustAnchors: ca.certificate })), 'accepted');
  assert.equal(outcome(verifierOf({ trustAnchors: ca.certificate, selfSignedAnchorsOnly: true })), 'no-issuer');
  assert.equal(outcome(verifierOf({ policy: { requireExplicitPolicy: true } })), 'policy');
  const bare = issue(ca, 'CN=host.example');
  assert.equal(outcome(verifierOf(), [bare, ca]), 'host-name');
  assert.equal(outcome(verifierOf({ legacyCommonName: true }), [bare, ca]), 'accepted');
  assert.equal(outcome(verifierOf(), [leaf, ca], { hostName: undefined }), 'accepted');
  assert.equal(outcome(verifierOf({ profile: { ...compatible, keyRule: () => 'no' } })), 'unsupported-key');
});

test('validity can be ignored, and says so', () => {
  const late = { now: NOW + 1_000 * DAY };
  assert.equal(outcome(verifierOf(), [leaf, ca], late), 'expired');
  assert.equal('dangers' in verifierOf(), false);
  const lax = verifierOf({ dangerouslyIgnoreValidity: true });
  assert.deepEqual(lax.dangers, ['dangerouslyIgnoreValidity']);
  assert.equal(outcome(lax, [leaf, ca], late), 'accepted');
});

test('pins: of any certificate of the path', () => {
  const pin = ({ certificate }: TestCa): Uint8Array => nodeCrypto.digest('sha256', certificate.spki);
  for (const one of [leaf, ca, anchor]) assert.equal(outcome(verifierOf({ pins: [new Uint8Array(32), pin(one)] })), 'accepted');
  for (const pins of [[], [new Uint8Array(32)], [pin(root('CN=Other'))]]) assert.equal(outcome(verifierOf({ pins })), 'rejected');
});

test('a check of the caller’s in the place of the host name’s: asked only where there is a name, and not before the purpose is right', () => {
  const asked: string[] = [];
  const verifier = verifierOf({
    checkHostName: (certificate, hostName) => {
      asked.push(`${certificate.subject.toString()} ${hostName}`);
      return hostName === 'other.example' ? undefined : 'no';
    },
  });
  assert.equal(outcome(verifier, [leaf, ca], { hostName: 'other.example' }), 'accepted');
  assert.equal(outcome(verifier), 'host-name');
  assert.deepEqual(asked.splice(0), ['CN=common.example other.example', 'CN=common.example host.example']);
  assert.equal(outcome(verifier, [leaf, ca], { hostName: undefined }), 'accepted');
  const clients = issue(ca, 'CN=x', { extendedKeyUsage: [oids.CLIENT_AUTH] });
  assert.equal(outcome(verifier, [clients, ca]), 'extended-key-usage');
  assert.deepEqual(asked, []);
});

test('a last word of the caller’s, at once or later', async () => {
  const request = requestFor([leaf, ca]);
  const verifier = (why: string | undefined): CertificateVerifier =>
    verifierOf({
      check(path, about) {
        assert.equal(path.length, 3);
        assert.equal(about, request);
        return why;
      },
    });
  assert.equal((verifier(undefined).verify(request) as VerifiedIdentity).trusted, true);
  const refusal = { code: 'certificate_rejected', detail: 'not today (check)' };
  assert.throws(() => verifier('not today').verify(request), refusal);
  const later = verifierOf({ check: async () => Promise.resolve('not today') });
  await assert.rejects(async () => later.verify(request), refusal);
});

test('what cannot be read in the leaf when its names are looked at', () => {
  const extensions = [{ oid: oids.SUBJECT_ALT_NAME, value: der.octetString(Uint8Array.of(1)) }];
  const unreadable = [issue(ca, 'CN=x', { extensions }), ca];
  assert.equal(outcome(verifierOf(), unreadable), 'malformed');
  assert.throws(() => verifierOf().verify(requestFor(unreadable)), /subjectAltName at offset/);
  const oops = new RangeError('oops');
  const failing = verifierOf({
    checkHostName: () => {
      throw oops;
    },
  });
  assert.throws(() => failing.verify(requestFor([leaf, ca])), oops);
});

test('a key that the provider does not take', () => {
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    importPublicKey: (spki) => (spki.length === leaf.certificate.spki.length ? nodeCrypto.importPublicKey(spki) : undefined),
  };
  const odd = issue(ca, 'CN=x', { subjectAltNames: ['host.example'] }, testKey('p384'));
  assert.equal(outcome(verifierOf(), [odd, ca], { crypto }), 'unsupported_certificate');
});

test('revocation: the store, CRLs, a source, by the mode', () => {
  const revoked = createRevokedStore([leaf.certificate]);
  assert.equal(outcome(verifierOf({ revoked })), 'revoked');
  assert.equal(outcome(verifierOf({ revoked, revocation: 'none' })), 'revoked');
  assert.equal(outcome(verifierOf({ revoked, trustAnchors: leaf.certificate })), 'revoked', 'a leaf that is an anchor too');
  assert.equal(outcome(verifierOf({ revocation: 'required' })), 'revocation-unknown');
  const crl = parseCrl(
    createCrl({
      crypto: nodeCrypto,
      issuer: ca,
      thisUpdate: NOW,
      nextUpdate: NOW + DAY,
      number: 1,
      entries: [{ serial: leaf.certificate.serial, revocationDate: NOW }],
    }) as Uint8Array,
  );
  assert.equal(outcome(verifierOf({ crls: [crl] })), 'revoked');
  assert.equal(outcome(verifierOf({ crls: [crl], revocation: 'none' })), 'accepted');
  assert.equal(outcome(verifierOf({ revocationSource: { find: () => ({ crls: [crl] }) } })), 'revoked');
});

test('staples: each for its own certificate, by its place in the chain', () => {
  const good = respond(leaf, ca, 'good');
  const bad = respond(leaf, ca, 'revoked');
  const goodCa = respond(ca, anchor, 'good');
  const badCa = respond(ca, anchor, 'revoked');
  for (const [more, expected] of [
    [{ ocspResponse: good }, 'accepted'],
    [{ ocspResponse: bad }, 'revoked'],
    [{ ocspResponses: [good] }, 'accepted'],
    [{ ocspResponses: [bad] }, 'revoked'],
    [{ ocspResponses: [undefined, goodCa] }, 'accepted'],
    [{ ocspResponses: [undefined, badCa] }, 'revoked'],
    [{ ocspResponses: [good, badCa] }, 'revoked'],
    [{ ocspResponse: good, ocspResponses: [bad] }, 'revoked'],
    [{ ocspResponse: bad, ocspResponses: [good] }, 'revoked'],
    [{ ocspResponse: good, ocspResponses: [good, goodCa] }, 'accepted'],
    [{ ocspResponses: [goodCa] }, 'bad-status-response'],
    [{ ocspResponses: [undefined, good] }, 'bad-status-response'],
  ] as const)
    assert.equal(outcome(verifierOf(), [leaf, ca], more), expected, Object.keys(more).join());
  // One that did not come with the chain has none.
  const elsewhere = verifierOf({ intermediates: [ca.certificate] });
  assert.equal(outcome(elsewhere, [leaf], { ocspResponse: good, ocspResponses: [good] }), 'accepted');
  const promised = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], mustStaple: true });
  const chain = [promised, ca];
  assert.equal(outcome(verifierOf(), chain), 'accepted');
  assert.equal(outcome(verifierOf(), chain, { statusRequested: true }), 'bad-status-response');
  assert.equal(outcome(verifierOf(), chain, { statusRequested: false }), 'accepted');
  assert.equal(outcome(verifierOf(), chain, { statusRequested: true, side: 'client' }), 'accepted');
  assert.equal(outcome(verifierOf(), chain, { statusRequested: true, ocspResponse: respond(promised, ca, 'good') }), 'accepted');
});

test('trusting anything: what would have been refused is said, and errors of others come out', async () => {
  const strict = verifierOf({ dangerouslyIgnoreValidity: true });
  const lax = dangerouslyTrustAnyCertificate(strict);
  assert.deepEqual(lax.dangers, ['dangerouslyIgnoreValidity', 'dangerouslyTrustAnyCertificate']);
  assert.deepEqual(dangerouslyTrustAnyCertificate(verifierOf()).dangers, ['dangerouslyTrustAnyCertificate']);
  assert.equal((lax.verify(requestFor([leaf, ca])) as VerifiedIdentity).trusted, true);
  const alone = lax.verify(requestFor([leaf])) as VerifiedIdentity;
  assert.deepEqual(
    [alone.trusted, alone.path, alone.error?.code, alone.failure?.reason],
    [false, [], 'certificate_untrusted', 'no-issuer'],
  );
  assert.ok(alone.certificate.equals(leaf.certificate));
  assert.deepEqual(alone.key, nodeCrypto.importPublicKey(leaf.certificate.spki));
  const throwing = (error: unknown): CertificateVerifier =>
    dangerouslyTrustAnyCertificate({
      verify: () => {
        throw error;
      },
    });
  const rejecting = (error: Error): CertificateVerifier => dangerouslyTrustAnyCertificate({ verify: async () => Promise.reject(error) });
  const api = new TlsError({ code: 'invalid_argument', origin: 'api' });
  for (const error of [api, new RangeError('other')]) {
    assert.throws(() => throwing(error).verify(requestFor([leaf])), error);
    await assert.rejects(async () => rejecting(error).verify(requestFor([leaf])), error);
  }
  const local = new TlsError({ code: 'certificate_rejected', origin: 'local' });
  const later = await rejecting(local).verify(requestFor([leaf]));
  assert.deepEqual([later.trusted, later.error, later.failure], [false, local, undefined]);
  const good = await dangerouslyTrustAnyCertificate({ verify: async () => Promise.resolve(alone) }).verify(requestFor([leaf]));
  assert.equal(good, alone);
});

test('the error of each refusal', () => {
  const of = (reason: FailureReason, index = 0): [ErrorCode, number | undefined] => {
    const failure = { reason, index, path: [], step: 'step', message: 'message' };
    const error = failureError(failure);
    assert.equal(error.origin, 'local');
    assert.equal(error.detail, 'message (step)');
    assert.equal(failureOf(error), failure);
    return [error.code, error.alert];
  };
  const expected: Record<FailureReason, [ErrorCode, number]> = {
    malformed: ['bad_certificate', 42],
    signature: ['bad_certificate', 42],
    'weak-signature': ['bad_certificate', 42],
    'weak-key': ['weak_key', 42],
    'signature-algorithm': ['unsupported_certificate', 43],
    'unsupported-key': ['unsupported_certificate', 43],
    'unknown-critical-extension': ['unsupported_certificate', 43],
    'key-usage': ['certificate_purpose', 43],
    'extended-key-usage': ['certificate_purpose', 43],
    expired: ['certificate_expired', 45],
    'not-yet-valid': ['certificate_not_yet_valid', 45],
    revoked: ['certificate_revoked', 44],
    'bad-status-response': ['bad_certificate_status', 113],
    'revocation-unknown': ['bad_certificate_status', 46],
    'host-name': ['certificate_name_mismatch', 42],
    rejected: ['certificate_rejected', 46],
    profile: ['certificate_rejected', 46],
    policy: ['certificate_rejected', 46],
    'name-constraint': ['certificate_rejected', 46],
    'no-issuer': ['certificate_untrusted', 48],
    'self-signed-leaf': ['certificate_untrusted', 48],
    'self-signed-in-chain': ['certificate_untrusted', 48],
    'name-chaining': ['certificate_untrusted', 48],
    'not-a-ca': ['certificate_untrusted', 48],
    'path-length': ['certificate_untrusted', 48],
    depth: ['certificate_untrusted', 48],
    budget: ['certificate_untrusted', 48],
  };
  for (const [reason, codes] of Object.entries(expected)) assert.deepEqual(of(reason as FailureReason), codes, reason);
  // Above the leaf a purpose says something of the CA.
  assert.deepEqual(of('key-usage', 1), ['certificate_purpose', 48]);
  assert.deepEqual(of('extended-key-usage', 2), ['certificate_purpose', 48]);
});

test('which errors have a failure behind them', () => {
  const failure = { reason: 'expired', path: [] };
  assert.equal(failureOf(new Error('x', { cause: failure })), failure);
  for (const cause of [
    undefined,
    null,
    'text',
    7,
    {},
    { reason: 'expired' },
    { path: [] },
    { reason: 7, path: [] },
    { reason: 'expired', path: 'x' },
  ])
    assert.equal(failureOf(new Error('x', { cause })), undefined);
  for (const error of [undefined, null, 'text', { cause: failure }]) assert.equal(failureOf(error), undefined);
});

test('an intermediate of an accepted path is parsed and its signature checked once', () => {
  let checks = 0;
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    verify(...args) {
      checks++;
      return nodeCrypto.verify(...args);
    },
  };
  const verifier = verifierOf();
  const paths = [1, 2, 3].map(() => (verifier.verify(requestFor([leaf, ca], { crypto })) as VerifiedIdentity).path);
  assert.equal(checks, 2 + 1 + 1);
  assert.equal(paths[1]![1], paths[0]![1]);
  assert.notEqual(paths[1]![0], paths[0]![0], 'leaves come and go');
});

test('known intermediates: of accepted paths only, by their bytes, under the issuer that was seen, for one provider', () => {
  const other = { ...nodeCrypto };
  const known = new KnownIntermediates();
  const path = [leaf, ca, anchor].map(({ certificate }) => certificate);
  assert.equal(known.find(ca.certificate.der), undefined);
  known.keep(path, nodeCrypto);
  assert.equal(known.find(ca.certificate.der.slice()), ca.certificate);
  for (const { certificate } of [leaf, anchor]) assert.equal(known.find(certificate.der), undefined);
  // The same end, and so the same place in the table, but other bytes before it.
  assert.equal(known.find(concat(Uint8Array.of(0), ca.certificate.der)), undefined);
  assert.equal(known.find(ca.certificate.der.subarray(-16)), undefined);
  assert.equal(known.find(new Uint8Array(3)), undefined);
  assert.equal(known.isSignedBy(ca.certificate, anchor.certificate, nodeCrypto), true);
  assert.equal(known.isSignedBy(ca.certificate, leaf.certificate, nodeCrypto), false);
  assert.equal(known.isSignedBy(leaf.certificate, ca.certificate, nodeCrypto), false);
  assert.equal(known.isSignedBy(ca.certificate, anchor.certificate, other), false);
  known.keep([leaf.certificate, anchor.certificate], other);
  assert.equal(known.find(ca.certificate.der), undefined, 'another provider: nothing is known');
  assert.equal(known.isSignedBy(ca.certificate, anchor.certificate, nodeCrypto), false);
});

test('known intermediates have a bound: the oldest goes', () => {
  const known = new KnownIntermediates();
  const cas = Array.from(
    { length: MAX_KNOWN_INTERMEDIATES + 1 },
    (_, i) => issue(anchor, `CN=CA ${i}`, { ca: true }, testKey()).certificate,
  );
  const keep = (...list: readonly (typeof leaf.certificate)[]): void => {
    for (const one of list) known.keep([leaf.certificate, one, anchor.certificate], nodeCrypto);
  };
  keep(...cas.slice(0, -1));
  keep(cas[0]!);
  assert.ok(
    cas.slice(0, -1).every((one) => known.find(one.der) === one),
    'one that is known takes no new place',
  );
  keep(cas.at(-1)!);
  assert.equal(known.find(cas[0]!.der), undefined);
  assert.ok(cas.slice(1).every((one) => known.find(one.der) === one));
});
