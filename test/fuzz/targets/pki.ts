/** DER, certificates, what says that they are revoked, and the files that keys come in. */
import { equal } from '../../../src/base/bytes.ts';
import { INTERNAL_ERROR } from '../../../src/base/alerts.ts';
import { fail } from '../../../src/base/errors.ts';
import { nodeCrypto } from '../../../src/crypto/node/index.ts';
import type { CryptoProvider } from '../../../src/crypto/port.ts';
import { decodeBase64, encodeBase64 } from '../../../src/pki/asn1/base64.ts';
import { DerReader } from '../../../src/pki/asn1/der-reader.ts';
import * as der from '../../../src/pki/asn1/der-writer.ts';
import { oidBytes } from '../../../src/pki/asn1/oid.ts';
import { readPem, writePem } from '../../../src/pki/asn1/pem.ts';
import * as tags from '../../../src/pki/asn1/tags.ts';
import { decryptPrivateKey } from '../../../src/pki/certs/encrypted-key.ts';
import { privateKeyToPkcs8 } from '../../../src/pki/certs/key-file.ts';
import { readPkcs12 } from '../../../src/pki/certs/pkcs12.ts';
import { readPkcs7 } from '../../../src/pki/certs/pkcs7.ts';
import { parseCertificateRequest } from '../../../src/pki/certs/request.ts';
import { Certificate, parseCertificate } from '../../../src/pki/x509/certificate.ts';
import { CertificateList, parseCrl } from '../../../src/pki/x509/crl.ts';
import { generalNameText } from '../../../src/pki/x509/general-name.ts';
import { matchHostName } from '../../../src/pki/x509/host-name.ts';
import { parseOcspRequest, parseOcspResponse } from '../../../src/pki/x509/ocsp.ts';
import { PASSWORD, pkiMaterial } from '../pki-material.ts';
import { check, type FuzzTarget, refusing, SMALL } from '../target.ts';

/** Every getter of a class: what is read only when it is asked for. */
function gettersOf(prototype: object): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => name);
}
const CERTIFICATE_FIELDS = gettersOf(Certificate.prototype);
const CRL_FIELDS = gettersOf(CertificateList.prototype);

export const derValues: FuzzTarget = {
  ...SMALL,
  file: 'pki.ts',
  name: 'DER',
  holds: 'a value that is read, strictly, is written as the same bytes',
  maxLength: 1_024,
  run(input) {
    refusing(() => {
      const reader = new DerReader(input);
      while (!reader.done) value(reader);
    });
  },
  seeds: () =>
    [...pkiMaterial().certificates, pkiMaterial().crl, der.time(0), der.namedBits(0x81), der.generalizedTime(4e12)].map((each) =>
      each.subarray(0, 1_024),
    ),
};

/** One value, read as what its tag says; constructed ones down to the last. */
function value(reader: DerReader): void {
  const start = reader.position;
  const tag = reader.peek();
  const whole = reader.bytes;
  let again: Uint8Array | undefined;
  switch (tag) {
    case tags.BOOLEAN:
      again = der.boolean(reader.boolean('x'));
      break;
    case tags.INTEGER:
      again = der.element(tag, reader.integer('x'));
      break;
    case tags.ENUMERATED:
      reader.smallInteger('x', 0x7fff_ffff, tag);
      break;
    case tags.BIT_STRING:
      reader.bitStringBytes('x');
      break;
    case tags.OCTET_STRING:
      again = der.octetString(reader.octetString('x'));
      break;
    case tags.NULL:
      reader.null('x');
      again = der.nullValue();
      break;
    case tags.OBJECT_IDENTIFIER: {
      const text = reader.oid('x');
      again = der.oid(text);
      check(oidBytes(text).length > 0, 'an OID of no bytes');
      break;
    }
    case tags.UTC_TIME:
      again = der.time(reader.time('x'));
      break;
    case tags.GENERALIZED_TIME:
      again = der.generalizedTime(reader.generalizedTime('x'));
      break;
    case tags.SEQUENCE:
    case tags.SET: {
      const inner = reader.enter(tag, 'x');
      while (!inner.done) value(inner);
      break;
    }
    default:
      again = reader.raw('x');
  }
  if (again !== undefined) check(equal(again, whole.subarray(start, reader.position)), `tag ${tag}: written otherwise than read`);
}

export const certificates: FuzzTarget = {
  ...SMALL,
  file: 'pki.ts',
  name: 'X.509 certificates',
  holds: 'each field is read or refused with a TlsError; a certificate with damage is not the one without',
  run(input) {
    let certificate: Certificate | undefined;
    if (!refusing(() => (certificate = parseCertificate(input))) || certificate === undefined) return;
    const found = certificate;
    for (const field of CERTIFICATE_FIELDS) refusing(() => void Reflect.get(found, field));
    refusing(() => {
      for (const name of found.subjectAltName ?? []) generalNameText(name);
    });
    for (const name of ['host.example', 'a.host.example', '127.0.0.1', '::1', 'x\u00e4.example'])
      refusing(() => void matchHostName(found, name));
    refusing(() => void found.subject.toString());
  },
  seeds: () => pkiMaterial().certificates,
};

export const revocation: FuzzTarget = {
  ...SMALL,
  file: 'pki.ts',
  name: 'CRL and OCSP',
  holds: 'each field and entry is read or refused with a TlsError',
  run(input) {
    const body = input.subarray(1);
    switch ((input[0] ?? 0) % 3) {
      case 0: {
        let list: CertificateList | undefined;
        if (!refusing(() => (list = parseCrl(body))) || list === undefined) return;
        const found = list;
        for (const field of CRL_FIELDS) refusing(() => void Reflect.get(found, field));
        refusing(() => void [...found.entries()]);
        refusing(() => void found.entriesOf(Uint8Array.of(5)));
        return;
      }
      case 1:
        refusing(() => void parseOcspResponse(body));
        return;
      default:
        refusing(() => void parseOcspRequest(body));
    }
  },
  seeds: () => [
    Uint8Array.of(0, ...pkiMaterial().crl),
    Uint8Array.of(1, ...pkiMaterial().ocspResponse),
    Uint8Array.of(2, ...pkiMaterial().ocspRequest),
  ],
};

/** Derivations from a password cost what the file asks for: beyond this the input is left. */
const MAX_CALLS = 400;

function hurried(): CryptoProvider {
  let calls = 0;
  const count = (hashes: number): void => {
    calls += hashes;
    if (calls > MAX_CALLS) fail(INTERNAL_ERROR, 'unsupported', 'costs too much for fuzzing');
  };
  return {
    ...nodeCrypto,
    hmac(name, key, ...parts) {
      count(1);
      return nodeCrypto.hmac(name, key, ...parts);
    },
    digest(name, data) {
      count(1);
      return nodeCrypto.digest(name, data);
    },
    pbkdf2(hash, password, salt, iterations, length) {
      count(iterations);
      return nodeCrypto.pbkdf2!(hash, password, salt, iterations, length);
    },
    scrypt(password, salt, cost, block, parallel, length) {
      count(cost * block * parallel);
      return nodeCrypto.scrypt!(password, salt, cost, block, parallel, length);
    },
  };
}

export const keyFiles: FuzzTarget = {
  ...SMALL,
  file: 'pki.ts',
  name: 'key files',
  holds: 'PKCS #8, PKCS #12, PKCS #7, PKCS #10, SEC 1 and PKCS #1 are read or refused with a TlsError',
  maxBytes: 8 << 20,
  run(input) {
    const body = input.subarray(1);
    switch ((input[0] ?? 0) % 5) {
      case 0:
        refusing(() => void privateKeyToPkcs8(body));
        return;
      case 1:
        refusing(() => void decryptPrivateKey(hurried(), body, PASSWORD));
        return;
      case 2:
        refusing(() => void readPkcs12(hurried(), body, PASSWORD));
        return;
      case 3:
        refusing(() => void readPkcs7(body));
        return;
      default:
        refusing(() => void parseCertificateRequest(body));
    }
  },
  seeds() {
    const { keys, encryptedKey, pkcs12, pkcs7, request } = pkiMaterial();
    return [
      ...keys.map((key) => Uint8Array.of(0, ...key)),
      ...[encryptedKey, pkcs12, pkcs7, request].map((each, i) => Uint8Array.of(i + 1, ...each)),
    ];
  },
};

export const pem: FuzzTarget = {
  ...SMALL,
  file: 'pki.ts',
  name: 'PEM and base 64',
  holds: 'blocks that are read are written so that they read the same; base 64 is strict',
  maxLength: 2_048,
  run(input) {
    let blocks: ReturnType<typeof readPem> = [];
    refusing(() => (blocks = readPem(input)));
    for (const { label, der: bytes } of blocks) {
      let text = '';
      if (!refusing(() => (text = writePem(label, bytes)))) continue;
      const [again] = readPem(text);
      check(again !== undefined && again.label === label && equal(again.der, bytes), 'PEM: read otherwise than written');
    }
    const text = Buffer.from(input).toString('latin1');
    const decoded = decodeBase64(text);
    if (decoded !== undefined) check(encodeBase64(decoded) === text.replace(/[\t\n\r ]/g, ''), 'base 64: written otherwise than read');
  },
  seeds: () => [
    ...pkiMaterial()
      .certificates.slice(0, 2)
      .map((each) => Buffer.from(`text\n${writePem('CERTIFICATE', each)}`)),
    Buffer.from(
      writePem('EC PRIVATE KEY', pkiMaterial().keys[1]!).replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n'),
    ),
    Buffer.from('AAEC\r\nAwQ='),
  ],
};
