/** The command against OpenSSL's own: skipped where there is no openssl. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { CertificateFolder, command, commandProcess, startCommand } from '../../test/support/command.ts';
import { runProgram, startProgram, stopProgram } from './demo/programs.ts';
import type { ConnectionView } from './report.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl';
const folder = new CertificateFolder();
const p256 = folder.write('p256');
const rsa = folder.write('rsa');
after(() => {
  // Servers of tests that failed.
  process.emit('SIGTERM');
  folder.remove();
});

/** Runs `use` with the port of an `openssl s_server`. */
async function withServer(args: readonly string[], use: (port: string) => Promise<void>): Promise<void> {
  const { child, match } = await startProgram('openssl', ['s_server', '-accept', '127.0.0.1:0', ...args], /ACCEPT \S*:(\d+)/);
  try {
    await use(match[1]!);
  } finally {
    await stopProgram(child);
  }
}

const CASES: readonly { name: string; server?: string[]; client?: string[]; version: string; suite?: string; resumed?: boolean }[] = [
  { name: 'TLS 1.3', version: 'TLSv1.3' },
  { name: 'TLS 1.3, AES-256', server: ['-ciphersuites', 'TLS_AES_256_GCM_SHA384'], version: 'TLSv1.3', suite: 'TLS_AES_256_GCM_SHA384' },
  { name: 'TLS 1.3 with a HelloRetryRequest', server: ['-groups', 'P-384'], version: 'TLSv1.3' },
  { name: 'TLS 1.2', server: ['-tls1_2'], version: 'TLSv1.2' },
  {
    name: 'TLS 1.2, CBC',
    client: ['--tls1.2', '--suites', 'ECDHE-RSA-AES256-SHA384'],
    version: 'TLSv1.2',
    suite: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  },
  {
    name: 'client certificate',
    server: ['-Verify', '1', '-verify_return_error', '-CAfile', rsa.ca],
    client: ['--cert', p256.cert, '--key', p256.key],
    version: 'TLSv1.3',
  },
  { name: 'ALPN', server: ['-alpn', 'http/1.1'], client: ['--alpn', 'h2,http/1.1'], version: 'TLSv1.3' },
];

for (const { name, server = [], client = [], version, suite } of CASES) {
  test(`connect to openssl s_server: ${name}`, { skip }, async () => {
    await withServer(['-cert', rsa.cert, '-key', rsa.key, '-rev', ...server], async (port) => {
      const { status, stdout, stderr } = await command(['connect', `localhost:${port}`, '--ca', rsa.ca, ...client, '--resume', '--json']);
      assert.equal(stderr, '');
      const { connections } = JSON.parse(stdout) as { connections: ConnectionView[] };
      assert.equal(status, 0);
      assert.deepEqual(
        connections.map((one) => [one.negotiated!.version, one.negotiated!.resumed, one.peer.trust.trusted]),
        [
          [version, false, true],
          [version, true, true],
        ],
      );
      if (suite !== undefined) assert.equal(connections[0]!.negotiated!.suite, suite);
      if (name === 'ALPN') assert.equal(connections[0]!.negotiated!.alpn, 'http/1.1');
      const talked = await commandProcess(
        ['connect', `localhost:${port}`, '--ca', rsa.ca, ...client, '-q', '--linger', '0.4'],
        'veritls\n',
      );
      assert.deepEqual([talked.status, talked.stdout, talked.stderr], [0, 'sltirev\n', '']);
    });
  });
}

test('openssl s_server with a pre-shared key', { skip }, async () => {
  for (const [version, option] of [
    ['TLSv1.3', '--tls1.3'],
    ['TLSv1.2', '--tls1.2'],
  ] as const) {
    await withServer(['-nocert', '-psk', '1a2b3c4d1a2b3c4d', '-psk_identity', 'me', '-rev'], async (port) => {
      const args = ['connect', `127.0.0.1:${port}`, option, '--psk', '1a2b3c4d1a2b3c4d', '--psk-identity', 'me', '-q', '--linger', '0.3'];
      const { status, stdout, stderr } = await command(args, 'abc\n');
      assert.deepEqual([status, stdout, stderr], [0, 'cba\n', ''], version);
    });
  }
});

test('what openssl refuses is told with its alert', { skip }, async () => {
  await withServer(['-cert', rsa.cert, '-key', rsa.key, '-tls1_2'], async (port) => {
    const { status, stderr } = await command(['connect', `localhost:${port}`, '--ca', rsa.ca, '--tls1.3', '--no-pipe']);
    assert.equal(status, 1);
    assert.equal(stderr, 'veritls: the peer refused: alert protocol_version (alert_received)\n');
  });
});

test('openssl s_client connects to veritls serve, and verifies it', { skip }, async () => {
  for (const [option, version] of [
    ['-tls1_3', 'TLSv1.3'],
    ['-tls1_2', 'TLSv1.2'],
  ] as const) {
    const served = startCommand(['serve', '--port', '0', '--count', '1', '--cert', rsa.cert, '--key', rsa.key]);
    const [, port] = await served.printed(/port (\d+), echoing/);
    const { stdout } = await runProgram('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'localhost',
      '-verify_hostname',
      'localhost',
      '-CAfile',
      rsa.ca,
      option,
    ]);
    assert.match(stdout, new RegExp(`New, ${version}, Cipher is`));
    assert.match(stdout, /Verification: OK|Verify return code: 0/);
    const result = await served.result;
    assert.equal(result.status, 0);
    assert.match(result.stdout, new RegExp(`✔ ${version} in`));
  }
});
