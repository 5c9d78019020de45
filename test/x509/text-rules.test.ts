/** Sentences of RFC 5280 that decide what other validators decide differently, each with the certificates that show it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { writePem } from '../../src/pki/asn1/pem.ts';
import { extensionsDer, nameDer } from '../../src/pki/certs/fields.ts';
import { createCrl } from '../../src/pki/certs/revocation.ts';
import { signed } from '../../src/pki/certs/signing.ts';
import { signatureAlgorithmNames } from '../../src/pki/x509/algorithm.ts';
import { Certificate } from '../../src/pki/x509/certificate.ts';
import { compatible } from '../../src/pki/x509/profile.ts';
import { validateCertificate, type ValidateOptions, type Verdict } from '../../src/pki/x509/validate.ts';
import { createCertificateVerifier } from '../../src/pki/x509/verifier.ts';
import { ECDSA_SECP256R1_SHA256, ED25519 } from '../../src/wire/signature-scheme.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from './ca.ts';

const anchor = root('CN=Text root');

function validate(certificate: TestCa, options: Partial<ValidateOptions> = {}): Verdict {
  return validateCertificate({
    trustAnchors: [anchor.certificate],
    certificate: certificate.certificate,
    crypto: nodeCrypto,
    time: NOW,
    ...options,
  }) as Verdict;
}

test('§4.2.1.12 key usage and purposes are consistent where a certificate has both; TLS wants it of every certificate', async () => {
  const serverAuth = { extendedKeyUsages: ['serverAuth'] };
  const ca = issue(anchor, 'CN=CA in the place of a leaf', { ca: true, subjectAltNames: ['ca.example'] });
  assert.equal(validate(ca, { ...serverAuth, names: ['ca.example'] }).valid, true);
  assert.equal(validate(ca, { ...serverAuth, profile: compatible }).failure?.reason, 'key-usage');
  const both = issue(anchor, 'CN=both', { ca: true, extendedKeyUsage: [oids.SERVER_AUTH] });
  assert.equal(validate(both, serverAuth).failure?.reason, 'key-usage');
  const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate] });
  await assert.rejects(
    async () => verifier.verify({ chain: [ca.certificate.der], side: 'server', hostName: 'ca.example', now: NOW, crypto: nodeCrypto }),
    { code: 'certificate_purpose' },
  );
});

test('§4.2.1.9 the last certificate is no intermediate, whatever it is: its own place does not count against a path length', () => {
  const parent = issue(anchor, 'CN=no CA below', { ca: { pathLength: 0 } });
  const last = issue(parent, 'CN=CA as the last', { ca: { pathLength: 0 } });
  assert.equal(validate(last, { intermediates: [parent.certificate] }).valid, true);
  const below = issue(last, 'CN=one too many');
  assert.equal(validate(below, { intermediates: [parent.certificate, last.certificate] }).failure?.reason, 'path-length');
});

test('§4.2.1.1 an anchor without authorityKeyIdentifier must have signed itself, whatever its issuer name says', () => {
  const key = testKey('ed25519', 'odd anchor');
  const other = testKey('ed25519', 'other');
  const odd = (signer: typeof key): Certificate => {
    const tbs = der.sequence(
      der.context(0, der.integer(2)),
      der.integer(7),
      der.algorithm(oids.ED25519),
      nameDer('CN=another name'),
      der.sequence(der.time(NOW - DAY), der.time(NOW + DAY)),
      nameDer('CN=odd anchor'),
      key.spki,
      der.context(
        3,
        extensionsDer([
          { oid: oids.BASIC_CONSTRAINTS, critical: true, value: der.sequence(der.boolean(true)) },
          { oid: oids.SUBJECT_KEY_IDENTIFIER, value: der.octetString(Uint8Array.of(1, 2, 3)) },
        ]),
      ),
    );
    return new Certificate(signed(signer.handle, tbs, ED25519) as Uint8Array);
  };
  for (const [signer, reason] of [
    [key, undefined],
    [other, 'profile'],
  ] as const) {
    const certificate = odd(signer);
    const leaf = issue({ certificate, key: key.handle }, 'CN=below the odd anchor');
    const verdict = validate(leaf, { trustAnchors: [certificate] });
    assert.equal(verdict.failure?.reason, reason, verdict.failure?.message);
    assert.equal(validate(leaf, { trustAnchors: [certificate], profile: compatible }).valid, true);
  }
});

test('signature algorithms can be narrowed: of certificates and of CRLs, by name and by object identifier', () => {
  const leaf = issue(anchor, 'CN=narrowed');
  for (const signatureAlgorithms of [['ecdsa-with-SHA256'], [oids.ECDSA_WITH_SHA256], ['id-ed25519', 'ECDSA-with-sha256']])
    assert.equal(validate(leaf, { signatureAlgorithms }).valid, true);
  for (const signatureAlgorithms of [[], ['sha256WithRSAEncryption'], ['ecdsa-with-SHA384', oids.ED25519]])
    assert.equal(validate(leaf, { signatureAlgorithms }).failure?.reason, 'signature-algorithm');
  // what the profile refuses stays refused
  const profile = { ...compatible, hashes: ['sha384'] } as const;
  assert.equal(validate(leaf, { signatureAlgorithms: ['ecdsa-with-SHA256'], profile }).failure?.reason, 'weak-signature');
  const edwards = root('CN=Narrow root', {}, testKey('ed25519', 'narrow'));
  const key = testKey('p256', 'narrow intermediate');
  const between = issue(edwards, 'CN=Narrow CA', { ca: true }, key);
  const below = issue(between, 'CN=narrow leaf');
  const crl = createCrl({ crypto: nodeCrypto, issuer: between, thisUpdate: NOW - DAY, nextUpdate: NOW + DAY, number: 1, entries: [] });
  const options = {
    trustAnchors: [edwards.certificate],
    intermediates: [between.certificate],
    crls: [crl as Uint8Array],
    revocation: 'if-covered',
  } as const;
  assert.equal(validate(below, { ...options, signatureAlgorithms: ['id-Ed25519', 'ecdsa-with-SHA256'] }).valid, true);
  assert.equal(validate(below, { ...options, signatureAlgorithms: ['id-Ed25519'] }).valid, false);
  assert.throws(() => validate(leaf, { signatureAlgorithms: ['sha3'] }), { code: 'invalid_argument' });
  for (const [name, oid] of signatureAlgorithmNames) assert.match(`${name} ${oid}`, /^[\w-]+ [\d.]+$/);
});

test('§4.2.1.3 nonRepudiation under its other name', () => {
  const leaf = issue(anchor, 'CN=commits', { keyUsage: 1 << 1 });
  assert.equal(validate(leaf, { keyUsages: ['contentCommitment', 'nonRepudiation'] }).valid, true);
  assert.equal(validate(leaf, { keyUsages: ['digitalSignature'] }).failure?.reason, 'key-usage');
});

test('§4.1.2.8 a unique identifier is a BIT STRING', () => {
  const tbs = (content: readonly number[]): Uint8Array =>
    der.sequence(
      der.context(0, der.integer(2)),
      der.integer(7),
      der.algorithm(oids.ECDSA_WITH_SHA256),
      anchor.certificate.subject.der,
      der.sequence(der.time(NOW - DAY), der.time(NOW + DAY)),
      nameDer('CN=unique'),
      testKey().spki,
      der.contextValue(1, Uint8Array.from(content)),
      der.contextValue(2, Uint8Array.of(0, 1)),
    );
  const make = (content: readonly number[]): Certificate =>
    new Certificate(signed(anchor.key, tbs(content), ECDSA_SECP256R1_SHA256) as Uint8Array);
  assert.equal(make([4, 0xf0]).hasUniqueIdentifiers, true);
  for (const content of [[], [8, 0], [0x30, 0], [4, 0xf1], [1]])
    assert.throws(() => make(content), { code: 'bad_der' }, JSON.stringify(content));
});

test('an anchor that says what it is for anchors nothing else', () => {
  const mail = root('CN=Mail root', { extendedKeyUsage: [oids.EMAIL_PROTECTION] });
  const leaf = issue(mail, 'CN=leaf', { extendedKeyUsage: [oids.SERVER_AUTH, oids.EMAIL_PROTECTION] });
  const options = { trustAnchors: [mail.certificate] };
  assert.equal(validate(leaf, { ...options, extendedKeyUsages: ['emailProtection'] }).valid, true);
  assert.equal(validate(leaf, options).valid, true);
  assert.equal(validate(leaf, { ...options, extendedKeyUsages: ['serverAuth'] }).failure?.reason, 'extended-key-usage');
});

test('RFC 9525: an expected name is of the kind that it is said to be', () => {
  const leaf = issue(anchor, 'CN=leaf', { subjectAltNames: ['host.example', '192.0.2.1', '2001:db8::1'] });
  for (const name of [
    { kind: 'dns', value: 'host.example' },
    { kind: 'ip', value: '192.0.2.1' },
    { kind: 'ip', value: '2001:DB8:0::1' },
  ] as const)
    assert.equal(validate(leaf, { names: [name] }).valid, true, name.value);
  for (const name of [
    { kind: 'dns', value: '192.0.2.1' },
    { kind: 'ip', value: 'host.example' },
    { kind: 'ip', value: '192.0.2.01' },
    { kind: 'email', value: 'host.example' },
  ] as const)
    assert.equal(validate(leaf, { names: [name] }).failure?.reason, 'host-name', name.value);
});

test('§4.2.1.8, §4.2.2.2: directory attributes and information access of the subject', () => {
  const access = der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.48.5'), der.contextValue(6, Uint8Array.of(0x61, 0x3a))));
  const attributes = der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.9.4'), der.setOf(der.element(0x13, Uint8Array.of(0x43, 0x48)))));
  const leaf = issue(anchor, 'CN=leaf', {
    extensions: [
      { oid: oids.SUBJECT_INFO_ACCESS, value: access },
      { oid: '2.5.29.9', value: attributes },
    ],
  });
  assert.deepEqual(leaf.certificate.subjectInfoAccess, [{ method: '1.3.6.1.5.5.7.48.5', location: { kind: 'uri', value: 'a:' } }]);
  assert.deepEqual(leaf.certificate.subjectDirectoryAttributes, [
    { type: '1.3.6.1.5.5.7.9.4', values: [Uint8Array.of(0x13, 2, 0x43, 0x48)] },
  ]);
  assert.equal(validate(leaf).valid, true);
  for (const value of [der.sequence(), der.sequence(der.sequence(der.oid('1.2.3')))]) {
    const broken = issue(anchor, 'CN=leaf', { extensions: [{ oid: '2.5.29.9', value }] });
    assert.equal(validate(broken).failure?.reason, 'malformed');
  }
});

test('what was given as a CRL or an OCSP response and is none leaves no status known', () => {
  const leaf = issue(anchor, 'CN=leaf');
  for (const crls of ['', 'no PEM', writePem('CERTIFICATE', anchor.certificate.der), [Uint8Array.of(0x30, 0)]]) {
    const verdict = validate(leaf, { crls });
    assert.equal(verdict.failure?.reason, 'revocation-unknown', JSON.stringify(crls).slice(0, 40));
    assert.equal(validate(leaf, { crls, revocation: 'none' }).valid, true);
  }
  assert.equal(validate(leaf, { crls: [] }).valid, true);
  assert.equal(validate(leaf, { ocspResponses: [Uint8Array.of(0x30, 0)] }).failure?.reason, 'revocation-unknown');
});
