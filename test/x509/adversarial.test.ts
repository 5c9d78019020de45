/** Input made to cost: each kind ends in a verdict or a typed error, within a bound on processor time that is far from comfort and panic. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { concat, toHex } from '../../src/base/bytes.ts';
import { MAX_SIGNATURE_CHECKS } from '../../src/base/limits.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import type { GeneralNameInput } from '../../src/pki/certs/fields.ts';
import { signed } from '../../src/pki/certs/signing.ts';
import { type Certificate, parseCertificate } from '../../src/pki/x509/certificate.ts';
import { parseCrl } from '../../src/pki/x509/crl.ts';
import { matchHostName } from '../../src/pki/x509/host-name.ts';
import { Name } from '../../src/pki/x509/name.ts';
import { validateCertificate, type ValidateOptions, type Verdict } from '../../src/pki/x509/validate.ts';
import { ECDSA_SECP256R1_SHA256 } from '../../src/wire/signature-scheme.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from './ca.ts';

const anchor = root('CN=Adversarial root');

/** The verdict, and how often a signature was checked. */
function validate(certificate: TestCa, options: Partial<ValidateOptions> = {}): { verdict: Verdict; checks: number } {
  let checks = 0;
  const crypto = {
    ...nodeCrypto,
    verify: (...args: Parameters<typeof nodeCrypto.verify>) => {
      checks++;
      return nodeCrypto.verify(...args);
    },
  };
  const verdict = validateCertificate({
    trustAnchors: [anchor.certificate],
    certificate: certificate.certificate,
    time: NOW,
    ...options,
    crypto,
  }) as Verdict;
  return { verdict, checks };
}

/** Milliseconds of processor time, best of three: other work on the machine counts as little as possible. */
function within(limit: number, what: string, work: () => void): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && best >= limit; round++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1_000);
  }
  assert.ok(best < limit, `${what}: ${best.toFixed(0)} ms`);
}

test('four thousand candidates of one name and one key identifier, none of which signed', () => {
  const real = issue(anchor, 'CN=One of many', { ca: true });
  const leaf = issue(real, 'CN=leaf');
  // One certificate in 4 096 forms: its signature is altered at another place in each, so all are candidates and none holds.
  const many = Array.from({ length: 4_095 }, (_, i) => {
    const bytes = real.certificate.der.slice();
    bytes[bytes.length - 1 - (i % 24)]! ^= 1 + (i >> 5);
    return bytes;
  });
  within(1_500, 'many candidates', () => {
    const { verdict, checks } = validate(leaf, { intermediates: many });
    assert.equal(verdict.valid, false);
    assert.ok(checks <= MAX_SIGNATURE_CHECKS, `${checks} signatures`);
  });
  assert.equal(validate(leaf, { intermediates: [...many.slice(0, 20), real.certificate] }).verdict.valid, true);
  assert.throws(() => validate(leaf, { intermediates: [...many, ...many] }), { code: 'invalid_argument' });
});

test('layers of CAs, each signed by all of the layer above: exponentially many paths', () => {
  const key = (layer: number, i: number) => testKey('ed25519', `layer ${layer} ${i}`);
  const ca = (layer: number, i: number): TestCa => root(`CN=Layer ${layer}`, {}, key(layer, i));
  const intermediates: Certificate[] = [];
  for (let layer = 0; layer < 7; layer++)
    for (let i = 0; i < 5; i++)
      for (let k = 0; k < 5; k++) intermediates.push(issue(ca(layer + 1, k), `CN=Layer ${layer}`, { ca: true }, key(layer, i)).certificate);
  const leaf = issue(ca(0, 0), 'CN=leaf');
  // At the top an anchor of the right name, with a key that signed nothing.
  const trustAnchors = [root('CN=Layer 7', {}, key(99, 0)).certificate];
  within(1_000, 'layers', () => {
    const { verdict, checks } = validate(leaf, { trustAnchors, intermediates });
    assert.equal(verdict.valid, false);
    assert.ok(checks <= MAX_SIGNATURE_CHECKS);
  });
  assert.equal(validate(leaf, { trustAnchors: [ca(7, 0).certificate], intermediates }).verdict.valid, true);
});

test('name constraints times names, in every form', () => {
  const names = (count: number, make: (i: number) => GeneralNameInput): GeneralNameInput[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const directory = (i: number, side: string): GeneralNameInput => ({
    kind: 'directory',
    value: new Name(der.sequence(der.setOf(der.sequence(der.oid(oids.ORGANIZATION), der.utf8String(`É ${side} ${i}`))))),
  });
  const forms: readonly (readonly [string, (i: number, side: string) => GeneralNameInput])[] = [
    ['dns', (i, side) => ({ kind: 'dns', value: `a.b.c.d.${side}${i}.example` })],
    ['email', (i, side) => ({ kind: 'email', value: `someone@${side}${i}.example` })],
    ['uri', (i, side) => ({ kind: 'uri', value: side === 'c' ? `c${i}.example` : `https://${side}${i}.example/` })],
    [
      'ip',
      (i, side) => {
        const address = [side === 'c' ? 10 : 11, 0, i >> 8, i & 255];
        return { kind: 'ip', value: Uint8Array.from(side === 'c' ? [...address, 255, 255, 255, 255] : address) };
      },
    ],
    ['directory', directory],
  ];
  for (const [form, make] of forms) {
    const heavy = issue(anchor, `CN=Heavy ${form}`, { ca: true, excludedNames: names(1_100, (i) => make(i, 'c')) });
    const leaf = issue(heavy, 'CN=leaf', { subjectAltNames: names(1_100, (i) => make(i, 'n')) });
    within(500, form, () => {
      const { verdict, checks } = validate(
        { ...leaf, certificate: parseCertificate(leaf.certificate.der) },
        { intermediates: [heavy.certificate.der] },
      );
      assert.equal(verdict.failure?.reason, 'budget', `${form}: ${verdict.failure?.message}`);
      assert.equal(checks, 0);
    });
  }
});

test('policies: every certificate maps all it may, with and without anyPolicy', () => {
  const policies = Array.from({ length: 127 }, (_, i) => `1.3.9.${i}`);
  const mapping = (shift: number) => ({
    oid: oids.POLICY_MAPPINGS,
    critical: true,
    value: der.sequence(...policies.map((from, i) => der.sequence(der.oid(from), der.oid(policies[(i * 7 + shift) % 127]!)))),
  });
  const spread = (i: number) => ({
    oid: oids.POLICY_MAPPINGS,
    critical: true,
    value: der.sequence(...policies.map((to) => der.sequence(der.oid(policies[i % 127]!), der.oid(to)))),
  });
  for (const [what, more] of [
    ['shuffled', mapping],
    ['one to all', spread],
  ] as const) {
    let issuer = anchor;
    const intermediates: Certificate[] = [];
    for (let i = 0; i < 8; i++) {
      issuer = issue(issuer, `CN=${what} ${i}`, { ca: true, policies: [...policies, oids.ANY_POLICY], extensions: [more(i)] });
      intermediates.push(issuer.certificate);
    }
    const leaf = issue(issuer, 'CN=leaf', { policies: [...policies, oids.ANY_POLICY] });
    within(1_000, what, () => {
      const { verdict } = validate(leaf, { intermediates, policy: { requireExplicitPolicy: true } });
      assert.equal(verdict.valid || verdict.failure?.reason === 'budget', true, verdict.failure?.message);
    });
  }
  const tooMany = Array.from({ length: 200 }, (_, i) => `1.3.9.${i}`);
  const leaf = issue(anchor, 'CN=leaf', { policies: tooMany });
  assert.equal(validate(leaf).verdict.failure?.reason, 'malformed');
});

test('ten thousand alternative names, and names that grow when they are folded', () => {
  const names = Array.from({ length: 5_000 }, (_, i): GeneralNameInput => ({ kind: 'dns', value: `*.n${i}.example` }));
  const crowded = issue(anchor, 'CN=crowded', { subjectAltNames: names });
  within(200, 'names', () => {
    const { certificate } = { certificate: parseCertificate(crowded.certificate.der) };
    assert.equal(matchHostName(certificate, 'x.n4999.example'), true);
    assert.equal(matchHostName(certificate, 'x.n5000.example'), false);
  });
  // U+FDFA becomes 18 characters in its compatibility form.
  const grows = (i: number): Uint8Array =>
    der.sequence(der.setOf(der.sequence(der.oid(oids.COMMON_NAME), der.utf8String('\ufdfa'.repeat(1_000 + i)))));
  const big = issue(anchor, new Name(grows(0)), { ca: true });
  const below = issue(big, 'CN=leaf', {
    subjectAltNames: Array.from({ length: 20 }, (_, i) => ({ kind: 'directory', value: new Name(grows(i)) }) as const),
  });
  const constrained = issue(
    anchor,
    new Name(grows(0)),
    {
      ca: true,
      excludedNames: Array.from({ length: 20 }, (_, i) => ({ kind: 'directory', value: new Name(grows(100 + i)) }) as const),
    },
    testKey('p256', toHex(grows(0))),
  );
  within(1_000, 'folding', () => {
    const fresh = [big, constrained].map((one) => parseCertificate(one.certificate.der));
    const { verdict } = validate({ ...below, certificate: parseCertificate(below.certificate.der) }, { intermediates: fresh });
    assert.equal(verdict.valid, true, verdict.failure?.message);
  });
});

test('giant serial numbers, deep and wide structures', () => {
  const giant = issue(anchor, 'CN=giant', { serial: new Uint8Array(60_000).fill(0x55) });
  assert.equal(validate(giant).verdict.failure?.reason, 'profile');
  assert.equal(giant.certificate.serial.length, 60_000);
  // An attribute value is ANY: it is kept as bytes, never descended into.
  let deep = concat(der.nullValue());
  for (let i = 0; i < 14; i++) deep = der.sequence(deep);
  const nested = new Uint8Array(60_000).fill(0x30);
  const odd = issue(anchor, new Name(der.sequence(der.setOf(der.sequence(der.oid('1.2.3'), deep)))));
  assert.equal(validate(odd).verdict.valid, true);
  within(200, 'nested', () => {
    assert.throws(() => parseCertificate(nested), { code: 'bad_der' });
  });
  const wide = der.sequence(...Array.from({ length: 6_000 }, () => der.setOf(der.sequence(der.oid('1.2.3'), der.nullValue()))));
  within(200, 'wide name', () => {
    assert.equal(validate(issue(anchor, new Name(wide))).verdict.failure?.reason, 'malformed');
  });
});

test('RSA keys of 16 384 bits verify nothing, wherever they stand', () => {
  const spki = der.sequence(
    der.algorithm(oids.RSA_ENCRYPTION, der.nullValue()),
    der.bitString(der.sequence(der.integer(new Uint8Array(2_048).fill(0xff)), der.integer(65_537))),
  );
  const heavy = issue(anchor, 'CN=Heavy CA', { ca: true }, { ...testKey(), spki });
  const leaf = issue({ ...heavy, key: testKey('rsa').handle }, 'CN=leaf');
  const { verdict, checks } = validate(leaf, { intermediates: [heavy.certificate] });
  assert.equal(verdict.failure?.reason, 'weak-key');
  assert.equal(checks, 0);
});

test('a CRL of half a million entries takes a few bytes for each, and none before its signature holds', () => {
  const count = 500_000;
  const one = der.sequence(der.integer(new Uint8Array(16).fill(0x55)), der.time(NOW - DAY));
  const entries = new Uint8Array(count * one.length);
  const view = new DataView(entries.buffer);
  for (let i = 0; i < count; i++) {
    entries.set(one, i * one.length);
    view.setUint32(i * one.length + 6, i);
  }
  const tbs = der.sequence(
    der.integer(1),
    der.algorithm(oids.ECDSA_WITH_SHA256),
    anchor.certificate.subject.der,
    der.time(NOW - DAY),
    der.time(NOW + DAY),
    der.element(0x30, entries),
    der.context(
      0,
      der.sequence(
        der.sequence(
          der.oid(oids.AUTHORITY_KEY_IDENTIFIER),
          der.octetString(der.sequence(der.contextValue(0, anchor.certificate.subjectKeyIdentifier!))),
        ),
        der.sequence(der.oid(oids.CRL_NUMBER), der.octetString(der.integer(1))),
      ),
    ),
  );
  const good = signed(anchor.key, tbs, ECDSA_SECP256R1_SHA256) as Uint8Array;
  const bad = good.slice();
  bad[bad.length - 1]! ^= 1;
  const serial = new Uint8Array(16).fill(0x55);
  new DataView(serial.buffer).setUint32(2, 123_456);
  const leaf = issue(anchor, 'CN=revoked among many', { serial });
  const other = issue(anchor, 'CN=not among them');
  within(3_000, 'large CRL', () => {
    const crl = parseCrl(good);
    assert.equal(validate(leaf, { crls: [crl] }).verdict.failure?.reason, 'revoked');
    assert.equal(validate(other, { crls: [crl] }).verdict.valid, true);
    assert.equal(crl.entriesOf(serial).length, 1);
  });
  assert.equal([...parseCrl(good).entries()].length, count);
  assert.equal(validate(leaf, { crls: [bad] }).verdict.failure?.reason, 'revocation-unknown');
});
