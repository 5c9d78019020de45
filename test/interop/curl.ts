/** curl as a client: an HTTPS page from our server. */
import { spawn } from 'node:child_process';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import { secp384r1 } from '../../src/wire/group.ts';
import { credential } from '../support/certificates.ts';
import { type Link, listen } from './link.ts';
import * as ours from './ours.ts';
import { outputOf } from './process.ts';
import { type Case, expect, type Report } from './report.ts';

const FLAG: Readonly<Record<ours.VersionName, string>> = { 'TLS 1.0': '1.0', 'TLS 1.1': '1.1', 'TLS 1.2': '1.2', 'TLS 1.3': '1.3' };
const PAGE = 'a page from veritls\n'.repeat(5_000);

export async function curl(report: Report): Promise<void> {
  const about = outputOf('curl', ['--version']);
  if (about === undefined) return report.skip('curl', 'there is no curl here');
  const peer = about.split(' ').slice(0, 2).join(' ');
  if (!about.includes('OpenSSL')) return report.skip(peer, 'its TLS library is not OpenSSL: suites have other names');
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) await asServer(report, peer, version);
}

async function asServer(report: Report, peer: string, version: ours.VersionName): Promise<void> {
  let context = ours.server(version);
  let last: Link | undefined;
  const server = await listen(
    () => context,
    (link) => {
      last = link;
      link
        .read('\r\n\r\n')
        .then(() => {
          link.write(`HTTP/1.1 200 OK\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`);
          link.close();
        })
        .catch(() => {});
    },
  );
  const get = async (more: readonly string[]): Promise<void> => {
    const args = [
      '-sS',
      '--cacert',
      ours.CA,
      `--tlsv${FLAG[version]}`,
      '--tls-max',
      FLAG[version],
      '--resolve',
      `localhost:${server.port}:127.0.0.1`,
      '--max-time',
      '10',
      ...more,
    ];
    const body = await new Promise<string>((resolve) => {
      const child = spawn('curl', [...args, `https://localhost:${server.port}/`], { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
      child.on('close', () => resolve(output));
      child.on('error', (error) => resolve(error.message));
    });
    expect(body === PAGE, `${body.slice(0, 200)}; ours: ${last?.connection.error?.message}`);
  };
  const base = { peer, version, role: 'server' as const };
  const suites = ours
    .suitesOf(version)
    .filter(
      (suite): suite is CipherSuite =>
        !ours.isDangerous(suite) &&
        (suite.family === 'modern' || (!suite.kx.usesPsk && /AES.*(GCM|CBC_SHA$)|CHACHA/.test(suite.name) && suite.kx.name !== 'DHE')),
    );
  await report.run(
    suites.map(
      (suite): Case => ({
        ...base,
        kind: 'suite',
        what: suite.name,
        async run() {
          context = ours.server(version, { suites: [suite] });
          await get(suite.family === 'modern' ? ['--tls13-ciphers', suite.openssl] : ['--ciphers', `${suite.openssl}:@SECLEVEL=0`]);
          expect(last?.connection.info?.suite === suite.name, 'another suite');
        },
      }),
    ),
  );
  context = ours.server(version);
  const feature = (what: string, run: () => Promise<void>): Case => ({ ...base, kind: 'feature', what, run });
  const cases = [
    feature('group by choice', async () => {
      await get(['--curves', 'secp384r1']);
      expect(last?.connection.info?.group === secp384r1.id, 'another group');
    }),
    feature('client certificate', async () => {
      context = ours.server(version, { clientCertificate: 'require' });
      await get(['--cert', ours.FILES.p256.cert, '--key', ours.FILES.p256.key]);
      expect(last?.connection.info?.peerProof === 'certificate', 'not by certificate');
      context = ours.server(version);
    }),
    feature('ALPN http/1.1', async () => {
      context = ours.server(version, { alpn: ['http/1.1'] });
      await get([]);
      expect(last?.connection.info?.alpn === 'http/1.1', 'no protocol');
      context = ours.server(version);
    }),
    feature('certificate ed25519', async () => {
      context = ours.server(version, { credentials: [credential('ed25519')] });
      await get([]);
      context = ours.server(version);
    }),
  ];
  if (version === 'TLS 1.3') {
    cases.push(
      feature('HelloRetryRequest', async () => {
        context = ours.server(version, { groups: [secp384r1] });
        await get(['--curves', 'X25519:secp384r1']);
        expect(last?.connection.info?.group === secp384r1.id, 'another group');
        context = ours.server(version);
      }),
    );
  }
  await report.run(cases);
  server.close();
}
