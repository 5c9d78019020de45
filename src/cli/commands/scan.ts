/** `veritls scan`: what a server accepts, and what to think of it. */
import { lookup } from 'node:dns/promises';
import { CLIENT_OPTIONS } from '../client-options.ts';
import { certificateSummary } from '../certificate-view.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { dial, parseTarget, type Target } from '../dial.ts';
import { readTrust } from '../files.ts';
import { type Io, type Printer, printer } from '../io.ts';
import { integerOption, type OptionSpecs, parseOptions, secondsOption, UsageError } from '../options.ts';
import { type Grade, gradeOf, type Reason } from '../scan/grade.ts';
import { Prober } from '../scan/prober.ts';
import { type Findings, survey, type VersionFindings } from '../scan/survey.ts';
import { starttlsPort, STARTTLS_PROTOCOLS } from '../starttls.ts';
import { renderPairs, renderTable } from '../table.ts';
import { clean, duration, type Paint, wrap } from '../text.ts';

const OPTIONS = {
  servername: CLIENT_OPTIONS.servername,
  ca: CLIENT_OPTIONS.ca,
  dtls: { type: 'boolean', help: 'over UDP: DTLS 1.2 and 1.0' },
  starttls: { type: 'string', value: 'PROTOCOL', help: `ask for TLS first: ${STARTTLS_PROTOCOLS.join(', ')}` },
  parallel: { type: 'string', value: 'N', help: 'connections at once: 4 by default' },
  timeout: { type: 'string', value: 'SECONDS', help: 'for each connection: 10 by default' },
  json: { type: 'boolean', help: 'as one JSON object' },
} as const satisfies OptionSpecs;

const DEFAULT_PARALLEL = 4;
const DEFAULT_TIMEOUT_MS = 10_000;

export const scan: Command = {
  name: 'scan',
  summary: 'find out what a server accepts, and grade it',
  usage: ['HOST:PORT [options]'],
  about: [
    'Asks for every version, cipher suite, group, signature scheme and feature that this library knows, one connection a question: some dozens of them. Ask servers of your own, or whose owners agree. The grade is the lowest of its reasons; a server without any has A+.',
    'Exit status: 0 when the server was scanned, whatever its grade.',
  ],
  options: OPTIONS,
  examples: [
    ['veritls scan localhost:4433 --ca ca.pem', 'your own'],
    ['veritls scan mail.example.com --starttls smtp --json', 'as JSON'],
    ['veritls scan coap.example.com:5684 --dtls', 'over UDP'],
  ],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1 });
    const target = parseTarget(positionals[0]!, values.starttls === undefined ? 443 : starttlsPort(values.starttls));
    const timeoutMs = secondsOption('timeout', values.timeout) ?? DEFAULT_TIMEOUT_MS;
    const parallel = integerOption('parallel', values.parallel, 1, 64) ?? DEFAULT_PARALLEL;
    const trust = readTrust(values.ca);
    const started = performance.now();
    const datagrams = values.dtls === true;
    if (datagrams && values.starttls !== undefined) throw new UsageError('--dtls and --starttls exclude each other');
    const address = await addressOf(target, datagrams, timeoutMs);
    const prober = new Prober({
      target: { host: address, port: target.port },
      serverName: values.servername ?? target.host,
      starttls: values.starttls,
      timeoutMs,
      trust,
      parallel,
      datagrams,
    });
    const progress = progressOf(io, prober);
    let findings: Findings;
    try {
      findings = await survey(prober, progress.tell);
    } finally {
      progress.end();
    }
    const graded = gradeOf(findings, Date.now());
    const ms = performance.now() - started;
    if (values.json === true) {
      const { best: _, ...rest } = findings;
      const report = {
        target: { host: target.host, port: target.port, address },
        ...graded,
        ...rest,
        connections: prober.connections,
        ms: Math.round(ms),
      };
      io.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    } else {
      const out = printer(io.stdout, io.env);
      out.line(`${out.paint.bold(`${clean(target.host)} port ${target.port}`)} (${address})`);
      print(out, findings, graded);
      out.line(out.paint.dim(`${prober.connections} connections in ${duration(ms)}.`));
    }
    return EXIT_OK;
  },
};

/** Looked up once: all questions go to the same machine. */
async function addressOf(target: Target, datagrams: boolean, timeoutMs: number): Promise<string> {
  if (datagrams) return (await lookup(target.host)).address;
  const { socket, address } = await dial(target, timeoutMs);
  socket.destroy();
  return address;
}

function print(out: Printer, findings: Findings, { grade, reasons }: { grade: Grade; reasons: readonly Reason[] }): void {
  const { paint } = out;
  out.line();
  out.line(paint.bold('Versions'));
  const rows = findings.versions.map((one) => [
    one.version,
    stateOf(one, paint),
    one.accepted ? String(one.suites.length) : '',
    one.order === null ? '' : `the ${one.order}'s`,
    one.resumption === null ? (one.accepted ? 'no' : '') : `by ${one.resumption}`,
  ]);
  indented(
    out,
    renderTable(
      [{ title: 'version' }, { title: '' }, { title: 'suites', align: 'right' }, { title: 'order' }, { title: 'resumes' }],
      rows,
      paint,
    ),
  );
  for (const one of findings.versions) {
    if (!one.accepted) continue;
    out.line();
    out.line(paint.bold(one.version));
    for (const suite of one.suites)
      out.line(
        `  0x${suite.id.toString(16).padStart(4, '0')}  ${suitePaint(suite.name, paint)(suite.name)}${suite.fault === null ? '' : paint.red(`  fails: ${suite.fault.code}`)}`,
      );
    const pairs: [string, string][] = [];
    if (one.groups.length > 0) pairs.push(['groups', one.groups.join(', ')]);
    if (one.schemes.length > 0) pairs.push(['signatures', one.schemes.join(', ')]);
    for (const [name, list] of pairs)
      wrap(list, out.columns - 14).forEach((line, i) => out.line(`  ${paint.dim((i === 0 ? name : '').padEnd(10))}  ${line}`));
  }
  out.line();
  out.line(paint.bold('Features'));
  for (const line of renderPairs(featurePairs(findings), paint)) out.line(line);
  out.line();
  out.line(paint.bold('Certificate'));
  const [leaf] = findings.chain;
  if (leaf !== undefined) indented(out, certificateSummary(leaf, Date.now(), paint));
  out.line(
    `  ${findings.trust.trusted ? paint.green('✔ trusted') : paint.red(`✖ not trusted: ${findings.trust.failure?.message ?? 'there is none'}`)}`,
  );
  out.line();
  out.line(`${paint.bold('Grade')}  ${gradePaint(grade, paint)(grade)}${reasons.length === 0 ? '  nothing to complain about' : ''}`);
  for (const { ceiling, text } of reasons)
    wrap(text, out.columns - 10).forEach((line, i) =>
      out.line(`  ${gradePaint(ceiling, paint)((i === 0 ? ceiling : '').padEnd(3))}  ${line}`),
    );
  out.line();
}

function featurePairs({ features, alpn }: Findings): [string, string][] {
  const yesNo = (value: boolean | null): string => (value === null ? 'does not apply' : value ? 'yes' : 'no');
  return [
    ['ALPN', alpn.length === 0 ? 'none known' : alpn.join(', ')],
    ['OCSP stapling', yesNo(features.ocspStapling)],
    ['session tickets', yesNo(features.tickets)],
    ['session IDs', yesNo(features.sessionIds)],
    ['extended master secret', yesNo(features.extendedMasterSecret)],
    ['encrypt-then-MAC', yesNo(features.encryptThenMac)],
    ['secure renegotiation', yesNo(features.secureRenegotiation)],
    ['compression', yesNo(features.compression)],
    ['refuses fallback (SCSV)', yesNo(features.fallbackScsv)],
    ['signs of a downgrade', yesNo(features.downgradeSentinel)],
    ['DHE prime', features.dhBits === null ? 'does not apply' : `${features.dhBits} bits`],
    ['heartbeat', yesNo(features.heartbeat)],
    ['record size limit', features.recordSizeLimit === null ? 'none said' : `${features.recordSizeLimit} bytes`],
    ['early data (0-RTT)', yesNo(features.earlyData)],
    ['asks for a client certificate', yesNo(features.clientCertificate)],
    ['without server_name', features.withoutName],
  ];
}

function stateOf(one: VersionFindings, paint: Paint): string {
  if (one.unknown !== null) return paint.yellow(`unknown: ${one.unknown.code}`);
  if (one.rank >= 3) return one.accepted ? paint.green('accepted') : paint.yellow('refused');
  return one.accepted ? paint.red('accepted') : paint.green('refused');
}

function suitePaint(name: string, paint: Paint): (text: string) => string {
  if (/NULL|anon|RC4|3DES|MD5/.test(name)) return paint.red;
  if (!/GCM|CCM|POLY1305/.test(name) || /^TLS_(RSA|PSK)_/.test(name)) return paint.yellow;
  return paint.green;
}

function gradePaint(grade: Grade, paint: Paint): (text: string) => string {
  return grade.startsWith('A') ? paint.green : grade === 'B' || grade === 'C' ? paint.yellow : paint.red;
}

function indented(out: Printer, lines: readonly string[]): void {
  for (const line of lines) out.line(`  ${line}`);
}

/** What is being asked: on a terminal one line that changes, elsewhere a line for each part. Standard error. */
function progressOf(io: Io, prober: Prober): { tell: (what: string) => void; end: () => void } {
  const isTty = io.stderr.isTTY === true;
  let now = '';
  const draw = (): void => void io.stderr.write(`\r\x1b[K${prober.connections} connections, now ${now}`);
  const timer = isTty ? setInterval(draw, 100) : undefined;
  timer?.unref();
  return {
    tell: (what) => {
      now = what;
      if (isTty) draw();
      else io.stderr.write(`scanning: ${what}\n`);
    },
    end: () => {
      clearInterval(timer);
      if (isTty) io.stderr.write('\r\x1b[K');
    },
  };
}
