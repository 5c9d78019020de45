/** DTLS 1.2 and 1.0 with NSS's tstclnt, which is a client or a server of datagrams, in both roles. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { connect, type DTLSSession, listen } from '../../src/node/dtls/index.ts';
import { type Files, files, freePort, isThere, LIMIT_MS, Program } from './dtls-programs.ts';

const missing = ['tstclnt', 'certutil', 'pk12util', 'openssl'].find((program) => !isThere(program, '-H'));
const skip = missing === undefined ? false : `${missing} is not installed`;

const CASES = [
  { name: '1.2, ECDSA', kind: 'p256', flag: 'tls1.2', protocol: 'DTLSv1.2' },
  { name: '1.2, RSA', kind: 'rsa', flag: 'tls1.2', protocol: 'DTLSv1.2' },
  { name: '1.0, ECDSA', kind: 'p256', flag: 'tls1.1', protocol: 'DTLSv1' },
  { name: '1.0, RSA', kind: 'rsa', flag: 'tls1.1', protocol: 'DTLSv1' },
] as const;

/** A database with the authority and, as `us`, the certificate and its key. */
function database(own: Files): string {
  const folder = `${own.folder}/nss`;
  mkdirSync(folder);
  const db = `sql:${folder}`;
  const run = (program: string, ...args: string[]): void => {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(status, 0, `${program}: ${stderr}`);
  };
  run('certutil', '-N', '-d', db, '--empty-password');
  run('certutil', '-A', '-d', db, '-n', 'ca', '-t', 'CT,C,C', '-a', '-i', own.ca);
  const p12 = `${own.folder}/us.p12`;
  run('openssl', 'pkcs12', '-export', '-in', own.cert, '-inkey', own.key, '-name', 'us', '-passout', 'pass:x', '-out', p12);
  run('pk12util', '-i', p12, '-d', db, '-W', 'x', '-K', '');
  return db;
}

function tstclnt(t: TestContext, db: string, role: 'client' | 'server', port: number, flag: string): Program {
  const names = role === 'client' ? ['-a', 'localhost'] : ['-n', 'us'];
  return new Program(t, 'tstclnt', [
    ...['-P', role, '-h', '127.0.0.1', '-p', String(port), '-d', db, '-V', `${flag}:${flag}`, '-G', '-v'],
    ...names,
  ]);
}

for (const { name, kind, flag, protocol } of CASES) {
  const minVersion = protocol;

  test(`NSS client, our server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    let tell!: (session: DTLSSession) => void;
    const first = new Promise<DTLSSession>((resolve) => {
      tell = resolve;
    });
    const endpoint = listen(
      (session) => {
        session.onmessage = (data) => session.send(`echo ${data}`);
        tell(session);
      },
      { host: '127.0.0.1', cert: own.pem.cert, key: own.pem.key, minVersion },
    );
    t.after(() => endpoint.destroy());
    const { port } = (await endpoint.listening)!;
    const client = tstclnt(t, database(own), 'client', port, flag);
    await client.sees(/SSL version/);
    client.write('hello\n');
    await client.sees(/echo hello/);
    const session = await first;
    assert.equal(session.protocol, protocol);
    assert.equal(endpoint.stats.handshakesFailed, 0);
  });

  test(`our client, NSS server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
    const own = files(t, kind);
    const port = await freePort();
    const server = tstclnt(t, database(own), 'server', port, flag);
    await server.sees(/connecting to/);
    const session = connect('127.0.0.1', port, { ca: own.pem.ca, servername: 'localhost', minVersion });
    t.after(() => session.destroy());
    await session.opened;
    assert.equal(session.authorized, true);
    assert.equal(session.protocol, protocol);
    session.send('hello\n');
    await server.sees(/^hello$/m);
    server.write('from nss\n');
    for await (const data of session) {
      assert.equal(data.toString(), 'from nss\n');
      break;
    }
    await session.close();
  });
}
