/** The options of `validateCertificate` one by one, and which of several refusals is told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { respond } from '../../../test/x509/responses.ts';
import { MAX_INTERMEDIATES } from '../../base/limits.ts';
import { TlsError } from '../../base/errors.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { writePem } from '../asn1/pem.ts';
import type { CertificateFields } from '../certs/create.ts';
import { createCrl, createOcspResponse } from '../certs/revocation.ts';
import { parseCrl } from './crl.ts';
import * as usage from './extensions.ts';
import type { PathFailure } from './failure.ts';
import { compatible } from './profile.ts';
import { chooseFailure, explainVerdict } from './report.ts';
import { createRevokedStore } from './revoked-store.ts';
import { type KeyUsageName, validateCertificate, type ValidateOptions, type Verdict } from './validate.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=leaf', { subjectAltNames: ['host.example', { kind: 'email', value: 'Some.One@Host.example' }, '192.0.2.1'] });

function validate(options: Partial<ValidateOptions> = {}): Verdict {
  return validateCertificate({
    trustAnchors: anchor.certificate,
    intermediates: [ca.certificate],
    certificate: leaf.certificate,
    crypto: nodeCrypto,
    time: NOW,
    profile: compatible,
    ...options,
  }) as Verdict;
}

/** `valid`, or the reason. */
const outcome = (options: Partial<ValidateOptions> = {}): string => validate(options).failure?.reason ?? 'valid';
const made = (fields: Partial<CertificateFields>): Partial<ValidateOptions> => ({ certificate: issue(ca, 'CN=leaf', fields).certificate });
const invalid = { code: 'invalid_argument' };

test('certificates: what can be read is used, what cannot is told', () => {
  assert.equal(outcome(), 'valid');
  const { valid, path, policies, failure, failures } = validate();
  assert.deepEqual([valid, path.length, policies, failure, failures], [true, 3, [], undefined, []]);
  const junk = Uint8Array.of(0x30, 0);
  const refused = validate({ certificate: junk });
  assert.deepEqual([refused.valid, refused.path, refused.policies], [false, [], []]);
  assert.match(refused.failure!.message, / at offset /);
  assert.deepEqual(
    [refused.failure!.reason, refused.failure!.step, refused.failure!.path, refused.failures.length],
    ['malformed', 'RFC 5280 4.1', [], 1],
  );
  assert.equal(validate({ certificate: writePem('OTHER', junk) }).failure?.message, 'no certificate');
  const pem = writePem('CERTIFICATE', ca.certificate.der);
  for (const intermediates of [pem, new TextEncoder().encode(pem), ca.certificate.der, ca.certificate, [pem], [junk, ca.certificate]])
    assert.equal(outcome({ intermediates }), 'valid');
  assert.equal(outcome({ intermediates: undefined }), 'no-issuer');
  assert.deepEqual(validate({ intermediates: undefined, trustAnchors: ca.certificate }).failures, []);
  assert.equal(validate({ intermediates: [junk, ca.certificate] }).failures.length, 1);
  const many = (count: number): Partial<ValidateOptions> => ({
    intermediates: new Array<typeof ca.certificate>(count).fill(ca.certificate),
  });
  assert.equal(outcome(many(MAX_INTERMEDIATES)), 'valid');
  assert.throws(() => validate(many(MAX_INTERMEDIATES + 1)), invalid);
});

test('time, depth, profile: as they are given, and nothing else', () => {
  for (const time of [NOW, new Date(NOW)]) assert.equal(outcome({ time }), 'valid');
  assert.equal(outcome({ time: new Date(NOW + 1_000 * DAY) }), 'expired');
  for (const time of [Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)]) assert.throws(() => validate({ time }), invalid);
  assert.equal(outcome({ maxDepth: 1 }), 'valid');
  assert.equal(outcome({ maxDepth: 0 }), 'depth');
  for (const maxDepth of [-1, 0.5, Number.NaN]) assert.throws(() => validate({ maxDepth }), invalid);
  const anyPurpose = {
    extendedKeyUsages: ['serverAuth'],
    ...made({ extendedKeyUsage: [oids.ANY_EXTENDED_KEY_USAGE], subjectAltNames: ['leaf'] }),
  };
  assert.equal(outcome({ ...anyPurpose, profile: 'rfc5280' }), 'valid');
  assert.equal(outcome({ ...anyPurpose, profile: undefined }), 'valid');
  assert.equal(outcome({ ...anyPurpose, profile: 'webpki' }), 'profile');
  assert.throws(() => validate({ profile: 'other' as 'webpki' }), invalid);
  assert.equal(outcome({ selfSignedAnchorsOnly: true, trustAnchors: ca.certificate }), 'no-issuer');
  assert.equal(outcome({ policy: { requireExplicitPolicy: true } }), 'policy');
  const top = root('CN=Top');
  const policed = issue(top, 'CN=x', { policies: ['1.3.1'] }).certificate;
  assert.deepEqual(validate({ trustAnchors: top.certificate, certificate: policed }).policies, ['1.3.1']);
});

test('purposes by name and by object identifier', () => {
  for (const [name, oid] of [
    ['serverAuth', oids.SERVER_AUTH],
    ['clientAuth', oids.CLIENT_AUTH],
    ['codeSigning', oids.CODE_SIGNING],
    ['emailProtection', oids.EMAIL_PROTECTION],
    ['timeStamping', oids.TIME_STAMPING],
    ['OCSPSigning', oids.OCSP_SIGNING],
    ['1.3.6.1.4.1.99999.10', '1.3.6.1.4.1.99999.10'],
    ['10.20.300', '2.40.300'],
  ] as const) {
    if (name !== '10.20.300') assert.equal(outcome({ ...made({ extendedKeyUsage: [oid] }), extendedKeyUsages: [name] }), 'valid', name);
    assert.equal(
      outcome({ ...made({ extendedKeyUsage: ['1.3.6.1.4.1.99999.3'] }), extendedKeyUsages: [name] }),
      'extended-key-usage',
      name,
    );
  }
  const any = made({ extendedKeyUsage: [oids.ANY_EXTENDED_KEY_USAGE] });
  assert.equal(outcome({ ...any, extendedKeyUsages: ['anyExtendedKeyUsage'], profile: { ...compatible, anyPurpose: false } }), 'valid');
  for (const name of ['server', '', '1', '1.', '.1', '1..2', 'x1.2', '1.2x', '1.x'])
    assert.throws(() => validate({ extendedKeyUsages: [name] }), invalid, name);
  assert.throws(() => validate({ extendedKeyUsages: ['x'.repeat(1_000)] }), { detail: `extendedKeyUsages: ${'x'.repeat(40)}` });
});

test('key usages by name, all of them', () => {
  const bits: Record<KeyUsageName, number> = {
    digitalSignature: usage.DIGITAL_SIGNATURE,
    nonRepudiation: usage.NON_REPUDIATION,
    contentCommitment: usage.NON_REPUDIATION,
    keyEncipherment: usage.KEY_ENCIPHERMENT,
    dataEncipherment: usage.DATA_ENCIPHERMENT,
    keyAgreement: usage.KEY_AGREEMENT,
    keyCertSign: usage.KEY_CERT_SIGN,
    cRLSign: usage.CRL_SIGN,
    encipherOnly: usage.ENCIPHER_ONLY,
    decipherOnly: usage.DECIPHER_ONLY,
  };
  for (const [name, bit] of Object.entries(bits) as [KeyUsageName, number][]) {
    assert.equal(outcome({ ...made({ keyUsage: bit }), keyUsages: [name] }), 'valid', name);
    assert.equal(outcome({ ...made({ keyUsage: 0x1ff & ~bit }), keyUsages: [name] }), 'key-usage', name);
  }
  assert.equal(outcome({ ...made({ keyUsage: 1 }), keyUsages: ['digitalSignature', 'keyAgreement'] }), 'key-usage');
  assert.throws(() => validate({ keyUsages: ['sign' as KeyUsageName] }), invalid);
  assert.throws(() => validate({ keyUsages: ['x'.repeat(1_000) as KeyUsageName] }), { detail: `keyUsages: ${'x'.repeat(40)}` });
});

test('names: as text or typed, all of them, never one kind for another', () => {
  const named = (...names: NonNullable<ValidateOptions['names']>): string => outcome({ names });
  const email = (value: string) => ({ kind: 'email', value }) as const;
  assert.equal(named('host.example', '192.0.2.1', { kind: 'dns', value: 'host.example' }, { kind: 'ip', value: '192.0.2.1' }), 'valid');
  for (const bad of ['other.example', '192.0.2.2', { kind: 'dns', value: '192.0.2.1' }, { kind: 'ip', value: 'host.example' }] as const) {
    assert.equal(named(bad), 'host-name');
    assert.equal(named('host.example', bad), 'host-name');
  }
  for (const good of ['Some.One@Host.example', 'Some.One@HOST.EXAMPLE']) assert.equal(named(email(good)), 'valid', good);
  for (const bad of [
    'some.one@host.example',
    'Some.One@other.example',
    'Some.Onx@Host.example',
    'One@Host.example',
    'host.example',
    'Some.One',
    '',
  ])
    assert.equal(named(email(bad)), 'host-name', bad);
  assert.equal(named(email('Some.One@Host.example'), email('other@Host.example')), 'host-name');
  assert.equal(named('other.example', email('Some.One@Host.example')), 'host-name');
  assert.equal(outcome({ ...made({}), names: [email('x@y')] }), 'host-name', 'without alternative names');
  const host = made({ subjectAltNames: [{ kind: 'email', value: 'host.example' }] });
  assert.equal(outcome({ ...host, names: [email('host.example')] }), 'host-name', 'a host is no mailbox');
  assert.equal(outcome({ ...made({ subjectAltNames: [{ kind: 'uri', value: 'x@y' }] }), names: [email('x@y')] }), 'host-name');
  for (const name of [email('x'.repeat(1_000)), { kind: 'ip', value: 'x'.repeat(1_000) }] as const)
    assert.ok(validate({ names: [name] }).failure!.message.includes(`"${'x'.repeat(253)}"`));
  const bare = issue(ca, 'CN=host.example').certificate;
  assert.equal(outcome({ certificate: bare, names: ['host.example'] }), 'host-name');
  assert.equal(outcome({ certificate: bare, names: ['host.example'], legacyCommonName: true }), 'valid');
});

test('what cannot be read where names are looked at is malformed; errors of others come out', () => {
  const extensions = [{ oid: oids.SUBJECT_ALT_NAME, value: der.octetString(Uint8Array.of(1)) }];
  const refused = validate({ ...made({ extensions }), names: ['host.example'] }).failure!;
  assert.deepEqual([refused.reason, refused.step, refused.index, refused.path.length], ['malformed', 'RFC 5280 4.2', 0, 3]);
  assert.match(refused.message, /subjectAltName at offset/);
  for (const error of [new RangeError('x'), new TlsError({ code: 'closed', origin: 'api' })]) {
    const names = [
      {
        kind: 'dns',
        get value(): string {
          throw error;
        },
      },
    ] as const;
    assert.throws(() => validate({ names }), error);
  }
});

test('signature algorithms that are asked for, beside what the profile refuses', () => {
  for (const name of ['ecdsa-with-SHA256', 'ECDSA-with-sha256', oids.ECDSA_WITH_SHA256])
    assert.equal(outcome({ signatureAlgorithms: [name] }), 'valid');
  assert.equal(outcome({ signatureAlgorithms: ['ecdsa-with-SHA384'] }), 'signature-algorithm');
  assert.equal(outcome({ signatureAlgorithms: [] }), 'signature-algorithm');
  const asked = ['ecdsa-with-SHA256'];
  assert.equal(outcome({ signatureAlgorithms: asked, profile: { ...compatible, signatureRule: () => 'no' } }), 'signature-algorithm');
  assert.equal(outcome({ signatureAlgorithms: asked, profile: { ...compatible, signatureRule: undefined } }), 'valid');
  assert.equal(outcome({ signatureAlgorithms: asked, profile: { ...compatible, hashes: [] } }), 'weak-signature');
  assert.throws(() => validate({ signatureAlgorithms: ['x'.repeat(1_000)] }), {
    code: 'invalid_argument',
    detail: `signatureAlgorithms: ${'x'.repeat(40)}`,
  });
});

function list(revoked: boolean, issuer: TestCa = ca): Uint8Array {
  const entries = revoked ? [{ serial: leaf.certificate.serial, revocationDate: NOW }] : [];
  return createCrl({ crypto: nodeCrypto, issuer, thisUpdate: NOW - DAY, nextUpdate: NOW + DAY, number: 1, entries }) as Uint8Array;
}

test('lists: DER, PEM, parsed, one or many; one that cannot be read leaves things open', () => {
  const bad = list(true);
  const pem = writePem('X509 CRL', bad);
  for (const crls of [bad, pem, new TextEncoder().encode(pem), [bad], [pem], [parseCrl(bad)]]) assert.equal(outcome({ crls }), 'revoked');
  for (const crls of [undefined, [], [list(false)]]) assert.equal(outcome({ crls }), 'valid');
  const junk = Uint8Array.of(0x30, 0);
  const told = validate({ crls: [junk, 'no PEM'] }).failure!;
  assert.equal(told.reason, 'revocation-unknown');
  assert.match(told.message, /tbsCertList at offset/, 'the first that is none');
  assert.match(validate({ crls: [writePem('OTHER', junk)] }).failure!.message, /no CRL in what was given as one/);
  assert.equal(outcome({ crls: [list(false), list(false, anchor), junk] }), 'valid', 'settled by others');
  assert.equal(outcome({ crls: [junk], revocation: 'none' }), 'valid');
  assert.equal(outcome({ crls: [bad], revocation: 'none' }), 'valid');
  assert.equal(outcome({ revocation: 'required' }), 'revocation-unknown');
  // Their signers are looked for among the certificates that were given.
  const signer = issue(anchor, 'CN=CA', { keyUsage: usage.CRL_SIGN }, testKey('p256', 'lists'));
  assert.equal(outcome({ crls: [list(true, signer)], intermediates: [ca.certificate, signer.certificate] }), 'revoked');
});

test('responses: each for the certificates that it speaks of', () => {
  const [good, goodCa] = [respond(leaf, ca, 'good'), respond(ca, anchor, 'good')];
  assert.equal(outcome({ ocspResponses: [good, goodCa], revocation: 'required' }), 'valid');
  assert.equal(outcome({ ocspResponses: [good], revocation: 'required' }), 'revocation-unknown');
  assert.equal(outcome({ ocspResponses: [good] }), 'valid', 'of the CA it says nothing');
  assert.equal(outcome({ ocspResponses: [respond(leaf, ca, 'revoked')] }), 'revoked');
  assert.equal(outcome({ ocspResponses: [respond(ca, anchor, 'revoked')] }), 'revoked');
  const answers = [issue(ca, 'CN=twin'), leaf].map(({ certificate }) => ({
    certificate,
    status: 'revoked' as const,
    thisUpdate: NOW,
    nextUpdate: NOW + DAY,
  }));
  const two = createOcspResponse({ crypto: nodeCrypto, issuer: ca.certificate, responder: ca, producedAt: NOW, answers }) as Uint8Array;
  assert.equal(outcome({ ocspResponses: [two] }), 'revoked', 'one of several that it speaks of');
  assert.equal(outcome({ ocspResponses: [] }), 'valid');
  assert.equal(outcome({ ocspResponses: [Uint8Array.of(1)] }), 'revocation-unknown');
  assert.match(validate({ ocspResponses: [Uint8Array.of(1)] }).failure!.message, /OCSP response at offset/);
  assert.equal(outcome({ ocspResponses: [Uint8Array.of(1)], revocation: 'none' }), 'valid');
  assert.equal(outcome({ ocspResponses: [der.sequence(der.enumerated(3))] }), 'valid', 'that the responder is busy is of no certificate');
});

test('the store: of a leaf that is its own anchor too', () => {
  const revoked = createRevokedStore([leaf.certificate]);
  assert.equal(outcome({ revoked }), 'revoked');
  assert.equal(outcome({ revoked, trustAnchors: leaf.certificate }), 'revoked');
});

test('which refusal is told: one of a path that reached an anchor, before dead ends, before what could not be read', () => {
  const failure = (reason: PathFailure['reason'], length: number): PathFailure => ({
    reason,
    path: new Array<typeof leaf.certificate>(length).fill(leaf.certificate),
    index: 0,
    step: 'step',
    message: 'message',
  });
  const [junk, lost, bound, expired] = [failure('malformed', 0), failure('no-issuer', 1), failure('budget', 1), failure('expired', 3)];
  for (const order of [
    [junk, lost, expired],
    [expired, lost, junk],
    [bound, expired],
    [lost, bound, junk, expired],
  ])
    assert.equal(chooseFailure(order), expired);
  assert.equal(chooseFailure([junk, lost, bound]), lost);
  assert.equal(chooseFailure([junk, bound, lost]), bound);
  assert.equal(chooseFailure([junk]), junk);
  assert.equal(chooseFailure([expired, failure('revoked', 3)]), expired, 'the first of two');
});

test('a verdict in words', () => {
  assert.equal(explainVerdict(validate()), 'valid:\n  CN=leaf\n  CN=CA\n  anchor CN=Anchor\n');
  const nameless = issue(ca, '', { subjectAltNames: ['host.example'] });
  const address = issue(ca, '', { subjectAltNames: ['192.0.2.1'] });
  const none = issue(ca, '', {});
  const described = ({ certificate }: TestCa): string =>
    explainVerdict({ valid: true, path: [certificate, ca.certificate], failures: [] }).split('\n')[1]!;
  assert.equal(described(nameless), '  host.example');
  assert.equal(described(address), '  (no name)');
  assert.equal(described(none), '  (no name)');
  const unreadable = issue(ca, '', { extensions: [{ oid: oids.SUBJECT_ALT_NAME, value: der.octetString(Uint8Array.of(1)) }] });
  assert.equal(described(unreadable), '  (name cannot be read)');
  const old = issue(anchor, 'CN=CA', { ca: true, notAfter: NOW - DAY });
  const refused = explainVerdict(validate({ intermediates: [old.certificate] }));
  assert.match(refused, /^refused, candidate 1: expired on .* \(RFC 5280 6\.1\.3 \(a\)\(2\)\)\n {4}CN=leaf\n {2}> CN=CA\n {4}CN=Anchor\n$/);
  const both = explainVerdict(validate({ intermediates: [Uint8Array.of(0x30, 0), ca.certificate] }));
  assert.match(both, /^valid:\n.*\n.*\n.*\nalso tried, candidate 1: /);
});
