/** NSS's selfserv and tstclnt: SSL 3.0 to TLS 1.2 in both roles, renegotiation by either side, certificates of clients. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { CipherSuite, LegacySuite } from '../../src/crypto/suites/suite.ts';
import { renegotiation } from '../../src/handshake/legacy/renegotiation.ts';
import { credential, issue, pemOf } from '../support/certificates.ts';
import { dsaCredential } from '../support/dsa.ts';
import { clientOf, DSS_FILES, LEGACY_NAMES, type LegacyName, serverOf, settled, suitesFor } from './legacy-ours.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { freePort, outputOf, Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const FLAG: Readonly<Record<LegacyName, string>> = { 'SSL 3.0': 'ssl3', 'TLS 1.0': 'tls1.0', 'TLS 1.1': 'tls1.1', 'TLS 1.2': 'tls1.2' };
const REQUEST = 'GET / HTTP/1.0\r\n\r\n';

/** What NSS 3.87 can be asked for by number, of the suites that we have. */
const NSS_SUITES: ReadonlySet<number> = new Set([
  0x0001, 0x0002, 0x000a, 0x0013, 0x0016, 0x002f, 0x0032, 0x0033, 0x0035, 0x0038, 0x0039, 0x003b, 0x003c, 0x003d, 0x0040, 0x0067, 0x006a,
  0x006b, 0x009c, 0x009d, 0x009e, 0x009f, 0x00a2, 0x00a3, 0xc006, 0xc008, 0xc009, 0xc00a, 0xc010, 0xc012, 0xc013, 0xc014, 0xc023, 0xc024,
  0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0xccaa,
]);

export async function nss(report: Report): Promise<void> {
  if (outputOf('selfserv', []) === undefined || outputOf('certutil', ['-H']) === undefined)
    return report.skip('NSS', 'there is no selfserv here (package libnss3-tools)');
  if (outputOf('openssl', ['version']) === undefined)
    return report.skip('NSS', 'its database is filled by way of openssl, which is not here');
  const db = makeDatabase();
  for (const name of LEGACY_NAMES) {
    const usable = suitesFor(name).filter((suite) => NSS_SUITES.has(suite.id));
    const suites = usable.filter((suite) => !(suite.auth === 'dss' && name === 'SSL 3.0'));
    report.skipSuites(
      `NSS, ${name}`,
      suitesFor(name).filter((suite) => !NSS_SUITES.has(suite.id)),
      'it does not have',
    );
    report.skipSuites(
      `NSS, ${name}`,
      usable.filter((suite) => !suites.includes(suite)),
      'not in this version:',
    );
    await asClient(report, db, name, suites);
    await asServer(report, db, name, suites);
  }
}

function makeDatabase(): string {
  const folder = ours.fileOf('nss');
  mkdirSync(folder);
  const db = `sql:${folder}`;
  outputOf('certutil', ['-N', '-d', db, '--empty-password']);
  outputOf('certutil', ['-A', '-d', db, '-n', 'ca', '-t', 'CT,C,C', '-a', '-i', ours.CA]);
  // It tells certificates apart by their subjects.
  const ec = pemOf(issue('p256', { subject: 'CN=ec' }));
  writeFileSync(ours.fileOf('ec.pem'), ec.cert);
  writeFileSync(ours.fileOf('ec.key'), ec.key);
  const files = { rsa: ours.FILES.rsa, ec: { cert: ours.fileOf('ec.pem'), key: ours.fileOf('ec.key') }, dss: DSS_FILES };
  for (const [name, { cert, key }] of Object.entries(files)) {
    const p12 = ours.fileOf(`${name}.p12`);
    outputOf('openssl', ['pkcs12', '-export', '-in', cert, '-inkey', key, '-name', name, '-passout', 'pass:x', '-out', p12]);
    outputOf('pk12util', ['-i', p12, '-d', db, '-W', 'x', '-K', '']);
  }
  return db;
}

const code = (suite: CipherSuite): string => `:${suite.id.toString(16).padStart(4, '0').toUpperCase()}`;

async function startServer(
  db: string,
  version: LegacyName,
  suites: readonly CipherSuite[],
  more: readonly string[],
): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const program = new Program('selfserv', [
    '-d',
    db,
    '-n',
    'rsa',
    '-e',
    'ec',
    '-S',
    'dss',
    '-p',
    String(port),
    '-V',
    `${FLAG[version]}:${FLAG[version]}`,
    '-c',
    suites.map(code).join(''),
    '-H',
    '1',
    '-G',
    '-v',
    ...more,
  ]);
  // It says nothing when it listens.
  for (let tries = 0; tries < 50; tries++) {
    if (program.exited !== undefined) throw new Error(`selfserv ended: ${program.tail()}`);
    const up = await dial(port, clientOf(version, { suites: [suites[0]!] })).then(
      (link) =>
        link
          .connected()
          .then(
            () => link.close(),
            () => link.close(),
          )
          .then(() => true),
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, program };
}

async function asked(link: Link): Promise<void> {
  link.write(REQUEST);
  await link.read('HTTP/1.0 200 OK');
}

async function asClient(report: Report, db: string, version: LegacyName, suites: readonly LegacySuite[]): Promise<void> {
  const base = { peer: 'NSS', version, role: 'client' as const };
  const { port, program } = await startServer(db, version, suites, []);
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          const link = await dial(port, clientOf(version, { suites: [suite] }));
          const info = await link.connected();
          expect(
            info.suite === suite.name && info.version === clientOf(version).versions[0]!.name,
            `agreed on ${info.suite} in ${info.version}`,
          );
          await asked(link);
          link.close();
        },
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const withServer = async (more: readonly string[], use: (port: number) => Promise<void>): Promise<void> => {
    const server = await startServer(db, version, suites, more);
    try {
      await use(server.port);
    } finally {
      server.program.kill();
    }
  };
  await report.run([
    feature('resumption by ID', async () => {
      const context = clientOf(version);
      const first = await dial(port, context);
      await first.connected();
      await asked(first);
      const session = await first.session();
      first.close();
      const second = await dial(port, context, { serverName: 'localhost', session });
      expect((await second.connected()).resumed, 'not resumed');
      await asked(second);
      second.close();
    }),
    feature('client certificate', () =>
      withServer(['-r', '-r'], async (at) => {
        const link = await dial(at, clientOf(version, { credentials: [credential('rsa')] }));
        await link.connected();
        await asked(link);
        link.close();
      }),
    ),
    feature('client certificate, DSS', () =>
      withServer(['-r', '-r'], async (at) => {
        const link = await dial(at, clientOf(version, { credentials: [dsaCredential()] }));
        await link.connected();
        await asked(link);
        link.close();
      }),
    ),
    feature('no client certificate', () =>
      withServer(['-r'], async (at) => {
        const link = await dial(at, clientOf(version));
        await link.connected();
        await asked(link);
        link.close();
      }),
    ),
    feature('renegotiation by the peer, for a client certificate', () =>
      withServer(['-r', '-r', '-r', '-r'], async (at) => {
        const link = await dial(at, clientOf(version, { credentials: [credential('rsa')], renegotiation: renegotiation('allow') }));
        await link.connected();
        await asked(link);
        expect(link.connection.info?.renegotiations === 1, `${link.connection.info?.renegotiations} renegotiations`);
        link.close();
      }),
    ),
    feature('renegotiation by us', () =>
      withServer([], async (at) => {
        const link = await dial(at, clientOf(version, { renegotiation: renegotiation('refuse') }));
        await link.connected();
        link.connection.renegotiate();
        link.pump();
        await settled(link);
        await asked(link);
        expect(link.connection.info?.renegotiations === 1, 'refused');
        link.close();
      }),
    ),
  ]);
  program.kill();
}

async function asServer(report: Report, db: string, version: LegacyName, suites: readonly LegacySuite[]): Promise<void> {
  const base = { peer: 'NSS', version, role: 'server' as const };
  let context = serverOf(version);
  let last: Link | undefined;
  let count = 0;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      count++;
      void link.read('\r\n\r\n').then(
        async () => {
          await settled(link);
          link.write('HTTP/1.0 200 OK\r\n\r\nhello of ours\r\n');
          link.close();
        },
        () => undefined,
      );
    },
  );
  const file = ours.fileOf('request.txt');
  writeFileSync(file, REQUEST);
  const get = async (suite: readonly CipherSuite[], more: readonly string[], connections = 1): Promise<Link> => {
    const program = new Program('tstclnt', [
      '-h',
      '127.0.0.1',
      '-p',
      String(server.port),
      '-a',
      'localhost',
      '-d',
      db,
      '-V',
      `${FLAG[version]}:${FLAG[version]}`,
      ...(suite.length === 0 ? [] : ['-c', suite.map(code).join('')]),
      '-A',
      file,
      '-4',
      ...more,
    ]);
    try {
      await program.until('hello of ours');
      for (let tries = 0; tries < 100 && count < connections; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      await last?.connected();
      return last!;
    } finally {
      program.kill();
    }
  };
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = serverOf(version, { suites: [suite] });
          const { connection } = await get([suite], []);
          expect(connection.info?.suite === suite.name, `agreed on ${connection.info?.suite}`);
        },
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  await report.run([
    feature('client certificate', async () => {
      context = serverOf(version, { clientCertificate: 'require' });
      const { connection } = await get(suites, ['-n', 'rsa']);
      expect(connection.info?.peerProof === 'certificate', 'not by certificate');
    }),
    feature('client certificate, DSS', async () => {
      context = serverOf(version, { clientCertificate: 'require' });
      const { connection } = await get(suites, ['-n', 'dss']);
      expect(connection.info?.peerProof === 'certificate', 'not by certificate');
    }),
    feature('no client certificate', async () => {
      context = serverOf(version, { clientCertificate: 'request' });
      const { connection } = await get(suites, ['-n', 'none of these']).catch(() => get(suites, []));
      expect(connection.info?.peerProof === 'none', 'by certificate');
    }),
    feature('resumption', async () => {
      context = serverOf(version);
      count = 0;
      // With a list of suites it crashes on its second connection.
      await get([], ['-L', '2'], 2);
      expect(last?.connection.info?.resumed === true, 'not resumed');
    }),
    feature('renegotiation by the peer', async () => {
      context = serverOf(version, { renegotiation: renegotiation('allow') });
      const { connection } = await get(suites, ['-r', '1']);
      expect(connection.info?.renegotiations === 1, `${connection.info?.renegotiations} renegotiations`);
    }),
  ]);
  server.close();
}
