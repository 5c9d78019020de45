/** `veritls connect` and `veritls serve` against each other, and against servers that misbehave. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { issue, pemOf } from '../../test/support/certificates.ts';
import { CertificateFolder, command, commandProcess, type StartedCommand, startCommand } from '../../test/support/command.ts';
import { writeFileSync } from 'node:fs';
import { parseTarget } from './dial.ts';
import type { ConnectionView } from './report.ts';

interface Report {
  readonly ok: boolean;
  readonly target: { readonly host: string; readonly port: number };
  readonly connections: readonly ConnectionView[];
}

const folder = new CertificateFolder();
const p256 = folder.write('p256');
const rsa = folder.write('rsa');
after(() => {
  // Servers of tests that failed.
  process.emit('SIGTERM');
  folder.remove();
});

/** Starts `veritls serve` on a free port, for `count` connections. */
async function serving(
  count: number,
  ...args: string[]
): Promise<{ port: string; served: StartedCommand; lines(): Promise<Record<string, unknown>[]> }> {
  const served = startCommand(['serve', '--port', '0', '--json', '--count', String(count), ...args]);
  const match = await served.printed(/"port":(\d+)/);
  return {
    port: match[1]!,
    served,
    lines: async () =>
      (await served.result).stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

async function report(...args: string[]): Promise<{ status: number | null; stderr: string; report: Report; first: ConnectionView }> {
  const { status, stdout, stderr } = await command(['connect', ...args, '--json']);
  const parsed = JSON.parse(stdout) as Report;
  return { status, stderr, report: parsed, first: parsed.connections[0]! };
}

const CASES: readonly {
  name: string;
  client?: string[];
  server?: string[];
  expect: (negotiated: NonNullable<ConnectionView['negotiated']>) => void;
}[] = [
  {
    name: 'TLS 1.3 by default',
    expect: (n) =>
      assert.deepEqual(
        [n.version, n.suite, n.peerSignature, n.serverName, n.resumed, n.alpn],
        ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', 'ecdsa_secp256r1_sha256', 'localhost', false, null],
      ),
  },
  {
    name: '--tls1.2',
    client: ['--tls1.2'],
    expect: (n) =>
      assert.deepEqual([n.version, n.opensslSuite, n.extendedMasterSecret], ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256', true]),
  },
  { name: '--tls1.2 of the server', server: ['--tls1.2'], expect: (n) => assert.equal(n.version, 'TLSv1.2') },
  { name: '--max', client: ['--max', 'tls1.2'], expect: (n) => assert.equal(n.version, 'TLSv1.2') },
  {
    name: '--suites by IANA name',
    client: ['--suites', 'TLS_CHACHA20_POLY1305_SHA256'],
    expect: (n) => assert.equal(n.suite, 'TLS_CHACHA20_POLY1305_SHA256'),
  },
  {
    name: '--suites by OpenSSL name, which is of TLS 1.2',
    client: ['--suites', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    expect: (n) => assert.deepEqual([n.version, n.suite], ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384']),
  },
  { name: '--groups', client: ['--groups', 'P-384'], expect: (n) => assert.equal(n.group, 'secp384r1') },
  {
    name: '--groups of the server, with a HelloRetryRequest',
    server: ['--groups', 'secp521r1'],
    expect: (n) => assert.equal(n.group, 'secp521r1'),
  },
  {
    name: '--alpn',
    client: ['--alpn', 'h2,http/1.1'],
    server: ['--alpn', 'http/1.1,foo'],
    expect: (n) => assert.equal(n.alpn, 'http/1.1'),
  },
];

for (const { name, client = [], server = [], expect } of CASES) {
  test(`negotiates: ${name}`, async () => {
    const { port, lines } = await serving(1, '--cert', p256.cert, '--key', p256.key, ...server);
    const { status, stderr, report: told, first } = await report(`localhost:${port}`, '--ca', p256.ca, ...client);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.deepEqual([told.ok, told.target], [true, { host: 'localhost', port: Number(port) }]);
    expect(first.negotiated!);
    assert.equal(first.peer.trust.trusted, true);
    assert.deepEqual(first.peer.trust.path, ['CN=localhost', 'CN=veritls test root']);
    assert.equal(first.peer.trust.name, 'localhost');
    assert.deepEqual(
      first.peer.chain.map((one) => one.subject),
      ['CN=localhost', 'CN=veritls test root'],
    );
    assert.ok(first.timings.tcp! > 0 && first.timings.handshake! > 0);
    const names = first.handshake.filter((step) => step.kind === 'message').map((step) => step.name);
    assert.equal(names[0], 'ClientHello');
    assert.ok(names.includes('Certificate') && names.includes('Finished'));
    assert.equal(names.includes('HelloRetryRequest'), name.includes('HelloRetryRequest'));
    for (const step of first.handshake)
      assert.equal(step.length > 0 || step.kind !== 'message' || /ChangeCipherSpec|NewSessionTicket/.test(step.name), true, step.name);
    const [line] = await lines();
    assert.deepEqual([line!['ok'], (line!['negotiated'] as { version: string }).version], [true, first.negotiated!.version]);
  });
}

test('a session is resumed: at once, and from a file', async () => {
  for (const version of ['--tls1.3', '--tls1.2']) {
    const { port, lines } = await serving(4, '--cert', rsa.cert, '--key', rsa.key);
    const twice = await report(`localhost:${port}`, '--ca', rsa.ca, version, '--resume');
    assert.equal(twice.status, 0);
    assert.deepEqual(
      twice.report.connections.map((one) => one.negotiated!.resumed),
      [false, true],
    );
    assert.equal(twice.report.connections[1]!.peer.trust.proof, 'resumption');
    const session = folder.file(`session${version}`);
    await report(`localhost:${port}`, '--ca', rsa.ca, version, '--session-out', session);
    assert.match(readFileSync(session, 'utf8'), /^-----BEGIN VERITLS SESSION-----/);
    if (process.platform !== 'win32') assert.equal(statSync(session).mode & 0o777, 0o600);
    const again = await report(`localhost:${port}`, '--ca', rsa.ca, version, '--session-in', session);
    assert.equal(again.first.negotiated!.resumed, true);
    assert.deepEqual(
      (await lines()).map((line) => (line['negotiated'] as { resumed: boolean }).resumed),
      [false, true, false, true],
    );
  }
});

test('--resume against a server that gives no session fails', async () => {
  const { port } = await serving(2, '--cert', p256.cert, '--key', p256.key, '--no-tickets', '--tls1.3');
  const { status, report: told } = await report(`localhost:${port}`, '--ca', p256.ca, '--resume');
  assert.equal(status, 1);
  assert.deepEqual([told.ok, told.connections[1]!.negotiated!.resumed], [false, false]);
});

test('not trusted: why, which certificate, status 1; --insecure goes on and says so', async () => {
  const { port, lines } = await serving(3, '--cert', p256.cert, '--key', p256.key);
  const refused = await report(`localhost:${port}`);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^veritls: .*\(certificate_untrusted, told the peer: unknown_ca\)\n$/);
  assert.deepEqual(refused.first.error, {
    code: 'certificate_untrusted',
    origin: 'local',
    alert: 'unknown_ca',
    detail: refused.first.error!.detail!,
  });
  assert.equal(refused.first.peer.chain.length, 2);
  assert.equal(refused.first.peer.trust.trusted, false);
  assert.match(refused.first.peer.trust.failure!.rule, /^RFC 5280/);
  assert.deepEqual(refused.first.handshake.at(-1)!.name, 'unknown_ca');
  assert.equal(refused.first.handshake.at(-1)!.kind, 'alert');

  const wrongName = await report(`localhost:${port}`, '--ca', p256.ca, '--servername', 'other.example');
  assert.equal(wrongName.status, 1);
  assert.equal(wrongName.first.error!.code, 'certificate_name_mismatch');
  assert.equal(wrongName.first.peer.trust.failure!.reason, 'host-name');

  const { status, stdout } = await command(['connect', `localhost:${port}`, '--insecure', '--no-pipe']);
  assert.equal(status, 0);
  assert.match(stdout, /✖ not trusted, and accepted all the same: --insecure/);
  assert.match(stdout, /dangers +dangerouslyTrustAnyCertificate/);
  const told = await lines();
  assert.deepEqual(
    told.map((line) => line['ok']),
    [false, false, true],
  );
  assert.equal((told[0]!['error'] as { origin: string }).origin, 'peer');
});

test('an address is checked as an address', async () => {
  const { port } = await serving(2, '--cert', p256.cert, '--key', p256.key);
  const right = await report(`127.0.0.1:${port}`, '--ca', p256.ca);
  assert.deepEqual(
    [right.status, right.first.negotiated!.serverName, right.first.peer.trust.name, right.first.timings.dns],
    [0, null, '127.0.0.1', null],
  );
  const { cert, key } = pemOf(issue('p256', { names: ['localhost'] }));
  writeFileSync(folder.file('name-only.pem'), cert + key);
  const other = await serving(1, '--cert', folder.file('name-only.pem'));
  const wrong = await report(`127.0.0.1:${other.port}`, '--ca', p256.ca);
  assert.equal(wrong.first.error?.code, 'certificate_name_mismatch');
  await command(['connect', `127.0.0.1:${port}`, '--no-pipe']);
});

test('client certificates: demanded, shown, refused', async () => {
  const args = ['--cert', p256.cert, '--key', p256.key, '--client-ca', p256.ca];
  for (const version of ['--tls1.3', '--tls1.2']) {
    const { port, lines } = await serving(2, ...args);
    const shown = await report(`localhost:${port}`, '--ca', p256.ca, version, '--cert', rsa.cert, '--key', rsa.key);
    assert.equal(shown.status, 0);
    assert.match(shown.first.negotiated!.signature!, /^rsa_pss/);
    // TLS 1.3: the client is through before it hears of it.
    const none = await command(['connect', `localhost:${port}`, '--ca', p256.ca, version, '-q'], 'hello');
    assert.equal(none.status, 1, none.stdout);
    assert.match(
      none.stderr,
      version === '--tls1.3' ? /the peer refused: alert certificate_required/ : /the peer refused: alert handshake_failure/,
    );
    const [ok, failed] = await lines();
    assert.equal((ok!['client'] as { trust: { trusted: boolean } }).trust.trusted, true);
    assert.equal((failed!['error'] as { code: string }).code, 'certificate_required');
  }
});

test('pre-shared keys: right, wrong', async () => {
  for (const version of ['--tls1.3', '--tls1.2']) {
    const { port } = await serving(2, '--psk', '00112233445566778899aabbccddeeff', '--psk-identity', 'me');
    const right = await report(`localhost:${port}`, version, '--psk', '00112233445566778899aabbccddeeff', '--psk-identity', 'me');
    assert.equal(right.stderr, '');
    assert.deepEqual(
      [right.status, right.first.negotiated!.version, right.first.peer.trust.proof],
      [0, version === '--tls1.3' ? 'TLSv1.3' : 'TLSv1.2', 'psk'],
    );
    const wrong = await report(`localhost:${port}`, version, '--psk', 'ff112233445566778899aabbccddeeff', '--psk-identity', 'me');
    assert.equal(wrong.status, 1);
    assert.equal(wrong.first.error!.origin, 'peer');
  }
});

test('the key log has the lines of both ends, equal', async () => {
  const ours = folder.file('client.log');
  const theirs = folder.file('server.log');
  const { port, served } = await serving(1, '--cert', p256.cert, '--key', p256.key, '--keylog', theirs);
  await report(`localhost:${port}`, '--ca', p256.ca, '--keylog', ours);
  await served.result;
  const lines = readFileSync(ours, 'utf8').trim().split('\n').sort();
  assert.deepEqual(lines, readFileSync(theirs, 'utf8').trim().split('\n').sort());
  assert.ok(lines.some((line) => /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64}$/.test(line)));
  if (process.platform !== 'win32') assert.equal(statSync(ours).mode & 0o777, 0o600);
});

test('a pipe: what goes in comes back; a process of its own', async () => {
  const { port } = await serving(2, '--cert', p256.cert, '--key', p256.key);
  const big = `${'0123456789abcdef'.repeat(20_000)}\n`;
  const quiet = await commandProcess(['connect', `localhost:${port}`, '--ca', p256.ca, '-q', '--linger', '0.3'], big);
  assert.equal(quiet.stderr, '');
  assert.equal(quiet.status, 0);
  assert.equal(quiet.stdout, big);
  const told = await commandProcess(['connect', `localhost:${port}`, '--ca', p256.ca, '--linger', '0.2'], 'ping');
  assert.equal(told.stdout, 'ping', 'standard output is the peer’s alone');
  assert.match(told.stderr, /✔ TLSv1\.3 with localhost/);
  assert.match(told.stderr, /│─── ClientHello {2}\d+ B ─+▶│/);
  assert.match(told.stderr, /Trust {2}✔ trusted/);
});

test('--trace prints the steps as they happen', async () => {
  const { port } = await serving(1, '--cert', p256.cert, '--key', p256.key);
  const { stderr } = await command(['connect', `localhost:${port}`, '--ca', p256.ca, '--no-pipe', '--trace']);
  assert.match(stderr, /→ ClientHello, \d+ B\n[^\n]*← ServerHello, \d+ B\n/);
});

test('serve --http answers requests, one after the other on one connection', async () => {
  const { port } = await serving(1, '--cert', p256.cert, '--key', p256.key, '--http');
  const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const { stdout, status } = await command(
    ['connect', `localhost:${port}`, '--ca', p256.ca, '-q', '--linger', '0.3'],
    `${get}${get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
  );
  assert.equal(status, 0);
  assert.equal(stdout.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  assert.equal(stdout.match(/Hello over veritls\./g)?.length, 2);
});

test('serve as a person sees it', async () => {
  const served = startCommand(['serve', '--port', '0', '--count', '1', '--cert-out', folder.file('own.pem')]);
  const [, port] = await served.printed(/port (\d+), echoing/);
  const { status } = await report(`localhost:${port}`, '--ca', folder.file('own.pem'));
  assert.equal(status, 0);
  const { stdout } = await served.result;
  assert.match(stdout, /for {6}DNS:localhost, IP:127\.0\.0\.1, IP:::1/);
  assert.match(stdout, /Connection 1 from 127\.0\.0\.1 port \d+ {2}✔ TLSv1\.3 in /);
  assert.match(stdout, /server \(veritls\)$/m);
});

// --- servers that misbehave ---

async function listening(t: { after(f: () => void): void }, onConnection: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('one line for each way to fail', async (t) => {
  const closed = await listening(t, () => undefined);
  const unused = createServer();
  await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
  const free = (unused.address() as AddressInfo).port;
  await new Promise((resolve) => unused.close(resolve));
  const http = await listening(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const garbage = await listening(t, (socket) => socket.end(Buffer.alloc(600, 0xa5)));
  const hangUp = await listening(t, (socket) => socket.end());
  const reset = await listening(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const alert = await listening(t, (socket) => socket.once('data', () => socket.end(Buffer.from('15030300020228', 'hex'))));
  const cases: readonly (readonly [number, RegExp])[] = [
    [free, /^veritls: nobody listens there: 127\.0\.0\.1 port \d+ \(ECONNREFUSED\)\n$/],
    [closed, /^veritls: no end of the handshake within 0\.4 s \(timeout\)\n$/],
    [http, /^veritls: .+ \((http_request|wrong_record_version)(, told the peer: \w+)?\)\n$/],
    [garbage, /^veritls: .*\(\w+, told the peer: \w+\)\n$/],
    [hangUp, /^veritls: the peer hung up without a goodbye: in the handshake \(truncated\)\n$/],
    [reset, /^veritls: (the connection broke: ECONNRESET \(closed\)|the peer hung up .*\(truncated\))\n$/],
    [alert, /^veritls: the peer refused: alert handshake_failure \(alert_received\)\n$/],
  ];
  for (const [port, says] of cases) {
    const { status, stderr, first } = await report(`127.0.0.1:${port}`, '--timeout', '0.4');
    assert.equal(status, 1);
    assert.match(stderr, says);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(first.ok, false);
    assert.equal(typeof first.error!.code, 'string');
  }
});

test('a name that does not exist', async () => {
  const { status, stderr } = await report('no-such-host.invalid:443', '--timeout', '5');
  assert.equal(status, 1);
  assert.match(stderr, /^veritls: .*\((ENOTFOUND|EAI_AGAIN|timeout)\)\n$/);
});

test('STARTTLS: SMTP, then TLS; what is slipped in between is refused', async (t) => {
  const talk = (extra: string) => (socket: Socket) => {
    socket.write('220-mail.example\r\n220 ready\r\n');
    socket.on('data', (chunk) => {
      const line = chunk.toString('latin1');
      if (line.startsWith('EHLO')) socket.write('250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n');
      else if (line.startsWith('STARTTLS')) socket.write(`220 go ahead\r\n${extra}`);
      else socket.end(Buffer.from('15030300020228', 'hex'));
    });
  };
  const honest = await report(`127.0.0.1:${await listening(t, talk(''))}`, '--starttls', 'smtp');
  assert.match(honest.stderr, /the peer refused: alert handshake_failure/);
  assert.ok(honest.first.timings.starttls! > 0);
  assert.equal(honest.first.handshake[0]!.name, 'ClientHello');
  const injected = await report(`127.0.0.1:${await listening(t, talk('250 injected\r\n'))}`, '--starttls', 'smtp');
  assert.equal(injected.first.error!.code, 'starttls_injection');
  const without = await listening(t, (socket) => {
    socket.write('220 ready\r\n');
    socket.on('data', () => socket.write('250 no more\r\n'));
  });
  assert.match(
    (await report(`127.0.0.1:${without}`, '--starttls', 'smtp')).stderr,
    /the server does not start TLS: 250 no more \(starttls_refused\)/,
  );
  const silent = await listening(t, () => undefined);
  assert.match(
    (await report(`127.0.0.1:${silent}`, '--starttls', 'imap', '--timeout', '0.3')).stderr,
    /no answer to STARTTLS within 0\.3 s \(timeout\)/,
  );
});

test("a certificate's text cannot command the terminal", async () => {
  const { cert, key } = pemOf(issue('p256', { subject: 'CN=\x1b]0;owned\x07\u202elocalhost' }));
  writeFileSync(folder.file('evil.pem'), cert + key);
  const { port } = await serving(1, '--cert', folder.file('evil.pem'));
  const { stdout, status } = await command(['connect', `localhost:${port}`, '--ca', p256.ca, '--no-pipe']);
  assert.equal(status, 0);
  assert.doesNotMatch(stdout, /[\x1b\x07\u202e]/);
  assert.match(stdout, /owned/);
});

test('a server that goes without a goodbye: a truncation, told, status 1', async () => {
  const served = startCommand(['serve', '--port', '0', '--cert', p256.cert, '--key', p256.key]);
  const [, port] = await served.printed(/port (\d+), echoing/);
  const client = startCommand(['connect', `localhost:${port}`, '--ca', p256.ca, '-q']);
  client.stdin.write('half a ');
  await client.printed(/half a /);
  process.emit('SIGTERM');
  const { status, stdout, stderr } = await client.result;
  await served.result;
  assert.deepEqual([status, stdout], [1, 'half a ']);
  assert.match(stderr, /^veritls: (the peer hung up without a goodbye|the connection broke: ECONNRESET) \((truncated|closed)\)\n$/);
});

test('targets', () => {
  for (const [text, expected] of [
    ['example.com:443', { host: 'example.com', port: 443 }],
    ['example.com', { host: 'example.com', port: 25 }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
    ['::1', { host: '::1', port: 25 }],
    ['https://example.com/path?x', { host: 'example.com', port: 443 }],
    ['https://example.com:8443', { host: 'example.com', port: 8443 }],
  ] as const) {
    assert.deepEqual(parseTarget(text, 25), expected, text);
  }
});
