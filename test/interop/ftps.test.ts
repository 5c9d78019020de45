/**
 * FTPS with programs that people have: our client (basic-ftp over veritls) with vsftpd, which demands that data connections
 * resume the session of their control connection; our server, which demands the same, with curl and lftp.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, type TestContext, test } from 'node:test';
import { FtpServer } from '../../examples/support/ftp-server.ts';
import { FtpsClient } from '../../examples/support/ftps-client.ts';
import type * as tls from '../../src/node/tls/index.ts';
import { credential, pemOf } from '../support/certificates.ts';
import { freePort } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'veritls-ftps-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
const PEM = pemOf(credential('rsa'));
for (const [name, content] of Object.entries(PEM)) writeFileSync(file(`${name}.pem`), content);
// vsftpd serves a folder that is not its user's to write to.
chmodSync(folder, 0o755);
const CONTENT = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(''));

const absent = (program: string, ...args: string[]): string | false =>
  spawnSync(program, args).error === undefined ? false : `there is no ${program} here`;
const noVsftpd = absent('vsftpd', '-v') || (process.getuid?.() === 0 ? false : 'vsftpd changes its root, which only the superuser may');

/** vsftpd for whoever comes, with TLS demanded everywhere. */
async function startVsftpd(t: TestContext, options: Readonly<Record<string, string>>): Promise<number> {
  const port = await freePort();
  const root = mkdtempSync(file('root-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'up'));
  chmodSync(join(root, 'up'), 0o777);
  mkdirSync(join(root, 'empty'));
  const settings = {
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: String(port),
    background: 'NO',
    anonymous_enable: 'YES',
    no_anon_password: 'YES',
    local_enable: 'NO',
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_umask: '022',
    anon_root: root,
    secure_chroot_dir: join(root, 'empty'),
    run_as_launching_user: 'YES',
    seccomp_sandbox: 'NO',
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    force_anon_data_ssl: 'YES',
    require_ssl_reuse: 'YES',
    ssl_ciphers: 'HIGH',
    rsa_cert_file: file('cert.pem'),
    rsa_private_key_file: file('key.pem'),
    ...options,
  };
  const conf = join(root, '..', `vsftpd-${port}.conf`);
  writeFileSync(
    conf,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const child = spawn('vsftpd', [conf], { stdio: 'ignore' });
  t.after(() => void child.kill());
  for (let tries = 0; tries < 100; tries++) {
    const socket = connectTcp(port, '127.0.0.1');
    const up = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
    socket.destroy();
    if (up) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('vsftpd does not listen');
}

async function exchange(client: FtpsClient, at: string): Promise<void> {
  await client.uploadFrom(Readable.from(CONTENT), `${at}a.txt`);
  const parts: Buffer[] = [];
  await client.downloadTo(
    new Writable({
      write(part: Buffer, _encoding, done) {
        parts.push(part);
        done();
      },
    }),
    `${at}a.txt`,
  );
  assert.ok(Buffer.concat(parts).equals(CONTENT));
  const names = (await client.list(at)).map(({ name, size }) => `${name} ${size}`);
  assert.deepEqual(names, [`a.txt ${CONTENT.length}`]);
}

for (const implicit of [false, true]) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`our client, vsftpd: ${implicit ? 'implicit' : 'explicit'}, ${version}, sessions reused`, { skip: noVsftpd }, async (t) => {
      const port = await startVsftpd(t, { implicit_ssl: implicit ? 'YES' : 'NO' });
      const client = new FtpsClient({ ca: PEM.ca, servername: 'localhost', minVersion: version, maxVersion: version });
      t.after(() => client.close());
      await client.access({ host: '127.0.0.1', port, secure: implicit ? 'implicit' : true });
      assert.equal(client.control.getProtocol(), version);
      assert.ok(client.control.authorized);
      await exchange(client, 'up/');
      assert.deepEqual(client.resumed, [true, true, true]);
    });
  }
}

test('vsftpd refuses data connections with a session of their own: it does look', { skip: noVsftpd }, async (t) => {
  const port = await startVsftpd(t, {});
  const client = new FtpsClient({ ca: PEM.ca, servername: 'localhost' });
  t.after(() => client.close());
  await client.access({ host: '127.0.0.1', port, secure: true });
  client.control.getSession = () => undefined;
  await assert.rejects(client.list());
});

async function ourServer(
  t: TestContext,
  implicit: boolean,
  options: tls.SecureContextOptions = {},
): Promise<{ server: FtpServer; port: number }> {
  const server = new FtpServer({ tls: { cert: PEM.cert, key: PEM.key, ...options }, implicit, user: 'me', password: 'secret' });
  server.files.set('a.txt', CONTENT);
  t.after(() => server.close());
  return { server, port: await server.listen() };
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}

writeFileSync(file('b.txt'), CONTENT);
const noCurl = absent('curl', '--version');
const noLftp = absent('lftp', '--version');

for (const implicit of [false, true]) {
  const way = implicit ? 'implicit' : 'explicit';
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`curl, our server: ${way}, ${maxVersion}`, { skip: noCurl }, async (t) => {
      const { server, port } = await ourServer(t, implicit, { maxVersion });
      const url = `${implicit ? 'ftps' : 'ftp'}://localhost:${port}/`;
      const curl = (...args: string[]): Promise<string> =>
        run('curl', ['-sS', '--ssl-reqd', '--cacert', file('ca.pem'), '--ipv4', '--max-time', '20', '-u', 'me:secret', ...args]);
      assert.equal(await curl(`${url}a.txt`), CONTENT.toString());
      assert.equal(await curl('-T', file('b.txt'), url), '');
      assert.ok(server.files.get('b.txt')?.equals(CONTENT));
      assert.match(await curl('-l', url), /^a\.txt\r?\nb\.txt\r?\n$/);
      assert.deepEqual(server.resumed, [true, true, true]);
      assert.match(await curl('-u', 'me:wrong', url), /530|denied/i);
    });

    test(`lftp, our server: ${way}, ${maxVersion}`, { skip: noLftp }, async (t) => {
      const { server, port } = await ourServer(t, implicit, { maxVersion });
      const got = file(`got-${way}-${maxVersion}.txt`);
      const script = [
        `set ssl:ca-file ${file('ca.pem')}`,
        'set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ftp:ssl-protect-list yes; set net:max-retries 1; set net:timeout 10',
        `open -u me,secret ${implicit ? 'ftps' : 'ftp'}://localhost:${port}`,
        `get a.txt -o ${got}`,
        `put ${file('b.txt')}`,
        'cls -1',
        'bye',
      ].join('; ');
      const said = await run('lftp', ['-c', script]);
      assert.match(said, /a\.txt\nb\.txt/);
      assert.ok(readFileSync(got).equals(CONTENT));
      assert.ok(server.files.get('b.txt')?.equals(CONTENT));
      assert.deepEqual(server.resumed, [true, true, true]);
    });
  }
}

test('our client, our server: a data connection of somebody else is refused, and no login goes in the clear', async (t) => {
  const { server, port } = await ourServer(t, false);
  const client = new FtpsClient({ ca: PEM.ca, servername: 'localhost' });
  t.after(() => client.close());
  await client.access({ host: '127.0.0.1', port, user: 'me', password: 'secret', secure: true });
  await exchange(client, '');
  const stranger = new FtpsClient({ ca: PEM.ca, servername: 'localhost' });
  t.after(() => stranger.close());
  await stranger.access({ host: '127.0.0.1', port, user: 'me', password: 'secret', secure: true });
  const theirs = stranger.control.getSession()!;
  client.control.getSession = () => theirs;
  await assert.rejects(client.list(), /522|session/);
  assert.deepEqual(server.resumed, [true, true, true, false]);

  const plain = new FtpsClient();
  t.after(() => plain.close());
  await assert.rejects(plain.access({ host: '127.0.0.1', port, user: 'me', password: 'secret', secure: false }), /530 AUTH TLS first/);
});
