/** DTLS on the command line: the options of TLS, with the versions and the tuning of datagrams. */
import type { ClientContext, ServerContext } from '../handshake/context.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { dtls10Client, dtls10Server } from '../versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../versions/dtls12.ts';
import { integerOption, type OptionSpecs, type OptionValues, UsageError } from './options.ts';

export const DTLS_OPTIONS = {
  dtls: { type: 'boolean', help: 'over UDP: DTLS 1.2; with --min dtls1.0 also DTLS 1.0' },
  mtu: { type: 'string', value: 'BYTES', help: 'with --dtls: longest datagram, 1200 by default' },
  'lossy-link': { type: 'boolean', help: 'with --dtls: repeat sooner, for links that lose much' },
} as const satisfies OptionSpecs;

type DtlsValues = Partial<OptionValues<typeof DTLS_OPTIONS>> & { readonly min?: string | undefined; readonly max?: string | undefined };

/** The options of TLS that stand for these: DTLS 1.2 is TLS 1.2, DTLS 1.0 is TLS 1.1. @throws UsageError */
export function asTls<V extends DtlsValues & { readonly 'tls1.3'?: boolean | undefined }>(values: V): V {
  if (values['tls1.3'] === true) throw new UsageError('--tls1.3 and --dtls exclude each other: DTLS 1.3 is not there yet');
  return {
    ...values,
    min: tlsVersion('min', values.min ?? 'dtls1.2'),
    max: tlsVersion('max', values.max ?? 'dtls1.2'),
    'tls1.2': undefined,
  };
}

function tlsVersion(option: string, text: string): string {
  const match = /^d?(?:tls)?v?1\.([02])$/i.exec(text);
  if (match === null) throw new UsageError(`--${option} with --dtls is dtls1.2 or dtls1.0`);
  return match[1] === '2' ? 'tls1.2' : 'tls1.1';
}

/** The same context over datagrams. */
export function overDatagrams<C extends ClientContext | ServerContext>(context: C): C {
  const swap = (version: ProtocolVersion): ProtocolVersion[] => {
    if (version.rank === 3) return [context.side === 'client' ? dtls12Client : dtls12Server];
    if (version.rank === 2) return [context.side === 'client' ? dtls10Client : dtls10Server];
    return [];
  };
  const suites = context.suites.filter((suite) => !/RC4/.test(suite.protection.name));
  if (suites.length === 0) throw new UsageError('none of these cipher suites can be used over datagrams');
  return { ...context, versions: context.versions.flatMap(swap), suites };
}

export function tuningOf(values: DtlsValues): { readonly mtu?: number | undefined; readonly lossyLink?: boolean | undefined } {
  return { mtu: integerOption('mtu', values.mtu, 100, 65_507), lossyLink: values['lossy-link'] };
}
