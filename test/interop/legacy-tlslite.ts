/** tlslite-ng: SSL 3.0 to TLS 1.3, DSS and anonymous suites, RC4, heartbeat. A venv of our own is made where it is not installed. */
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import { heartbeat } from '../../src/handshake/features/heartbeat.ts';
import { credential } from '../support/certificates.ts';
import { dsaCredential } from '../support/dsa.ts';
import { clientOf, DSS_FILES, heartbeatAnswered, LEGACY_NAMES, type LegacyName, serverOf, suitesFor } from './legacy-ours.ts';
import { dial, type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { Program } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const VERSION: Readonly<Record<LegacyName, readonly number[]>> = {
  'SSL 3.0': [3, 0],
  'TLS 1.0': [3, 1],
  'TLS 1.1': [3, 2],
  'TLS 1.2': [3, 3],
};
const SCRIPT = fileURLToPath(new URL('legacy-tlslite.py', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = 'tlslite-ng==0.8.2';

type Told = Readonly<Record<string, unknown>>;

export async function tlslite(report: Report): Promise<void> {
  const python = findPython();
  if (python === undefined) return report.skip('tlslite-ng', 'it is not here, and cannot be had (Python 3 with venv, PyPI)');
  for (const name of LEGACY_NAMES) {
    const usable = suitesFor(name);
    const suites = usable.filter((suite) => namesOf(suite) !== undefined);
    report.skipSuites(
      `tlslite-ng, ${name}`,
      usable.filter((suite) => !suites.includes(suite)),
      'it does not have',
    );
    await asClient(report, python, name, suites);
    await asServer(report, python, name, suites);
  }
}

/** A Python that has tlslite; undefined where none can be had. */
function findPython(): string | undefined {
  const has = (python: string): boolean => spawnSync(python, ['-c', 'import tlslite']).status === 0;
  if (has('python3')) return 'python3';
  const folder = join(ROOT, '.cache', 'tlslite');
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && has(python)) return python;
  if (spawnSync('python3', ['-m', 'venv', folder], { timeout: 60_000 }).status !== 0) return undefined;
  if (spawnSync(python, ['-m', 'pip', 'install', '-q', PACKAGE], { timeout: 120_000 }).status !== 0) return undefined;
  return has(python) ? python : undefined;
}

/** Cipher, MAC and key exchange as its settings call them; undefined: it does not have them. */
function namesOf(suite: LegacySuite): Told | undefined {
  const kx = { RSA: 'rsa', DHE: suite.auth === 'dss' ? 'dhe_dsa' : 'dhe_rsa', ECDHE: suite.auth === 'rsa' ? 'ecdhe_rsa' : 'ecdhe_ecdsa' }[
    suite.kx.name as string
  ];
  const found =
    /_WITH_(3DES_EDE_CBC|AES_128_CBC|AES_256_CBC|AES_128_GCM|AES_256_GCM|AES_128_CCM_8|AES_256_CCM_8|AES_128_CCM|AES_256_CCM|CHACHA20_POLY1305|NULL|RC4_128)(?:_(MD5|SHA|SHA256|SHA384))?$/.exec(
      suite.name,
    );
  if (kx === undefined || found === null) return undefined;
  const cipher = {
    '3DES_EDE_CBC': '3des',
    AES_128_CBC: 'aes128',
    AES_256_CBC: 'aes256',
    CHACHA20_POLY1305: 'chacha20-poly1305',
    NULL: 'null',
    RC4_128: 'rc4',
  }[found[1]!];
  const aead = cipher === undefined || cipher.startsWith('chacha');
  // It has no null cipher, and no DSS, but with SHA-1 and in some suites.
  if (suite.auth === 'dss' && (aead || found[2] !== 'SHA')) return undefined;
  if (cipher === 'null' && kx !== 'rsa') return undefined;
  return {
    keyExchangeNames: [kx],
    cipherNames: [cipher ?? found[1]!.toLowerCase().replace('_128_', '128').replace('_256_', '256')],
    macNames: [aead ? 'aead' : (found[2] ?? 'SHA').toLowerCase()],
  };
}

function filesFor(suite: LegacySuite): ours.Files {
  return suite.auth === 'dss' ? DSS_FILES : suite.auth === 'ecdsa' ? ours.FILES.p256 : ours.FILES.rsa;
}

async function startServer(python: string, told: Told): Promise<{ port: number; program: Program }> {
  const program = new Program(python, [SCRIPT, JSON.stringify({ role: 'server', ...told })]);
  await program.until(/listening \d+/, 20_000);
  return { port: Number(/listening (\d+)/.exec(program.output)![1]), program };
}

async function echoed(link: Link, text: string): Promise<void> {
  link.write(`${text}\n`);
  expect((await link.line()) === [...text].reverse().join(''), 'another echo');
}

async function asClient(report: Report, python: string, version: LegacyName, suites: readonly LegacySuite[]): Promise<void> {
  const base = { peer: 'tlslite-ng', version, role: 'client' as const };
  const withServer = async (told: Told, use: (port: number, program: Program) => Promise<void>): Promise<void> => {
    const { port, program } = await startServer(python, { version: VERSION[version], ...told });
    try {
      await use(port, program);
    } catch (error) {
      throw new Error(`${(error as Error).message}; ${program.tail()}`);
    } finally {
      program.kill();
    }
  };
  // One process for each key: our client says which suite.
  const servers = new Map<string, { port: number; program: Program }>();
  for (const suite of suites) {
    if (servers.has(suite.auth)) continue;
    const names = suites.filter((each) => each.auth === suite.auth).map((each) => namesOf(each)!);
    const all = (key: string): string[] => [...new Set(names.flatMap((each) => each[key] as string[]))];
    const told = { version: VERSION[version], ...filesFor(suite), cipherNames: all('cipherNames'), macNames: all('macNames') };
    servers.set(suite.auth, await startServer(python, { ...told, keyExchangeNames: all('keyExchangeNames') }));
  }
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          const link = await dial(servers.get(suite.auth)!.port, clientOf(version, { suites: [suite] }));
          const info = await link.connected();
          expect(info.suite === suite.name, `agreed on ${info.suite}`);
          await echoed(link, `hello ${suite.name}`);
          link.close();
        },
      }),
    ),
  );
  for (const { program } of servers.values()) program.kill();
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const features = [
    feature('resumption by ID', () =>
      withServer(ours.FILES.rsa as unknown as Told, async (port) => {
        const context = clientOf(version, { offerTickets: false });
        const first = await dial(port, context);
        await first.connected();
        await echoed(first, 'first');
        const session = await first.session();
        first.close();
        const second = await dial(port, context, { serverName: 'localhost', session });
        expect((await second.connected()).resumed, 'not resumed');
        await echoed(second, 'second');
        second.close();
      }),
    ),
    feature('client certificate', () =>
      withServer({ ...ours.FILES.rsa, reqCert: true }, async (port, program) => {
        const link = await dial(port, clientOf(version, { credentials: [credential('rsa')] }));
        await link.connected();
        await echoed(link, 'hello');
        await program.until('client=1');
        link.close();
      }),
    ),
  ];
  if (version !== 'SSL 3.0') {
    features.push(
      feature('heartbeat by us', () =>
        withServer({ ...ours.FILES.rsa, heartbeat: 'answer' }, async (port) => {
          const link = await dial(port, clientOf(version, { heartbeat: heartbeat({ clock: () => performance.now() }) }));
          await link.connected();
          await heartbeatAnswered(link, 'are you there');
          link.close();
        }),
      ),
      feature('heartbeat by the peer', () =>
        withServer({ ...ours.FILES.rsa, heartbeat: 'ask' }, async (port, program) => {
          const link = await dial(port, clientOf(version, { heartbeat: heartbeat({ clock: () => performance.now() }) }));
          await link.connected();
          await echoed(link, 'hello');
          await echoed(link, 'again');
          await program.until('heartbeat answered from python');
          link.close();
        }),
      ),
    );
  }
  await report.run(features);
}

async function asServer(report: Report, python: string, version: LegacyName, suites: readonly LegacySuite[]): Promise<void> {
  const base = { peer: 'tlslite-ng', version, role: 'server' as const };
  let context = serverOf(version);
  let last: Link | undefined;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      void link
        .line()
        .then((line) => link.write(`${[...line].reverse().join('')}\n`))
        .catch(() => undefined);
    },
  );
  const program = new Program(python, [SCRIPT, JSON.stringify({ role: 'client' })]);
  const run = async (told: Told): Promise<Link> => {
    program.output = '';
    program.write(`${JSON.stringify({ version: VERSION[version], port: server.port, ...told })}\n`);
    await program.until(/^(done|failed .*)$/m, 20_000);
    const { output } = program;
    expect(output.includes('echo nohtyp fo olleh'), `${program.tail()}; ${last?.connection.error?.message}`);
    if (told['connections'] !== undefined) expect(output.includes('resumed=1'), 'not resumed');
    if (told['heartbeat'] === 'ask') expect(output.includes('heartbeat answered from python'), 'no answer');
    return last!;
  };
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = serverOf(version, { suites: [suite] });
          const { connection } = await run(namesOf(suite)!);
          expect(connection.info?.suite === suite.name, `agreed on ${connection.info?.suite}`);
        },
      }),
    ),
  );
  const feature = (what: string, work: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run: work });
  const features = [
    feature('resumption', async () => {
      context = serverOf(version);
      await run({ connections: 2 });
    }),
    feature('client certificate', async () => {
      context = serverOf(version, { clientCertificate: 'require', credentials: [credential('rsa')] });
      const { connection } = await run(ours.FILES.rsa as unknown as Told);
      expect(connection.info?.peerProof === 'certificate', 'not by certificate');
    }),
  ];
  if (version !== 'SSL 3.0') {
    features.push(
      feature('heartbeat by the peer', async () => {
        context = serverOf(version, { heartbeat: heartbeat({ clock: () => performance.now() }), credentials: [credential('rsa')] });
        await run({ heartbeat: 'ask' });
      }),
    );
  }
  if (version === 'TLS 1.2') {
    features.push(
      feature('client certificate, DSS', async () => {
        context = serverOf(version, { clientCertificate: 'require', credentials: [credential('rsa'), dsaCredential()] });
        const { connection } = await run(DSS_FILES as unknown as Told);
        expect(connection.info?.peerProof === 'certificate', 'not by certificate');
      }),
    );
  } else if (version !== 'SSL 3.0')
    report.skip(`tlslite-ng, ${version}, we are the server: client certificate, DSS`, 'it signs MD5 and SHA-1 with a DSS key');
  await report.run(features);
  program.kill();
  server.close();
}
