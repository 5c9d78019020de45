/** GnuTLS: heartbeat over TLS and DTLS, renegotiation by either side, DSS; its suites have a place of their own. */
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import { heartbeat } from '../../src/handshake/features/heartbeat.ts';
import { renegotiation } from '../../src/handshake/legacy/renegotiation.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { credential } from '../support/certificates.ts';
import { dsaCredential } from '../support/dsa.ts';
import { clientOf, DSS_FILES, heartbeatAnswered, type LegacyName, LEGACY_NAMES, serverOf, settled, suitesFor } from './legacy-ours.ts';
import { clock, dialUdp, listenUdp } from './legacy-udp.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { freePort, outputOf, Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const beat = { heartbeat: heartbeat({ clock }) } as const;
const ALLOW = { renegotiation: renegotiation('allow') } as const;
const REST = '+SIGN-ALL:+SIGN-RSA-SHA1:+SIGN-DSA-SHA1:+SIGN-DSA-SHA256:+COMP-NULL:+CTYPE-ALL:+GROUP-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1';
const DATAGRAMS: readonly (readonly [string, ProtocolVersion, ProtocolVersion])[] = [
  ['DTLS 1.0', dtls10Client, dtls10Server],
  ['DTLS 1.2', dtls12Client, dtls12Server],
];

function priority(
  version: string,
  exchange = '+ECDHE-RSA:+DHE-RSA:+RSA',
  cipher = '+AES-128-GCM:+AES-128-CBC:+AES-256-CBC',
  mac = '+AEAD:+SHA1:+SHA256',
): string {
  return `NONE:+VERS-${version.replace(' ', '')}:${exchange}:${cipher}:${mac}:${REST}`;
}

export async function gnutlsLegacy(report: Report): Promise<void> {
  if (outputOf('gnutls-cli', ['--version']) === undefined) return report.skip('GnuTLS', 'there is no gnutls-cli here (package gnutls-bin)');
  report.skip('GnuTLS, SSL 3.0', 'it does not have it');
  for (const version of LEGACY_NAMES) if (version !== 'SSL 3.0') await streams(report, version);
  for (const [name, client, server] of DATAGRAMS) await datagrams(report, name, client, server);
}

async function startServer(list: string, files: ours.Files, more: readonly string[]): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const args = ['--echo', '-p', String(port), '--priority', list, '--x509certfile', files.cert, '--x509keyfile', files.key];
  const program = new Program('gnutls-serv', [...args, '--disable-client-cert', ...more]);
  await program.until(/listening on (IPv4|IPv6).*\.\.\.done/s);
  return { port, program };
}

const client = (port: number, list: string, more: readonly string[]): Program =>
  new Program('gnutls-cli', ['-p', String(port), '--x509cafile', ours.CA, '--priority', list, ...more, 'localhost']);

async function withServer(
  list: string,
  files: ours.Files,
  more: readonly string[],
  use: (port: number, program: Program) => Promise<void>,
): Promise<void> {
  const { port, program } = await startServer(list, files, more);
  try {
    await use(port, program);
  } finally {
    program.kill();
  }
}

async function echoed(link: Link, text: string): Promise<void> {
  await settled(link);
  link.write(`${text}\n`);
  const line = await link.line();
  expect(line === text, `echoed ${line}`);
}

/** DHE_DSS with what GnuTLS has. */
function dssSuites(version: LegacyName): readonly LegacySuite[] {
  return suitesFor(version).filter((suite) => suite.auth === 'dss' && !/SHA384$/.test(suite.name));
}

function tokens(suite: LegacySuite): [string, string, string] {
  const [, cipher = '', mac = ''] = /_WITH_(.*)_(SHA|SHA256)$/.exec(suite.name) ?? [];
  const name = cipher.replace('3DES_EDE', '3DES').replaceAll('_', '-');
  return ['+DHE-DSS', `+${name}`, name.endsWith('GCM') ? '+AEAD' : `+${mac.replace(/^SHA$/, 'SHA1')}`];
}

async function streams(report: Report, version: LegacyName): Promise<void> {
  const asClient = { peer: 'GnuTLS', version, role: 'client' as const };
  const asServer = { peer: 'GnuTLS', version, role: 'server' as const };
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
  const withClient = async (
    list: string,
    more: readonly string[],
    use: (program: Program, link: () => Link) => Promise<void>,
  ): Promise<void> => {
    const program = client(server.port, list, more);
    try {
      await program.until('Handshake was completed');
      await use(program, () => last!);
    } finally {
      program.kill();
    }
  };
  const exchange = async (program: Program, text: string): Promise<void> => {
    program.write(`${text}\n`);
    await program.until([...text].reverse().join(''));
  };
  const cases: Case[] = [
    ...dssSuites(version).map(
      (suite): Case => ({
        ...asClient,
        kind: 'suite',
        what: suite.name,
        run: () =>
          withServer(priority(version, ...tokens(suite)), DSS_FILES, [], async (port) => {
            const link = await dial(port, clientOf(version, { suites: [suite] }));
            expect((await link.connected()).suite === suite.name, 'another suite');
            await echoed(link, suite.name);
            link.close();
          }),
      }),
    ),
    ...dssSuites(version).map(
      (suite): Case => ({
        ...asServer,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = serverOf(version, { suites: [suite], credentials: [dsaCredential()] });
          await withClient(priority(version, ...tokens(suite)), [], async (program, link) => {
            await exchange(program, 'hello');
            expect(link().connection.info?.suite === suite.name, 'another suite');
          });
        },
      }),
    ),
    {
      ...asClient,
      kind: 'feature',
      what: 'heartbeat by us',
      run: () =>
        withServer(priority(version), ours.FILES.rsa, ['--heartbeat'], async (port) => {
          const link = await dial(port, clientOf(version, beat));
          await link.connected();
          await echoed(link, 'before');
          await heartbeatAnswered(link, 'are you there');
          await echoed(link, 'behind');
          link.close();
        }),
    },
    {
      ...asClient,
      kind: 'feature',
      what: 'heartbeat by the peer',
      run: () =>
        withServer(priority(version), ours.FILES.rsa, ['--heartbeat'], async (port) => {
          const link = await dial(port, clientOf(version, beat));
          await link.connected();
          await echoed(link, 'before');
          // It asks, and echoes the line when it has its answer.
          link.write('**HEARTBEAT**\n');
          await link.line();
          await echoed(link, 'behind');
          link.close();
        }),
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'heartbeat by us',
      async run() {
        context = serverOf(version, { ...beat, credentials: [credential('rsa')] });
        await withClient(priority(version), ['--heartbeat'], async (program, link) => {
          await exchange(program, 'before');
          await heartbeatAnswered(link(), 'are you there');
          // Behind its answer it waits for data of the server, and for nothing else.
          link().write('of the server\n');
          await program.until('of the server');
          await exchange(program, 'behind');
        });
      },
    },
    {
      ...asClient,
      kind: 'feature',
      what: 'renegotiation by us',
      run: () =>
        withServer(priority(version), ours.FILES.rsa, [], async (port) => {
          const link = await dial(port, clientOf(version, ALLOW));
          await link.connected();
          await echoed(link, 'before');
          link.connection.renegotiate();
          link.pump();
          await echoed(link, 'behind');
          expect(link.connection.info?.renegotiations === 1, 'refused');
          link.close();
        }),
    },
    {
      ...asClient,
      kind: 'feature',
      what: 'renegotiation by the peer',
      run: () =>
        withServer(priority(version), ours.FILES.rsa, [], async (port) => {
          const link = await dial(port, clientOf(version, ALLOW));
          await link.connected();
          await echoed(link, 'before');
          link.write('**REHANDSHAKE**\n');
          for (let tries = 0; tries < 100 && link.connection.info?.renegotiations === 0; tries++)
            await new Promise((resolve) => setTimeout(resolve, 20));
          await settled(link);
          expect(link.connection.info?.renegotiations === 1, 'none came');
          link.close();
        }),
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'renegotiation by the peer',
      async run() {
        context = serverOf(version, { ...ALLOW, credentials: [credential('rsa')] });
        await withClient(priority(version), ['--inline-commands'], async (program, link) => {
          await exchange(program, 'before');
          program.write('^renegotiate^\n');
          await exchange(program, 'behind');
          expect(link().connection.info?.renegotiations === 1, 'none came');
        });
      },
    },
    {
      ...asServer,
      kind: 'feature',
      what: 'renegotiation by us',
      async run() {
        context = serverOf(version, { ...ALLOW, credentials: [credential('rsa')] });
        await withClient(priority(version), [], async (program, link) => {
          await exchange(program, 'before');
          link().connection.renegotiate();
          link().pump();
          await exchange(program, 'behind');
          expect(link().connection.info?.renegotiations === 1, 'refused');
        });
      },
    },
  ];
  await report.run(cases);
  server.close();
}

async function datagrams(report: Report, version: string, clientVersion: ProtocolVersion, serverVersion: ProtocolVersion): Promise<void> {
  const suites = suitesFor('TLS 1.2').filter(({ name }) => /_(ECDHE_RSA|RSA)_WITH_AES_128_(CBC_SHA|GCM_SHA256)$/.test(name));
  const base = { peer: 'GnuTLS', version } as const;
  const list = priority(version);
  await report.run([
    {
      ...base,
      role: 'client',
      kind: 'feature',
      what: 'heartbeat by either',
      run: () =>
        withServer(list, ours.FILES.rsa, ['--udp', '--heartbeat'], async (port) => {
          const link = await dialUdp(port, clientOf('TLS 1.2', { versions: [clientVersion], suites, ...beat }));
          await link.connected();
          link.write('before\n');
          await link.read('before');
          await heartbeatAnswered(link, 'are you there');
          link.write('**HEARTBEAT**\n');
          // It waits for our answer, and for nothing else.
          await new Promise((resolve) => setTimeout(resolve, 300));
          link.write('behind\n');
          await link.read('behind');
          link.connection.heartbeat({ datagramSize: 1_100 });
          link.pump();
          await link.until(() => link.heartbeats.length > 1, 'answer to the probe');
          expect(link.heartbeats[1]?.outcome === 'answered', 'the probe was lost');
          link.close();
        }),
    },
    {
      ...base,
      role: 'server',
      kind: 'feature',
      what: 'heartbeat by us',
      async run() {
        const server = await listenUdp(
          serverOf('TLS 1.2', { versions: [serverVersion], suites, ...beat, credentials: [credential('rsa')] }),
        );
        const program = client(server.port, list, ['--udp', '--heartbeat']);
        try {
          await program.until('Handshake was completed');
          const link = await server.link;
          program.write('before\n');
          await link.read('before');
          await heartbeatAnswered(link, 'are you there');
          link.write('of the server\n');
          await program.until('of the server');
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
