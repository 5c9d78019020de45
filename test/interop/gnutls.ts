/** GnuTLS's gnutls-serv and gnutls-cli. */
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import { secp384r1, x25519 } from '../../src/wire/group.ts';
import { credential, type KeyKind } from '../support/certificates.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { freePort, outputOf, Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const GROUP: Readonly<Record<string, string>> = {
  x25519: 'X25519',
  x448: 'X448',
  secp256r1: 'SECP256R1',
  secp384r1: 'SECP384R1',
  secp521r1: 'SECP521R1',
  ffdhe2048: 'FFDHE2048',
  ffdhe3072: 'FFDHE3072',
  ffdhe4096: 'FFDHE4096',
  ffdhe6144: 'FFDHE6144',
  ffdhe8192: 'FFDHE8192',
};

const EXCHANGES = '+ECDHE-ECDSA:+ECDHE-RSA:+DHE-RSA:+RSA:+ECDHE-PSK:+DHE-PSK:+RSA-PSK:+PSK';
const CIPHERS =
  '+CIPHER-ALL:+3DES-CBC:+CAMELLIA-128-GCM:+CAMELLIA-256-GCM:+CAMELLIA-128-CBC:+CAMELLIA-256-CBC:+AES-128-CCM-8:+AES-256-CCM-8:+NULL';
const MACS = '+AEAD:+SHA1:+SHA256:+SHA384:+MD5';
const REST = '+SIGN-ALL:+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1:+COMP-NULL:+CTYPE-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1';

function priority(version: ours.VersionName, more = '+GROUP-ALL', exchange = EXCHANGES, cipher = CIPHERS, mac = MACS): string {
  // With what TLS 1.3 has not, it finds its priorities insufficient.
  if (version === 'TLS 1.3') {
    cipher = cipher.replace(':+NULL', '');
    exchange = exchange.replace(':+RSA-PSK', '');
  }
  return `NONE:+VERS-${version.replace(' ', '')}:${exchange}:${cipher}:${mac}:${REST}:${more}`;
}

export async function gnutls(report: Report): Promise<void> {
  const version = outputOf('gnutls-cli', ['--version'])?.split('\n')[0]?.replace('gnutls-cli', 'GnuTLS');
  if (version === undefined) return report.skip('GnuTLS', 'there is no gnutls-cli here (package gnutls-bin)');
  // Its suites with the first version that it has them in.
  const first = new Map<number, string>();
  for (const [, high, low, since] of (outputOf('gnutls-cli', ['-l']) ?? '').matchAll(/0x([0-9a-f]{2}), 0x([0-9a-f]{2})\s+(TLS1\.\d)/g)) {
    first.set(Number.parseInt(`${high}${low}`, 16), since!.replace('S1', 'S 1'));
  }
  for (const name of ours.VERSION_NAMES) {
    const known = ours.suitesOf(name).filter(({ id }) => (first.get(id) ?? 'TLS 9') <= name);
    // Before TLS 1.2 its own client and server do not find each other with a SHA-2 MAC.
    const common = known.filter((suite) => name >= 'TLS 1.2' || !/SHA(256|384)$/.test(suite.name));
    const suites = common.filter((suite) => !suite.name.includes('_anon_'));
    const where = `${version}, ${name}`;
    const unknown = ours.suitesOf(name).filter((suite) => !known.includes(suite));
    const mute = known.filter((suite) => !common.includes(suite));
    const anonymous = common.filter((suite) => !suites.includes(suite));
    report.skipSuites(where, unknown, 'it does not have');
    report.skipSuites(where, mute, 'before TLS 1.2 it fails with itself for');
    await asClient(report, version, name, suites);
    await asServer(report, version, name, suites);
    await withoutCertificates(report, version, name, anonymous);
  }
}

/** Anonymous suites, which its programs take only where they are told of no others. */
async function withoutCertificates(report: Report, peer: string, version: ours.VersionName, suites: readonly CipherSuite[]): Promise<void> {
  if (suites.length === 0) return;
  const list = priority(version, '+GROUP-ALL', '+ANON-ECDH:+ANON-DH');
  const port = await freePort();
  const args = ['--echo', '-p', String(port), '--disable-client-cert', '--priority', list];
  const program = new Program('gnutls-serv', args);
  await program.until(/listening on (IPv4|IPv6).*\.\.\.done/s);
  let context = ours.server(version);
  const server = await listen(
    () => context,
    (link) => void link.line().then((line) => link.write(`${[...line].reverse().join('')}\n`), ignore),
  );
  await report.run(
    suites.flatMap((suite): Case[] => [
      {
        peer,
        version,
        role: 'client',
        kind: 'suite',
        what: suite.name,
        async run() {
          const link = await dial(port, ours.client(version, { suites: [suite] }));
          expect((await link.connected()).suite === suite.name, 'another suite');
          await echoed(link, 'hello');
          link.close();
        },
      },
      {
        peer,
        version,
        role: 'server',
        kind: 'suite',
        what: suite.name,
        async run() {
          context = ours.server(version, { suites: [suite] });
          const client = new Program('gnutls-cli', ['-p', String(server.port), '--priority', list, 'localhost']);
          try {
            await client.until(/Simple Client Mode|Handshake was completed/);
            client.write('hello\n');
            await client.until('olleh');
          } finally {
            client.kill();
          }
        },
      },
    ]),
  );
  program.kill();
  server.close();
}

function ignore(): void {}

// --- gnutls-serv ---

async function startServer(
  version: ours.VersionName,
  kinds: readonly KeyKind[],
  groups: string,
  more: readonly string[],
): Promise<{ port: number; program: Program }> {
  const port = await freePort();
  const program = new Program('gnutls-serv', [
    '--echo',
    '-p',
    String(port),
    '--priority',
    priority(version, groups),
    '--pskpasswd',
    ours.PSK_FILE,
    ...kinds.flatMap((kind) => ['--x509certfile', ours.FILES[kind].cert, '--x509keyfile', ours.FILES[kind].key]),
    ...more,
  ]);
  await program.until(/listening on (IPv4|IPv6).*\.\.\.done/s);
  return { port, program };
}

async function echoed(link: Link, text: string): Promise<void> {
  link.write(`${text}\n`);
  expect((await link.line()) === text, 'another echo');
}

async function asClient(report: Report, peer: string, version: ours.VersionName, suites: readonly CipherSuite[]): Promise<void> {
  const base = { peer, version, role: 'client' as const };
  const { port, program } = await startServer(version, ['rsa', 'p256'], '+GROUP-ALL', ['--disable-client-cert']);
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          const link = await dial(
            port,
            ours.client(version, { suites: [suite], ...(suite.family === 'legacy' && suite.kx.usesPsk ? ours.psk : {}) }),
          );
          const info = await link.connected();
          expect(info.suite === suite.name, `agreed on ${info.suite}`);
          await echoed(link, `hello ${suite.name}`);
          link.close();
        },
      }),
    ),
  );
  program.kill();
  const withServer = async (
    kinds: readonly KeyKind[],
    groups: string,
    more: readonly string[],
    use: (port: number) => Promise<void>,
  ): Promise<void> => {
    const server = await startServer(version, kinds, groups, more);
    try {
      await use(server.port);
    } finally {
      server.program.kill();
    }
  };
  const anonymousClient = ['--disable-client-cert'];
  await report.run(
    groupsFor(report, peer, version, 'client').map(
      (group): Case => ({
        ...base,
        kind: 'group',
        what: group.name,
        run: () =>
          withServer(['rsa'], `+GROUP-${GROUP[group.name]}`, anonymousClient, async (at) => {
            const link = await dial(at, ours.client(version, { groups: [group], suites: withGroup(version, group.kind) }));
            const info = await link.connected();
            expect(info.group === group.id, `group ${info.group}`);
            await echoed(link, group.name);
            link.close();
          }),
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const both: readonly KeyKind[] = ['rsa', 'p256'];
  const cases = [
    feature('resumption by ticket', () => withServer(both, '+GROUP-ALL', anonymousClient, (at) => resume(at, version, false))),
    feature('client certificate', () =>
      withServer(both, '+GROUP-ALL', ['--require-client-cert', '--verify-client-cert', '--x509cafile', ours.CA], async (at) => {
        for (const kind of clientKinds(version)) {
          const link = await dial(at, ours.client(version, { credentials: [credential(kind)] }));
          await link.connected();
          await echoed(link, kind);
          link.close();
        }
      }),
    ),
    feature('client certificate demanded, none given', () =>
      withServer(both, '+GROUP-ALL', ['--require-client-cert', '--x509cafile', ours.CA], async (at) => {
        const link = await dial(at, ours.client(version));
        const error = await link.failure();
        expect(error?.code === 'alert_received', String(error?.message));
      }),
    ),
    feature('ALPN', () =>
      withServer(both, '+GROUP-ALL', [...anonymousClient, '--alpn', 'two', '--alpn', 'one'], async (at) => {
        const link = await dial(at, ours.client(version, { alpn: ['one', 'three'] }));
        expect((await link.connected()).alpn === 'one', 'another protocol');
        link.close();
      }),
    ),
    feature('record_size_limit', () =>
      withServer(both, '+GROUP-ALL', [...anonymousClient, '--recordsize', '600'], async (at) => {
        const link = await dial(at, ours.client(version, { recordSizeLimit: 700 }));
        await link.connected();
        await echoed(link, 'x'.repeat(4_000));
        link.close();
      }),
    ),
  ];
  if (version !== 'TLS 1.3') {
    cases.push(
      feature('resumption by ID', () =>
        withServer(both, '+GROUP-ALL', [...anonymousClient, '--noticket'], (at) => resume(at, version, true)),
      ),
    );
    cases.push(
      feature('max_fragment_length', () =>
        withServer(both, '+GROUP-ALL', anonymousClient, async (at) => {
          const link = await dial(at, ours.client(version, { maxFragmentLength: 1024 }));
          await link.connected();
          // Not more than a record: it agrees to 1024 and sends longer ones all the same, to OpenSSL too.
          await echoed(link, 'x'.repeat(1_000));
          link.close();
        }),
      ),
    );
  } else {
    cases.push(
      feature('HelloRetryRequest', () =>
        withServer(both, '+GROUP-SECP384R1', anonymousClient, async (at) => {
          const link = await dial(at, ours.client(version, { groups: [x25519, secp384r1] }));
          expect((await link.connected()).group === secp384r1.id, 'another group');
          await echoed(link, 'retried');
          link.close();
        }),
      ),
      feature('external PSK', () =>
        withServer(both, '+GROUP-ALL', anonymousClient, async (at) => {
          const link = await dial(
            at,
            ours.client(version, { ...ours.psk, suites: ours.suitesOf(version).filter(({ name }) => name.endsWith('SHA256')) }),
          );
          expect((await link.connected()).peerProof === 'psk', 'no PSK');
          await echoed(link, 'psk');
          link.close();
        }),
      ),
      feature('KeyUpdate by us', () =>
        withServer(both, '+GROUP-ALL', anonymousClient, async (at) => {
          const link = await dial(at, ours.client(version));
          await link.connected();
          for (let i = 0; i < 3; i++) {
            link.connection.updateKeys(true);
            await echoed(link, `after ${i}`);
          }
          expect(link.keyUpdates === 3, `${link.keyUpdates} answers`);
          link.close();
        }),
      ),
    );
  }
  for (const kind of version === 'TLS 1.2' || version === 'TLS 1.3' ? (['p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] as const) : []) {
    cases.push(
      feature(`certificate ${kind}`, () =>
        withServer([kind], '+GROUP-ALL', anonymousClient, async (at) => {
          const link = await dial(at, ours.client(version));
          await link.connected();
          await echoed(link, 'hello');
          link.close();
        }),
      ),
    );
  }
  await report.run(cases);
}

async function resume(port: number, version: ours.VersionName, byId: boolean): Promise<void> {
  const context = ours.client(version);
  const first = await dial(port, context);
  await first.connected();
  await echoed(first, 'first');
  const session = await first.session();
  expect(byId === session.ticket.length < 1, byId ? 'a ticket came' : 'no ticket came');
  first.close();
  const second = await dial(port, context, { serverName: 'localhost', session });
  expect((await second.connected()).resumed, 'not resumed');
  await echoed(second, 'second');
  second.close();
}

function groupsFor(report: Report, peer: string, version: ours.VersionName, role: string) {
  return ours.groupsOf(version).filter((group) => {
    if (GROUP[group.name] !== undefined) return true;
    report.skip(`${peer}, ${version}, we are the ${role}: group ${group.name}`, 'it does not have it');
    return false;
  });
}

function withGroup(version: ours.VersionName, kind: string): readonly CipherSuite[] {
  return ours
    .suitesOf(version)
    .filter((suite) => suite.family === 'modern' || (suite.kx.name === (kind === 'dh' ? 'DHE' : 'ECDHE') && suite.auth === 'rsa'));
}

function clientKinds(version: ours.VersionName): readonly KeyKind[] {
  return version === 'TLS 1.2' || version === 'TLS 1.3' ? ['p256', 'rsa', 'p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] : ['p256', 'rsa'];
}

// --- gnutls-cli ---

async function asServer(report: Report, peer: string, version: ours.VersionName, suites: readonly CipherSuite[]): Promise<void> {
  const base = { peer, version, role: 'server' as const };
  let context = ours.server(version);
  let last: Link | undefined;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      link
        .connected()
        .then(async () => {
          for (;;) link.write(`${[...(await link.line())].reverse().join('')}\n`);
        })
        .catch(() => {});
    },
  );
  const exchange = async (program: Program, text = 'hello'): Promise<void> => {
    program.write(`${text}\n`);
    await program.until([...text].reverse().join(''));
  };
  const quick = async (
    list: string,
    more: readonly string[],
    check: (link: Link, program: Program) => void | Promise<void>,
  ): Promise<void> => {
    last = undefined;
    const program = new Program('gnutls-cli', [
      '-p',
      String(server.port),
      '--x509cafile',
      ours.CA,
      '--priority',
      list,
      ...more,
      'localhost',
    ]);
    try {
      // What is written before is swallowed.
      await program.until(/Simple Client Mode|Handshake was completed/);
      await exchange(program);
      await check(last!, program);
      program.closeInput();
      await program.end(3_000);
    } finally {
      program.kill();
    }
  };
  const some = suites.filter((suite) => !(suite.family === 'legacy' && /^(DHE|ECDHE)_PSK$/.test(suite.kx.name)));
  report.skipSuites(
    `${peer}, ${version}, we are the server`,
    suites.filter((suite) => !some.includes(suite)),
    'gnutls-cli fails with any server for',
  );
  await report.run(
    some.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = ours.server(version, { suites: [suite] });
          const [exchangeName, cipher, mac] = tokens(suite);
          const psk = suite.family === 'legacy' && suite.kx.usesPsk ? ['--pskusername', ours.PSK_IDENTITY, '--pskkey', ours.PSK_HEX] : [];
          await quick(priority(version, '+GROUP-ALL', exchangeName, cipher, mac), psk, ({ connection }) =>
            expect(connection.info?.suite === suite.name, `agreed on ${connection.info?.suite}`),
          );
        },
      }),
    ),
  );
  context = ours.server(version);
  await report.run(
    groupsFor(report, peer, version, 'server').map(
      (group): Case => ({
        ...base,
        kind: 'group',
        what: group.name,
        run: () =>
          quick(priority(version, `+GROUP-${GROUP[group.name]}`, group.kind === 'dh' ? '+DHE-RSA' : '+ECDHE-RSA'), [], ({ connection }) =>
            expect(connection.info?.group === group.id, `group ${connection.info?.group}`),
          ),
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const certified = priority(version, '+GROUP-ALL', '+ECDHE-ECDSA:+ECDHE-RSA:+DHE-RSA:+RSA');
  const cases = [
    // It connects, ends, and connects again with the session.
    feature('resumption', async () => {
      const program = new Program('gnutls-cli', [
        '-p',
        String(server.port),
        '--x509cafile',
        ours.CA,
        '--priority',
        certified,
        '--resume',
        'localhost',
      ]);
      try {
        await program.until('This is a resumed session');
        await exchange(program, 'resumed');
        expect(last?.connection.info?.resumed === true, 'not resumed');
      } finally {
        program.kill();
      }
    }),
    feature('client certificate', async () => {
      context = ours.server(version, { clientCertificate: 'require' });
      for (const kind of clientKinds(version)) {
        await quick(certified, ['--x509certfile', ours.FILES[kind].cert, '--x509keyfile', ours.FILES[kind].key], ({ connection }) =>
          expect(connection.info?.peerProof === 'certificate', 'not by certificate'),
        );
      }
      context = ours.server(version);
    }),
    feature('ALPN', async () => {
      context = ours.server(version, { alpn: ['two', 'one'] });
      await quick(certified, ['--alpn', 'one', '--alpn', 'three'], ({ connection }) =>
        expect(connection.info?.alpn === 'one', 'another protocol'),
      );
      context = ours.server(version);
    }),
    feature('record_size_limit', async () => {
      context = ours.server(version, { recordSizeLimit: 700 });
      await quick(certified, ['--recordsize', '600'], async (link, program) => {
        link.write(`${'x'.repeat(2_000)}\n`);
        const count = (): number => program.output.match(/x/g)?.length ?? 0;
        for (let i = 0; i < 50 && count() < 2_000; i++) await new Promise((resolve) => setTimeout(resolve, 50));
        expect(count() >= 2_000, `${count()} of 2000 came back: ${program.tail()}; ${last?.connection.error?.message}`);
      });
      context = ours.server(version);
    }),
  ];
  if (version === 'TLS 1.3') {
    cases.push(
      feature('HelloRetryRequest', async () => {
        context = ours.server(version, { groups: [secp384r1] });
        await quick(
          priority(version, '+GROUP-X25519:+GROUP-SECP384R1', '+ECDHE-ECDSA:+ECDHE-RSA'),
          ['--single-key-share'],
          ({ connection }) => expect(connection.info?.group === secp384r1.id, 'another group'),
        );
        context = ours.server(version);
      }),
      feature('external PSK', () =>
        quick(priority(version), ['--pskusername', ours.PSK_IDENTITY, '--pskkey', ours.PSK_HEX], ({ connection }) =>
          expect(connection.info?.peerProof === 'psk', 'no PSK'),
        ),
      ),
      feature('KeyUpdate by us', () =>
        quick(certified, [], async (link, program) => {
          for (let i = 0; i < 3; i++) {
            link.connection.updateKeys(true);
            link.pump();
            await exchange(program, `after ${i}`);
          }
          expect(link.keyUpdates === 3, `${link.keyUpdates} answers`);
        }),
      ),
      feature('KeyUpdate by the peer', () =>
        quick(certified, ['--inline-commands'], async (link, program) => {
          program.write('^rekey^\n');
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
        await quick(certified, [], () => {});
        context = ours.server(version);
      }),
    );
  }
  await report.run(cases);
  server.close();
}

/** Key exchange, cipher and MAC as priority strings name them. */
function tokens(suite: CipherSuite): [string, string, string] {
  const cipher = suite.protection.name;
  const aead = /GCM|CCM|POLY1305/.test(cipher);
  const name =
    /_(3DES_EDE_CBC|NULL|RC4_128|(?:AES|CAMELLIA)_(?:128|256)_(?:CBC|GCM|CCM_8|CCM)|CHACHA20_POLY1305)/.exec(suite.name)?.[1] ?? cipher;
  const mac = aead ? 'AEAD' : (/_(SHA256|SHA384|SHA|MD5)$/.exec(suite.name)?.[1] ?? 'SHA').replace(/^SHA$/, 'SHA1');
  const exchange =
    suite.family === 'modern'
      ? '+ECDHE-RSA:+ECDHE-ECDSA'
      : `+${suite.kx.name === 'ECDHE' || suite.kx.name === 'DHE' ? `${suite.kx.name}-${suite.auth.toUpperCase()}` : suite.kx.name.replace('_', '-')}`;
  return [exchange, `+${name.replace('3DES_EDE_CBC', '3DES-CBC').replaceAll('_', '-')}`, `+${mac}`];
}
