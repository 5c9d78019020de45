/** The verdict: inputs in every form, depth, candidates, profiles, words. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { concat } from '../../src/base/bytes.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { writePem } from '../../src/pki/asn1/pem.ts';
import type { CertificateFields } from '../../src/pki/certs/create.ts';
import { createFingerprintVerifier, matchesSdpFingerprint, sdpFingerprint } from '../../src/pki/certs/fingerprint.ts';
import { Certificate } from '../../src/pki/x509/certificate.ts';
import { Name } from '../../src/pki/x509/name.ts';
import { explainVerdict } from '../../src/pki/x509/report.ts';
import { createRevokedStore } from '../../src/pki/x509/revoked-store.ts';
import { createTrustStore } from '../../src/pki/x509/trust-store.ts';
import { validateCertificate, type ValidateOptions, type Verdict } from '../../src/pki/x509/validate.ts';
import { createCertificateVerifier, type VerifiedIdentity } from '../../src/pki/x509/verifier.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from './ca.ts';

const anchor = root('CN=Verdict root,O=Example');
const ca = issue(anchor, 'CN=Verdict CA,O=Example', { ca: true });
const leaf = issue(ca, 'CN=host.example', { subjectAltNames: ['host.example'] });
const pem = (...list: readonly TestCa[]): string => list.map((one) => writePem('CERTIFICATE', one.certificate.der)).join('');

function validate(options: Partial<ValidateOptions>): Verdict {
  return validateCertificate({
    trustAnchors: [anchor.certificate.der],
    intermediates: [ca.certificate.der],
    certificate: leaf.certificate.der,
    crypto: nodeCrypto,
    time: NOW,
    ...options,
  }) as Verdict;
}

test('DER, PEM text, PEM bytes and parsed certificates; a later answer is the same one', async () => {
  const text = new TextEncoder();
  const forms: readonly Partial<ValidateOptions>[] = [
    {},
    { trustAnchors: pem(anchor), intermediates: pem(ca), certificate: pem(leaf) },
    { trustAnchors: text.encode(pem(anchor)), intermediates: text.encode(pem(ca, anchor)), certificate: text.encode(pem(leaf)) },
    { trustAnchors: [pem(anchor, ca)], intermediates: [], certificate: leaf.certificate },
    { trustAnchors: createTrustStore(anchor.certificate), intermediates: ca.certificate, time: new Date(NOW) },
    { certificate: pem(leaf, ca, anchor) },
  ];
  for (const form of forms) assert.equal(validate(form).valid, true, JSON.stringify(Object.keys(form)));
  const later = {
    ...nodeCrypto,
    verify: async (...args: Parameters<typeof nodeCrypto.verify>) => Promise.resolve(nodeCrypto.verify(...args)),
  };
  const verdict = await validateCertificate({
    trustAnchors: pem(anchor),
    intermediates: pem(ca),
    certificate: pem(leaf),
    crypto: later,
    time: NOW,
  });
  assert.equal(verdict.valid, true);
  assert.equal(verdict.path.length, 3);
  const failing = { ...nodeCrypto, verify: async () => Promise.reject(new Error('token is gone')) };
  await assert.rejects(
    async () => validateCertificate({ trustAnchors: pem(anchor), certificate: pem(ca), crypto: failing, time: NOW }),
    /token is gone/,
  );
});

test('what cannot be read is a verdict for the certificate, an exception for the anchors', () => {
  for (const certificate of [
    new Uint8Array(0),
    Uint8Array.of(0x30, 0),
    'no PEM',
    writePem('CERTIFICATE', Uint8Array.of(1, 2)),
    leaf.certificate.der.subarray(1),
  ]) {
    const verdict = validate({ certificate });
    assert.equal(verdict.failure?.reason, 'malformed');
    assert.match(explainVerdict(verdict), /^refused/);
  }
  const withJunk = validate({ intermediates: [Uint8Array.of(0x30, 0), ca.certificate.der] });
  assert.equal(withJunk.valid, true);
  assert.equal(withJunk.failures.length, 1);
  assert.throws(() => validate({ trustAnchors: [Uint8Array.of(0x30, 0)] }), /bad_der/);
  assert.throws(() => validate({ time: Number.NaN }), /invalid_argument/);
  assert.throws(() => validate({ maxDepth: -1 }), /invalid_argument/);
  assert.throws(() => validate({ extendedKeyUsages: ['server'] }), /invalid_argument/);
});

test('depth: self-issued certificates do not count, and the reason says so', () => {
  assert.equal(validate({ maxDepth: 1 }).valid, true);
  assert.equal(validate({ maxDepth: 0 }).failure?.reason, 'depth');
  const rolled = issue(anchor, 'CN=Verdict root,O=Example', { ca: true }, testKey('p256', 'rolled root'));
  const below = issue(rolled, 'CN=x', { subjectAltNames: ['x.example'] });
  assert.equal(validate({ maxDepth: 0, certificate: below.certificate, intermediates: [rolled.certificate] }).valid, true);
  let issuer = anchor;
  const chain: Certificate[] = [];
  for (let i = 0; i < 9; i++) {
    issuer = issue(issuer, `CN=Deep ${i}`, { ca: true });
    chain.push(issuer.certificate);
  }
  const deep = issue(issuer, 'CN=x', { subjectAltNames: ['x.example'] }).certificate;
  assert.equal(validate({ certificate: deep, intermediates: chain }).failure?.reason, 'depth');
  assert.equal(validate({ certificate: deep, intermediates: chain, maxDepth: 9 }).valid, true);
});

test('several candidates: each is reported, one that holds is found', () => {
  const old = issue(
    anchor,
    'CN=Verdict CA,O=Example',
    { ca: true, notAfter: NOW - DAY },
    testKey('p256', 'CN=Verdict CA,O=Example'),
  ).certificate;
  const narrow = issue(
    anchor,
    'CN=Verdict CA,O=Example',
    { ca: true, permittedNames: ['other.example'] },
    testKey('p256', 'CN=Verdict CA,O=Example'),
  ).certificate;
  const strange = issue(root('CN=Nobody'), 'CN=Verdict CA,O=Example', { ca: true }, testKey('p256', 'CN=Verdict CA,O=Example')).certificate;
  const none = validate({ intermediates: [old, narrow, strange] });
  assert.deepEqual(none.failures.map((one) => one.reason).sort(), ['expired', 'name-constraint']);
  const text = explainVerdict(none);
  assert.match(text, /candidate 2/);
  assert.match(text, /> CN=Verdict CA,O=Example/);
  assert.match(text, /RFC 5280 6\.1\.3 \(b\)/);
  const some = validate({ intermediates: [old, narrow, strange, ca.certificate] });
  assert.equal(some.valid, true);
  assert.match(explainVerdict(some), /^valid:\n {2}CN=host\.example\n {2}CN=Verdict CA,O=Example\n {2}anchor CN=Verdict root,O=Example\n/);
});

test('anchors: a leaf, an intermediate, a version 1 root; self-signed only when asked', () => {
  assert.equal(validate({ trustAnchors: [ca.certificate], intermediates: [] }).valid, true);
  const partial = validate({ trustAnchors: [ca.certificate], intermediates: [], selfSignedAnchorsOnly: true });
  assert.equal(partial.failure?.reason, 'no-issuer');
  const own = root('CN=self.example', { ca: false, subjectAltNames: ['self.example'] }).certificate;
  const pinned = validate({ trustAnchors: [own], certificate: own, intermediates: [], names: ['self.example'] });
  assert.equal(pinned.valid, true);
  assert.equal(pinned.path.length, 1);
  assert.equal(
    validate({ trustAnchors: [own], certificate: own, intermediates: [], names: ['other.example'] }).failure?.reason,
    'host-name',
  );
  assert.equal(validate({ trustAnchors: [own], certificate: own, intermediates: [], time: NOW + 1_000 * DAY }).failure?.reason, 'expired');
  assert.equal(
    validate({ trustAnchors: [own], certificate: own, intermediates: [], revoked: createRevokedStore([own]) }).failure?.reason,
    'revoked',
  );
  // A trusted end entity is no issuer.
  const under = issue({ certificate: own, key: testKey('p256', 'CN=self.example').handle }, 'CN=x');
  assert.equal(validate({ trustAnchors: [own], certificate: under.certificate, intermediates: [] }).failure?.reason, 'not-a-ca');
  assert.equal(validate({ certificate: own }).failure?.reason, 'self-signed-leaf');
});

test('profiles: what each refuses', () => {
  const extension = (oid: string, value: Uint8Array, critical = false): Partial<CertificateFields> => ({
    extensions: [{ oid, value, critical }],
  });
  const leafWith = (fields: Partial<CertificateFields>): [Certificate, Certificate[]] => [
    issue(ca, 'CN=host.example', { subjectAltNames: ['host.example'], ...fields }).certificate,
    [ca.certificate],
  ];
  const caWith = (fields: Partial<CertificateFields>, subject = 'CN=Odd CA'): [Certificate, Certificate[]] => {
    const odd = issue(anchor, subject, { ca: true, ...fields });
    return [issue(odd, 'CN=host.example', { subjectAltNames: ['host.example'] }).certificate, [odd.certificate]];
  };
  const cases: readonly (readonly [what: string, [Certificate, Certificate[]], rfc5280: boolean, webpki: boolean])[] = [
    ['as it should be', leafWith({}), true, true],
    ['IP address', leafWith({ subjectAltNames: ['host.example', '192.0.2.1'] }), true, true],
    ['common name elsewhere', leafWith({ subjectAltNames: ['other.example'] }), true, false],
    ['common name in other case', leafWith({ subjectAltNames: ['HOST.example'] }), true, false],
    ['no alternative name', leafWith({ subjectAltNames: [] }), true, false],
    ['mail address', leafWith({ subjectAltNames: ['host.example', { kind: 'email', value: 'a@host.example' }] }), true, false],
    ['underscore', leafWith({ subjectAltNames: ['host.example', 'a_b.example'] }), false, false],
    ['hyphen first', leafWith({ subjectAltNames: ['host.example', '-a.example'] }), false, false],
    ['trailing dot', leafWith({ subjectAltNames: ['host.example', 'a.example.'] }), false, false],
    ['label of 64', leafWith({ subjectAltNames: ['host.example', `${'a'.repeat(64)}.example`] }), false, false],
    ['partial wildcard', leafWith({ subjectAltNames: ['host.example', { kind: 'dns', value: 'a*.host.example' }] }), true, false],
    ['wildcard', leafWith({ subjectAltNames: ['host.example', '*.host.example'] }), true, true],
    ['wildcard of a top-level domain', leafWith({ subjectAltNames: ['host.example', '*.example'] }), true, false],
    ['leaf is a CA', leafWith({ ca: true, keyUsage: 0x21 }), true, false],
    [
      'critical purposes',
      leafWith({ extendedKeyUsage: [], ...extension(oids.EXTENDED_KEY_USAGE, der.sequence(der.oid(oids.SERVER_AUTH)), true) }),
      true,
      false,
    ],
    [
      'critical alternative name beside a subject',
      leafWith({
        subjectAltNames: [],
        ...extension(oids.SUBJECT_ALT_NAME, der.sequence(der.contextValue(2, Uint8Array.from(Buffer.from('host.example')))), true),
      }),
      true,
      false,
    ],
    ['name constraints in a leaf', leafWith({ permittedNames: ['example'] }), false, false],
    ['malformed information access', leafWith(extension(oids.AUTHORITY_INFO_ACCESS, der.sequence())), false, false],
    [
      'critical information access',
      leafWith({
        ...extension(
          oids.AUTHORITY_INFO_ACCESS,
          der.sequence(der.sequence(der.oid(oids.ACCESS_OCSP), der.contextValue(6, Uint8Array.of(0x61)))),
          true,
        ),
      }),
      false,
      false,
    ],
    [
      'P-521',
      [issue(ca, 'CN=host.example', { subjectAltNames: ['host.example'] }, testKey('p521')).certificate, [ca.certificate]],
      true,
      true,
    ],
    [
      'Ed25519',
      [issue(ca, 'CN=host.example', { subjectAltNames: ['host.example'] }, testKey('ed25519')).certificate, [ca.certificate]],
      true,
      false,
    ],
    ['CA with a usual constraint', caWith({ permittedNames: ['example'] }), true, true],
    ['constraint with a leading dot', caWith({ permittedNames: ['.example'] }), false, false],
    [
      'constraint that is not critical',
      caWith(
        extension(
          oids.NAME_CONSTRAINTS,
          der.sequence(der.context(0, der.sequence(der.contextValue(2, Uint8Array.from(Buffer.from('example')))))),
        ),
      ),
      false,
      true,
    ],
    ['CA without key usage', caWith({ keyUsage: 0 }), false, false],
    ['CA with an empty subject', caWith({ subjectAltNames: ['ca.example'] }, ''), false, false],
    [
      'policy constraints not critical',
      caWith(extension(oids.POLICY_CONSTRAINTS, der.sequence(der.contextValue(1, Uint8Array.of(0))))),
      true,
      false,
    ],
    ['policy constraints empty', caWith(extension(oids.POLICY_CONSTRAINTS, der.sequence(), true)), false, false],
    ['inhibitAnyPolicy not critical', caWith(extension(oids.INHIBIT_ANY_POLICY, der.integer(0))), false, false],
  ];
  for (const [what, [certificate, intermediates], general, web] of cases) {
    for (const [profile, expected] of [
      ['rfc5280', general],
      ['webpki', web],
    ] as const) {
      const verdict = validate({ certificate, intermediates, profile, extendedKeyUsages: ['serverAuth'] });
      assert.equal(verdict.valid, expected, `${what}, ${profile}: ${verdict.failure?.message}`);
    }
  }
  assert.equal(
    validate({ profile: 'webpki', trustAnchors: [root('CN=Verdict root,O=Example', { extendedKeyUsage: [oids.SERVER_AUTH] }).certificate] })
      .failure?.reason,
    'profile',
  );
});

test('policies: mapped, required, and what remains', () => {
  const policies = ['1.3.1', '1.3.2'];
  const mapping = (from: string, to: string): Uint8Array => der.sequence(der.sequence(der.oid(from), der.oid(to)));
  const mapped = issue(anchor, 'CN=Mapping', {
    ca: true,
    policies,
    extensions: [{ oid: oids.POLICY_MAPPINGS, critical: true, value: mapping('1.3.1', '1.3.9') }],
  });
  const user = issue(mapped, 'CN=x', { subjectAltNames: ['x.example'], policies: ['1.3.9'] }).certificate;
  const base = { certificate: user, intermediates: [mapped.certificate] };
  assert.deepEqual(validate(base).policies, ['1.3.1']);
  assert.equal(validate({ ...base, policy: { requireExplicitPolicy: true, initialPolicies: ['1.3.1'] } }).valid, true);
  assert.equal(validate({ ...base, policy: { requireExplicitPolicy: true, initialPolicies: ['1.3.9'] } }).failure?.reason, 'policy');
  assert.equal(validate({ ...base, policy: { requireExplicitPolicy: true, inhibitPolicyMapping: true } }).failure?.reason, 'policy');
  assert.equal(validate({ ...base, policy: { initialPolicies: ['1.3.7'] } }).valid, true);
});

test('names: folded comparison in place agrees with the long way', () => {
  const name = (value: string, tag = 0x0c): Name =>
    new Name(der.sequence(der.setOf(der.sequence(der.oid(oids.COMMON_NAME), der.element(tag, new TextEncoder().encode(value))))));
  const texts = [
    'Example',
    'example',
    'EXAMPLE ',
    '  example',
    'ex ample',
    'ex  ample',
    'ex   AMPLE ',
    ' ',
    '',
    'ü',
    'Ü',
    'example\n',
    'exampl',
    'examplf',
    '\u00c5',
    'A\u030a',
  ];
  for (const a of texts) {
    for (const b of texts) {
      for (const tag of [0x0c, 0x13]) {
        if (tag === 0x13 && /[^\x20-\x7e]/.test(b)) continue;
        const x = name(a);
        const y = name(b, tag);
        assert.equal(x.equals(y), x.keys.join() === y.keys.join(), `${JSON.stringify(a)} ${JSON.stringify(b)} ${tag}`);
      }
    }
  }
  const two = new Name(
    der.sequence(
      der.setOf(
        der.sequence(der.oid(oids.COMMON_NAME), der.utf8String('a')),
        der.sequence(der.oid(oids.ORGANIZATION), der.utf8String('b')),
      ),
    ),
  );
  assert.equal(two.toString(), 'CN=a+O=b');
  assert.equal(two.equals(name('a')), false);
  assert.equal(new Name(der.sequence()).isEmpty, true);
  assert.equal(name('a,b+"c"\\ ').toString(), 'CN=a\\,b\\+\\"c\\"\\\\\\ ');
});

test('a verifier that knows an intermediate still looks at everything but its signature', () => {
  const verifier = createCertificateVerifier({ trustAnchors: anchor.certificate });
  const ask = (chain: readonly Uint8Array[], now = NOW): unknown =>
    verifier.verify({ chain, side: 'server', hostName: 'host.example', now, crypto: nodeCrypto });
  let checks = 0;
  const verify = (...args: Parameters<typeof nodeCrypto.verify>): ReturnType<typeof nodeCrypto.verify> => {
    checks++;
    return nodeCrypto.verify(...args);
  };
  const counting = { ...nodeCrypto, verify };
  const counted = createCertificateVerifier({ trustAnchors: anchor.certificate });
  const chain = [leaf.certificate.der, ca.certificate.der];
  for (const expected of [2, 3, 4]) {
    void counted.verify({ chain, side: 'server', hostName: 'host.example', now: NOW, crypto: counting });
    assert.equal(checks, expected);
  }
  ask(chain);
  assert.throws(() => ask(chain, NOW + 1_000 * DAY), /certificate_expired/);
  const forged = ca.certificate.der.slice();
  forged[20]! ^= 1;
  assert.throws(() => ask([leaf.certificate.der, forged]), /bad_certificate|certificate_untrusted/);
  const altered = leaf.certificate.der.slice();
  altered[altered.length - 1]! ^= 1;
  assert.throws(() => ask([altered, ca.certificate.der]), /bad_certificate/);
});

test('an intermediate that cannot be read spoils neither its namesake nor the anchor', () => {
  const extensions = [{ oid: oids.POLICY_CONSTRAINTS, critical: true, value: der.octetString(Uint8Array.of(1)) }];
  const broken = issue(anchor, 'CN=Verdict CA,O=Example', { ca: true, extensions }).certificate;
  const verifier = createCertificateVerifier({ trustAnchors: anchor.certificate });
  const verify = (...chain: Certificate[]): VerifiedIdentity =>
    verifier.verify({
      chain: chain.map(({ der: bytes }) => bytes),
      side: 'server',
      hostName: 'host.example',
      now: NOW,
      crypto: nodeCrypto,
    }) as VerifiedIdentity;
  assert.equal(verify(leaf.certificate, broken, ca.certificate).trusted, true);
  assert.equal(verify(leaf.certificate, ca.certificate, broken).trusted, true);
  assert.throws(() => verify(leaf.certificate, broken), { code: 'bad_certificate' });
});

test('fingerprints of SDP', () => {
  const text = sdpFingerprint(nodeCrypto, leaf.certificate);
  assert.match(text, /^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(matchesSdpFingerprint(nodeCrypto, leaf.certificate, text.toLowerCase().replace('sha-256', 'SHA-256')), true);
  assert.equal(matchesSdpFingerprint(nodeCrypto, ca.certificate, text), false);
  assert.equal(matchesSdpFingerprint(nodeCrypto, leaf.certificate, text.replace('sha-256', 'md5')), false);
  // A verifier by fingerprint looks at nothing else: not at names, times or issuers.
  const late = { side: 'server', hostName: 'other.example', now: NOW + 1_000 * DAY, crypto: nodeCrypto } as const;
  const verifier = createFingerprintVerifier([sdpFingerprint(nodeCrypto, ca.certificate), `  ${text} `]);
  const identity = verifier.verify({ ...late, chain: [leaf.certificate.der] }) as VerifiedIdentity;
  assert.equal(identity.trusted, true);
  assert.ok(identity.certificate.equals(leaf.certificate));
  for (const chain of [[anchor.certificate.der], [anchor.certificate.der, leaf.certificate.der]])
    assert.throws(() => verifier.verify({ ...late, chain }), { code: 'certificate_rejected' });
  for (const chain of [[], [Uint8Array.of(0x30, 0)]]) assert.throws(() => verifier.verify({ ...late, chain }), { code: 'bad_certificate' });
  for (const bad of ['', text.replace('sha-256', 'md5'), text.replace('sha-256', 'sha-1'), text.replaceAll(':', ''), 'sha-256 '])
    assert.throws(() => createFingerprintVerifier(bad), { code: 'invalid_argument' });
  assert.throws(() => createFingerprintVerifier([]).verify({ ...late, chain: [leaf.certificate.der] }), { code: 'certificate_rejected' });
});

test('a trust store reads nothing before it is asked, and finds names in any case', () => {
  const broken = createTrustStore([concat(Uint8Array.of(0x30), anchor.certificate.der)]);
  assert.throws(() => broken.anchors, /bad_der/);
  const store = createTrustStore([pem(anchor, ca)]);
  assert.equal(store.anchors.length, 2);
  assert.equal(store.named(leaf.certificate.issuer).length, 1);
  const shouting = issue({ ...ca, certificate: ca.certificate }, 'CN=VERDICT  ca,O=EXAMPLE').certificate.subject;
  assert.equal(store.named(shouting).length, 1);
  assert.equal(store.find(new Certificate(ca.certificate.der)), store.anchors[1]);
  assert.equal(store.find(leaf.certificate), undefined);
});
