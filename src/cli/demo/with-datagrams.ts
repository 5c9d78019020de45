/** The demonstration's last part: DTLS, first through a link that loses every third datagram, then with OpenSSL's client. */
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../crypto/suites/aes-gcm.ts';
import { lossyProxy } from '../../node/dtls/lossy-proxy.ts';
import { clientSetup } from '../client-options.ts';
import { overDatagrams } from '../dtls.ts';
import { DatagramRun } from '../dtls-client.ts';
import { type ServedAssociation, startDatagramServer } from '../dtls-server.ts';
import { errorLine } from '../errors.ts';
import { runProgram, versionOf } from './programs.ts';
import { type Demo, demoContext } from './stage.ts';

const TIMEOUT_MS = 60_000;
const ANSWER_MS = 3_000;
/** A second is usual: nobody should wait for a demonstration. */
const FIRST_REPETITION_MS = 200;
const LOSS = 0.3;
const SEED = 11;
const SAID = 'veritls over a bad link';

export async function withDatagrams(demo: Demo): Promise<void> {
  demo.part('DTLS: the same over UDP, on a link that loses three datagrams of ten');
  const served: ServedAssociation[] = [];
  const context = overDatagrams(demoContext(demo.certificate));
  const server = await startDatagramServer(
    {
      context: () => ({ context }),
      lossyLink: true,
      retransmitInitial: FIRST_REPETITION_MS,
      shown: (association) => served.push(association),
      closed: () => {},
    },
    0,
    '127.0.0.1',
  );
  const proxy = await lossyProxy({ target: { host: '127.0.0.1', port: server.port }, loss: LOSS, delay: 10, seed: SEED });
  try {
    const { context: client, witness } = clientSetup({ ca: [demo.caFile], min: 'tls1.2', max: 'tls1.2' }, 'localhost', {});
    const run = new DatagramRun({
      target: { host: '127.0.0.1', port: proxy.address.port },
      context: overDatagrams(client),
      witness,
      serverName: 'localhost',
      session: undefined,
      timeoutMs: TIMEOUT_MS,
      lossyLink: true,
      retransmitInitial: FIRST_REPETITION_MS,
      mtu: 400,
    });
    await run.connect();
    const { lost, datagrams } = proxy.stats;
    demo.check(
      'the handshake came through',
      run.error === undefined && run.info?.version === 'DTLSv1.2',
      run.error === undefined ? `${lost} of ${datagrams} datagrams were lost` : errorLine(run.error),
    );
    demo.check('datagrams were lost, and repeated', lost > 0);
    const answer = await echo(run);
    demo.check('and an echo after it', answer === SAID, answer);
    demo.ladder(run.log.steps, 'veritls', 'veritls');
    demo.out.line();
    await run.close();
    await withOpensslClient(demo, server.port);
  } finally {
    await proxy.close();
    await server.close();
  }
}

/** Application data is not repeated by DTLS: whoever needs it asks again. */
function echo(run: DatagramRun): Promise<string> {
  const { session } = run;
  if (session === undefined || run.error !== undefined) return Promise.resolve('no session');
  return new Promise((resolve) => {
    const ask = (): void => void session.send(SAID);
    const again = setInterval(ask, ANSWER_MS / 30);
    const end = (answer: string): void => {
      clearInterval(again);
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(() => end('no answer'), ANSWER_MS);
    session.onmessage = (data) => end(data.toString());
    ask();
  });
}

async function withOpensslClient(demo: Demo, port: number): Promise<void> {
  if ((await versionOf('openssl', 'version')) === undefined) {
    demo.skip('OpenSSL over DTLS', 'there is no openssl on this machine');
    return;
  }
  const { stdout, stderr } = await runProgram('openssl', [
    ...['s_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`, '-CAfile', demo.caFile, '-verify_return_error'],
    ...['-cipher', TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.openssl],
  ]);
  const verified = /Verify return code: 0 \(ok\)/.test(stdout);
  demo.check(
    'openssl s_client -dtls1_2 trusts our server',
    verified && /DTLSv1\.2/.test(stdout),
    verified ? undefined : stderr.slice(0, 200),
  );
}
