/** The demonstration's second part: curl fetches the page. */
import { GREETING } from '../page.ts';
import { runProgram, versionOf } from './programs.ts';
import type { Demo } from './stage.ts';

export async function withCurl(demo: Demo): Promise<void> {
  demo.part('curl fetches the page');
  const version = await versionOf('curl', '--version');
  if (version === undefined || !/https/.test((await runProgram('curl', ['--version'])).stdout)) {
    demo.skip('curl', 'there is no curl with HTTPS on this machine');
    return;
  }
  demo.say(
    demo.out.paint.dim(
      version
        .split(' ')
        .slice(0, 2)
        .concat(version.split(' ').filter((word) => word.includes('/')))
        .slice(0, 4)
        .join(' '),
    ),
  );
  for (const [name, wire, options] of [
    ['TLS 1.3', 'TLSv1.3', ['--tlsv1.3']],
    ['TLS 1.2', 'TLSv1.2', ['--tlsv1.2', '--tls-max', '1.2']],
  ] as const) {
    const before = demo.served.length;
    const url = `https://localhost:${demo.server.port}/`;
    const { status, stdout, stderr } = await runProgram('curl', [
      '-q',
      '-sS',
      '--noproxy',
      '*',
      '--ipv4',
      '--max-time',
      '10',
      '--cacert',
      demo.caFile,
      ...options,
      url,
    ]);
    const seen = demo.served[before]?.info;
    const holds = status === 0 && stdout.startsWith(GREETING) && stdout.includes(`protocol: ${wire}`) && seen?.version === wire;
    demo.check(
      `curl got the page over ${name} and trusts the certificate`,
      holds,
      holds ? seen.suite : stderr.trim() || stdout.slice(0, 80),
    );
  }
  const { status, stderr } = await runProgram('curl', [
    '-q',
    '-sS',
    '--noproxy',
    '*',
    '--ipv4',
    '--max-time',
    '10',
    `https://localhost:${demo.server.port}/`,
  ]);
  // 60: the peer's certificate cannot be authenticated with known CA certificates; 77: there are none.
  demo.check(
    'curl refuses it when it is not told to trust the certificate',
    status === 60 || status === 77,
    `exit status ${status}: ${stderr.trim().split('\n')[0]?.slice(0, 70) ?? ''}`,
  );
}
