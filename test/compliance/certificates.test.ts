/** Certificates and key agreement as RFC 9846, RFC 8422 and RFC 6066 want them: requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { ffdhePrime } from '../../src/crypto/ffdhe.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { createSelfSigned, issueCertificate } from '../../src/pki/certs/create.ts';
import { signatureAlgorithm } from '../../src/pki/x509/algorithm.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { compatible } from '../../src/pki/x509/profile.ts';
import { readKeyInfo } from '../../src/pki/x509/spki.ts';
import { createCertificateVerifier } from '../../src/pki/x509/verifier.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { assertRefused, run } from '../negative/lying-pair.ts';
import { credential, issue, NOW } from '../support/certificates.ts';
import { testKey } from '../x509/ca.ts';

const DAY = 86_400_000;

//= rfc9846#section-4.5.1.3
//= type=test
//# Any endpoint receiving any certificate which it would need to validate using any signature algorithm
//# using an MD5 hash MUST abort the handshake with a "bad_certificate" alert.
test('RFC 9846: a certificate that is signed over MD5 or SHA-1', () => {
  const authority = issue('rsa').key;
  const ca = createSelfSigned({
    crypto: nodeCrypto,
    key: authority,
    scheme: s.RSA_PKCS1_SHA256,
    subject: 'CN=RSA root',
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ca: true,
  }) as Uint8Array;
  const { key } = issue('p256');
  const leaf = issueCertificate({
    crypto: nodeCrypto,
    publicKey: key.spki!,
    issuer: { certificate: parseCertificate(ca), key: authority },
    scheme: s.RSA_PKCS1_SHA256,
    subject: 'CN=localhost',
    subjectAltNames: ['localhost'],
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
  }) as Uint8Array;
  const good = der.oid(oids.SHA256_WITH_RSA);
  assert.equal(Buffer.from(leaf).indexOf(good) > 0, true);
  for (const weak of [oids.MD5_WITH_RSA, oids.SHA1_WITH_RSA]) {
    const bytes = Buffer.from(leaf);
    for (let at = bytes.indexOf(good); at >= 0; at = bytes.indexOf(good)) bytes.set(der.oid(weak), at);
    const pair = run('TLS 1.3', {
      client: { verifier: createCertificateVerifier({ trustAnchors: [ca] }) },
      server: { credentials: [{ chain: [Uint8Array.from(bytes)], key }] },
    });
    assertRefused(pair, 'client', 'bad_certificate', alerts.BAD_CERTIFICATE, weak);
  }
});

//= rfc9846#section-4.3.3
//= type=test
//# The length of the Salt MUST be equal to the length of the output of the digest algorithm.
//= rfc9846#section-4.3.3
//= type=test
//# The length of the Salt MUST be equal to the length of the digest algorithm.
//= rfc9846#section-4.3.3
//= type=test
//# When used in certificate signatures, the algorithm parameters MUST be DER encoded.
test('RFC 9846: RSASSA-PSS in certificates: DER parameters, and a salt as long as the hash', () => {
  const pss = (hash: string, mask: string, salt: number): Uint8Array =>
    der.algorithm(
      oids.RSASSA_PSS,
      der.sequence(
        der.context(0, der.algorithm(hash)),
        der.context(1, der.algorithm(oids.MGF1, der.algorithm(mask))),
        der.context(2, der.integer(salt)),
      ),
    );
  assert.equal(signatureAlgorithm(pss(oids.SHA256, oids.SHA256, 32))?.scheme, s.RSA_PSS_PSS_SHA256);
  assert.equal(signatureAlgorithm(pss(oids.SHA256, oids.SHA1, 32)), undefined);
  // RFC 4055 leaves the length open, so the algorithm is known; what connections take of it is the rule of their profile.
  const rsa = readKeyInfo(testKey('rsa').spki);
  const takes = (salt: number): boolean => {
    const algorithm = signatureAlgorithm(pss(oids.SHA256, oids.SHA256, salt));
    return algorithm !== undefined && compatible.signatureRule?.(algorithm, rsa) === undefined;
  };
  assert.equal(takes(32), true);
  for (const salt of [0, 20, 31, 33, 222]) assert.equal(takes(salt), false);
  // The length of the parameters in two bytes where one is enough: BER.
  const long = pss(oids.SHA256, oids.SHA256, 32);
  const inner = long.indexOf(0x30, 2);
  const ber = Uint8Array.from([long[0]!, long[1]! + 1, ...long.subarray(2, inner + 1), 0x81, ...long.subarray(inner + 1)]);
  assert.throws(() => signatureAlgorithm(ber), { code: 'bad_der' });
});

//= rfc8422#section-5.3
//= type=test
//# ECC public keys MUST be encoded in certificates as described in Section 5.9.
//= rfc8422#section-5.9
//= type=test
//# X.509 certificates containing ECC public keys or signed using ECDSA MUST comply with [RFC3279] or
//# another RFC that replaces or extends it.
//= rfc8422#section-5.9
//= type=test
//# X.509 certificates containing ECC public keys or signed using EdDSA MUST comply with [RFC8410].
//= rfc8422#section-2.1
//= type=test
//# In ECDHE_ECDSA, the server's certificate MUST contain an ECDSA- or EdDSA-capable public key.
//= rfc8422#section-3.1
//= type=test
//# To use this authentication mechanism, the client MUST possess a certificate containing an ECDSA- or
//# EdDSA-capable public key.
//= rfc8422#section-5.6
//= type=test
//# The certificate MUST contain an ECDSA- or EdDSA-capable public key.
test('RFC 8422: ECDSA and EdDSA in certificates, and their keys', () => {
  assert.equal(signatureAlgorithm(der.algorithm(oids.ECDSA_WITH_SHA256))?.scheme, s.ECDSA_SECP256R1_SHA256);
  assert.equal(signatureAlgorithm(der.algorithm(oids.ED25519))?.scheme, s.ED25519);
  for (const oid of [oids.ECDSA_WITH_SHA256, oids.ED25519, oids.ED448])
    assert.equal(signatureAlgorithm(der.algorithm(oid, der.nullValue())), undefined);
  assert.equal(readKeyInfo(credential('p256').key.spki!).type, 'ec');
  assert.equal(readKeyInfo(credential('ed25519').key.spki!).type, 'ed25519');
  assert.equal(readKeyInfo(credential('ed448').key.spki!).type, 'ed448');
});

//= rfc6066#section-8
//= type=test
//# Clients requesting an OCSP response and receiving an OCSP response in a "CertificateStatus" message
//# MUST check the OCSP response and abort the handshake if the response is not satisfactory with
//# bad_certificate_status_response(113) alert.
//= rfc6066#section-8
//= type=test
//# The "extension_data" field of this extension SHALL contain "CertificateStatusRequest" where:
test('RFC 6066: an OCSP response that cannot be read ends the handshake', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    const pair = run(version, {
      client: { requestOcsp: true },
      server: { credentials: [{ ...credential('p256'), ocspResponse: Uint8Array.of(0x30, 1, 0) }] },
    });
    assertRefused(pair, 'client', 'bad_certificate_status', alerts.BAD_CERTIFICATE_STATUS_RESPONSE);
  }
});

//= rfc8422#section-5.10
//= type=test
//# Note that this octet string (Z in IEEE 1363 terminology), as output by FE2OSP (Field Element to
//# Octet String Conversion Primitive), has constant length for any given field; leading zeros found in
//# this octet string MUST NOT be truncated.
test('RFC 8422: a shared secret keeps its leading zeros', () => {
  for (const [group, length] of [
    ['secp256r1', 32],
    ['x25519', 32],
  ] as const) {
    let zeros = 0;
    // One in 256 begins with a zero.
    for (let i = 0; i < 6_000 && zeros === 0; i++) {
      const ours = nodeCrypto.startKeyShare(group);
      const theirs = nodeCrypto.answerKeyShare(group, ours.share)!;
      const secret = ours.finish(theirs.share)!;
      assert.equal(secret.length, length);
      assert.deepEqual(secret, theirs.secret);
      if (secret[0] === 0) zeros++;
    }
    assert.equal(zeros, 1, group);
  }
});

//= rfc9846#section-4.3.8.1
//= type=test
//# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
//= rfc9846#section-7.4.2
//= type=test
//# Note that the octet string Z as output by the Field-Element-to-Byte String Conversion specified in
//# Appendix C.2 of [KEYAGREEMENT] has constant length for any given field; leading zeros found in this
//# octet string MUST NOT be truncated.
test('RFC 9846: finite-field shares between 1 and p-1, and secrets as long as the prime, by either way of the provider', () => {
  const prime = ffdhePrime('ffdhe2048');
  const one = new Uint8Array(prime.length);
  one[prime.length - 1] = 1;
  const last = prime.map((byte, i) => (i === prime.length - 1 ? byte - 1 : byte));
  const ways = [() => nodeCrypto.startKeyShare('ffdhe2048'), () => nodeCrypto.startDh!({ prime, generator: Uint8Array.of(2) })!];
  for (const start of ways) {
    for (const share of [new Uint8Array(prime.length), one, last, prime]) assert.equal(start().finish(share), undefined);
    for (const other of ways) {
      const ours = start();
      const theirs = other();
      const secret = ours.finish(theirs.share)!;
      assert.equal(secret.length, prime.length);
      assert.deepEqual(theirs.finish(ours.share), secret);
    }
  }
});
