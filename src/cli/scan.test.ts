/** `veritls scan` finds what a server was told to accept, no more and no less. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { getDiffieHellman } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { startNssDevice } from '../../examples/support/nss-device.ts';
import { CertificateFolder, command, startCommand } from '../../test/support/command.ts';
import { freePort } from '../../test/interop/process.ts';
import { integer, sequence } from '../pki/asn1/der-writer.ts';
import { writePem } from '../pki/asn1/pem.ts';
import { SUITES } from './catalogue.ts';
import { startProgram, stopProgram } from './demo/programs.ts';
import type { Grade, Reason } from './scan/grade.ts';
import type { Findings, VersionFindings } from './scan/survey.ts';

type Report = Omit<Findings, 'best'> & { grade: Grade; reasons: Reason[]; connections: number; target: { host: string } };

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl';
const folder = new CertificateFolder();
const p256 = folder.write('p256');
const rsa = folder.write('rsa');
after(() => {
  // Servers of tests that failed.
  process.emit('SIGTERM');
  folder.remove();
});

async function scanned(...args: string[]): Promise<Report> {
  const { status, stdout, stderr } = await command(['scan', ...args, '--json']);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Report;
}

function found(report: Report, name: string): VersionFindings {
  return report.versions.find(({ version }) => version === name)!;
}

async function scanServed(...args: string[]): Promise<Report> {
  const served = startCommand(['serve', '--port', '0', '--json', '--cert', p256.cert, '--key', p256.key, ...args, '--count', '100000']);
  const [, port] = await served.printed(/"port":(\d+)/);
  try {
    return await scanned(`localhost:${port}`, '--ca', p256.ca);
  } finally {
    process.emit('SIGTERM');
    await served.result;
  }
}

test('veritls serve as it is: A+', async () => {
  const report = await scanServed('--alpn', 'h2,http/1.1');
  assert.deepEqual([report.grade, report.reasons], ['A+', []]);
  assert.deepEqual(
    report.versions.map(({ version, accepted }) => [version, accepted]),
    [
      ['TLSv1.3', true],
      ['TLSv1.2', true],
      ['TLSv1.1', false],
      ['TLSv1', false],
      ['SSLv3', false],
    ],
  );
  const modern = found(report, 'TLSv1.3');
  assert.deepEqual(
    modern.suites.map(({ name }) => name),
    ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  );
  assert.deepEqual([modern.order, modern.resumption, modern.schemes], ['server', 'ticket', ['ecdsa_secp256r1_sha256']]);
  assert.ok(modern.groups.includes('x25519') && modern.groups.includes('secp256r1') && !modern.groups.includes('ffdhe8192'));
  assert.deepEqual([...report.alpn].sort(), ['h2', 'http/1.1']);
  assert.equal(report.trust.trusted, true);
  assert.equal(report.features.withoutName, 'same certificate');
});

test('exactly what was allowed is found: suites, groups, versions', async () => {
  const report = await scanServed(
    '--min',
    'tls1.0',
    '--max',
    'tls1.2',
    '--suites',
    'ECDHE-ECDSA-AES256-SHA,ECDHE-ECDSA-AES128-GCM-SHA256',
    '--groups',
    'x448,P-256',
  );
  assert.deepEqual(
    report.versions.filter(({ accepted }) => accepted).map(({ version }) => version),
    ['TLSv1.2', 'TLSv1.1', 'TLSv1'],
  );
  assert.deepEqual(
    found(report, 'TLSv1.2').suites.map(({ openssl }) => openssl),
    ['ECDHE-ECDSA-AES256-SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  );
  assert.deepEqual(
    found(report, 'TLSv1').suites.map(({ openssl }) => openssl),
    ['ECDHE-ECDSA-AES256-SHA'],
  );
  assert.deepEqual(found(report, 'TLSv1.2').groups, ['x448', 'secp256r1']);
  assert.equal(report.grade, 'B');
  assert.deepEqual(report.alpn, []);
});

test('an OpenSSL server that accepts everything: as many suites as OpenSSL itself says', { skip }, async () => {
  const { child, match } = await startProgram(
    'openssl',
    ['s_server', '-accept', '127.0.0.1:0', '-cert', rsa.cert, '-key', rsa.key, '-cipher', 'ALL:eNULL:@SECLEVEL=0', '-www'],
    /ACCEPT \S*:(\d+)/,
  );
  try {
    const report = await scanned(`localhost:${match[1]}`, '--ca', rsa.ca);
    const listed = spawnSync('openssl', ['ciphers', '-s', '-tls1_2', '-v', 'ALL:eNULL:@SECLEVEL=0'], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    // Its suites for RSA certificates or none, as far as we have them: no PSK, SRP, ECDSA or DSS.
    const expected = listed
      .filter((line) => /Au=(RSA|None)/.test(line) && !/PSK|SRP/.test(line))
      .map((line) => line.split(/\s+/)[0]!)
      .filter((name) => SUITES.some((suite) => suite.openssl === name));
    assert.ok(expected.length > 50, `${expected.length} suites`);
    const suites = found(report, 'TLSv1.2').suites;
    assert.deepEqual(suites.map(({ openssl }) => openssl).sort(), expected.sort());
    assert.deepEqual(
      suites.filter(({ fault }) => fault !== null),
      [],
    );
    assert.equal(found(report, 'TLSv1.2').order, 'client');
    assert.equal(found(report, 'TLSv1').accepted, true);
    assert.equal(found(report, 'SSLv3').accepted, false);
    assert.ok(found(report, 'TLSv1.2').schemes.includes('rsa_pkcs1_sha1'));
    assert.equal(report.grade, 'F');
    assert.match(report.reasons[0]!.text, /authenticate nobody|encrypt nothing/);
    const { features } = report;
    assert.deepEqual(
      [features.tickets, features.sessionIds, features.extendedMasterSecret, features.encryptThenMac, features.secureRenegotiation],
      [true, true, true, true, true],
    );
    assert.deepEqual([features.fallbackScsv, features.downgradeSentinel, features.compression], [true, true, false]);
    assert.deepEqual([features.heartbeat, features.recordSizeLimit], [false, null]);
    // It sizes DHE by its certificate's key: RSA of 2048 bits.
    assert.equal(features.dhBits, 2048);
  } finally {
    await stopProgram(child);
  }
});

/** An OpenSSL server that was told what its answers are to be. */
async function openssl(args: readonly string[], ...scan: string[]): Promise<Report> {
  const own = ['s_server', '-accept', '127.0.0.1:0', '-cert', rsa.cert, '-key', rsa.key];
  const { child, match } = await startProgram('openssl', [...own, ...args], /ACCEPT \S*:(\d+)/);
  try {
    return await scanned(`127.0.0.1:${match[1]}`, '--servername', 'localhost', '--ca', rsa.ca, ...scan);
  } finally {
    await stopProgram(child);
  }
}

test('OpenSSL with this and that switched off', { skip }, async () => {
  const dh = folder.file('dh.pem');
  // Group 2 of RFC 2409, 1024 bits.
  writeFileSync(dh, writePem('DH PARAMETERS', sequence(integer(getDiffieHellman('modp2').getPrime()), integer(2))));
  const without = ['-www', '-tls1_2', '-no_ticket', '-no_etm', '-cipher', 'DHE-RSA-AES128-SHA:@SECLEVEL=0', '-dhparam', dh];
  const { features, versions, grade } = await openssl([...without, '-no_cache']);
  assert.deepEqual(
    versions.filter(({ accepted }) => accepted).map(({ version, suites }) => [version, suites.map((suite) => suite.openssl)]),
    [['TLSv1.2', ['DHE-RSA-AES128-SHA']]],
  );
  assert.deepEqual(
    [features.tickets, features.sessionIds, features.extendedMasterSecret, features.encryptThenMac],
    [false, false, true, false],
  );
  assert.deepEqual([features.fallbackScsv, features.downgradeSentinel, features.dhBits], [null, null, 1024]);
  assert.equal(grade, 'C');
});

test('OpenSSL over UDP', { skip }, async () => {
  const { features, versions, grade } = await openssl(['-dtls', '-cipher', 'ECDHE+AESGCM'], '--dtls', '--parallel', '1');
  assert.deepEqual(
    versions.map(({ version, accepted, suites }) => [version, accepted, suites.length]),
    [
      ['DTLSv1.2', true, 2],
      ['DTLSv1', false, 0],
    ],
  );
  assert.deepEqual([features.tickets, features.compression, grade], [true, null, 'A+']);
});

const hasGnutls = spawnSync('gnutls-serv', ['--version']).status === 0;

test('GnuTLS: heartbeat, record size limit, versions and suites that it was told', {
  skip: hasGnutls ? false : 'no GnuTLS here',
}, async () => {
  const priority =
    'NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+ECDHE-RSA:+GROUP-SECP256R1:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256:+COMP-NULL';
  const port = String(await freePort());
  const args = ['--echo', '-p', port, '--x509certfile', rsa.cert, '--x509keyfile', rsa.key, '--disable-client-cert', '--heartbeat'];
  const { child } = await startProgram('gnutls-serv', [...args, '--priority', priority], /IPv4[^\n]*done/i);
  try {
    const { features, versions } = await scanned(`127.0.0.1:${port}`, '--servername', 'localhost', '--ca', rsa.ca);
    assert.deepEqual(
      versions.filter(({ accepted }) => accepted).map(({ version, suites, groups }) => [version, suites.map(({ name }) => name), groups]),
      [
        ['TLSv1.3', ['TLS_AES_128_GCM_SHA256'], ['secp256r1']],
        ['TLSv1.2', ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'], ['secp256r1']],
      ],
    );
    assert.deepEqual([features.heartbeat, features.downgradeSentinel, features.compression], [true, true, false]);
    assert.ok(features.recordSizeLimit !== null && features.recordSizeLimit >= 16_384);
  } finally {
    await stopProgram(child);
  }
});

test('NSS, a device with SSL 3.0 and 3DES', async (t) => {
  const device = await startNssDevice();
  if (device === undefined) {
    t.skip('there is no selfserv here');
    return;
  }
  const ca = folder.file('device.pem');
  writeFileSync(ca, device.ca);
  try {
    const { versions, grade, features } = await scanned(`127.0.0.1:${device.port}`, '--servername', 'localhost', '--ca', ca);
    assert.deepEqual(
      versions.filter(({ accepted }) => accepted).map(({ version, suites }) => [version, suites.map(({ name }) => name)]),
      [['SSLv3', ['TLS_RSA_WITH_3DES_EDE_CBC_SHA']]],
    );
    assert.deepEqual([features.tickets, features.sessionIds, features.fallbackScsv, features.compression], [false, true, null, false]);
    assert.equal(grade, 'F');
  } finally {
    device.stop();
  }
});

test('as a person sees it; a certificate that is not trusted; nothing there', async () => {
  const served = startCommand([
    'serve',
    '--port',
    '0',
    '--cert',
    p256.cert,
    '--key',
    p256.key,
    '--tls1.3',
    '--suites',
    'TLS_AES_128_GCM_SHA256',
    '--count',
    '100000',
  ]);
  const [, port] = await served.printed(/port (\d+), echoing/);
  const { status, stdout, stderr } = await command(['scan', `localhost:${port}`]);
  process.emit('SIGTERM');
  await served.result;
  assert.equal(status, 0);
  assert.match(stdout, /TLSv1\.3 {2}accepted +1/);
  assert.match(stdout, /Grade {2}F\n {2}F {4}The certificate is not trusted: /);
  assert.match(stderr, /^scanning: versions\n/);
  const nobody = await command(['scan', `127.0.0.1:${port}`, '--json']);
  assert.equal(nobody.status, 1);
  assert.match(nobody.stderr, /^veritls: nobody listens there.*\n$/);
});
