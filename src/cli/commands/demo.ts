/** `veritls demo`: real conversations between veritls and programs of others, each checked by what came out of it. */
import { type Command, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { Demo } from '../demo/stage.ts';
import { withCurl } from '../demo/with-curl.ts';
import { withDatagrams } from '../demo/with-datagrams.ts';
import { withItself } from '../demo/with-itself.ts';
import { withOpenssl } from '../demo/with-openssl.ts';
import { errorLine } from '../errors.ts';
import { printer } from '../io.ts';
import { parseOptions } from '../options.ts';
import { duration } from '../text.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'see TLS at work, with curl and OpenSSL at the other end',
  usage: [''],
  about: [
    'Starts an HTTPS server on loopback with a certificate that it makes, fetches its page with veritls and with curl, resumes a session, connects to an OpenSSL server, goes through a lossy link with DTLS, and draws the handshakes. Nothing leaves this machine and nothing stays on it.',
    'Exit status 0 only when everything that is said to have happened was seen to happen. Programs that are not there are skipped, and said to be.',
  ],
  options: {},

  async run(args, io) {
    parseOptions({}, args, { min: 0, max: 0 });
    const out = printer(io.stdout, io.env);
    const { paint } = out;
    const started = performance.now();
    out.line(
      `${paint.bold('veritls')}: real TLS, seen from the inside. All of it happens on this machine; each ${paint.green('✔')} was checked.`,
    );
    const stage = await Demo.start(out);
    try {
      for (const part of [withItself, withCurl, withOpenssl, withDatagrams]) {
        try {
          await part(stage);
        } catch (error) {
          stage.check(`this part of the demonstration: ${errorLine(error)}`, false);
          if (io.debug && error instanceof Error) out.line(error.stack);
        }
      }
    } finally {
      await stage.stop();
    }
    const { passed, failed, skipped } = stage.counts;
    out.line();
    for (const reason of stage.skips) out.line(paint.yellow(`Skipped: ${reason}`));
    out.line(
      failed === 0 ? paint.green(`All of it happened, in ${duration(performance.now() - started)}.`) : paint.red('Not all of it happened.'),
    );
    out.line();
    const self = import.meta.url.endsWith('.ts') ? 'node --import tsx src/cli/main.ts' : 'npx veritls';
    out.line('Now you:');
    for (const line of ['connect example.com:443 --no-pipe', 'serve --http', 'help']) out.line(`  ${self} ${line}`);
    out.line();
    out.line(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed === 0 ? EXIT_OK : EXIT_FAILED;
  },
};
