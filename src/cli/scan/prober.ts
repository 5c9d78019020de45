/** One question to a server is one connection: what is offered decides what is learnt. */
import { nodeCrypto } from '../../crypto/node/index.ts';
import { dangersIn } from '../../handshake/dangers.ts';
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
}

/**
 * `accepted`: a handshake; `refused`: the server said no or went away; `broken`: it agreed, and then did what we refuse;
 * `trouble`: no answer at all, which says nothing.
 */
export type Answer =
  | { readonly kind: 'accepted'; readonly run: ClientRun; readonly info: ConnectionInfo }
  | { readonly kind: 'refused' | 'broken' | 'trouble'; readonly run: ClientRun; readonly error: unknown };

export interface ProberOptions {
  readonly target: Target;
  readonly serverName: string;
  readonly starttls: string | undefined;
  readonly timeoutMs: number;
  readonly trust: Trust;
  /** Connections at once. */
  readonly parallel: number;
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
    const { target, starttls, timeoutMs, serverName } = this.options;
    this.connections++;
    const { context, witness } = this.#context(question);
    const run = new ClientRun({
      target,
      context,
      witness,
      serverName: question.named === false ? undefined : serverName,
      session: question.session,
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
      extensions: catalogue.EXTENSIONS,
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

function kindOf(error: unknown, run: ClientRun): 'refused' | 'broken' | 'trouble' {
  // Nothing was said yet: the network, or STARTTLS.
  if (!(error instanceof TlsError)) return 'trouble';
  if (error.origin === 'peer' || error.origin === 'transport' || NOT_OFFERED.has(error.code)) return 'refused';
  return run.log.steps.some((step) => step.name === 'ServerHello') ? 'broken' : 'refused';
}
