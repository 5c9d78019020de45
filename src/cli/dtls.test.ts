/** `veritls connect --dtls`, `serve --dtls` and `proxy` with each other, and with OpenSSL. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { lossyProxy } from '../node/dtls/lossy-proxy.ts';
import { CertificateFolder, command, startCommand } from '../../test/support/command.ts';
import type { ConnectionView } from './report.ts';

const folder = new CertificateFolder();
const p256 = folder.write('p256');
after(() => {
  process.emit('SIGTERM');
  folder.remove();
});

interface Report {
  readonly ok: boolean;
  readonly connections: readonly ConnectionView[];
}

async function serving(count: number, ...args: string[]): Promise<string> {
  const served = startCommand(['serve', '--dtls', '--port', '0', '--json', '--count', String(count), ...args]);
  return (await served.printed(/"port":(\d+)/))[1]!;
}

async function report(...args: string[]): Promise<Report> {
  const { stdout, stderr } = await command(['connect', ...args, '--dtls', '--json']);
  assert.ok(stdout !== '', stderr);
  return JSON.parse(stdout) as Report;
}

test('connect --dtls and serve --dtls: certificate, PSK, resumption, versions', async () => {
  const port = await serving(3, '--cert', p256.cert, '--key', p256.key, '--min', 'dtls1.0');
  const first = await report(`localhost:${port}`, '--ca', p256.ca, '--resume');
  assert.equal(first.ok, true);
  assert.deepEqual(
    first.connections.map(({ negotiated }) => [negotiated?.version, negotiated?.resumed]),
    [
      ['DTLSv1.2', false],
      ['DTLSv1.2', true],
    ],
  );
  assert.ok(first.connections[0]!.handshake.some(({ name }) => name === 'HelloVerifyRequest'));
  const old = await report(
    `localhost:${port}`,
    '--ca',
    p256.ca,
    '--min',
    'dtls1.0',
    '--max',
    'dtls1.0',
    '--suites',
    'ECDHE-ECDSA-AES128-SHA',
  );
  assert.equal(old.connections[0]?.negotiated?.version, 'DTLSv1');

  const keyed = await serving(1, '--psk', '00112233', '--psk-identity', 'me');
  const byKey = await report(`127.0.0.1:${keyed}`, '--psk', '00112233', '--psk-identity', 'me');
  assert.equal(byKey.ok, true);
});

test('connect --dtls through a proxy that loses datagrams: the repetitions are shown', async () => {
  const port = await serving(1, '--cert', p256.cert, '--key', p256.key);
  const proxy = startCommand(['proxy', `127.0.0.1:${port}`, '--port', '0', '--loss', '40%', '--seed', '5']);
  const through = (await proxy.printed(/port (\d+) to/))[1]!;
  const seen = await report(`localhost:${through}`, '--ca', p256.ca, '--timeout', '60', '--lossy-link');
  assert.equal(seen.ok, true);
  assert.ok(seen.connections[0]!.handshake.some(({ name }) => name.includes('sent again')));
  await proxy.printed(/lost/);
});

test('serve --dtls shows what it has repeated', async () => {
  const served = startCommand(['serve', '--dtls', '--port', '0', '--count', '1', '--cert', p256.cert, '--key', p256.key, '--lossy-link']);
  const port = (await served.printed(/port (\d+),/))[1]!;
  // After the second ClientHello nothing gets through for a while: the server has nothing but its timer.
  let fromClient = 0;
  const proxy = await lossyProxy({
    target: { host: '127.0.0.1', port: Number(port) },
    onDatagram: ({ from }) => {
      if (from !== 'client' || ++fromClient !== 2) return;
      proxy.impairment = { loss: 1 };
      setTimeout(() => (proxy.impairment = {}), 700);
    },
  });
  const client = command(['connect', `localhost:${proxy.address.port}`, '--dtls', '--ca', p256.ca, '--no-pipe', '--timeout', '30']);
  await served.printed(/no answer: sent again \(1\)/);
  assert.equal((await client).status, 0);
  await proxy.close();
});

test('connect --dtls as a pipe; a server that is not there', async () => {
  const port = await serving(1, '--cert', p256.cert, '--key', p256.key);
  const { stdout, status } = await command(['connect', `localhost:${port}`, '--dtls', '--ca', p256.ca, '-q'], 'through a pipe');
  assert.equal(stdout, 'through a pipe');
  assert.equal(status, 0);
  const nobody = await command(['connect', '127.0.0.1:9', '--dtls', '--timeout', '1', '--no-pipe']);
  assert.equal(nobody.status, 1);
  assert.match(nobody.stderr, /handshake_timeout/);
});

test('options that do not go with --dtls', async () => {
  for (const args of [
    ['connect', 'localhost:1', '--dtls', '--starttls', 'smtp'],
    ['connect', 'localhost:1', '--dtls', '--tls1.3'],
    ['connect', 'localhost:1', '--dtls', '--min', 'tls1.1'],
    ['serve', '--dtls', '--http'],
    ['proxy', 'localhost:1', '--loss', '2'],
  ]) {
    const { status } = await command(args);
    assert.equal(status, 2, args.join(' '));
  }
});

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;

test('openssl s_client -dtls1_2 against serve --dtls', { skip: hasOpenssl ? false : 'openssl is not installed' }, async () => {
  const port = await serving(1, '--cert', p256.cert, '--key', p256.key);
  const { spawn } = await import('node:child_process');
  const client = spawn('openssl', ['s_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`, '-CAfile', p256.ca]);
  let output = '';
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 20_000);
    client.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/Verify return code: 0/.test(output) && !output.includes('hello')) client.stdin.write('hello\n');
      if (output.includes('hello')) {
        clearTimeout(timer);
        resolve();
      }
    });
  });
  client.kill();
  assert.match(output, /hello/);
});
