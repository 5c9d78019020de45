/** The demonstration's third part: veritls is the client of an OpenSSL server that reverses lines, then resumes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Session } from '../../session/session.ts';
import { ClientRun } from '../client.ts';
import { clientSetup } from '../client-options.ts';
import { errorLine } from '../errors.ts';
import { runProgram, startProgram, stopProgram, versionOf } from './programs.ts';
import type { Demo } from './stage.ts';

const TIMEOUT_MS = 15_000;
const TICKET_MS = 5_000;
const SAID = 'veritls says hello';

export async function withOpenssl(demo: Demo): Promise<void> {
  demo.part('veritls talks to an OpenSSL server that answers everything in reverse');
  const version = await versionOf('openssl', 'version');
  if (version === undefined) {
    demo.skip('OpenSSL', 'there is no openssl on this machine');
    return;
  }
  demo.say(demo.out.paint.dim(version));
  const keyFile = join(demo.folder, 'key.pem');
  writeFileSync(keyFile, demo.certificate.keyPem, { mode: 0o600 });
  const { child, match } = await startProgram(
    'openssl',
    ['s_server', '-accept', '127.0.0.1:0', '-cert', demo.caFile, '-key', keyFile, '-rev'],
    /ACCEPT \S*:(\d+)/,
  );
  try {
    const port = Number(match[1]);
    for (const [name, max, wire] of [
      ['TLS 1.3', 'tls1.3', 'TLSv1.3'],
      ['TLS 1.2', 'tls1.2', 'TLSv1.2'],
    ] as const) {
      const first = await talk(demo, port, max, undefined);
      demo.check(`OpenSSL answered over ${name}`, first.answer === reversed(SAID) && first.run.info?.version === wire, first.proof);
      const second = await talk(demo, port, max, first.run.sessions.at(-1));
      demo.check(
        'and resumed our session',
        second.answer === reversed(SAID) && second.run.info?.resumed === true,
        second.run.info?.resumed === true ? 'no certificate was sent' : second.proof,
      );
      if (max === 'tls1.3') {
        demo.ladder(first.run.log.steps, 'veritls', 'OpenSSL');
        demo.out.line();
      }
    }
  } finally {
    await stopProgram(child);
  }
  await openSslClient(demo);
}

/** The other way round: OpenSSL's client, and its own verdict on our certificate. */
async function openSslClient(demo: Demo): Promise<void> {
  const { status, stdout, stderr } = await runProgram('openssl', [
    's_client',
    '-connect',
    `127.0.0.1:${demo.server.port}`,
    '-servername',
    'localhost',
    '-verify_hostname',
    'localhost',
    '-CAfile',
    demo.caFile,
    '-verify_return_error',
    '-tls1_3',
  ]);
  const verified = /Verify return code: 0 \(ok\)|Verification: OK/.test(stdout);
  const protocol = /^New, (TLSv1\.3), Cipher is (\S+)/m.exec(stdout);
  demo.check(
    "OpenSSL's client verified our server",
    status === 0 && verified && protocol !== null,
    protocol === null ? stderr.trim().split('\n')[0]?.slice(0, 70) : `${protocol[1]}, ${protocol[2]}`,
  );
}

async function talk(
  demo: Demo,
  port: number,
  max: string,
  session: Session | undefined,
): Promise<{ run: ClientRun; answer: string; proof: string }> {
  const { context, witness, serverName } = clientSetup({ ca: [demo.caFile], max }, 'localhost', {});
  const run = new ClientRun({ target: { host: '127.0.0.1', port }, context, witness, serverName, session, timeoutMs: TIMEOUT_MS });
  if (!(await run.connect())) return { run, answer: '', proof: errorLine(run.error) };
  const stream = run.stream!;
  let heard = '';
  stream.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  stream.write(`${SAID}\n`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  while (!heard.includes('\n') && run.error === undefined) await once(stream, 'data', { signal }).catch(() => (heard += '\n'));
  if (session === undefined) await run.waitFor(() => run.sessions.length > 0, TICKET_MS);
  await run.close();
  const answer = heard.split('\n')[0]!;
  return { run, answer, proof: `"${answer}"` };
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
