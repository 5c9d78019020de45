/**
 * Against node:crypto's X509Certificate and `openssl verify`: damaged and oddly made certificates, each with a seed. Disagreements must be
 * of the kinds listed here, each with its reason.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import test, { after } from 'node:test';
import { toHex } from '../../src/base/bytes.ts';
import { TlsError } from '../../src/base/errors.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { writePem } from '../../src/pki/asn1/pem.ts';
import { VISIBLE_STRING } from '../../src/pki/asn1/tags.ts';
import type { CertificateFields } from '../../src/pki/certs/create.ts';
import { Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
import { KEY_CERT_SIGN } from '../../src/pki/x509/extensions.ts';
import { matchHostName } from '../../src/pki/x509/host-name.ts';
import { attributeName } from '../../src/pki/x509/name.ts';
import { compatible } from '../../src/pki/x509/profile.ts';
import { validateCertificate, type Verdict } from '../../src/pki/x509/validate.ts';
import { DAY, issue, type KeyKind, NOW, root, type TestCa, testKey } from './ca.ts';
import { random, SEED } from './seed.ts';

const folder = mkdtempSync(join(tmpdir(), 'veritls-differential-'));
after(() => rmSync(folder, { recursive: true }));
const withOpenssl = spawnSync('openssl', ['version']).status === 0 ? {} : { skip: 'openssl is not here' };

test('the public roots: every field that Node shows is what we read', () => {
  for (const pem of rootCertificates) {
    const ours = parseCertificate(pem);
    const theirs = new crypto.X509Certificate(pem);
    const name = ours.subject.toString();
    assert.deepEqual(ours.der, new Uint8Array(theirs.raw), name);
    assert.equal(BigInt(`0x${ours.serialHex}`), BigInt(`0x${theirs.serialNumber}`), name);
    assert.equal(ours.notBefore, Date.parse(theirs.validFrom), name);
    assert.equal(ours.notAfter, Date.parse(theirs.validTo), name);
    assert.equal(ours.basicConstraints?.ca ?? false, theirs.ca, name);
    assert.deepEqual(ours.spki, new Uint8Array(theirs.publicKey.export({ format: 'der', type: 'spki' })), name);
    assert.equal(toHex(ours.fingerprint(nodeCrypto)), theirs.fingerprint256.replaceAll(':', '').toLowerCase(), name);
    assert.equal(ours.isSelfIssued, theirs.subject === theirs.issuer, name);
    assert.equal(ours.keyInfo.unusable, undefined, name);
    // Node prints one attribute a line, values as they are.
    for (const rdn of ours.subject.rdns)
      for (const { value } of rdn) assert.ok(theirs.subject.replaceAll('\\', '').includes(value), `${name}: ${value}`);
  }
});

test('damaged certificates: what OpenSSL refuses and we accept is listed, and nothing else', () => {
  // Ed25519 signs without random numbers, so these are the same bytes in every run.
  const ca = root('CN=Differential CA,O=Example', {}, testKey('ed25519', 'differential'));
  const originals = [
    issue(ca, 'CN=one.example', {
      subjectAltNames: ['one.example', '192.0.2.1'],
      policies: ['1.2.3'],
      crlUris: ['http://c/'],
      ocspUris: ['http://o/'],
    }),
    issue(ca, 'CN=Sub CA', { ca: { pathLength: 2 }, permittedNames: ['example'] }, testKey('rsa')),
    issue(ca, 'CN=ed.example', { mustStaple: true }, testKey('ed25519')),
    issue(ca, 'CN=policies.example', {
      ca: true,
      policies: ['1.2.3', oids.ANY_POLICY],
      excludedNames: [
        { kind: 'ip', value: Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0) },
        { kind: 'email', value: 'example' },
      ],
      extensions: [
        { oid: oids.POLICY_MAPPINGS, value: der.sequence(der.sequence(der.oid('1.2.3'), der.oid('1.2.4'))) },
        { oid: oids.POLICY_CONSTRAINTS, critical: true, value: der.sequence(der.contextValue(0, Uint8Array.of(3))) },
        { oid: oids.INHIBIT_ANY_POLICY, critical: true, value: der.integer(2) },
      ],
    }),
  ].map((one) => one.certificate.der);
  const next = random(SEED);
  const surprises: string[] = [];
  let both = 0;
  let stricter = 0;
  for (let i = 0; i < 6_000; i++) {
    const original = originals[i % originals.length]!;
    const bytes = original.slice();
    for (let k = next(2); k >= 0; k--) bytes[next(bytes.length)] = next(3) === 0 ? next(256) : bytes[next(bytes.length)]!;
    const ours = reads(() => touch(new Certificate(bytes)));
    const theirs = reads(() => void new crypto.X509Certificate(bytes).subject);
    if (ours === undefined && theirs === undefined) both++;
    if (ours !== undefined && theirs === undefined) stricter++;
    if (ours === undefined && theirs !== undefined && !hasUnknownValue(bytes)) surprises.push(`${theirs}: ${difference(original, bytes)}`);
    if (ours === undefined && theirs === undefined)
      surprises.push(...otherwiseRead(bytes).map((what) => `${what}: ${difference(original, bytes)}`));
  }
  assert.ok(both > 1_000 && stricter > 300, `${both} accepted by both, ${stricter} by OpenSSL alone`);
  assert.deepEqual(surprises.slice(0, 60), [], `seed ${SEED}, ${surprises.length} in all`);
});

test('host names: the same answer as X509Certificate.checkHost and checkIP, but for the listed differences', () => {
  const ca = root('CN=Host differential');
  const presented = [
    'example.com',
    '*.example.com',
    'a.b.example.com',
    '*.com',
    'w*.example.com',
    'xn--bcher-kva.example',
    '*.xn--bcher-kva.example',
    'localhost',
    '*.a.b.c.d',
    'under_score.example.com',
  ];
  const wanted = [
    'example.com',
    'www.example.com',
    'EXAMPLE.COM',
    'a.b.example.com',
    'x.a.b.example.com',
    'com',
    'foo.com',
    'localhost',
    'xn--bcher-kva.example',
    'x.xn--bcher-kva.example',
    'x.a.b.c.d',
    'under_score.example.com',
    '192.0.2.1',
    'w.example.com',
  ];
  const explained = new Set([
    // OpenSSL matches partial wildcards unless told otherwise; RFC 9525 §6.3 wants the whole label.
    'w*.example.com www.example.com',
    'w*.example.com w.example.com',
    // An underscore is no letter to OpenSSL's wildcard; RFC 9525 leaves the label open.
    '*.example.com under_score.example.com',
  ]);
  for (const name of presented) {
    const { certificate } = issue(ca, 'CN=x', { subjectAltNames: [{ kind: 'dns', value: name }, '192.0.2.1'] });
    const theirs = new crypto.X509Certificate(certificate.der);
    for (const reference of wanted) {
      const address = /^[\d.]+$/.test(reference);
      const expected = (address ? theirs.checkIP(reference) : theirs.checkHost(reference, { subject: 'never' })) !== undefined;
      if (explained.has(`${name} ${reference}`)) assert.equal(matchHostName(certificate, reference), !expected);
      else assert.equal(matchHostName(certificate, reference), expected, `${name} for ${reference}`);
    }
  }
});

test('chains made at random: the same verdict as openssl verify', withOpenssl, () => {
  const scenarios = Array.from({ length: 160 }, (_, i) => makeChain(1_000 * (SEED - 1) + i));
  for (const chain of scenarios) {
    const ours = validateCertificate({
      trustAnchors: [chain.anchor],
      intermediates: chain.intermediates,
      certificate: chain.leaf,
      crypto: nodeCrypto,
      time: NOW,
      extendedKeyUsages: ['serverAuth'],
      names: ['host.example'],
      profile: { ...compatible, minRsaBits: 1_024 },
    }) as Verdict;
    const file = (name: string, list: readonly Certificate[]): string => {
      const path = join(folder, name);
      writeFileSync(path, list.map((one) => writePem('CERTIFICATE', one.der)).join(''));
      return path;
    };
    const args = [
      'verify',
      '-attime',
      String(NOW / 1000),
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'host.example',
      '-auth_level',
      '0',
      '-no-CApath',
      '-no-CAstore',
      '-CAfile',
      file('anchor.pem', [chain.anchor]),
    ];
    if (chain.intermediates.length > 0) args.push('-untrusted', file('between.pem', chain.intermediates));
    const result = spawnSync('openssl', [...args, file('leaf.pem', [chain.leaf])]);
    const theirs = result.status === 0;
    const detail = `chain ${chain.seed}, ${chain.what.join(', ') || 'nothing wrong'}: ours ${ours.valid ? 'valid' : ours.failure?.message}, OpenSSL ${result.stderr.toString().trim()}`;
    assert.equal(ours.valid, theirs, detail);
  }
  const faults = new Set(scenarios.flatMap((one) => one.what));
  assert.ok(faults.size > 12, [...faults].join(', '));
});

interface Chain {
  readonly seed: number;
  readonly anchor: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly leaf: Certificate;
  readonly what: readonly string[];
}

/** A chain of up to three CAs with up to two things wrong or unusual. */
function makeChain(seed: number): Chain {
  const next = random(seed + 1);
  const what: string[] = [];
  const kinds: readonly KeyKind[] = ['p256', 'p384', 'rsa', 'ed25519', 'rsa-pss', 'p521'];
  const depth = next(3);
  const changes: Partial<CertificateFields>[] = Array.from({ length: depth + 1 }, () => ({}));
  const count = next(3);
  for (let i = 0; i < count; i++) {
    const at = next(depth + 1);
    const [name, change] = CHANGES[next(CHANGES.length)]!;
    const isLeaf = at === depth;
    if ((name.startsWith('CA ') && isLeaf) || (name.startsWith('leaf ') && !isLeaf)) continue;
    what.push(`${name} at ${at}`);
    Object.assign(changes[at]!, change);
  }
  const anchor = root(`CN=Anchor ${seed}`, {}, testKey(kinds[next(kinds.length)], 'anchor'));
  let issuer: TestCa = anchor;
  const intermediates: Certificate[] = [];
  for (let i = 0; i < depth; i++) {
    issuer = issue(issuer, `CN=CA ${i} of ${seed}`, { ca: true, ...changes[i] }, testKey(kinds[next(kinds.length)], `ca ${i}`));
    intermediates.push(issuer.certificate);
  }
  let leaf = issue(
    issuer,
    'CN=leaf',
    { subjectAltNames: ['host.example'], ...changes[depth] },
    testKey(kinds[next(kinds.length)], 'leaf'),
  ).certificate;
  if (next(12) === 0) {
    const broken = leaf.der.slice();
    broken[broken.length - 1]! ^= 1;
    leaf = parseCertificate(broken);
    what.push('signature altered');
  }
  if (depth > 0 && next(12) === 0) {
    intermediates.splice(next(depth), 1);
    what.push('intermediate missing');
  }
  if (next(2) === 0) intermediates.reverse();
  return { seed, anchor: anchor.certificate, intermediates, leaf, what };
}

const CHANGES: readonly (readonly [string, Partial<CertificateFields>])[] = [
  ['expired', { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }],
  ['not yet valid', { notBefore: NOW + DAY, notAfter: NOW + 9 * DAY }],
  ['CA no CA', { ca: false }],
  ['CA pathLength 0', { ca: { pathLength: 0 } }],
  ['CA pathLength 1', { ca: { pathLength: 1 } }],
  ['CA may not sign', { keyUsage: 1 << 6 }],
  ['CA for mail', { extendedKeyUsage: [oids.EMAIL_PROTECTION] }],
  ['CA for servers', { extendedKeyUsage: [oids.SERVER_AUTH] }],
  ['CA permits example', { permittedNames: ['example'] }],
  ['CA permits other', { permittedNames: ['other.example'] }],
  ['CA excludes host', { excludedNames: ['host.example'] }],
  ['CA excludes other', { excludedNames: ['other.example'] }],
  ['leaf for another host', { subjectAltNames: ['other.example'] }],
  ['leaf with wildcard', { subjectAltNames: ['*.example.com', 'host.example'] }],
  ['leaf for clients', { extendedKeyUsage: [oids.CLIENT_AUTH] }],
  ['leaf without purposes', { extendedKeyUsage: [] }],
  ['leaf is a CA', { ca: true, keyUsage: 0x21 }],
  ['leaf may only agree keys', { keyUsage: 1 << 4 }],
  ['leaf may sign CRLs only', { keyUsage: 1 << 6 }],
  ['unknown critical extension', { extensions: [{ oid: '1.2.3.4', critical: true, value: der.nullValue() }] }],
  ['unknown extension', { extensions: [{ oid: '1.2.3.4', value: der.nullValue() }] }],
];

/**
 * An attribute of a type that is not known, with a value that is no text or a VisibleString. The value is ANY DEFINED BY the type (RFC 5280
 * §4.1.2.4), so we keep its bytes; OpenSSL decodes it and has no place for a VisibleString in a name.
 */
function hasUnknownValue(bytes: Uint8Array): boolean {
  const { subject, issuer } = new Certificate(bytes);
  return [...subject.rdns, ...issuer.rdns].some((rdn) =>
    rdn.some(({ oid, tag, value }) => value.startsWith('#') || (tag === VISIBLE_STRING && attributeName(oid) === oid)),
  );
}

/** What both accept and read differently. */
function otherwiseRead(bytes: Uint8Array): string[] {
  const ours = new Certificate(bytes);
  const theirs = new crypto.X509Certificate(bytes);
  const found: string[] = [];
  const same = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) found.push(`${what} ${String(a)} and ${String(b)}`);
  };
  // Two's complement against sign and magnitude.
  same('serial', String(BigInt.asIntN(8 * ours.serial.length, BigInt(`0x${ours.serialHex}`))), String(signedNumber(theirs.serialNumber)));
  same('notBefore', ours.notBefore, Date.parse(theirs.validFrom));
  same('notAfter', ours.notAfter, Date.parse(theirs.validTo));
  same('fingerprint', toHex(ours.fingerprint(nodeCrypto)), theirs.fingerprint256.replaceAll(':', '').toLowerCase());
  const mayIssue = ours.basicConstraints?.ca === true && (ours.keyUsage === undefined || (ours.keyUsage & KEY_CERT_SIGN) !== 0);
  same('CA', mayIssue, theirs.ca);
  for (const host of ['one.example', 'two.example'])
    same(host, matchHostName(ours, host), theirs.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined);
  same('192.0.2.1', matchHostName(ours, '192.0.2.1'), theirs.checkIP('192.0.2.1') !== undefined);
  return found;
}

function signedNumber(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
}

/** Where two byte strings of one length differ, with what stands around. */
function difference(a: Uint8Array, b: Uint8Array): string {
  const places: string[] = [];
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i])
      places.push(
        `${i}: ${toHex(b.subarray(Math.max(0, i - 12), i))}[${toHex(a.subarray(i, i + 1))}>${toHex(b.subarray(i, i + 1))}]${toHex(b.subarray(i + 1, i + 8))}`,
      );
  }
  return places.join(' ');
}

/** Why a reader refuses; undefined when it accepts. */
function reads(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof TlsError) assert.equal(error.code, 'bad_der');
    return error instanceof Error ? error.message : String(error);
  }
}

function touch(certificate: Certificate): void {
  void certificate.subject.rdns;
  void certificate.issuer.rdns;
  // A key that is refused on use counts as refused: OpenSSL decodes it while parsing.
  if (certificate.keyInfo.unusable !== undefined) throw new Error(certificate.keyInfo.unusable);
  void certificate.signatureAlgorithm;
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
