/** X1 to X17, S33, S34 and S48 of the list of historical weaknesses: one test each, under its number. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ascii, concat, fromHex } from '../../src/base/bytes.ts';
import { TlsError } from '../../src/base/errors.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { createCrl, createOcspResponse, type OcspAnswer } from '../../src/pki/certs/revocation.ts';
import type { CertificateFields } from '../../src/pki/certs/create.ts';
import type { GeneralNameInput } from '../../src/pki/certs/fields.ts';
import { type Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
import { type FailureReason, failureOf } from '../../src/pki/x509/failure.ts';
import { matchHostName } from '../../src/pki/x509/host-name.ts';
import { checkOcspResponse } from '../../src/pki/x509/ocsp-check.ts';
import { compatible } from '../../src/pki/x509/profile.ts';
import { createRevokedStore } from '../../src/pki/x509/revoked-store.ts';
import { validateCertificate, type ValidateOptions, type Verdict } from '../../src/pki/x509/validate.ts';
import { createCertificateVerifier, dangerouslyTrustAnyCertificate, type VerifyRequest } from '../../src/pki/x509/verifier.ts';
import { crossSigned } from './mesh.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from './ca.ts';
import { resign, resignBytes, resignWith, versionOne } from './resign.ts';

const anchor = root('CN=Root,O=Checklist');
const ca = issue(anchor, 'CN=Issuing CA,O=Checklist', { ca: true });

function validate(leaf: TestCa, options: Partial<ValidateOptions> = {}): Verdict {
  return validateCertificate({
    trustAnchors: [anchor.certificate],
    intermediates: [ca.certificate],
    certificate: leaf.certificate,
    crypto: nodeCrypto,
    time: NOW,
    profile: compatible,
    ...options,
  }) as Verdict;
}

function refused(verdict: Verdict, reason: FailureReason, message?: RegExp): void {
  assert.equal(verdict.valid, false);
  assert.equal(verdict.failure?.reason, reason, verdict.failure?.message);
  if (message !== undefined) assert.match(verdict.failure.message, message);
}

function accepted(verdict: Verdict): void {
  assert.ok(verdict.valid, verdict.failure?.message);
}

/** A certificate with one byte string in place of another of the same length. The signature no longer holds. */
function patched(certificate: Certificate, find: Uint8Array, replacement: Uint8Array, occurrence = 0): Uint8Array {
  const bytes = certificate.der.slice();
  const text = Buffer.from(bytes);
  let at = -1;
  for (let i = 0; i <= occurrence; i++) at = text.indexOf(find, at + 1);
  assert.ok(at >= 0 && find.length === replacement.length);
  bytes.set(replacement, at);
  return bytes;
}

const request = (leaf: TestCa, more: Partial<VerifyRequest> = {}): VerifyRequest => ({
  chain: [leaf.certificate.der, ca.certificate.der],
  side: 'server',
  hostName: 'host.example',
  now: NOW,
  crypto: nodeCrypto,
  ...more,
});

const good = issue(ca, 'CN=host.example', { subjectAltNames: ['host.example', '*.wild.example', '192.0.2.1'] });

test('a good chain is accepted, and the verifier reports it as trusted', async () => {
  accepted(
    validate(good, {
      names: ['host.example', 'a.wild.example', '192.0.2.1'],
      extendedKeyUsages: ['serverAuth'],
      keyUsages: ['digitalSignature'],
    }),
  );
  for (const profile of ['rfc5280', 'webpki'] as const) accepted(validate(good, { profile, extendedKeyUsages: ['serverAuth'] }));
  const identity = await createCertificateVerifier({ trustAnchors: [anchor.certificate] }).verify(request(good));
  assert.equal(identity.trusted, true);
  assert.deepEqual(
    identity.path.map((one) => one.subject.toString()),
    ['CN=host.example', 'CN=Issuing CA,O=Checklist', 'CN=Root,O=Checklist'],
  );
});

test('X1 a NUL in a name never matches', () => {
  const names: GeneralNameInput[] = [
    { kind: 'dns', value: 'host.example\0.evil.example' },
    { kind: 'dns', value: '*.example\0' },
  ];
  const leaf = issue(ca, [['CN', 'host.example\0.evil.example']], { subjectAltNames: names });
  for (const name of ['host.example', 'host.example\0.evil.example', 'x.example', 'evil.example']) {
    refused(validate(leaf, { names: [name] }), 'host-name');
    assert.equal(matchHostName(leaf.certificate, name, { legacyCommonName: true }), false);
  }
  const onlyCommonName = issue(ca, [['CN', 'host.example\0.evil.example']]);
  assert.equal(matchHostName(onlyCommonName.certificate, 'host.example', { legacyCommonName: true }), false);
});

test('X2 what is no CA issues nothing: leaf, version 1, cA false, path lengths, self-issued not counted', () => {
  const leafAsIssuer = { certificate: good.certificate, key: good.key };
  const below = issue(leafAsIssuer, 'CN=below', { subjectAltNames: ['below.example'] });
  refused(validate(below, { intermediates: [good.certificate, ca.certificate] }), 'not-a-ca');

  // A version 1 certificate: no version field, no extensions.
  const first = issue(ca, 'CN=v1', { ca: true });
  const v1 = resign(ca, versionOne(first.certificate));
  const belowV1 = issue({ certificate: v1, key: first.key }, 'CN=below v1');
  assert.equal(v1.version, 1);
  refused(validate(belowV1, { intermediates: [v1, ca.certificate] }), 'not-a-ca');

  const noSign = issue(anchor, 'CN=No certSign', { ca: true, keyUsage: 1 << 6 });
  refused(validate(issue(noSign, 'CN=x'), { intermediates: [noSign.certificate] }), 'key-usage');

  const short = issue(anchor, 'CN=Path length 0', { ca: { pathLength: 0 } });
  accepted(validate(issue(short, 'CN=x'), { intermediates: [short.certificate] }));
  const more = issue(short, 'CN=One more', { ca: true });
  refused(validate(issue(more, 'CN=x'), { intermediates: [short.certificate, more.certificate] }), 'path-length');
  // The same name with another key: self-issued, and not counted.
  const rolled = issue(short, 'CN=Path length 0', { ca: { pathLength: 0 } }, testKey('p256', 'rolled'));
  const viaRolled = issue(rolled, 'CN=x');
  const path = validate(viaRolled, { intermediates: [short.certificate, rolled.certificate] });
  accepted(path);
  assert.equal(path.path.length, 4);
  // and a leaf is never counted, CA or not
  accepted(validate(issue(short, 'CN=CA as leaf', { ca: true }), { intermediates: [short.certificate] }));
});

test('X3 name constraints: case, intersections, wildcards, every form', () => {
  const cases: readonly (readonly [
    what: string,
    { permitted?: GeneralNameInput[]; excluded?: GeneralNameInput[] },
    GeneralNameInput[],
    boolean,
  ])[] = [
    ['case does not matter', { permitted: ['EXAMPLE.com'] }, ['host.Example.COM'], true],
    ['the name itself', { permitted: ['example.com'] }, ['example.com'], true],
    ['a suffix that is no label', { permitted: ['example.com'] }, ['notexample.com'], false],
    ['excluded, other case', { excluded: ['Evil.Example'] }, ['x.eVIL.example'], false],
    ['excluded lets others pass', { excluded: ['evil.example'] }, ['good.example'], true],
    ['wildcard within permitted', { permitted: ['example.com'] }, ['*.example.com'], true],
    ['wildcard above permitted', { permitted: ['foo.example.com'] }, ['*.example.com'], false],
    ['wildcard over an excluded name', { excluded: ['foo.example.com'] }, ['*.example.com'], false],
    ['wildcard over a deeper excluded name', { excluded: ['a.foo.example.com'] }, ['*.example.com'], true],
    ['wildcard below excluded', { excluded: ['example.com'] }, ['*.example.com'], false],
    ['empty permits all', { permitted: [{ kind: 'dns', value: '' }] }, ['a.example'], true],
    ['another form is not constrained', { permitted: ['example.com'] }, ['192.0.2.1'], true],
    ['one bad name is enough', { permitted: ['example.com'] }, ['a.example.com', 'evil.org'], false],
    ['no domain name', { permitted: ['example.com'] }, [{ kind: 'dns', value: 'a b.example.com' }], false],
    ['address in the net', { permitted: [{ kind: 'ip', value: fromHex('c0000200ffffff00') }] }, ['192.0.2.77'], true],
    ['address outside', { permitted: [{ kind: 'ip', value: fromHex('c0000200ffffff00') }] }, ['192.0.3.77'], false],
    ['IPv6 under an IPv4 constraint', { permitted: [{ kind: 'ip', value: fromHex('c0000200ffffff00') }] }, ['2001:db8::1'], false],
    ['excluded address', { excluded: [{ kind: 'ip', value: new Uint8Array(32) }] }, ['2001:db8::1'], false],
    ['mask with holes', { permitted: [{ kind: 'ip', value: fromHex('c0000200ff00ff00') }] }, ['192.0.2.1'], false],
    ['mailbox', { permitted: [{ kind: 'email', value: 'a@example.com' }] }, [{ kind: 'email', value: 'a@EXAMPLE.com' }], true],
    [
      'mailbox, local part has case',
      { permitted: [{ kind: 'email', value: 'a@example.com' }] },
      [{ kind: 'email', value: 'A@example.com' }],
      false,
    ],
    ['host of a mailbox', { permitted: [{ kind: 'email', value: 'example.com' }] }, [{ kind: 'email', value: 'x@example.com' }], true],
    [
      'subdomain of a mailbox host',
      { permitted: [{ kind: 'email', value: 'example.com' }] },
      [{ kind: 'email', value: 'x@mail.example.com' }],
      false,
    ],
    [
      'domain of mailboxes',
      { permitted: [{ kind: 'email', value: '.example.com' }] },
      [{ kind: 'email', value: 'x@mail.example.com' }],
      true,
    ],
    ['mailbox that is none', { excluded: [{ kind: 'email', value: 'evil.example' }] }, [{ kind: 'email', value: 'x' }], false],
    [
      'URI host',
      { permitted: [{ kind: 'uri', value: 'host.example' }] },
      [{ kind: 'uri', value: 'https://u:p@HOST.example:8443/x?y' }],
      true,
    ],
    ['URI host is exact', { permitted: [{ kind: 'uri', value: 'example' }] }, [{ kind: 'uri', value: 'https://host.example/' }], false],
    ['URI domain', { permitted: [{ kind: 'uri', value: '.example' }] }, [{ kind: 'uri', value: 'https://host.example/' }], true],
    [
      'excluded URI, host behind userinfo',
      { excluded: [{ kind: 'uri', value: 'evil.example' }] },
      [{ kind: 'uri', value: 'https://good.example@evil.example/' }],
      false,
    ],
    ['URI without authority', { excluded: [{ kind: 'uri', value: 'evil.example' }] }, [{ kind: 'uri', value: 'urn:evil.example' }], false],
    ['URI with an address', { excluded: [{ kind: 'uri', value: 'evil.example' }] }, [{ kind: 'uri', value: 'https://192.0.2.1/' }], false],
    [
      'other names cannot be processed',
      { excluded: [{ kind: 'other', oid: '1.2.3', value: der.nullValue() }] },
      [{ kind: 'other', oid: '1.2.4', value: der.nullValue() }],
      false,
    ],
    [
      'registered IDs cannot either',
      { permitted: [{ kind: 'registered', value: '1.2.3' }] },
      [{ kind: 'registered', value: '1.2.3' }],
      false,
    ],
    ['constraint that is no domain name', { permitted: ['*.example.com'] }, ['a.example.com'], false],
  ];
  for (const [what, { permitted, excluded }, names, valid] of cases) {
    const constrained = issue(anchor, 'CN=Constrained', { ca: true, permittedNames: permitted, excludedNames: excluded });
    const leaf = issue(constrained, 'CN=leaf', { subjectAltNames: names });
    const verdict = validate(leaf, { intermediates: [constrained.certificate] });
    assert.equal(verdict.valid, valid, `${what}: ${verdict.failure?.message}`);
    if (!valid) assert.equal(verdict.failure?.reason, 'name-constraint', what);
  }
  // Two CAs that permit disjoint domains leave nothing.
  const one = issue(anchor, 'CN=Permits one', { ca: true, permittedNames: ['one.example'] });
  const two = issue(one, 'CN=Permits two', { ca: true, permittedNames: ['two.example'] });
  for (const name of ['a.one.example', 'a.two.example', 'a.example']) {
    refused(
      validate(issue(two, 'CN=x', { subjectAltNames: [name] }), { intermediates: [one.certificate, two.certificate] }),
      'name-constraint',
    );
  }
  accepted(validate(issue(two, 'CN=x', { subjectAltNames: ['192.0.2.1'] }), { intermediates: [one.certificate, two.certificate] }));
  // Directory names, and addresses in the subject when there is no alternative name.
  const organisation = parseName([['O', 'Example Org']]);
  const directory = issue(anchor, 'CN=Directory', { ca: true, permittedNames: [{ kind: 'directory', value: organisation }] });
  accepted(
    validate(
      issue(directory, [
        ['O', 'example  ORG '],
        ['CN', 'x'],
      ]),
      { intermediates: [directory.certificate] },
    ),
  );
  refused(
    validate(
      issue(directory, [
        ['O', 'Example'],
        ['CN', 'x'],
      ]),
      { intermediates: [directory.certificate] },
    ),
    'name-constraint',
  );
  const mail = issue(anchor, 'CN=Mail', { ca: true, excludedNames: [{ kind: 'email', value: 'evil.example' }] });
  refused(validate(issue(mail, [['emailAddress', 'x@evil.example']]), { intermediates: [mail.certificate] }), 'name-constraint');
  // The anchor's own constraints count.
  const bound = root('CN=Bound root', { permittedNames: ['only.example'] });
  refused(
    validate(issue(bound, 'CN=x', { subjectAltNames: ['a.example'] }), { trustAnchors: [bound.certificate], intermediates: [] }),
    'name-constraint',
  );
});

test('X3 the work of name constraints is bounded', () => {
  const many = (suffix: string, count: number): GeneralNameInput[] =>
    Array.from({ length: count }, (_, i) => ({ kind: 'dns', value: `n${i}.${suffix}` }));
  const heavy = issue(anchor, 'CN=Heavy', { ca: true, excludedNames: many('x.example', 1_500) });
  const leaf = issue(heavy, 'CN=leaf', { subjectAltNames: many('y.example', 1_500) });
  const start = performance.now();
  refused(validate(leaf, { intermediates: [heavy.certificate] }), 'budget');
  assert.ok(performance.now() - start < 1_000);
});

test('X4 the common name does not count, and never beside a subject alternative name', () => {
  const bare = issue(ca, 'CN=host.example');
  refused(validate(bare, { names: ['host.example'] }), 'host-name');
  accepted(validate(bare, { names: ['host.example'], legacyCommonName: true }));
  const uri = issue(ca, 'CN=host.example', { subjectAltNames: [{ kind: 'uri', value: 'https://other.example' }] });
  refused(validate(uri, { names: ['host.example'], legacyCommonName: true }), 'host-name');
  const service = issue(ca, 'CN=host.example', {
    subjectAltNames: [{ kind: 'other', oid: '1.3.6.1.5.5.7.8.7', value: der.element(0x16, ascii('_x.other')) }],
  });
  refused(validate(service, { names: ['host.example'], legacyCommonName: true }), 'host-name');
  // Constraints reach the common name when it is used.
  const constrained = issue(anchor, 'CN=Constrained CN', { ca: true, permittedNames: ['good.example'] });
  const evil = issue(constrained, 'CN=evil.example');
  refused(validate(evil, { intermediates: [constrained.certificate], names: ['evil.example'], legacyCommonName: true }), 'name-constraint');
});

test('X5 wildcards: the whole left-most label, never an address', () => {
  const leaf = issue(ca, 'CN=x', {
    subjectAltNames: [
      { kind: 'dns', value: '*.example.com' },
      { kind: 'dns', value: 'w*.example.org' },
      { kind: 'dns', value: 'www.*.net' },
      { kind: 'dns', value: '*.0.2.1' },
      { kind: 'dns', value: '*' },
      { kind: 'dns', value: '*.uk' },
      { kind: 'dns', value: 'xn--*.example.org' },
    ],
  });
  accepted(validate(leaf, { names: ['www.example.com'] }));
  for (const name of [
    'example.com',
    'a.b.example.com',
    'www.example.org',
    'www.a.net',
    '192.0.2.1',
    'localhost',
    'co.uk',
    'xn--a.example.org',
    '*.example.com',
  ]) {
    refused(validate(leaf, { names: [name] }), 'host-name');
  }
});

test('X6 A-labels are compared as they are; U-labels are no domain names', () => {
  const leaf = issue(ca, 'CN=x', { subjectAltNames: ['xn--bcher-kva.example'] });
  accepted(validate(leaf, { names: ['XN--BCHER-KVA.example'] }));
  refused(validate(leaf, { names: ['bücher.example'] }), 'host-name');
  const overlong = `xn--${'a'.repeat(59)}.example`;
  accepted(validate(issue(ca, 'CN=x', { subjectAltNames: [overlong] }), { names: [overlong] }));
  // IA5String with a byte above 0x7f is refused wherever it stands, constraints included.
  const marked = issue(ca, 'CN=x', { subjectAltNames: ['bucher.example'] });
  const broken = parseCertificate(patched(marked.certificate, ascii('bucher'), fromHex('62fc63686572')));
  assert.throws(() => broken.subjectAltName, /subjectAltName at offset \d+: not ASCII/);
});

test('X7 a mesh of 50 cross-signed CAs with no valid path is refused in less than 50 ms', () => {
  const count = 50;
  const { cas, subjects, mesh } = crossSigned(count);
  const leaf = issue(cas[0]!, 'CN=leaf', { subjectAltNames: ['host.example'] });
  const entry = (issuer: TestCa): Certificate =>
    issue(issuer, subjects[count - 1]!, { ca: true }, testKey('p256', `CN=Mesh ${count - 1}`)).certificate;
  const stranger = root('CN=Root,O=Checklist', {}, testKey('p256', 'stranger'));
  const narrow = issue(
    anchor,
    subjects[count - 1]!,
    { ca: true, permittedNames: ['elsewhere.example'] },
    testKey('p256', `CN=Mesh ${count - 1}`),
  ).certificate;
  const cases: readonly (readonly [string, Certificate[], FailureReason])[] = [
    ['no anchor above', [], 'no-issuer'],
    ['a bad signature below the anchor', [entry(stranger)], 'signature'],
    ['a name constraint that every path meets', [narrow], 'name-constraint'],
  ];
  for (const [what, more, reason] of cases) {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 6; round++) {
      const bytes = [...mesh, ...more].map((one) => one.der);
      const start = cpu();
      const verdict = validate(leaf, { intermediates: bytes });
      best = Math.min(best, cpu() - start);
      refused(verdict, reason);
    }
    assert.ok(best < 50, `${what}: ${best.toFixed(1)} ms`);
  }
  // and where there is a way, it is found
  accepted(validate(leaf, { intermediates: [...mesh, entry(anchor)] }));
});

test('X7 loops end, and the policy graph stays small', () => {
  const a = root('CN=Loop A');
  const b = root('CN=Loop B');
  const ab = issue(a, 'CN=Loop B', { ca: true }).certificate;
  const ba = issue(b, 'CN=Loop A', { ca: true }).certificate;
  refused(validate(issue(a, 'CN=x'), { intermediates: [ab, ba, a.certificate, b.certificate] }), 'self-signed-in-chain');
  // Every CA maps every policy to every policy: exponential in a tree, flat in the graph of RFC 9618.
  const policies = Array.from({ length: 30 }, (_, i) => `1.3.9.${i}`);
  const mappings = {
    oid: oids.POLICY_MAPPINGS,
    value: der.sequence(...policies.flatMap((from) => policies.map((to) => der.sequence(der.oid(from), der.oid(to)))).slice(0, 128)),
  };
  let issuer = anchor;
  const chain: Certificate[] = [];
  for (let i = 0; i < 7; i++) {
    issuer = issue(issuer, `CN=Policy ${i}`, { ca: true, policies, extensions: [mappings] });
    chain.push(issuer.certificate);
  }
  const start = performance.now();
  accepted(validate(issue(issuer, 'CN=x', { policies }), { intermediates: chain, policy: { requireExplicitPolicy: true } }));
  assert.ok(performance.now() - start < 200);
});

test('X8 only named curves', () => {
  const explicit = der.sequence(
    der.sequence(der.oid(oids.EC_PUBLIC_KEY), der.sequence(der.integer(1), der.sequence(der.oid('1.2.840.10045.1.1'), der.integer(23)))),
    der.bitString(concat(Uint8Array.of(4), new Uint8Array(64))),
  );
  const key = { ...testKey(), spki: explicit };
  refused(validate(issue(ca, 'CN=explicit', {}, key)), 'unsupported-key', /explicit curve parameters/);
  const p192 = der.sequence(der.sequence(der.oid(oids.EC_PUBLIC_KEY), der.oid('1.2.840.10045.3.1.1')), der.bitString(new Uint8Array(49)));
  refused(validate(issue(ca, 'CN=p192', {}, { ...testKey(), spki: p192 })), 'unsupported-key', /unknown curve/);
});

test('X9 general names keep their type; X.400 in a constraint is refused', () => {
  const x400 = issue(anchor, 'CN=X400', { ca: true, excludedNames: [{ kind: 'x400', value: der.context(3) }] });
  refused(validate(issue(x400, 'CN=x'), { intermediates: [x400.certificate] }), 'name-constraint', /unsupported form/);
  const edi = (...parts: readonly Uint8Array[]): TestCa =>
    issue(ca, 'CN=x', { subjectAltNames: ['host.example', { kind: 'edi', value: der.context(5, ...parts) }] });
  const party = der.context(1, der.utf8String('party'));
  accepted(validate(edi(party), { names: ['host.example'] }));
  accepted(validate(edi(der.context(0, der.utf8String('assigner')), party), { names: ['host.example'] }));
  for (const parts of [[], [der.context(0, der.utf8String('a'))], [party, party], [der.utf8String('x')]])
    refused(validate(edi(...parts), { names: ['host.example'] }), 'malformed');
  const confused = issue(ca, 'CN=x', {
    subjectAltNames: [{ kind: 'x400', value: der.context(3, der.octetString(ascii('host.example'))) }],
  });
  refused(validate(confused, { names: ['host.example'] }), 'host-name');
  assert.equal(confused.certificate.subjectAltName?.[0]?.kind, 'x400');
});

test('X10 algorithms: inner and outer differ, wrong parameters, SHA-1 and MD5, PSS that TLS does not know', () => {
  const own = good.certificate;
  const sha256 = der.oid(oids.ECDSA_WITH_SHA256);
  const sha384 = der.oid(oids.ECDSA_WITH_SHA384);
  refused(validate({ ...good, certificate: parseCertificate(patched(own, sha256, sha384)) }), 'signature-algorithm', /differs/);
  refused(validate({ ...good, certificate: parseCertificate(patched(own, sha256, sha384, 1)) }), 'signature-algorithm', /differs/);
  const swap = (algorithm: Uint8Array): Certificate => resignWith(own, algorithm);
  refused(
    validate({ ...good, certificate: swap(der.algorithm(oids.ECDSA_WITH_SHA256, der.nullValue())) }),
    'signature-algorithm',
    /not supported/,
  );
  refused(
    validate({ ...good, certificate: swap(der.algorithm(oids.SHA256_WITH_RSA, der.octetString(Uint8Array.of(1)))) }),
    'signature-algorithm',
    /not supported/,
  );
  refused(validate({ ...good, certificate: swap(der.algorithm(oids.MD5_WITH_RSA, der.nullValue())) }), 'weak-signature', /md5/);
  refused(validate({ ...good, certificate: swap(der.algorithm(oids.ECDSA_WITH_SHA1)) }), 'weak-signature', /sha1/);
  refused(validate({ ...good, certificate: swap(der.algorithm(oids.SHA256_WITH_RSA, der.nullValue())) }), 'signature', /key of type ec/);
  const pss = (hash: string, mask: string, salt: number): Uint8Array =>
    der.algorithm(
      oids.RSASSA_PSS,
      der.sequence(
        der.context(0, der.algorithm(hash)),
        der.context(1, der.algorithm(oids.MGF1, der.algorithm(mask))),
        der.context(2, der.integer(salt)),
      ),
    );
  for (const [hash, mask, salt] of [
    [oids.SHA256, oids.SHA1, 32],
    [oids.SHA1, oids.SHA1, 20],
  ] as const) {
    refused(validate({ ...good, certificate: swap(pss(hash, mask, salt)) }), 'signature-algorithm');
  }
  // A signature that was altered
  const bad = own.der.slice();
  bad[bad.length - 3]! ^= 1;
  refused(validate({ ...good, certificate: parseCertificate(bad) }), 'signature');
});

test('X11 odd names and serial numbers: empty, very many, negative, giant', () => {
  const empty = issue(ca, 'CN=x', { subjectAltNames: [{ kind: 'dns', value: '' }] });
  refused(validate(empty, { names: ['host.example'] }), 'host-name');
  refused(validate(empty, { names: [''] }), 'host-name');
  refused(validate(empty, { profile: 'rfc5280' }), 'profile');
  const many = issue(ca, 'CN=x', { subjectAltNames: Array.from({ length: 4_000 }, (_, i) => `h${i}.example`) });
  const start = performance.now();
  refused(validate(many, { names: ['nobody.example'] }), 'host-name');
  assert.ok(performance.now() - start < 300, 'linear');
  const giant = issue(ca, 'CN=x', { serial: new Uint8Array(21).fill(0x11) });
  accepted(validate(giant));
  for (const profile of ['rfc5280', 'webpki'] as const) refused(validate(giant, { profile }), 'profile', /20 octets/);
  refused(validate(issue(ca, 'CN=x', { serial: Uint8Array.of(0) }), { profile: 'rfc5280' }), 'profile', /zero/);
  const positive = issue(ca, 'CN=x', { subjectAltNames: ['x.example'], serial: Uint8Array.of(0x11, 0x22) });
  const negative = resignBytes(ca, patched(positive.certificate, fromHex('02021122'), fromHex('02029122')));
  accepted(validate({ ...positive, certificate: negative }, { profile: 'rfc5280' }));
  refused(validate({ ...positive, certificate: negative }, { profile: 'webpki' }), 'profile', /negative/);
});

test('X12 purposes and key usage, of the leaf and of the CAs above it', () => {
  const fields = (fields: Partial<CertificateFields>): TestCa => issue(ca, 'CN=x', { subjectAltNames: ['host.example'], ...fields });
  const cases: readonly (readonly [string, TestCa, Partial<ValidateOptions>, FailureReason | undefined])[] = [
    [
      'client only, as server',
      fields({ extendedKeyUsage: [oids.CLIENT_AUTH] }),
      { extendedKeyUsages: ['serverAuth'] },
      'extended-key-usage',
    ],
    [
      'server only, as client',
      fields({ extendedKeyUsage: [oids.SERVER_AUTH] }),
      { extendedKeyUsages: ['clientAuth'] },
      'extended-key-usage',
    ],
    ['code signing', fields({ extendedKeyUsage: [oids.CODE_SIGNING] }), { extendedKeyUsages: ['serverAuth'] }, 'extended-key-usage'],
    ['any', fields({ extendedKeyUsage: [oids.ANY_EXTENDED_KEY_USAGE] }), { extendedKeyUsages: ['serverAuth'] }, undefined],
    [
      'any, web',
      fields({ extendedKeyUsage: [oids.ANY_EXTENDED_KEY_USAGE] }),
      { extendedKeyUsages: ['serverAuth'], profile: 'webpki' },
      'profile',
    ],
    ['none', fields({ extendedKeyUsage: [] }), { extendedKeyUsages: ['serverAuth'] }, undefined],
    ['none, web', fields({ extendedKeyUsage: [] }), { extendedKeyUsages: ['serverAuth'], profile: 'webpki' }, 'profile'],
    [
      'a prefix of the purpose',
      fields({ extendedKeyUsage: ['1.3.6.1.5.5.7.3'] }),
      { extendedKeyUsages: ['serverAuth'] },
      'extended-key-usage',
    ],
    ['key usage', fields({ keyUsage: 1 << 2 }), { keyUsages: ['digitalSignature'] }, 'key-usage'],
    ['key usage, none', fields({ keyUsage: 0 }), { keyUsages: ['digitalSignature'] }, undefined],
    ['signs certificates but is no CA', fields({ keyUsage: 1 << 5 }), { profile: 'rfc5280' }, 'profile'],
  ];
  for (const [what, leaf, options, reason] of cases) {
    const verdict = validate(leaf, options);
    assert.equal(verdict.failure?.reason, reason, what);
    assert.equal(verdict.valid, reason === undefined, what);
  }
  const mailCa = issue(anchor, 'CN=Mail CA', { ca: true, extendedKeyUsage: [oids.EMAIL_PROTECTION] });
  refused(
    validate(issue(mailCa, 'CN=x'), { intermediates: [mailCa.certificate], extendedKeyUsages: ['serverAuth'] }),
    'extended-key-usage',
  );
});

test('X13 time: both ends are inclusive, to the second', () => {
  const leaf = issue(ca, 'CN=x', { notBefore: NOW - DAY, notAfter: NOW + DAY });
  const at = (time: number): FailureReason | undefined => validate(leaf, { time }).failure?.reason;
  assert.equal(at(NOW - DAY - 1), 'not-yet-valid');
  assert.equal(at(NOW - DAY), undefined);
  assert.equal(at(NOW + DAY), undefined);
  assert.equal(at(NOW + DAY + 999), undefined);
  assert.equal(at(NOW + DAY + 1000), 'expired');
  const far = issue(ca, 'CN=x', { notBefore: NOW, notAfter: Date.UTC(2050, 0, 1) });
  assert.equal(far.certificate.notAfter, Date.UTC(2050, 0, 1));
  // CAs and anchors expire too.
  const old = issue(anchor, 'CN=Old', { ca: true, notAfter: NOW - DAY });
  const verdict = validate(issue(old, 'CN=x'), { intermediates: [old.certificate] });
  refused(verdict, 'expired');
  assert.equal(verdict.failure?.index, 1);
  const oldRoot = root('CN=Old root', { notAfter: NOW - DAY });
  refused(validate(issue(oldRoot, 'CN=x'), { trustAnchors: [oldRoot.certificate] }), 'expired');
});

test('X14 revocation: scope, time, signer, critical extensions, and the serial of another issuer', () => {
  const leaf = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], serial: Uint8Array.of(0x55, 0x44) });
  const list = { crypto: nodeCrypto, issuer: ca, thisUpdate: NOW - DAY, nextUpdate: NOW + DAY, number: 5, entries: [] };
  const entry = { serial: leaf.certificate.serial, revocationDate: NOW - DAY };
  const other = issue(anchor, 'CN=Other CA', { ca: true });
  const crl = (more: object): Uint8Array => createCrl({ ...list, ...more }) as Uint8Array;
  const unknown = { oid: '1.2.3.4', critical: true, value: der.nullValue() };
  const cases: readonly (readonly [string, Uint8Array[], FailureReason | undefined])[] = [
    ['not listed', [crl({})], undefined],
    ['listed', [crl({ entries: [entry] })], 'revoked'],
    ['other serial', [crl({ entries: [{ ...entry, serial: Uint8Array.of(0x55) }] })], undefined],
    ['same serial of another issuer', [crl({ issuer: other, entries: [entry] })], undefined],
    ['expired', [crl({ thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - DAY })], 'revocation-unknown'],
    ['from the future', [crl({ thisUpdate: NOW + DAY, nextUpdate: NOW + 2 * DAY })], 'revocation-unknown'],
    ['an expired one beside a good one', [crl({ thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - DAY }), crl({})], undefined],
    ['wrong key', [crl({ issuer: { ...ca, key: testKey('p256', 'wrong').handle } })], 'revocation-unknown'],
    ['unknown critical extension', [crl({ extensions: [unknown] })], 'revocation-unknown'],
    [
      'unknown critical entry extension',
      [crl({ entries: [{ ...entry, serial: Uint8Array.of(1), extensions: [unknown] }] })],
      'revocation-unknown',
    ],
    ['only CAs', [crl({ scope: { only: 'ca' } })], 'revocation-unknown'],
    ['only users', [crl({ scope: { only: 'user' } })], undefined],
    ['another distribution point', [crl({ scope: { uris: ['http://other/'] } })], 'revocation-unknown'],
    ['some reasons', [crl({ scope: { reasons: 1 << 1 } })], 'revocation-unknown'],
    ['all reasons in two', [crl({ scope: { reasons: 0x0fe } }), crl({ scope: { reasons: 0x100 } })], undefined],
    ['delta adds', [crl({}), crl({ number: 6, baseNumber: 5, entries: [entry] })], 'revoked'],
    [
      'delta removes',
      [crl({ entries: [{ ...entry, reason: 6 }] }), crl({ number: 6, baseNumber: 5, entries: [{ ...entry, reason: 8 }] })],
      undefined,
    ],
    ['delta of a later base', [crl({}), crl({ number: 8, baseNumber: 7, entries: [entry] })], undefined],
    ['delta without base', [crl({ number: 6, baseNumber: 5 })], undefined],
    ['not a CRL', [Uint8Array.of(0x30, 0)], 'revocation-unknown'],
  ];
  for (const [what, crls, reason] of cases) {
    const verdict = validate(leaf, { crls });
    assert.equal(verdict.failure?.reason, reason, `${what}: ${verdict.failure?.message}`);
  }
  refused(validate(leaf, { crls: [crl({})], revocation: 'required' }), 'revocation-unknown');
  const rootCrl = createCrl({ ...list, issuer: anchor }) as Uint8Array;
  accepted(validate(leaf, { crls: [crl({}), rootCrl], revocation: 'required' }));
  accepted(validate(leaf, { crls: [crl({ entries: [entry] })], revocation: 'none' }));
  const rootRevokes = createCrl({
    ...list,
    issuer: anchor,
    entries: [{ serial: ca.certificate.serial, revocationDate: NOW }],
  }) as Uint8Array;
  const verdict = validate(leaf, { crls: [rootRevokes] });
  refused(verdict, 'revoked');
  assert.equal(verdict.failure?.index, 1);
  // an issuer that may not sign CRLs
  const mute = issue(anchor, 'CN=Mute', { ca: true, keyUsage: 1 << 5 });
  refused(
    validate(issue(mute, 'CN=x'), { intermediates: [mute.certificate], crls: [crl({ issuer: mute })] }),
    'revocation-unknown',
    /may not sign CRLs/,
  );
  // the store by hand
  const twin = issue(other, 'CN=x', { serial: Uint8Array.of(0x55, 0x44) });
  const revoked = createRevokedStore([leaf.certificate]);
  refused(validate(leaf, { revoked }), 'revoked');
  accepted(validate(twin, { revoked, intermediates: [other.certificate] }));
  revoked.remove({ issuer: ca.certificate.subject, serial: Uint8Array.of(0x55, 0x44) });
  accepted(validate(leaf, { revoked }));
});

test('X15 strict DER: indefinite and long lengths, trailing bytes, duplicates, bombs', () => {
  const own = good.certificate.der;
  assert.throws(() => parseCertificate(concat(own, Uint8Array.of(0))), /certificate at offset \d+: trailing bytes/);
  assert.throws(() => parseCertificate(own.subarray(0, own.length - 1)), /length beyond the end/);
  for (let length = 0; length < own.length; length += 7) assert.throws(() => parseCertificate(own.subarray(0, length)), TlsError);
  const extension = { oid: oids.SUBJECT_KEY_IDENTIFIER, value: der.octetString(new Uint8Array(20)) };
  const twice = () => issue(ca, 'CN=x', { extensions: [extension] });
  assert.throws(twice, /2\.5\.29\.14 twice/);
  assert.throws(
    () => issue(ca, 'CN=x', { extensions: Array.from({ length: 80 }, (_, i) => ({ oid: `1.2.3.${i}`, value: new Uint8Array(0) })) }),
    /too many/,
  );
  let bomb: Uint8Array = der.nullValue();
  for (let i = 0; i < 20_000; i++) bomb = i % 100 === 0 ? der.sequence(bomb) : bomb;
  assert.throws(() => parseCertificate(der.sequence(bomb, bomb)), TlsError);
  assert.throws(() => parseCertificate(new Uint8Array(200_000).fill(0x30)), /too long/);
  const long = concat(Uint8Array.of(0x30, 0x83, 0, own.length >> 8, own.length & 0xff), own.subarray(4));
  assert.throws(() => parseCertificate(long), /length not minimal/);
  // Random damage ends in a typed error or in a certificate, never in anything else.
  let seed = 7;
  for (let i = 0; i < 3_000; i++) {
    const broken = own.slice();
    for (let k = 0; k < 3; k++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      broken[seed % broken.length] = seed >>> 24;
    }
    try {
      touch(parseCertificate(broken));
    } catch (error) {
      assert.ok(error instanceof TlsError, String(error));
    }
  }
});

test('X16 an anchor is its whole key: a look-alike with the same name, serial and point is none', () => {
  const fake = root('CN=Root,O=Checklist', { serial: anchor.certificate.serial }, testKey('p256', 'fake root'));
  const leaf = issue(fake, 'CN=x', { subjectAltNames: ['host.example'] });
  refused(validate(leaf, { intermediates: [fake.certificate] }), 'signature');
  // Same point, other parameters: explicit ones are refused before anything is compared.
  const same = issue(fake, 'CN=x', { ca: true }, { ...testKey('p256', 'fake root'), spki: curveball(anchor.certificate) });
  refused(validate(issue({ ...same, key: fake.key }, 'CN=y'), { intermediates: [same.certificate, fake.certificate] }), 'unsupported-key');
});

test('X17 trusting anything is explicit and reported', async () => {
  const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate] });
  const stranger = root('CN=host.example', { subjectAltNames: ['host.example'], ca: false });
  const asked = { ...request(stranger), chain: [stranger.certificate.der] };
  assert.throws(
    () => verifier.verify(asked),
    (error: unknown) =>
      error instanceof TlsError && error.code === 'certificate_untrusted' && failureOf(error)?.reason === 'self-signed-leaf',
  );
  const lax = dangerouslyTrustAnyCertificate(verifier);
  const identity = await lax.verify(asked);
  assert.equal(identity.trusted, false);
  assert.deepEqual(identity.path, []);
  assert.equal(identity.error?.code, 'certificate_untrusted');
  assert.equal(identity.failure?.reason, 'self-signed-leaf');
  const trusted = await lax.verify(request(good));
  assert.equal(trusted.trusted, true);
  assert.equal(trusted.error, undefined);
  // Even so, what is no certificate is refused.
  assert.throws(() => lax.verify({ ...asked, chain: [Uint8Array.of(1)] }), /bad_certificate/);
});

test('S33 every mode of authentication with every wrong identity fails closed', async () => {
  const anchors = [anchor.certificate];
  const serverOnly = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], extendedKeyUsage: [oids.SERVER_AUTH] });
  const clientOnly = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], extendedKeyUsage: [oids.CLIENT_AUTH] });
  const signsOnly = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], keyUsage: 1 << 5, ca: true });
  const other = root('CN=Other root');
  const foreign = issue(other, 'CN=x', { subjectAltNames: ['host.example'] });
  const cases: readonly (readonly [string, Partial<VerifyRequest>, TestCa, string])[] = [
    ['wrong host', { hostName: 'other.example' }, good, 'certificate_name_mismatch'],
    ['no host in the certificate', {}, issue(ca, 'CN=host.example'), 'certificate_name_mismatch'],
    ['client certificate as server', {}, clientOnly, 'certificate_purpose'],
    ['server certificate as client', { side: 'client', hostName: undefined }, serverOnly, 'certificate_purpose'],
    ['key usage of a CA', {}, signsOnly, 'certificate_purpose'],
    ['unknown CA', { chain: [foreign.certificate.der, other.certificate.der] }, foreign, 'certificate_untrusted'],
    ['unknown CA, client', { side: 'client', hostName: undefined, chain: [foreign.certificate.der] }, foreign, 'certificate_untrusted'],
    ['expired', { now: NOW + 1_000 * DAY }, good, 'certificate_expired'],
    ['not yet', { now: NOW - 1_000 * DAY }, good, 'certificate_not_yet_valid'],
    ['intermediate missing', { chain: [good.certificate.der] }, good, 'certificate_untrusted'],
    ['empty chain', { chain: [] }, good, 'bad_certificate'],
  ];
  for (const [what, more, leaf, code] of cases) {
    for (const wrapped of [nodeCrypto, asynchronous()]) {
      const verifier = createCertificateVerifier({ trustAnchors: anchors });
      await assert.rejects(
        async () => verifier.verify(request(leaf, { ...more, crypto: wrapped })),
        (error: unknown) => error instanceof TlsError && error.code === code && error.alert !== undefined,
        what,
      );
    }
  }
  // pins, own checks, own host names
  const spki = nodeCrypto.digest('sha256', ca.certificate.spki);
  assert.equal((await createCertificateVerifier({ trustAnchors: anchors, pins: [spki] }).verify(request(good))).trusted, true);
  const pinned = createCertificateVerifier({ trustAnchors: anchors, pins: [new Uint8Array(32)] });
  assert.throws(() => pinned.verify(request(good)), /certificate_rejected/);
  const picky = createCertificateVerifier({
    trustAnchors: anchors,
    check: () => 'not today',
    checkHostName: (_, name) => (name === 'host.example' ? undefined : 'no'),
  });
  assert.throws(() => picky.verify(request(good)), /not today/);
  assert.throws(() => picky.verify(request(good, { hostName: 'x' })), /certificate_name_mismatch/);
});

test('S34 stapled OCSP responses: only one for this certificate, by its issuer, now, counts', async () => {
  const leaf = issue(ca, 'CN=x', { subjectAltNames: ['host.example'] });
  const twin = issue(ca, 'CN=y', { subjectAltNames: ['host.example'] });
  const answer: OcspAnswer = { certificate: leaf.certificate, status: 'good', thisUpdate: NOW - DAY, nextUpdate: NOW + DAY };
  const responder = (fields: Partial<CertificateFields>, issuer: TestCa = ca): TestCa =>
    issue(issuer, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING], keyUsage: 1, ...fields });
  const respond = (answers: readonly OcspAnswer[], signer: TestCa = ca, more: object = {}): Uint8Array =>
    createOcspResponse({ crypto: nodeCrypto, issuer: ca.certificate, responder: signer, producedAt: NOW, answers, ...more }) as Uint8Array;
  const altered = respond([answer]);
  altered[altered.length - 2]! ^= 1;
  const unsuccessful = der.sequence(der.enumerated(3));
  const cases: readonly (readonly [string, Uint8Array, 'good' | 'revoked' | 'unknown' | 'invalid'])[] = [
    ['good', respond([answer]), 'good'],
    ['good, SHA-256', respond([answer], ca, { hash: 'sha256' }), 'good'],
    ['revoked', respond([{ ...answer, status: 'revoked', reason: 1 }]), 'revoked'],
    ['unknown', respond([{ ...answer, status: 'unknown' }]), 'unknown'],
    ['another serial', respond([{ ...answer, certificate: twin.certificate }]), 'invalid'],
    ['another issuer', respond([answer], ca, { issuer: anchor.certificate }), 'invalid'],
    ['several, mine among them', respond([{ ...answer, certificate: twin.certificate, status: 'revoked' }, answer]), 'good'],
    [
      'several, mine revoked last',
      respond([
        { ...answer, certificate: twin.certificate },
        { ...answer, status: 'revoked' },
      ]),
      'revoked',
    ],
    ['mine twice, once revoked', respond([answer, { ...answer, status: 'revoked' }]), 'revoked'],
    [
      'mine good but expired, mine revoked now',
      respond([
        { ...answer, nextUpdate: NOW - DAY / 2 },
        { ...answer, status: 'revoked' },
      ]),
      'revoked',
    ],
    ['none', respond([]), 'invalid'],
    ['expired', respond([{ ...answer, thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - DAY }]), 'invalid'],
    ['from the future', respond([{ ...answer, thisUpdate: NOW + DAY, nextUpdate: NOW + 2 * DAY }]), 'invalid'],
    ['produced in the future', respond([answer], ca, { producedAt: NOW + DAY }), 'invalid'],
    ['without nextUpdate, recent', respond([{ ...answer, nextUpdate: undefined }]), 'good'],
    ['without nextUpdate, old', respond([{ ...answer, thisUpdate: NOW - 30 * DAY, nextUpdate: undefined }]), 'invalid'],
    ['altered', altered, 'invalid'],
    ['try later', unsuccessful, 'invalid'],
    ['empty', new Uint8Array(0), 'invalid'],
    ['delegated', respond([answer], responder({})), 'good'],
    ['delegated, no purpose', respond([answer], responder({ extendedKeyUsage: [] })), 'invalid'],
    ['delegated, other purpose', respond([answer], responder({ extendedKeyUsage: [oids.SERVER_AUTH] })), 'invalid'],
    ['delegated, any purpose', respond([answer], responder({ extendedKeyUsage: [oids.ANY_EXTENDED_KEY_USAGE] })), 'invalid'],
    ['delegated, a prefix of the purpose', respond([answer], responder({ extendedKeyUsage: ['1.3.6.1.5.5.7.3'] })), 'invalid'],
    ['delegated by another CA', respond([answer], responder({}, anchor)), 'invalid'],
    ['delegated, expired', respond([answer], responder({ notAfter: NOW - DAY })), 'invalid'],
    ['signed by the leaf itself', respond([answer], leaf), 'invalid'],
  ];
  const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate] });
  for (const [what, response, status] of cases) {
    const verdict = await checkOcspResponse({
      response,
      certificate: leaf.certificate,
      issuer: ca.certificate,
      crypto: nodeCrypto,
      now: NOW,
    });
    assert.equal(verdict.status, status, `${what}: ${'why' in verdict ? verdict.why : ''}`);
    const verify = (): unknown => verifier.verify(request(leaf, { ocspResponse: response }));
    if (status === 'good') verify();
    else
      assert.throws(
        verify,
        (error: unknown) =>
          error instanceof TlsError && error.code === (status === 'revoked' ? 'certificate_revoked' : 'bad_certificate_status'),
        what,
      );
  }
  // must-staple
  const promised = issue(ca, 'CN=x', { subjectAltNames: ['host.example'], mustStaple: true });
  await verifier.verify(request(promised));
  assert.throws(() => verifier.verify(request(promised, { statusRequested: true })), /bad_certificate_status/);
  await verifier.verify(
    request(promised, { statusRequested: true, ocspResponse: respond([{ ...answer, certificate: promised.certificate }]) }),
  );
});

test('S48 large chains and keys are refused before they cost anything', () => {
  const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate] });
  const chain = (length: number): Uint8Array[] => Array.from({ length }, () => good.certificate.der);
  assert.throws(() => verifier.verify(request(good, { chain: chain(11) })), /chain is too long/);
  const fat = issue(ca, 'CN=x', { extensions: [{ oid: '1.2.3', value: new Uint8Array(60_000) }] });
  assert.throws(() => verifier.verify(request(good, { chain: [fat.certificate.der, fat.certificate.der] })), /chain is too long/);
  const rsaKey = (modulus: Uint8Array, exponent: Uint8Array | number): Uint8Array =>
    der.sequence(
      der.algorithm(oids.RSA_ENCRYPTION, der.nullValue()),
      der.bitString(der.sequence(der.integer(modulus), der.integer(exponent))),
    );
  const odd = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0xff);
  const cases: readonly (readonly [string, Uint8Array, FailureReason | undefined])[] = [
    ['16384 bits', rsaKey(odd(2048), 65_537), 'weak-key'],
    ['8192 bits', rsaKey(odd(1024), 65_537), undefined],
    ['1024 bits', rsaKey(odd(128), 65_537), 'weak-key'],
    ['even exponent', rsaKey(odd(256), 65_536), 'unsupported-key'],
    ['exponent one', rsaKey(odd(256), 1), 'unsupported-key'],
    ['giant exponent', rsaKey(odd(256), odd(5)), 'unsupported-key'],
    ['even modulus', rsaKey(concat(odd(255), Uint8Array.of(2)), 65_537), 'unsupported-key'],
  ];
  for (const [what, spki, reason] of cases) {
    const verdict = validate(issue(ca, 'CN=x', {}, { ...testKey(), spki }));
    assert.equal(verdict.failure?.reason, reason, `${what}: ${verdict.failure?.message}`);
  }
});

/** Milliseconds of processor time: other work on the machine does not count. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Reads everything that is read lazily. */
function touch(certificate: Certificate): void {
  void certificate.subject.rdns;
  void certificate.issuer.keys;
  void certificate.keyInfo;
  void certificate.signatureAlgorithm;
  void certificate.unknownCritical;
  void certificate.basicConstraints;
  void certificate.keyUsage;
  void certificate.extendedKeyUsage;
  void certificate.subjectAltName;
  void certificate.nameConstraints;
  void certificate.certificatePolicies;
  void certificate.authorityKeyIdentifier;
  void certificate.subjectKeyIdentifier;
  void certificate.crlDistributionPoints;
  void certificate.authorityInfoAccess;
}

function parseName(parts: readonly (readonly [string, string])[]): Certificate['subject'] {
  return issue(ca, parts).certificate.subject;
}

/** The provider with a verifier that answers later, as one in another process does. */
function asynchronous(): typeof nodeCrypto {
  return { ...nodeCrypto, verify: async (...args) => Promise.resolve(nodeCrypto.verify(...args)) };
}

/** The anchor's point under parameters written out, the way of CVE-2020-0601. */
function curveball(certificate: Certificate): Uint8Array {
  const parameters = der.sequence(der.integer(1), der.sequence(der.oid('1.2.840.10045.1.1'), der.integer(23)));
  return der.sequence(der.sequence(der.oid(oids.EC_PUBLIC_KEY), parameters), der.bitString(certificate.keyInfo.keyBits));
}
