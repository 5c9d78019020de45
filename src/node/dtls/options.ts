/** Options that `listen`, `connect` and `createSocket` share. */
import { datagramConfig, type DatagramConfig, LOSSY_LINK } from '../../record/datagram/config.ts';
import { codedTypeError } from '../tls/errors.ts';
import { createSecureContext, DTLSSecureContext, type DTLSSecureContextOptions } from './secure-context.ts';

/** How datagrams are handled. */
export interface DatagramTuning {
  /** Longest datagram, the headers of IP and UDP not counted. 1200 by default. */
  readonly mtu?: number | undefined;
  /** 32, 64 or 128 records; 64 by default. */
  readonly replayWindow?: 32 | 64 | 128 | undefined;
  /** First retransmission after so many ms, doubling to `retransmitMax`: 1000 and 60000; 400 with `lossyLink`. */
  readonly retransmitInitial?: number | undefined;
  readonly retransmitMax?: number | undefined;
  /** Lets the first retransmission come after four measured round trips, but not before this. */
  readonly retransmitMin?: number | undefined;
  /**
   * For links that lose much: a first timeout of 400 ms with which every flight begins anew, which shrinks to round trips as
   * measured, and a last flight that is repeated unasked. RFC 6347 asks for more patience.
   */
  readonly lossyLink?: boolean | undefined;
  /** Longest handshake message, 8 KiB by default. */
  readonly maxMessage?: number | undefined;
  /** What an alert that anyone could have sent does in the handshake; `delay` by default. */
  readonly unprotectedAlerts?: 'delay' | 'accept' | 'ignore' | undefined;
}

export function tuning(options: DatagramTuning): DatagramConfig {
  const lossy = options.lossyLink === true ? LOSSY_LINK : undefined;
  const initialTimeoutMs = options.retransmitInitial ?? lossy?.initialTimeoutMs;
  return datagramConfig({
    ...lossy,
    clock: () => performance.now(),
    maxDatagram: options.mtu ?? 1_200,
    replayWindow: options.replayWindow,
    initialTimeoutMs,
    maxTimeoutMs: options.retransmitMax,
    minTimeoutMs: options.retransmitMin ?? (lossy === undefined ? undefined : Math.min(lossy.minTimeoutMs, initialTimeoutMs!)),
    maxMessage: options.maxMessage,
    unprotectedAlerts: options.unprotectedAlerts,
  });
}

/** The context of the options: theirs, or one made of them. */
export function contextOf(
  options: DTLSSecureContextOptions & { readonly secureContext?: DTLSSecureContext | undefined },
  isServer: boolean,
): DTLSSecureContext {
  const { secureContext } = options;
  if (secureContext === undefined) return createSecureContext({ ...options, isServer });
  if (!(secureContext instanceof DTLSSecureContext))
    throw codedTypeError('ERR_INVALID_ARG_TYPE', 'options.secureContext must be a DTLSSecureContext');
  if (secureContext.isServer !== isServer)
    throw codedTypeError('ERR_INVALID_ARG_VALUE', `options.secureContext is for a ${isServer ? 'client' : 'server'}`);
  return secureContext;
}
