/** One question to a server is one connection: what is offered decides what is learnt. */
import { nodeCrypto } from '../../crypto/node/index.ts';
import { dangersIn } from '../../handshake/dangers.ts';
import type { ExtensionModule } from '../../handshake/extensions/module.ts';
import { heartbeat } from '../../handshake/features/heartbeat.ts';
import type { CipherSuite } from '../../crypto/suites/suite.ts';
import { createClientContext } from '../../engine/context.ts';
import type { ConnectionInfo } from '../../engine/info.ts';
import { createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../../pki/x509/verifier.ts';
import type { Session } from '../../session/session.ts';
import type { NamedGroup } from '../../wire/group.ts';
import { TlsError } from '../../base/errors.ts';
import * as catalogue from '../catalogue.ts';
import { ClientRun } from '../client.ts';
import type { Target } from '../dial.ts';
import { DatagramRun } from '../dtls-client.ts';
import type { Trust } from '../files.ts';
import { TrustWitness } from '../trust.ts';

/** What to offer. */
export interface Question {
  readonly versions: readonly catalogue.NamedVersion[];
  readonly suites: readonly CipherSuite[];
  readonly groups?: readonly NamedGroup[];
  readonly schemes?: readonly number[];
  readonly alpn?: readonly string[];
  readonly session?: Session;
  /** Send server_name; true by default. */
  readonly named?: boolean;
  /** Wait for a session. */
  readonly wantsSession?: boolean;
  /** Ask for tickets below TLS 1.3; true by default. */
  readonly tickets?: boolean;
  /** Offer heartbeats (RFC 6520). */
  readonly heartbeat?: boolean;
  /** Extensions instead of the usual ones. */
  readonly extensions?: readonly ExtensionModule[];
  readonly recordSizeLimit?: number;
}

/** What a connection has recorded. */
export type Recorded = Pick<ClientRun, 'request' | 'log' | 'sessions' | 'ocspResponse'>;

/**
 * `accepted`: a handshake; `refused`: the server said no or went away; `broken`: it agreed, and then did what we refuse;
 * `trouble`: no answer at all, which says nothing.
 */
export type Answer =
  | { readonly kind: 'accepted'; readonly run: Recorded; readonly info: ConnectionInfo }
  | { readonly kind: 'refused' | 'broken' | 'trouble'; readonly run: Recorded; readonly error: unknown };

export interface ProberOptions {
  readonly target: Target;
  readonly serverName: string;
  readonly starttls: string | undefined;
  readonly timeoutMs: number;
  readonly trust: Trust;
  /** Connections at once. */
  readonly parallel: number;
  /** Over UDP. */
  readonly datagrams: boolean;
}

/** Codes with which we end a handshake because the server chose what was not offered: as good as a no. */
const NOT_OFFERED = new Set([
  'unsupported_version',
  'no_shared_version',
  'wrong_version',
  'wrong_cipher',
  'wrong_group',
  'wrong_scheme',
  'wrong_record_version',
  'downgrade_detected',
  'http_request',
]);
/** A scan wants to know of weak ones. */
const ANY_DH_BITS = 512;
const SESSION_MS = 1_000;
/** Over UDP many a server refuses by saying nothing. */
const SILENCE_MS = 3_000;
const TRIES = 2;

export class Prober {
  readonly options: ProberOptions;
  connections = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: ProberOptions) {
    this.options = options;
  }

  /** Asks, again when there was no answer. */
  async ask(question: Question): Promise<Answer> {
    await this.#enter();
    try {
      for (let tries = 1; ; tries++) {
        const answer = await this.#ask(question);
        if (answer.kind !== 'trouble' || tries === TRIES) return answer;
      }
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #ask(question: Question): Promise<Answer> {
    const { target, starttls, timeoutMs, serverName, datagrams } = this.options;
    this.connections++;
    const { context, witness } = this.#context(question);
    const { session } = question;
    if (datagrams) {
      const name = question.named === false ? undefined : serverName;
      const run = new DatagramRun({ target, context, witness, serverName: name, session, timeoutMs: Math.min(timeoutMs, SILENCE_MS) });
      await run.connect();
      const { info, error } = run;
      await run.close();
      const recorded = { ...run, ocspResponse: undefined, request: { ...run.request, starttls: undefined } };
      return info === undefined ? { kind: datagramKind(error, run), run: recorded, error } : { kind: 'accepted', run: recorded, info };
    }
    const run = new ClientRun({
      target,
      context,
      witness,
      serverName: question.named === false ? undefined : serverName,
      session,
      starttls,
      timeoutMs,
    });
    const connected = await run.connect();
    if (connected && question.wantsSession === true)
      await run.waitFor(() => run.sessions.length > 0 || run.error !== undefined, SESSION_MS);
    const { info, error } = run;
    await run.close();
    if (info !== undefined && (error === undefined || connected)) return { kind: 'accepted', run, info };
    return { kind: kindOf(error, run), run, error };
  }

  #context(question: Question): { context: ReturnType<typeof createClientContext>; witness: TrustWitness } {
    const witness = new TrustWitness(dangerouslyTrustAnyCertificate(createCertificateVerifier({ trustAnchors: this.options.trust.store })));
    const groups = question.groups ?? catalogue.usableGroups();
    const context = createClientContext({
      crypto: nodeCrypto,
      versions: question.versions.map((version) => version.client),
      suites: question.suites,
      groups,
      schemes: question.schemes ?? [...catalogue.SCHEMES, ...catalogue.OLD_SCHEMES],
      extensions: question.extensions ?? catalogue.EXTENSIONS,
      ...(question.recordSizeLimit === undefined ? {} : { recordSizeLimit: question.recordSizeLimit }),
      ...(question.heartbeat === true ? { heartbeat: heartbeat({ clock: () => performance.now() }) } : {}),
      offerTickets: question.tickets ?? true,
      verifier: witness,
      now: Date.now,
      alpn: question.alpn ?? [],
      requestOcsp: true,
      minDhBits: ANY_DH_BITS,
      requireSecureRenegotiation: false,
      dangers: ['dangerouslyTrustAnyCertificate', ...dangersIn({ ...question, minDhBits: ANY_DH_BITS })],
    });
    return { context, witness };
  }

  async #enter(): Promise<void> {
    while (this.#running >= this.options.parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
  }
}

/** A datagram that is not answered is a no where the server has answered others. */
function datagramKind(error: unknown, run: DatagramRun): 'refused' | 'broken' {
  return error instanceof TlsError && error.origin === 'local' && run.log.steps.some((step) => step.name === 'ServerHello')
    ? 'broken'
    : 'refused';
}

function kindOf(error: unknown, run: Recorded): 'refused' | 'broken' | 'trouble' {
  // Nothing was said yet: the network, or STARTTLS.
  if (!(error instanceof TlsError)) return 'trouble';
  if (error.origin === 'peer' || error.origin === 'transport' || NOT_OFFERED.has(error.code)) return 'refused';
  return run.log.steps.some((step) => step.name === 'ServerHello') ? 'broken' : 'refused';
}
