/** OpenSSL's s_server and s_client. */
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import { secp384r1, x25519 } from '../../src/wire/group.ts';
import { credential, type KeyKind } from '../support/certificates.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { freePort, outputOf, Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const FLAG: Readonly<Record<ours.VersionName, string>> = {
  'TLS 1.0': '-tls1',
  'TLS 1.1': '-tls1_1',
  'TLS 1.2': '-tls1_2',
  'TLS 1.3': '-tls1_3',
};
const WEAK = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
const MODERN = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256';
/** The names that differ from the RFC's. */
const GROUP: Readonly<Record<string, string>> = {
  x25519: 'X25519',
  x448: 'X448',
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

export async function openssl(report: Report): Promise<void> {
  const version = outputOf('openssl', ['version'])?.split(' ').slice(0, 2).join(' ');
  if (version === undefined) return report.skip('OpenSSL', 'there is no openssl here');
  const peer = version;
  const known = new Set(
    (outputOf('openssl', ['ciphers', '-s', '-stdname', '-ciphersuites', MODERN, '-psk', WEAK]) ?? '')
      .split('\n')
      .map((line) => line.split(' ')[0]!),
  );
  const all = new Set(
    (outputOf('openssl', ['ciphers', '-stdname', '-ciphersuites', MODERN, WEAK]) ?? '').split('\n').map((line) => line.split(' ')[0]!),
  );
  for (const name of ours.VERSION_NAMES) {
    const suites = ours.suitesOf(name).filter((suite) => all.has(suite.name) || known.has(suite.name));
    const missing = ours.suitesOf(name).filter((suite) => !suites.includes(suite));
    report.skipSuites(`${peer}, ${name}`, missing, 'it does not have');
    await asClient(report, peer, name, suites);
    await asServer(report, peer, name, suites);
  }
}

/** s_server with all that it has; sends lines back reversed. */
async function startServer(
  name: ours.VersionName,
  kind: KeyKind | 'both',
  more: readonly string[] = [],
  echo = true,
): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const files = kind === 'both' ? ours.FILES.rsa : ours.FILES[kind];
  const second = kind === 'both' ? ['-dcert', ours.FILES.p256.cert, '-dkey', ours.FILES.p256.key] : [];
  const program = new Program('openssl', [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    FLAG[name],
    '-cert',
    files.cert,
    '-key',
    files.key,
    ...second,
    '-cert_chain',
    ours.CA,
    '-cipher',
    WEAK,
    '-ciphersuites',
    MODERN,
    '-psk_identity',
    ours.PSK_IDENTITY,
    '-psk',
    ours.PSK_HEX,
    '-dhparam',
    ours.DH_PARAMETERS,
    ...(echo ? ['-rev'] : []),
    ...more,
  ]);
  await program.until('ACCEPT');
  return { port, program };
}

async function echoReversed(link: Link, text: string): Promise<void> {
  link.write(`${text}\n`);
  const line = await link.line();
  expect(line === [...text].reverse().join(''), `echoed ${line}`);
}

async function asClient(report: Report, peer: string, version: ours.VersionName, suites: readonly CipherSuite[]): Promise<void> {
  const base = { peer, version, role: 'client' as const };
  const { port, program } = await startServer(version, 'both');
  const usesPsk = (suite: CipherSuite): boolean => suite.family === 'legacy' && suite.kx.usesPsk;
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          const link = await dial(port, ours.client(version, { suites: [suite], ...(usesPsk(suite) ? ours.psk : {}) }));
          const info = await link.connected();
          expect(info.suite === suite.name, `agreed on ${info.suite}`);
          await echoReversed(link, `hello ${suite.name}`);
          link.close();
        },
      }),
    ),
  );
  program.kill();
  await report.run(
    ours.groupsOf(version).flatMap((group): Case[] => {
      const opensslName = GROUP[group.name] ?? group.name;
      // DHE of TLS 1.2 has the server's own group there, which no option names.
      if (
        group.kind === 'kem' ||
        (group.kind === 'dh' && version !== 'TLS 1.3') ||
        (group.name.startsWith('brainpool') && version === 'TLS 1.3')
      ) {
        report.skip(
          `${peer}, ${version}, we are the client: group ${group.name}`,
          group.kind === 'kem' ? 'OpenSSL 3.0 has no ML-KEM' : 'it cannot be chosen there',
        );
        return [];
      }
      return [
        {
          ...base,
          kind: 'group',
          what: group.name,
          async run() {
            const server = await startServer(version, 'rsa', ['-groups', opensslName]);
            try {
              const link = await dial(server.port, ours.client(version, { groups: [group], suites: ecdhe(version) }));
              const info = await link.connected();
              expect(info.group === group.id, `group ${info.group}`);
              await echoReversed(link, group.name);
              link.close();
            } finally {
              server.program.kill();
            }
          },
        },
      ];
    }),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const withServer = async (
    more: readonly string[],
    use: (port: number, program: Program) => Promise<void>,
    kind: KeyKind | 'both' = 'both',
    echo = true,
  ): Promise<void> => {
    const server = await startServer(version, kind, more, echo);
    try {
      await use(server.port, server.program);
    } finally {
      server.program.kill();
    }
  };
  const cases: Case[] = [
    feature('resumption by ticket', () => withServer([], (at) => resume(at, version, false))),
    feature('client certificate', () =>
      withServer(['-Verify', '1', '-CAfile', ours.CA, '-verify_return_error'], async (at) => {
        for (const kind of clientKinds(version)) {
          const link = await dial(at, ours.client(version, { credentials: [credential(kind)] }));
          await link.connected();
          await echoReversed(link, kind);
          link.close();
        }
      }),
    ),
    feature('client certificate demanded, none given', () =>
      withServer(['-Verify', '1', '-CAfile', ours.CA, '-verify_return_error'], async (at) => {
        const link = await dial(at, ours.client(version));
        const error = await link.failure();
        expect(error?.code === 'alert_received', String(error?.message));
      }),
    ),
    feature('ALPN', () =>
      withServer(['-alpn', 'two,one'], async (at) => {
        const link = await dial(at, ours.client(version, { alpn: ['one', 'three'] }));
        expect((await link.connected()).alpn === 'one', 'another protocol');
        link.close();
      }),
    ),
    feature('OCSP staple', () =>
      withServer(['-status'], async (at) => {
        // It has no responder to ask: the extension is offered and nothing comes.
        const link = await dial(at, ours.client(version, { requestOcsp: true }));
        await link.connected();
        link.close();
      }),
    ),
    feature('server_name', () =>
      withServer(
        ['-servername', 'localhost', '-cert2', ours.FILES.p256.cert, '-key2', ours.FILES.p256.key],
        async (at) => {
          const link = await dial(at, ours.client(version));
          await link.connected();
          link.close();
        },
        'rsa',
      ),
    ),
    feature('large data', () =>
      withServer([], async (at) => {
        const link = await dial(at, ours.client(version));
        await link.connected();
        await echoReversed(link, 'x'.repeat(12_000));
        link.close();
      }),
    ),
  ];
  if (version !== 'TLS 1.3') {
    cases.push(feature('resumption by ID', () => withServer(['-no_ticket'], (at) => resume(at, version, true))));
    cases.push(
      feature('HelloRequest is refused', () =>
        withServer(
          [],
          async (at, program) => {
            const link = await dial(at, ours.client(version));
            await link.connected();
            link.write('first\n');
            await program.until('first');
            program.write('R\n');
            link.write('second\n');
            await program.until('no renegotiation');
            link.close();
          },
          'both',
          false,
        ),
      ),
    );
  }
  if (version === 'TLS 1.2') {
    for (const kind of ['p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] as const) {
      cases.push(feature(`certificate ${kind}`, () => withServer([], (at) => handshakeOnly(at, version), kind)));
    }
    cases.push(
      feature('max_fragment_length', () =>
        withServer([], async (at) => {
          const link = await dial(at, ours.client(version, { maxFragmentLength: 512 }));
          await link.connected();
          await echoReversed(link, 'x'.repeat(3_000));
          link.close();
        }),
      ),
    );
  }
  if (version === 'TLS 1.3') {
    for (const kind of ['rsa', 'p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] as const) {
      cases.push(feature(`certificate ${kind}`, () => withServer([], (at) => handshakeOnly(at, version), kind)));
    }
    cases.push(
      feature('HelloRetryRequest', () =>
        withServer(['-groups', 'P-384'], async (at) => {
          const link = await dial(at, ours.client(version, { groups: [x25519, secp384r1] }));
          expect((await link.connected()).group === secp384r1.id, 'another group');
          await echoReversed(link, 'retried');
          link.close();
        }),
      ),
      feature('external PSK', () =>
        withServer([], async (at) => {
          const link = await dial(
            at,
            ours.client(version, { ...ours.psk, suites: ours.suitesOf(version).filter(({ name }) => name.endsWith('SHA256')) }),
          );
          expect((await link.connected()).peerProof === 'psk', 'no PSK');
          await echoReversed(link, 'psk');
          link.close();
        }),
      ),
      feature('KeyUpdate by us', () =>
        withServer([], async (at) => {
          const link = await dial(at, ours.client(version));
          await link.connected();
          for (let i = 0; i < 3; i++) {
            link.connection.updateKeys(true);
            await echoReversed(link, `after ${i}`);
          }
          expect(link.keyUpdates === 3, `${link.keyUpdates} answers`);
          link.close();
        }),
      ),
      feature('KeyUpdate by the peer', () =>
        withServer(
          [],
          async (at, program) => {
            const link = await dial(at, ours.client(version));
            await link.connected();
            link.write('first\n');
            await program.until('first');
            program.write('K\n');
            await pause();
            program.write('after\n');
            await link.read('after');
            expect(link.keyUpdates === 1, `${link.keyUpdates} updates`);
            link.write('second\n');
            await program.until('second');
            link.close();
          },
          'both',
          false,
        ),
      ),
    );
  }
  await report.run(cases);
}

function ecdhe(version: ours.VersionName): readonly CipherSuite[] {
  return ours.suitesOf(version).filter((suite) => suite.family === 'modern' || (suite.kx.name === 'ECDHE' && suite.auth === 'rsa'));
}

function clientKinds(version: ours.VersionName): readonly KeyKind[] {
  return version === 'TLS 1.2' || version === 'TLS 1.3' ? ['p256', 'rsa', 'p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] : ['p256', 'rsa'];
}

async function handshakeOnly(port: number, version: ours.VersionName): Promise<void> {
  const link = await dial(port, ours.client(version));
  await link.connected();
  await echoReversed(link, 'hello');
  link.close();
}

async function resume(port: number, version: ours.VersionName, byId: boolean): Promise<void> {
  const context = ours.client(version);
  const first = await dial(port, context);
  await first.connected();
  await echoReversed(first, 'first');
  const session = await first.session();
  expect(byId === session.ticket.length < 1, byId ? 'a ticket came' : 'no ticket came');
  first.close();
  const second = await dial(port, context, { serverName: 'localhost', session });
  expect((await second.connected()).resumed, 'not resumed');
  await echoReversed(second, 'second');
  second.close();
}

// --- s_client ---

/** No option of OpenSSL: there is no certificate to check. */
const ANONYMOUS = '(anonymous)';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

async function asServer(report: Report, peer: string, version: ours.VersionName, suites: readonly CipherSuite[]): Promise<void> {
  const base = { peer, version, role: 'server' as const };
  let context = ours.server(version);
  let last: Link | undefined;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      void link
        .connected()
        .then(
          async () => {
            for (;;) link.write(`${[...(await link.line())].reverse().join('')}\n`);
          },
          () => {},
        )
        .catch(() => {});
    },
  );
  const verify = ['-CAfile', ours.CA, '-verify_return_error', '-verify_hostname', 'localhost'];
  const sClient = (more: readonly string[]): Program =>
    new Program('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${server.port}`,
      FLAG[version],
      '-servername',
      'localhost',
      ...(more.includes(ANONYMOUS) ? [] : verify),
      ...more.filter((each) => each !== ANONYMOUS),
    ]);
  const weak = (cipher: string): string[] => (version === 'TLS 1.3' ? ['-ciphersuites', cipher] : ['-cipher', `${cipher}:@SECLEVEL=0`]);
  const exchange = async (program: Program, text = 'hello'): Promise<void> => {
    program.write(`${text}\n`);
    await program.until([...text].reverse().join(''));
  };
  const quick = async (more: readonly string[], check: (link: Link, program: Program) => void | Promise<void>): Promise<void> => {
    last = undefined;
    const program = sClient(more);
    try {
      await exchange(program);
      await check(last!, program);
      program.write('Q\n');
      await program.end();
    } finally {
      program.kill();
    }
  };
  const any = version === 'TLS 1.3' ? [] : ['-cipher', 'ALL:@SECLEVEL=0'];
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = ours.server(version, { suites: [suite] });
          const legacy = suite.family === 'legacy';
          const psk = legacy && suite.kx.usesPsk ? ['-psk_identity', ours.PSK_IDENTITY, '-psk', ours.PSK_HEX] : [];
          const anonymous = legacy && suite.auth === 'anon' ? [ANONYMOUS] : [];
          await quick([...weak(suite.openssl), ...psk, ...anonymous], ({ connection }) =>
            expect(connection.info?.suite === suite.name, `agreed on ${connection.info?.suite}`),
          );
        },
      }),
    ),
  );
  context = ours.server(version);
  await report.run(
    ours.groupsOf(version).flatMap((group): Case[] => {
      if (group.kind !== 'ec' && version !== 'TLS 1.3') return [];
      if (group.kind === 'kem') return [];
      return [
        {
          ...base,
          kind: 'group',
          what: group.name,
          run: () =>
            quick([...any, '-groups', GROUP[group.name] ?? group.name], ({ connection }) =>
              expect(connection.info?.group === group.id, `group ${connection.info?.group}`),
            ),
        },
      ];
    }),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const resumed = async (more: readonly string[], name: string): Promise<void> => {
    const file = ours.fileOf(`${name}.session`);
    await quick([...any, ...more, '-sess_out', file], async (_link, program) => {
      // TLS 1.3 tickets come behind the handshake.
      await exchange(program, 'again');
    });
    await quick([...any, ...more, '-sess_in', file], ({ connection }) => expect(connection.info?.resumed === true, 'not resumed'));
  };
  const cases: Case[] = [
    feature('resumption by ticket', () => resumed([], `${version}-ticket`)),
    feature('client certificate', async () => {
      context = ours.server(version, { clientCertificate: 'require' });
      for (const kind of clientKinds(version)) {
        await quick([...any, '-cert', ours.FILES[kind].cert, '-key', ours.FILES[kind].key], ({ connection }) =>
          expect(connection.info?.peerProof === 'certificate', 'not by certificate'),
        );
      }
      context = ours.server(version);
    }),
    feature('ALPN', async () => {
      context = ours.server(version, { alpn: ['two', 'one'] });
      await quick([...any, '-alpn', 'one,three'], ({ connection }) => expect(connection.info?.alpn === 'one', 'another protocol'));
      context = ours.server(version);
    }),
  ];
  if (version !== 'TLS 1.3') cases.push(feature('resumption by ID', () => resumed(['-no_ticket'], `${version}-id`)));
  if (version === 'TLS 1.2') {
    cases.push(
      feature('max_fragment_length', () => quick(['-maxfraglen', '512'], async (_link, program) => exchange(program, 'x'.repeat(3_000)))),
      feature('renegotiation is refused', async () => {
        const program = sClient([]);
        await exchange(program);
        program.write('R\n');
        // It ends the connection when it meets no_renegotiation.
        await program.until(/no renegotiation|no_renegotiation/i);
        program.kill();
      }),
    );
  }
  if (version === 'TLS 1.3') {
    cases.push(
      feature('HelloRetryRequest', async () => {
        context = ours.server(version, { groups: [secp384r1] });
        await quick(['-groups', 'X25519:P-384'], ({ connection }) => expect(connection.info?.group === secp384r1.id, 'another group'));
        context = ours.server(version);
      }),
      feature('external PSK', () =>
        quick(['-psk_identity', ours.PSK_IDENTITY, '-psk', ours.PSK_HEX], ({ connection }) =>
          expect(connection.info?.peerProof === 'psk', 'no PSK'),
        ),
      ),
      feature('KeyUpdate by us', () =>
        quick([], async (link, program) => {
          for (let i = 0; i < 3; i++) {
            link.connection.updateKeys(true);
            link.pump();
            await exchange(program, `after ${i}`);
          }
          expect(link.keyUpdates === 3, `${link.keyUpdates} answers`);
        }),
      ),
      feature('KeyUpdate by the peer', () =>
        quick([], async (link, program) => {
          program.write('K\n');
          // What comes with the command is swallowed by it.
          await pause();
          await exchange(program, 'after');
          expect(link.keyUpdates === 1, `${link.keyUpdates} updates`);
        }),
      ),
    );
  }
  for (const kind of version === 'TLS 1.2' || version === 'TLS 1.3' ? (['p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] as const) : []) {
    cases.push(
      feature(`certificate ${kind}`, async () => {
        context = ours.server(version, { credentials: [credential(kind)] });
        await quick([], () => {});
        context = ours.server(version);
      }),
    );
  }
  await report.run(cases);
  server.close();
}
