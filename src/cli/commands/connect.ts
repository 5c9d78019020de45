/** `veritls connect`: a client that tells everything about its connection, then is a pipe. */
import { type Command, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { ClientRun } from '../client.ts';
import { CLIENT_OPTIONS, type ClientSetup, clientSetup, PROTOCOL_OPTIONS } from '../client-options.ts';
import { parseTarget } from '../dial.ts';
import { asTls, DTLS_OPTIONS, overDatagrams, tuningOf } from '../dtls.ts';
import { DatagramRun } from '../dtls-client.ts';
import { errorLine } from '../errors.ts';
import { readSession, writeSession } from '../files.ts';
import type { HandshakeStep } from '../handshake-log.ts';
import { type Printer, printer } from '../io.ts';
import { type OptionSpecs, parseOptions, secondsOption, UsageError } from '../options.ts';
import { pipe } from '../pipe.ts';
import { printConnection, timingText, viewConnection } from '../report.ts';
import { starttlsPort, STARTTLS_PROTOCOLS } from '../starttls.ts';
import { clean } from '../text.ts';

const OPTIONS = {
  ...CLIENT_OPTIONS,
  ...PROTOCOL_OPTIONS,
  ...DTLS_OPTIONS,
  starttls: { type: 'string', value: 'PROTOCOL', help: `ask for TLS first: ${STARTTLS_PROTOCOLS.join(', ')}` },
  'session-in': { type: 'string', value: 'FILE', help: 'resume the session that --session-out wrote' },
  'session-out': { type: 'string', value: 'FILE', help: 'write the session for a later --session-in; a secret' },
  resume: { type: 'boolean', help: 'connect twice, the second time with the session of the first' },
  'no-pipe': { type: 'boolean', help: 'report and exit: send nothing of standard input' },
  linger: { type: 'string', value: 'SECONDS', help: 'wait for more that long after standard input has ended: 1 by default' },
  timeout: { type: 'string', value: 'SECONDS', help: 'for connecting and for the handshake: 10 by default' },
  trace: { type: 'boolean', help: 'print each step of the handshake as it happens' },
  quiet: { type: 'boolean', short: 'q', help: 'no report, only what the peer sends' },
  json: { type: 'boolean', help: 'the report as one JSON object; implies --no-pipe' },
} as const satisfies OptionSpecs;

type Run = ClientRun | DatagramRun;

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_LINGER_MS = 1_000;
/** How long to wait for the ticket that a TLS 1.3 server sends behind its handshake. */
const TICKET_MS = 250;
const WANTED_TICKET_MS = 2_000;

export const connect: Command = {
  name: 'connect',
  summary: 'connect to a server, tell all about it, and be a pipe to it',
  usage: ['HOST:PORT [options]'],
  about: [
    'Prints what was negotiated, the certificates and why they are trusted or not, how long each part took, and the handshake as a ladder. Then standard input goes to the server, and what the server sends to standard output; the report goes to standard error meanwhile. Without anything on standard input, and with --no-pipe, it ends after the report.',
    'Exit status: 0 when the connection was made, 1 when it was not, 2 when the command line makes no sense.',
  ],
  options: OPTIONS,
  examples: [
    ['veritls connect example.com:443 --no-pipe', 'look at a server'],
    ['veritls connect localhost:4433 --ca ca.pem --tls1.2', 'trust your own CA, TLS 1.2 only'],
    ['veritls connect mail.example.com --starttls smtp', 'a mail server'],
    ['veritls connect example.com:443 --resume --json', 'does it resume? as JSON'],
    ['veritls connect localhost:5684 --dtls --psk 00112233 --psk-identity me', 'over UDP'],
    ["printf 'GET / HTTP/1.0\\r\\n\\r\\n' | veritls connect example.com:443 -q", 'a request'],
  ],

  async run(args, io) {
    const { values: given, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1 });
    const dtls = given.dtls === true;
    if (dtls && given.starttls !== undefined) throw new UsageError('--starttls and --dtls exclude each other');
    const values = dtls ? asTls(given) : given;
    const target = parseTarget(positionals[0]!, values.starttls === undefined ? undefined : starttlsPort(values.starttls));
    const timeoutMs = secondsOption('timeout', values.timeout) ?? DEFAULT_TIMEOUT_MS;
    const lingerMs = secondsOption('linger', values.linger) ?? DEFAULT_LINGER_MS;
    if (values.resume === true && values['session-in'] !== undefined) throw new UsageError('--resume and --session-in exclude each other');
    const setup = clientSetup(values, target.host, io.env);
    const json = values.json === true;
    const pipes = values['no-pipe'] !== true && !json;
    // Standard output belongs to the peer's data.
    const out = printer(pipes ? io.stderr : io.stdout, io.env);
    const tell = json || values.quiet === true ? undefined : out;
    const trace = values.trace === true ? tracer(printer(io.stderr, io.env)) : undefined;
    const session = values['session-in'] === undefined ? undefined : readSession(values['session-in']);
    const wantsTicket = values['session-out'] !== undefined || values.resume === true;

    const start = async (again?: Run): Promise<Run> => {
      tell?.line(
        tell.paint.dim(
          `Connecting to ${clean(target.host)} port ${target.port}${again === undefined ? '' : ' again, with the session of the first time'} …`,
        ),
      );
      const { context, witness, serverName } = again === undefined ? setup : clientSetup(values, target.host, io.env);
      const request = { target, context, witness, serverName, timeoutMs, onStep: trace, session: again?.sessions.at(-1) ?? session };
      if (dtls) {
        const run = new DatagramRun({ ...request, context: overDatagrams(context), ...tuningOf(values) });
        await run.connect();
        if (tell !== undefined) announce(tell, run, setup);
        return run;
      }
      const run = new ClientRun({ ...request, starttls: values.starttls });
      await run.connect();
      if (run.error === undefined && run.sessions.length === 0 && (wantsTicket || !pipes)) {
        const ticketFollows = run.info?.versionId === 0x0304;
        if (ticketFollows)
          await run.waitFor(() => run.sessions.length > 0 || run.error !== undefined, wantsTicket ? WANTED_TICKET_MS : TICKET_MS);
      }
      if (tell !== undefined) announce(tell, run, setup);
      return run;
    };

    const runs = [await start()];
    let last = runs[0]!;
    if (values.resume === true && last.error === undefined) {
      if (last.sessions.length === 0) tell?.line(tell.paint.yellow('The server gave no session to resume.'));
      await last.close();
      last = await start(last);
      runs.push(last);
      if (tell !== undefined && last.info !== undefined)
        tell.line(last.info.resumed ? tell.paint.green('✔ The session was resumed.') : tell.paint.red('✖ The session was not resumed.'));
    }
    if (pipes && last.error === undefined) await (last instanceof DatagramRun ? last.pipe(io, lingerMs) : pipe(last, io, lingerMs));
    saveSession(values['session-out'], runs);
    await last.close();

    if (json) {
      const report = {
        target: { host: target.host, port: target.port },
        ok: succeeded(runs, values.resume === true),
        connections: runs.map((run) => viewConnection(run, setup.anchors)),
      };
      io.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    }
    const failed = runs.find((run) => run.error !== undefined);
    if (failed !== undefined) printer(io.stderr, io.env).line(`veritls: ${errorLine(failed.error)}`);
    return succeeded(runs, values.resume === true) ? EXIT_OK : EXIT_FAILED;
  },
};

function succeeded(runs: readonly Run[], resume: boolean): boolean {
  return runs.every((run) => run.error === undefined) && (!resume || runs.at(-1)?.info?.resumed === true);
}

function announce(out: Printer, run: Run, setup: ClientSetup): void {
  const { paint } = out;
  if (run.info !== undefined) {
    out.line(
      `${paint.green('✔')} ${paint.bold(`${run.info.version}`)} with ${clean(run.request.target.host)} (${run.address ?? ''}), ${timingText(run.timings)}`,
    );
    out.line();
  }
  printConnection(out, run, setup.anchors, Date.now());
}

function tracer(out: Printer): (step: HandshakeStep) => void {
  return (step) => {
    const what =
      step.kind === 'note'
        ? `  ◆ ${step.name}`
        : `${step.from === 'client' ? '→' : '←'} ${step.kind === 'alert' ? 'Alert: ' : ''}${step.name}${step.length === 0 ? '' : `, ${step.length} B`}`;
    out.line(out.paint.dim(`${step.ms.toFixed(3).padStart(10)} ms  ${what}`));
  };
}

function saveSession(path: string | undefined, runs: readonly Run[]): void {
  const session = runs.flatMap((run) => run.sessions).at(-1);
  if (path !== undefined && session !== undefined) writeSession(path, session);
}
