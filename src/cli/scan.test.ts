/** `veritls scan` finds what a server was told to accept, no more and no less. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { CertificateFolder, command, startCommand } from '../../test/support/command.ts';
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
  } finally {
    await stopProgram(child);
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
