/** `veritls cert`: each command, and OpenSSL's opinion of what they make where there is one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { CertificateFolder, command } from '../../test/support/command.ts';
import type { CertificateView } from './certificate-view.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const skip = hasOpenssl ? false : 'there is no openssl';
const folder = new CertificateFolder();
const at = (name: string): string => folder.file(name);
after(() => folder.remove());

async function ok(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await command(['cert', ...args]);
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

async function show(file: string, ...more: string[]): Promise<(CertificateView & Record<string, unknown>)[]> {
  return JSON.parse(await ok('show', at(file), '--json', ...more)) as (CertificateView & Record<string, unknown>)[];
}

function openssl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  assert.equal(status, 0, `openssl ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout + stderr;
}

await ok('make', 'Example CA', '--ca', '--out', at('ca.pem'), '--key-out', at('ca-key.pem'));
const issuer = ['--issuer', at('ca.pem'), '--issuer-key', at('ca-key.pem')];

test('an authority and a certificate of it: fields, files, verdicts', async () => {
  const [ca] = await show('ca.pem');
  assert.deepEqual(
    [ca!.subject, ca!.ca, ca!.selfIssued, ca!.keyUsage, ca!.names],
    ['CN=Example CA', true, true, ['keyCertSign', 'cRLSign'], []],
  );
  await ok(
    'make',
    'www.example.com',
    '*.example.net',
    '192.0.2.1',
    'me@example.com',
    'https://example.com/x',
    ...issuer,
    '--out',
    at('www.pem'),
    '--days',
    '10',
    '--crl-uri',
    'http://example.com/crl',
    '--ocsp-uri',
    'http://example.com/ocsp',
    '--must-staple',
  );
  const [www, key] = await show('www.pem');
  assert.deepEqual(www!.names, [
    'DNS:www.example.com',
    'DNS:*.example.net',
    'IP:192.0.2.1',
    'email:me@example.com',
    'URI:https://example.com/x',
  ]);
  assert.deepEqual(
    [www!.issuer, www!.ca, www!.extendedKeyUsage, www!.mustStaple],
    ['CN=Example CA', false, ['serverAuth', 'clientAuth'], true],
  );
  assert.deepEqual(
    [www!.crlUris, www!.ocspUris, www!.otherExtensions],
    [['http://example.com/crl'], ['http://example.com/ocsp'], undefined],
  );
  assert.equal(Date.parse(www!.notAfter) - Date.parse(www!.notBefore), 10 * 86_400_000);
  assert.ok(Date.parse(www!.notBefore) < Date.now());
  assert.equal(www!.authorityKeyId, ca!.subjectKeyId);
  assert.deepEqual([key!['kind'], key!.spki256], ['private key', www!.spki256]);
  if (process.platform !== 'win32')
    for (const file of ['ca-key.pem', 'www.pem']) assert.equal(statSync(at(file)).mode & 0o777, 0o600, file);

  const valid = await command([
    'cert',
    'verify',
    at('www.pem'),
    '--ca',
    at('ca.pem'),
    '--name',
    'www.example.com',
    '--name',
    'a.example.net',
    '--purpose',
    'serverAuth',
  ]);
  assert.equal(valid.status, 0, valid.stdout);
  assert.match(valid.stdout, /^✔ valid {2}CN=www\.example\.com\n {2}└ signed by CN=Example CA\n/);
});

test('verify says why not', async () => {
  await ok('make', 'short.example', ...issuer, '--out', at('short.pem'), '--days', '1', '--purpose', 'clientAuth');
  const trust = ['--ca', at('ca.pem')];
  for (const [args, reason, rule] of [
    [[...trust, '--name', 'other.example'], 'host-name', /RFC 9525/],
    [[...trust, '--purpose', 'serverAuth'], 'extended-key-usage', /RFC 5280/],
    [[...trust, '--time', '2100-01-01'], 'expired', /RFC 5280/],
    [[...trust, '--time', '2001-01-01T00:00'], 'not-yet-valid', /RFC 5280/],
    [[...trust, '--revocation', 'required'], 'revocation-unknown', /RFC 5280/],
    [['--ca', at('short.pem'), '--profile', 'webpki', '--name', 'x.example'], 'host-name', /RFC 9525/],
    [[], 'no-issuer', /RFC 5280/],
  ] as const) {
    const { status, stdout } = await command(['cert', 'verify', at('short.pem'), '--json', ...args]);
    const verdict = JSON.parse(stdout) as {
      valid: boolean;
      failure: { reason: string; rule: string; message: string };
      failures: unknown[];
    };
    assert.deepEqual([status, verdict.valid, verdict.failure.reason], [1, false, reason], args.join(' '));
    assert.match(verdict.failure.rule, rule);
    assert.ok(verdict.failures.length >= 1);
    const told = await command(['cert', 'verify', at('short.pem'), ...args]);
    assert.match(told.stdout, /^✖ not valid {2}CN=short\.example\n/);
    assert.ok(told.stdout.replace(/\s+/g, ' ').includes(verdict.failure.message), told.stdout);
  }
});

test('every type of key; OpenSSL verifies the certificates', async () => {
  for (const type of ['p256', 'p384', 'p521', 'rsa2048', 'ed25519', 'ed448']) {
    const out = at(`${type}.pem`);
    await ok('make', `${type}.example`, ...issuer, '--type', type, '--out', out);
    const [view] = await show(`${type}.pem`);
    assert.equal(type.startsWith(view!.key.type === 'ec' ? 'p' : view!.key.type), true);
    await ok('verify', out, '--ca', at('ca.pem'), '--name', `${type}.example`);
    if (hasOpenssl)
      assert.match(
        openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', `${type}.example`, '-CAfile', at('ca.pem'), out),
        /OK/,
      );
  }
});

test('an intermediate authority: its chain comes with what it signs', async () => {
  await ok('make', 'Middle CA', '--ca', '--path-length', '0', ...issuer, '--out', at('middle.pem'), '--key-out', at('middle-key.pem'));
  await ok('make', 'deep.example', '--issuer', at('middle.pem'), '--issuer-key', at('middle-key.pem'), '--out', at('deep.pem'));
  assert.deepEqual(
    (await show('deep.pem')).map((one) => one.subject ?? one['kind']),
    ['CN=deep.example', 'CN=Middle CA', 'private key'],
  );
  assert.match(
    await ok('verify', at('deep.pem'), '--ca', at('ca.pem'), '--name', 'deep.example'),
    /signed by CN=Middle CA\n +└ signed by CN=Example CA/,
  );
  await ok('make', 'Too Deep CA', '--ca', '--issuer', at('middle.pem'), '--issuer-key', at('middle-key.pem'), '--out', at('toodeep.pem'));
  await ok('make', 'leaf.example', '--issuer', at('toodeep.pem'), '--out', at('leaf.pem'));
  const { status, stdout } = await command(['cert', 'verify', at('leaf.pem'), '--ca', at('ca.pem')]);
  assert.equal(status, 1);
  assert.match(stdout, /more intermediates than a CA above allows[^\n]*\n +CN=leaf\.example\n +▸ CN=Too Deep CA\n/);
});

test('a request, signed by the authority, which decides for itself', async () => {
  await ok('csr', 'site.example', 'alt.example', '--ca', '--key-out', at('site-key.pem'), '--out', at('site.csr'));
  const [request] = await show('site.csr');
  assert.deepEqual(
    [request!['kind'], request!.subject, request!.names, request!['signedByItself']],
    ['request', 'CN=site.example', ['DNS:alt.example'], true],
  );
  await ok('sign', at('site.csr'), ...issuer, '--out', at('site.pem'));
  const [signed] = await show('site.pem');
  assert.deepEqual(
    [signed!.subject, signed!.ca, signed!.names],
    ['CN=site.example', false, ['DNS:alt.example']],
    'a request to be an authority is not granted',
  );
  await ok('sign', at('site.csr'), ...issuer, '--name', 'given.example', '--subject', 'O=Given', '--out', at('given.pem'));
  const [given] = await show('given.pem');
  assert.deepEqual([given!.subject, given!.names], ['O=Given', ['DNS:given.example']]);
  if (hasOpenssl) {
    assert.match(openssl('req', '-in', at('site.csr'), '-noout', '-verify'), /verify OK/);
    openssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      at('o-key.pem'),
      '-out',
      at('o.csr'),
      '-subj',
      '/CN=o.example',
      '-addext',
      'subjectAltName=DNS:o.example',
    );
    await ok('sign', at('o.csr'), ...issuer, '--out', at('o.pem'));
    await ok('verify', at('o.pem'), '--ca', at('ca.pem'), '--name', 'o.example');
  }
  const altered = readFileSync(at('site.csr'), 'utf8').replace(
    /\n([A-Za-z0-9+/])(\S+=*\n-----END)/,
    (_, first: string, rest: string) => `\n${first === 'A' ? 'B' : 'A'}${rest}`,
  );
  writeFileSync(at('altered.csr'), altered);
  const { status, stderr } = await command(['cert', 'sign', at('altered.csr'), ...issuer]);
  assert.equal(status, 1);
  assert.match(stderr, /the request is not signed with its own key \(bad_signature\)/);
});

test('revocation lists: made, continued, used', async () => {
  await ok('make', 'gone.example', ...issuer, '--out', at('gone.pem'));
  await ok('make', 'stays.example', ...issuer, '--out', at('stays.pem'));
  await ok('crl', ...issuer, '--revoke', `${at('gone.pem')}=keyCompromise`, '--out', at('1.crl'));
  await ok('crl', ...issuer, '--from', at('1.crl'), '--revoke', '00a1b2', '--revoke', `${at('gone.pem')}`, '--out', at('2.crl'));
  const [list] = await show('2.crl');
  const [gone] = await show('gone.pem');
  assert.deepEqual([list!['kind'], list!['number'], list!.issuer], ['crl', '02', 'CN=Example CA']);
  assert.deepEqual(
    (list!['entries'] as { serial: string; reason: string }[]).map(({ serial, reason }) => [serial, reason]),
    [
      [gone!.serial, 'keyCompromise'],
      ['00a1b2', 'unspecified'],
    ],
  );
  const verify = (file: string): Promise<{ status: number | null; stdout: string }> =>
    command(['cert', 'verify', at(file), '--ca', at('ca.pem'), '--crl', at('2.crl'), '--revocation', 'required']);
  assert.equal((await verify('stays.pem')).status, 0);
  const refused = await verify('gone.pem');
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /revoked on \d{4}-\d\d-\d\d/);
  if (hasOpenssl) assert.match(openssl('crl', '-in', at('2.crl'), '-noout', '-CAfile', at('ca.pem')), /verify OK/);
});

test('PKCS #12 and encrypted keys', { skip }, async () => {
  await ok('make', 'p12.example', ...issuer, '--out', at('p.pem'), '--p12', at('p.p12'), '--passphrase', 'open sesame');
  assert.match(readFileSync(at('p.pem'), 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
  assert.match(openssl('pkcs12', '-in', at('p.p12'), '-passin', 'pass:open sesame', '-nodes'), /BEGIN PRIVATE KEY/);
  openssl('pkey', '-in', at('p.pem'), '-passin', 'pass:open sesame', '-noout');
  assert.deepEqual(
    (await show('p.p12', '--passphrase', 'open sesame')).map((one) => one['kind']),
    ['certificate', 'private key'],
  );
  assert.equal((await show('p.pem'))[1]!['encrypted'], true);
  const wrong = await command(['cert', 'show', at('p.p12'), '--passphrase', 'not this secret']);
  assert.equal(wrong.status, 1);
  assert.doesNotMatch(wrong.stderr, /this secret/);
  await ok('make', 'again.example', '--key', at('p.pem'), '--passphrase', 'open sesame', '--out', at('again.pem'));
  openssl('x509', '-in', at('p.pem'), '-outform', 'der', '-out', at('p.der'));
  assert.equal((await show('p.der'))[0]!.subject, 'CN=p12.example');
});

test('show prints no private key, and tells what it cannot read', async () => {
  await ok('make', 'x.example', '--out', at('x.pem'));
  const { stdout } = await command(['cert', 'show', at('x.pem')]);
  const secret = /-----BEGIN PRIVATE KEY-----\n([^\n]+)/.exec(readFileSync(at('x.pem'), 'utf8'))![1]!;
  assert.doesNotMatch(stdout, /BEGIN/);
  assert.ok(!stdout.includes(secret));
  writeFileSync(at('bad.pem'), `-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n${readFileSync(at('x.pem'), 'utf8')}`);
  const partly = await command(['cert', 'show', at('bad.pem')]);
  assert.equal(partly.status, 1);
  assert.match(partly.stdout, /CERTIFICATE that cannot be read/);
  assert.match(partly.stdout, /Certificate CN=x\.example/);
  writeFileSync(at('noise.der'), Buffer.from('3003020101', 'hex'));
  const noise = await command(['cert', 'show', at('noise.der')]);
  assert.deepEqual([noise.status, noise.stderr.trim().split('\n').length], [1, 1]);
});

test('nothing is overwritten unasked; nothing is left behind by a refusal', async () => {
  await ok('make', 'one.example', '--out', at('one.pem'));
  const before = readFileSync(at('one.pem'), 'utf8');
  const again = await command(['cert', 'make', 'one.example', '--key-out', at('new-key.pem'), '--out', at('one.pem')]);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /exists: --force writes over it/);
  assert.equal(readFileSync(at('one.pem'), 'utf8'), before);
  assert.equal(existsSync(at('new-key.pem')), false);
  await ok('make', 'one.example', '--out', at('one.pem'), '--force');
  assert.notEqual(readFileSync(at('one.pem'), 'utf8'), before);
});

test('to standard output: certificate and key; the summary to standard error', async () => {
  const { stdout, stderr } = await command(['cert', 'make', 'localhost']);
  assert.match(stdout, /^-----BEGIN CERTIFICATE-----[\s\S]+-----END PRIVATE KEY-----\n$/);
  assert.match(stderr, /^CN=localhost\n/);
});

test('usage', async () => {
  for (const [args, says] of [
    [[], /which of its commands/],
    [['polish'], /no such command: cert polish/],
    [['make'], /a name is missing/],
    [['make', 'a b'], /not a host name/],
    [['make', 'a.example', '--type', 'dsa'], /unknown type of key/],
    [['make', 'a.example', '--days', '0'], /--days/],
    [['make', 'a.example', '--path-length', '1'], /--path-length is for --ca/],
    [['make', 'a.example', '--purpose', 'cooking'], /unknown purpose cooking/],
    [['make', 'a.example', '--issuer-key', 'x'], /--issuer-key needs --issuer/],
    [['make', 'a.example', '--p12', 'x'], /--p12 needs --passphrase/],
    [['make', 'a.example', '--json'], /--json needs --out/],
    [['csr', 'a.example'], /--key FILE or --key-out FILE/],
    [['sign', at('site.csr')], /--issuer is missing/],
    [['crl'], /--issuer is missing/],
    [['crl', ...issuer, '--revoke', '01=boredom'], /unknown reason boredom/],
    [['verify', at('ca.pem'), '--time', 'tomorrow'], /--time is not a date/],
    [['verify', at('ca.pem'), '--profile', 'x'], /--profile is one of rfc5280, webpki/],
    [['show'], /an argument is missing/],
  ] as const) {
    const { status, stderr, stdout } = await command(['cert', ...args]);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.match(stderr, says);
  }
  const notCa = await command(['cert', 'make', 'a.example', '--issuer', at('one.pem')]);
  assert.equal(notCa.status, 1);
  assert.match(notCa.stderr, /the issuer is no certificate authority/);
  const wrongKey = await command(['cert', 'make', 'a.example', '--issuer', at('ca.pem'), '--issuer-key', at('one.pem')]);
  assert.match(wrongKey.stderr, /certificate_key_mismatch/);
  for (const name of ['make', 'show', 'verify', 'csr', 'sign', 'crl']) {
    const { status, stdout } = await command(['help', 'cert', name]);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^veritls cert ${name}: `));
    assert.equal((await command(['cert', name, '--help'])).stdout, stdout);
  }
});
