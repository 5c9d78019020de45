/**
 * The eight samples of the guide's chapter 7, in both roles: each with OpenSSL and with GnuTLS on the other side, those over UDP
 * through a line that loses three datagrams in ten as well.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'node:test';
import { type LossyProxy, lossyProxy } from '../../src/node/dtls/lossy-proxy.ts';
import { caFile, eventually, freePort, opensslClient, opensslDtlsServer, opensslServer, program, type Program, server } from './support.ts';

function sample(name: string, port: number): Program {
  const file = fileURLToPath(new URL(`../../examples/embedded/${name}.ts`, import.meta.url));
  return program(process.execPath, ['--import', 'tsx', file, String(port), server.certFile, server.keyFile, caFile]);
}

async function over(one: Program): Promise<void> {
  await eventually(
    () => one.process.exitCode !== null,
    () => `end of the sample: ${one.output}`,
    60_000,
  );
  assert.equal(one.process.exitCode, 0, one.output);
}

const DTLS = 'NORMAL:-VERS-ALL:+VERS-DTLS1.2';
const TLS = 'NORMAL:-VERS-ALL:+VERS-TLS1.2';

async function gnutlsServer(...extra: string[]): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const own = ['--x509certfile', server.certFile, '--x509keyfile', server.keyFile, '--disable-client-cert'];
  const made = program('gnutls-serv', ['--echo', '-p', String(port), ...own, ...extra]);
  await eventually(
    () => made.output.includes('listening') || made.process.exitCode !== null,
    () => made.output,
  );
  return { port, program: made };
}

function gnutlsClient(port: number, ...extra: string[]): Program {
  return program('gnutls-cli', ['-p', String(port), '--x509cafile', caFile, ...extra, 'localhost']);
}

/** A line that loses three datagrams in ten. */
async function lossy(t: TestContext, port: number): Promise<LossyProxy> {
  const line = await lossyProxy({ target: { host: '127.0.0.1', port }, loss: 0.3, seed: 4 });
  t.after(() => line.close());
  return line;
}

for (const name of ['tls-client-tcp', 'tls-client-sockets']) {
  test(`sample ${name} with OpenSSL`, async () => {
    const { port } = await opensslServer('-tls1_2');
    const ours = sample(name, port);
    await over(ours);
    assert.ok(ours.output.includes('6 bytes received: olleh'), ours.output);
  });
  test(`sample ${name} with GnuTLS`, async () => {
    const { port } = await gnutlsServer('--priority', TLS);
    const ours = sample(name, port);
    await over(ours);
    assert.ok(ours.output.includes('6 bytes received: hello'), ours.output);
  });
}

for (const name of ['dtls-client-udp', 'dtls-client-sockets']) {
  test(`sample ${name} with OpenSSL`, async () => {
    const { port, program: openssl } = await opensslDtlsServer();
    const ours = sample(name, port);
    await eventually(
      () => openssl.output.includes('hello'),
      () => openssl.output + ours.output,
      20_000,
    );
    openssl.process.stdin!.write('answer\n');
    await over(ours);
    assert.ok(ours.output.includes('7 bytes received: answer'), ours.output);
  });
  test(`sample ${name} with GnuTLS`, async () => {
    const { port } = await gnutlsServer('--udp', '--priority', DTLS);
    const ours = sample(name, port);
    await over(ours);
    assert.ok(ours.output.includes('6 bytes received: hello'), ours.output);
  });
  test(`sample ${name} over 30 % loss`, async (t) => {
    const { port } = await opensslDtlsServer();
    const line = await lossy(t, port);
    const ours = sample(name, line.address.port);
    // What it says once may be lost: that the handshake comes to its end is what counts here.
    await eventually(
      () => ours.output.includes('handshake done') || ours.process.exitCode !== null,
      () => ours.output,
      60_000,
    );
    assert.ok(ours.output.includes('handshake done'), ours.output);
    assert.ok(!ours.output.includes('handshake failed'), ours.output);
    assert.ok(line.stats.lost > 0, 'datagrams were lost');
    ours.process.kill();
  });
}

/** Starts a client again and again until it has been heard: who comes before the server listens is refused, or not heard. */
async function heard(ours: Program, client: () => Program): Promise<Program> {
  let made: Program | undefined;
  for (let i = 0; i < 40 && ours.process.exitCode === null; i++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    made?.process.kill('SIGKILL');
    const now = client();
    made = now;
    now.process.stdin!.write('hello\n');
    await eventually(
      () => ours.output.includes('bytes received') || now.process.exitCode !== null,
      () => '',
      8_000,
    ).catch(() => {});
    if (ours.output.includes('bytes received')) return now;
  }
  assert.fail(`nobody was heard: ${made?.output}\n${ours.output}`);
}

const CLIENTS: readonly [string, (port: number, datagrams: boolean) => Program][] = [
  ['OpenSSL', (port, datagrams) => opensslClient(port, datagrams ? '-dtls1_2' : '-tls1_2', '-quiet')],
  ['GnuTLS', (port, datagrams) => gnutlsClient(port, ...(datagrams ? ['--udp', '--priority', DTLS] : ['--priority', TLS]))],
];

for (const name of ['tls-server-tcp', 'tls-server-sockets', 'dtls-server-udp', 'dtls-server-sockets']) {
  const datagrams = name.startsWith('dtls');
  for (const [peer, client] of CLIENTS) {
    test(`sample ${name} with ${peer}`, async () => {
      const port = await freePort();
      const ours = sample(name, port);
      const made = await heard(ours, () => client(port, datagrams));
      await eventually(
        () => made.output.includes('hello'),
        () => made.output,
      );
      made.process.stdin!.end();
      made.process.kill('SIGTERM');
      assert.ok(ours.output.includes('6 bytes received: hello'), ours.output);
      // A client that is killed says no close_notify over UDP: the sample would wait for ever, as the guide's does.
      if (datagrams) ours.process.kill();
      else await over(ours);
    });
  }
  if (!datagrams) continue;
  test(`sample ${name} over 30 % loss`, async (t) => {
    const port = await freePort();
    const ours = sample(name, port);
    const line = await lossy(t, port);
    const made = await heard(ours, () => gnutlsClient(line.address.port, '--udp', '--priority', DTLS));
    assert.ok(line.stats.lost > 0, 'datagrams were lost');
    made.process.kill('SIGKILL');
    ours.process.kill();
  });
}
