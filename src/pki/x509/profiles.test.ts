/** Each rule of each profile: a certificate that breaks this one alone, and the one beside it that does not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NOW, issue, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { type Changes, extensionsWithout, resign, rewritten, versionOne } from '../../../test/x509/resign.ts';
import { MAX_RSA_BITS, MIN_RSA_BITS } from '../../base/limits.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { CertificateFields } from '../certs/create.ts';
import type { ExtensionInput, GeneralNameInput, NameInput } from '../certs/fields.ts';
import type { SignatureAlgorithm } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateList } from './crl.ts';
import { CRL_SIGN, KEY_CERT_SIGN } from './extensions.ts';
import { Name } from './name.ts';
import { checkKey, compatible, type PathRole, type Profile } from './profile.ts';
import { checkRfc5280, rfc5280 } from './profile-rfc5280.ts';
import { webpki } from './profile-webpki.ts';
import type { KeyInfo } from './spki.ts';

const anchor = root('CN=Anchor');
const ca = issue(anchor, 'CN=CA', { ca: true });
const leaf = issue(ca, 'CN=host.example', { subjectAltNames: ['host.example'], extendedKeyUsage: [oids.SERVER_AUTH] });

const extension = (oid: string, value: Uint8Array, critical = false): ExtensionInput => ({ oid, value, critical });
/** The certificate with this extension in the place of its own. */
const having = ({ certificate }: TestCa, oid: string, value: Uint8Array, critical = false): Changes => ({
  extensions: extensionsWithout(certificate, oid, extension(oid, value, critical)),
});
const without = ({ certificate }: TestCa, oid: string): Changes => ({ extensions: extensionsWithout(certificate, oid) });
const changed = (pattern: TestCa, changes: Changes): Certificate => resign(anchor, rewritten(pattern.certificate, changes));
const made = (fields: Partial<CertificateFields>, subject: NameInput = 'CN=host.example'): Certificate =>
  issue(ca, subject, { subjectAltNames: ['host.example'], extendedKeyUsage: [oids.SERVER_AUTH], ...fields }).certificate;
const madeCa = (fields: Partial<CertificateFields>, subject: NameInput = 'CN=x'): Certificate =>
  issue(anchor, subject, { ca: true, ...fields }).certificate;

/** The section that refuses it; `accepted` when none does. */
function section(profile: Profile, certificate: Certificate, role: PathRole): string {
  const found = profile.conformance?.(certificate, role);
  if (found === undefined) return 'accepted';
  assert.equal(found.reason, 'profile');
  return found.step.replace(/^(RFC 5280|CA\/B BR) /, '');
}

type Case = readonly [what: string, certificate: Certificate, role: PathRole, expected: string];

function assertCases(profile: Profile, cases: readonly Case[]): void {
  for (const [what, certificate, role, expected] of cases)
    assert.equal(section(profile, certificate, role), expected, `${profile.name}: ${what} as ${role}`);
}

const emptyName = new Name(der.sequence());
const keyIdentifier = new Uint8Array(20).fill(7);
const AUTHORITY = der.contextValue(0, keyIdentifier);
const ISSUER = der.context(1, der.context(4, anchor.certificate.subject.der));
const SERIAL = der.contextValue(2, Uint8Array.of(5));

test('both take what is as it should be', () => {
  for (const profile of [rfc5280, webpki]) {
    assertCases(profile, [
      ['leaf', leaf.certificate, 'leaf', 'accepted'],
      ['CA', ca.certificate, 'ca', 'accepted'],
      ['anchor', anchor.certificate, 'anchor', 'accepted'],
      ['anchor that is not self-issued', ca.certificate, 'anchor', 'accepted'],
    ]);
  }
});

test('RFC 5280 §4.1: serial numbers and names', () => {
  const serial = (...bytes: number[]): Certificate => changed(leaf, { serial: Uint8Array.from(bytes) });
  const twenty = new Array<number>(20).fill(0x7f);
  assertCases(rfc5280, [
    ['20 octets', serial(...twenty), 'leaf', 'accepted'],
    ['20 octets and a sign', serial(0, ...twenty.map(() => 0xff)), 'leaf', 'accepted'],
    ['21 octets', serial(0x7f, ...twenty), 'leaf', '4.1.2.2'],
    ['21 octets and a sign', serial(0, 0xff, ...twenty), 'ca', '4.1.2.2'],
    ['21 octets', serial(0x7f, ...twenty), 'anchor', 'accepted'],
    ['zero', serial(0), 'leaf', '4.1.2.2'],
    ['zero', serial(0), 'anchor', 'accepted'],
    ['one', serial(1), 'leaf', 'accepted'],
    ['128', serial(0, 0x80), 'leaf', 'accepted'],
    ['negative', serial(0x80), 'leaf', 'accepted'],
    ['no issuer', changed(leaf, { issuer: emptyName }), 'leaf', '4.1.2.4'],
    ['CA without a name', madeCa({ subjectAltNames: ['x.example'] }, ''), 'ca', '4.1.2.6'],
    ['leaf without a name', made({}, ''), 'leaf', 'accepted'],
    ['leaf without any name', made({ subjectAltNames: [] }, ''), 'leaf', '4.1.2.6'],
    [
      'alternative name alone, not critical',
      changed(
        { ...leaf, certificate: made({}, '') },
        {
          extensions: made({}, '').extensions.map((one) => extension(one.oid, one.value)),
        },
      ),
      'leaf',
      '4.2.1.6',
    ],
  ]);
});

test('RFC 5280 §4.2.1.3, §4.2.1.9: basic constraints and key usage', () => {
  const noUsage = without(ca, oids.KEY_USAGE);
  const isCa = der.sequence(der.boolean(true));
  const pathLength = der.sequence(der.boolean(true), der.integer(0));
  const signsLists = root('CN=x', { keyUsage: CRL_SIGN, ca: { pathLength: 0 } }).certificate;
  assertCases(rfc5280, [
    ['not critical', changed(anchor, having(anchor, oids.BASIC_CONSTRAINTS, isCa)), 'anchor', '4.2.1.9'],
    ['not critical', changed(ca, having(ca, oids.BASIC_CONSTRAINTS, isCa)), 'ca', 'accepted'],
    ['not critical, no CA', changed(leaf, having(leaf, oids.BASIC_CONSTRAINTS, der.sequence())), 'anchor', 'accepted'],
    ['path length', changed(ca, having(ca, oids.BASIC_CONSTRAINTS, pathLength, true)), 'ca', 'accepted'],
    ['path length, no CA', changed(leaf, having(leaf, oids.BASIC_CONSTRAINTS, der.sequence(der.integer(0)), true)), 'leaf', '4.2.1.9'],
    ['path length, signs no certificates', signsLists, 'anchor', '4.2.1.9'],
    [
      'path length, no usage',
      changed(ca, {
        extensions: extensionsWithout(changed(ca, noUsage), oids.BASIC_CONSTRAINTS, extension(oids.BASIC_CONSTRAINTS, pathLength, true)),
      }),
      'anchor',
      'accepted',
    ],
    ['no usage', changed(ca, noUsage), 'ca', '4.2.1.3'],
    ['no usage', changed(ca, noUsage), 'anchor', 'accepted'],
    ['no usage', changed(ca, noUsage), 'leaf', 'accepted'],
    ['no usage, no CA', made({ keyUsage: 0 }), 'ca', 'accepted'],
    ['no bit', changed(leaf, having(leaf, oids.KEY_USAGE, der.bitString(new Uint8Array(0)), true)), 'leaf', '4.2.1.3'],
    ['signs certificates, no CA', made({ keyUsage: KEY_CERT_SIGN }), 'leaf', '4.2.1.9'],
    ['signs lists, no CA', made({ keyUsage: CRL_SIGN }), 'leaf', 'accepted'],
  ]);
});

test('RFC 5280 §4.2.1.1, §4.2.1.2: key identifiers, of version 3', () => {
  const authority = (pattern: TestCa, ...parts: Uint8Array[]): Certificate =>
    changed(pattern, having(pattern, oids.AUTHORITY_KEY_IDENTIFIER, der.sequence(...parts)));
  const selfIssued = issue(anchor, 'CN=Anchor', { ca: true }, testKey('p256', 'rolled'));
  const none = (pattern: TestCa): Certificate => changed(pattern, without(pattern, oids.AUTHORITY_KEY_IDENTIFIER));
  const selfMade = root('CN=x', { ca: false });
  const own = (value: Uint8Array, critical = false): Changes => having(ca, oids.SUBJECT_KEY_IDENTIFIER, value, critical);
  assertCases(rfc5280, [
    ['authority critical', changed(leaf, having(leaf, oids.AUTHORITY_KEY_IDENTIFIER, der.sequence(AUTHORITY), true)), 'leaf', '4.2.1.1'],
    ['no authority', none(leaf), 'leaf', '4.2.1.1'],
    ['no authority', none(ca), 'ca', '4.2.1.1'],
    ['no authority', none(ca), 'anchor', 'accepted'],
    ['no authority, self-issued', none(selfIssued), 'ca', 'accepted'],
    ['authority without identifier', authority(leaf, ISSUER, SERIAL), 'leaf', '4.2.1.1'],
    ['issuer without serial number', authority(leaf, AUTHORITY, ISSUER), 'leaf', '4.2.1.1'],
    ['serial number without issuer', authority(leaf, AUTHORITY, SERIAL), 'leaf', '4.2.1.1'],
    ['issuer and serial number', authority(leaf, AUTHORITY, ISSUER, SERIAL), 'leaf', 'accepted'],
    ['identifiers differ', authority(anchor, AUTHORITY), 'anchor', '4.2.1.1'],
    ['identifiers differ, not self-issued', authority(ca, AUTHORITY), 'anchor', 'accepted'],
    ['identifiers differ, self-issued', authority(selfIssued, AUTHORITY), 'ca', 'accepted'],
    ['no authority, self-issued', none(anchor), 'anchor', 'accepted'],
    ['no own identifier, no CA', changed(selfMade, without(selfMade, oids.SUBJECT_KEY_IDENTIFIER)), 'anchor', 'accepted'],
    ['own identifier critical', changed(ca, own(der.octetString(keyIdentifier), true)), 'ca', '4.2.1.2'],
    ['CA without own identifier', changed(ca, without(ca, oids.SUBJECT_KEY_IDENTIFIER)), 'ca', '4.2.1.2'],
    ['anchor without own identifier', changed(anchor, without(anchor, oids.SUBJECT_KEY_IDENTIFIER)), 'anchor', '4.2.1.2'],
    ['leaf without own identifier', changed(leaf, without(leaf, oids.SUBJECT_KEY_IDENTIFIER)), 'leaf', 'accepted'],
    ['version 1', resign(anchor, versionOne(anchor.certificate)), 'anchor', 'accepted'],
    ['version 1', resign(anchor, versionOne(leaf.certificate)), 'leaf', 'accepted'],
  ]);
});

test('RFC 5280 §4.2.1.10 to §4.2.2: constraints, and what must or must not be critical', () => {
  const subtrees = der.sequence(der.context(0, der.sequence(der.contextValue(2, new TextEncoder().encode('example')))));
  const plain = changed(ca, having(ca, oids.NAME_CONSTRAINTS, subtrees));
  const access = der.sequence(der.sequence(der.oid(oids.ACCESS_OCSP), der.contextValue(6, Uint8Array.of(0x61))));
  const withLeaf = (oid: string, value: Uint8Array, critical = false): Certificate => changed(leaf, having(leaf, oid, value, critical));
  assertCases(rfc5280, [
    ['name constraints', changed(ca, having(ca, oids.NAME_CONSTRAINTS, subtrees, true)), 'ca', 'accepted'],
    ['name constraints, not critical', plain, 'ca', '4.2.1.10'],
    ['name constraints of a leaf', withLeaf(oids.NAME_CONSTRAINTS, subtrees, true), 'leaf', '4.2.1.10'],
    ['policy constraints, empty', withLeaf(oids.POLICY_CONSTRAINTS, der.sequence(), true), 'leaf', '4.2.1.11'],
    ['explicit policy', withLeaf(oids.POLICY_CONSTRAINTS, der.sequence(der.contextValue(0, Uint8Array.of(0)))), 'leaf', 'accepted'],
    ['no mapping', withLeaf(oids.POLICY_CONSTRAINTS, der.sequence(der.contextValue(1, Uint8Array.of(0)))), 'leaf', 'accepted'],
    ['inhibitAnyPolicy, not critical', withLeaf(oids.INHIBIT_ANY_POLICY, der.integer(0)), 'leaf', '4.2.1.14'],
    ['inhibitAnyPolicy', withLeaf(oids.INHIBIT_ANY_POLICY, der.integer(0), true), 'leaf', 'accepted'],
    ['access to the issuer', withLeaf(oids.AUTHORITY_INFO_ACCESS, access), 'leaf', 'accepted'],
    ['access to the issuer, critical', withLeaf(oids.AUTHORITY_INFO_ACCESS, access, true), 'leaf', '4.2.2'],
    ['access to the subject, critical', withLeaf(oids.SUBJECT_INFO_ACCESS, access, true), 'leaf', '4.2.2'],
  ]);
  assert.equal(checkRfc5280(plain, 'ca', true), undefined);
});

test('RFC 5280 §4.2.1.6: domain names in the preferred syntax, and no empty names', () => {
  const named = (...names: GeneralNameInput[]): string => section(rfc5280, made({ subjectAltNames: names }), 'leaf');
  const dns = (value: string): GeneralNameInput => ({ kind: 'dns', value });
  const label = 'a'.repeat(63);
  const long = `${label}.${label}.${label}.${'a'.repeat(61)}`;
  for (const good of ['a', 'azAZ09', 'a-b.c--d', '*.a', 'f*o.a', label, `${label}.a`, long])
    assert.equal(named(dns(good)), 'accepted', good);
  const bad = [
    '.a',
    'a.',
    'a..b',
    '-a',
    'a-',
    'a.-b',
    'a-.b',
    'a_b',
    'a`b',
    'a{b',
    'a/b',
    'a:b',
    'a@b',
    'a[b',
    'a b',
    `${label}a`,
    `b.${label}a`,
    `${long}a`,
  ];
  for (const name of bad) assert.equal(named(dns(name)), '4.2.1.6', name);
  assert.equal(named('host.example', dns('a_b')), '4.2.1.6', 'each of several');
  for (const kind of ['dns', 'email', 'uri'] as const) {
    assert.equal(named({ kind, value: '' }), '4.2.1.6', kind);
    if (kind !== 'dns')
      for (const value of [' ', 'a_b']) assert.equal(named({ kind, value }), value === ' ' ? '4.2.1.6' : 'accepted', kind);
  }
  assert.equal(named('192.0.2.1', { kind: 'registered', value: '1.2.3' }), 'accepted');
});

test('what a name is quoted with has a bound', () => {
  const bad = made({ subjectAltNames: [{ kind: 'dns', value: `${'a.'.repeat(500)}!` }] });
  const worse = made({ subjectAltNames: [{ kind: 'dns', value: `a_.${'a.'.repeat(500)}a` }] });
  assert.equal(
    rfc5280.conformance?.(bad, 'leaf')?.message,
    `${JSON.stringify('a.'.repeat(127).slice(0, 253))} is not in the preferred name syntax`,
  );
  for (const profile of [rfc5280, webpki]) assert.ok(profile.conformance!(worse, 'leaf')!.message.length < 320);
});

test('RFC 5280: every extension that is known is read', () => {
  for (const oid of [
    oids.AUTHORITY_INFO_ACCESS,
    oids.CRL_DISTRIBUTION_POINTS,
    oids.CERTIFICATE_POLICIES,
    oids.POLICY_MAPPINGS,
    oids.ISSUER_ALT_NAME,
    oids.FRESHEST_CRL,
    oids.TLS_FEATURE,
    oids.EXTENDED_KEY_USAGE,
    oids.SUBJECT_INFO_ACCESS,
    '2.5.29.9',
  ]) {
    const broken = changed(leaf, having(leaf, oid, der.octetString(Uint8Array.of(1))));
    assert.throws(() => rfc5280.conformance?.(broken, 'leaf'), { code: 'bad_der' }, oid);
  }
});

test('RFC 5280 §5.2: lists of version 2 with number and authority, and always a next update', () => {
  const list = (more: object): CertificateList =>
    ({
      version: 2,
      extensions: [{ oid: oids.CRL_NUMBER, critical: false }],
      authorityKeyIdentifier: { keyIdentifier },
      nextUpdate: NOW,
      ...more,
    }) as unknown as CertificateList;
  const check = (more: object): boolean => rfc5280.crlConformance?.(list(more)) === undefined;
  assert.equal(check({}), true);
  assert.equal(check({ extensions: [{ oid: oids.CRL_NUMBER, critical: true }] }), false);
  assert.equal(check({ extensions: [{ oid: oids.CRL_REASON, critical: false }] }), false);
  const two = [oids.CRL_REASON, oids.CRL_NUMBER].map((oid) => ({ oid, critical: oid === oids.CRL_REASON }));
  assert.equal(check({ extensions: two }), true);
  assert.equal(check({ authorityKeyIdentifier: undefined }), false);
  assert.equal(check({ authorityKeyIdentifier: { keyIdentifier: undefined } }), false);
  assert.equal(check({ nextUpdate: undefined }), false);
  const first = { version: 1, extensions: [], authorityKeyIdentifier: undefined };
  assert.equal(check(first), true);
  assert.equal(check({ ...first, nextUpdate: undefined }), false);
});

test('Baseline Requirements: every certificate', () => {
  const authority = (...parts: Uint8Array[]): Certificate =>
    changed(leaf, having(leaf, oids.AUTHORITY_KEY_IDENTIFIER, der.sequence(...parts)));
  const { notBefore, notAfter } = leaf.certificate;
  const improper = der.sequence(der.time(notBefore), der.generalizedTime(notAfter));
  const subtrees = der.sequence(der.context(0, der.sequence(der.contextValue(2, new TextEncoder().encode('example')))));
  const policies = der.sequence(der.contextValue(0, Uint8Array.of(0)));
  assertCases(webpki, [
    ['version 1', resign(anchor, versionOne(anchor.certificate)), 'anchor', '7.1.1'],
    ['a rule of RFC 5280', changed(leaf, { serial: Uint8Array.of(0) }), 'leaf', '4.1.2.2'],
    ['name constraints, not critical', changed(ca, having(ca, oids.NAME_CONSTRAINTS, subtrees)), 'ca', 'accepted'],
    ['unique identifier', changed(leaf, { uniqueIdentifier: der.contextValue(1, Uint8Array.of(0, 1)) }), 'leaf', '4.1.2.8'],
    ['GeneralizedTime before 2050', changed(leaf, { validity: improper }), 'leaf', '4.1.2.5'],
    ['GeneralizedTime before 2050', changed(anchor, { validity: improper }), 'anchor', 'accepted'],
    ['negative serial number', changed(leaf, { serial: Uint8Array.of(0x80) }), 'leaf', '7.1.2'],
    ['negative serial number', changed(anchor, { serial: Uint8Array.of(0x80) }), 'anchor', 'accepted'],
    ['serial number with a sign byte', changed(leaf, { serial: Uint8Array.of(0, 0x80) }), 'leaf', 'accepted'],
    [
      'authority of an anchor without identifier',
      changed(ca, having(ca, oids.AUTHORITY_KEY_IDENTIFIER, der.sequence(ISSUER, SERIAL))),
      'anchor',
      '7.1.2.11.1',
    ],
    [
      'authority of an anchor without anything',
      changed(ca, having(ca, oids.AUTHORITY_KEY_IDENTIFIER, der.sequence())),
      'anchor',
      '7.1.2.11.1',
    ],
    ['authority with issuer and serial number', authority(AUTHORITY, ISSUER, SERIAL), 'leaf', '7.1.2.11.1'],
    ['no authority', changed(ca, without(ca, oids.AUTHORITY_KEY_IDENTIFIER)), 'anchor', 'accepted'],
    ['policy constraints, not critical', changed(ca, having(ca, oids.POLICY_CONSTRAINTS, policies)), 'ca', '4.2.1.11'],
    ['policy constraints', changed(ca, having(ca, oids.POLICY_CONSTRAINTS, policies, true)), 'ca', 'accepted'],
  ]);
});

test('Baseline Requirements: CAs and roots', () => {
  const plain = changed(ca, having(ca, oids.BASIC_CONSTRAINTS, der.sequence(der.boolean(true))));
  const purposes = der.sequence(der.oid(oids.SERVER_AUTH));
  assertCases(webpki, [
    ['no usage', changed(anchor, without(anchor, oids.KEY_USAGE)), 'anchor', '7.1.2.10.7'],
    ['basic constraints, not critical', plain, 'ca', '7.1.2.10.4'],
    ['purposes', changed(ca, having(ca, oids.EXTENDED_KEY_USAGE, purposes)), 'ca', 'accepted'],
    ['purposes', changed(ca, having(ca, oids.EXTENDED_KEY_USAGE, purposes)), 'anchor', 'accepted'],
    ['purposes of a root', changed(anchor, having(anchor, oids.EXTENDED_KEY_USAGE, purposes)), 'anchor', '7.1.2.1.2'],
    ['purposes of a root', changed(anchor, having(anchor, oids.EXTENDED_KEY_USAGE, purposes)), 'ca', 'accepted'],
  ]);
});

test('Baseline Requirements: subscribers', () => {
  const purposes = der.sequence(der.oid(oids.SERVER_AUTH));
  const alternatives = der.sequence(der.contextValue(2, new TextEncoder().encode('host.example')));
  const nameless = { ...leaf, certificate: made({}, '') };
  const dns = (value: string): GeneralNameInput => ({ kind: 'dns', value });
  const other = [oids.CLIENT_AUTH];
  assertCases(webpki, [
    ['CA', made({ ca: true }), 'leaf', '7.1.2.7.8'],
    ['no basic constraints', changed(leaf, without(leaf, oids.BASIC_CONSTRAINTS)), 'leaf', 'accepted'],
    ['signs lists', made({ keyUsage: CRL_SIGN }), 'leaf', '7.1.2.7.11'],
    ['no usage', made({ keyUsage: 0 }), 'leaf', 'accepted'],
    ['no purposes', made({ extendedKeyUsage: [] }), 'leaf', '7.1.2.7.10'],
    ['purposes critical', changed(leaf, having(leaf, oids.EXTENDED_KEY_USAGE, purposes, true)), 'leaf', '7.1.2.7.10'],
    ['any purpose', made({ extendedKeyUsage: [oids.SERVER_AUTH, oids.ANY_EXTENDED_KEY_USAGE] }), 'leaf', '7.1.2.7.10'],
    ['no alternative names', made({ subjectAltNames: [] }), 'leaf', '7.1.2.7.12'],
    ['alternative names critical', changed(leaf, having(leaf, oids.SUBJECT_ALT_NAME, alternatives, true)), 'leaf', '7.1.2.7.12'],
    ['alternative names alone', nameless.certificate, 'leaf', 'accepted'],
    [
      'for clients: any name',
      made({ extendedKeyUsage: other, subjectAltNames: ['other.example', { kind: 'email', value: 'x@y' }] }),
      'leaf',
      'accepted',
    ],
    [
      'for clients too',
      made({ extendedKeyUsage: [oids.CLIENT_AUTH, oids.SERVER_AUTH], subjectAltNames: [{ kind: 'email', value: 'x@y' }] }),
      'leaf',
      '7.1.2.7.12',
    ],
    ['address', made({ subjectAltNames: ['192.0.2.1'] }, 'CN=192.0.2.1'), 'leaf', 'accepted'],
    ['another address', made({ subjectAltNames: ['192.0.2.2'] }, 'CN=192.0.2.1'), 'leaf', '7.1.4.3'],
    ['no domain name', made({ subjectAltNames: [dns('f*o.example')] }), 'leaf', '7.1.4.2'],
    ['wildcard', made({ subjectAltNames: [dns('*.host.example')] }, 'CN=*.host.example'), 'leaf', 'accepted'],
    ['wildcard of a suffix', made({ subjectAltNames: [dns('*.example')] }, 'CN=*.example'), 'leaf', '3.2.2.6'],
    ['two labels', made({ subjectAltNames: [dns('host.example')] }), 'leaf', 'accepted'],
    ['common name elsewhere', made({ subjectAltNames: ['other.example'] }), 'leaf', '7.1.4.3'],
    ['common name in another case', made({ subjectAltNames: ['Host.example'] }), 'leaf', '7.1.4.3'],
    [
      'one of two common names elsewhere',
      made({}, [
        ['CN', 'host.example'],
        ['CN', 'other.example'],
      ]),
      'leaf',
      '7.1.4.3',
    ],
    ['no common name', made({ subjectAltNames: ['other.example'] }, 'O=Example'), 'leaf', 'accepted'],
  ]);
});

const EC: KeyInfo = { ...leaf.certificate.keyInfo, curve: 'secp256r1' };
const keyOf = (more: Partial<KeyInfo>): KeyInfo => ({ ...EC, ...more });

test('keys: kinds and lengths', () => {
  const reason = (profile: Profile, more: Partial<KeyInfo>): string => checkKey(keyOf(more), profile)?.reason ?? 'accepted';
  for (const type of ['rsa', 'rsa-pss'] as const) {
    for (const [bits, expected] of [
      [MIN_RSA_BITS - 1, 'weak-key'],
      [MIN_RSA_BITS, 'accepted'],
      [MAX_RSA_BITS, 'accepted'],
      [MAX_RSA_BITS + 1, 'weak-key'],
    ] as const)
      assert.equal(reason(compatible, { type, bits }), expected, `${type} ${bits}`);
    assert.equal(reason({ ...compatible, minRsaBits: 1_024 }, { type, bits: 1_024 }), 'accepted');
  }
  for (const [bits, expected] of [
    [1_023, 'weak-key'],
    [1_024, 'accepted'],
    [MAX_RSA_BITS, 'accepted'],
    [MAX_RSA_BITS + 1, 'weak-key'],
  ] as const)
    assert.equal(reason(rfc5280, { type: 'dsa', bits }), expected, `dsa ${bits}`);
  assert.equal(reason(rfc5280, { type: 'dsa', bits: 0, inheritsParameters: true }), 'accepted');
  for (const profile of [webpki, { ...compatible, minDsaBits: undefined }])
    assert.equal(reason(profile, { type: 'dsa', bits: 2_048 }), 'unsupported-key');
  assert.equal(reason(compatible, { type: undefined }), 'unsupported-key');
  assert.equal(reason(compatible, { unusable: 'why' }), 'unsupported-key');
  for (const type of ['ec', 'ed25519', 'ed448'] as const) assert.equal(reason(compatible, { type }), 'accepted', type);
  assert.equal(reason({ ...compatible, keyRule: () => 'why' }, {}), 'unsupported-key');
});

test('Baseline Requirements: keys', () => {
  const taken = (more: Partial<KeyInfo>): boolean => webpki.keyRule?.(keyOf(more)) === undefined;
  for (const curve of ['secp256r1', 'secp384r1', 'secp521r1'] as const) assert.equal(taken({ curve }), true, curve);
  assert.equal(taken({ curve: 'brainpoolP256r1' }), false);
  assert.equal(taken({ type: 'rsa', bits: 2_048 }), true);
  assert.equal(taken({ type: 'rsa', bits: 2_052 }), false);
  for (const type of ['rsa-pss', 'ed25519', 'dsa', undefined] as const) assert.equal(taken({ type }), false, type);
});

test('signature algorithms', () => {
  const algorithm = (more: Partial<SignatureAlgorithm>): SignatureAlgorithm => ({
    oid: oids.ECDSA_WITH_SHA256,
    key: 'ec',
    hash: 'sha256',
    scheme: 0x0403,
    rsaeScheme: undefined,
    exact: true,
    ...more,
  });
  const web = (more: Partial<SignatureAlgorithm>, curve: KeyInfo['curve'] = 'secp256r1'): boolean =>
    webpki.signatureRule?.(algorithm(more), keyOf({ curve })) === undefined;
  for (const [hash, curve] of [
    ['sha256', 'secp256r1'],
    ['sha384', 'secp384r1'],
    ['sha512', 'secp521r1'],
  ] as const) {
    for (const other of ['sha256', 'sha384', 'sha512'] as const)
      assert.equal(web({ hash: other }, curve), other === hash, `${other}, ${curve}`);
  }
  assert.equal(web({ exact: false }), false);
  assert.equal(web({ key: 'rsa', hash: 'sha512' }), true);
  const pss = (saltLength: number | undefined): boolean =>
    compatible.signatureRule?.(algorithm({ key: 'rsa-pss', saltLength }), keyOf({ type: 'rsa' })) === undefined;
  assert.equal(pss(undefined), true);
  assert.equal(pss(20), false);
});

test('what the profiles say of themselves', () => {
  const of = ({
    hashes,
    minRsaBits,
    minDsaBits,
    dsaSha1,
    anyPurpose,
    usageForPurpose,
    leadingDotConstraint,
    anchorNamesAuthority,
  }: Profile) => [
    hashes.join(),
    minRsaBits,
    minDsaBits,
    dsaSha1 === true,
    anyPurpose,
    usageForPurpose,
    leadingDotConstraint,
    anchorNamesAuthority === true,
  ];
  assert.deepEqual(of(compatible), ['sha256,sha384,sha512,sha224', 2_048, 2_048, false, true, true, true, false]);
  assert.deepEqual(of(rfc5280), ['sha256,sha384,sha512,sha224', 2_048, 1_024, true, true, false, false, true]);
  assert.deepEqual(of(webpki), ['sha256,sha384,sha512', 2_048, undefined, true, false, false, false, true]);
});
