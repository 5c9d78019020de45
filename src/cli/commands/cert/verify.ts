/** `veritls cert verify`: is it valid, and why. */
import { nodeCrypto } from '../../../crypto/node/index.ts';
import type { Certificate } from '../../../pki/x509/certificate.ts';
import type { PathFailure } from '../../../pki/x509/failure.ts';
import { validateCertificate, type Verdict } from '../../../pki/x509/validate.ts';
import { type Command, EXIT_FAILED, EXIT_OK } from '../../command.ts';
import { PURPOSES, viewCertificate } from '../../certificate-view.ts';
import { readBytes, readCertificates, readTrust } from '../../files.ts';
import { type Printer, printer } from '../../io.ts';
import { integerOption, type OptionSpecs, parseOptions, UsageError } from '../../options.ts';
import { clean, wrap } from '../../text.ts';
import { purposesOf } from './fields.ts';

const OPTIONS = {
  ca: { type: 'string', value: 'FILE', multiple: true, help: "trust these certificates instead of Node's roots" },
  untrusted: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    help: 'certificates that may stand between; those behind the first of FILE count too',
  },
  name: { type: 'string', value: 'NAME', multiple: true, help: 'it must be for this host name or address' },
  purpose: {
    type: 'string',
    value: 'LIST',
    help: `it must be for these purposes: ${PURPOSES.map(([name]) => name).join(', ')}, or identifiers`,
  },
  time: { type: 'string', value: 'TIME', help: 'as of then instead of now: 2026-01-31, or with T12:00:00Z' },
  crl: { type: 'string', value: 'FILE', multiple: true, help: 'a revocation list' },
  ocsp: { type: 'string', value: 'FILE', multiple: true, help: 'an OCSP response, DER' },
  revocation: { type: 'string', value: 'MODE', help: 'none, if-covered (the default) or required' },
  profile: { type: 'string', value: 'NAME', help: 'rfc5280 by default, or webpki' },
  depth: { type: 'string', value: 'N', help: 'most certificates between it and the root: 8 by default' },
  json: { type: 'boolean', help: 'as JSON' },
} as const satisfies OptionSpecs;

export const certVerify: Command = {
  name: 'verify',
  summary: 'is a certificate valid, and why',
  usage: ['FILE [options]'],
  about: [
    'FILE holds the certificate, and may hold those between it and a root. Every path that was tried is told, with the rule that refused it. Exit status 0 when valid, 1 when not.',
  ],
  options: OPTIONS,
  examples: [
    ['veritls cert verify chain.pem --name www.example.com --purpose serverAuth', "against Node's roots"],
    ['veritls cert verify www.pem --ca ca.pem --crl ca.crl --revocation required', 'with revocation'],
  ],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1 });
    const profile = choice('profile', values.profile, ['rfc5280', 'webpki'] as const, 'rfc5280');
    const revocation = choice('revocation', values.revocation, ['none', 'if-covered', 'required'] as const, 'if-covered');
    const maxDepth = integerOption('depth', values.depth, 0, 100);
    const time = timeOf(values.time);
    const purposes = values.purpose === undefined ? [] : purposesOf(values.purpose);
    const [certificate, ...behind] = readCertificates(positionals[0]!);
    const trust = readTrust(values.ca);
    const verdict = await validateCertificate({
      crypto: nodeCrypto,
      certificate: certificate!,
      trustAnchors: trust.store,
      intermediates: [...behind, ...(values.untrusted ?? []).flatMap(readCertificates)],
      time,
      names: values.name,
      extendedKeyUsages: purposes,
      crls: values.crl?.map(readBytes),
      ocspResponses: values.ocsp?.map(readBytes),
      revocation,
      profile,
      maxDepth,
    });
    if (values.json === true) io.stdout.write(`${JSON.stringify(viewVerdict(verdict, certificate!, trust.source, time), undefined, 2)}\n`);
    else print(printer(io.stdout, io.env), verdict, certificate!, trust.source);
    return verdict.valid ? EXIT_OK : EXIT_FAILED;
  },
};

function print(out: Printer, verdict: Verdict, certificate: Certificate, anchors: string): void {
  const { paint } = out;
  const name = subjectOf(certificate);
  if (verdict.valid) {
    out.line(`${paint.green('✔ valid')}  ${paint.bold(name)}`);
    verdict.path.slice(1).forEach((issuer, i) => out.line(`  ${'  '.repeat(i)}└ signed by ${subjectOf(issuer)}`));
    out.line(paint.dim(`  The last is one of ${anchors}.`));
    return;
  }
  out.line(`${paint.red('✖ not valid')}  ${paint.bold(name)}`);
  const { failure } = verdict;
  if (failure !== undefined) printFailure(out, failure, '');
  const others = verdict.failures.filter((one) => one !== failure);
  for (const other of others) printFailure(out, other, 'also tried: ');
  out.line(paint.dim(`  Checked against ${anchors}.`));
}

function printFailure(out: Printer, failure: PathFailure, prefix: string): void {
  const { paint } = out;
  const text = `${prefix}${clean(failure.message)} (${failure.step})`;
  for (const line of wrap(text, out.columns - 2)) out.line(`  ${line}`);
  failure.path.forEach((one, i) => out.line(`    ${i === failure.index ? paint.red('▸') : ' '} ${subjectOf(one)}`));
}

function viewVerdict(verdict: Verdict, certificate: Certificate, anchors: string, time: number): object {
  const failure = (one: PathFailure): object => ({
    reason: one.reason,
    rule: one.step,
    message: clean(one.message),
    certificate: one.index,
    path: one.path.map(subjectOf),
  });
  return {
    valid: verdict.valid,
    time: new Date(time).toISOString(),
    anchors,
    certificate: viewCertificate(certificate),
    path: verdict.path.map(viewCertificate),
    policies: verdict.policies,
    failure: verdict.failure === undefined ? null : failure(verdict.failure),
    failures: verdict.failures.map(failure),
  };
}

function subjectOf(certificate: Certificate): string {
  const view = viewCertificate(certificate);
  return view.subject === '' ? (view.names[0] ?? '(no name)') : view.subject;
}

function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$/.test(text)
    ? Date.parse(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`)
    : Number.NaN;
  if (!Number.isFinite(time)) throw new UsageError(`--time is not a date: ${clean(text)}`);
  return time;
}

function choice<T extends string>(name: string, text: string | undefined, among: readonly T[], otherwise: T): T {
  if (text === undefined) return otherwise;
  const found = among.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${name} is one of ${among.join(', ')}`);
  return found;
}
