/** OpenSSL: renegotiation by either side over TLS and DTLS, DSS suites and certificates; its other suites have a place of their own. */
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import { renegotiation } from '../../src/handshake/legacy/renegotiation.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { credential } from '../support/certificates.ts';
import { dsaCredential } from '../support/dsa.ts';
import { clientOf, DSS_FILES, type LegacyName, LEGACY_NAMES, serverOf, settled, suitesFor } from './legacy-ours.ts';
import { dialUdp, listenUdp } from './legacy-udp.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { freePort, outputOf, Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const FLAG: Readonly<Record<LegacyName, string>> = { 'SSL 3.0': '-ssl3', 'TLS 1.0': '-tls1', 'TLS 1.1': '-tls1_1', 'TLS 1.2': '-tls1_2' };
const WEAK = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
const ALLOW = { renegotiation: renegotiation('allow') } as const;
const DATAGRAMS: readonly (readonly [string, string, ProtocolVersion, ProtocolVersion])[] = [
  ['DTLS 1.0', '-dtls1', dtls10Client, dtls10Server],
  ['DTLS 1.2', '-dtls1_2', dtls12Client, dtls12Server],
];

export async function opensslLegacy(report: Report): Promise<void> {
  const known = outputOf('openssl', ['ciphers', '-stdname', WEAK]);
  if (known === undefined) return report.skip('OpenSSL', 'there is no openssl here');
  report.skip('OpenSSL, SSL 3.0', 'it is built without');
  for (const version of LEGACY_NAMES) {
    if (version === 'SSL 3.0') continue;
    const dss = suitesFor(version).filter((suite) => suite.auth === 'dss');
    const suites = dss.filter(({ name }) => known.includes(`${name} `));
    report.skipSuites(
      `OpenSSL, ${version}`,
      dss.filter((suite) => !suites.includes(suite)),
      'it does not have',
    );
    await streams(report, version, suites);
  }
  for (const [name, flag, client, server] of DATAGRAMS) await datagrams(report, name, flag, client, server);
}

async function withServer(
  args: readonly string[],
  files: ours.Files,
  use: (port: number, program: Program) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const own = ['-cert', files.cert, '-key', files.key, '-cert_chain', ours.CA, '-cipher', WEAK, '-dhparam', ours.DH_PARAMETERS];
  const program = new Program('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...own, ...args]);
  try {
    await program.until('ACCEPT');
    await use(port, program);
  } catch (error) {
    throw new Error(`${(error as Error).message}; ${program.tail()}`);
  } finally {
    program.kill();
  }
}

const until = async (done: () => boolean, what: string): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no ${what}`);
};

async function streams(report: Report, version: LegacyName, suites: readonly LegacySuite[]): Promise<void> {
  const asClient = { peer: 'OpenSSL', version, role: 'client' as const };
  const asServer = { peer: 'OpenSSL', version, role: 'server' as const };
  let context = serverOf(version);
  let last: Link | undefined;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      void (async () => {
        for (;;) {
          const line = await link.line();
          await settled(link);
          link.write(`${[...line].reverse().join('')}\n`);
        }
      })().catch(() => undefined);
    },
  );
  const withClient = async (more: readonly string[], use: (program: Program) => Promise<void>): Promise<void> => {
    const args = ['s_client', '-connect', `127.0.0.1:${server.port}`, FLAG[version], '-CAfile', ours.CA, '-verify_return_error', ...more];
    const program = new Program('openssl', args);
    try {
      await use(program);
    } catch (error) {
      throw new Error(`${(error as Error).message}; ${last?.connection.error?.message}`);
    } finally {
      program.kill();
    }
  };
  const exchange = async (program: Program, text: string): Promise<void> => {
    program.write(`${text}\n`);
    await program.until([...text].reverse().join(''));
  };
  const weak = ['-cipher', WEAK];
  await report.run([
    ...suites.flatMap((suite): Case[] => [
      {
        ...asClient,
        kind: 'suite',
        what: suite.name,
        run: () =>
          withServer([FLAG[version], '-rev'], DSS_FILES, async (port) => {
            const link = await dial(port, clientOf(version, { suites: [suite] }));
            expect((await link.connected()).suite === suite.name, 'another suite');
            link.write('hello\n');
            expect((await link.line()) === 'olleh', 'another echo');
            link.close();
          }),
      },
      {
        ...asServer,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = serverOf(version, { suites: [suite], credentials: [dsaCredential()] });
          await withClient(weak, async (program) => {
            await exchange(program, 'hello');
            expect(last?.connection.info?.suite === suite.name, 'another suite');
          });
        },
      },
    ]),
    {
      ...asClient,
      kind: 'feature',
      what: 'client certificate, DSS',
      run: () =>
        withServer([FLAG[version], '-rev', '-Verify', '1', '-CAfile', ours.CA, '-verify_return_error'], ours.FILES.rsa, async (port) => {
          const link = await dial(port, clientOf(version, { credentials: [dsaCredential()] }));
          await link.connected();
          link.write('hello\n');
          expect((await link.line()) === 'olleh', 'another echo');
          link.close();
        }),
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'client certificate, DSS',
      async run() {
        context = serverOf(version, { clientCertificate: 'require', credentials: [credential('rsa')] });
        await withClient([...weak, '-cert', DSS_FILES.cert, '-key', DSS_FILES.key], async (program) => {
          await exchange(program, 'hello');
          expect(last?.connection.info?.peerProof === 'certificate', 'not by certificate');
        });
      },
    },
    {
      ...asClient,
      kind: 'feature',
      what: 'renegotiation by us',
      run: () =>
        withServer([FLAG[version], '-client_renegotiation'], ours.FILES.rsa, async (port, program) => {
          const link = await dial(port, clientOf(version, ALLOW));
          await link.connected();
          link.write('before\n');
          await program.until('before');
          link.connection.renegotiate();
          link.pump();
          await settled(link);
          link.write('behind\n');
          await program.until('behind');
          expect(link.connection.info?.renegotiations === 1, 'refused');
          link.close();
        }),
    },
    {
      ...asClient,
      kind: 'feature',
      what: 'renegotiation by the peer, for a client certificate',
      run: () =>
        withServer([FLAG[version], '-CAfile', ours.CA], ours.FILES.rsa, async (port, program) => {
          const link = await dial(port, clientOf(version, { ...ALLOW, credentials: [credential('rsa')] }));
          await link.connected();
          link.write('before\n');
          await program.until('before');
          program.write('R\n');
          // It asks by HelloRequest, and goes on when data comes.
          await until(() => link.connection.info?.renegotiations === 1, 'renegotiation');
          link.write('behind\n');
          await program.until('behind');
          await program.until('CN = localhost');
          link.close();
        }),
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'renegotiation by the peer',
      async run() {
        context = serverOf(version, { ...ALLOW, credentials: [credential('rsa')] });
        await withClient(weak, async (program) => {
          await exchange(program, 'before');
          program.write('R\n');
          await until(() => last?.connection.info?.renegotiations === 1, 'renegotiation');
          await exchange(program, 'behind');
        });
      },
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'renegotiation by us, for a client certificate',
      async run() {
        context = serverOf(version, { ...ALLOW, credentials: [credential('rsa')] });
        await withClient([...weak, '-cert', ours.FILES.rsa.cert, '-key', ours.FILES.rsa.key], async (program) => {
          await exchange(program, 'before');
          last?.connection.renegotiate({ clientCertificate: 'require' });
          last?.pump();
          await until(() => last?.connection.info?.renegotiations === 1, 'renegotiation');
          expect(last?.connection.info?.peerProof === 'certificate', 'not by certificate');
          await exchange(program, 'behind');
        });
      },
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'renegotiation by the peer is refused',
      async run() {
        context = serverOf(version, { credentials: [credential('rsa')] });
        await withClient(weak, async (program) => {
          await exchange(program, 'before');
          program.write('R\n');
          await program.until('no renegotiation');
        });
      },
    },
  ]);
  server.close();
}

async function datagrams(
  report: Report,
  version: string,
  flag: string,
  clientVersion: ProtocolVersion,
  serverVersion: ProtocolVersion,
): Promise<void> {
  const suites = suitesFor('TLS 1.2').filter(({ name }) => /_(ECDHE_RSA|RSA)_WITH_AES_128_(CBC_SHA|GCM_SHA256)$/.test(name));
  await report.run([
    {
      peer: 'OpenSSL',
      version,
      role: 'client',
      kind: 'feature',
      what: 'renegotiation by us',
      run: () =>
        withServer([flag, '-client_renegotiation'], ours.FILES.rsa, async (port, program) => {
          const link = await dialUdp(port, clientOf('TLS 1.2', { versions: [clientVersion], suites, ...ALLOW }));
          await link.connected();
          link.write('before\n');
          await program.until('before');
          link.connection.renegotiate();
          link.pump();
          await link.until(() => link.connection.info?.renegotiations === 1, 'renegotiation');
          link.write('behind\n');
          await program.until('behind');
          link.close();
        }),
    },
    {
      peer: 'OpenSSL',
      version,
      role: 'client',
      kind: 'feature',
      what: 'renegotiation by the peer',
      run: () =>
        withServer([flag], ours.FILES.rsa, async (port, program) => {
          const link = await dialUdp(port, clientOf('TLS 1.2', { versions: [clientVersion], suites, ...ALLOW }));
          await link.connected();
          link.write('before\n');
          await program.until('before');
          program.write('r\n');
          await link.until(() => link.connection.info?.renegotiations === 1, 'renegotiation');
          link.write('behind\n');
          await program.until('behind');
          link.close();
        }),
    },
    {
      peer: 'OpenSSL',
      version,
      role: 'server',
      kind: 'feature',
      what: 'renegotiation by either',
      async run() {
        const context = serverOf('TLS 1.2', { versions: [serverVersion], suites, ...ALLOW, credentials: [credential('rsa')] });
        const server = await listenUdp(context);
        const program = new Program('openssl', [
          's_client',
          '-connect',
          `127.0.0.1:${server.port}`,
          flag,
          '-CAfile',
          ours.CA,
          '-cipher',
          WEAK,
        ]);
        try {
          const link = await server.link;
          await link.connected();
          program.write('before\n');
          await link.read('before');
          program.write('R\n');
          await link.until(() => link.connection.info?.renegotiations === 1, 'renegotiation');
          link.connection.renegotiate();
          link.pump();
          await link.until(() => link.connection.info?.renegotiations === 2, 'second renegotiation');
          program.write('behind\n');
          await link.read('behind');
        } finally {
          program.kill();
          server.close();
        }
      },
    },
  ]);
}
