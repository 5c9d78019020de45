/** Every failure as one clear line. */
import { alertName } from '../base/alerts.ts';
import { TlsError } from '../base/errors.ts';
import { UsageError } from './options.ts';
import { clean } from './text.ts';

/** A failure as `--json` tells it. */
export interface ErrorReport {
  readonly code: string;
  readonly origin?: string;
  readonly alert?: string;
  readonly detail?: string;
}

/** Something outside of TLS went wrong: a file, a name, a refused connection. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function reportOf(error: unknown): ErrorReport {
  if (error instanceof TlsError) {
    return {
      code: error.code,
      origin: error.origin,
      ...(error.alert === undefined ? {} : { alert: alertName(error.alert) }),
      ...(error.detail === undefined ? {} : { detail: clean(error.detail) }),
    };
  }
  if (error instanceof CliError || error instanceof UsageError) {
    return { code: error instanceof CliError ? error.code : 'usage', origin: 'command', detail: error.message };
  }
  const system = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
    readonly errors?: readonly unknown[];
  };
  // Several addresses were tried: the first refusal says as much as all of them.
  if (Array.isArray(system.errors) && system.errors.length > 0) return reportOf(system.errors[0]);
  if (typeof system.code === 'string') return { code: system.code, origin: 'system', detail: clean(systemText(system)) };
  return { code: 'internal_error', origin: 'command', detail: clean(error instanceof Error ? error.message : String(error)) };
}

/** One line: what happened, by whom, and the code to look up. */
export function errorLine(error: unknown): string {
  const { code, origin, alert, detail } = reportOf(error);
  if (origin === 'peer')
    return `the peer refused: alert ${alert ?? 'without a name'}${detail === undefined ? '' : `, ${detail}`} (${code})`;
  const told = alert === undefined ? '' : `, told the peer: ${alert}`;
  if (detail === undefined) return `${sentence(code)} (${code}${told})`;
  // What is wrong with a certificate, a file or the command is told whole by its detail.
  const whole = !(error instanceof TlsError) || /certificate|weak_key|pem|der|key$/.test(code);
  return `${whole ? '' : `${sentence(code)}: `}${detail} (${code}${told})`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  truncated: 'the peer hung up without a goodbye',
  closed: 'the connection broke',
  http_request: 'the peer speaks HTTP without TLS',
  wrong_record_version: 'the peer does not speak TLS',
  bad_record: 'the peer does not speak TLS',
  unexpected_message: 'a message that has no place here',
  unsupported_version: 'no version of TLS in common',
  no_shared_version: 'no version of TLS in common',
  no_shared_cipher: 'no cipher suite in common',
  no_shared_group: 'no group for the key exchange in common',
  no_shared_scheme: 'no signature scheme in common',
  no_application_protocol: 'no application protocol in common',
  certificate_required: 'the client showed no certificate',
  unknown_psk_identity: 'a pre-shared key of an unknown name',
  bad_psk_binder: 'the pre-shared keys differ',
  bad_finished: 'the two ends saw different handshakes',
  bad_record_mac: 'a record that was altered, or sealed under another key',
  timeout: 'no answer in time',
};

const SYSTEM: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset by the peer',
  EPIPE: 'the peer closed the connection',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  EADDRINUSE: 'the port is taken',
  EACCES: 'not permitted',
  ENOENT: 'no such file',
  EISDIR: 'that is a folder',
};

function systemText(
  error: NodeJS.ErrnoException & { readonly hostname?: string; readonly address?: string; readonly port?: number },
): string {
  const where =
    error.path ??
    error.hostname ??
    (error.address === undefined ? undefined : `${error.address}${error.port === undefined ? '' : ` port ${error.port}`}`);
  return `${SYSTEM[error.code ?? ''] ?? error.message}${where === undefined ? '' : `: ${where}`}`;
}

function sentence(code: string): string {
  return SENTENCES[code] ?? code.replaceAll('_', ' ');
}
