/** A connection told to a person, and to a program. */
import type { ConnectionInfo } from '../engine/info.ts';
import { groupName } from '../wire/group.ts';
import { schemeName } from '../wire/signature-scheme.ts';
import { type CertificateView, certificateSummary } from './certificate-view.ts';
import type { ClientRequest, ClientRun, Timings } from './client.ts';
import { type ErrorReport, reportOf } from './errors.ts';
import type { HandshakeStep } from './handshake-log.ts';
import type { Printer } from './io.ts';
import { renderLadder } from './ladder.ts';
import { renderPairs } from './table.ts';
import { clean, duration, type Paint, wrap } from './text.ts';
import { explainTrust, type TrustView, viewChain, viewTrust } from './trust.ts';

/** What was agreed, as `--json` prints it. */
export interface NegotiatedView {
  readonly version: string;
  readonly suite: string;
  readonly suiteId: number;
  readonly opensslSuite: string;
  /** null: no key agreement in a named group. */
  readonly group: string | null;
  readonly signature: string | null;
  readonly peerSignature: string | null;
  readonly alpn: string | null;
  readonly serverName: string | null;
  readonly resumed: boolean;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly dangers: readonly string[];
}

export interface ConnectionView {
  readonly ok: boolean;
  readonly address: string | null;
  readonly negotiated: NegotiatedView | null;
  readonly peer: { readonly chain: readonly CertificateView[]; readonly trust: TrustView };
  readonly timings: { readonly [K in keyof Timings]: number | null };
  readonly handshake: readonly HandshakeStep[];
  readonly sessions: number;
  readonly error: ErrorReport | null;
}

/** What a report needs of a connection, over a stream or over datagrams. */
export type ReportedRun = Pick<ClientRun, 'log' | 'timings' | 'address' | 'info' | 'error' | 'sessions'> & {
  readonly request: Pick<ClientRequest, 'witness' | 'target'>;
};

export function viewNegotiated(info: ConnectionInfo): NegotiatedView {
  return {
    version: info.version,
    suite: info.suite,
    suiteId: info.suiteId,
    opensslSuite: info.opensslSuite,
    group: info.group === 0 ? null : groupName(info.group),
    signature: info.scheme === 0 ? null : schemeName(info.scheme),
    peerSignature: info.peerScheme === 0 ? null : schemeName(info.peerScheme),
    alpn: info.alpn === '' ? null : clean(info.alpn),
    serverName: info.serverName === '' ? null : clean(info.serverName),
    resumed: info.resumed,
    extendedMasterSecret: info.extendedMasterSecret,
    encryptThenMac: info.encryptThenMac,
    dangers: info.dangers,
  };
}

export function viewConnection(run: ReportedRun, anchors: string): ConnectionView {
  const { witness } = run.request;
  return {
    ok: run.error === undefined,
    address: run.address ?? null,
    negotiated: run.info === undefined ? null : viewNegotiated(run.info),
    peer: { chain: viewChain(run.info?.peerChain ?? witness.chain), trust: viewTrust(witness, run.info, anchors) },
    timings: {
      dns: rounded(run.timings.dns),
      tcp: rounded(run.timings.tcp),
      starttls: rounded(run.timings.starttls),
      handshake: rounded(run.timings.handshake),
    },
    handshake: viewSteps(run.log.steps),
    sessions: run.sessions.length,
    error: run.error === undefined ? null : reportOf(run.error),
  };
}

export function viewSteps(steps: readonly HandshakeStep[]): HandshakeStep[] {
  return steps.map((step) => ({ ...step, ms: Math.round(step.ms * 1000) / 1000 }));
}

/** The whole report of a client connection. */
export function printConnection(out: Printer, run: ReportedRun, anchors: string, now: number): void {
  const { paint } = out;
  const { witness } = run.request;
  if (run.info !== undefined) {
    out.line(paint.bold('Negotiated'));
    for (const line of renderPairs(negotiatedPairs(run.info, paint), paint)) out.line(line);
    out.line();
  }
  const chain = viewChain(run.info?.peerChain ?? witness.chain);
  if (chain.length > 0) {
    out.line(paint.bold(run.info?.resumed === true ? 'Certificates, from the resumed session' : 'Certificates, as the server sent them'));
    chain.forEach((view, i) => {
      certificateSummary(view, now, paint).forEach((line, j) => out.line(`  ${j === 0 ? paint.dim(String(i)) : ' '}  ${line}`));
    });
    out.line();
  }
  if (run.info !== undefined || witness.chain.length > 0) {
    printTrust(out, run, anchors);
    out.line();
  }
  const times = timingText(run.timings);
  if (times !== '') {
    out.line(`${paint.bold('Timing')}  ${times}`);
    out.line();
  }
  if (run.log.steps.length > 0) {
    out.line(paint.bold('Handshake'));
    for (const line of renderLadder(run.log.steps, {
      columns: out.columns,
      paint,
      client: 'client (veritls)',
      server: run.request.target.host,
    }))
      out.line(line);
    out.line();
  }
}

export function negotiatedPairs(info: ConnectionInfo, paint: Paint): [string, string][] {
  const view = viewNegotiated(info);
  const pairs: [string, string][] = [
    ['protocol', versionText(info, paint)],
    ['cipher suite', `${view.suite}${view.opensslSuite === view.suite ? '' : paint.dim(` (${view.opensslSuite})`)}`],
  ];
  if (view.group !== null) pairs.push(['key exchange', view.group]);
  if (view.peerSignature !== null) pairs.push(['peer signed', view.peerSignature]);
  if (view.signature !== null) pairs.push(['we signed', view.signature]);
  if (view.serverName !== null) pairs.push(['server name', view.serverName]);
  if (view.alpn !== null) pairs.push(['ALPN', view.alpn]);
  pairs.push(['resumed', view.resumed ? paint.green('yes') : 'no, a full handshake']);
  if (info.versionId !== 0x0304 && info.versionId > 0) {
    pairs.push(['master secret', view.extendedMasterSecret ? 'extended (RFC 7627)' : paint.yellow('not extended')]);
    if (view.encryptThenMac) pairs.push(['MAC', 'encrypt-then-MAC (RFC 7366)']);
  }
  if (view.dangers.length > 0) pairs.push(['dangers', paint.red(view.dangers.join(', '))]);
  return pairs;
}

export function timingText(timings: Timings): string {
  const parts: string[] = [];
  if (timings.dns !== undefined) parts.push(`DNS ${duration(timings.dns)}`);
  if (timings.tcp !== undefined) parts.push(`TCP ${duration(timings.tcp)}`);
  if (timings.starttls !== undefined) parts.push(`STARTTLS ${duration(timings.starttls)}`);
  if (timings.handshake !== undefined) parts.push(`handshake ${duration(timings.handshake)}`);
  return parts.join(' · ');
}

function printTrust(out: Printer, run: ReportedRun, anchors: string): void {
  const { paint } = out;
  const { verdict, why } = explainTrust(run.request.witness, run.info, anchors);
  const mark =
    verdict === 'trusted'
      ? paint.green('✔ trusted')
      : verdict === 'not trusted'
        ? paint.red('✖ not trusted')
        : paint.yellow('- no certificate');
  const accepted = run.info !== undefined && verdict === 'not trusted' ? paint.red(', and accepted all the same: --insecure') : '';
  out.line(`${paint.bold('Trust')}  ${mark}${accepted}`);
  for (const reason of why) for (const [i, line] of wrap(reason, out.columns - 6).entries()) out.line(`  ${i === 0 ? '' : '  '}${line}`);
}

function versionText(info: ConnectionInfo, paint: Paint): string {
  return info.versionId === 0x0303 || info.versionId === 0x0304 || info.versionId === 0xfefd
    ? paint.green(info.version)
    : paint.yellow(`${info.version} (obsolete)`);
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
