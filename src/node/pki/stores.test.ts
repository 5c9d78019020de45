import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TlsError } from '../../base/errors.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import {
  createCrl,
  createPkcs12,
  createPkcs7,
  createRevokedStore,
  explainVerdict,
  validateCertificate,
  writePem,
} from '../../pki/index.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from '../../../test/x509/ca.ts';
import { createCaStore, createHostFileStore, createRevokedFileStore, systemBundle, systemCertificates } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'veritls-stores-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string): string => join(dir, name);
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const pem = (...list: TestCa[]): string => list.map((one) => writePem('CERTIFICATE', one.certificate.der)).join('');
const pkcs8 = (label: string): string => testKey('p256', label).object.export({ type: 'pkcs8', format: 'pem' }) as string;
const FAST = { settleMs: 10, pollMs: 20 };

const a = root('CN=Store A');
const b = root('CN=Store B');
const c = root('CN=Store C');

/** Waits for what a watcher does; fails after two seconds. */
async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('nothing happened');
}

test('CA store: files of all kinds, folders, no duplicates; what is broken is told with its name', () => {
  mkdirSync(at('folder'));
  put('folder/b.crt', b.certificate.der);
  put('folder/again.pem', pem(a, b));
  put('folder/README', 'no certificate');
  put('folder/broken.pem', pem(a).replace('MI', 'AA'));
  mkdirSync(at('folder/sub'));
  const problems: string[] = [];
  const store = createCaStore({
    files: [put('a.pem', pem(a)), put('c.p7b', createPkcs7([c.certificate.der]))],
    folders: [at('folder')],
    onProblem: ({ path }) => problems.push(path),
  });
  assert.deepEqual(store.anchors.map((one) => one.subject.toString()).sort(), ['CN=Store A', 'CN=Store B', 'CN=Store C']);
  assert.ok(store.find(b.certificate));
  assert.deepEqual(problems, [at('folder/broken.pem'), at('folder/sub')]);
  assert.throws(() => createCaStore({ files: [at('absent.pem')] }), /ENOENT.*absent\.pem/);
  assert.throws(
    () => createCaStore({ files: [at('folder/README')] }),
    (error) => error instanceof TlsError && /README/.test(error.detail ?? ''),
  );
  assert.throws(() => createCaStore({ folders: [] }), { code: 'invalid_argument' });
});

test('CA store: Node and the system', { skip: systemBundle() === undefined ? 'no bundle on this system' : false }, async () => {
  assert.ok(systemCertificates().length > 50);
  const store = createCaStore({ system: true, bundled: true });
  assert.ok(store.anchors.length >= systemCertificates().length);
  const one = store.anchors.find((anchor) => anchor.notAfter > Date.now())!;
  const verdict = await validateCertificate({ trustAnchors: store, certificate: one, crypto: nodeCrypto, time: Date.now() });
  assert.ok(verdict.valid, explainVerdict(verdict));
});

test('CA store: a watched file may be replaced, a broken one changes nothing', async () => {
  const file = put('watched.pem', pem(a));
  const problems: Error[] = [];
  let changes = 0;
  const store = createCaStore({ files: [file], watch: FAST, onChange: () => changes++, onProblem: ({ error }) => problems.push(error) });
  try {
    renameSync(put('new.pem', pem(b)), file);
    await until(() => changes === 1);
    assert.equal(store.find(a.certificate), undefined);
    assert.ok(store.find(b.certificate));
    writeFileSync(file, 'half');
    await until(() => problems.length === 1);
    assert.match(String((problems[0] as TlsError).detail), /watched\.pem/);
    assert.ok(store.find(b.certificate));
    const leaf = issue(b, 'CN=leaf', { subjectAltNames: ['leaf.example'] });
    const verdict = await validateCertificate({ trustAnchors: store, certificate: leaf.certificate, crypto: nodeCrypto, time: NOW });
    assert.ok(verdict.valid);
  } finally {
    store.close();
  }
});

test('host store: PEM pairs, handles and PKCS #12; rotation through a turned link, without a moment without certificate', async () => {
  for (const n of [1, 2]) {
    mkdirSync(at(`v${n}`));
    const leaf = issue(a, 'CN=host', { subjectAltNames: ['host.example'], notAfter: NOW + n * DAY }, testKey('p256', `host ${n}`));
    put(`v${n}/cert.pem`, pem(leaf));
    put(`v${n}/key.pem`, pkcs8(`host ${n}`));
  }
  symlinkSync(at('v1'), at('live'));
  const other = issue(a, 'CN=other', { subjectAltNames: ['other.example'] }, testKey('p256', 'other'));
  const pfx = createPkcs12({
    crypto: nodeCrypto,
    password: 'pass',
    pkcs8: new Uint8Array(testKey('p256', 'other').object.export({ type: 'pkcs8', format: 'der' })),
    certificates: [other.certificate.der, a.certificate.der],
    iterations: 1000,
  });
  const problems: Error[] = [];
  let changes = 0;
  const store = createHostFileStore({
    hosts: [
      { cert: at('live/cert.pem'), key: at('live/key.pem'), ocsp: at('staple.der') },
      { pfx: put('other.p12', pfx), passphrase: 'pass', names: ['*.other.example', 'other.example'] },
    ],
    watch: FAST,
    onChange: () => changes++,
    onProblem: ({ error }) => problems.push(error),
  });
  try {
    const ends = (serverName: string): number => {
      const [leaf] = store.select({ serverName })!.chain;
      return new Date(createCaStore({ certificates: [leaf!] }).anchors[0]!.notAfter).getTime();
    };
    assert.equal(ends('host.example'), NOW + DAY);
    assert.equal(store.select({ serverName: 'x.other.example' })?.chain[1]?.length, a.certificate.der.length);
    assert.equal(store.select({ serverName: 'host.example' })?.ocspResponse, undefined);
    symlinkSync(at('v2'), at('next'));
    renameSync(at('next'), at('live'));
    await until(() => changes === 1);
    assert.equal(ends('host.example'), NOW + 2 * DAY);
    put('staple.der', Uint8Array.of(0x30, 0));
    await until(() => changes === 2);
    assert.equal(store.select({ serverName: 'host.example' })?.ocspResponse?.length, 2);
    // The key of another certificate: told, and the old pair goes on.
    put('v2/key.pem', pkcs8('host 1'));
    await until(() => problems.length === 1);
    assert.equal((problems[0] as TlsError).code, 'certificate_key_mismatch');
    assert.equal(ends('host.example'), NOW + 2 * DAY);
  } finally {
    store.close();
  }
  assert.throws(() => createHostFileStore({ hosts: [{ cert: at('v1/cert.pem') }] }), { code: 'bad_key' });
});

test('host store: a PKCS #12 file in any order gives the chain in its own; a response for each certificate', () => {
  const upper = issue(a, 'CN=Upper', { ca: true });
  const lower = issue(upper, 'CN=Lower', { ca: true });
  const leaf = issue(lower, 'CN=ordered', { subjectAltNames: ['ordered.example'] }, testKey('p256', 'ordered'));
  const pfx = createPkcs12({
    crypto: nodeCrypto,
    password: 'pass',
    pkcs8: new Uint8Array(testKey('p256', 'ordered').object.export({ type: 'pkcs8', format: 'der' })),
    certificates: [b, upper, leaf, lower].map((one) => one.certificate.der),
    iterations: 1000,
  });
  const store = createHostFileStore({
    hosts: [
      {
        pfx: put('ordered.p12', pfx),
        passphrase: 'pass',
        ocsp: [put('1.der', Uint8Array.of(0x30, 0)), at('absent'), put('3.der', Uint8Array.of(3))],
      },
    ],
  });
  const found = store.select({ serverName: 'ordered.example' });
  assert.deepEqual(
    found?.chain,
    [leaf, lower, upper].map((one) => one.certificate.der),
  );
  assert.deepEqual(found?.ocspResponse, Uint8Array.of(0x30, 0));
  assert.deepEqual(found?.ocspResponses?.slice(1), [undefined, Uint8Array.of(3)]);
  store.close();
});

test('revoked store: lines, certificates and CRLs, by issuer and serial; read again when the file changes', async () => {
  const leaves = [1, 2, 3, 4].map((n) => issue(a, `CN=r${n}`, { serial: Uint8Array.of(n, 0xab) }));
  const twin = issue(b, 'CN=twin', { serial: Uint8Array.of(1, 0xab) });
  const crl = createCrl({
    crypto: nodeCrypto,
    issuer: a,
    thisUpdate: NOW,
    nextUpdate: NOW + DAY,
    number: 1,
    entries: [{ serial: leaves[1]!.certificate.serial, revocationDate: NOW }],
  }) as Uint8Array;
  const list = put('revoked.txt', '# revoked by hand\n01:ab CN=Store A # the first\n\n');
  let changes = 0;
  const store = createRevokedFileStore({
    files: [list, put('revoked.crl', crl), put('revoked.pem', pem(leaves[2]!))],
    watch: FAST,
    onChange: () => changes++,
  });
  try {
    assert.equal(store.size, 3);
    assert.deepEqual(
      [...leaves, twin].map(({ certificate }) => store.has(certificate)),
      [true, true, true, false, false],
    );
    const verdict = await validateCertificate({
      trustAnchors: [a.certificate],
      certificate: leaves[0]!.certificate,
      crypto: nodeCrypto,
      time: NOW,
      revoked: store,
    });
    assert.equal(verdict.failure?.reason, 'revoked');
    writeFileSync(list, '4ab CN=Store A\n');
    await until(() => changes === 1);
    assert.deepEqual(
      leaves.map(({ certificate }) => store.has(certificate)),
      [false, true, true, true],
    );
    store.add(twin.certificate);
    store.reload();
    assert.ok(store.has(twin.certificate));
  } finally {
    store.close();
  }
  assert.throws(() => createRevokedFileStore({ files: [put('bad.txt', 'what is this\n')] }), { code: 'invalid_argument' });
  assert.equal(createRevokedStore().size, 0);
});
