/** The demonstration's first part: veritls at both ends. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Session } from '../../session/session.ts';
import { ClientRun } from '../client.ts';
import { clientSetup } from '../client-options.ts';
import { errorLine, reportOf } from '../errors.ts';
import { GREETING } from '../page.ts';
import type { TlsStream } from '../tls-stream.ts';
import { explainTrust } from '../trust.ts';
import { duration } from '../text.ts';
import type { Demo } from './stage.ts';

const TIMEOUT_MS = 15_000;
const TICKET_MS = 5_000;

export async function withItself(demo: Demo): Promise<void> {
  const { server } = demo;
  demo.part(`veritls serves a page on https://localhost:${server.port}/, and fetches it`);
  const full = await fetchPage(demo, {});
  demo.check('a page came back over TLS 1.3', full.body.startsWith(GREETING) && full.run.info?.version === 'TLSv1.3', full.proof);
  demo.check('both ends negotiated the same', agree(demo, full.run), `${full.run.info?.suite ?? 'nothing'}`);
  const { verdict } = explainTrust(full.run.request.witness, full.run.info, '');
  demo.check(
    'the certificate was verified: its signature, its dates, and that it is for localhost',
    verdict === 'trusted' && full.run.info?.peerTrusted === true,
  );
  demo.say('');
  for (const line of full.body.trimEnd().split('\n')) demo.say(demo.out.paint.dim(`  | ${line}`));
  demo.ladder(full.run.log.steps, 'veritls', 'veritls');

  demo.part('The second time it remembers: a resumed session, without certificates');
  const session = full.run.sessions.at(-1);
  const again = await fetchPage(demo, session === undefined ? {} : { session });
  demo.check(
    'the session was resumed',
    again.run.info?.resumed === true && demo.served.at(-1)?.info?.resumed === true,
    `in ${duration(again.run.timings.handshake ?? 0)}, ${duration(full.run.timings.handshake ?? 0)} before`,
  );
  demo.check(
    'the page says so too',
    again.body.includes('resumed: yes'),
    again.body.split('\n').find((line) => line.startsWith('resumed')),
  );
  demo.ladder(again.run.log.steps, 'veritls', 'veritls');

  demo.part('The same page over TLS 1.2');
  const older = await fetchPage(demo, { max: 'tls1.2' });
  demo.check(
    'a page came back over TLS 1.2',
    older.body.startsWith(GREETING) && older.body.includes('TLSv1.2') && older.run.info?.version === 'TLSv1.2',
    older.proof,
  );
  demo.ladder(older.run.log.steps, 'veritls', 'veritls');

  demo.part('A client that has no reason to trust the certificate');
  const stranger = await connect(demo, { trust: false });
  await stranger.close();
  const { code, alert } = stranger.error === undefined ? { code: 'no error', alert: undefined } : reportOf(stranger.error);
  demo.check(
    'refuses to go on, and says why',
    code === 'certificate_untrusted' && alert === 'unknown_ca',
    stranger.error === undefined ? 'it was accepted' : errorLine(stranger.error),
  );
}

interface Fetched {
  readonly run: ClientRun;
  readonly body: string;
  /** What was seen, for the line of the check. */
  readonly proof: string;
}

interface Wish {
  readonly session?: Session;
  readonly max?: string;
  readonly trust?: boolean;
}

async function connect(demo: Demo, wish: Wish): Promise<ClientRun> {
  const { context, witness, serverName } = clientSetup(
    { ...(wish.trust === false ? {} : { ca: [demo.caFile] }), ...(wish.max === undefined ? {} : { max: wish.max }), alpn: 'http/1.1' },
    'localhost',
    {},
  );
  const run = new ClientRun({
    target: { host: '127.0.0.1', port: demo.server.port },
    context,
    witness,
    serverName,
    session: wish.session,
    timeoutMs: TIMEOUT_MS,
  });
  await run.connect();
  return run;
}

async function fetchPage(demo: Demo, wish: Wish): Promise<Fetched> {
  const run = await connect(demo, wish);
  if (run.error !== undefined) return { run, body: '', proof: errorLine(run.error) };
  const body = await get(run.stream!);
  await run.waitFor(() => run.sessions.length > 0, run.info?.resumed === true ? 0 : TICKET_MS);
  await run.close();
  return { run, body, proof: `"${body.split('\n')[0] ?? ''}", ${run.info?.version ?? ''}` };
}

/** Node's own HTTP client over our stream. */
function get(stream: TlsStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ createConnection: () => stream, host: 'localhost', path: '/', timeout: TIMEOUT_MS }, (response) => {
      text(response).then(resolve, reject);
    });
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error('no answer to the request')));
    asked.end();
  });
}

function agree(demo: Demo, run: ClientRun): boolean {
  const theirs = demo.served.at(-1)?.info;
  const ours = run.info;
  if (ours === undefined || theirs === undefined) return false;
  return (
    ours.versionId === theirs.versionId &&
    ours.suiteId === theirs.suiteId &&
    ours.group === theirs.group &&
    ours.alpn === theirs.alpn &&
    ours.alpn === 'http/1.1'
  );
}
