/** Damaged input of every kind ends in a typed error or in a verdict, whatever the bytes. Seeded; a failure prints the input. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { toHex } from '../../src/base/bytes.ts';
import { TlsError } from '../../src/base/errors.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { encryptPrivateKey, decryptPrivateKey } from '../../src/pki/certs/encrypted-key.ts';
import { privateKeyToPkcs8 } from '../../src/pki/certs/key-file.ts';
import { createPkcs12, readPkcs12 } from '../../src/pki/certs/pkcs12.ts';
import { createPkcs7, readPkcs7 } from '../../src/pki/certs/pkcs7.ts';
import { createCertificateRequest, parseCertificateRequest } from '../../src/pki/certs/request.ts';
import { createCrl, createOcspRequest, createOcspResponse } from '../../src/pki/certs/revocation.ts';
import { parseCrl } from '../../src/pki/x509/crl.ts';
import { parseOcspRequest } from '../../src/pki/x509/ocsp.ts';
import { checkOcspResponse } from '../../src/pki/x509/ocsp-check.ts';
import { validateCertificate, type Verdict } from '../../src/pki/x509/validate.ts';
import { createCertificateVerifier } from '../../src/pki/x509/verifier.ts';
import { DAY, issue, NOW, root, type TestKey, testKey } from './ca.ts';
import { random, SEED } from './seed.ts';

/** Ed25519 signs without random numbers, so everything here is the same bytes in every run. */
const fuzzKey = (name: string): TestKey => testKey('ed25519', `fuzz ${name}`);
const anchor = root('CN=Fuzz root', {}, fuzzKey('root'));
const ca = issue(
  anchor,
  'CN=Fuzz CA',
  {
    ca: { pathLength: 3 },
    permittedNames: ['example', { kind: 'email', value: 'example' }, { kind: 'uri', value: '.example' }],
    policies: ['1.3.1', '1.3.2'],
    extensions: [{ oid: oids.POLICY_MAPPINGS, value: der.sequence(der.sequence(der.oid('1.3.1'), der.oid('1.3.3'))) }],
  },
  fuzzKey('ca'),
);
const leaf = issue(
  ca,
  'CN=host.example',
  {
    subjectAltNames: ['host.example', { kind: 'email', value: 'a@example' }, { kind: 'uri', value: 'https://a.example/' }],
    policies: ['1.3.3'],
    crlUris: ['http://c.example/'],
    ocspUris: ['http://o.example/'],
    mustStaple: true,
  },
  fuzzKey('leaf'),
);
const crl = createCrl({
  crypto: nodeCrypto,
  issuer: ca,
  thisUpdate: NOW - DAY,
  nextUpdate: NOW + DAY,
  number: 3,
  entries: [{ serial: Uint8Array.of(5), revocationDate: NOW, reason: 1, issuer: 'CN=Other' }],
  scope: { uris: ['http://c.example/'], only: 'user', indirect: true },
}) as Uint8Array;
const ocsp = createOcspResponse({
  crypto: nodeCrypto,
  issuer: ca.certificate,
  responder: issue(ca, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING] }, fuzzKey('responder')),
  producedAt: NOW,
  answers: [{ certificate: leaf.certificate, status: 'revoked', thisUpdate: NOW, reason: 1 }],
}) as Uint8Array;

/** Calls `work` with damaged copies of `original`. */
async function damage(original: Uint8Array, rounds: number, work: (bytes: Uint8Array) => unknown): Promise<void> {
  const next = random(SEED * 65_537 + original.length);
  for (let i = 0; i < rounds; i++) {
    let bytes = original.slice();
    const kind = next(8);
    if (kind === 0) bytes = bytes.subarray(0, next(bytes.length));
    else if (kind === 1) bytes.copyWithin(next(bytes.length), next(bytes.length), next(bytes.length));
    else for (let k = 0; k <= next(4); k++) bytes[next(bytes.length)] = kind === 2 ? 0x30 : next(256);
    try {
      await work(bytes);
    } catch (error) {
      assert.ok(error instanceof TlsError, `seed ${SEED}: ${String(error)}\n${toHex(bytes)}`);
    }
  }
}

test('a verifier given damaged chains and staples refuses them with an alert, or accepts', async () => {
  const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate] });
  const chain = [leaf.certificate.der, ca.certificate.der];
  const verify = async (at: number, bytes: Uint8Array): Promise<void> => {
    const damaged = chain.map((one, i) => (i === at ? bytes : one));
    try {
      await verifier.verify({
        chain: damaged,
        side: 'server',
        hostName: 'host.example',
        now: NOW,
        crypto: nodeCrypto,
        ...(at === 2 ? { ocspResponse: bytes } : {}),
      });
    } catch (error) {
      assert.ok(
        error instanceof TlsError && error.origin === 'local' && error.alert !== undefined,
        `seed ${SEED}: ${String(error)}\n${toHex(bytes)}`,
      );
    }
  };
  await damage(chain[0]!, 1_500, (bytes) => verify(0, bytes));
  await damage(chain[1]!, 1_500, (bytes) => verify(1, bytes));
  await damage(ocsp, 1_000, (bytes) => verify(2, bytes));
});

test('a verdict comes for every damaged certificate, CRL and OCSP response, in every profile', async () => {
  for (const profile of ['rfc5280', 'webpki'] as const) {
    const validate = (more: object): Verdict =>
      validateCertificate({
        trustAnchors: [anchor.certificate],
        intermediates: [ca.certificate],
        certificate: leaf.certificate,
        crypto: nodeCrypto,
        time: NOW,
        profile,
        names: ['host.example'],
        extendedKeyUsages: ['serverAuth'],
        ...more,
      }) as Verdict;
    const decided = (verdict: Verdict): void => assert.equal(verdict.failure === undefined, verdict.valid);
    await damage(leaf.certificate.der, 800, (certificate) => decided(validate({ certificate })));
    await damage(ca.certificate.der, 800, (bytes) => decided(validate({ intermediates: [bytes] })));
    await damage(crl, 500, (bytes) => decided(validate({ crls: [bytes] })));
    await damage(ocsp, 300, (bytes) => decided(validate({ ocspResponses: [bytes] })));
  }
});

test('files: keys, bundles, requests', async () => {
  const key = testKey();
  const pkcs8 = privateKeyToPkcs8(new Uint8Array(key.object.export({ format: 'der', type: 'pkcs8' })));
  const sec1 = new Uint8Array(key.object.export({ format: 'der', type: 'sec1' }));
  const pkcs1 = new Uint8Array(testKey('rsa').object.export({ format: 'der', type: 'pkcs1' }));
  const request = (await createCertificateRequest({
    key: key.handle,
    subject: 'CN=x',
    subjectAltNames: ['x.example'],
  })) satisfies Uint8Array;
  const asked = createOcspRequest({
    crypto: nodeCrypto,
    issuer: ca.certificate,
    certificates: [leaf.certificate],
    nonce: Uint8Array.of(1),
  });
  const p12 = createPkcs12({ crypto: nodeCrypto, pkcs8, certificates: [leaf.certificate.der], password: 'x', iterations: 1 });
  for (const one of [pkcs8, sec1, pkcs1]) await damage(one, 500, (bytes) => privateKeyToPkcs8(bytes));
  await damage(encryptPrivateKey(nodeCrypto, pkcs8, 'x', 1), 500, (bytes) => decryptPrivateKey(nodeCrypto, small(bytes), 'x'));
  await damage(p12, 500, (bytes) => readPkcs12(nodeCrypto, small(bytes), 'x'));
  await damage(createPkcs7([leaf.certificate.der], [crl]), 500, (bytes) => readPkcs7(bytes));
  await damage(request, 500, async (bytes) => parseCertificateRequest(bytes).verify(nodeCrypto));
  await damage(asked, 500, (bytes) => parseOcspRequest(bytes));
  await damage(crl, 500, (bytes) => [...parseCrl(bytes).entries()]);
  await damage(ocsp, 500, async (response) => {
    const verdict = await checkOcspResponse({
      response,
      certificate: leaf.certificate,
      issuer: ca.certificate,
      crypto: nodeCrypto,
      now: NOW,
    });
    assert.ok(verdict.status !== 'good', 'damage made it good');
  });
});

/** Leaves out inputs whose damaged iteration count alone would take the test's time. */
function small(bytes: Uint8Array): Uint8Array {
  const text = toHex(bytes);
  return /0202[4-7]|0203|0204/.test(text) ? bytes.subarray(0, 10) : bytes;
}
