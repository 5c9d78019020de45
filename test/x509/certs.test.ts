/** Keys, requests, bundles, CRLs and OCSP responses, against OpenSSL's command where it is there. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { readPem, writePem } from '../../src/pki/asn1/pem.ts';
import { decryptPrivateKey, encryptPrivateKey, encryptPrivateKeyPem } from '../../src/pki/certs/encrypted-key.ts';
import { createHostStore } from '../../src/pki/certs/host-store.ts';
import { privateKeyToPkcs8 } from '../../src/pki/certs/key-file.ts';
import { certificateOfKey, createPkcs12, readPkcs12 } from '../../src/pki/certs/pkcs12.ts';
import { createPkcs7, readPkcs7 } from '../../src/pki/certs/pkcs7.ts';
import { createCertificateRequest, parseCertificateRequest } from '../../src/pki/certs/request.ts';
import { createCrl, createOcspRequest, createOcspResponse } from '../../src/pki/certs/revocation.ts';
import { parseCrl } from '../../src/pki/x509/crl.ts';
import { parseOcspRequest } from '../../src/pki/x509/ocsp.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import { DAY, issue, NOW, root, testKey } from './ca.ts';

const folder = mkdtempSync(join(tmpdir(), 'veritls-x509-'));
after(() => rmSync(folder, { recursive: true }));
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? {} : { skip: 'openssl is not here' };

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function openssl(...args: string[]): Buffer {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
}

const ca = root('CN=Making CA,O=Example');
const rsa = testKey('rsa', 'certs');
const ec = testKey('p256', 'certs');

test('unencrypted keys of every form become PKCS #8', () => {
  const dsa = crypto.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  const dsaOld = hasOpenssl
    ? openssl('pkey', '-in', file('dsa.pem', dsa.export({ type: 'pkcs8', format: 'pem' })), '-traditional').toString()
    : undefined;
  const p256 = ec.object;
  const forms: readonly (readonly [string, string | Uint8Array | undefined, crypto.KeyObject])[] = [
    ['RSA PKCS #1 PEM', rsa.object.export({ type: 'pkcs1', format: 'pem' }), rsa.object],
    ['RSA PKCS #1 DER', rsa.object.export({ type: 'pkcs1', format: 'der' }), rsa.object],
    ['RSA PKCS #8 PEM', rsa.object.export({ type: 'pkcs8', format: 'pem' }), rsa.object],
    ['RSA PKCS #8 DER', rsa.object.export({ type: 'pkcs8', format: 'der' }), rsa.object],
    ['EC SEC 1 PEM', p256.export({ type: 'sec1', format: 'pem' }), p256],
    ['EC SEC 1 DER', p256.export({ type: 'sec1', format: 'der' }), p256],
    ['Ed25519', testKey('ed25519').object.export({ type: 'pkcs8', format: 'pem' }), testKey('ed25519').object],
    ['DSA PEM', dsaOld, dsa],
    [
      'after a certificate',
      `${writePem('CERTIFICATE', ca.certificate.der)}${p256.export({ type: 'sec1', format: 'pem' }) as string}`,
      p256,
    ],
  ];
  for (const [name, form, key] of forms) {
    if (form === undefined) continue;
    const pkcs8 = privateKeyToPkcs8(form);
    const read = crypto.createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    assert.ok(read.equals(key), name);
    assert.ok(nodeCrypto.importPrivateKey(pkcs8).schemes.length > 0, name);
  }
  for (const bad of ['', 'no PEM', writePem('CERTIFICATE', ca.certificate.der)]) assert.throws(() => privateKeyToPkcs8(bad), /bad_key/);
  assert.throws(() => privateKeyToPkcs8(encryptPrivateKeyPem(nodeCrypto, privateKeyToPkcs8(forms[0]![1]!), 'x', 1)), /encrypted/);
  for (const bad of [Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 3, 2, 1, 9), Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0)])
    assert.throws(() => privateKeyToPkcs8(bad));
});

test('encrypted keys: PBES2 with every cipher and hash, PKCS #12 3DES, old PEM; wrong passwords', withOpenssl, () => {
  const plain = file('plain.pem', ec.object.export({ type: 'pkcs8', format: 'pem' }));
  const expected = ec.object;
  const same = (pkcs8: Uint8Array): void => {
    assert.ok(crypto.createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).equals(expected));
  };
  const made: [string, Buffer][] = [];
  for (const cipher of ['aes-128-cbc', 'aes-256-cbc', 'des3']) {
    for (const prf of ['hmacWithSHA1', 'hmacWithSHA224', 'hmacWithSHA256', 'hmacWithSHA384', 'hmacWithSHA512']) {
      const args = ['pkcs8', '-topk8', '-in', plain, '-v2', cipher, '-v2prf', prf, '-iter', '50', '-passout', 'pass:pässword'];
      made.push([`${cipher} ${prf}`, openssl(...args)], [`${cipher} ${prf} DER`, openssl(...args, '-outform', 'DER')]);
    }
  }
  for (const scheme of ['PBE-SHA1-3DES', 'PBE-SHA1-2DES'])
    made.push([scheme, openssl('pkcs8', '-topk8', '-in', plain, '-v1', scheme, '-passout', 'pass:pässword')]);
  const legacy = ['-provider', 'legacy', '-provider', 'default'];
  for (const scheme of ['PBE-MD5-DES', 'PBE-SHA1-DES'])
    made.push([scheme, openssl('pkcs8', '-topk8', '-in', plain, '-v1', scheme, '-passout', 'pass:pässword', ...legacy)]);
  const scryptOptions = ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '8', '-scrypt_p', '2'];
  made.push(['scrypt', openssl('pkcs8', '-topk8', '-in', plain, ...scryptOptions, '-passout', 'pass:pässword')]);
  const rc2 = openssl('pkcs8', '-topk8', '-in', plain, '-v1', 'PBE-SHA1-RC2-40', '-passout', 'pass:x', ...legacy);
  assert.throws(() => decryptPrivateKey(nodeCrypto, new Uint8Array(rc2), 'x'), /unsupported.*RC2/);
  for (const cipher of ['-aes256', '-aes128', '-des3'])
    made.push([`old ${cipher}`, openssl('ec', '-in', plain, cipher, '-passout', 'pass:pässword')]);
  for (const [name, bytes] of made) {
    // PKCS #12's scheme takes UTF-16, which OpenSSL makes of UTF-8 as we do.
    same(decryptPrivateKey(nodeCrypto, new Uint8Array(bytes), 'pässword'));
    for (const wrong of ['', 'passwort']) assert.throws(() => decryptPrivateKey(nodeCrypto, new Uint8Array(bytes), wrong), /bad_key/, name);
  }
  const own = encryptPrivateKey(nodeCrypto, privateKeyToPkcs8(readFileSync(plain, 'utf8')), 'geheim', 100);
  // A provider without its own PBKDF2 comes to the same key.
  const { pbkdf2, scrypt, ...plainCrypto } = nodeCrypto;
  assert.ok(pbkdf2 !== undefined && scrypt !== undefined);
  same(decryptPrivateKey(plainCrypto, own, 'geheim'));
  const scrypted = new Uint8Array(made.find(([name]) => name === 'scrypt')![1]);
  assert.throws(() => decryptPrivateKey(plainCrypto, scrypted, 'pässword'), /unsupported/);
  same(decryptPrivateKey(nodeCrypto, own, 'geheim'));
  assert.ok(crypto.createPrivateKey({ key: Buffer.from(own), format: 'der', type: 'pkcs8', passphrase: 'geheim' }).equals(expected));
});

test('PKCS #12: files of OpenSSL are read, ours are read by OpenSSL', withOpenssl, () => {
  const leaf = issue(ca, 'CN=p12.example', { subjectAltNames: ['p12.example'] }, ec);
  const key = file('p12.key', ec.object.export({ type: 'pkcs8', format: 'pem' }));
  const cert = file('p12.crt', writePem('CERTIFICATE', leaf.certificate.der));
  const more = file('p12-ca.crt', writePem('CERTIFICATE', ca.certificate.der));
  const base = ['pkcs12', '-export', '-inkey', key, '-in', cert, '-certfile', more, '-name', 'Schlüssel', '-passout', 'pass:geheim'];
  const variants: string[][] = [
    [],
    ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
    ['-keypbe', 'AES-128-CBC', '-certpbe', 'NONE'],
    ['-keypbe', 'NONE', '-certpbe', 'NONE'],
    ['-macalg', 'sha512', '-iter', '100'],
  ];
  for (const extra of variants) {
    const content = readPkcs12(nodeCrypto, new Uint8Array(openssl(...base, ...extra)), 'geheim');
    assert.equal(content.keys.length, 1);
    assert.equal(content.keys[0]!.friendlyName, 'Schlüssel');
    assert.equal(content.certificates.length, 2);
    assert.deepEqual(certificateOfKey(content, content.keys[0]!)?.der, leaf.certificate.der);
    assert.ok(crypto.createPrivateKey({ key: Buffer.from(content.keys[0]!.pkcs8), format: 'der', type: 'pkcs8' }).equals(ec.object));
  }
  assert.throws(() => readPkcs12(nodeCrypto, new Uint8Array(openssl(...base)), 'falsch'), /wrong password/);
  const pkcs8 = privateKeyToPkcs8(readFileSync(key, 'utf8'));
  for (const legacy of [false, true]) {
    const own = createPkcs12({
      crypto: nodeCrypto,
      pkcs8,
      certificates: [leaf.certificate.der, ca.certificate.der],
      password: 'ü',
      friendlyName: 'name',
      iterations: 100,
      legacy,
    });
    const path = file('own.p12', own);
    const shown = openssl('pkcs12', '-in', path, '-passin', 'pass:ü', '-nodes').toString();
    assert.equal(readPem(shown).length, 3);
    const { stderr } = spawnSync('openssl', ['pkcs12', '-in', path, '-passin', 'pass:ü', '-nodes', '-info']);
    assert.match(
      stderr.toString(),
      legacy ? /MAC: sha1, [\s\S]*pbeWithSHA1And3-KeyTripleDES-CBC/ : /MAC: sha256, [\s\S]*PBES2, PBKDF2, AES-256-CBC/,
    );
    assert.equal(readPkcs12(nodeCrypto, own, 'ü').certificates.length, 2);
  }
});

test('PKCS #7 bundles', withOpenssl, () => {
  const leaf = issue(ca, 'CN=p7.example');
  const crl = createCrl({ crypto: nodeCrypto, issuer: ca, thisUpdate: NOW, nextUpdate: NOW + DAY, number: 1, entries: [] }) as Uint8Array;
  const text = writePem('CERTIFICATE', leaf.certificate.der) + writePem('CERTIFICATE', ca.certificate.der);
  const theirs = openssl('crl2pkcs7', '-in', file('p7.crl', writePem('X509 CRL', crl)), '-certfile', file('p7.crt', text));
  const content = readPkcs7(new Uint8Array(theirs));
  assert.equal(content.certificates.length, 2);
  assert.equal(content.crls.length, 1);
  const own = createPkcs7([leaf.certificate.der, ca.certificate.der], [crl]);
  assert.equal(readPkcs7(own).certificates.length, 2);
  const shown = openssl('pkcs7', '-inform', 'DER', '-in', file('own.p7b', own), '-print_certs').toString();
  assert.deepEqual(
    readPem(shown).map((block) => block.label),
    ['CERTIFICATE', 'CERTIFICATE', 'X509 CRL'],
  );
  assert.throws(() => readPkcs7(ca.certificate.der), /bad_der/);
});

test('requests: OpenSSL accepts ours, we read its; the signature counts', withOpenssl, async () => {
  for (const kind of ['p256', 'p384', 'rsa', 'rsa-pss', 'ed25519'] as const) {
    const key = testKey(kind, 'csr');
    const der = await createCertificateRequest({
      key: key.handle,
      subject: 'CN=csr.example,O=Example',
      subjectAltNames: ['csr.example', '192.0.2.3'],
    });
    const path = file(`${kind}.csr`, writePem('CERTIFICATE REQUEST', der));
    assert.match(spawnSync('openssl', ['req', '-in', path, '-verify', '-noout']).stderr.toString(), /verify OK/i, kind);
    const request = parseCertificateRequest(readFileSync(path, 'utf8'));
    assert.equal(request.subject.toString(), 'CN=csr.example,O=Example');
    assert.deepEqual(
      request.subjectAltName?.map((name) => name.kind),
      ['dns', 'ip'],
    );
    assert.equal(await request.verify(nodeCrypto), true, kind);
    const broken = der.slice();
    broken[broken.length - 1]! ^= 1;
    assert.equal(await parseCertificateRequest(broken).verify(nodeCrypto), false);
  }
  const theirs = openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'their.key',
    '-subj',
    '/C=DE/O=Firma/CN=their.example',
    '-addext',
    'subjectAltName=DNS:their.example',
  );
  const request = parseCertificateRequest(new Uint8Array(theirs));
  assert.equal(request.subject.toString(), 'CN=their.example,O=Firma,C=DE');
  assert.equal(await request.verify(nodeCrypto), true);
});

test(
  'RSASSA-PSS with a salt of any length, as OpenSSL makes it; the length in the parameters is the one that counts',
  withOpenssl,
  async () => {
    const keys = {
      rsa: file('pss-rsa.pem', rsa.object.export({ type: 'pkcs8', format: 'pem' })),
      pss: file('pss-key.pem', testKey('rsa-pss').object.export({ type: 'pkcs8', format: 'pem' })),
    };
    for (const [name, key] of Object.entries(keys)) {
      for (const salt of ['digest', 'max', '7', '0']) {
        const options = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', `rsa_pss_saltlen:${salt}`, '-subj', '/CN=pss root', '-sha256'];
        const certificate = parseCertificate(new Uint8Array(openssl('req', '-x509', '-new', '-key', key, ...options, '-outform', 'DER')));
        const request = parseCertificateRequest(new Uint8Array(openssl('req', '-new', '-key', key, ...options, '-outform', 'DER')));
        assert.equal(await request.verify(nodeCrypto), true, `request, ${name}, ${salt}`);
        const { signatureAlgorithm } = certificate;
        assert.equal(signatureAlgorithm?.exact, salt === 'digest', `${name}, ${salt}`);
        const verify = (saltLength?: number): unknown =>
          nodeCrypto.verify(
            (name === 'rsa' ? signatureAlgorithm?.rsaeScheme : signatureAlgorithm?.scheme) ?? 0,
            certificate.subjectKey(nodeCrypto)!,
            certificate.tbs,
            certificate.signature,
            saltLength,
          );
        assert.equal(verify(signatureAlgorithm?.saltLength), true, `${name}, ${salt}`);
        assert.equal(verify(11), false);
      }
    }
  },
);

test('certificates that we make are what OpenSSL takes them for', withOpenssl, () => {
  for (const kind of ['p256', 'p384', 'p521', 'rsa', 'rsa-pss', 'ed25519', 'ed448'] as const) {
    const own = root(`CN=${kind} root`, {}, testKey(kind, 'root'));
    const leaf = issue(
      own,
      `CN=${kind}`,
      { subjectAltNames: ['made.example'], policies: ['1.2.3.4'], ocspUris: ['http://ocsp.example'], crlUris: ['http://crl.example'] },
      testKey(kind, 'leaf'),
    );
    const anchor = file(`${kind}-root.crt`, writePem('CERTIFICATE', own.certificate.der));
    const path = file(`${kind}.crt`, writePem('CERTIFICATE', leaf.certificate.der));
    const out = openssl(
      'verify',
      '-x509_strict',
      '-attime',
      String(NOW / 1000),
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'made.example',
      '-CAfile',
      anchor,
      path,
    );
    assert.match(out.toString(), /: OK/, kind);
    const theirs = new crypto.X509Certificate(leaf.certificate.der);
    assert.equal(theirs.subjectAltName, 'DNS:made.example');
    assert.ok(theirs.checkIssued(new crypto.X509Certificate(own.certificate.der)));
  }
});

test('CRLs: OpenSSL reads and verifies ours', withOpenssl, async () => {
  const revoked = issue(ca, 'CN=revoked.example');
  const der = await createCrl({
    crypto: nodeCrypto,
    issuer: ca,
    thisUpdate: NOW - DAY,
    nextUpdate: NOW + DAY,
    number: 7,
    entries: [{ serial: revoked.certificate.serial, revocationDate: NOW - DAY, reason: 1 }],
  });
  const anchor = file('crl-ca.crt', writePem('CERTIFICATE', ca.certificate.der));
  const text = openssl('crl', '-in', file('own.crl', writePem('X509 CRL', der)), '-text', '-noout', '-CAfile', anchor).toString();
  assert.match(text, /Key Compromise/);
  const result = spawnSync('openssl', ['crl', '-in', join(folder, 'own.crl'), '-noout', '-CAfile', anchor]);
  assert.match(result.stderr.toString(), /verify OK/);
  const crl = parseCrl(der);
  assert.equal(crl.entriesOf(revoked.certificate.serial)[0]?.reason, 1);
  assert.equal(crl.entriesOf(ca.certificate.serial).length, 0);
});

test('OCSP: OpenSSL verifies our response and we read its request', withOpenssl, async () => {
  const leaf = issue(ca, 'CN=ocsp.example');
  const now = Date.now();
  const response = await createOcspResponse({
    crypto: nodeCrypto,
    issuer: ca.certificate,
    responder: ca,
    producedAt: now,
    answers: [{ certificate: leaf.certificate, status: 'good', thisUpdate: now - 1000, nextUpdate: now + DAY }],
  });
  const anchor = file('ocsp-ca.crt', writePem('CERTIFICATE', ca.certificate.der));
  const cert = file('ocsp.crt', writePem('CERTIFICATE', leaf.certificate.der));
  const args = ['ocsp', '-issuer', anchor, '-cert', cert, '-no_nonce'];
  const result = spawnSync('openssl', [...args, '-respin', file('ocsp.der', response), '-VAfile', anchor, '-CAfile', anchor], {
    cwd: folder,
  });
  assert.match(result.stderr.toString(), /Response verify OK/);
  assert.match(result.stdout.toString(), /: good/);
  openssl(...args, '-reqout', 'request.der');
  const request = parseOcspRequest(new Uint8Array(readFileSync(join(folder, 'request.der'))));
  assert.deepEqual(request.ids[0]?.serial, leaf.certificate.serial);
  const own = parseOcspRequest(
    createOcspRequest({ crypto: nodeCrypto, issuer: ca.certificate, certificates: [leaf.certificate], nonce: new Uint8Array(32) }),
  );
  assert.deepEqual(own.ids, request.ids);
  assert.equal(own.extensions.length, 1);
});

test('host store: name, key type, schemes, authorities, rotation', () => {
  const make = (name: string, key: typeof ec, ttl = 100 * DAY) => {
    const { certificate } = issue(ca, `CN=${name}`, { subjectAltNames: [name], notAfter: NOW + ttl }, key);
    return { chain: [certificate.der, ca.certificate.der], key: key.handle };
  };
  const first = make('a.example', ec);
  const rsaFirst = make('a.example', rsa);
  const wild = make('*.b.example', ec);
  const store = createHostStore([first, rsaFirst, wild]);
  assert.equal(store.select({ serverName: 'a.example' }), first);
  assert.equal(store.select({ serverName: 'a.example', keyTypes: ['rsa'] }), rsaFirst);
  assert.equal(store.select({ serverName: 'a.example', schemes: [0x0804] }), rsaFirst);
  assert.equal(store.select({ serverName: 'x.b.example' }), wild);
  assert.equal(store.select({ serverName: 'unknown.example' }), first);
  assert.equal(store.select({}), first);
  assert.equal(store.select({ keyTypes: ['ed25519'] }), undefined);
  assert.equal(store.select({ authorities: [ca.certificate.subject.der] }), first);
  assert.equal(store.select({ authorities: [issue(ca, 'CN=other').certificate.subject.der] }), undefined);
  assert.equal(createHostStore([first], { strict: true }).select({ serverName: 'unknown.example' }), undefined);
  const newer = make('a.example', ec, 200 * DAY);
  const remove = store.add(newer, ['new.example', '*.new.example']);
  assert.equal(store.select({ serverName: 'new.example' }), newer);
  assert.equal(store.select({ serverName: 'x.new.example' }), newer);
  remove();
  assert.equal(store.select({ serverName: 'new.example' }), first);
  assert.equal(store.select({ serverName: 'a.example', now: NOW + 150 * DAY }), first);
  store.replace([newer, first]);
  assert.equal(store.select({ serverName: 'a.example', now: NOW }), newer);
  store.replace([first, newer]);
  assert.equal(store.select({ serverName: 'a.example', now: NOW + 150 * DAY }), newer);
  assert.throws(() => store.add({ chain: first.chain, key: rsa.handle }), /certificate_key_mismatch/);
});
