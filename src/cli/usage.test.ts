import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../../test/support/command.ts';
import { SUITES } from './catalogue.ts';

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['nonsense'], /no such command: nonsense/],
  [['connect'], /an argument is missing/],
  [['connect', 'a:1', 'b:2'], /unexpected argument: b:2/],
  [['connect', 'localhost'], /a port is missing/],
  [['connect', 'localhost:99999'], /not a port/],
  [['connect', 'localhost:0'], /not a port/],
  [['connect', 'a b:1'], /not HOST:PORT/],
  [['connect', '[::1'], /not HOST:PORT/],
  [['connect', 'localhost:1', '--colour'], /unknown option '--colour'/i],
  [['connect', 'localhost:1', '--ca'], /--ca/],
  [['connect', 'localhost:1', '--json=yes'], /--json/],
  [['connect', 'localhost:1', '--min', 'tls1.4'], /unknown version tls1\.4/],
  [['connect', 'localhost:1', '--min', 'tls1.3', '--max', 'tls1.2'], /--min is above --max/],
  [['connect', 'localhost:1', '--tls1.2', '--tls1.3'], /exclude each other/],
  [['connect', 'localhost:1', '--tls1.2', '--min', 'tls1.2'], /excludes --min/],
  [['connect', 'localhost:1', '--suites', 'FANCY'], /unknown cipher suite FANCY/],
  [['connect', 'localhost:1', '--suites', 'TLS_AES_128_GCM_SHA256', '--tls1.2'], /none of these cipher suites/],
  [['connect', 'localhost:1', '--suites', 'AES128-SHA', '--tls1.3'], /none of these cipher suites/],
  [['connect', 'localhost:1', '--suites', 'RC4-SHA'], /no RC4/],
  [['connect', 'localhost:1', '--groups', 'curve1'], /unknown group curve1/],
  [['connect', 'localhost:1', '--timeout', '-1'], /--timeout/],
  [['connect', 'localhost:1', '--timeout=0'], /--timeout must be/],
  [['connect', 'localhost:1', '--starttls', 'telnet'], /--starttls is one of smtp/],
  [['connect', 'localhost', '--starttls', 'constructor'], /--starttls is one of smtp/],
  [['connect', 'localhost:1', '--key', 'x.pem'], /--key needs --cert/],
  [['connect', 'localhost:1', '--psk-identity', 'me'], /--psk is missing/],
  [['connect', 'localhost:1', '--psk', '00', '--psk-hash', 'md5'], /--psk-hash/],
  [['connect', 'localhost:1', '--servername', 'a b'], /--servername/],
  [['connect', 'localhost:1', '--resume', '--session-in', 'x'], /exclude each other/],
  [['serve', '--port', '70000'], /--port must be a number from 0 to 65535/],
  [['serve', '--echo', '--http'], /exclude each other/],
  [['serve', '--cert', 'x', '--self-signed', 'y'], /exclude each other/],
  [['help', 'nonsense'], /no such command/],
  [['version', 'x'], /unexpected argument/],
];

for (const [args, says] of WRONG) {
  test(`usage: veritls ${args.join(' ')}`, async () => {
    const { status, stdout, stderr } = await command(args);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, says);
    assert.match(stderr.split('\n')[0]!, /^veritls: /);
    assert.equal(stderr.trimEnd().split('\n').length, 2, stderr);
  });
}

test('a wrong key is not repeated in the message', async () => {
  const { status, stderr } = await command(['connect', 'localhost:1', '--psk', 'secret-and-not-hex']);
  assert.equal(status, 2);
  assert.match(stderr, /--psk is a key in hexadecimal/);
  assert.doesNotMatch(stderr, /secret-and/);
});

test('files that are not there, or not what they should be: one line, status 1, no stack trace', async () => {
  for (const [args, says] of [
    [['connect', 'localhost:1', '--ca', '/nonexistent/ca.pem'], /no such file: \/nonexistent\/ca\.pem \(ENOENT\)/],
    [['connect', 'localhost:1', '--ca', import.meta.filename], /no certificate in/],
    [['connect', 'localhost:1', '--keylog', '/nonexistent/log'], /ENOENT/],
    [['connect', 'localhost:1', '--session-in', import.meta.filename], /no session of this version/],
    [['serve', '--cert', '/nonexistent/cert.pem'], /ENOENT/],
  ] as const) {
    const { status, stderr } = await command(args);
    assert.equal(status, 1, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

test('without arguments: the overview, status 2; with --help, status 0', async () => {
  const none = await command([]);
  assert.equal(none.status, 2);
  assert.match(none.stderr, /veritls COMMAND/);
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { status, stdout } = await command(args);
    assert.equal(status, 0);
    for (const name of ['connect', 'serve', 'demo', 'scan', 'cert', 'suites', 'version', 'help'])
      assert.match(stdout, new RegExp(`^  ${name}  `, 'm'));
  }
});

test('every command has help with its options', async () => {
  for (const name of ['connect', 'serve', 'demo', 'scan', 'suites', 'version', 'help']) {
    const asked = await command(['help', name]);
    assert.equal(asked.status, 0);
    assert.match(asked.stdout, new RegExp(`^veritls ${name}: `));
    if (name !== 'help' && name !== 'demo') assert.match(asked.stdout, /--json/);
    if (name !== 'help') assert.deepEqual((await command([name, '--help'])).stdout, asked.stdout);
    for (const line of asked.stdout.split('\n').filter((one) => !one.startsWith('  veritls') && !one.startsWith('  printf')))
      assert.ok(line.length <= 100, line);
  }
});

test('suites: all of them, by words, as JSON', async () => {
  const all = await command(['suites']);
  assert.equal(all.status, 0);
  for (const suite of SUITES) assert.ok(all.stdout.includes(` ${suite.name} `), suite.name);
  assert.ok(SUITES.length >= 180, `${SUITES.length} suites`);
  assert.equal(new Set(SUITES.map((suite) => suite.id)).size, SUITES.length);
  const some = JSON.parse((await command(['suites', 'ecdhe_rsa', 'gcm', '--json', '--safe'])).stdout) as Record<string, unknown>[];
  assert.deepEqual(
    some.map((suite) => suite['openssl']),
    ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
  );
  assert.deepEqual(some[0], {
    id: '0xc02f',
    name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    openssl: 'ECDHE-RSA-AES128-GCM-SHA256',
    kx: 'ECDHE',
    auth: 'rsa',
    cipher: 'AES-128-GCM',
    mac: 'AEAD',
    versions: ['TLSv1.2'],
    safe: true,
    lacks: null,
  });
});

test('version', async () => {
  const { stdout } = await command(['version', '--json']);
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  assert.match(String(facts['veritls']), /^\d+\.\d+\.\d+/);
  assert.equal(facts['node'], process.versions.node);
  assert.match((await command(['--version'])).stdout, /^veritls \d/);
});

test('colours only where they are wanted', async () => {
  assert.doesNotMatch((await command(['suites'])).stdout, /\x1b/);
  assert.match((await command(['suites'], '', { FORCE_COLOR: '1' })).stdout, /\x1b\[/);
  assert.doesNotMatch((await command(['suites'], '', { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout, /\x1b/);
});
