/**
 * The words before TLS: how each protocol asks for it. Nothing may follow the server's last word in the clear: what does was
 * slipped in by somebody (the STARTTLS injection of CVE-2011-0411).
 */
import type { Socket } from 'node:net';
import { ascii, concat, latin1 } from '../base/bytes.ts';
import { CliError } from './errors.ts';
import { UsageError } from './options.ts';
import { clean } from './text.ts';

interface Exchange {
  readonly say?: string | Uint8Array;
  /** Where the whole answer ends; undefined: not yet. */
  readonly until: (answer: string) => number | undefined;
  /** Whether the answer agrees. */
  readonly agrees: RegExp;
}

const LINE = (answer: string): number | undefined => endOf(/\r?\n/, answer);
/** `220-…` goes on, `220 …` is the last line. */
const REPLY = (answer: string): number | undefined => endOf(/^\d{3}(?: [^\n]*)?\r?\n/m, answer);
const NAME = 'veritls.invalid';

const PROTOCOLS: Readonly<Record<string, { readonly port: number; readonly exchanges: (host: string) => readonly Exchange[] }>> = {
  smtp: {
    port: 25,
    exchanges: () => [
      { until: REPLY, agrees: /^220/m },
      { say: `EHLO ${NAME}\r\n`, until: REPLY, agrees: /^250[ -]STARTTLS\s*$/im },
      { say: 'STARTTLS\r\n', until: REPLY, agrees: /^220/m },
    ],
  },
  lmtp: {
    port: 24,
    exchanges: () => [
      { until: REPLY, agrees: /^220/m },
      { say: `LHLO ${NAME}\r\n`, until: REPLY, agrees: /^250[ -]STARTTLS\s*$/im },
      { say: 'STARTTLS\r\n', until: REPLY, agrees: /^220/m },
    ],
  },
  imap: {
    port: 143,
    exchanges: () => [
      { until: LINE, agrees: /^\* (?:OK|PREAUTH)/ },
      { say: 'a1 STARTTLS\r\n', until: (answer) => endOf(/^a1 [^\n]*\r?\n/m, answer), agrees: /^a1 OK/m },
    ],
  },
  pop3: {
    port: 110,
    exchanges: () => [
      { until: LINE, agrees: /^\+OK/ },
      { say: 'STLS\r\n', until: LINE, agrees: /^\+OK/ },
    ],
  },
  ftp: {
    port: 21,
    exchanges: () => [
      { until: REPLY, agrees: /^220/m },
      { say: 'AUTH TLS\r\n', until: REPLY, agrees: /^234/m },
    ],
  },
  nntp: {
    port: 119,
    exchanges: () => [
      { until: LINE, agrees: /^20[01]/ },
      { say: 'STARTTLS\r\n', until: LINE, agrees: /^382/ },
    ],
  },
  sieve: {
    port: 4190,
    exchanges: () => [
      { until: (answer) => endOf(/^OK[^\n]*\r?\n/m, answer), agrees: /^"STARTTLS"/m },
      { say: 'STARTTLS\r\n', until: LINE, agrees: /^OK/ },
    ],
  },
  xmpp: {
    port: 5222,
    exchanges: (host) => [
      {
        say: `<?xml version='1.0'?><stream:stream to='${host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
        until: (answer) => endOf(/<\/stream:features>/, answer),
        agrees: /<starttls/,
      },
      {
        say: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        until: (answer) => endOf(/<(?:proceed|failure)[^>]*>/, answer),
        agrees: /<proceed/,
      },
    ],
  },
  postgres: {
    port: 5432,
    // SSLRequest: length 8, code 80877103.
    exchanges: () => [{ say: Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47), until: (answer) => (answer === '' ? undefined : 1), agrees: /^S/ }],
  },
  ldap: {
    port: 389,
    exchanges: () => [
      {
        // ExtendedRequest 1.3.6.1.4.1.1466.20037
        say: concat(Uint8Array.of(0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16), ascii('1.3.6.1.4.1.1466.20037')),
        until: (answer) => (answer.length >= 2 && answer.length >= 2 + answer.charCodeAt(1) ? 2 + answer.charCodeAt(1) : undefined),
        // ExtendedResponse with resultCode success
        agrees: /^0.\x02\x01\x01\x78.\x0a\x01\x00/s,
      },
    ],
  },
};

export const STARTTLS_PROTOCOLS: readonly string[] = Object.keys(PROTOCOLS);
const MAX_ANSWER = 65_536;

/** The protocol's own port, for targets without one. @throws UsageError for an unknown protocol. */
export function starttlsPort(protocol: string): number {
  return protocolOf(protocol).port;
}

/** Speaks until the server agrees to TLS. Throws `starttls_refused`, `timeout`. */
export async function startTls(socket: Socket, protocol: string, host: string, timeoutMs: number): Promise<void> {
  if (!/^[\w.:%-]+$/.test(host)) throw new UsageError(`not a host name: ${clean(host)}`);
  for (const exchange of protocolOf(protocol).exchanges(host)) {
    if (exchange.say !== undefined) socket.write(exchange.say);
    const answer = await listen(socket, exchange.until, timeoutMs);
    if (!exchange.agrees.test(answer))
      throw new CliError('starttls_refused', `the server does not start TLS: ${clean(answer.trim().slice(0, 120))}`);
  }
}

function protocolOf(name: string): (typeof PROTOCOLS)[string] {
  const found = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  if (found === undefined) throw new UsageError(`--starttls is one of ${STARTTLS_PROTOCOLS.join(', ')}`);
  return found;
}

function listen(socket: Socket, until: Exchange['until'], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const stop = (error?: Error): void => {
      clearTimeout(timer);
      socket.pause();
      socket.off('data', onData).off('error', stop).off('end', onEnd);
      if (error === undefined) resolve(heard);
      else reject(error);
    };
    const onEnd = (): void => stop(new CliError('starttls_refused', 'the server hung up before TLS'));
    const onData = (chunk: Uint8Array): void => {
      heard += latin1(chunk);
      const end = until(heard);
      if (end === undefined) {
        if (heard.length > MAX_ANSWER) stop(new CliError('starttls_refused', 'the server talks and talks before TLS'));
      } else if (heard.length > end)
        stop(new CliError('starttls_injection', 'bytes in the clear follow the answer: somebody may be in between'));
      else stop();
    };
    const timer = setTimeout(() => stop(new CliError('timeout', `no answer to STARTTLS within ${timeoutMs / 1000} s`)), timeoutMs);
    socket.on('data', onData).on('error', stop).on('end', onEnd);
    socket.resume();
  });
}

/** Offset behind the first match. */
function endOf(pattern: RegExp, text: string): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : match.index + match[0].length;
}
