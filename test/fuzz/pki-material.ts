/** Certificates, lists, responses and key files with everything in them: what the inputs of parsers begin with. */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as der from '../../src/pki/asn1/der-writer.ts';
import * as oids from '../../src/pki/asn1/oids.ts';
import { encryptPrivateKey } from '../../src/pki/certs/encrypted-key.ts';
import { privateKeyToPkcs8 } from '../../src/pki/certs/key-file.ts';
import { createPkcs12 } from '../../src/pki/certs/pkcs12.ts';
import { createPkcs7 } from '../../src/pki/certs/pkcs7.ts';
import { createCertificateRequest } from '../../src/pki/certs/request.ts';
import { createCrl, createOcspRequest, createOcspResponse } from '../../src/pki/certs/revocation.ts';
import { DAY, issue, NOW, root, testKey } from '../x509/ca.ts';

export const PASSWORD = 'x';

export interface PkiMaterial {
  readonly certificates: readonly Uint8Array[];
  readonly crl: Uint8Array;
  readonly ocspResponse: Uint8Array;
  readonly ocspRequest: Uint8Array;
  readonly request: Uint8Array;
  /** PKCS #8, SEC 1, PKCS #1. */
  readonly keys: readonly Uint8Array[];
  readonly encryptedKey: Uint8Array;
  readonly pkcs12: Uint8Array;
  readonly pkcs7: Uint8Array;
}

let made: PkiMaterial | undefined;

export function pkiMaterial(): PkiMaterial {
  made ??= make();
  return made;
}

function make(): PkiMaterial {
  const anchor = root('CN=Fuzz root');
  const ca = issue(anchor, 'CN=Fuzz CA', {
    ca: { pathLength: 3 },
    permittedNames: ['example', { kind: 'email', value: 'example' }, { kind: 'uri', value: '.example' }],
    policies: ['1.3.1', '1.3.2'],
    extensions: [{ oid: oids.POLICY_MAPPINGS, value: der.sequence(der.sequence(der.oid('1.3.1'), der.oid('1.3.3'))) }],
  });
  const leaf = issue(ca, 'CN=host.example, O=Ä, C=DE', {
    subjectAltNames: ['host.example', '127.0.0.1', { kind: 'email', value: 'a@example' }, { kind: 'uri', value: 'https://a.example/' }],
    policies: ['1.3.3'],
    crlUris: ['http://c.example/'],
    ocspUris: ['http://o.example/'],
    mustStaple: true,
  });
  const crl = createCrl({
    crypto: nodeCrypto,
    issuer: ca,
    thisUpdate: NOW - DAY,
    nextUpdate: NOW + DAY,
    number: 3,
    entries: [{ serial: Uint8Array.of(5), revocationDate: NOW, reason: 1, issuer: 'CN=Other' }],
    scope: { uris: ['http://c.example/'], only: 'user', indirect: true },
  }) as Uint8Array;
  const pkcs8 = privateKeyToPkcs8(new Uint8Array(testKey().object.export({ format: 'der', type: 'pkcs8' })));
  return {
    certificates: [anchor, ca, leaf, issue(anchor, 'CN=Ed', {}, testKey('ed25519')), issue(anchor, 'CN=PSS', {}, testKey('rsa-pss'))].map(
      ({ certificate }) => certificate.der,
    ),
    crl,
    ocspResponse: createOcspResponse({
      crypto: nodeCrypto,
      issuer: ca.certificate,
      responder: issue(ca, 'CN=Responder', { extendedKeyUsage: [oids.OCSP_SIGNING] }),
      producedAt: NOW,
      answers: [{ certificate: leaf.certificate, status: 'revoked', thisUpdate: NOW, reason: 1 }],
    }) as Uint8Array,
    ocspRequest: createOcspRequest({
      crypto: nodeCrypto,
      issuer: ca.certificate,
      certificates: [leaf.certificate],
      nonce: Uint8Array.of(1),
    }),
    request: createCertificateRequest({ key: testKey().handle, subject: 'CN=x', subjectAltNames: ['x.example'] }) as Uint8Array,
    keys: [
      pkcs8,
      new Uint8Array(testKey().object.export({ format: 'der', type: 'sec1' })),
      new Uint8Array(testKey('rsa').object.export({ format: 'der', type: 'pkcs1' })),
    ],
    encryptedKey: encryptPrivateKey(nodeCrypto, pkcs8, PASSWORD, 1),
    pkcs12: createPkcs12({ crypto: nodeCrypto, pkcs8, certificates: [leaf.certificate.der], password: PASSWORD, iterations: 1 }),
    pkcs7: createPkcs7([leaf.certificate.der], [crl]),
  };
}
