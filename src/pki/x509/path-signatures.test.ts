/** Signatures of a path: in which order, how many, with which key and scheme; and what comes behind them, revocation. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { outcome, validate } from '../../../test/x509/context.ts';
import { extensionsWithout, resign, rewritten, versionOne } from '../../../test/x509/resign.ts';
import { toHex } from '../../base/bytes.ts';
import { MAX_SIGNATURE_CHECKS } from '../../base/limits.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { CryptoProvider, PublicKey } from '../../crypto/port.ts';
import * as scheme from '../../wire/signature-scheme.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import type { SignatureAlgorithm } from './algorithm.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { type Fault, fault } from './failure.ts';
import { type PathAccepted, type PathContext, type PathFault, publicKeyAt, SignatureMemo, verifySigned } from './path-validate.ts';
import { compatible, type Profile } from './profile.ts';
import { rfc5280 } from './profile-rfc5280.ts';
import { runSteps, settle } from './steps.ts';

const anchor = root('CN=Anchor');
const one = issue(anchor, 'CN=One', { ca: true });
const two = issue(one, 'CN=Two', { ca: true });
const leaf = issue(two, 'CN=leaf');
const PATH = [leaf, two, one, anchor];

/** The same certificate with the last bit of its signature turned round. */
function forged({ certificate, key }: TestCa): TestCa {
  const bytes = certificate.der.slice();
  bytes[bytes.length - 1]! ^= 1;
  return { certificate: parseCertificate(bytes), key };
}

/** The provider, and what it was asked to verify. */
function watching(answer?: boolean): { crypto: CryptoProvider; asked: Uint8Array[] } {
  const asked: Uint8Array[] = [];
  const verify: CryptoProvider['verify'] = (which, key, tbs, ...rest) => {
    asked.push(tbs);
    return answer ?? nodeCrypto.verify(which, key, tbs, ...rest);
  };
  return { crypto: { ...nodeCrypto, verify }, asked };
}

const subjects = (path: readonly TestCa[]): string[] => path.map(({ certificate }) => toHex(certificate.tbs));

test('from the anchor down, each once, and none below the first that is bad', () => {
  const good = watching();
  assert.equal(outcome(PATH, { crypto: good.crypto }), 'accepted');
  assert.deepEqual(good.asked.map(toHex), subjects([one, two, leaf]));
  for (const index of [0, 1, 2]) {
    const { crypto, asked } = watching();
    const path = PATH.map((each, i) => (i <= index ? forged(each) : each));
    assert.equal(outcome(path, { crypto }), `signature at ${index} of edge`);
    assert.equal(asked.length, 3 - index);
  }
  // The anchor's own does not count: it is trusted as it is.
  assert.equal(outcome([leaf, two, one, forged(anchor)]), 'accepted');
});

test('a verifier that answers later: the same answers', async () => {
  const later: CryptoProvider = { ...nodeCrypto, verify: async (...args) => Promise.resolve(nodeCrypto.verify(...args)) };
  const run = async (path: readonly TestCa[]): Promise<PathFault | PathAccepted> => validate(path, { crypto: later });
  assert.deepEqual(await run(PATH), { policies: [] });
  const refused = (await run([leaf, forged(two), one, anchor])) as PathFault;
  assert.deepEqual([refused.reason, refused.index], ['signature', 1]);
});

test('a memo of one validation: what was found out is not asked again, good or bad', () => {
  const signatures = new SignatureMemo();
  const { crypto, asked } = watching();
  const bad = forged(leaf);
  for (let i = 0; i < 2; i++) {
    assert.equal(outcome(PATH, { crypto, signatures }), 'accepted');
    assert.equal(outcome([bad, two, one, anchor], { crypto, signatures }), 'signature at 0 of edge');
  }
  assert.deepEqual(asked.map(toHex), [...subjects([one, two, leaf]), toHex(bad.certificate.tbs)]);
  assert.equal(signatures.checks, 4);
});

test('a memo answers for a certificate and its issuer together; what an earlier validation knows is good', () => {
  const [a, b, c] = [one.certificate, two.certificate, leaf.certificate];
  const wrong = fault('signature', 'step', 'message');
  const memo = new SignatureMemo((certificate, issuer) => certificate === c && issuer === b);
  memo.set(a, b, wrong);
  memo.set(b, a, null);
  assert.equal(memo.get(a, b), wrong);
  assert.equal(memo.get(b, a), null);
  assert.equal(memo.get(a, c), undefined);
  assert.equal(memo.get(c, a), undefined);
  assert.equal(memo.get(c, b), null);
  assert.equal(new SignatureMemo().get(c, b), undefined);
  assert.equal(outcome(PATH, { ...watching(false), signatures: new SignatureMemo(() => true) }), 'accepted');
});

test('the number of checks is bounded', () => {
  const signatures = new SignatureMemo();
  signatures.checks = MAX_SIGNATURE_CHECKS - 3;
  assert.equal(outcome(PATH, { signatures }), 'accepted');
  const another = { certificate: parseCertificate(leaf.certificate.der), key: leaf.key };
  assert.equal(outcome([another, two, one, anchor], { signatures }), 'budget at 0 of path');
  assert.equal(outcome(PATH, { signatures }), 'accepted', 'what is known is no check');
});

/** Under keys that nobody has: 2048 bits of one. */
function rsaCertificate(algorithm: Uint8Array): Certificate {
  const key = der.sequence(der.integer(new Uint8Array(256).fill(0xff)), der.integer(65_537));
  return issue(anchor, 'CN=RSA', {}, { ...testKey('p256'), spki: der.sequence(algorithm, der.bitString(key)) }).certificate;
}
const RSA = rsaCertificate(der.algorithm(oids.RSA_ENCRYPTION, der.nullValue()));
const PSS = rsaCertificate(der.algorithm(oids.RSASSA_PSS));
const KEY: PublicKey = { type: 'ec', spki: new Uint8Array(0), bits: 256 };
const ECDSA: SignatureAlgorithm = {
  oid: oids.ECDSA_WITH_SHA256,
  key: 'ec',
  hash: 'sha256',
  scheme: scheme.ECDSA_SECP256R1_SHA256,
  rsaeScheme: undefined,
  exact: true,
};
const PSS_SHA256: SignatureAlgorithm = {
  ...ECDSA,
  key: 'rsa-pss',
  scheme: scheme.RSA_PSS_PSS_SHA256,
  rsaeScheme: scheme.RSA_PSS_RSAE_SHA256,
};

interface Verification {
  readonly algorithm?: SignatureAlgorithm | undefined;
  readonly issuer?: Certificate;
  readonly key?: PublicKey | undefined;
  readonly profile?: Partial<Profile>;
  readonly answer?: boolean | PromiseLike<boolean>;
}

/** The fault's reason, else the scheme that the provider was asked for. */
function verification(what: Verification): [reason: string | undefined, schemes: number[]] {
  const { algorithm, issuer, key, profile, answer } = { algorithm: ECDSA, issuer: anchor.certificate, key: KEY, answer: true, ...what };
  const schemes: number[] = [];
  const verify: CryptoProvider['verify'] = (number, withKey, tbs, signature, saltLength) => {
    assert.deepEqual([withKey, tbs, signature, saltLength], [key, Uint8Array.of(1), Uint8Array.of(2), algorithm?.saltLength]);
    schemes.push(number);
    return answer;
  };
  const context = { crypto: { ...nodeCrypto, verify }, profile: { ...compatible, ...profile } };
  const found = runSteps(verifySigned(Uint8Array.of(1), Uint8Array.of(2), algorithm, issuer, key, context)) as Fault | undefined;
  return [found?.reason, schemes];
}

test('one signature: algorithm, hash, rule of the profile and kind of key, before anything is computed', () => {
  assert.deepEqual(verification({}), [undefined, [ECDSA.scheme]]);
  assert.deepEqual(verification({ answer: false }), ['signature', [ECDSA.scheme]]);
  assert.deepEqual(verification({ algorithm: undefined }), ['signature-algorithm', []]);
  assert.deepEqual(verification({ key: undefined }), ['unsupported-key', []]);
  assert.deepEqual(verification({ profile: { hashes: ['sha384'] } }), ['weak-signature', []]);
  assert.deepEqual(verification({ algorithm: { ...ECDSA, hash: undefined }, profile: { hashes: [] } }), [undefined, [ECDSA.scheme]]);
  const signatureRule: Profile['signatureRule'] = (algorithm, info) =>
    algorithm === ECDSA && info.curve === 'secp256r1' ? 'no' : undefined;
  assert.deepEqual(verification({ profile: { signatureRule } }), ['signature-algorithm', []]);
  assert.deepEqual(verification({ profile: { signatureRule: undefined } }), [undefined, [ECDSA.scheme]]);
  assert.deepEqual(verification({ issuer: RSA }), ['signature', []]);
});

test('RSASSA-PSS has one scheme for plain RSA keys and another for its own', () => {
  assert.deepEqual(verification({ algorithm: PSS_SHA256, issuer: RSA }), [undefined, [scheme.RSA_PSS_RSAE_SHA256]]);
  assert.deepEqual(verification({ algorithm: PSS_SHA256, issuer: PSS }), [undefined, [scheme.RSA_PSS_PSS_SHA256]]);
  assert.deepEqual(verification({ algorithm: PSS_SHA256 }), ['signature', []]);
  const pkcs1: SignatureAlgorithm = { ...ECDSA, key: 'rsa', scheme: scheme.RSA_PKCS1_SHA256 };
  assert.deepEqual(verification({ algorithm: pkcs1, issuer: RSA }), [undefined, [scheme.RSA_PKCS1_SHA256]]);
  assert.deepEqual(verification({ algorithm: pkcs1, issuer: PSS }), ['signature', []]);
  const salted = { ...PSS_SHA256, saltLength: 20 };
  assert.deepEqual(verification({ algorithm: salted, issuer: PSS }), ['signature-algorithm', []]);
  const anySalt = { signatureRule: undefined };
  assert.deepEqual(verification({ algorithm: salted, issuer: PSS, profile: anySalt }), [undefined, [PSS_SHA256.scheme]]);
});

/** A DSA key of a few bits: its p is 2 bytes long, with or without parameters. */
function dsa(parameters: boolean, y: number): Uint8Array {
  const domain = der.sequence(der.integer(0x7001), der.integer(7), der.integer(3));
  const algorithm = parameters ? der.algorithm(oids.DSA, domain) : der.algorithm(oids.DSA);
  return der.sequence(algorithm, der.bitString(der.integer(y)));
}

test('SHA-1 with DSA, and with nothing else, where the profile has it', () => {
  const issuer = issue(anchor, 'CN=DSA', {}, { ...testKey('p256'), spki: dsa(true, 5) }).certificate;
  const sha1: SignatureAlgorithm = { ...ECDSA, key: 'dsa', hash: 'sha1', scheme: scheme.DSA_SHA1 };
  const dsaSha1 = { dsaSha1: true };
  assert.deepEqual(verification({ algorithm: sha1, issuer, profile: dsaSha1 }), [undefined, [scheme.DSA_SHA1]]);
  assert.deepEqual(verification({ algorithm: sha1, issuer }), ['weak-signature', []]);
  assert.deepEqual(verification({ algorithm: { ...sha1, hash: 'md5' }, issuer, profile: dsaSha1 }), ['weak-signature', []]);
  assert.deepEqual(verification({ algorithm: { ...ECDSA, hash: 'sha1' }, profile: dsaSha1 }), ['weak-signature', []]);
});

test('§6.1.4 (e) a DSA key without parameters has those of the nearest key above that has some', () => {
  const withKey = (spki: Uint8Array): Certificate => issue(anchor, 'CN=x', {}, { ...testKey('p256'), spki }).certificate;
  const imported: string[] = [];
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    importPublicKey(spki) {
      imported.push(toHex(spki));
      return KEY;
    },
  };
  const [bare, alsoBare, whole, other] = [dsa(false, 5), dsa(false, 6), dsa(true, 7), testKey('p256').spki];
  const keyAt = (index: number, ...keys: Uint8Array[]): string[] | undefined => {
    imported.length = 0;
    return publicKeyAt(keys.map(withKey), index, crypto) === undefined ? undefined : imported;
  };
  assert.deepEqual(keyAt(0, other, whole), [toHex(other)]);
  assert.deepEqual(keyAt(0, whole), [toHex(whole)]);
  assert.deepEqual(keyAt(0, bare, whole), [toHex(dsa(true, 5))]);
  assert.deepEqual(keyAt(1, whole, bare, whole), [toHex(dsa(true, 5))]);
  assert.deepEqual(keyAt(0, bare, alsoBare, whole), [toHex(dsa(true, 5))]);
  assert.deepEqual(keyAt(0, bare, other, whole), undefined, 'they are not handed on by another kind of key');
  assert.deepEqual(keyAt(0, bare, alsoBare), undefined);
  assert.deepEqual(keyAt(0, bare), undefined);
});

test('§4.2.1.1 an anchor without authorityKeyIdentifier signed itself, where the profile wants to know', () => {
  const under = (top: TestCa, profile: Profile): string => outcome([issue(top, 'CN=x'), top], { profile });
  const loose: Profile = { ...compatible, anchorNamesAuthority: true };
  const nameless = (issuer: TestCa, signer: TestCa = issuer): TestCa => {
    const extensions = extensionsWithout(anchor.certificate, oids.AUTHORITY_KEY_IDENTIFIER);
    const tbs = rewritten(anchor.certificate, { extensions, issuer: issuer.certificate.subject });
    return { certificate: resign(signer, tbs), key: anchor.key };
  };
  const elsewhere = root('CN=Elsewhere');
  const named = (issuer: TestCa): TestCa => issue(issuer, 'CN=Named', { ca: true });
  assert.equal(under(nameless(elsewhere), loose), 'profile at 1 of certificate');
  assert.equal(under(nameless(elsewhere), compatible), 'accepted');
  assert.equal(under(nameless(elsewhere, anchor), loose), 'accepted', 'under another name of its own');
  assert.equal(under(nameless(anchor, elsewhere), loose), 'accepted', 'self-issued: its names say it');
  assert.equal(under(named(elsewhere), loose), 'accepted');
  const first = { certificate: resign(elsewhere, versionOne(named(elsewhere).certificate)), key: testKey('p256', 'CN=Named').handle };
  assert.equal(under(first, loose), 'accepted', 'version 1 has no extensions');
  assert.equal(rfc5280.anchorNamesAuthority, true);
});

test('§6.1.3 (a)(3) revocation is asked last, from the anchor down, of every certificate but the anchor', () => {
  const asked: [string, string, number][] = [];
  const asking = (revoked?: Certificate): PathContext['revocation'] =>
    function* (certificate, issuer, path) {
      assert.equal(path[0], certificate);
      asked.push([certificate.subject.toString(), issuer.subject.toString(), path.length]);
      return yield* settle(certificate === revoked ? fault('revoked', 'step', 'message') : undefined);
    };
  assert.equal(outcome(PATH, { revocation: asking() }), 'accepted');
  assert.deepEqual(asked.splice(0), [
    ['CN=One', 'CN=Anchor', 2],
    ['CN=Two', 'CN=One', 3],
    ['CN=leaf', 'CN=Two', 4],
  ]);
  for (const index of [0, 1, 2]) {
    assert.equal(outcome(PATH, { revocation: asking(PATH[index]!.certificate) }), `revoked at ${index} of edge`);
    assert.equal(asked.splice(0).length, 3 - index);
  }
  assert.equal(outcome([anchor], { revocation: asking(anchor.certificate) }), 'accepted');
  assert.equal(outcome([forged(leaf), two, one, anchor], { revocation: asking() }), 'signature at 0 of edge');
  assert.equal(outcome(PATH, { revocation: asking(), now: NOW * 2 }), 'expired at 3 of certificate');
  assert.deepEqual(asked, []);
});
